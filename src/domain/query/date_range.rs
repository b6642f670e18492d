//! The span of `submittedDate:[… TO …]`.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::QueryError;
use super::error::clip_query_excerpt;

/// From a minute to a minute, both included, in GMT as arXiv has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) struct DateRange {
    from: DateTime,
    to: DateTime,
}

/// Which end of a span a date is: what it leaves out is completed towards that end.
#[derive(Clone, Copy)]
enum DateRangeEnd {
    From,
    To,
}

impl DateRange {
    /// Reads what is between the brackets, whose first character is at `at`.
    pub(super) fn parse(inner: &str, at: usize) -> Result<Self, QueryError> {
        let parts = words_with_positions(inner, at);
        let [(from_at, from), (to_at, to), (end_at, end)] = parts.as_slice() else {
            let words = "dates are written [20250101 TO 20250331]: a date, TO, and a date";
            return Err(QueryError::new(at, words));
        };
        if *to != "TO" {
            let words = format!("`{}` is between the two dates, where TO must be", clip_query_excerpt(to));
            return Err(QueryError::new(*to_at, words));
        }
        let span = Self {
            from: parse_date(from, *from_at, DateRangeEnd::From)?,
            to: parse_date(end, *end_at, DateRangeEnd::To)?,
        };
        if span.from > span.to {
            return Err(QueryError::new(
                *from_at,
                "the first date is after the second: put the earlier one first",
            ));
        }
        Ok(span)
    }

    /// Whether an instant is in it. Its last minute ends as it begins, as arXiv's range ends at second 0.
    pub(in crate::domain) fn contains(&self, instant: Timestamp) -> bool {
        let time = TimeZone::UTC.to_datetime(instant);
        self.from <= time && time <= self.to
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} TO {}]", ArxivDateTimeDigits(self.from), ArxivDateTimeDigits(self.to))
    }
}

/// A minute as arXiv writes it: `YYYYMMDDHHMM`.
struct ArxivDateTimeDigits(DateTime);

impl fmt::Display for ArxivDateTimeDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.0;
        write!(f, "{:04}{:02}{:02}{:02}{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())
    }
}

/// The words of a text, each with its place.
fn words_with_positions(inner: &str, at: usize) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (offset, c) in inner.chars().enumerate() {
        match found.last_mut() {
            _ if c.is_whitespace() => inside = false,
            Some((_, word)) if inside => word.push(c),
            _ => {
                found.push((at + offset, c.to_string()));
                inside = true;
            }
        }
    }
    found
}

/// One date of 4, 6, 8, 12 or 14 digits. arXiv completes the shorter ones the same way and drops
/// seconds; other lengths make it fail, and an open end (`*`) it does not know.
fn parse_date(text: &str, at: usize, end: DateRangeEnd) -> Result<DateTime, QueryError> {
    let refuse = |words: String| QueryError::new(at, words);
    if text == "*" {
        return Err(refuse("arXiv knows no open end: write a date, such as 19910101 or 20991231".to_owned()));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        let words = format!(
            "`{}` is not a date in digits, such as 20250131 or 202501312359",
            clip_query_excerpt(text)
        );
        return Err(refuse(words));
    }
    if !matches!(text.len(), 4 | 6 | 8 | 12 | 14) {
        let words = format!(
            "`{}` has {} digits: write YYYYMMDD or YYYYMMDDHHMM, such as 20250131 or 202501312359",
            clip_query_excerpt(text),
            text.len()
        );
        return Err(refuse(words));
    }
    complete_date(text, end).ok_or_else(|| refuse(format!("`{text}` is not a day and a time that exist")))
}

/// The minute that these digits name, completed towards the end that it is.
fn complete_date(digits: &str, end: DateRangeEnd) -> Option<DateTime> {
    let (year, month) = (parse_digits(digits, 0, 4)?, parse_digits(digits, 4, 2));
    let (first, last) = match (month, parse_digits(digits, 6, 2)) {
        (None, _) => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
        (Some(month), None) => {
            let first = Date::new(year, to_i8(month)?, 1).ok()?;
            (first, first.last_of_month())
        }
        (Some(month), Some(day)) => {
            let date = Date::new(year, to_i8(month)?, to_i8(day)?).ok()?;
            (date, date)
        }
    };
    let seconds_exist = parse_digits(digits, 12, 2).is_none_or(|seconds| seconds < 60);
    let (date, hour, minute) = match end {
        DateRangeEnd::From => (first, 0, 0),
        DateRangeEnd::To => (last, 23, 59),
    };
    let hour = parse_digits(digits, 8, 2).map_or(Some(hour), to_i8)?;
    let minute = parse_digits(digits, 10, 2).map_or(Some(minute), to_i8)?;
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    seconds_exist.then(|| date.to_datetime(time))
}

fn parse_digits(digits: &str, from: usize, length: usize) -> Option<i16> {
    digits.get(from..from + length)?.parse().ok()
}

fn to_i8(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}
