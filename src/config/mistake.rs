//! What is wrong in a config, collected, so that a person mends all of it at once.

use std::fmt;
use std::ops::Range;

use super::text::{Shown, Text};

/// How many mistakes are shown; who has more mends these first.
const SHOWN_MAX: usize = 20;

/// A config that cannot be used. Shows each mistake with file, line, column, section and key, the line with
/// a caret, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadConfig {
    shown: Vec<String>,
    more: usize,
}

/// What is wrong with one value, before it is known where in the file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What is wrong.
    pub(super) words: String,
    /// What would be right; empty where the words say it.
    pub(super) right: String,
    /// Which character of the value is meant, from 0.
    pub(super) at: Option<usize>,
    /// Whether the value may be shown.
    pub(super) shown: Shown,
    /// The value with a caret under that character, for a value whose characters cannot be found in the file.
    pub(super) picture: Option<String>,
}

/// The mistakes found so far in one text.
#[derive(Debug)]
pub(super) struct Mistakes<'t> {
    text: &'t Text,
    found: Vec<Mistake>,
}

#[derive(Debug)]
struct Mistake {
    at: Option<usize>,
    whose: String,
    wrong: Wrong,
}

impl Wrong {
    pub(super) fn new(words: impl Into<String>, right: impl Into<String>) -> Self {
        Self { words: words.into(), right: right.into(), at: None, shown: Shown::Line, picture: None }
    }

    /// Something wrong with a value that is a secret or somebody's address. The words must not say it either.
    pub(super) fn hidden(words: impl Into<String>, right: impl Into<String>) -> Self {
        Self { shown: Shown::Nothing, ..Self::new(words, right) }
    }
}

impl<'t> Mistakes<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Which line of the text that is.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.text.line(offset)
    }

    /// Something wrong at a place of the text, or, without a place, with all of it.
    pub(super) fn add(&mut self, place: Option<Range<usize>>, whose: &str, wrong: Wrong) {
        self.found.push(Mistake { at: place.map(|p| p.start), whose: whose.to_owned(), wrong });
    }

    /// Something wrong in a string value: the caret goes under the character that is meant.
    pub(super) fn add_in_value(&mut self, span: Range<usize>, value: &str, whose: &str, mut wrong: Wrong) {
        let inside = wrong.at.and_then(|at| self.text.inside(span.clone(), value, at));
        if inside.is_some() {
            wrong.picture = None;
        }
        self.found.push(Mistake { at: Some(inside.unwrap_or(span.start)), whose: whose.to_owned(), wrong });
    }

    /// What was made of the text, if there was no mistake in it.
    pub(super) fn unless_any<T>(mut self, made: Option<T>) -> Result<T, BadConfig> {
        if let (Some(made), true) = (made, self.found.is_empty()) {
            return Ok(made);
        }
        self.found.sort_by_key(|mistake| mistake.at);
        let shown = self.found.iter().take(SHOWN_MAX).map(|mistake| mistake.show(self.text)).collect();
        Err(BadConfig { shown, more: self.found.len().saturating_sub(SHOWN_MAX) })
    }
}

impl Mistake {
    /// The first line says where and what; below it stand the line, the caret and what would be right.
    fn show(&self, text: &Text) -> String {
        let place = self.at.map_or_else(|| text.name().to_owned(), |at| text.position(at));
        let whose = if self.whose.is_empty() { String::new() } else { format!("{}: ", self.whose) };
        let excerpt = self.at.map(|at| text.excerpt(at, self.wrong.shown)).unwrap_or_default();
        let picture = self.wrong.picture.as_deref().unwrap_or_default();
        let words = self.wrong.words.replace(char::is_control, "\u{fffd}");
        let first = format!("{place}: {whose}{words}");
        let below = excerpt.lines().chain(picture.lines()).chain(self.wrong.right.lines());
        below.fold(first, |shown, line| shown + "\n    " + line)
    }
}

impl BadConfig {
    /// A config that could not even be read.
    pub(super) fn unread(words: String) -> Self {
        Self { shown: vec![words], more: 0 }
    }
}

impl fmt::Display for BadConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown.join("\n\n"))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "\n\nand {more} more"),
        }
    }
}

impl std::error::Error for BadConfig {}
