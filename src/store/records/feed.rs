//! What is kept of a feed between its polls.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::FeedValidators;

/// What is kept of a feed between its polls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedRecord {
    /// The validators of the last answer that is recorded completely.
    pub validators: Option<FeedValidators>,
    /// The feed's own `ttl`, as it was when the feed last came whole.
    pub ttl: Option<Duration>,
    /// When it is polled next; none before its first poll.
    pub next_poll: Option<Timestamp>,
    /// How many polls in a row failed.
    pub failures: u32,
}
