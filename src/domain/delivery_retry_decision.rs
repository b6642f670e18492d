//! What becomes of a message after one try to deliver it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, RefusalScope};

/// How long to wait after each try that failed in passing: the schedule of Standard Webhooks
/// (<https://www.standardwebhooks.com>), which gives a receiver four days to come back.
const WAITS: [SignedDuration; 10] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
];

/// Tries in all; after the last one the message is kept as failed, for a person to send again.
pub const ATTEMPTS_MAX: u32 = 11;

/// Tries in a row that never came to an end, after which a message is given up: it may itself be what ends the
/// program. One such try may be a power cut, and two bad luck.
const UNFINISHED_MAX: u32 = 3;

/// For how many tries the wait that the receiver names counts alone. After them it is no shorter than our own: a
/// receiver that goes on naming a second, or none at all, would use up every try before it is well again.
const NAMED_ALONE_MAX: u32 = 3;

/// A receiver that names a longer wait is asked again after this one.
const NAMED_WAIT_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryDecision {
    /// The receiver has it.
    Delivered,
    /// The message is tried again at that time.
    RetryAt {
        /// The time of the next try.
        at: Timestamp,
    },
    /// The message is kept as failed: the receiver refused it, or the last try came to nothing.
    Failed,
    /// The message waits, with all others for its sink, until a person has mended the sink.
    SinkPaused,
}

/// Decides after the given attempt, which was the `count`th. `jitter` between 0 and 1 lengthens a wait that
/// the receiver did not name by up to a tenth, so that what failed together does not come back together.
pub fn decide_after_attempt(attempt: &Attempt, count: u32, now: Timestamp, jitter: f64) -> DeliveryDecision {
    match attempt {
        Attempt::Accepted | Attempt::AcceptedWithWarning { .. } => DeliveryDecision::Delivered,
        Attempt::Refused { what: RefusalScope::Message, words: _ } => DeliveryDecision::Failed,
        Attempt::Refused { what: RefusalScope::Sink, words: _ } => DeliveryDecision::SinkPaused,
        Attempt::Deferred { .. } if count >= ATTEMPTS_MAX => DeliveryDecision::Failed,
        Attempt::Deferred { wait: Some(wait), words: _ } if count <= NAMED_ALONE_MAX => {
            DeliveryDecision::RetryAt { at: now + cap_wait_named_by_receiver(*wait) }
        }
        Attempt::Deferred { wait: Some(wait), words: _ } => DeliveryDecision::RetryAt {
            at: now + cap_wait_named_by_receiver(*wait).max(backoff_with_jitter(count, jitter)),
        },
        Attempt::Deferred { wait: None, words: _ } => {
            DeliveryDecision::RetryAt { at: now + backoff_with_jitter(count, jitter) }
        }
    }
}

/// When a message is tried again if its `count`th try, begun now, never comes to an end: not at once, so that a
/// message which ends the program does not end it again as soon as it is back.
pub fn retry_time_if_attempt_never_ends(count: u32, now: Timestamp) -> Timestamp {
    now + backoff_with_jitter(count, 0.0)
}

/// Whether a message is given up before another try, its `count`th, where the `unfinished` ones just before that
/// never came to an end.
pub fn is_given_up(count: u32, unfinished: u32) -> bool {
    unfinished >= UNFINISHED_MAX || count > ATTEMPTS_MAX
}

fn cap_wait_named_by_receiver(wait: Duration) -> SignedDuration {
    SignedDuration::try_from(wait).unwrap_or(NAMED_WAIT_MAX).min(NAMED_WAIT_MAX)
}

fn backoff_with_jitter(count: u32, jitter: f64) -> SignedDuration {
    let place = count.saturating_sub(1) as usize;
    let wait = WAITS.get(place).copied().unwrap_or(NAMED_WAIT_MAX);
    wait.checked_add(SignedDuration::from_secs_f64(wait.as_secs_f64() * 0.1 * jitter.clamp(0.0, 1.0)))
        .unwrap_or(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_of_a_try_has_its_state() {
        let now: Timestamp = "2026-01-01T08:00:00Z".parse().unwrap();
        let words = || "w".to_owned();
        let deferred = |wait| Attempt::Deferred { wait, words: words() };
        let refused = |what| Attempt::Refused { what, words: words() };
        let again = |seconds| DeliveryDecision::RetryAt { at: now + SignedDuration::from_secs(seconds) };
        for (attempt, count, settled) in [
            (Attempt::Accepted, 1, DeliveryDecision::Delivered),
            (Attempt::AcceptedWithWarning { words: words() }, 1, DeliveryDecision::Delivered),
            (refused(RefusalScope::Message), 1, DeliveryDecision::Failed),
            (refused(RefusalScope::Sink), 1, DeliveryDecision::SinkPaused),
            (deferred(None), 1, again(5)),
            (deferred(None), 2, again(300)),
            (deferred(None), 10, again(86_400)),
            (deferred(None), 11, DeliveryDecision::Failed),
            (
                deferred(Some(Duration::from_millis(1500))),
                1,
                DeliveryDecision::RetryAt { at: now + SignedDuration::from_millis(1500) },
            ),
            (deferred(Some(Duration::from_secs(9_999_999))), 1, again(86_400)),
            (deferred(Some(Duration::ZERO)), 3, again(0)),
            (deferred(Some(Duration::ZERO)), 4, again(7_200)),
            (deferred(Some(Duration::from_mins(150))), 4, again(9_000)),
        ] {
            assert_eq!(decide_after_attempt(&attempt, count, now, 0.0), settled, "{attempt:?} {count}");
        }
    }

    #[test]
    fn a_message_is_given_up_after_three_tries_without_an_end_or_after_the_last_one() {
        for (count, unfinished, expected) in
            [(1, 0, false), (3, 2, false), (4, 3, true), (9, 3, true), (11, 2, false), (12, 1, true)]
        {
            assert_eq!(is_given_up(count, unfinished), expected, "{count} {unfinished}");
        }
    }

    #[test]
    fn jitter_lengthens_a_wait_by_a_tenth_at_the_most() {
        let now: Timestamp = "2026-01-01T08:00:00Z".parse().unwrap();
        let deferred = Attempt::Deferred { wait: None, words: String::new() };
        assert_eq!(
            decide_after_attempt(&deferred, 2, now, 1.0),
            DeliveryDecision::RetryAt { at: now + SignedDuration::from_secs(330) }
        );
    }
}
