//! A mail's plain text: 76 columns, and each address whole on a line of its own.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::frame::MailFrame;
use super::paper_card::MailPaperCard;
use super::section::MailSection;

/// How many columns a line has. RFC 5322, 2.1.1 asks for 78 at most; quoted-printable breaks behind 76.
const COLUMNS: usize = 76;

/// What is before each line below a title.
const INDENT: &str = "  ";

/// The whole text of one part.
pub(super) fn render_mail_text(frame: &MailFrame, blocks: &[MailSection]) -> String {
    let mut out = String::from("PAPERWIRE\n");
    let place = frame.place.as_ref().map(|place| format!("{place}\n")).unwrap_or_default();
    let head = [Some(&frame.date), frame.counts.as_ref()].into_iter().flatten();
    head.for_each(|line| write_wrapped(&mut out, line, ""));
    out.push_str(&place);
    for line in &frame.lines {
        out.push('\n');
        write_wrapped(&mut out, line, "");
    }
    push_table_of_contents(&mut out, &frame.contents);
    for block in blocks {
        push_text_mail_section(&mut out, block);
    }
    if let Some(next) = &frame.next {
        push_line(&mut out, format_args!("\n{next}."));
    }
    push_footer(&mut out, frame);
    out
}

/// One paper.
pub(super) fn render_paper(card: &MailPaperCard) -> String {
    let mut out = String::from("\n");
    let facts: Vec<_> = card.news.iter().chain(&card.facts).map(String::as_str).collect();
    let facts = facts.join(" · ");
    write_wrapped(&mut out, &card.title, "");
    for line in [Some(&card.authors), Some(&facts), card.also_in.as_ref()].into_iter().flatten() {
        write_wrapped(&mut out, line, INDENT);
    }
    for address in [&card.link, &card.article, &card.pdf, &card.code].into_iter().flatten() {
        push_line(&mut out, format_args!("{INDENT}{address}"));
    }
    for paragraph in &card.paragraphs {
        out.push('\n');
        write_wrapped(&mut out, paragraph, INDENT);
    }
    if card.goes_on && card.link.is_some() {
        push_line(&mut out, format_args!("{INDENT}(The rest is at the first link above.)"));
    }
    out
}

fn push_table_of_contents(out: &mut String, rows: &[(String, String)]) {
    let widest = rows.iter().map(|(topic, _)| topic.width()).max().unwrap_or_default();
    if !rows.is_empty() {
        out.push('\n');
    }
    for (topic, counts) in rows {
        let gap = " ".repeat(widest - topic.width());
        push_line(out, format_args!("{INDENT}{}{gap}   {counts}", defuse_markup(topic)));
    }
}

fn push_text_mail_section(out: &mut String, block: &MailSection) {
    // Not of `=`, of which quoted-printable makes three bytes each.
    let rule = "~".repeat(COLUMNS);
    let continued = if block.continued { ", continued" } else { "" };
    push_line(out, format_args!("\n\n{rule}"));
    write_wrapped(out, &format!("{}{continued}", block.topic), "");
    push_line(out, format_args!("{rule}"));
    for group in &block.groups {
        let label = group.label;
        push_line(out, format_args!("\n-- {label} {}", "-".repeat(COLUMNS - label.len() - 4)));
        group.papers.iter().for_each(|paper| out.push_str(&paper.text));
    }
}

fn push_footer(out: &mut String, frame: &MailFrame) {
    push_line(out, format_args!("\n\n{}", "-".repeat(COLUMNS)));
    write_wrapped(out, &frame.why, "");
    let links = [("The whole list:", &frame.list), ("Unsubscribe:", &frame.unsubscribe)];
    for (label, address) in links {
        if let Some(address) = address {
            push_line(out, format_args!("{label}\n{address}"));
        }
    }
    write_wrapped(out, "Thank you to arXiv for use of its open access interoperability.", "");
}

fn push_line(out: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(out, "{line}").expect("a string takes every line");
}

/// Appends the text in lines of at most [`COLUMNS`]. A web address stays whole, however long; another word
/// that is longer than a line is broken, as in Chinese, which has no spaces.
fn write_wrapped(out: &mut String, text: &str, indent: &str) {
    let room = COLUMNS - indent.len();
    let mut line = String::new();
    for word in defuse_markup(text).split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() <= room {
            line.push(' ');
            line.push_str(word);
            continue;
        }
        flush_line(out, &mut line, indent);
        for piece in break_word(word, room) {
            flush_line(out, &mut line, indent);
            line.push_str(piece);
        }
    }
    flush_line(out, &mut line, indent);
}

fn flush_line(out: &mut String, line: &mut String, indent: &str) {
    if !line.is_empty() {
        push_line(out, format_args!("{indent}{line}"));
        line.clear();
    }
}

/// A word in pieces of at most so many columns.
fn break_word(word: &str, room: usize) -> Vec<&str> {
    if word.width() <= room || word.contains("://") {
        return vec![word];
    }
    let mut pieces = Vec::new();
    let (mut from, mut wide) = (0, 0);
    for (at, c) in word.char_indices() {
        let columns = c.width().unwrap_or_default();
        if wide + columns > room {
            pieces.push(&word[from..at]);
            (from, wide) = (at, 0);
        }
        wide += columns;
    }
    pieces.push(&word[from..]);
    pieces
}

/// Text in which nothing looks like markup: some readers and filters take a plain text with a tag or a
/// character reference in it for HTML. A space says that it is none.
fn defuse_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.push(c);
        let next = rest.as_str().chars().next();
        let begins_markup = match c {
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => rest.as_str().split_once(';').is_some_and(|(name, _)| is_character_reference(name)),
            _ => false,
        };
        if begins_markup {
            out.push(' ');
        }
    }
    out
}

/// `amp`, `#39`, `#x2f`.
fn is_character_reference(name: &str) -> bool {
    /// The longest name in HTML's table: `CounterClockwiseContourIntegral`.
    const NAME_BYTES_MAX: usize = 31;
    let name = name.strip_prefix('#').unwrap_or(name);
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped_lines(text: &str) -> Vec<String> {
        let mut out = String::new();
        write_wrapped(&mut out, text, INDENT);
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn no_line_is_wider_than_76_columns_but_an_address() {
        let address = format!("https://example.org/{}", "a".repeat(100));
        let text = format!("{} {address} {} {}", "word ".repeat(40), "字".repeat(90), "x".repeat(160));
        let lines = wrapped_lines(&text);
        assert!(lines.iter().all(|line| line.width() <= COLUMNS || line.trim() == address), "{lines:#?}");
        assert!(lines.iter().any(|line| line.trim() == address));
        let joined = lines.concat().replace(' ', "");
        assert_eq!(joined, text.replace(' ', ""));
        assert!(wrapped_lines("").is_empty());
    }

    #[test]
    fn what_looks_like_markup_is_set_apart_and_nothing_else() {
        for (text, shown) in [
            ("<b>R&amp;D</b> &#39; <!-- x", "< b>R& amp;D< /b> & #39; < !-- x"),
            ("p < 0.05, a<5, AT&T; R&D", "p < 0.05, a<5, AT& T; R&D"),
            ("x & y; z", "x & y; z"),
        ] {
            assert_eq!(defuse_markup(text), shown);
        }
    }
}
