//! A title inside a link's text or a heading, shown as it was written: whatever Markdown would act on
//! is escaped by a backslash, in formulas too, since GitHub takes its escapes before its formulas.

use memchr::memchr2;

use super::cell_escaping::begins_liquid_tag;
use super::single_line::SingleLine;
use super::{emphasis_detection, github_mention_detection};

/// What reading takes a backslash away from: all that writing puts one before.
const ESCAPED: &[u8] = b"\\`*_~[]<&|#{%";

/// The bracket before an address. Some renderers take the backslash from brackets in a link's text and
/// then read that text again, so a backslash would not hold here.
const BRACKET: &str = "&#93;";

/// Writes the line as the text of a link shows it.
pub(super) fn write_escaped_title(out: &mut String, line: &SingleLine) {
    let text = line.as_str();
    let title = TitleEscaper {
        text,
        has_stars: emphasis_detection::may_form_emphasis(text, '*'),
        has_underscores: emphasis_detection::may_form_emphasis(text, '_'),
        has_tildes: emphasis_detection::may_form_emphasis(text, '~'),
        has_at: text.contains('@'),
    };
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in (0..bytes.len()).filter(|at| may_need_escape(bytes[*at])) {
        let bare = &text[done..at];
        if bytes[at..].starts_with(b"](") {
            out.extend([bare, BRACKET]);
            done = at + 1;
        } else if title.needs_escape(at) {
            out.extend([bare, "\\"]);
            done = at;
        } else if github_mention_detection::begins_mention(bytes, at) {
            out.extend([bare, &text[at..=at], github_mention_detection::BREAK]);
            done = at + 1;
        }
    }
    out.push_str(&text[done..]);
}

/// Whether writing must look closer at a byte.
fn may_need_escape(byte: u8) -> bool {
    matches!(
        byte,
        b'[' | b']'
            | b'`'
            | b'|'
            | b'\\'
            | b'*'
            | b'_'
            | b'~'
            | b'<'
            | b'&'
            | b'@'
            | b'#'
            | b'-'
            | b'{'
            | b'%'
    )
}

/// Writes the line as a heading of level two, without the line's end.
pub(super) fn write_heading(out: &mut String, line: &SingleLine) {
    out.push_str("## ");
    let words = line.as_str().trim_end_matches('#');
    let is_closing = words.len() < line.as_str().len() && (words.is_empty() || words.ends_with(' '));
    write_escaped_title(out, line);
    if is_closing {
        out.pop();
        out.push_str("\\#");
    }
}

/// The text of a title that [`write()`] wrote, or a person, or another program.
pub(super) fn unescape_title(written: &str) -> String {
    let bytes = written.as_bytes();
    let mut text = String::with_capacity(written.len());
    let (mut done, mut at) = (0, 0);
    while let Some(step) = memchr2(b'\\', b'&', &bytes[at..]) {
        at += step;
        if bytes[at] == b'&' && github_mention_detection::is_mention_break(bytes, at) {
            text.push_str(&written[done..at]);
            at += github_mention_detection::BREAK.len();
            done = at;
        } else if written[at..].starts_with(BRACKET) {
            text.push_str(&written[done..at]);
            text.push(']');
            at += BRACKET.len();
            done = at;
        } else if bytes[at] == b'\\' && bytes.get(at + 1).is_some_and(|b| ESCAPED.contains(b)) {
            text.push_str(&written[done..at]);
            done = at + 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    text.push_str(&written[done..]);
    text
}

/// A title, and which marks in it would make emphasis.
#[expect(clippy::struct_excessive_bools, reason = "one for each mark, and none depends on another")]
struct TitleEscaper<'a> {
    text: &'a str,
    has_stars: bool,
    has_underscores: bool,
    has_tildes: bool,
    has_at: bool,
}

impl TitleEscaper<'_> {
    fn needs_escape(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let next = bytes.get(at + 1).copied();
        match bytes[at] {
            b'[' | b']' | b'`' | b'|' => true,
            b'\\' => next.is_none_or(|b| b.is_ascii_punctuation()),
            b'*' => self.has_stars,
            b'_' => self.has_underscores,
            b'~' => self.has_tildes,
            b'<' => next.is_some_and(|b| self.begins_tag(b)),
            b'&' => begins_entity(&self.text[at + 1..]),
            b'{' | b'%' => at > 0 && begins_liquid_tag(bytes, at - 1),
            _ => false,
        }
    }

    fn begins_tag(&self, next: u8) -> bool {
        next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?') || (self.has_at && next != b' ')
    }
}

/// Whether an ampersand before `rest` may begin an entity: `&amp;`, `&#38;`, `&#x26;`.
fn begins_entity(rest: &str) -> bool {
    let name = rest.trim_start_matches('#');
    let end = name.bytes().take(ENTITY_NAME_BYTES + 1).position(|b| !b.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.as_bytes()[end] == b';')
}

/// The longest name is `CounterClockwiseContourIntegral`.
const ENTITY_NAME_BYTES: usize = 31;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_act_is_escaped() {
        for (text, written_text) in [
            ("Adaptive Singular & Bias: 3D?", "Adaptive Singular & Bias: 3D?"),
            ("$(\\varepsilon, )$ in M$^3$amba_2", "$(\\varepsilon, )$ in M$^3$amba_2"),
            ("C*-algebras by~X, R&D, 1 < 2", "C*-algebras by~X, R&D, 1 < 2"),
            ("[Re] a|b", "\\[Re\\] a\\|b"),
            ("a\\|b \\{c\\}", "a\\\\\\|b \\\\{c\\\\}"),
            ("free](http://x)", "free&#93;(http://x)"),
            ("*a* _b_ ~c~ `d`", "\\*a\\* \\_b\\_ \\~c\\~ \\`d\\`"),
            ("<b> &amp; &#38;", "\\<b> \\&amp; \\&#&#8203;38;"),
            ("ends \\", "ends \\\\"),
            ("{{a}} {%b%} {c} 5% {{{", "{\\{a}} {\\%b%} {c} 5% {\\{\\{"),
            ("@a fixes #1", "@&#8203;a fixes #&#8203;1"),
        ] {
            let mut out = String::new();
            write_escaped_title(&mut out, &SingleLine::new(text));
            assert_eq!(out, written_text);
            assert_eq!(unescape_title(&out), text);
        }
    }
}
