//! When a feed is asked again: what the operator says, what the feed and its server wish, and how its last polls ended.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{FetchErrorKind, Retry, WAIT_MAX, backoff_after_incomplete_polls};

/// Between two polls of a feed that says nothing. miniflux has the same: <https://miniflux.app/docs/configuration.html>.
const USUAL: SignedDuration = SignedDuration::from_hours(1);

/// What a feed or its server wishes counts within these. Wiley's feeds change daily and say `ttl` 10080, a week; many
/// servers say a minute to every file that they have.
const WISH_MIN: SignedDuration = SignedDuration::from_mins(15);
const WISH_MAX: SignedDuration = SignedDuration::from_hours(24);

/// After a refusal that will not pass by itself.
const REFUSED_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// After the server's word that the feed was given up. Some say so by mistake.
const GONE_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What an answer says of when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextRequestHints {
    /// `Cache-Control: max-age`, less the answer's `Age`.
    pub max_age: Option<Duration>,
    /// `Expires`, counted from the server's own present.
    pub expires_in: Option<Duration>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What is known when the next poll of a feed is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedTiming {
    /// The operator's `every`.
    pub every: Option<Duration>,
    /// The feed's own `ttl`, of the last time that it came whole.
    pub ttl: Option<Duration>,
    /// What the last answer says.
    pub freshness: NextRequestHints,
    /// How the last poll failed, if it did.
    pub failure: Option<FeedFailure>,
}

/// How polls of a feed failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedFailure {
    /// How many did in a row, at least one.
    pub in_a_row: u32,
    /// What ended the last one.
    pub kind: FetchErrorKind,
    /// Whether asking again can help, as that one ended.
    pub retry: Retry,
}

impl NextRequestHints {
    /// An answer that says nothing.
    pub const NONE: Self = Self { max_age: None, expires_in: None, retry_after: None };
}

/// When the feed is asked again. `every` overrides all wishes but a `Retry-After`; of several wishes the longest counts.
/// Failures are repeated sooner at first, and after at most a day; what was refused for good, after a day, and what was given
/// up, after a week.
pub fn next_feed_poll(timing: &FeedTiming, now: Timestamp) -> Timestamp {
    let (wait, named) = match timing.failure {
        None => (poll_interval(timing), None),
        Some(failure) => failure_wait(failure),
    };
    let named = named.into_iter().chain(timing.freshness.retry_after).map(cap_feed_wait).max();
    now.checked_add(wait.max(named.unwrap_or(SignedDuration::ZERO))).unwrap_or(Timestamp::MAX)
}

fn poll_interval(timing: &FeedTiming) -> SignedDuration {
    if let Some(every) = timing.every {
        return SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    }
    let NextRequestHints { max_age, expires_in, retry_after: _ } = timing.freshness;
    // A server that says zero forbids to keep the answer, which is no wish for more polls.
    let wishes = [timing.ttl, max_age.or(expires_in)].into_iter().flatten().filter(|wish| !wish.is_zero());
    wishes.map(cap_feed_wait).max().map_or(USUAL, |wish| wish.clamp(WISH_MIN, WISH_MAX))
}

/// The wait, and the one that the server named.
fn failure_wait(failure: FeedFailure) -> (SignedDuration, Option<Duration>) {
    if failure.kind == FetchErrorKind::Gone {
        return (GONE_WAIT, None);
    }
    match failure.retry {
        Retry::Never => (REFUSED_WAIT, None),
        Retry::Later => (backoff_after_incomplete_polls(failure.in_a_row), None),
        Retry::After(named) => (backoff_after_incomplete_polls(failure.in_a_row), Some(named)),
    }
}

fn cap_feed_wait(wait: Duration) -> SignedDuration {
    SignedDuration::try_from(wait).unwrap_or(WAIT_MAX).min(WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAYS_NOTHING: FeedTiming =
        FeedTiming { every: None, ttl: None, freshness: NextRequestHints::NONE, failure: None };

    fn minutes(timing: &FeedTiming) -> i64 {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        next_feed_poll(timing, now).duration_since(now).as_mins()
    }

    fn minutes_to_duration(minutes: Option<u64>) -> Option<Duration> {
        minutes.map(Duration::from_mins)
    }

    #[test]
    fn wishes_count_within_their_limits_and_the_operator_overrides_them() {
        for (every, ttl, max_age, expires_in, retry_after, expected) in [
            (None, None, None, None, None, 60),
            (None, Some(30), None, None, None, 30),
            (None, Some(10_080), None, None, None, 1440),
            (None, None, Some(1), None, None, 15),
            (None, None, Some(0), None, None, 60),
            (None, None, Some(0), Some(600), None, 60),
            (None, None, Some(525_600), None, None, 1440),
            (None, None, None, Some(90), None, 90),
            (None, None, Some(20), Some(90), None, 20),
            (None, Some(60), Some(5), None, None, 60),
            (None, Some(5), Some(45), None, None, 45),
            (Some(360), Some(30), Some(30), Some(30), None, 360),
            (Some(5), Some(30), None, None, None, 5),
            (Some(20_000), None, None, None, None, 20_000),
            (Some(5), None, None, None, Some(30), 30),
            (Some(360), None, None, None, Some(30), 360),
            (None, None, None, None, Some(600), 600),
            (None, None, None, None, Some(999_999), 1440),
        ] {
            let freshness = NextRequestHints {
                max_age: minutes_to_duration(max_age),
                expires_in: minutes_to_duration(expires_in),
                retry_after: minutes_to_duration(retry_after),
            };
            let timing = FeedTiming {
                every: minutes_to_duration(every),
                ttl: minutes_to_duration(ttl),
                freshness,
                failure: None,
            };
            assert_eq!(minutes(&timing), expected, "{timing:?}");
        }
    }

    #[test]
    fn failures_are_repeated_less_and_less_often_and_never_before_the_server_wishes() {
        use FetchErrorKind::{Gone, NotFound, Refused, Throttled, Unreachable};
        for (in_a_row, kind, retry, retry_after, expected) in [
            (1, Unreachable, Retry::Later, None, 15),
            (2, NotFound, Retry::Later, None, 30),
            (3, Unreachable, Retry::Later, None, 60),
            (8, NotFound, Retry::Later, None, 1440),
            (u32::MAX, Unreachable, Retry::Later, None, 1440),
            (1, Refused, Retry::Never, None, 1440),
            (1, Gone, Retry::Never, None, 7 * 1440),
            (9, Gone, Retry::Never, None, 7 * 1440),
            (1, Throttled, Retry::After(Duration::from_hours(2)), None, 120),
            (4, Throttled, Retry::After(Duration::from_mins(1)), None, 120),
            (1, Throttled, Retry::After(Duration::MAX), None, 1440),
            (1, Unreachable, Retry::Later, Some(20), 20),
        ] {
            let failure = Some(FeedFailure { in_a_row, kind, retry });
            let freshness =
                NextRequestHints { retry_after: minutes_to_duration(retry_after), ..NextRequestHints::NONE };
            let timing =
                FeedTiming { every: minutes_to_duration(Some(360)), freshness, failure, ..SAYS_NOTHING };
            assert_eq!(minutes(&timing), expected, "{timing:?}");
        }
    }

    #[test]
    fn no_time_is_past_the_last() {
        let timing = FeedTiming { every: Some(Duration::MAX), ..SAYS_NOTHING };
        assert_eq!(next_feed_poll(&timing, Timestamp::UNIX_EPOCH), Timestamp::MAX);
    }
}
