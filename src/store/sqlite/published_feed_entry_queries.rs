//! The entries of the feeds that this program publishes: papers, with when they came into the history.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::connection::{Store, StoreReader};
use super::paper_row::{PAPER, read_paper, read_timestamp_column};
use super::statement::{
    begin_nested_transaction, execute_cached, query_all_rows, query_first_row, read_in_one_transaction,
};
use crate::domain::{PaperId, PublishedFeedEntry};

/// When a topic first saw a paper, and when the version came that the topic has or a later one: a version that another
/// topic saw before this one had the paper came with the paper. `s` is the sighting; without one it is whoever saw it.
fn first_and_latest_seen_sql(paper: &str, version: &str) -> String {
    format!(
        "coalesce(s.seen, (SELECT min(v.seen) FROM versions v WHERE v.paper = {paper})) AS first,
         max(coalesce(s.seen, 0), coalesce((SELECT max(v.seen) FROM versions v
             WHERE v.paper = {paper} AND v.version >= {version}), 0)) AS latest"
    )
}

impl StoreReader {
    /// The papers of a topic that came last, and of those that came at once the newest first.
    pub fn latest_feed_entries(&self, topic: &str, entries_max: u32) -> Result<Vec<PublishedFeedEntry>> {
        let Some(topic) = self.topic_id(topic)? else { return Ok(Vec::new()) };
        let seen = first_and_latest_seen_sql("s.paper", "s.version");
        let sql = format!(
            "SELECT f.first, f.latest, {PAPER}
             FROM (SELECT s.paper, s.updated, s.tie, {seen} FROM sightings s WHERE s.topic = ?1
                   ORDER BY latest DESC, s.updated DESC, s.tie LIMIT ?2) f
             CROSS JOIN papers p ON p.id = f.paper ORDER BY f.latest DESC, f.updated DESC, f.tie"
        );
        Ok(query_all_rows(&self.db, &sql, (topic, entries_max), published_feed_entry_from_row)?)
    }
}

impl Store {
    /// The entries of these papers, by any of their identities, that the history has, with when they came to a topic.
    pub fn published_feed_entries(
        &self,
        topic: &str,
        papers: &[PaperId],
    ) -> Result<HashMap<PaperId, PublishedFeedEntry>> {
        read_in_one_transaction(&self.db, || {
            let seen = first_and_latest_seen_sql("p.id", "coalesce(s.version, p.version)");
            let sql = format!(
                "SELECT {seen}, {PAPER} FROM papers p LEFT JOIN sightings s ON s.paper = p.id
                 AND s.topic = (SELECT id FROM topics WHERE name = ?2)
             WHERE p.id = (SELECT paper FROM paper_keys WHERE key = ?1)"
            );
            let mut find = self.db.prepare_cached(&sql)?;
            let found = papers.iter().filter_map(|id| {
                let entry = find
                    .query_row([id.as_str(), topic], published_feed_entry_from_row)
                    .optional()
                    .transpose()?;
                Some(entry.map(|entry| (id.clone(), entry)))
            });
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Notes that rows of a list which the history does not know were seen; the first time counts.
    pub fn note_rows_seen(&mut self, list: &str, papers: &[PaperId], now: Timestamp) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        for paper in papers {
            let sql = "INSERT OR IGNORE INTO rows_seen (list, paper_id, seen) VALUES (?1, ?2, ?3)";
            execute_cached(&change, sql, params![list, paper.as_str(), now.as_microsecond()])?;
        }
        change.commit()?;
        Ok(())
    }

    /// When such a row was seen first.
    pub fn row_first_seen(&self, list: &str, paper: &PaperId) -> Result<Option<Timestamp>> {
        let sql = "SELECT seen FROM rows_seen WHERE list = ?1 AND paper_id = ?2";
        Ok(query_first_row(&self.db, sql, [list, paper.as_str()], |row| read_timestamp_column(row, 0))?)
    }
}

fn published_feed_entry_from_row(row: &Row<'_>) -> rusqlite::Result<PublishedFeedEntry> {
    Ok(PublishedFeedEntry {
        first_seen: read_timestamp_column(row, 0)?,
        version_seen: read_timestamp_column(row, 1)?,
        paper: read_paper(row, 2)?,
    })
}
