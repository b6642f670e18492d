//! The words of the pages for times and numbers.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::noun_of_count;
use crate::render::chat_phrases;

/// `26 March 2025`.
pub(super) fn long_date(time: Timestamp) -> String {
    chat_phrases::long_date(time, &TimeZone::UTC)
}

/// `just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`.
pub(super) fn age_phrase(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(time).as_secs().try_into().unwrap_or(0_u64);
    let (number, unit) = match seconds {
        0..90 => return "just now".to_owned(),
        90..5_400 => (seconds / 60, "minute"),
        5_400..172_800 => (seconds / 3_600, "hour"),
        172_800.. => (seconds / 86_400, "day"),
    };
    format!("{} ago", count_with_noun(number, unit))
}

/// `1 paper`, `2,895 papers`.
pub(super) fn count_with_noun(number: u64, noun: &str) -> String {
    format!("{} {}", chat_phrases::group_digits(number), noun_of_count(number, noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_as_a_person_would() {
        let now: Timestamp = "2025-03-26T12:00:00Z".parse().unwrap();
        for (time, words) in [
            ("2025-03-26T12:00:10Z", "just now"),
            ("2025-03-26T11:58:00Z", "2 minutes ago"),
            ("2025-03-26T10:20:00Z", "1 hour ago"),
            ("2025-03-25T11:00:00Z", "25 hours ago"),
            ("2025-03-20T12:00:00Z", "6 days ago"),
        ] {
            assert_eq!(age_phrase(time.parse().unwrap(), now), words);
        }
        assert_eq!(count_with_noun(12_345, "paper"), "12,345 papers");
    }
}
