//! The rows of lists, by the topics that they belong to.

use anyhow::{Error, Result, anyhow};
use serde::Serialize;

use super::input_files::ParsedImportFile;
use crate::cli::usage_error::quote_names;
use crate::config::Config;
use crate::render::{MarkdownTable, TableRow};

/// The rows of all files, each with the topic that it belongs to.
#[derive(Default)]
pub(super) struct RowsByTopic {
    /// How many files there were.
    pub(super) files: usize,
    pub(super) topics: Vec<(String, Vec<TableRow>)>,
    pub(super) skipped_tables: Vec<TableWithoutTopic>,
    pub(super) unreadable_rows: Vec<UnreadableRow>,
}

/// A table that belongs to no topic.
pub(super) struct TableWithoutTopic {
    pub(super) file: String,
    pub(super) heading: String,
}

/// A row that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct UnreadableRow {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) reason: String,
}

impl RowsByTopic {
    /// Takes the tables of a list's files, its own first. A named topic takes the tables under its own heading, or,
    /// if no file has such a heading, every table.
    pub(super) fn add_rows_of_list_files(
        &mut self,
        config: &Config,
        topic: Option<&str>,
        files: Vec<ParsedImportFile>,
    ) -> Result<()> {
        let mut tables = files.iter().flat_map(|file| &file.tables);
        let has_own_table =
            topic.is_some_and(|topic| tables.any(|table| is_under_topic_heading(table, topic)));
        let own = files.first().map(|file| file.display_name.clone()).unwrap_or_default();
        let before = self.skipped_tables.len();
        let mut is_any_taken = false;
        for ParsedImportFile { display_name: shown, tables } in files {
            self.files += 1;
            for table in tables {
                let found = match topic {
                    Some(topic) if !has_own_table || is_under_topic_heading(&table, topic) => Some(topic),
                    Some(_) => None,
                    None => topic_named_by_heading(config, &table),
                };
                is_any_taken |= found.is_some();
                match found {
                    Some(found) => self.add_imported_table_rows(found, &shown, table),
                    None => self.record_skipped_table(&shown, table),
                }
            }
        }
        if is_any_taken {
            Ok(())
        } else {
            Err(no_topic_heading_error(config, &own, &self.skipped_tables[before..]))
        }
    }

    fn add_imported_table_rows(&mut self, topic: &str, file: &str, table: MarkdownTable) {
        let refused = table.invalid_rows.into_iter();
        self.unreadable_rows.extend(refused.map(|row| UnreadableRow {
            file: file.to_owned(),
            line: row.line,
            reason: row.reason,
        }));
        match self.topics.iter_mut().find(|(known, _)| known == topic) {
            Some((_, rows)) => rows.extend(table.rows),
            None => self.topics.push((topic.to_owned(), table.rows)),
        }
    }

    fn record_skipped_table(&mut self, file: &str, table: MarkdownTable) {
        let heading = table.heading.unwrap_or_else(|| format!("(line {})", table.line));
        self.skipped_tables.push(TableWithoutTopic { file: file.to_owned(), heading });
    }
}

/// What to do about a list that has no table of any topic.
fn no_topic_heading_error(config: &Config, own: &str, skipped: &[TableWithoutTopic]) -> Error {
    let mut headings: Vec<&str> = skipped.iter().map(|table| table.heading.as_str()).collect();
    headings.dedup();
    anyhow!(
        "{own}: no table is under the heading of a topic. Its tables: {}. The topics: {}. Name the topic that they \
         belong to with --topic",
        headings.join(", "),
        quote_topic_names(config)
    )
}

/// The topic whose name is the heading of a table.
fn topic_named_by_heading<'c>(config: &'c Config, table: &MarkdownTable) -> Option<&'c str> {
    config.topics.iter().map(|topic| topic.name.as_str()).find(|name| is_under_topic_heading(table, name))
}

fn is_under_topic_heading(table: &MarkdownTable, topic: &str) -> bool {
    table.heading.as_ref().is_some_and(|heading| heading.to_lowercase() == topic.to_lowercase())
}

/// The names of all topics, as a message lists them.
pub(super) fn quote_topic_names(config: &Config) -> String {
    quote_names(config.topics.iter().map(|topic| topic.name.as_str()))
}
