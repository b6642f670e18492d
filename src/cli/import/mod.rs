//! `import FILE`: the rows of an existing list become history, and nobody is told.

mod sorted;

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use self::sorted::{Refused, Sorted, sort_by_topic};
use super::{BadCommand, Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::repositories::text_of;
use crate::list;
use crate::pipeline::import::import as fill_in;
use crate::render::{ReadTable, read_tables};
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
    let texts = match file {
        Some(file) => {
            let text = list::read(file)?.with_context(|| format!("there is no file {}", file.display()))?;
            vec![(file.display().to_string(), text)]
        }
        None => from_repositories(config)?,
    };
    let mut outcome = Outcome { topics: Vec::new(), skipped: Vec::new(), refused: Vec::new() };
    let mut sorted = Vec::new();
    for (shown, text) in texts {
        sorted.push((sort_by_topic(config, &shown, topic, tables(&shown, &text)?)?, shown));
    }
    let mut store = Store::open(&config.state)?;
    for (Sorted { topics, skipped, refused }, shown) in sorted {
        tell_left_out(&shown, &skipped, &refused);
        outcome.skipped.extend(skipped);
        outcome.refused.extend(refused);
        for (topic, rows) in topics {
            let filled = fill_in(&mut store, &topic, &rows, clock.now())?;
            let (seeded, known) = (filled.seeded, filled.known);
            outcome.topics.push(Imported { topic, rows: rows.len(), seeded, known });
        }
    }
    tell(&outcome, json)?;
    Ok(if outcome.refused.is_empty() { Done::Whole } else { Done::WithFailures })
}

/// The text of each list that is in a repository, with what it is called.
fn from_repositories(config: &Config) -> Result<Vec<(String, String)>> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let mut texts = Vec::new();
    for list in &config.lists {
        let Some(repository) = &list.repository else { continue };
        let text = runtime.block_on(text_of(config, list, repository))?;
        texts.push((
            list.shown.clone(),
            text.with_context(|| format!("{}: there is no such file", list.shown))?,
        ));
    }
    if texts.is_empty() {
        let words = "--from-repository: no list of the configuration is in a repository";
        return Err(BadCommand(words.to_owned()).into());
    }
    Ok(texts)
}

fn tables(shown: &str, text: &str) -> Result<Vec<ReadTable>> {
    let tables = read_tables(text);
    if tables.is_empty() {
        bail!(
            "{shown} has no table of papers: a table needs a header with at least Title and Date, and links to arXiv \
             in its titles"
        );
    }
    Ok(tables)
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

fn tell_left_out(shown: &str, skipped: &[String], refused: &[Refused]) {
    for Refused { line, reason } in refused {
        tracing::warn!("{shown}:{line}: row left out: {reason}");
    }
    for heading in skipped {
        tracing::warn!("{shown}: the table under \"{heading}\" is of no topic and was left out");
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
    answer::print(&text)
}
