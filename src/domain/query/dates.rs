//! The span of `submittedDate:[… TO …]`.

use std::fmt;

use jiff::civil::{Date, DateTime};

use super::BadQuery;
use super::fault::clipped;

/// From a minute to a minute, both included, in GMT as arXiv has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    from: DateTime,
    to: DateTime,
}

/// Which end of a span a date is: what it leaves out is completed towards that end.
#[derive(Clone, Copy)]
enum End {
    From,
    To,
}

impl Span {
    /// Reads what stands between the brackets, whose first character is at `at`.
    pub(super) fn parse(inner: &str, at: usize) -> Result<Self, BadQuery> {
        let parts = words(inner, at);
        let [(from_at, from), (to_at, to), (end_at, end)] = parts.as_slice() else {
            let words = "dates are written [20250101 TO 20250331]: a date, TO, and a date";
            return Err(BadQuery::new(at, words));
        };
        if *to != "TO" {
            let words = format!("between the two dates stands `{}` where TO must stand", clipped(to));
            return Err(BadQuery::new(*to_at, words));
        }
        let span = Self { from: when(from, *from_at, End::From)?, to: when(end, *end_at, End::To)? };
        if span.from > span.to {
            return Err(BadQuery::new(
                *from_at,
                "the first date is after the second: put the earlier one first",
            ));
        }
        Ok(span)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} TO {}]", Digits(self.from), Digits(self.to))
    }
}

/// A minute as arXiv writes it: `YYYYMMDDHHMM`.
struct Digits(DateTime);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.0;
        write!(f, "{:04}{:02}{:02}{:02}{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())
    }
}

/// The words of a text, each with its place.
fn words(inner: &str, at: usize) -> Vec<(usize, String)> {
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
fn when(text: &str, at: usize, end: End) -> Result<DateTime, BadQuery> {
    let refuse = |words: String| BadQuery::new(at, words);
    if text == "*" {
        return Err(refuse("arXiv knows no open end: write a date, such as 19910101 or 20991231".to_owned()));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        let words = format!("`{}` is not a date in digits, such as 20250131 or 202501312359", clipped(text));
        return Err(refuse(words));
    }
    if !matches!(text.len(), 4 | 6 | 8 | 12 | 14) {
        let words = format!(
            "`{}` has {} digits: write YYYYMMDD or YYYYMMDDHHMM, such as 20250131 or 202501312359",
            clipped(text),
            text.len()
        );
        return Err(refuse(words));
    }
    completed(text, end).ok_or_else(|| refuse(format!("`{text}` is not a day and a time that exist")))
}

/// The minute that these digits name, completed towards the end that it is.
fn completed(digits: &str, end: End) -> Option<DateTime> {
    let (year, month) = (number(digits, 0, 4)?, number(digits, 4, 2));
    let (first, last) = match (month, number(digits, 6, 2)) {
        (None, _) => (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?),
        (Some(month), None) => {
            let first = Date::new(year, small(month)?, 1).ok()?;
            (first, first.last_of_month())
        }
        (Some(month), Some(day)) => {
            let date = Date::new(year, small(month)?, small(day)?).ok()?;
            (date, date)
        }
    };
    let seconds_exist = number(digits, 12, 2).is_none_or(|seconds| seconds < 60);
    let (date, hour, minute) = match end {
        End::From => (first, 0, 0),
        End::To => (last, 23, 59),
    };
    let hour = number(digits, 8, 2).map_or(Some(hour), small)?;
    let minute = number(digits, 10, 2).map_or(Some(minute), small)?;
    let time = jiff::civil::Time::new(hour, minute, 0, 0).ok()?;
    seconds_exist.then(|| date.to_datetime(time))
}

fn number(digits: &str, from: usize, length: usize) -> Option<i16> {
    digits.get(from..from + length)?.parse().ok()
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}
