//! A fault in a search expression, with its place.

use unicode_width::UnicodeWidthChar as _;

/// How much of a long line is shown on either side of the fault, in characters.
const SHOWN_AROUND: usize = 60;

/// A text that was to be a search expression and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Where the fault is: characters from 0.
    pub position: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl QueryError {
    pub(super) fn new(position: usize, words: impl Into<String>) -> Self {
        Self { position, message: words.into() }
    }

    /// The line of `text` that has the fault, a caret under the place, and the words: three lines.
    pub fn with_query_excerpt(&self, text: &str) -> String {
        let (line, column) = line_text_and_column_at(text, self.position);
        let from = column.saturating_sub(SHOWN_AROUND);
        let to = (column + SHOWN_AROUND).min(line.len());
        let (head, tail) = (if from > 0 { "…" } else { "" }, if to < line.len() { "…" } else { "" });
        let shown: String = line[from..to].iter().map(|&c| replace_control_char(c)).collect();
        let indent: String = head
            .chars()
            .map(|_| ' ')
            .chain(line[from..column].iter().map(|&c| blank_of_same_width(c)))
            .collect();
        format!("{head}{shown}{tail}\n{indent}^\n{}", self.message)
    }
}

/// The line around a place, and the place's column in it.
fn line_text_and_column_at(text: &str, at: usize) -> (Vec<char>, usize) {
    let chars: Vec<char> = text.chars().collect();
    let at = at.min(chars.len());
    let start = chars[..at].iter().rposition(|&c| c == '\n').map_or(0, |end| end + 1);
    let mut line: Vec<char> = chars[start..].iter().copied().take_while(|&c| c != '\n').collect();
    if line.last() == Some(&'\r') {
        line.pop();
    }
    let column = (at - start).min(line.len());
    (line, column)
}

/// A character as a terminal may get it.
fn replace_control_char(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{fffd}' } else { c }
}

/// White space as wide as the character: the caret must be under its place.
fn blank_of_same_width(c: char) -> char {
    match c {
        '\t' => '\t',
        _ if c.width() == Some(2) => '\u{3000}',
        _ => ' ',
    }
}

/// A piece of the writer's text, short enough for a sentence.
pub(super) fn clip_query_excerpt(text: &str) -> String {
    const CLIP: usize = 40;
    match text.char_indices().nth(CLIP) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
