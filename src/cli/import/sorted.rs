//! The rows of lists, by the topics that they belong to.

use anyhow::{Error, Result, anyhow};
use serde::Serialize;

use super::files::ReadFile;
use super::names;
use crate::config::Config;
use crate::render::{ReadTable, Row};

/// The rows of all files, each with the topic that it belongs to.
#[derive(Default)]
pub(super) struct Sorted {
    /// How many files there were.
    pub(super) files: usize,
    pub(super) topics: Vec<(String, Vec<Row>)>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) refused: Vec<Refused>,
}

/// A table that belongs to no topic.
pub(super) struct Skipped {
    pub(super) file: String,
    pub(super) heading: String,
}

/// A row that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) reason: String,
}

impl Sorted {
    /// Takes the tables of a list's files, its own first. A named topic takes the tables under its own heading, or,
    /// where no file has such a heading, every table.
    pub(super) fn take_list(
        &mut self,
        config: &Config,
        topic: Option<&str>,
        files: Vec<ReadFile>,
    ) -> Result<()> {
        let mut tables = files.iter().flat_map(|file| &file.tables);
        let has_own_table = topic.is_some_and(|topic| tables.any(|table| is_under(table, topic)));
        let own = files.first().map(|file| file.shown.clone()).unwrap_or_default();
        let before = self.skipped.len();
        let mut is_any_taken = false;
        for ReadFile { shown, tables } in files {
            self.files += 1;
            for table in tables {
                let found = match topic {
                    Some(topic) if !has_own_table || is_under(&table, topic) => Some(topic),
                    Some(_) => None,
                    None => known(config, &table),
                };
                is_any_taken |= found.is_some();
                match found {
                    Some(found) => self.take(found, &shown, table),
                    None => self.skip(&shown, table),
                }
            }
        }
        if is_any_taken { Ok(()) } else { Err(no_topic(config, &own, &self.skipped[before..])) }
    }

    fn take(&mut self, topic: &str, file: &str, table: ReadTable) {
        let refused = table.refused.into_iter();
        self.refused.extend(refused.map(|row| Refused {
            file: file.to_owned(),
            line: row.line,
            reason: row.why,
        }));
        match self.topics.iter_mut().find(|(known, _)| known == topic) {
            Some((_, rows)) => rows.extend(table.rows),
            None => self.topics.push((topic.to_owned(), table.rows)),
        }
    }

    fn skip(&mut self, file: &str, table: ReadTable) {
        let heading = table.heading.unwrap_or_else(|| format!("(line {})", table.line));
        self.skipped.push(Skipped { file: file.to_owned(), heading });
    }
}

/// What is wanted of a list that has no table of any topic.
fn no_topic(config: &Config, own: &str, skipped: &[Skipped]) -> Error {
    let mut headings: Vec<&str> = skipped.iter().map(|table| table.heading.as_str()).collect();
    headings.dedup();
    anyhow!(
        "{own}: no table stands under the heading of a topic. Its tables: {}. The topics: {}. Name the topic that they \
         belong to with --topic",
        headings.join(", "),
        names(config)
    )
}

/// The topic whose name stands above a table.
fn known<'c>(config: &'c Config, table: &ReadTable) -> Option<&'c str> {
    config.topics.iter().map(|topic| topic.name.as_str()).find(|name| is_under(table, name))
}

fn is_under(table: &ReadTable, topic: &str) -> bool {
    table.heading.as_ref().is_some_and(|heading| heading.to_lowercase() == topic.to_lowercase())
}
