//! `test SOURCE`: is it a feed, and what is in it?

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::{Config, FeedConfig};
use crate::daemon::feed_contents_summary::FeedInspection;
use crate::daemon::test_feed::{FeedTestOutcome, probe_feed};
use crate::domain::count_of;
use crate::render::SingleLine;

#[derive(Serialize)]
struct SourceTestReport<'a> {
    source: &'a str,
    outcome: &'static str,
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    #[serde(flatten)]
    contents: Option<TestedFeedContents<'a>>,
}

#[derive(Serialize)]
struct TestedFeedContents<'a> {
    format: String,
    title: &'a str,
    entries: usize,
    papers: usize,
    newest: Option<Timestamp>,
    odd: &'a [String],
}

pub(super) fn run_source_test(
    config: &Config,
    feed: &FeedConfig,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    let runtime = build_runtime()?;
    let outcome = runtime
        .block_on(probe_feed(config, feed, clock.now()))
        .with_context(|| format!("source \"{}\"", feed.name))?;
    runtime.shutdown_background();
    let test = SourceTestReport::from_outcome(&feed.name, &outcome);
    output::print_answer(json, &test, || format_source_test(&test))?;
    Ok(match outcome {
        FeedTestOutcome::Read(FeedInspection { is_whole: true, .. }) => CommandOutcome::Complete,
        FeedTestOutcome::Read(_) | FeedTestOutcome::Resting(_) | FeedTestOutcome::Failed(_) => {
            CommandOutcome::WithFailures
        }
    })
}

impl<'a> SourceTestReport<'a> {
    fn from_outcome(source: &'a str, outcome: &'a FeedTestOutcome) -> Self {
        let failed = |outcome, words, advice| Self { source, outcome, words, advice, contents: None };
        match outcome {
            FeedTestOutcome::Resting(until) => {
                failed("not asked", format!("its host asked to be left alone until {until:.0}"), None)
            }
            FeedTestOutcome::Failed(health) => failed(health.name(), health.to_string(), health.advice()),
            FeedTestOutcome::Read(reading) => Self {
                source,
                outcome: if reading.is_whole { "read" } else { "incomplete" },
                words: describe_feed_contents(reading),
                advice: None,
                contents: Some(TestedFeedContents {
                    format: reading.format.to_string(),
                    title: &reading.title,
                    entries: reading.entry_count(),
                    papers: reading.papers.len(),
                    newest: reading.newest,
                    odd: &reading.notes,
                }),
            },
        }
    }
}

fn describe_feed_contents(reading: &FeedInspection) -> String {
    let name =
        if reading.title.is_empty() { "without a name".to_owned() } else { format!("\"{}\"", reading.title) };
    let newest = reading.newest.map(|newest| format!(", the newest of {}", newest.strftime("%Y-%m-%d")));
    format!(
        "{} {name}: {}, {} of them kept as papers{}",
        reading.format,
        count_of(reading.entry_count(), "entry"),
        reading.papers.len(),
        newest.unwrap_or_default()
    )
}

fn format_source_test(tested: &SourceTestReport<'_>) -> String {
    let mut text = format!("{}: {}\n", tested.source, SingleLine::new(&tested.words));
    for odd in tested.contents.iter().flat_map(|contents| contents.odd) {
        let _ = writeln!(text, "  odd: {}", SingleLine::new(odd));
    }
    if let Some(advice) = tested.advice {
        let _ = writeln!(text, "  what to do: {advice}");
    }
    text
}
