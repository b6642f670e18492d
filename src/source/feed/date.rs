//! Dates in the shapes in which feeds have them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// No date of a feed is longer.
const DATE_BYTES_MAX: usize = 64;

/// Years outside of these are a mistake: `Mon, 0 Jan 0001`.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Zones by name, in minutes east of UTC.
const ZONES: [(&str, i32); 33] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("ist", 330),
    ("sgt", 480),
    ("hkt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
];

/// The instant that a text names. A day without a time is its beginning in UTC, a month its first day; a zone that is not
/// known counts as UTC.
pub(super) fn parse_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    parse_digits_only_date(text)
        .or_else(|| parse_iso_date_or_datetime(text))
        .or_else(|| parse_date_words(text))
}

/// The parts of a date as they are found.
#[derive(Debug, Default)]
struct DateParts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<ClockTime>,
    offset_minutes: Option<i32>,
}

#[derive(Debug, Clone, Copy)]
struct ClockTime {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
}

impl DateParts {
    fn to_timestamp(&self) -> Option<Timestamp> {
        let year = self.year.filter(|year| YEARS.contains(year))?;
        let date = Date::new(year, self.month?, self.day.unwrap_or(1)).ok()?;
        let moment = match self.time {
            None => date.to_datetime(Time::midnight()),
            Some(time) => time.datetime_on_date(date)?,
        };
        let offset = Offset::from_seconds(self.offset_minutes.unwrap_or(0) * 60).unwrap_or(Offset::UTC);
        offset.to_timestamp(moment).ok()
    }
}

impl ClockTime {
    /// 24:00 is the end of the day; a leap second counts as the second before it.
    fn datetime_on_date(self, date: Date) -> Option<DateTime> {
        let (date, hour) =
            if self.hour == 24 { (date.checked_add(1.day()).ok()?, 0) } else { (date, self.hour) };
        Some(date.to_datetime(Time::new(hour, self.minute, self.second.min(59), self.nanosecond).ok()?))
    }
}

/// Digits alone: a year, a day, or seconds or milliseconds since 1970.
fn parse_digits_only_date(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        4 => DateParts { year: text.parse().ok(), month: Some(1), ..DateParts::default() }.to_timestamp(),
        8 => parse_iso_date_or_datetime(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])),
        10 => Timestamp::from_second(text.parse().ok()?).ok(),
        13 => Timestamp::from_millisecond(text.parse().ok()?).ok(),
        _ => None,
    }
}

/// `2026-11-24T10:00:00.123+01:00` and what is left of it: a blank for the T, no zone, no time, no day.
fn parse_iso_date_or_datetime(text: &str) -> Option<Timestamp> {
    let (year, rest) = take_digits(text, 4)?;
    if year.len() != 4 {
        return None;
    }
    let rest = rest.strip_prefix(['-', '/', '.'])?;
    let (month, rest) = take_digits(rest, 2)?;
    let (day, rest) = match rest.strip_prefix(['-', '/', '.']).and_then(|rest| take_digits(rest, 2)) {
        Some((day, rest)) => (Some(day.parse().ok()?), rest),
        None => (None, rest),
    };
    let mut parts =
        DateParts { year: year.parse().ok(), month: month.parse().ok(), day, ..DateParts::default() };
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    match rest.chars().next() {
        Some(c) if c.is_ascii_digit() => parts.read_clock_time(rest)?,
        Some(_) => parts.offset_minutes = Some(parse_zone_offset(rest)?),
        None => {}
    }
    parts.to_timestamp()
}

fn take_digits(text: &str, max: usize) -> Option<(&str, &str)> {
    let count = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    (count > 0).then(|| text.split_at(count))
}

impl DateParts {
    /// `10:00`, `10:00:00.5`, with `am`, `pm` or a zone behind it.
    fn read_clock_time(&mut self, text: &str) -> Option<()> {
        let (hour, rest) = take_digits(text, 2)?;
        let (minute, mut rest) = take_digits(rest.strip_prefix(':')?, 2)?;
        let mut time =
            ClockTime { hour: hour.parse().ok()?, minute: minute.parse().ok()?, second: 0, nanosecond: 0 };
        if let Some((second, behind)) = rest.strip_prefix(':').and_then(|rest| take_digits(rest, 2)) {
            time.second = second.parse().ok()?;
            rest = behind;
            if let Some((fraction, behind)) =
                rest.strip_prefix(['.', ',']).and_then(|rest| take_digits(rest, 30))
            {
                time.nanosecond = format!("{:0<9}", &fraction[..fraction.len().min(9)]).parse().ok()?;
                rest = behind;
            }
        }
        self.time = Some(time);
        let rest = rest.trim();
        if !rest.is_empty() && !self.read_am_pm(rest) {
            self.offset_minutes = parse_zone_offset(rest);
        }
        Some(())
    }

