//! A search of the history, and what it finds.

use jiff::Timestamp;

use crate::domain::Paper;

/// What is looked for; all of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words of title, abstract or authors, apart from white space; or what names a paper.
    pub words: Vec<String>,
    /// Whether the last word may be only the beginning of one.
    pub is_last_word_prefix: bool,
    /// A topic that has seen the paper.
    pub topic: Option<String>,
    /// A category of the paper (`cs.CV`), or an archive (`cs`).
    pub category: Option<String>,
    /// The paper's date is at or after this.
    pub since: Option<Timestamp>,
    /// The paper's date is before this.
    pub until: Option<Timestamp>,
    /// Whether a paper must have code.
    pub with_code: bool,
    /// The place at which an earlier page of the answer ended.
    pub cursor: Option<i64>,
}

/// A paper that was found, with the topics that have seen it.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The paper's place among all papers by date.
    pub cursor: i64,
    /// The paper.
    pub paper: Paper,
    /// The names of the topics that have seen it.
    pub topics: Vec<String>,
}
