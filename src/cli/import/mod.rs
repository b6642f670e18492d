//! `import FILE`: the rows of an existing list become history, and nobody is notified.

mod input_files;
mod rows_by_topic;

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use self::rows_by_topic::{RowsByTopic, TableWithoutTopic, UnreadableRow, quote_topic_names};
use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{ARXIV_SOURCE, PaperId, count_of};
use crate::pipeline::import::import_list_rows;
use crate::store::Store;

/// Without a file: from the lists in repositories.
pub(super) fn run_import_command(
    config: &Config,
    file: Option<&Path>,
    topic: Option<&str>,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    if let Some(topic) = topic {
        require_topic(config, topic)?;
    }
    let lists = match file {
        Some(file) => vec![input_files::read_list_and_archive_files(config, file)?],
        None => input_files::read_lists_in_repositories(config)?,
    };
    let mut sorted = RowsByTopic::default();
    for files in lists {
        sorted.add_rows_of_list_files(config, topic, files)?;
    }
    let mut store = Store::open(&config.state)?;
    let RowsByTopic { files, topics: found, skipped_tables: skipped, unreadable_rows: refused } = sorted;
    warn_skipped_tables_and_rows(&skipped, &refused);
    let mut topics = Vec::new();
    for (topic, rows) in found {
        let imported =
            import_list_rows(&mut store, &topic, &paged_sources(config, &topic), &rows, clock.now())?;
        let (seeded, known) = (imported.counts.seeded, imported.counts.paper_count);
        let own_rows = imported.own_rows.iter().map(PaperId::to_string).collect();
        topics.push(ImportTopicReport { topic, rows: rows.len(), seeded, known, own_rows });
    }
    let skipped = skipped.into_iter().map(|table| table.heading).collect();
    let outcome = ImportReport { files: Some(files).filter(|files| *files > 1), topics, skipped, refused };
    output::print_answer(json, &outcome, || format_report(&outcome))?;
    Ok(if outcome.refused.is_empty() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// The sources of a topic that are asked back to a date, so that what came after the list is news. What a feed shows at first
/// contact may be older than the list, and is announced to nobody.
fn paged_sources(config: &Config, topic: &str) -> Vec<String> {
    let topic = config.topics.iter().find(|known| known.name == topic);
    let sources = topic.map_or(&[][..], |topic| &topic.sources);
    sources.iter().filter(|source| *source == ARXIV_SOURCE).cloned().collect()
}

fn require_topic(config: &Config, topic: &str) -> Result<()> {
    if config.topics.iter().any(|known| known.name == topic) {
        return Ok(());
    }
    Err(UsageError(format!(
        "--topic {topic}: there is no such topic; there is {}",
        quote_topic_names(config)
    ))
    .into())
}

#[derive(Serialize)]
struct ImportReport {
    /// How many files were read, if it was more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<usize>,
    topics: Vec<ImportTopicReport>,
    /// Headings of tables that belong to no topic.
    skipped: Vec<String>,
    refused: Vec<UnreadableRow>,
}

#[derive(Serialize)]
struct ImportTopicReport {
    topic: String,
    rows: usize,
    seeded: u64,
    known: u64,
    /// What the rows link that stay a person's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    own_rows: Vec<String>,
}

fn warn_skipped_tables_and_rows(skipped: &[TableWithoutTopic], refused: &[UnreadableRow]) {
    for UnreadableRow { file, line, reason } in refused {
        tracing::warn!(file, line, error = %reason, "{file}:{line}: row left out");
    }
    for TableWithoutTopic { file, heading } in skipped {
        tracing::warn!(file, heading, "{file}: a table was left out: its heading names no topic");
    }
}

fn format_report(outcome: &ImportReport) -> String {
    let mut text = String::new();
    for ImportTopicReport { topic, rows, seeded, known, own_rows } in &outcome.topics {
        let _ = writeln!(
            text,
            "{topic}: {} read, {seeded} filled in silently, {known} known",
            count_of(*rows, "row")
        );
        for own in own_rows {
            let _ = writeln!(text, "  {own} is not known as a paper: its row stays your own");
        }
    }
    if let Some(files) = outcome.files {
        let _ = writeln!(text, "{} read", count_of(files, "file"));
    }
    text
}
