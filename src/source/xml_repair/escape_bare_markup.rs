//! Mending what one bare character breaks: a `&` that begins no reference, a `<` that begins no tag.

/// The longest name of an entity of HTML's is `CounterClockwiseContourIntegral`; a number has fewer digits.
const REFERENCE_BYTES_MAX: usize = 33;

/// More than any feed has that is only careless.
const REPAIRS_MAX: usize = 100_000;

/// What was repaired, and how often.
#[derive(Debug)]
pub(in crate::source) struct RepairedXml {
    pub(in crate::source) text: String,
    pub(in crate::source) ampersands: usize,
    pub(in crate::source) angles: usize,
}

/// A document in which each bare `&` and `<` is escaped, in its place. Comments, CDATA and instructions are left as they
/// are. None if there is nothing to repair, or too much.
pub(in crate::source) fn escape_bare_xml_markup(text: String) -> Option<RepairedXml> {
    let bare = find_bare_markup(&text)?;
    let is_ampersand = |at: &&usize| text.as_bytes()[**at] == b'&';
    let ampersands = bare.iter().filter(is_ampersand).count();
    let angles = bare.len() - ampersands;
    (!bare.is_empty()).then(|| RepairedXml { text: escape_xml_chars_at(text, &bare), ampersands, angles })
}

/// Where the bare characters are, in their order; None if there are too many.
fn find_bare_markup(text: &str) -> Option<Vec<usize>> {
    let lengths = MarkupEndPositions::find_last_markup_ends(text);
    let mut bare = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'&', b'<', &text.as_bytes()[at..]) {
        at += next;
        let rest = &text[at..];
        let is_reference = rest.starts_with('&');
        let length =
            if is_reference { entity_reference_length(rest) } else { lengths.markup_length(text, at) };
        match length {
            None => bare.push(at),
            Some(length) if !is_reference && is_element_tag(rest) => {
                bare.extend(bare_ampersands(text, at, length));
            }
            Some(_) => {}
        }
        if bare.len() > REPAIRS_MAX {
            return None;
        }
        at += length.unwrap_or(1);
    }
    Some(bare)
}

/// The bare `&` of a tag: addresses in attributes have many.
fn bare_ampersands(text: &str, at: usize, length: usize) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'&', &text.as_bytes()[at..at + length])
        .map(move |inside| at + inside)
        .filter(|at| entity_reference_length(&text[*at..]).is_none())
        .take(REPAIRS_MAX + 1)
}

/// The text with these characters escaped, from its end to its beginning: a second one would take as much memory again.
fn escape_xml_chars_at(text: String, bare: &[usize]) -> String {
    let mut bytes = text.into_bytes();
    let escape = |byte: u8| if byte == b'&' { b"&amp;".as_slice() } else { b"&lt;" };
    let more: usize = bare.iter().map(|at| escape(bytes[*at]).len() - 1).sum();
    let (mut from, mut to) = (bytes.len(), bytes.len() + more);
    bytes.reserve_exact(more);
    bytes.resize(to, 0);
    for &at in bare.iter().rev() {
        to -= from - (at + 1);
        bytes.copy_within(at + 1..from, to);
        let escaped = escape(bytes[at]);
        to -= escaped.len();
        bytes[to..to + escaped.len()].copy_from_slice(escaped);
        from = at;
    }
    String::from_utf8(bytes).expect("a character of ASCII is replaced by others")
}

/// How long the reference is that a text begins with: `&amp;`, `&#233;`, `&#xe9;`.
fn entity_reference_length(text: &str) -> Option<usize> {
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

fn is_element_tag(text: &str) -> bool {
    !text.starts_with("<!") && !text.starts_with("<?")
}

/// Where the last of what ends a kind of markup is: behind it none has to be looked for, over and over.
struct MarkupEndPositions {
    last_ends: [(&'static str, &'static str, Option<usize>); 3],
}

impl MarkupEndPositions {
    fn find_last_markup_ends(text: &str) -> Self {
        let kinds = [("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>")];
        Self { last_ends: kinds.map(|(start, end)| (start, end, text.rfind(end))) }
    }

    /// How long the markup is that begins there. A tag ends before the next `<` begins.
    fn markup_length(&self, document: &str, at: usize) -> Option<usize> {
        let text = &document[at..];
        if let Some((_, end, last)) = self.last_ends.iter().find(|(start, ..)| text.starts_with(start)) {
            last.filter(|last| *last >= at)?;
            return text.find(end).map(|at| at + end.len());
        }
        let name = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
        let is_name = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        let end = memchr::memchr2(b'<', b'>', &text.as_bytes()[1..])? + 1;
        (is_name && text.as_bytes()[end] == b'>').then_some(end + 1)
    }
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
            ("<![CDATA[a]]><![CDATA[&", "<![CDATA[a]]>&lt;![CDATA[&amp;"),
        ] {
            let repaired = escape_bare_xml_markup(text.to_owned()).map(|repaired| repaired.text);
            assert_eq!(repaired.as_deref().unwrap_or(text), expected, "{text}");
        }
    }

    #[test]
    fn what_has_more_bare_characters_than_any_feed_is_not_repaired() {
        assert!(escape_bare_xml_markup("& ".repeat(REPAIRS_MAX)).is_some());
        assert!(escape_bare_xml_markup("& ".repeat(REPAIRS_MAX + 1)).is_none());
    }
}
