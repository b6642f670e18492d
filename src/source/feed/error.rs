//! Why an answer is no feed that can be read.

use super::limits::BODY_BYTES_MAX;
use crate::domain::{FetchError, FetchErrorKind, Retry};

/// Why nothing of an answer is taken. What is only odd is read, and noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Not a byte, or white space alone.
    #[error("the answer is empty")]
    Empty,
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("the answer has {0} bytes, and no feed of more than {max} is read", max = BODY_BYTES_MAX)]
    TooLong(usize),
    /// A page for people, with its title.
    #[error("an HTML page{}, not a feed", parenthesized_title(.0))]
    HtmlPage(String),
    /// A page that asks whether a person is there, with its title.
    #[error("a challenge page{}, which asks for a person and a browser, not a feed", parenthesized_title(.0))]
    ChallengePage(String),
    /// Something else, with what it is.
    #[error("{0}, not a feed")]
    NotAFeed(String),
    /// The document ends before its last element does: what is missing cannot be known.
    #[error("the feed is cut off after {0} bytes")]
    CutOff(usize),
    /// Broken in a way that cannot be mended, with where and how.
    #[error("the feed is broken: {0}")]
    Broken(String),
    /// Deeper or wider than any feed, with what is past its limit.
    #[error("the feed is not read: {0}")]
    PastLimit(String),
    /// Its DOCTYPE has declarations of its own.
    #[error("the feed is not read: its DOCTYPE declares entities of its own, which are never expanded")]
    InternalSubset,
}

impl FeedError {
    /// The same for whoever polls: a request that brought nothing to trust.
    pub fn into_fetch_error(self) -> FetchError {
        let (kind, retry) = match self {
            Self::Empty | Self::HtmlPage(_) | Self::NotAFeed(_) => (FetchErrorKind::NotAFeed, Retry::Later),
            Self::ChallengePage(_) => (FetchErrorKind::Challenged, Retry::Never),
            Self::TooLong(_) => (FetchErrorKind::TooLarge, Retry::Later),
            Self::CutOff(_) | Self::Broken(_) | Self::PastLimit(_) | Self::InternalSubset => {
                (FetchErrorKind::BrokenXml, Retry::Later)
            }
        };
        FetchError { kind, message: self.to_string(), retry }
    }
}

fn parenthesized_title(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" (`{title}`)") }
}
