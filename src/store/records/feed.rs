//! What is kept of a feed between its polls, and how its papers are known again.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{FeedValidators, Origin, Paper};

/// A paper that is known by a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperByKey {
    /// The paper.
    pub paper: Paper,
    /// The source that showed it first; empty if that was a list.
    pub source: String,
    /// Where what is known of it came from.
    pub origin: Origin,
}

/// What is kept of a feed between its polls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedRecord {
    /// Those of the last answer of which all is recorded.
    pub validators: Option<FeedValidators>,
    /// The feed's own `ttl`, as it was when the feed last came whole.
    pub ttl: Option<Duration>,
    /// When it is polled next; none before its first poll.
    pub next_poll: Option<Timestamp>,
    /// How many polls in a row failed.
    pub failures: u32,
}
