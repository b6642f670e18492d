//! From HTML to text. The HTML is a stranger's: what is run or shown by it is dropped, what only looks like a tag stays.

use crate::source::xml_repair::decode_entities_into;

/// Elements whose content is no text of the page.
const DROPPED: [&str; 11] = [
    "script",
    "style",
    "head",
    "template",
    "svg",
    "iframe",
    "object",
    "noscript",
    "annotation",
    "annotation-xml",
    "title",
];

/// Elements that begin a paragraph.
const BLOCKS: [&str; 33] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "section",
    "article",
    "aside",
    "header",
    "footer",
    "pre",
    "hr",
    "figure",
    "figcaption",
    "sec",
    "main",
    "nav",
    "address",
    "thead",
    "tbody",
];

/// Elements that change how a text looks. Others are no tags: `a<b and c>d` is a text.
const INLINE: [&str; 67] = [
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "body", "bold", "button", "caption", "center",
    "cite", "code", "col", "colgroup", "data", "del", "details", "dfn", "em", "font", "form", "html", "i",
    "img", "inf", "input", "ins", "italic", "kbd", "label", "link", "mark", "math", "meta", "mfrac", "mi",
    "mn", "mo", "mover", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtext", "munder",
    "q", "s", "sc", "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "time", "tt",
    "u", "var", "video",
];

/// Parts of a table and the like, which a blank keeps apart.
const CELLS: [&str; 3] = ["td", "th", "option"];

/// A tag is no longer; its attributes may hold a picture.
const TAG_BYTES_MAX: usize = 256 * 1024;

/// The text of HTML: paragraphs parted by one `\n`, each one line whose runs of white space are one blank.
pub(super) fn html_to_text(html: &str) -> String {
    if memchr::memchr2(b'<', b'&', html.as_bytes()).is_none() {
        return collapse_whitespace(html);
    }
    let mut writer = TextWriter::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        decode_entities_into(&rest[..at], |text| writer.push_text(text));
        rest = &rest[at..];
        rest = match parse_leading_markup(rest) {
            Some((HtmlTagOrComment::Comment, behind)) => behind,
            Some((HtmlTagOrComment::Tag { name, effect, is_end }, behind)) => {
                write_tag_effect(&mut writer, name, effect, is_end, behind)
            }
            None => {
                writer.push_text("<");
                &rest[1..]
            }
        };
    }
    decode_entities_into(rest, |text| writer.push_text(text));
    writer.finish()
}

/// The text of HTML as one line.
pub(super) fn one_line(html: &str) -> String {
    let text = html_to_text(html);
    if text.contains('\n') { text.replace('\n', " ") } else { text }
}

/// A text that is no HTML, with its white space as in [`html_to_text`]: an empty line parts two paragraphs.
pub(super) fn normalize_plain_text_whitespace(text: &str) -> String {
    let mut writer = TextWriter::with_capacity(text.len());
    let mut is_empty_line = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            is_empty_line = true;
            continue;
        }
        if std::mem::take(&mut is_empty_line) {
            writer.begin_paragraph();
        }
        writer.push_text(line);
        writer.push_text(" ");
    }
    writer.finish()
}

fn collapse_whitespace(text: &str) -> String {
    let mut writer = TextWriter::with_capacity(text.len());
    writer.push_text(text);
    writer.finish()
}

#[derive(Debug)]
enum HtmlTagOrComment<'h> {
    Tag { name: &'h str, effect: TagEffect, is_end: bool },
    Comment,
}

/// What a tag means for the text around it.
#[derive(Debug, Clone, Copy)]
enum TagEffect {
    Paragraph,
    Blank,
    Drop,
    Nothing,
}

impl TagEffect {
    /// None for what is no tag.
    fn from_tag_name(name: &str) -> Option<Self> {
        let effects = [
            (&BLOCKS[..], Self::Paragraph),
            (&INLINE, Self::Nothing),
            (&CELLS, Self::Blank),
            (&DROPPED, Self::Drop),
        ];
        let is_named = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        effects.into_iter().find(|(names, _)| is_named(names)).map(|(_, effect)| effect)
    }
}

/// The markup that a text begins with, and what is behind it; None if its `<` is one of the text.
fn parse_leading_markup(html: &str) -> Option<(HtmlTagOrComment<'_>, &str)> {
    if html.starts_with("<!--") {
        return Some((HtmlTagOrComment::Comment, html.find("-->").map_or("", |at| &html[at + 3..])));
    }
    if let Some(data) = html.strip_prefix("<![CDATA[") {
        return Some((HtmlTagOrComment::Comment, data));
    }
    if html.starts_with("<!") || html.starts_with("<?") {
        return Some((HtmlTagOrComment::Comment, html.find('>').map_or("", |at| &html[at + 1..])));
    }
    let is_end = html[1..].starts_with('/');
    let start = if is_end { 2 } else { 1 };
    let length = html[start..]
        .bytes()
        .take(32)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-'))
        .count();
    let name = &html[start..start + length];
    let local = name.rsplit(':').next().unwrap_or(name);
    let effect = TagEffect::from_tag_name(local)?;
    let window = &html.as_bytes()[start + length..html.len().min(start + length + TAG_BYTES_MAX)];
    let end = tag_end(window)? + start + length;
    let attributes = html[start + length..end].trim_end_matches('/').trim();
    let is_tag = attributes.is_empty() || local.len() > 2 || attributes.contains('=');
    is_tag.then(|| (HtmlTagOrComment::Tag { name: local, effect, is_end }, &html[end + 1..]))
}

/// Where a tag ends: at a `>` outside of quotes, or at the first one if a quote has no end.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if at > 0 && bytes[at - 1] == b'=' => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    memchr::memchr(b'>', bytes)
}

