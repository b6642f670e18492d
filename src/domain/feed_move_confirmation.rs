//! Whether a feed's permanent redirect is taken for good. Hotels, firewalls and broken servers send such redirects as well.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Fingerprint;

/// How often the redirect must have been seen.
const POLLS_MIN: u32 = 3;

/// Where a permanent redirect leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectTargetKind {
    /// To the same host, or another of the same registrable name.
    SameSite,
    /// To another site.
    OtherSite,
    /// To a site's first page, which is hardly ever a feed.
    FrontPage,
    /// From https to http, which anybody in between can write.
    LessSecure,
}

/// A permanent redirect, as one poll saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermanentRedirect {
    /// What kind of place the redirect leads to.
    pub target: RedirectTargetKind,
    /// The fingerprint of the new address.
    pub fingerprint: Fingerprint,
    /// The new address itself; none if it is to be a secret.
    pub address: Option<String>,
}

/// One and the same permanent redirect, counted over the polls that saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedMove {
    /// As it was last seen.
    pub redirect: PermanentRedirect,
    /// In how many polls without a break it was seen, each with a feed at its end.
    pub polls: u32,
    /// When the redirect was first seen.
    pub first_seen: Timestamp,
    /// When the redirect was last seen.
    pub last_seen: Timestamp,
}

impl FeedMove {
    /// What is known after one more poll that saw a redirect. A redirect to another address counts from one again.
    pub fn count_poll_with_redirect(
        earlier: Option<&Self>,
        redirect: PermanentRedirect,
        now: Timestamp,
    ) -> Self {
        let same = earlier.filter(|earlier| earlier.redirect.fingerprint == redirect.fingerprint);
        let (polls, first_seen) =
            same.map_or((1, now), |same| (same.polls.saturating_add(1), same.first_seen.min(now)));
        Self { redirect, polls, first_seen, last_seen: now }
    }

    /// Whether it is no whim of a network: it was seen at three polls, on two days.
    pub fn is_confirmed_move(&self) -> bool {
        let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
        self.polls >= POLLS_MIN && day(self.first_seen) < day(self.last_seen)
    }

    /// Whether the new address may take the place of the old one: it is settled, and leads to the same site. A move to another
    /// site is for the operator to decide.
    pub fn may_replace_feed_url(&self) -> bool {
        match self.redirect.target {
            RedirectTargetKind::SameSite => self.is_confirmed_move(),
            RedirectTargetKind::OtherSite
            | RedirectTargetKind::FrontPage
            | RedirectTargetKind::LessSecure => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RedirectTargetKind::{FrontPage, LessSecure, OtherSite, SameSite};
    use super::*;

    fn redirect(target: RedirectTargetKind, to: &str) -> PermanentRedirect {
        PermanentRedirect { target, fingerprint: Fingerprint::of_text(to), address: Some(to.to_owned()) }
    }

    #[test]
    fn a_move_is_taken_for_good_after_three_polls_on_two_days() {
        let first_seen: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        for (target, polls, last_seen, is_confirmed, may_replace_feed_url) in [
            (SameSite, 3, "2026-11-23T07:00:00Z", true, true),
            (SameSite, 9, "2026-12-23T07:00:00Z", true, true),
            (SameSite, 2, "2026-11-23T07:00:00Z", false, false),
            (SameSite, 9, "2026-11-22T23:00:00Z", false, false),
            (SameSite, 9, "2026-11-21T23:00:00Z", false, false),
            (OtherSite, 9, "2026-11-23T07:00:00Z", true, false),
            (FrontPage, 9, "2026-11-23T07:00:00Z", true, false),
            (LessSecure, 9, "2026-11-23T07:00:00Z", true, false),
        ] {
            let last_seen = last_seen.parse().unwrap();
            let feed_move = FeedMove { redirect: redirect(target, "a"), polls, first_seen, last_seen };
            assert_eq!(
                (feed_move.is_confirmed_move(), feed_move.may_replace_feed_url()),
                (is_confirmed, may_replace_feed_url),
                "{feed_move:?}"
            );
        }
    }

    #[test]
    fn polls_are_counted_as_long_as_they_lead_to_one_address() {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let first = FeedMove::count_poll_with_redirect(None, redirect(SameSite, "a"), at(1));
        let second = FeedMove::count_poll_with_redirect(Some(&first), redirect(SameSite, "a"), at(2));
        assert_eq!((second.polls, second.first_seen, second.last_seen), (2, at(1), at(2)));
        let other = FeedMove::count_poll_with_redirect(Some(&second), redirect(SameSite, "b"), at(3));
        assert_eq!((other.polls, other.first_seen), (1, at(3)));
    }
}
