//! The identity of a paper over all sources.

use std::fmt;

use super::ArxivId;

/// A paper's identity over all sources: `arxiv:2503.20246`, `doi:10.1000/1`, or a feed's own id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperId(String);

impl PaperId {
    /// The identity of an arXiv work.
    pub fn arxiv(id: &ArxivId) -> Self {
        Self(format!("arxiv:{id}"))
    }

    /// The paper that a text names: one of arXiv's in whatever form [`ArxivId::parse_with_version`] reads, else by its own identity.
    pub fn from_text(text: &str) -> Self {
        ArxivId::parse_with_version(text).map_or_else(|_| Self(text.to_owned()), |(id, _)| Self::arxiv(&id))
    }

    /// The arXiv work that this is, if it is one.
    pub fn as_arxiv(&self) -> Option<ArxivId> {
        self.0.strip_prefix("arxiv:").map(|id| ArxivId::from_stored(id.to_owned()))
    }

    /// The identity as it is stored and shown: `arxiv:2503.20246`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An identity that [`Self::as_str`] gave out before.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
