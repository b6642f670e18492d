//! How long a request must wait so that the source's terms hold over the whole process and across
//! restarts.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The longest wait that a source is granted: a clock or a header that asks for more is wrong.
pub const WAIT_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What is known of the last request to a source, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestGate {
    /// When it was last asked or last answered, whichever is later.
    pub last_request: Option<Timestamp>,
    /// Until when it asked to be left alone.
    pub blocked_until: Option<Timestamp>,
}

impl RequestGate {
    /// How long the next request has to wait at this moment, when requests are to be `pace` apart.
    /// A time in the store that a clock set back makes absurd cannot shut the gate for longer than
    /// its rule.
    pub fn time_until_request_allowed(&self, now: Timestamp, pace: Duration) -> Duration {
        let pace = SignedDuration::try_from(pace).unwrap_or(WAIT_MAX);
        let paced = self
            .last_request
            .map_or(SignedDuration::ZERO, |asked| (asked + pace).duration_since(now).min(pace));
        let shut =
            self.blocked_until.map_or(SignedDuration::ZERO, |until| until.duration_since(now).min(WAIT_MAX));
        Duration::try_from(paced.max(shut)).unwrap_or(Duration::ZERO)
    }

    /// The moment until which the source asked to be left alone, if that is still to come.
    pub fn blocked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.blocked_until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_keep_their_pace_and_a_wait_that_was_asked_for() {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let at = |seconds: i64| Some(now + SignedDuration::from_secs(seconds));
        for (asked, shut_until, millis) in [
            (None, None, 0),
            (at(-1), None, 2000),
            (at(-3), None, 0),
            (at(-9), at(60), 60_000),
            (at(-1), at(1), 2000),
            (at(-9), at(-60), 0),
            (at(86_400), None, 3000),           // the clock was set back a day
            (None, at(86_400 * 9), 86_400_000), // and here by more
        ] {
            let gate = RequestGate { last_request: asked, blocked_until: shut_until };
            assert_eq!(
                gate.time_until_request_allowed(now, Duration::from_secs(3)),
                Duration::from_millis(millis),
                "{gate:?}"
            );
            assert!(
                gate.time_until_request_allowed(now, Duration::ZERO) <= Duration::from_millis(millis),
                "{gate:?}"
            );
        }
    }
}
