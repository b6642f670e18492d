//! Mending what one bare character breaks: a `&` that begins no reference, a `<` that begins no tag.

use std::ops::Range;

/// The longest name of an entity of HTML's is `CounterClockwiseContourIntegral`; a number has fewer digits.
const REFERENCE_BYTES_MAX: usize = 33;

/// What was repaired, and how often.
#[derive(Debug)]
pub(super) struct RepairedXml {
    pub(super) text: String,
    pub(super) ampersands: usize,
    pub(super) angles: usize,
}

/// A document in which each bare `&` and `<` is escaped. Comments, CDATA and instructions are left as they are.
pub(super) fn escape_bare_markup(text: &str) -> RepairedXml {
    let mut repaired = RepairedXml { text: String::with_capacity(text.len() + 64), ampersands: 0, angles: 0 };
    let mut copied = 0;
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'&', b'<', &text.as_bytes()[at..]) {
        at += next;
        let rest = &text[at..];
        let (length, escaped) = if rest.starts_with('&') {
            (reference_length(rest), "&amp;")
        } else {
            (markup_length(rest), "&lt;")
        };
        let Some(length) = length else {
            repaired.text.push_str(&text[copied..at]);
            repaired.text.push_str(escaped);
            at += 1;
            copied = at;
            *if escaped == "&amp;" { &mut repaired.ampersands } else { &mut repaired.angles } += 1;
            continue;
        };
        if rest.starts_with('&') || !is_tag(rest) {
            at += length;
        } else {
            repaired.text.push_str(&text[copied..at]);
            repaired.ampersands += escape_bare_ampersands(&text[at..at + length], &mut repaired.text);
            at += length;
            copied = at;
        }
    }
    repaired.text.push_str(&text[copied..]);
    repaired
}

/// A tag with its bare `&` escaped: addresses in attributes have many.
fn escape_bare_ampersands(tag: &str, out: &mut String) -> usize {
    let bare: Vec<Range<usize>> = tag
        .match_indices('&')
        .filter(|(at, _)| reference_length(&tag[*at..]).is_none())
        .map(|(at, _)| at..at + 1)
        .collect();
    let mut copied = 0;
    for range in &bare {
        out.push_str(&tag[copied..range.start]);
        out.push_str("&amp;");
        copied = range.end;
    }
    out.push_str(&tag[copied..]);
    bare.len()
}

/// How long the reference is that a text begins with: `&amp;`, `&#233;`, `&#xe9;`.
fn reference_length(text: &str) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(REFERENCE_BYTES_MAX)];
    let end = memchr::memchr(b';', bytes)?;
    let name = &bytes[1..end];
    let is_sound = match name {
        [b'#', b'x' | b'X', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit),
        [b'#', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        [first, ..] => first.is_ascii_alphabetic() && name.iter().all(u8::is_ascii_alphanumeric),
        [] => false,
    };
    is_sound.then_some(end + 1)
}

fn is_tag(text: &str) -> bool {
    !text.starts_with("<!") && !text.starts_with("<?")
}

/// How long the markup is that a text begins with. A tag ends before the next `<` begins.
fn markup_length(text: &str) -> Option<usize> {
    let to = |end: &str| text.find(end).map(|at| at + end.len());
    if text.starts_with("<![CDATA[") {
        return to("]]>");
    }
    if text.starts_with("<!--") {
        return to("-->");
    }
    if text.starts_with("<?") {
        return to("?>");
    }
    let name = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let is_name = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let end = memchr::memchr2(b'<', b'>', &text.as_bytes()[1..])? + 1;
    (is_name && text.as_bytes()[end] == b'>').then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_character_is_escaped_and_all_else_is_left() {
        for (text, expected) in [
            ("<t>R&D in AT&T</t>", "<t>R&amp;D in AT&amp;T</t>"),
            (
                "<t>&amp; &#233; &#xE9; &eacute; &; &#; &#x;</t>",
                "<t>&amp; &#233; &#xE9; &eacute; &amp;; &amp;#; &amp;#x;</t>",
            ),
            ("<t>p < 0.05</t>", "<t>p &lt; 0.05</t>"),
            ("<t>a<b and c</t>", "<t>a&lt;b and c</t>"),
            ("<a href=\"?a=1&b=2\">&</a>", "<a href=\"?a=1&amp;b=2\">&amp;</a>"),
            ("<![CDATA[a & b < c]]><!-- & < --><?p & < ?>", "<![CDATA[a & b < c]]><!-- & < --><?p & < ?>"),
            ("<t/", "&lt;t/"),
            ("é&é<é", "é&amp;é&lt;é"),
        ] {
            assert_eq!(escape_bare_markup(text).text, expected, "{text}");
        }
    }
}
