//! What a source allows those who poll it (its pace), and how its answers come (look-back, paging, calendar). A decision gets it as a value and does not know whose
//! it is.

use std::time::Duration;

use jiff::SignedDuration;

use super::AnnouncementCalendar;

/// The policy of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePollingPolicy {
    /// What messages call it: `arXiv`.
    pub title: &'static str,
    /// The least time between two requests to its host.
    pub pace_min: Duration,
    /// How far back a poll looks for papers that appear late.
    pub look_back: SignedDuration,
    /// How its results are had.
    pub paging: Paging,
    /// The time zone in which its stamp at midnight may be of any moment of that day, if it has such stamps.
    pub day_stamp_zone: Option<&'static str>,
    /// When the source shows something new.
    pub calendar: AnnouncementCalendar,
}

/// How the results of a source are had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// Page by page, the newest first.
    Pages {
        /// How many results it answers for, however many there are.
        window: u64,
    },
    /// One answer has all that it shows, in any order.
    Whole,
}
