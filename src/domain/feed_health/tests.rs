use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::domain::{Fingerprint, PermanentRedirect, RedirectTargetKind};

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    parse_timestamp("2026-11-22T08:00:00Z")
}

fn poll(outcome: PollOutcome, fault: Option<FetchErrorKind>, hours: i64) -> FeedPoll {
    let since = now() - SignedDuration::from_hours(hours);
    FeedPoll { at: now(), outcome, since, fault, message: Some("why".to_owned()) }
}

/// A feed with an item on each of these days before today.
fn history(last_poll: FeedPoll, days_before: &[i64]) -> FeedHistory {
    let day = |before: &i64| (utc_day(now()).saturating_sub(before.days()), 2);
    FeedHistory {
        first_read: Some(now() - SignedDuration::from_hours(24 * 365)),
        last_new: days_before.iter().min().map(|before| now() - SignedDuration::from_hours(24 * before)),
        active_days: days_before.iter().map(day).collect::<BTreeMap<_, _>>(),
        ..FeedHistory::new(Fingerprint::of_text("a"), last_poll)
    }
}

fn assess_history(history: &FeedHistory) -> FeedHealth {
    assess_feed(&FeedObservation { history: Some(history), next_poll: Some(now()) }, now())
}

/// The health's name, and for how many days it has been wrong.
fn health_name_and_days_wrong(history: &FeedHistory) -> (&'static str, Option<i64>) {
    let health = assess_history(history);
    (health.name(), health.wrong_since(now()).map(|since| now().duration_since(since).as_hours() / 24))
}

#[test]
fn a_feed_that_fails_is_judged_by_how_and_for_how_long() {
    use FetchErrorKind as Kind;
    for (fault, hours, expected) in [
        (Kind::Gone, 0, ("gone", Some(0))),
        (Kind::NotFound, 6 * 24, ("failing", Some(6))),
        (Kind::NotFound, 7 * 24, ("gone", Some(7))),
        (Kind::Refused, 0, ("refused", Some(0))),
        (Kind::Challenged, 48, ("refused", Some(2))),
        (Kind::Throttled, 23, ("resting", None)),
        (Kind::Throttled, 24, ("failing", Some(1))),
        (Kind::Unreachable, 0, ("failing", Some(0))),
        (Kind::NotAFeed, 30 * 24, ("failing", Some(30))),
    ] {
        let history = history(poll(PollOutcome::Failed, Some(fault), hours), &[0, 1]);
        assert_eq!(health_name_and_days_wrong(&history), expected, "{fault} for {hours} h");
        assert_eq!(assess_history(&history).advice().is_some(), expected.1.is_some(), "{fault}");
    }
    assert_eq!(
        health_name_and_days_wrong(&history(poll(PollOutcome::Incomplete, None, 48), &[0])),
        ("incomplete", Some(2))
    );
}

#[test]
fn a_feed_that_answers_is_judged_by_when_something_new_came() {
    let well = || poll(PollOutcome::Complete, None, 0);
    let daily = |from: i64| (from..from + 30).collect::<Vec<_>>();
    let weekly = |from: i64| (0..20).map(|week| from + 7 * week).collect::<Vec<_>>();
    for (what, days, expected) in [
        ("daily, today", daily(0), ("current", None)),
        ("daily, last Monday", daily(6), ("current", None)),
        ("daily, over Christmas", daily(13), ("quiet", None)),
        ("daily, for too long", daily(20), ("stale", Some(6))),
        ("weekly, seven weeks ago", weekly(49), ("quiet", None)),
        ("weekly, three months ago", weekly(91), ("stale", Some(40))),
        ("one issue, two months ago", vec![60], ("quiet", None)),
        ("one issue, a year ago", vec![365], ("stale", Some(274))),
    ] {
        assert_eq!(health_name_and_days_wrong(&history(well(), &days)), expected, "{what}");
    }
    // An empty feed is judged from when it was first read.
    let never = history(well(), &[]);
    assert_eq!(health_name_and_days_wrong(&never).0, "stale");
    assert!(assess_history(&never).to_string().ends_with("and has never had an item"));
    assert_eq!(health_name_and_days_wrong(&FeedHistory { first_read: Some(now()), ..never }).0, "quiet");
}

#[test]
fn a_feed_that_nobody_asks_is_unpolled() {
    let unpolled = |history: Option<&FeedHistory>, hours: i64| {
        let next_poll = Some(now() - SignedDuration::from_hours(hours));
        assess_feed(&FeedObservation { history, next_poll }, now()).name()
    };
    let known = history(poll(PollOutcome::Failed, None, 0), &[0]);
    assert_eq!(
        (unpolled(None, 0), unpolled(Some(&known), 48), unpolled(Some(&known), 49)),
        ("unpolled", "failing", "unpolled")
    );
}

#[test]
fn a_move_is_told_at_once_and_wrong_once_it_is_settled() {
    let mut moving = history(poll(PollOutcome::Complete, None, 0), &[0]);
    let day = |days: i64| now() - SignedDuration::from_hours(24 * days);
    for (target, address, polls, expected) in [
        (RedirectTargetKind::SameSite, Some("https://e.org/new"), 1, (None, RelocationTrust::New)),
        (
            RedirectTargetKind::SameSite,
            Some("https://e.org/new"),
            3,
            (Some(day(2)), RelocationTrust::AskedDirectly),
        ),
        (RedirectTargetKind::SameSite, None, 3, (Some(day(2)), RelocationTrust::Followed)),
        (
            RedirectTargetKind::OtherSite,
            Some("https://f.org/new"),
            3,
            (Some(day(2)), RelocationTrust::Followed),
        ),
    ] {
        let redirect = PermanentRedirect {
            target,
            fingerprint: Fingerprint::of_text("b"),
            address: address.map(str::to_owned),
        };
        moving.moved = Some(FeedMove { redirect, polls, first_seen: day(2), last_seen: now() });
        let health = assess_history(&moving);
        let FeedHealth::Moved(relocation) = &health else { panic!("{health:?}") };
        assert_eq!((health.wrong_since(now()), relocation.trust), expected, "{health}");
        assert_eq!(health.advice().is_some(), expected.0.is_some());
        assert!(health.to_string().contains(address.unwrap_or("another address")), "{health}");
    }
    // What no longer changes is worse.
    moving.active_days = [(utc_day(day(400)), 1)].into();
    assert_eq!(assess_history(&moving).name(), "stale");
}
