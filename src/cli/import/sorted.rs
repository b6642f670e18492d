//! The rows of a list, by the topics that they belong to.

use anyhow::{Result, bail};
use serde::Serialize;

use super::names;
use crate::config::Config;
use crate::render::{ReadTable, Row};

/// The rows of a file, each with the topic that it belongs to.
pub(super) struct Sorted {
    pub(super) topics: Vec<(String, Vec<Row>)>,
    pub(super) skipped: Vec<String>,
    pub(super) refused: Vec<Refused>,
}

/// A row that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    pub(super) line: usize,
    pub(super) reason: String,
}

/// Finds the topic of each table. A named topic takes the table under its own heading, or, where the file
/// has no such heading, every table.
pub(super) fn sort_by_topic(
    config: &Config,
    shown: &str,
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
            "{shown}: no table stands under the heading of a topic. Its tables: {}. The topics: {}. Name the topic \
             that they belong to with --topic",
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
