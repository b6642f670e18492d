//! Dates that nobody has said: a row of a list without a column for them. They are marked, so that the first date that
//! is said takes their place.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::ArxivId;

/// What an estimate has behind its whole second. arXiv's moments are whole seconds, and a list's dates whole days.
const MARK_MICROSECONDS: i64 = 1;

/// The years of before 2000 have identifiers from `91`, when arXiv began.
const FIRST_YEAR: i16 = 91;

/// Marks a moment as an estimate.
pub fn mark_estimated(moment: Timestamp) -> Timestamp {
    let seconds = moment.round(Unit::Second).unwrap_or(moment).as_second();
    Timestamp::from_microsecond(seconds * 1_000_000 + MARK_MICROSECONDS).unwrap_or(moment)
}

/// When a paper was submitted, as far as its identifier says: in a month, which may not be over.
pub fn estimated_date(id: &ArxivId, now: Timestamp) -> Timestamp {
    let month = month_from_arxiv_id(id).and_then(|first| first.to_zoned(TimeZone::UTC).ok());
    mark_estimated(month.map_or(now, |first| first.timestamp().min(now)))
}

/// Whether a date is an estimate.
pub fn is_estimated(moment: Timestamp) -> bool {
    moment.as_microsecond().rem_euclid(1_000_000) == MARK_MICROSECONDS
}

/// The first day of the month that an identifier names: `2503.20246`, `hep-ex/0307015`.
fn month_from_arxiv_id(id: &ArxivId) -> Option<Date> {
    let digits = id.as_str().rsplit('/').next()?;
    let (year, month) = (digits.get(..2)?.parse::<i16>().ok()?, digits.get(2..4)?.parse().ok()?);
    Date::new(if year < FIRST_YEAR { 2000 + year } else { 1900 + year }, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_a_month() {
        let now: Timestamp = "2025-03-26T20:00:00Z".parse().unwrap();
        for (id, date) in [
            ("1905.00001", "2019-05-01T00:00:00.000001Z"),
            ("hep-ex/0307015", "2003-07-01T00:00:00.000001Z"),
            ("hep-th/9901001", "1999-01-01T00:00:00.000001Z"),
            ("2507.00001", "2025-03-26T20:00:00.000001Z"),
            ("1213.0001", "2025-03-26T20:00:00.000001Z"),
        ] {
            let found = estimated_date(&id.parse().unwrap(), now);
            assert_eq!((found, is_estimated(found)), (date.parse().unwrap(), true), "{id}");
        }
        assert!(!is_estimated(now));
    }
}
