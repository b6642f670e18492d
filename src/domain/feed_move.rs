//! Whether a feed's permanent redirect is taken for good. Hotels, firewalls and broken servers send such redirects as well.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How often the redirect must have been seen.
const POLLS_MIN: u32 = 3;

/// Where a permanent redirect leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveTarget {
    /// To the same host, or another of the same registrable name.
    SameSite,
    /// To another site.
    OtherSite,
    /// To a site's first page, which is hardly ever a feed.
    FrontPage,
}

/// One and the same permanent redirect, counted over the polls that saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedMove {
    /// Where it leads.
    pub target: MoveTarget,
    /// In how many polls without a break it was seen, each with a feed at its end.
    pub polls: u32,
    /// When first.
    pub first_seen: Timestamp,
    /// When last.
    pub last_seen: Timestamp,
}

impl FeedMove {
    /// Whether the new address may take the place of the old one: it was seen at three polls, on two days, and leads to the
    /// same site. A move to another site is for the operator to decide.
    pub fn is_lasting(&self) -> bool {
        let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
        let is_old = self.polls >= POLLS_MIN && day(self.first_seen) < day(self.last_seen);
        match self.target {
            MoveTarget::SameSite => is_old,
            MoveTarget::OtherSite | MoveTarget::FrontPage => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_taken_for_good_after_three_polls_on_two_days() {
        use MoveTarget::{FrontPage, OtherSite, SameSite};
        let first_seen: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        for (target, polls, last_seen, is_lasting) in [
            (SameSite, 3, "2026-11-23T07:00:00Z", true),
            (SameSite, 9, "2026-12-23T07:00:00Z", true),
            (SameSite, 2, "2026-11-23T07:00:00Z", false),
            (SameSite, 9, "2026-11-22T23:00:00Z", false),
            (SameSite, 9, "2026-11-21T23:00:00Z", false),
            (OtherSite, 9, "2026-11-23T07:00:00Z", false),
            (FrontPage, 9, "2026-11-23T07:00:00Z", false),
        ] {
            let last_seen = last_seen.parse().unwrap();
            let feed_move = FeedMove { target, polls, first_seen, last_seen };
            assert_eq!(feed_move.is_lasting(), is_lasting, "{feed_move:?}");
        }
    }
}
