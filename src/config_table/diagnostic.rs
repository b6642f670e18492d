//! What is wrong in a config, collected, so that a person mends all of it at once.

use std::fmt;
use std::ops::Range;

use super::excerpt::{ConfigText, ShowablePartOfLine};

/// How many mistakes are shown; who has more mends these first.
const SHOWN_MAX: usize = 20;

/// A config that cannot be used. Shows each mistake with file, line, column, section and key, the line with
/// a caret, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    messages: Vec<String>,
    more_count: usize,
}

/// What is wrong with one value, before it is known where in the file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidValue {
    /// What is wrong with the value, in words that follow its key.
    pub(crate) message: String,
    /// What would be right; empty if the words say it.
    pub(crate) hint: String,
    /// Which character of the value is meant, from 0.
    pub(crate) char_index: Option<usize>,
    /// Whether the value may be shown.
    pub(crate) visibility: ShowablePartOfLine,
    /// The value with a caret under that character, for a value whose characters cannot be found in the file.
    pub(crate) value_excerpt: Option<String>,
}

/// The mistakes found so far in one text.
#[derive(Debug)]
pub(crate) struct Diagnostics<'t> {
    text: &'t ConfigText,
    entries: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Diagnostic {
    offset: Option<usize>,
    key: String,
    invalid: InvalidValue,
}

impl InvalidValue {
    pub(crate) fn new(words: impl Into<String>, right: impl Into<String>) -> Self {
        Self {
            message: words.into(),
            hint: right.into(),
            char_index: None,
            visibility: ShowablePartOfLine::MaskedLine,
            value_excerpt: None,
        }
    }

    /// Something wrong with a value that is a secret or somebody's address. The words must not say it either.
    pub(crate) fn error_hiding_value(words: impl Into<String>, right: impl Into<String>) -> Self {
        Self { visibility: ShowablePartOfLine::Hidden, ..Self::new(words, right) }
    }
}

impl<'t> Diagnostics<'t> {
    pub(crate) fn new(text: &'t ConfigText) -> Self {
        Self { text, entries: Vec::new() }
    }

    /// Which line of the text that is.
    pub(crate) fn line_number(&self, offset: usize) -> usize {
        self.text.line_number(offset)
    }

    /// Something wrong at a place of the text, or, without a place, with all of it.
    pub(crate) fn add(&mut self, place: Option<Range<usize>>, whose: &str, wrong: InvalidValue) {
        self.entries.push(Diagnostic {
            offset: place.map(|p| p.start),
            key: whose.to_owned(),
            invalid: wrong,
        });
    }

    /// Something wrong in a string value: the caret goes under the character that is meant.
    pub(crate) fn add_diagnostic_in_value(
        &mut self,
        span: Range<usize>,
        value: &str,
        whose: &str,
        mut wrong: InvalidValue,
    ) {
        let inside = wrong.char_index.and_then(|at| self.text.offset_in_value(span.clone(), value, at));
        if inside.is_some() {
            wrong.value_excerpt = None;
        }
        self.entries.push(Diagnostic {
            offset: Some(inside.unwrap_or(span.start)),
            key: whose.to_owned(),
            invalid: wrong,
        });
    }

    /// What was made of the text, if there was no mistake in it.
    pub(crate) fn into_result<T>(mut self, made: Option<T>) -> Result<T, ConfigError> {
        if let (Some(made), true) = (made, self.entries.is_empty()) {
            return Ok(made);
        }
        self.entries.sort_by_key(|mistake| mistake.offset);
        let shown =
            self.entries.iter().take(SHOWN_MAX).map(|mistake| mistake.render_diagnostic(self.text)).collect();
        Err(ConfigError { messages: shown, more_count: self.entries.len().saturating_sub(SHOWN_MAX) })
    }
}

impl Diagnostic {
    /// The first line says where and what; below it are the line, the caret and what would be right.
    fn render_diagnostic(&self, text: &ConfigText) -> String {
        let place = self.offset.map_or_else(|| text.name().to_owned(), |at| text.file_line_and_column(at));
        let whose = if self.key.is_empty() { String::new() } else { format!("{}: ", self.key) };
        let excerpt = self
            .offset
            .map(|at| text.config_line_with_caret(at, self.invalid.visibility))
            .unwrap_or_default();
        let picture = self.invalid.value_excerpt.as_deref().unwrap_or_default();
        let words = self.invalid.message.replace(char::is_control, "\u{fffd}");
        let first = format!("{place}: {whose}{words}");
        let below = excerpt.lines().chain(picture.lines()).chain(self.invalid.hint.lines());
        below.fold(first, |shown, line| shown + "\n    " + line)
    }
}

impl ConfigError {
    /// A config that could not even be read.
    pub(crate) fn unreadable_config_error(words: String) -> Self {
        Self { messages: vec![words], more_count: 0 }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("\n\n"))?;
        match self.more_count {
            0 => Ok(()),
            more => write!(f, "\n\nand {more} more"),
        }
    }
}

impl std::error::Error for ConfigError {}
