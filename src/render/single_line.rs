//! One line of an author's text, fit for a line-based document.

use std::fmt;

use crate::domain::{is_bidi_control, is_clean_ascii_line};

/// One line of text: each run of white space is one space, none at the ends, no control characters
/// and none of those that turn the reading direction of what follows. Right-to-left letters, marks
/// and joiners stay: words are written with them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SingleLine(String);

impl SingleLine {
    /// The text as one line.
    pub fn new(text: &str) -> Self {
        // Most texts are.
        if is_clean_ascii_line(text) { Self(text.to_owned()) } else { Self(to_single_line(text)) }
    }

    /// An owned text as one line; most texts need no copy.
    pub(super) fn from_owned_text(text: String) -> Self {
        if is_clean_ascii_line(&text) { Self(text) } else { Self(to_single_line(&text)) }
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left of the text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for SingleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn to_single_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut is_parted = false;
    for c in text.chars() {
        if c.is_whitespace() {
            is_parted = true;
        } else if !c.is_control() && !is_bidi_control(c) {
            if is_parted && !line.is_empty() {
                line.push(' ');
            }
            is_parted = false;
            line.push(c);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_one_line() {
        for (text, line) in [
            ("", ""),
            (" \t\r\n", ""),
            ("plain", "plain"),
            ("  two  words ", "two words"),
            ("a\r\nb\u{85}c\u{2028}d\u{2029}e\u{b}f\u{a0}g", "a b c d e f g"),
            ("nul\0 esc\u{1b}[31m del\u{7f} c1\u{9b}", "nul esc[31m del c1"),
            ("\u{202E}desrever\u{202C} \u{2066}x\u{2069}", "desrever x"),
            ("שלום עולם \u{200F}", "שלום עולם \u{200F}"),
            ("zero\u{200B}width क\u{94D}\u{200D}ष", "zero\u{200B}width क\u{94D}\u{200D}ष"),
        ] {
            assert_eq!(SingleLine::new(text).as_str(), line, "{text:?}");
            assert_eq!(SingleLine::new(line).as_str(), line);
        }
    }
}
