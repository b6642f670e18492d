//! Which items of a feed are papers to the operator.

/// Which items of a feed are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedItemKindsToKeep {
    /// Works: those with a DOI or an identifier of arXiv's, or with authors and an abstract or a journal. No news, no notices
    /// about other works.
    Papers,
    /// All that have a page and a title.
    All,
}
