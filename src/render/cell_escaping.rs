//! An author's abstract or comment inside a table's cell.
//!
//! TeX, quotes and underscores stay as the author wrote them. A pipe gets a backslash, as tables want it.
//! What would begin a tag, a link, an image or emphasis, or ping somebody is written as a numeric entity,
//! which no Markdown renderer takes for markup; so are the braces that would begin a tag of Liquid, which Jekyll reads first. The line's own numeric entities are taken apart, so that reading gives
//! back exactly what was written.

use memchr::memchr_iter;

use super::single_line::SingleLine;
use super::{emphasis_detection, github_mention_detection};

/// What may need an escape, with its entity.
const ENTITIES: [(u8, &str); 12] = [
    (b'|', "&#124;"),
    (b'<', "&#60;"),
    (b'!', "&#33;"),
    (b']', "&#93;"),
    (b'&', "&#38;"),
    (b'*', "&#42;"),
    (b'~', "&#126;"),
    (b'_', "&#95;"),
    (b'`', "&#96;"),
    (b'\\', "&#92;"),
    (b'{', "&#123;"),
    (b'^', "&#94;"),
];

/// The bytes at which writing must look closer.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let bytes = b"|<![]&*~_`@#-:{^";
    let mut at = 0;
    while at < bytes.len() {
        stops[bytes[at] as usize] = true;
        at += 1;
    }
    stops
};

/// The named entities whose character begins a mention or goes on with one, and the start of those
/// that name it by number. Source: <https://html.spec.whatwg.org/entities.json>.
const PINGING_ENTITIES: [&str; 5] = ["&#x", "&#X", "&commat;", "&num;", "&fjlig;"];

/// Writes the line as a cell shows it.
pub(super) fn write_cell(out: &mut String, line: &SingleLine) {
    let bare = CellTextEscaper::new(line.as_str());
    let marks = MarksEscapedInThisText {
        stars: bare.contains_byte(b'*') && emphasis_detection::may_form_emphasis(bare.text, '*'),
        tildes: bare.contains_byte(b'~') && emphasis_detection::may_form_emphasis(bare.text, '~'),
        ..MarksEscapedInThisText::default()
    };
    let prose = CellTextEscaper { marks, ..bare };
    let ticks =
        prose.contains_byte(b'`') && may_form_code_span(prose.text) && prose.has_entity_or_mention_escape();
    CellTextEscaper { marks: MarksEscapedInThisText { ticks, ..marks }, ..prose }.write_escaped(out);
}

/// Writes the head of a line, for the `<summary>` of a `<details>` that has the whole of it: no mark of the head may pair
/// with one of the whole.
pub(super) fn write_escaped_details_summary(out: &mut String, head: &str) {
    let marks = MarksEscapedInThisText { stars: true, tildes: true, underscores: true, ticks: true };
    CellTextEscaper { marks, ..CellTextEscaper::new(head) }.write_escaped(out);
}

/// The text of a cell that [`write()`] wrote, or a person, or another program; of its pipes, the table
/// has already taken the backslashes.
pub(super) fn unescape_cell_text(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut done = 0;
    let ampersands = memchr_iter(b'&', cell.as_bytes());
    for at in ampersands.filter(|at| cell.as_bytes().get(at + 1) == Some(&b'#')) {
        if github_mention_detection::is_mention_break(cell.as_bytes(), at) {
            text.push_str(&cell[done..at]);
            done = at + github_mention_detection::BREAK.len();
        } else if let Some((byte, entity)) = ENTITIES.iter().find(|(_, e)| cell[at..].starts_with(e)) {
            let before = &cell[done..at];
            let slashes = trailing_backslashes(before);
            if slashes.is_multiple_of(2) {
                text.push_str(&before[..before.len() - slashes / 2]);
                text.push(char::from(*byte));
                done = at + entity.len();
            }
        }
    }
    text.push_str(&cell[done..]);
    text
}

/// A line, and what of it must not stay bare.
struct CellTextEscaper<'a> {
    text: &'a str,
    /// The places of the bytes that writing must look at.
    candidates: Vec<usize>,
    marks: MarksEscapedInThisText,
    has_at: bool,
    has_bracket: bool,
}

/// Which marks are escaped wherever they are.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each mark, and none depends on another")]
struct MarksEscapedInThisText {
    stars: bool,
    tildes: bool,
    underscores: bool,
    ticks: bool,
}

/// What becomes of one byte.
enum TableCellEscape {
    Entity,
    Pipe,
    Mention,
    Address { end: usize },
    Bare,
}

