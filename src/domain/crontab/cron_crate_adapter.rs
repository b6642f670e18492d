//! The crate `cron` as the engine behind a crontab line, on a clock that never changes.
//!
//! This file alone knows `cron` and its time type, chrono. The crate wants a field of
//! seconds, numbers Sunday 1, demands that day of month *and* day of week fit, and in a time zone
//! skips what falls into a gap; so it gets plain lists of numbers, one schedule for each kind of day,
//! and local times as though they were UTC.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::Utc;
use cron::Schedule;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::fields::{CrontabField, CrontabFields};

/// When a line is due on the clock. Its years end with 2100, as `cron`'s do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CronEngine {
    /// Due when any of these is.
    schedules: Vec<Schedule>,
}

impl CronEngine {
    /// A line with both days restricted is due on either; otherwise both must fit (a field that
    /// begins with `*` restricts nothing, but `*/2` in it still counts), as crontab(5) has it.
    pub(super) fn new(fields: &CrontabFields) -> Self {
        let (day, weekday) = (comma_separated_field_values(&fields.day), weekday_list(&fields.weekday));
        let schedules = if fields.restricts_both_days() {
            vec![cron_schedule(fields, &day, "*"), cron_schedule(fields, "*", &weekday)]
        } else {
            vec![cron_schedule(fields, &day, &weekday)]
        };
        Self { schedules }
    }

    /// The first whole minute after `local` at which the line is due.
    pub(super) fn next_after(&self, local: DateTime) -> Option<DateTime> {
        let second = Offset::UTC.to_timestamp(local).ok()?.as_second();
        let after = chrono::DateTime::<Utc>::from_timestamp(second, 0)?;
        let next = self.schedules.iter().filter_map(|schedule| schedule.after(&after).next()).min()?;
        Some(Offset::UTC.to_datetime(Timestamp::from_second(next.timestamp()).ok()?))
    }
}

fn cron_schedule(fields: &CrontabFields, day: &str, weekday: &str) -> Schedule {
    let (minute, hour, month) = (
        comma_separated_field_values(&fields.minute),
        comma_separated_field_values(&fields.hour),
        comma_separated_field_values(&fields.month),
    );
    let line = format!("0 {minute} {hour} {day} {month} {weekday}");
    Schedule::from_str(&line).expect("numbers in range are a schedule")
}

fn comma_separated_field_values(field: &CrontabField) -> String {
    comma_separated(&field.values)
}

/// Sunday is 0 in a crontab and 1 in `cron`.
fn weekday_list(field: &CrontabField) -> String {
    comma_separated(&field.values.iter().map(|day| day + 1).collect())
}

fn comma_separated(values: &BTreeSet<u8>) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
