//! A time as a health report shows it.

use jiff::Timestamp;

/// How many bytes `2025-03-26T08:00:00Z` has.
const RFC3339_SECONDS_BYTES: usize = 20;

/// `2025-03-26 08:00 UTC`.
pub fn format_utc_to_minute(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Words of the history with each time in the form that the rest of a report has. Programs get them as they are.
pub(super) fn with_times_for_people(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(first) = rest.chars().next() {
        let (taken, shown) = match read_time_at_start(rest) {
            Some(moment) => (RFC3339_SECONDS_BYTES, format_utc_to_minute(moment)),
            None => (first.len_utf8(), first.to_string()),
        };
        text.push_str(&shown);
        rest = &rest[taken..];
    }
    text
}

fn read_time_at_start(text: &str) -> Option<Timestamp> {
    let time = text.get(..RFC3339_SECONDS_BYTES).filter(|time| time.ends_with('Z'))?;
    time.starts_with(|c: char| c.is_ascii_digit()).then(|| time.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_words_get_the_form_of_the_report_and_all_else_stays() {
        for (words, shown) in [
            ("failing since 2025-03-26T08:00:09Z: 429", "failing since 2025-03-26 08:00 UTC: 429"),
            ("2025-03-26T08:00:00Z, 2025-03-27T08:00:00Z", "2025-03-26 08:00 UTC, 2025-03-27 08:00 UTC"),
            ("ç 2025-13-26T08:00:00Z 2025-03-26", "ç 2025-13-26T08:00:00Z 2025-03-26"),
            ("", ""),
        ] {
            assert_eq!(with_times_for_people(words), shown);
        }
    }
}
