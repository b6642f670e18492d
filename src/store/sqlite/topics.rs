//! What the history has: a topic's state, what it knows of papers that are shown, and its table.

use std::collections::HashSet;

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension, Row};

use super::connection::Store;
use super::paper_row::{
    PAPER, RECORDED, read_optional_time, read_paper, read_paper_for_columns, read_stored_paper_state,
    read_timestamp_column, read_version,
};
use super::statement::{query_all_rows, query_first_row, read_in_one_transaction};
use crate::domain::{Column, Paper, PaperId, Sighting, TopicBackfillPhase};
use crate::store::records::{KnownPaper, PaperDatabaseRowId, PaperPlaceInTopic, SourceProgress, TopicRecord};

/// The row of a paper by any of its keys, which is the first parameter.
const BY_KEY: &str = "(SELECT paper FROM paper_keys WHERE key = ?1)";

impl Store {
    /// A topic's state; one that has never been polled begins here.
    pub fn ensure_topic(&self, name: &str) -> Result<TopicRecord> {
        if let Some(topic) = find_topic_record(&self.db, name)? {
            return Ok(topic);
        }
        self.db.execute("INSERT INTO topics (name, known) VALUES (?1, 0)", [name])?;
        find_topic_record(&self.db, name)?.context("a topic that was just added is gone")
    }

    /// How far a topic has come with a source; one that it has never been polled from begins here.
    pub fn ensure_topic_source(&self, topic: &TopicRecord, source: &str) -> Result<SourceProgress> {
        if let Some(progress) = find_source_progress(&self.db, topic.id, source)? {
            return Ok(progress);
        }
        let sql = "INSERT INTO topic_sources (topic, source, phase) VALUES (?1, ?2, 'backfill')";
        self.db.execute(sql, (topic.id, source))?;
        find_source_progress(&self.db, topic.id, source)?.context("a source that was just added is gone")
    }

