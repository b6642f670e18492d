//! The limits of a poll and of its requests.

use std::time::Duration;

/// How far apart, how long and how large the requests of a poll may be.
#[derive(Debug, Clone)]
pub struct PollLimits {
    /// Time between two requests.
    pub pace: Duration,
    /// Bounds the poll whole: waits, retries and the request in flight.
    pub patience: Duration,
    /// For how long a host that cannot be reached at all is tried again.
    pub unreachable_max: Duration,
    /// Results asked for in one request.
    pub page_size: u32,
}
