//! `import FILE`: the rows of an existing list become history, and nobody is told.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::{BadCommand, Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::list;
use crate::pipeline::import::import as fill_in;
use crate::render::{ReadTable, Row, read_tables};
use crate::store::Store;

pub(super) fn import(
    config: &Config,
    file: &Path,
    topic: Option<&str>,
    clock: Clock,
    json: bool,
) -> Result<Done> {
    if let Some(topic) = topic {
        is_a_topic(config, topic)?;
    }
    let text = list::read(file)?.with_context(|| format!("there is no file {}", file.display()))?;
    let tables = read_tables(&text);
    if tables.is_empty() {
        bail!(
            "{} has no table of papers: a table needs a header with at least Title and Date, and links to arXiv \
             in its titles",
            file.display()
        );
    }
    let sorted = sort_by_topic(config, file, topic, tables)?;
    let mut store = Store::open(&config.state)?;
    let mut outcome = Outcome { topics: Vec::new(), skipped: sorted.skipped, refused: sorted.refused };
    for (topic, rows) in sorted.topics {
        let filled = fill_in(&mut store, &topic, &rows, clock.now())?;
        outcome.topics.push(Imported { topic, rows: rows.len(), seeded: filled.seeded, known: filled.known });
    }
    tell(&outcome, file, json)?;
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

/// The rows of a file, each with the topic that it belongs to.
struct Sorted {
    topics: Vec<(String, Vec<Row>)>,
    skipped: Vec<String>,
    refused: Vec<Refused>,
}

/// A row that could not be read.
#[derive(Debug, Serialize)]
struct Refused {
    line: usize,
    reason: String,
}

/// Finds the topic of each table. A named topic takes the table under its own heading, or, where the file
/// has no such heading, every table.
fn sort_by_topic(
    config: &Config,
    file: &Path,
    topic: Option<&str>,
    tables: Vec<ReadTable>,
) -> Result<Sorted> {
    let is_under = |table: &ReadTable, topic: &str| {
        table.heading.as_ref().is_some_and(|heading| heading.to_lowercase() == topic.to_lowercase())
    };
    let has_own_table = topic.is_some_and(|topic| tables.iter().any(|table| is_under(table, topic)));
    let mut sorted = Sorted { topics: Vec::new(), skipped: Vec::new(), refused: Vec::new() };
    for table in tables {
        let found = match topic {
            Some(topic) if !has_own_table || is_under(&table, topic) => Some(topic),
            Some(_) => None,
            None => {
                config.topics.iter().map(|known| known.name.as_str()).find(|known| is_under(&table, known))
            }
        };
        match found {
            Some(found) => sorted.take(found, table),
            None => sorted.skipped.push(table.heading.unwrap_or_else(|| format!("(line {})", table.line))),
        }
    }
    if sorted.topics.is_empty() {
        bail!(
            "{}: no table stands under the heading of a topic. Its tables: {}. The topics: {}. Name the topic \
             that they belong to with --topic",
            file.display(),
            sorted.skipped.join(", "),
            names(config)
        );
    }
    Ok(sorted)
}

impl Sorted {
    fn take(&mut self, topic: &str, table: ReadTable) {
        let refused = table.refused.into_iter().map(|row| Refused { line: row.line, reason: row.why });
        self.refused.extend(refused);
        match self.topics.iter_mut().find(|(known, _)| known == topic) {
            Some((_, rows)) => rows.extend(table.rows),
            None => self.topics.push((topic.to_owned(), table.rows)),
        }
    }
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

fn tell(outcome: &Outcome, file: &Path, json: bool) -> Result<()> {
    for Refused { line, reason } in &outcome.refused {
        tracing::warn!("{}:{line}: row left out: {reason}", file.display());
    }
    for heading in &outcome.skipped {
        tracing::warn!("{}: the table under \"{heading}\" is of no topic and was left out", file.display());
    }
    if json {
        return answer::print_json(outcome);
    }
    let mut text = String::new();
    for Imported { topic, rows, seeded, known } in &outcome.topics {
        let _ = writeln!(text, "{topic}: {rows} rows read, {seeded} filled in silently, {known} known");
    }
    answer::print(&text)
}