    /// Whether the topic has papers of a source that numbers versions, from that source or from a list.
    pub fn has_versioned_papers_in_topic(&self, topic: &TopicRecord) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sightings WHERE topic = ?1 AND version > 0)";
        Ok(self.db.query_row(sql, [topic.id], |row| row.get(0))?)
    }

    /// What the history and this topic have of each paper, by any of its identities, read in one transaction. A sighting is
    /// settled by a complete poll of this source.
    pub fn known_papers(
        &self,
        topic: &TopicRecord,
        source: Option<&SourceProgress>,
        papers: &[PaperId],
    ) -> Result<Vec<KnownPaper>> {
        read_in_one_transaction(&self.db, || {
            let sql = format!(
                "SELECT p.id, s.version, iif(s.settled AND s.source IS NOT ?3, 0, s.settled),
                 s.has_article = 0 AND p.later_article IS NOT NULL, {RECORDED} FROM papers p
             LEFT JOIN sightings s ON s.paper = p.id AND s.topic = ?1
             WHERE p.id = (SELECT paper FROM paper_keys WHERE key = ?2)"
            );
            let source = source.map(|source| source.id);
            let mut find = self.db.prepare_cached(&sql)?;
            let known = papers.iter().map(|paper| {
                let known =
                    find.query_row((topic.id, paper.as_str(), source), read_known_paper).optional()?;
                Ok(known.unwrap_or_default())
            });
            known.collect()
        })
    }

    /// The papers of these that the history has, in this order, by any of their identities, read in one transaction.
    pub fn papers_by_id<'p>(&self, ids: impl IntoIterator<Item = &'p PaperId>) -> Result<Vec<Paper>> {
        read_in_one_transaction(&self.db, || {
            let mut find =
                self.db.prepare_cached(&format!("SELECT {PAPER} FROM papers p WHERE p.id = {BY_KEY}"))?;
            let found =
                ids.into_iter().map(|id| find.query_row([id.as_str()], |row| read_paper(row, 0)).optional());
            Ok(found.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The places of a topic's newest papers: by date, and as the source gave them where dates are equal.
    pub fn newest_paper_positions(
        &self,
        topic: &TopicRecord,
        papers_max: u32,
    ) -> Result<Vec<PaperPlaceInTopic>> {
        let sql = "SELECT paper, updated, revision FROM sightings
             WHERE topic = ?1 ORDER BY updated DESC, tie LIMIT ?2";
        Ok(query_all_rows(&self.db, sql, (topic.id, papers_max), |row| {
            let paper = PaperDatabaseRowId(row.get(0)?);
            Ok(PaperPlaceInTopic { paper, updated: read_timestamp_column(row, 1)?, revision: row.get(2)? })
        })?)
    }

    /// Gives the papers at these places one by one, each read as far as a row with these columns shows it.
    pub fn read_papers_at_positions(
        &self,
        places: &[PaperPlaceInTopic],
        columns: &[Column],
        mut take: impl FnMut(Paper),
    ) -> Result<()> {
        read_in_one_transaction(&self.db, || {
            let mut find =
                self.db.prepare_cached(&format!("SELECT {PAPER} FROM papers p WHERE p.id = ?1"))?;
            for placed in places {
                take(find.query_row([placed.paper.0], |row| read_paper_for_columns(row, 0, columns))?);
            }
            Ok(())
        })
    }

    /// The rows of these papers, by any of their identities, as far as the history has them.
    pub fn database_row_ids_of_papers<'p>(
        &self,
        papers: impl IntoIterator<Item = &'p PaperId>,
    ) -> Result<HashSet<PaperDatabaseRowId>> {
        let mut find = self.db.prepare_cached("SELECT paper FROM paper_keys WHERE key = ?1")?;
        let rows = papers.into_iter().map(|paper| {
            find.query_row([paper.as_str()], |row| Ok(PaperDatabaseRowId(row.get(0)?))).optional()
        });
        Ok(rows.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
    }
}

fn read_known_paper(row: &Row<'_>) -> rusqlite::Result<KnownPaper> {
    let sighting = match row.get::<_, Option<bool>>(2)? {
        Some(settled) => {
            Some(Sighting { version: read_version(row, 1)?, is_settled: settled, lacks_article: row.get(3)? })
        }
        None => None,
    };
    Ok(KnownPaper { row: Some(row.get(0)?), recorded: Some(read_stored_paper_state(row, 4)?), sighting })
}

pub(super) fn find_topic_record(db: &Connection, name: &str) -> rusqlite::Result<Option<TopicRecord>> {
    let sql =
        "SELECT id, EXISTS (SELECT 1 FROM topic_sources WHERE topic = t.id AND phase = 'established'), known
         FROM topics t WHERE name = ?1";
    query_first_row(db, sql, [name], |row| {
        let contact =
            if row.get(1)? { TopicBackfillPhase::Established } else { TopicBackfillPhase::Backfill };
        Ok(TopicRecord { id: row.get(0)?, contact, paper_count: row.get(2)? })
    })
}

pub(super) fn find_source_progress(
    db: &Connection,
    topic: i64,
    source: &str,
) -> rusqlite::Result<Option<SourceProgress>> {
    let sql = "SELECT id, phase, watermark, source_time, last_full_sweep FROM topic_sources
         WHERE topic = ?1 AND source = ?2";
    query_first_row(db, sql, (topic, source), |row| {
        Ok(SourceProgress {
            id: row.get(0)?,
            contact: parse_topic_phase(&row.get::<_, String>(1)?),
            watermark: read_optional_time(row, 2)?,
            source_time: read_optional_time(row, 3)?,
            last_full_sweep: read_optional_time(row, 4)?,
        })
    })
}

fn parse_topic_phase(name: &str) -> TopicBackfillPhase {
    if name == "established" { TopicBackfillPhase::Established } else { TopicBackfillPhase::Backfill }
}
