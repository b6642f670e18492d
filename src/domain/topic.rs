//! A named interest.

use super::Query;

/// A named interest: one section of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The topic's heading and its identity: one line, unique whatever its capitals.
    pub name: String,
    /// What arXiv is asked for, and what the papers of a feed are matched against; none only without arXiv, to take
    /// everything that its feeds have.
    pub query: Option<Query>,
    /// A paper of arXiv is kept if it has a category in one of these; empty keeps all.
    pub archives: Vec<String>,
    /// The names of the sources that are asked for it.
    pub sources: Vec<String>,
}
