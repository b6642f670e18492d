//! How many papers a topic has in an announcement, and whether so few can be chance.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::recent_and_usual_paper_count::RecentPaperCount;
use crate::domain::{AnnouncementCalendar, ArxivEveningKind};

/// Announcements that say what is usual: twelve weeks of five.
const EVENINGS_MAX: usize = 60;

/// Announcements that are counted together: a week's.
const WINDOW: usize = 5;

/// How many windows are needed before their range says what is usual.
const WINDOWS_MIN: usize = 8;

/// Announcements differ by more than chance: by about a third of their mean, deadlines and seasons among them.
/// This is the shape of the gamma distribution that varies so much, `(mean / deviation)²`.
const SHAPE: f64 = 8.0;

/// How many announcements of its own have as much to say about a weekday as all others together.
const WEEKDAY_WEIGHT: f64 = 4.0;

/// Of the announcements that say what is usual, the tenth with the most and the tenth with the fewest papers do
/// not count: one conference's deadline is not a rate.
const TRIMMED: usize = 10;

/// A topic's announcements, oldest first, with how many papers each brought.
#[derive(Debug)]
pub(super) struct AnnouncementPaperCounts {
    /// The announcements that say what is usual: up to the last one that brought something, without it.
    usual: Vec<(Date, u32)>,
    /// The last one that brought something, where one did.
    last_active: Option<(Date, u32)>,
    /// The announcements since, none of which brought anything.
    silent: Vec<Date>,
}

impl AnnouncementPaperCounts {
    /// Counts the papers of these dates by announcement, up to the last one that was asked for.
    pub(super) fn around_last_active(
        calendar: AnnouncementCalendar,
        dates: &[Timestamp],
        last_active: Option<Date>,
        last_shown: Date,
    ) -> Self {
        let mut counts: BTreeMap<Date, u32> = BTreeMap::new();
        for dated in dates {
            *counts.entry(calendar.announcement_date(*dated)).or_default() += 1;
        }
        // What is known of the oldest evening may be a part of it.
        let oldest = counts.keys().next().copied();
        let Some(last_active) = last_active else {
            return Self { usual: vec![], last_active: None, silent: vec![] };
        };
        let count = |day: Date| (day, counts.get(&day).copied().unwrap_or(0));
        let before = announcement_evenings_back_from(calendar, last_active).filter(|day| *day < last_active);
        let mut usual: Vec<_> = before
            .take_while(|day| oldest.is_some_and(|oldest| *day > oldest))
            .take(EVENINGS_MAX)
            .map(count)
            .collect();
        usual.reverse();
        let mut silent: Vec<_> = announcement_evenings_back_from(calendar, last_shown)
            .take_while(|day| *day > last_active)
            .filter(|day| calendar.classify_announcement_day(*day) == ArxivEveningKind::Announces)
            .take(EVENINGS_MAX)
            .collect();
        silent.reverse();
        Self { usual, last_active: Some(count(last_active)), silent }
    }

    /// The announcement with which the silence became longer than chance explains, if it did.
    pub(super) fn unexplained_silence_since(&self, chance_min: f64) -> Option<Date> {
        let mut expected = 0.0;
        self.silent.iter().copied().find(|day| {
            expected += self.expected_papers_on_weekday(*day);
            self.chance_of_at_most(0, expected) < chance_min
        })
    }

    /// Whether the last announcement brought nothing, or less than chance explains.
    pub(super) fn is_last_announcement_quiet(&self, chance_min: f64) -> bool {
        match self.last_active {
            Some((day, papers)) if self.silent.is_empty() => {
                // One that was held back is of an older date, and came with it all the same.
                self.chance_of_at_most(papers.max(1), self.expected_papers_on_weekday(day)) < chance_min
            }
            Some(_) | None => true,
        }
    }

    /// How much came in the last announcements, and how much usually does.
    pub(super) fn recent_and_usual_count(&self) -> RecentPaperCount {
        let all = self.usual.iter().copied().chain(self.last_active);
        let all: Vec<u32> = all.map(|(_, papers)| papers).chain(self.silent.iter().map(|_| 0)).collect();
        let recent = &all[all.len().saturating_sub(WINDOW)..];
        let mut windows: Vec<u32> =
            self.usual.windows(WINDOW).map(|window| window.iter().map(|(_, papers)| papers).sum()).collect();
        windows.sort_unstable();
        let tenth = windows.len() / TRIMMED;
        let usual = (windows.len() >= WINDOWS_MIN)
            .then(|| Some((*windows.get(tenth)?, *windows.get(windows.len() - 1 - tenth)?)))
            .flatten();
        RecentPaperCount {
            papers: recent.iter().sum(),
            evenings: u32::try_from(recent.len()).unwrap_or(0),
            usual,
        }
    }

    /// How many papers an announcement on that day of the week brings.
    fn expected_papers_on_weekday(&self, day: Date) -> f64 {
        let mean = mean_count(self.usual.iter().map(|(_, papers)| *papers));
        if mean <= 0.0 {
            return 0.0;
        }
        let same = self.usual.iter().filter(|(other, _)| other.weekday() == day.weekday());
        let (evenings, papers) = same
            .fold((0.0, 0.0), |(evenings, papers), (_, more)| (evenings + 1.0, papers + f64::from(*more)));
        let factor = (papers + WEEKDAY_WEIGHT * mean) / ((evenings + WEEKDAY_WEIGHT) * mean);
        self.trimmed_mean() * factor
    }

    fn trimmed_mean(&self) -> f64 {
        let mut counts: Vec<u32> = self.usual.iter().map(|(_, papers)| *papers).collect();
        counts.sort_unstable();
        let tenth = counts.len() / TRIMMED;
        mean_count(counts[tenth..counts.len() - tenth].iter().copied())
    }

    /// The chance of so few papers where so many are expected: the negative binomial distribution, which is
    /// chance by a rate that varies and of which only as much is known as the history's papers say.
    fn chance_of_at_most(&self, papers: u32, expected: f64) -> f64 {
        if expected <= 0.0 || f64::from(papers) >= expected {
            return 1.0;
        }
        let known: f64 = self.usual.iter().map(|(_, papers)| f64::from(*papers)).sum();
        let shape = 1.0 / (1.0 / SHAPE + 1.0 / (known + 0.5));
        let mut one = (shape / (shape + expected)).powf(shape);
        let mut chance = one;
        for number in 0..papers {
            let number = f64::from(number);
            one *= (shape + number) / (number + 1.0) * expected / (shape + expected);
            chance += one;
        }
        chance
    }
}

fn mean_count(counts: impl ExactSizeIterator<Item = u32>) -> f64 {
    let evenings = u32::try_from(counts.len()).map_or(f64::INFINITY, f64::from);
    if evenings == 0.0 { 0.0 } else { counts.map(f64::from).sum::<f64>() / evenings }
}

/// The evenings on which a source announces, from that one back.
pub(super) fn announcement_evenings_back_from(
    calendar: AnnouncementCalendar,
    day: Date,
) -> impl Iterator<Item = Date> {
    let days = std::iter::successors(Some(day), |day| day.checked_sub(1.day()).ok());
    // Nobody's history is longer than this.
    days.take(366).filter(move |day| {
        matches!(
            calendar.classify_announcement_day(*day),
            ArxivEveningKind::Announces | ArxivEveningKind::MayPause
        )
    })
}
