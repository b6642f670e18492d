//! White space as arXiv's two dialects use it, and foreign text made fit for a message.

use memchr::memchr_iter;

use crate::domain::{Abstract, is_clean_ascii_line, is_invisible};

/// The text as one line: white space runs are one space, and so is a control character, which XML 1.0
/// forbids and which would still be one line's end to somebody.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    push_words(&mut line, text, ' ');
    line
}

/// The text as paragraphs. arXiv wrapped lines before November 2025; in both dialects a line that is
/// indented by two spaces or more, or that follows a blank one, begins a new paragraph.
pub(super) fn split_paragraphs(text: &str) -> Abstract {
    let mut joined = String::with_capacity(text.len());
    let mut after_blank = false;
    let mut start = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        let between = if after_blank || line.starts_with("  ") { '\n' } else { ' ' };
        after_blank = !push_words(&mut joined, line, between);
    }
    Abstract(joined)
}

/// What a stranger wrote, as a message may have it: one line of at most `chars_max` characters,
/// without control, bidirectional or invisible characters.
pub(super) fn sanitize_line(text: &str, chars_max: usize) -> String {
    let visible = text.replace(|c: char| is_space_or_control(c) || is_invisible(c), " ");
    let line = one_line(&visible);
    match line.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Appends the words, parted by one space; `before` parts the first of them from what is there
/// already. Says whether there was a word.
fn push_words(out: &mut String, text: &str, before: char) -> bool {
    // Most of arXiv's lines are, and looking at bytes costs a fraction of looking at characters.
    if !text.is_empty() && is_clean_ascii_line(text) {
        if !out.is_empty() {
            out.push(before);
        }
        out.push_str(text);
        return true;
    }
    let mut between = before;
    let mut any = false;
    for word in text.split(is_space_or_control).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(between);
        }
        out.push_str(word);
        between = ' ';
        any = true;
    }
    any
}

/// White space, and what no line can hold.
fn is_space_or_control(c: char) -> bool {
    c <= ' '
        || (c >= '\u{7f}' && (c.is_whitespace() || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_runs_and_control_characters_become_one_space() {
        for (text, line) in [
            ("", ""),
            (" \n\t ", ""),
            ("plain", "plain"),
            ("  A title\n  that wraps  ", "A title that wraps"),
            ("a\u{0}b\u{1f}\u{85}c\u{2028}d\u{a0}e", "a b c d e"),
            ("日本  語", "日本 語"),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }

    #[test]
    fn an_indented_line_or_one_after_a_blank_line_begins_a_paragraph() {
        for (text, paragraphed) in [
            ("  One\nline of\nwords.\n", "One line of words."),
            ("One.\n  Two\nmore.\n   Three.", "One.\nTwo more.\nThree."),
            ("One.\n\nTwo.\n \n\n Three.", "One.\nTwo.\nThree."),
            ("One\n still one  and on", "One still one and on"),
            ("\n\n  One.", "One."),
            ("", ""),
        ] {
            assert_eq!(split_paragraphs(text).0, paragraphed, "{text:?}");
        }
    }

    #[test]
    fn a_strangers_text_cannot_break_or_turn_the_message_around_it() {
        assert_eq!(sanitize_line("a\n\u{1b}[31mb\u{202e}c\u{200b}d", 60), "a [31mb c d");
        assert_eq!(sanitize_line(&"x".repeat(61), 60), format!("{}…", "x".repeat(60)));
        assert_eq!(sanitize_line(&"ü".repeat(60), 60), "ü".repeat(60));
    }
}
