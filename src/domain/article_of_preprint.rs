//! What is kept of an article as which a preprint appeared later.

/// What other sources than a preprint's own say of the article as which it appeared. A preprint has one if it was known
/// before that was: what is new of the two is shown next to it. One that came with its article has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArticleOfPreprint {
    /// The article's DOI; none if only the preprint's own source has it.
    pub doi: Option<String>,
    /// Where the article is, in one line: `Nature 392 (6790), 123-125`; none if only the preprint's own source says.
    pub journal_ref: Option<String>,
}