    fn read_am_pm(&mut self, text: &str) -> bool {
        let is_afternoon = text.eq_ignore_ascii_case("pm");
        if !is_afternoon && !text.eq_ignore_ascii_case("am") {
            return false;
        }
        if let Some(time) = &mut self.time {
            time.hour = time.hour % 12 + if is_afternoon { 12 } else { 0 };
        }
        true
    }
}

/// `Z`, `+01:00`, `-0800`, `+1`, `CEST`, `GMT+0100`, in minutes. None if it is no zone.
fn parse_zone_offset(text: &str) -> Option<i32> {
    let text = text.trim().trim_matches(['(', ')']);
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*minutes);
    }
    let is_utc = text
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("utc") || head.eq_ignore_ascii_case("gmt"));
    let text = if is_utc { &text[3..] } else { text };
    let (sign, digits) = match text.chars().next()? {
        '+' => (1, &text[1..]),
        '-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, rest) = take_digits(digits, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes: i32 = if rest.is_empty() { 0 } else { take_digits(rest, 2)?.0.parse().ok()? };
    let total = hours.parse::<i32>().ok()? * 60 + minutes;
    (total <= 15 * 60).then_some(sign * total)
}

/// `Tue, 24 Nov 2026 10:00:00 +0100` and its many relatives: the parts are known by their looks, in any order. Names of
/// days, right or wrong and in any language, say nothing more.
fn parse_date_words(text: &str) -> Option<Timestamp> {
    let mut parts = DateParts::default();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        read_date_word(word, &mut parts)?;
    }
    parts.to_timestamp()
}

/// None for a word that cannot be in any date.
fn read_date_word(word: &str, parts: &mut DateParts) -> Option<()> {
    let first = word.chars().next()?;
    if first.is_ascii_digit() && word.contains(':') {
        return parts.read_clock_time(word);
    }
    if first.is_ascii_digit() && word.contains(['-', '/', '.']) {
        return read_punctuated_date(word, parts);
    }
    if first.is_ascii_digit() {
        return read_day_or_year_of_feed_date(word, parts);
    }
    if parts.time.is_some()
        && let Some(minutes) = parse_zone_offset(word)
    {
        parts.offset_minutes.get_or_insert(minutes);
        return Some(());
    }
    if !parts.read_am_pm(word) && parts.month.is_none() {
        parts.month = month_number(word);
    }
    Some(())
}

/// `24-Nov-2026`, `24.11.2026`, `11/24/2026`. Of two numbers that could both be the month neither is taken for it, but for
/// the point, before which the day is.
fn read_punctuated_date(word: &str, parts: &mut DateParts) -> Option<()> {
    let pieces: Vec<&str> = word.split(['-', '/', '.']).filter(|piece| !piece.is_empty()).collect();
    let [first, second, year] = pieces.as_slice() else {
        return pieces.iter().try_for_each(|piece| read_date_word(piece, parts));
    };
    if second.starts_with(|c: char| c.is_alphabetic()) {
        return pieces.iter().try_for_each(|piece| read_date_word(piece, parts));
    }
    let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
    (parts.day, parts.month) = match (first, second) {
        (day, month) if word.contains('.') || day > 12 => (Some(day), Some(month)),
        (month, day) if day > 12 || month == day => (Some(day), Some(month)),
        _ => return None,
    };
    read_day_or_year_of_feed_date(year, parts)
}

/// A day or a year. In `24 Nov 26` the second of two short numbers is the year.
fn read_day_or_year_of_feed_date(word: &str, parts: &mut DateParts) -> Option<()> {
    let (digits, rest) = take_digits(word, 4)?;
    if !matches!(rest, "" | "." | "st" | "nd" | "rd" | "th" | "T") {
        return None;
    }
    let number: i16 = digits.parse().ok()?;
    match digits.len() {
        4 => parts.year = Some(number),
        1 | 2 if parts.day.is_none() => parts.day = i8::try_from(number).ok(),
        2 if parts.year.is_none() => parts.year = Some(if number < 70 { 2000 } else { 1900 } + number),
        _ => return None,
    }
    Some(())
}

