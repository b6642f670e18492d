//! Full text over the history.

use anyhow::Result;

use super::Reader;
use super::row::{PAPER, recorded};
use crate::domain::Paper;

/// A paper that was found, with the topics that have seen it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The paper.
    pub paper: Paper,
    /// The names of the topics that have seen it.
    pub topics: Vec<String>,
}

impl Reader {
    /// The papers that have all these words in title, abstract or authors, newest first.
    pub fn search(&self, words: &[String], papers_max: u32) -> Result<Vec<Found>> {
        let sql = format!(
            "SELECT (SELECT json_group_array(t.name) FROM sightings s JOIN topics t ON t.id = s.topic
                     WHERE s.paper = p.id), {PAPER}
             FROM papers_text f JOIN papers p ON p.id = f.rowid
             WHERE f.papers_text MATCH ?1 ORDER BY p.updated DESC, p.id LIMIT ?2"
        );
        let mut find = self.db.prepare(&sql)?;
        let found = find.query_map((phrases(words), papers_max), |row| {
            let topics = serde_json::from_str(row.get_ref(0)?.as_str()?).unwrap_or_default();
            Ok(Found { paper: recorded(row, 1)?.paper, topics })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

/// Each word as a quoted phrase, so that nothing in it is taken for the query language's own signs.
fn phrases(words: &[String]) -> String {
    let phrases: Vec<_> = words
        .iter()
        .flat_map(|words| words.split_whitespace())
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    phrases.join(" ")
}
