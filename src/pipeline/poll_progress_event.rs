//! What a poll is doing, for whoever watches.

use std::time::Duration;

use crate::domain::FetchError;

/// What a poll is doing, for whoever watches.
#[derive(Debug, Clone)]
pub enum PollProgress<'a> {
    /// The poll asks for a page.
    Fetching {
        /// The first result's place.
        start: u64,
        /// Results in all, once a page has said how many.
        total: u64,
    },
    /// The poll waits before it asks (again).
    Waiting {
        /// How long the poll waits.
        wait: Duration,
        /// The fault that it waits after, if there was one.
        after: Option<&'a FetchError>,
    },
}