/// Writes what a tag means, and returns the HTML behind it and behind what it drops.
fn write_tag_effect<'h>(
    writer: &mut TextWriter,
    name: &str,
    effect: TagEffect,
    is_end: bool,
    behind: &'h str,
) -> &'h str {
    match effect {
        TagEffect::Paragraph => writer.begin_paragraph(),
        TagEffect::Blank => writer.push_text(" "),
        TagEffect::Drop if !is_end => return skip_element(behind, name),
        TagEffect::Drop | TagEffect::Nothing => {}
    }
    behind
}

/// What is behind the end of an element; everything, if it has none.
fn skip_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&html.as_bytes()[from..], b"</") {
        let start = from + at + 2;
        let is_end = html.get(start..start + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        if is_end {
            return html[start..].find('>').map_or("", |at| &html[start + at + 1..]);
        }
        from = start;
    }
    html
}

/// Text with its white space squeezed as it is written.
#[derive(Debug)]
struct TextWriter {
    text: String,
    gap: PendingWhitespace,
}

/// What is between what was written and what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PendingWhitespace {
    None,
    Blank,
    Paragraph,
}

impl TextWriter {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), gap: PendingWhitespace::None }
    }

    fn begin_paragraph(&mut self) {
        self.gap = PendingWhitespace::Paragraph;
    }

    fn push_text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let plain = already_clean_prefix_length(rest.as_bytes());
            if plain > 0 {
                self.write_pending_whitespace();
                self.text.push_str(&rest[..plain]);
            } else if is_blank(c) {
                self.gap = self.gap.max(PendingWhitespace::Blank);
            } else if !is_invisible(c) {
                self.write_pending_whitespace();
                self.text.push(c);
            }
            rest = &rest[plain.max(c.len_utf8())..];
        }
    }

    fn write_pending_whitespace(&mut self) {
        match self.gap {
            PendingWhitespace::None => {}
            _ if self.text.is_empty() => {}
            PendingWhitespace::Blank => self.text.push(' '),
            PendingWhitespace::Paragraph => self.text.push('\n'),
        }
        self.gap = PendingWhitespace::None;
    }

    fn finish(self) -> String {
        self.text
    }
}

/// How many bytes at the beginning stay as they are, as most of a text does: words of ASCII with one blank between each two.
fn already_clean_prefix_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    let mut is_behind_blank = true;
    for word in bytes.as_chunks().0 {
        let Some(blanks) = blanks_of_plain_word(*word) else { break };
        if blanks & ((blanks << 8) | (u64::from(is_behind_blank) << 7)) != 0 {
            break;
        }
        is_behind_blank = blanks >> 63 == 1;
        length += word.len();
    }
    for byte in &bytes[length..] {
        match byte {
            b'!'..=b'~' => is_behind_blank = false,
            b' ' if !is_behind_blank => is_behind_blank = true,
            _ => break,
        }
        length += 1;
    }
    length - usize::from(is_behind_blank && length > 0)
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const BLANKS: u64 = u64::from_ne_bytes([b' '; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Where in eight bytes of printable ASCII the blanks are, as the high bit of each, the first byte the lowest; None if they
/// are anything else. A byte of ASCII has no high bit, so no sum of two and no difference to one with it reaches the next.
fn blanks_of_plain_word(word: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(word);
    let is_plain = (word | word.wrapping_sub(BLANKS) | word.wrapping_add(ONES)) & HIGH_BITS == 0;
    is_plain.then_some(HIGH_BITS.wrapping_sub(word ^ BLANKS) & HIGH_BITS)
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\n' || c == '\u{a0}' || c.is_whitespace()
}

/// What is never seen: controls, the soft hyphen, blanks without a width.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_the_text_that_a_reader_sees() {
        for (html, text) in [
            ("Role of <i>E. coli</i> in CO<sub>2</sub> &amp; more", "Role of E. coli in CO2 & more"),
            ("A&nbsp;B&eacute;C &#233;&#xe9; &Alpha;", "A BéC éé Α"),
            ("p < 0.05 and x", "p < 0.05 and x"),
            ("a<b and c>d, x<y", "a<b and c>d, x<y"),
            ("1 &lt; 2 &lt;b&gt;", "1 < 2 <b>"),
            ("<p>One\n two</p><p>Three<br/>four</p>", "One two\nThree\nfour"),
            ("x<script>alert('</p>')</script>y<STYLE>p{}</STYLE >z", "xyz"),
            ("x<script>open", "xopen"),
            ("x<!-- <p>no</p> -->y<!-- open", "xy"),
            ("<a href=\"https://e.org/?a>b\" title='x'>link</a> <img src=x alt=y>end", "link end"),
            ("<jats:p>J <jats:italic>K</jats:italic></jats:p>", "J K"),
            ("<td>1</td><td>2</td>", "1 2"),
            ("ada <ada@e.org> <foo>", "ada <ada@e.org> <foo>"),
            ("\u{200b}x\u{ad}y\u{0}", "xy"),
            ("a \u{200b} b", "a b"),
            (" <i> é  x\t y </i>\u{a0}z  ", "é x y z"),
            ("<", "<"),
            ("</", "</"),
            ("<é>é</é>", "<é>é</é>"),
            ("<![CDATA[x]]>", "x]]>"),
            ("<math><mi>x</mi><annotation>x_1</annotation></math>", "x"),
            ("&unknown; &amp", "&unknown; &amp"),
            ("", ""),
        ] {
            assert_eq!(html_to_text(html), text, "{html}");
        }
    }

    #[test]
    fn a_text_that_is_no_html_keeps_its_paragraphs() {
        assert_eq!(
            normalize_plain_text_whitespace("One\ntwo <b>\n\n \nthree &amp;\n"),
            "One two <b>\nthree &amp;"
        );
    }
}
