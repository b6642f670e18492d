//! What of a query matched, and where.

use std::ops::Range;

/// A field of a paper as [`super::SearchablePaperFields`] names it, with its number if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchedField {
    /// The title.
    Title,
    /// The abstract.
    Abstract,
    /// The author of that number, from 0.
    Author(usize),
    /// The affiliation of that number, from 0.
    Affiliation(usize),
    /// The authors' comment.
    Comment,
    /// The journal reference.
    JournalRef,
    /// The report number.
    ReportNumber,
    /// The category of that number, from 0, by its identifier or its name.
    Category(usize),
    /// The class of that number, from 0.
    SubjectClass(usize),
    /// arXiv's identifier.
    Id,
    /// The DOI of that number, from 0.
    Doi(usize),
    /// The submitter.
    Submitter,
    /// When version 1 was submitted.
    Published,
}

/// A place in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchPlace {
    /// The field.
    pub field: SearchedField,
    /// The bytes of its text; all of it if the match is with something made from it, such as an author's initials or a
    /// category's name; empty for a date.
    pub bytes: Range<usize>,
}

/// A term of a query that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermMatch {
    /// The term as a person would write it: `ti:"image classification"`.
    pub term: String,
    /// One place for each of its words, or one for a phrase; in every field that matched.
    pub places: Vec<MatchPlace>,
}