impl<'a> CellTextEscaper<'a> {
    fn new(text: &'a str) -> Self {
        let stops = escape_candidates(text.as_bytes());
        let prose = Self {
            text,
            candidates: stops,
            marks: MarksEscapedInThisText::default(),
            has_at: false,
            has_bracket: false,
        };
        Self { has_at: prose.contains_byte(b'@'), has_bracket: prose.contains_byte(b'['), ..prose }
    }

    /// Whether a byte is in the text that is one to stop at.
    fn contains_byte(&self, byte: u8) -> bool {
        self.candidates.iter().any(|at| self.text.as_bytes()[*at] == byte)
    }

    fn write_escaped(&self, out: &mut String) {
        let (body, has_loose_end) = match self.text.strip_suffix('\\') {
            Some(body) if trailing_backslashes(body).is_multiple_of(2) => (body, true),
            Some(_) | None => (self.text, false),
        };
        let done = self.write_escapes(out, body);
        out.push_str(&body[done..]);
        if has_loose_end {
            push_as_numeric_entity(out, &body[done..], b'\\');
        }
    }

    /// Writes up to the last byte that did not stay bare, and says how far that was.
    fn write_escapes(&self, out: &mut String, body: &str) -> usize {
        let mut done = 0;
        self.for_each_escape(|at, turn| {
            let before = &body[done..at];
            match turn {
                TableCellEscape::Entity => {
                    out.push_str(before);
                    push_as_numeric_entity(out, before, body.as_bytes()[at]);
                    done = at + 1;
                }
                TableCellEscape::Pipe => {
                    out.push_str(before);
                    out.push_str("\\|");
                    done = at + 1;
                }
                TableCellEscape::Mention => {
                    out.push_str(&body[done..=at]);
                    out.push_str(github_mention_detection::BREAK);
                    done = at + 1;
                }
                TableCellEscape::Address { .. } | TableCellEscape::Bare => {}
            }
        });
        done
    }

    fn has_entity_or_mention_escape(&self) -> bool {
        let mut found = false;
        self.for_each_escape(|_, turn| {
            found |= matches!(turn, TableCellEscape::Entity | TableCellEscape::Mention);
        });
        found
    }

    /// Says what becomes of each byte that does not plainly stay bare, in order.
    fn for_each_escape(&self, mut each: impl FnMut(usize, TableCellEscape)) {
        let mut address_end = 0;
        for &at in &self.candidates {
            match self.escape_at(at, at < address_end) {
                TableCellEscape::Address { end } => address_end = end,
                turn => each(at, turn),
            }
        }
    }

    fn escape_at(&self, at: usize, is_in_address: bool) -> TableCellEscape {
        let bytes = self.text.as_bytes();
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let is_escaped = match bytes[at] {
            b'|' if at == 0 || bytes[at - 1] != b'\\' => return TableCellEscape::Pipe,
            b'|' => true,
            b'<' => self.begins_tag(next),
            b'!' => next == b'[',
            b']' => next == b'(' && self.has_bracket,
            b'`' => self.marks.ticks,
            b'*' => self.marks.stars && !is_in_address,
            b'~' => self.marks.tildes && !is_in_address,
            b'_' => self.marks.underscores && !is_inside_word(bytes, at),
            // A footnote, which GitHub takes out of the fold that it is in.
            b'^' => at > 0 && bytes[at - 1] == b'[',
            b'{' => begins_liquid_tag(bytes, at),
            b'&' => PINGING_ENTITIES.iter().any(|e| self.text[at..].starts_with(e)),
            b':' if is_in_address => false,
            b':' => {
                return self
                    .url_end_after_colon(at)
                    .map_or(TableCellEscape::Bare, |end| TableCellEscape::Address { end });
            }
            _ => false,
        };
        let is_own_entity = bytes[at] == b'#' && at > 0 && bytes[at - 1] == b'&';
        if is_escaped {
            TableCellEscape::Entity
        } else if (!is_in_address || is_own_entity) && github_mention_detection::begins_mention(bytes, at) {
            TableCellEscape::Mention
        } else {
            TableCellEscape::Bare
        }
    }

    /// A tag, comment, declaration or address in angle brackets; a mail address there may begin with
    /// nearly any character.
    fn begins_tag(&self, next: u8) -> bool {
        next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?') || (self.has_at && next != b' ')
    }

    /// Where the web address ends whose scheme's colon is at `colon`. GitHub makes a link of such
    /// an address, unless a bracket is open before it; in a link nobody is pinged, and an escape would
    /// lead it astray.
    fn url_end_after_colon(&self, colon: usize) -> Option<usize> {
        let before = &self.text[..colon];
        let outside = before.strip_suffix("https").or_else(|| before.strip_suffix("http"))?;
        let rest = self.text[colon..].strip_prefix("://")?;
        let host = &rest[..rest.find(|c: char| !is_host_char(c)).unwrap_or(rest.len())];
        let is_host = host.contains('.') && host.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_plain = is_host && !rest[host.len()..].starts_with('_');
        if !is_plain || self.has_bracket || !(outside.is_empty() || outside.ends_with([' ', '('])) {
            return None;
        }
        let end = rest.find([' ', '<']).unwrap_or(rest.len());
        Some(self.text.len() - rest.len() + end)
    }
}

