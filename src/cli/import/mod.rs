//! `import FILE`: the rows of an existing list become history, and nobody is told.

mod files;
mod sorted;

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use self::sorted::{Refused, Skipped, Sorted};
use super::{BadCommand, Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::pipeline::import::import as fill_in;
use crate::store::Store;

/// Without a file: from the lists in repositories.
pub(super) fn import(
    config: &Config,
    file: Option<&Path>,
    topic: Option<&str>,
    clock: Clock,
    json: bool,
) -> Result<Done> {
    if let Some(topic) = topic {
        is_a_topic(config, topic)?;
    }
    let lists = match file {
        Some(file) => vec![files::of_file(config, file)?],
        None => files::of_repositories(config)?,
    };
    let mut sorted = Sorted::default();
    for files in lists {
        sorted.take_list(config, topic, files)?;
    }
    let mut store = Store::open(&config.state)?;
    let Sorted { files, topics: found, skipped, refused } = sorted;
    tell_left_out(&skipped, &refused);
    let mut topics = Vec::new();
    for (topic, rows) in found {
        let filled = fill_in(&mut store, &topic, &rows, clock.now())?;
        let (seeded, known) = (filled.seeded, filled.known);
        topics.push(Imported { topic, rows: rows.len(), seeded, known });
    }
    let skipped = skipped.into_iter().map(|table| table.heading).collect();
    let outcome = Outcome { files: Some(files).filter(|files| *files > 1), topics, skipped, refused };
    tell(&outcome, json)?;
    Ok(if outcome.refused.is_empty() { Done::Whole } else { Done::WithFailures })
}

fn is_a_topic(config: &Config, topic: &str) -> Result<()> {
    if config.topics.iter().any(|known| known.name == topic) {
        return Ok(());
    }
    Err(BadCommand(format!("--topic {topic}: there is no such topic; there is {}", names(config))).into())
}

fn names(config: &Config) -> String {
    let names: Vec<_> = config.topics.iter().map(|topic| format!("\"{}\"", topic.name)).collect();
    names.join(", ")
}

#[derive(Serialize)]
struct Outcome {
    /// How many files were read, where it was more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<usize>,
    topics: Vec<Imported>,
    /// Headings of tables that belong to no topic.
    skipped: Vec<String>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Imported {
    topic: String,
    rows: usize,
    seeded: u64,
    known: u64,
}

fn tell_left_out(skipped: &[Skipped], refused: &[Refused]) {
    for Refused { file, line, reason } in refused {
        tracing::warn!("{file}:{line}: row left out: {reason}");
    }
    for Skipped { file, heading } in skipped {
        tracing::warn!("{file}: the table under \"{heading}\" is of no topic and was left out");
    }
}

fn tell(outcome: &Outcome, json: bool) -> Result<()> {
    if json {
        return answer::print_json(outcome);
    }
    let mut text = String::new();
    for Imported { topic, rows, seeded, known } in &outcome.topics {
        let _ = writeln!(text, "{topic}: {rows} rows read, {seeded} filled in silently, {known} known");
    }
    if let Some(files) = outcome.files {
        let _ = writeln!(text, "{files} files read");
    }
    answer::print(&text)
}
