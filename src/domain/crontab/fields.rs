//! The five fields of a crontab line.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::BadCrontab;

/// The longest line, in characters: every minute of an hour listed one by one has 169.
const LINE_CHARS_MAX: usize = 1_000;

/// The five fields, each with all its values.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) minute: Field,
    pub(super) hour: Field,
    pub(super) day: Field,
    pub(super) month: Field,
    /// Sunday is 0.
    pub(super) weekday: Field,
}

/// One field.
#[derive(Debug)]
pub(super) struct Field {
    /// The values that fit; at least one.
    pub(super) values: BTreeSet<u8>,
    /// Whether it begins with `*`.
    pub(super) starred: bool,
}

/// What a field may hold.
struct Kind {
    name: &'static str,
    low: u8,
    high: u8,
    /// Names for the values from `low` on.
    names: &'static [&'static str],
}

const MINUTE: Kind = Kind { name: "minute", low: 0, high: 59, names: &[] };
const HOUR: Kind = Kind { name: "hour", low: 0, high: 23, names: &[] };
const DAY: Kind = Kind { name: "day of month", low: 1, high: 31, names: &[] };
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH: Kind = Kind { name: "month", low: 1, high: 12, names: &MONTHS };
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const WEEKDAY: Kind = Kind { name: "day of week", low: 0, high: 7, names: &WEEKDAYS };

/// crontab(5)'s names for whole lines, and what they stand for.
const NAMED: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

impl Fields {
    pub(super) fn parse(line: &str) -> Result<Self, BadCrontab> {
        if line.chars().count() > LINE_CHARS_MAX {
            return Err(BadCrontab(format!("a crontab line has at most {LINE_CHARS_MAX} characters")));
        }
        let words: Vec<&str> = unnamed(line)?.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(wrong_count(words.len()));
        };
        let fields = Self {
            minute: MINUTE.field(minute)?,
            hour: HOUR.field(hour)?,
            day: DAY.field(day)?,
            month: MONTH.field(month)?,
            weekday: WEEKDAY.field(weekday)?,
        };
        if fields.is_possible() {
            Ok(fields)
        } else {
            Err(BadCrontab(format!(
                "day of month is {day} and month is {month}: there is no such day in any year"
            )))
        }
    }

    /// Whether a day is due by its number or by its weekday: when both fields restrict it.
    pub(super) fn is_either_day(&self) -> bool {
        !self.day.starred && !self.weekday.starred
    }

    /// Whether any day ever fits. Every date falls on each weekday some year.
    fn is_possible(&self) -> bool {
        let first = self.day.values.first().copied().unwrap_or(u8::MAX);
        self.is_either_day() || self.month.values.iter().any(|&month| first <= longest(month))
    }
}

impl Kind {
    /// Reads a list of values, ranges and steps.
    fn field(&self, text: &str) -> Result<Field, BadCrontab> {
        let mut values = BTreeSet::new();
        for part in text.split(',') {
            values.extend(self.part(part, text)?);
        }
        if self.high == WEEKDAY.high && values.remove(&7) {
            values.insert(0);
        }
        Ok(Field { values, starred: text.starts_with('*') })
    }

    /// Reads `*`, `a`, `a-b`, `*/n` or `a-b/n`.
    fn part(&self, part: &str, whole: &str) -> Result<Vec<u8>, BadCrontab> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let values = match (range, range.split_once('-'), step) {
            ("", _, _) => {
                return Err(self.refuse(whole, &format!("something is missing; {}", self.allowed())));
            }
            ("*", _, _) => self.low..=self.last(),
            (_, Some((from, to)), _) => self.range(from, to, whole)?,
            (_, None, None) => self.value(range, whole)?..=self.value(range, whole)?,
            (_, None, Some(step)) => {
                let words = format!(
                    "a step needs a range before it, such as */{step} or {range}-{}/{step}",
                    self.last()
                );
                return Err(self.refuse(whole, &words));
            }
        };
        let step = step.map_or(Ok(1), |step| self.step(step, whole))?;
        Ok(values.step_by(usize::from(step)).collect())
    }

    fn range(&self, from: &str, to: &str, whole: &str) -> Result<RangeInclusive<u8>, BadCrontab> {
        let first = self.value(from, whole)?;
        // A week may be said to end with Sunday, by its name too.
        let last = match self.value(to, whole)? {
            0 if self.high == WEEKDAY.high && to.eq_ignore_ascii_case("sun") && first > 0 => 7,
            last => last,
        };
        if first > last {
            let (low, high) = (self.low, self.last());
            let words = format!("a range runs upwards; write {first}-{high},{low}-{last}");
            return Err(self.refuse(whole, &words));
        }
        Ok(first..=last)
    }

    fn value(&self, text: &str, whole: &str) -> Result<u8, BadCrontab> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(place) => u8::try_from(place).ok().map(|place| place + self.low),
            None => digits(text),
        };
        value
            .filter(|value| (self.low..=self.high).contains(value))
            .ok_or_else(|| self.refuse(whole, &self.allowed()))
    }

    fn step(&self, text: &str, whole: &str) -> Result<u8, BadCrontab> {
        let step = digits(text).filter(|step| (1..=self.last()).contains(step));
        step.ok_or_else(|| self.refuse(whole, &format!("a step is a number from 1 to {}", self.last())))
    }

    /// The last value that is not another name of the first.
    fn last(&self) -> u8 {
        if self.high == WEEKDAY.high { self.high - 1 } else { self.high }
    }

    /// What a value may be, in words.
    fn allowed(&self) -> String {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{} to {}, or {first} to {last}", self.low, self.high),
            _ => format!("{} to {}", self.low, self.high),
        }
    }

    fn refuse(&self, text: &str, right: &str) -> BadCrontab {
        BadCrontab(format!("{} is {text}: {right}", self.name))
    }
}

/// The line that a name such as `@daily` stands for, or the line itself.
fn unnamed(line: &str) -> Result<&str, BadCrontab> {
    if !line.starts_with('@') {
        return Ok(line);
    }
    let found = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(line));
    found.map(|(_, stands_for)| *stands_for).ok_or_else(|| {
        let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
        BadCrontab(format!("{line} is not known: the names are {}", names.join(", ")))
    })
}

fn wrong_count(count: usize) -> BadCrontab {
    let more = if count > 5 { "; there are no seconds, no year and no command" } else { "" };
    BadCrontab(format!(
        "a crontab line has five fields, minute hour day-of-month month day-of-week, and this one has {count}{more}"
    ))
}

/// The number in a text of at most three digits.
fn digits(text: &str) -> Option<u8> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The days that a month has in its longest year.
fn longest(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