/// The places of the bytes at which writing must look closer. Most bytes are none, so eight are looked at
/// at once.
fn escape_candidates(bytes: &[u8]) -> Vec<usize> {
    let is_stop = |byte: &u8| STOPS[usize::from(*byte)];
    let mut stops = Vec::with_capacity(bytes.len() / 32);
    let (eights, _) = bytes.as_chunks::<8>();
    for (start, eight) in (0..).step_by(8).zip(eights) {
        if eight.iter().fold(false, |any, byte| any | is_stop(byte)) {
            stops.extend((start..start + 8).filter(|at| is_stop(&bytes[*at])));
        }
    }
    stops.extend((eights.len() * 8..bytes.len()).filter(|at| is_stop(&bytes[*at])));
    stops
}

/// Writes an entity behind `before`, whose backslashes must not take it apart.
fn push_as_numeric_entity(out: &mut String, before: &str, byte: u8) {
    out.extend(std::iter::repeat_n('\\', trailing_backslashes(before)));
    let entity = ENTITIES.iter().find(|(b, _)| *b == byte).map_or("", |(_, entity)| entity);
    out.push_str(entity);
}

/// Whether Jekyll would take a brace for the beginning of a tag. Source: <https://shopify.github.io/liquid/basics/introduction/>.
pub(super) fn begins_liquid_tag(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'{' && matches!(bytes.get(at + 1), Some(b'{' | b'%'))
}

fn is_host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.')
}

fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let is_letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    at > 0 && is_letter(bytes.get(at - 1)) && is_letter(bytes.get(at + 1))
}

pub(super) fn trailing_backslashes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

/// Whether two runs of backticks of one length may make code of what is between them.
fn may_form_code_span(text: &str) -> bool {
    let mut lengths = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let after = rest[start..].trim_start_matches('`');
        lengths.push(rest.len() - start - after.len());
        rest = after;
    }
    lengths.sort_unstable();
    lengths.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_cell(text: &str) -> String {
        let mut out = String::new();
        write_cell(&mut out, &SingleLine::new(text));
        out
    }

    #[test]
    fn only_what_would_act_is_written_as_an_entity() {
        for (text, expected) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\&#124;b"),
            ("<b> 1 < 2 <3", "&#60;b> 1 < 2 <3"),
            ("[a](b) x](y", "[a&#93;(b) x&#93;(y"),
            ("x](y", "x](y"),
            ("![a] wow!", "&#33;[a] wow!"),
            ("*a* ~b", "&#42;a&#42; ~b"),
            ("``a'' and ``b''", "``a'' and ``b''"),
            ("`|a|`", "`\\|a\\|`"),
            ("`<b>` `", "&#96;&#60;b>&#96; &#96;"),
            ("{{a}} {%b%} {c} {{{", "&#123;{a}} &#123;%b%} {c} &#123;&#123;{"),
            ("\\{{a}}", "\\\\&#123;{a}}"),
            ("a^b [^1] [a^]", "a^b [&#94;1] [a^]"),
            ("`{{a}}`", "&#96;&#123;{a}}&#96;"),
            ("@a R@1 #1", "@&#8203;a R@1 #&#8203;1"),
            ("&lt; &#64; &commat;", "&lt; &#&#8203;64; &#38;commat;"),
            ("\\ \\\\", "\\ \\\\"),
            ("end \\", "end &#92;"),
            ("https://a.b/@c/~d~", "https://a.b/@c/~d~"),
            ("[https://a.b/@c", "[https://a.b/@&#8203;c"),
        ] {
            assert_eq!(written_cell(text), expected);
            assert_eq!(unescape_cell_text(&expected.replace("\\|", "|")), text);
        }
    }

    #[test]
    fn a_long_text_is_written_in_its_length() {
        for unit in ["(http://a.b", "`", "``` ` ", "*", "<5", "\\|", "@a", "&#", "https://", "_a ", "!["] {
            let text = unit.repeat((1 << 16) / unit.len());
            assert_eq!(unescape_cell_text(&written_cell(&text)), text.trim_end());
        }
    }

    #[test]
    fn a_details_summary_has_every_mark_escaped() {
        let mut out = String::new();
        write_escaped_details_summary(&mut out, "`*_a_b~");
        assert_eq!(out, "&#96;&#42;&#95;a_b&#126;");
    }
}
