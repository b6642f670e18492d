//! The papers of the last weeks, a bar for each day, a colour for each topic.

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::daily_paper_counts::DailyPaperCounts;
use super::time_format::count_with_noun;

/// Days that the chart shows.
pub const DAYS: i64 = 30;

/// Topics with a colour of their own; further ones share the last.
const COLOURS: usize = 6;

/// The chart's inside, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 120.0;

/// Between two bars.
const GAP: f64 = 3.0;

/// The chart as its template takes it; lengths are in the chart's own units.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PapersChart {
    summary: String,
    most: u64,
    half: Option<u64>,
    bars: Vec<ChartBar>,
    /// The day under some of the bars, and its place.
    ticks: Vec<(f64, String)>,
    /// Each topic with the number of its colour.
    legend: Vec<(usize, String)>,
    /// The days on which something came, newest first, with each topic's number.
    rows: Vec<(String, Vec<u64>)>,
}

#[derive(Debug, Clone, Serialize)]
struct ChartBar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    colour: usize,
    title: String,
}

impl PapersChart {
    /// The chart of these topics' last days; none if nothing came in them.
    pub(super) fn from_counts(topics: &[DailyPaperCounts], now: Timestamp) -> Option<Self> {
        let today = now.as_second().div_euclid(86_400);
        let days: Vec<i64> = (today - DAYS + 1..=today).collect();
        let count = |topic: &DailyPaperCounts, day: i64| {
            topic.days.iter().find(|(there, _)| *there == day).map_or(0, |(_, papers)| *papers)
        };
        let of_day = |day: i64| topics.iter().map(|topic| count(topic, day)).collect::<Vec<_>>();
        let counts: Vec<(i64, Vec<u64>)> = days.iter().map(|day| (*day, of_day(*day))).collect();
        let most =
            counts.iter().map(|(_, papers)| papers.iter().sum::<u64>()).max().filter(|most| *most > 0)?;
        let total: u64 = counts.iter().flat_map(|(_, papers)| papers).sum();
        Some(Self {
            summary: format!(
                "{} dated in the last {DAYS} days, at most {most} on one day.",
                count_with_noun(total, "paper")
            ),
            most,
            half: (most >= 4).then_some(most / 2),
            bars: chart_bars(topics, &counts, most),
            ticks: weekly_axis_ticks(&days),
            legend: topics
                .iter()
                .enumerate()
                .map(|(at, topic)| (colour_index(at), topic.topic.clone()))
                .collect(),
            rows: counts
                .iter()
                .rev()
                .filter(|(_, papers)| papers.iter().any(|papers| *papers > 0))
                .map(|(day, papers)| (format_day(*day, "%a %-d %B"), papers.clone()))
                .collect(),
        })
    }
}

fn chart_bars(topics: &[DailyPaperCounts], counts: &[(i64, Vec<u64>)], most: u64) -> Vec<ChartBar> {
    let step = WIDTH / chart_length(DAYS.unsigned_abs());
    let mut bars = Vec::new();
    for (at, (day, papers)) in (0_u64..).zip(counts) {
        let mut y = HEIGHT;
        for (number, (topic, papers)) in topics.iter().zip(papers).enumerate().filter(|(_, (_, n))| **n > 0) {
            let height = HEIGHT * chart_length(*papers) / chart_length(most);
            y -= height;
            bars.push(ChartBar {
                x: round_to_tenth(step * chart_length(at) + GAP / 2.0),
                y: round_to_tenth(y),
                width: round_to_tenth(step - GAP),
                height: round_to_tenth(height),
                colour: colour_index(number),
                title: format!(
                    "{}: {}, {}",
                    format_day(*day, "%-d %B"),
                    topic.topic,
                    count_with_noun(*papers, "paper")
                ),
            });
        }
    }
    bars
}

/// Every seventh day is named, so that each name is under the same day of the week.
fn weekly_axis_ticks(days: &[i64]) -> Vec<(f64, String)> {
    let step = WIDTH / chart_length(DAYS.unsigned_abs());
    let named = (0_u64..).zip(days).filter(|(at, _)| at % 7 == 1);
    named
        .map(|(at, day)| (round_to_tenth(step * (chart_length(at) + 0.5)), format_day(*day, "%-d %b")))
        .collect()
}

fn colour_index(topic: usize) -> usize {
    topic.min(COLOURS - 1)
}

/// A number of papers or days as a length; a chart has no use for more than it can show.
fn chart_length(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn round_to_tenth(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn format_day(day: i64, form: &str) -> String {
    let epoch = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC).date();
    let date: Date = epoch.checked_add(day.days()).unwrap_or(Date::MAX);
    date.strftime(form).to_string()
}
