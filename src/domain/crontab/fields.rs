//! The five fields of a crontab line.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::error::CrontabError;

/// The longest line, in characters: every minute of an hour listed one by one has 169.
const LINE_CHARS_MAX: usize = 1_000;

/// The five fields, each with all its values.
#[derive(Debug)]
pub(super) struct CrontabFields {
    pub(super) minute: CrontabField,
    pub(super) hour: CrontabField,
    pub(super) day: CrontabField,
    pub(super) month: CrontabField,
    /// Sunday is 0.
    pub(super) weekday: CrontabField,
}

/// One field.
#[derive(Debug)]
pub(super) struct CrontabField {
    /// The values that fit; at least one.
    pub(super) values: BTreeSet<u8>,
    /// Whether the field begins with `*`.
    pub(super) is_starred: bool,
}

/// What a field may hold.
struct CrontabFieldSpec {
    name: &'static str,
    low: u8,
    high: u8,
    /// Names for the values from `low` on.
    names: &'static [&'static str],
}

const MINUTE: CrontabFieldSpec = CrontabFieldSpec { name: "minute", low: 0, high: 59, names: &[] };
const HOUR: CrontabFieldSpec = CrontabFieldSpec { name: "hour", low: 0, high: 23, names: &[] };
const DAY: CrontabFieldSpec = CrontabFieldSpec { name: "day of month", low: 1, high: 31, names: &[] };
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH: CrontabFieldSpec = CrontabFieldSpec { name: "month", low: 1, high: 12, names: &MONTHS };
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const WEEKDAY: CrontabFieldSpec = CrontabFieldSpec { name: "day of week", low: 0, high: 7, names: &WEEKDAYS };

/// crontab(5)'s names for whole lines, and what they mean.
const NAMED: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

impl CrontabFields {
    pub(super) fn parse(line: &str) -> Result<Self, CrontabError> {
        if line.chars().count() > LINE_CHARS_MAX {
            return Err(CrontabError(format!("a crontab line has at most {LINE_CHARS_MAX} characters")));
        }
        let words: Vec<&str> = expand_nickname(line)?.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(field_count_error(words.len()));
        };
        let fields = Self {
            minute: MINUTE.parse_field(minute)?,
            hour: HOUR.parse_field(hour)?,
            day: DAY.parse_field(day)?,
            month: MONTH.parse_field(month)?,
            weekday: WEEKDAY.parse_field(weekday)?,
        };
        if fields.is_ever_due() {
            Ok(fields)
        } else {
            Err(CrontabError(format!(
                "day of month is {day} and month is {month}: there is no such day in any year"
            )))
        }
    }

    /// Whether a day is due by its number or by its weekday: when both fields restrict it.
    pub(super) fn restricts_both_days(&self) -> bool {
        !self.day.is_starred && !self.weekday.is_starred
    }

    /// Whether any day ever fits. Every date falls on each weekday some year.
    fn is_ever_due(&self) -> bool {
        let first = self.day.values.first().copied().unwrap_or(u8::MAX);
        self.restricts_both_days() || self.month.values.iter().any(|&month| first <= max_days_of_month(month))
    }
}

impl CrontabFieldSpec {
    /// Reads a list of values, ranges and steps.
    fn parse_field(&self, text: &str) -> Result<CrontabField, CrontabError> {
        let mut values = BTreeSet::new();
        for part in text.split(',') {
            values.extend(self.parse_range_with_step(part, text)?);
        }
        if self.high == WEEKDAY.high && values.remove(&7) {
            values.insert(0);
        }
        Ok(CrontabField { values, is_starred: text.starts_with('*') })
    }

    /// Reads `*`, `a`, `a-b`, `*/n` or `a-b/n`.
    fn parse_range_with_step(&self, part: &str, whole: &str) -> Result<Vec<u8>, CrontabError> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let values = match (range, range.split_once('-'), step) {
            ("", _, _) => {
                return Err(self.crontab_field_error(
                    whole,
                    &format!("something is missing; {}", self.allowed_values()),
                ));
            }
            ("*", _, _) => self.low..=self.highest_distinct_value(),
            (_, Some((from, to)), _) => self.parse_range(from, to, whole)?,
            (_, None, None) => {
                self.parse_crontab_value(range, whole)?..=self.parse_crontab_value(range, whole)?
            }
            (_, None, Some(step)) => {
                let words = format!(
                    "a step needs a range before it, such as */{step} or {range}-{}/{step}",
                    self.highest_distinct_value()
                );
                return Err(self.crontab_field_error(whole, &words));
            }
        };
        let step = step.map_or(Ok(1), |step| self.parse_crontab_step(step, whole))?;
        Ok(values.step_by(usize::from(step)).collect())
    }

    fn parse_range(&self, from: &str, to: &str, whole: &str) -> Result<RangeInclusive<u8>, CrontabError> {
        let first = self.parse_crontab_value(from, whole)?;
        // A week may be said to end with Sunday, by its name too.
        let last = match self.parse_crontab_value(to, whole)? {
            0 if self.high == WEEKDAY.high && to.eq_ignore_ascii_case("sun") && first > 0 => 7,
            last => last,
        };
        if first > last {
            let (low, high) = (self.low, self.highest_distinct_value());
            let words = format!("a range runs upwards; write {first}-{high},{low}-{last}");
            return Err(self.crontab_field_error(whole, &words));
        }
        Ok(first..=last)
    }

    fn parse_crontab_value(&self, text: &str, whole: &str) -> Result<u8, CrontabError> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(place) => u8::try_from(place).ok().map(|place| place + self.low),
            None => parse_digits(text),
        };
        value
            .filter(|value| (self.low..=self.high).contains(value))
            .ok_or_else(|| self.crontab_field_error(whole, &self.allowed_values()))
    }

    fn parse_crontab_step(&self, text: &str, whole: &str) -> Result<u8, CrontabError> {
        let step = parse_digits(text).filter(|step| (1..=self.highest_distinct_value()).contains(step));
        step.ok_or_else(|| {
            self.crontab_field_error(
                whole,
                &format!("a step is a number from 1 to {}", self.highest_distinct_value()),
            )
        })
    }

    /// The last value that is not another name of the first.
    fn highest_distinct_value(&self) -> u8 {
        if self.high == WEEKDAY.high { self.high - 1 } else { self.high }
    }

    /// What a value may be, in words.
    fn allowed_values(&self) -> String {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{} to {}, or {first} to {last}", self.low, self.high),
            _ => format!("{} to {}", self.low, self.high),
        }
    }

    fn crontab_field_error(&self, text: &str, right: &str) -> CrontabError {
        CrontabError(format!("{} is {text}: {right}", self.name))
    }
}

/// The line that a name such as `@daily` means, or the line itself.
fn expand_nickname(line: &str) -> Result<&str, CrontabError> {
    if !line.starts_with('@') {
        return Ok(line);
    }
    let found = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(line));
    found.map(|(_, stands_for)| *stands_for).ok_or_else(|| {
        let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
        CrontabError(format!("{line} is not known: the names are {}", names.join(", ")))
    })
}

fn field_count_error(count: usize) -> CrontabError {
    let more = if count > 5 { "; there are no seconds, no year and no command" } else { "" };
    CrontabError(format!(
        "a crontab line has five fields, minute hour day-of-month month day-of-week, and this one has {count}{more}"
    ))
}

/// The number in a text of at most three digits.
fn parse_digits(text: &str) -> Option<u8> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The days that a month has in its longest year.
fn max_days_of_month(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
