//! A crontab line of five fields, as crontab(5) has it, and when it runs next in a time zone.
//!
//! Where the clock changes, lines are of two kinds, as in every Unix cron:
//!
//! - A line of *fixed times* (`30 2 * * *`, `0 8,20 * * Mon-Fri`) runs once for each time that it
//!   names. A time that the clock skips runs at the first instant after the gap, and one that the
//!   clock shows twice runs at the first.
//! - A line whose minute or hour begins with `*` (`*/10 * * * *`, `15 */6 * * *`) follows the clock
//!   as it is shown: what is skipped is not made up for, and what is shown twice runs twice, so that
//!   every ten minutes stays every ten minutes.

mod cron_crate_adapter;
mod error;
mod fields;

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use cron_crate_adapter::CronEngine;
pub use error::CrontabError;
use fields::CrontabFields;

/// A crontab line: when something is due, in local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crontab {
    text: String,
    engine: CronEngine,
    clock_change: ClockChangeRule,
}

/// What a line does where the clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClockChangeRule {
    /// Each time that it names, once.
    EachTimeOnce,
    /// Whatever the clock shows.
    FollowClock,
}

impl Crontab {
    /// Reads `minute hour day-of-month month day-of-week`, or a name such as `@daily`.
    pub fn parse(text: &str) -> Result<Self, CrontabError> {
        let fields = CrontabFields::parse(text.trim())?;
        let follows = fields.minute.is_starred || fields.hour.is_starred;
        Ok(Self {
            text: text.trim().to_owned(),
            engine: CronEngine::new(&fields),
            clock_change: if follows { ClockChangeRule::FollowClock } else { ClockChangeRule::EachTimeOnce },
        })
    }

    /// The first instant after `after` at which the line is due in that zone; none past the year 2100.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self.clock_change {
            ClockChangeRule::EachTimeOnce => self.next_fixed_time(after, zone),
            ClockChangeRule::FollowClock => {
                let next = self.next_clock_time(after, zone);
                self.next_repeated_clock_time(after, zone).into_iter().chain(next).min()
            }
        }
    }

    /// Local times in order have instants in order here, so the first that is late enough is the next.
    fn next_fixed_time(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut local = zone.to_datetime(after);
        loop {
            local = self.engine.next_after(local)?;
            let instant = match zone.to_ambiguous_timestamp(local).offset() {
                AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok()?,
                AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok()?,
                AmbiguousOffset::Gap { before, .. } => {
                    latest_clock_change_until(before.to_timestamp(local).ok()?, zone)?
                }
            };
            if instant > after {
                return Some(instant);
            }
        }
    }

    /// The next time that the clock shows on its way forward.
    fn next_clock_time(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut local = zone.to_datetime(after);
        loop {
            local = self.engine.next_after(local)?;
            match zone.to_ambiguous_timestamp(local).offset() {
                AmbiguousOffset::Unambiguous { offset } => return offset.to_timestamp(local).ok(),
                AmbiguousOffset::Fold { before, after: again } => {
                    let first = before.to_timestamp(local).ok()?;
                    return if first > after { Some(first) } else { again.to_timestamp(local).ok() };
                }
                AmbiguousOffset::Gap { before, .. } => {
                    let end = latest_clock_change_until(before.to_timestamp(local).ok()?, zone)?;
                    local = one_second_before(zone.to_datetime(end))?;
                }
            }
        }
    }

    /// The next time that the clock will show again because it is about to go back past the present;
    /// only what lies behind us on the clock, for the rest is ahead on its first showing.
    fn next_repeated_clock_time(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let change = zone.following(after).next()?;
        let shown_then = change.offset().to_datetime(change.timestamp());
        let shown_now = zone.to_datetime(after);
        if shown_then > shown_now {
            return None;
        }
        let local = self.engine.next_after(one_second_before(shown_then)?)?;
        if local > shown_now { None } else { change.offset().to_timestamp(local).ok() }
    }
}

/// The line as it was written.
impl fmt::Display for Crontab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The instant at which the clock last jumped, at or before `instant`.
fn latest_clock_change_until(instant: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let later = instant.checked_add(SignedDuration::from_nanos(1)).ok()?;
    zone.preceding(later).next().map(|change| change.timestamp())
}

/// A second earlier: what is due after it may be due at `local` itself.
fn one_second_before(local: DateTime) -> Option<DateTime> {
    local.checked_sub(SignedDuration::from_secs(1)).ok()
}

#[cfg(test)]
mod croner_oracle;
#[cfg(test)]
mod tests;
