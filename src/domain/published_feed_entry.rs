//! An entry of a feed that this program publishes.

use jiff::Timestamp;

use super::Paper;

/// A paper with when it came to us: a reader of a feed looks for what has come since, not for what was submitted since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFeedEntry {
    /// The paper.
    pub paper: Paper,
    /// When the paper came first.
    pub first_seen: Timestamp,
    /// When it came in the version that it has now.
    pub version_seen: Timestamp,
}
