//! What a source answered to one request, parted into what is good and what is not.

use jiff::Timestamp;

use super::{Paper, PaperId, Revision};

/// One page of results, as the source answered it. A page that could not be trusted as a whole is a
/// [`FetchError`](super::FetchError) instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultPage {
    /// When the source says that it made this answer; none if it does not say.
    pub stamp: Option<Timestamp>,
    /// How many results there are in all, over all pages. Where the page does not say, what it shows.
    pub total: u64,
    /// Whether the page says that itself.
    pub is_total_stated: bool,
    /// The first result's place among all, from 0, as the source says it.
    pub start: u64,
    /// What stood on the page, in its order.
    pub entries: Vec<ResultEntry>,
    /// What of it was mended, in words.
    pub notes: Vec<String>,
}

/// One entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultEntry {
    /// A paper with all that a paper must have.
    Complete(Box<Paper>),
    /// An entry that cannot be taken as it is.
    Flawed {
        /// The paper it speaks of, where that much can be read.
        id: Option<(PaperId, Revision)>,
        /// What is wrong with it.
        flaw: EntryFlaw,
    },
}

/// Why an entry cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryFlaw {
    /// No readable identifier, or no version in it.
    NoId,
    /// No title.
    NoTitle,
    /// No abstract.
    NoAbstract,
    /// No `updated`, or one that is not a time.
    NoDate,
    /// It is written in a form that cannot be read, while those around it can.
    BrokenForm,
}
