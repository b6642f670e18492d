//! How long the silence of a source may last that has no announcements: by the days on which something new came.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;

const SECONDS_OF_DAY: f64 = 86_400.0;

/// A silence is not put down to chance if chance would bring one so long less often than this.
const CHANCE_MIN: f64 = 0.01;

/// Pauses differ by more than chance: by about a third of their mean. This is the shape of the gamma distribution that varies
/// so much, `(mean / deviation)²`.
const SHAPE: f64 = 8.0;

/// No silence is shorter: publishers rest from Christmas until after the New Year.
const SILENCE_MIN: f64 = 14.0;

/// If next to nothing is known, a silence may last as long as the usual pause of a quarterly.
const UNKNOWN_PAUSE: f64 = 91.0;

/// A few pauses do not say by chance how long the next may be; one that is so many times as long as any of them is no chance.
const LONGEST_FACTOR: f64 = 3.0;

/// Of so many pauses the longest tenth does not count: an old item that stays at the top is no pause.
const TRIMMED_MIN: usize = 5;
const TRIMMED: usize = 10;

/// The days on which something new came. A day counts once, however much it brought: journals publish whole issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysWithNewItems(Vec<Date>);

impl DaysWithNewItems {
    /// In any order, and any number of times.
    pub fn new(days: impl IntoIterator<Item = Date>) -> Self {
        Self(days.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// The last of them.
    pub fn last(&self) -> Option<Date> {
        self.0.last().copied()
    }

    /// The day from which on the silence that lasts today is longer than chance explains, if it is.
    pub fn unexplained_silence_since(&self, today: Date) -> Option<Date> {
        let seconds = SignedDuration::try_from_secs_f64(self.silence_max().ceil() * SECONDS_OF_DAY).ok()?;
        let since = self.last()?.checked_add(seconds).ok()?;
        (since <= today).then_some(since)
    }

    /// The longest silence that the pauses make likely, in days.
    fn silence_max(&self) -> f64 {
        let pauses = self.usual_pauses();
        let Some(longest) = pauses.iter().copied().reduce(f64::max) else { return UNKNOWN_PAUSE };
        let known = f64::from(u32::try_from(pauses.len()).unwrap_or(u32::MAX));
        let mean = pauses.iter().sum::<f64>() / known;
        // The negative binomial distribution: chance by a rate that varies and of which only as much is known as the pauses say.
        let shape = 1.0 / (1.0 / SHAPE + 1.0 / (known + 0.5));
        let by_chance = mean * shape * (CHANCE_MIN.powf(-1.0 / shape) - 1.0);
        by_chance.min(UNKNOWN_PAUSE.max(LONGEST_FACTOR * longest)).max(SILENCE_MIN)
    }

    fn usual_pauses(&self) -> Vec<f64> {
        let pauses =
            self.0.windows(2).map(|days| days[1].duration_since(days[0]).as_secs_f64() / SECONDS_OF_DAY);
        let mut pauses: Vec<f64> = pauses.collect();
        pauses.sort_by(f64::total_cmp);
        if pauses.len() >= TRIMMED_MIN {
            pauses.truncate(pauses.len() - pauses.len().div_ceil(TRIMMED));
        }
        pauses
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// For how many days a source may be silent that had something new so many days before its last.
    fn silence_max(days_before: &[i64]) -> i64 {
        let last = day("2026-06-30");
        let active = DaysWithNewItems::new(days_before.iter().map(|before| last - before.days()));
        let silent = (1..100_000).find(|days| active.unexplained_silence_since(last + days.days()).is_some());
        silent.unwrap()
    }

    fn days_at_interval(days: i64, times: i64) -> Vec<i64> {
        (0..times).map(|time| time * days).collect()
    }

    #[test]
    fn a_silence_may_last_as_long_as_the_pauses_before_it_make_likely() {
        let weekdays: Vec<i64> = (0..60).filter(|day| day % 7 < 5).collect();
        let irregular = [0, 1, 9, 10, 12, 30, 31, 45, 46, 47, 70];
        let pinned = [days_at_interval(1, 20), vec![5_000]].concat();
        for (what, days, silence) in [
            ("daily", days_at_interval(1, 60), 14),
            ("on weekdays", weekdays, 14),
            ("weekly", days_at_interval(7, 20), 51),
            ("monthly", days_at_interval(30, 12), 91),
            ("quarterly", days_at_interval(91, 8), 273),
            ("yearly", days_at_interval(365, 6), 1_095),
            ("by chance", irregular.to_vec(), 43),
            ("one issue alone", vec![0], 91),
            ("two days", vec![0, 1], 48),
            ("daily, and one item from long ago", pinned, 14),
            ("the same day twice", vec![0, 0], 91),
        ] {
            assert_eq!(silence_max(&days), silence, "{what}");
        }
    }

    #[test]
    fn without_any_day_there_is_no_silence() {
        assert_eq!(DaysWithNewItems::new([]).unexplained_silence_since(day("2026-06-30")), None);
        assert_eq!(
            DaysWithNewItems::new([day("2026-06-30")]).unexplained_silence_since(day("2026-01-01")),
            None
        );
    }
}