fn month_number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let word = if word.eq_ignore_ascii_case("sept") { "sep" } else { word };
    let is_start =
        |month: &&str| month.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let at = MONTHS.iter().position(|month| word.len() >= 3 && is_start(month))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_shape_that_feeds_have() {
        for (text, instant) in [
            ("Tue, 24 Nov 2026 00:00:00 -0400", "2026-11-24T04:00:00Z"),
            ("Tue, 24 NOV 2026 00:00:00 GMT", "2026-11-24T00:00:00Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z"),
            ("20261124", "2026-11-24T00:00:00Z"),
            ("24 November 2026", "2026-11-24T00:00:00Z"),
            ("Nov 24, 2026", "2026-11-24T00:00:00Z"),
            ("October 2026", "2026-10-01T00:00:00Z"),
            ("2026-11-24 10:00:00", "2026-11-24T10:00:00Z"),
            ("2026-11-24T10:00:00", "2026-11-24T10:00:00Z"),
            ("2026-11-24T10:00", "2026-11-24T10:00:00Z"),
            ("2026-11-24T10:00:00.123+0000", "2026-11-24T10:00:00.123Z"),
            ("2026-11-24T10:00:00,5+05:30", "2026-11-24T04:30:00.5Z"),
            ("2026-11-24T24:00:00Z", "2026-11-25T00:00:00Z"),
            ("2026-11-24T23:59:60Z", "2026-11-24T23:59:59Z"),
            ("2018-12-17-08:00", "2018-12-17T08:00:00Z"),
            ("2018-12-17Z", "2018-12-17T00:00:00Z"),
            ("2026/11/24", "2026-11-24T00:00:00Z"),
            ("Tue Nov 24 10:00:00 UTC 2026", "2026-11-24T10:00:00Z"),
            ("Tue Nov 24 10:00:00 +0100 2026", "2026-11-24T09:00:00Z"),
            ("Tue, 24 Nov 2026 00:00:00 CEST", "2026-11-23T22:00:00Z"),
            ("Tue, 24 Nov 2026 00:00:00 EST", "2026-11-24T05:00:00Z"),
            ("Tue, 24 Nov 2026 00:00:00 XYZ", "2026-11-24T00:00:00Z"),
            ("Tue, 24 Nov 2026 10:00 GMT+0100", "2026-11-24T09:00:00Z"),
            ("Tue, 24 Nov 2026", "2026-11-24T00:00:00Z"),
            ("Di, 24 Nov 2026 10:00:00 +0100", "2026-11-24T09:00:00Z"),
            ("Fri, 24 Nov 2026 10:00:00 Z", "2026-11-24T10:00:00Z"),
            ("Tue, 24 Nov 26 10:00:00 GMT", "2026-11-24T10:00:00Z"),
            ("Thurs, 24 November 2026 1:05:09 PST", "2026-11-24T09:05:09Z"),
            ("Tuesday, November 24, 2026 - 10:00", "2026-11-24T10:00:00Z"),
            ("November 24th, 2026 3:04 pm", "2026-11-24T15:04:00Z"),
            ("24-Nov-2026", "2026-11-24T00:00:00Z"),
            ("24.11.2026", "2026-11-24T00:00:00Z"),
            ("11/24/2026", "2026-11-24T00:00:00Z"),
            ("1795514400", "2026-11-24T10:00:00Z"),
            ("1795514400000", "2026-11-24T10:00:00Z"),
        ] {
            assert_eq!(parse_date(text).map(|date| date.to_string()), Some(instant.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_for_certain_is_none() {
        for text in [
            "",
            "never",
            "Mon, 0 Jan 0001 00:00:00 GMT",
            "2026-13-01",
            "31 Feb 2026",
            "03/04/2026",
            "10:00",
            "12",
            "99999999999999999999",
            "2026-11-24T99:00:00Z",
            "Nov 24",
            "-",
            "２０２６",
            "é-é",
            "2026-é",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
