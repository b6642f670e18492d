//! What a feed's answer is known again by, so that the feed need not be sent twice.

use jiff::{SignedDuration, Timestamp};

use super::Fingerprint;

/// How long validators are used. Some servers answer "not modified" forever; NetNewsWire asks without them every 8 days:
/// <https://github.com/Ranchero-Software/NetNewsWire>.
const USED_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The validators of an answer: <https://www.rfc-editor.org/rfc/rfc9110#section-8.8>. They are kept only once all is
/// recorded that the answer had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedValidators {
    /// `ETag`, as it came: `W/"a1"`.
    pub etag: Option<String>,
    /// `Last-Modified`, as it came.
    pub last_modified: Option<String>,
    /// The address that was asked and the one that answered: they are sent to no other.
    pub origin: Fingerprint,
    /// When the feed last came whole.
    pub received_at: Timestamp,
}

impl FeedValidators {
    /// Whether the next request may have them. Once a week the feed is asked for without.
    pub fn are_validators_usable(&self, now: Timestamp) -> bool {
        (SignedDuration::ZERO..USED_MAX).contains(&now.duration_since(self.received_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_are_used_for_a_week() {
        let received_at: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let validators = FeedValidators {
            etag: Some("\"a\"".to_owned()),
            last_modified: None,
            origin: Fingerprint::of_text("https://example.org/feed"),
            received_at,
        };
        for (hours, are_validators_usable) in
            [(0, true), (1, true), (167, true), (168, false), (9999, false), (-1, false)]
        {
            let now = received_at + SignedDuration::from_hours(hours);
            assert_eq!(validators.are_validators_usable(now), are_validators_usable, "{hours}");
        }
    }
}
