//! Recording a poll or an import: papers, versions, sightings, news and the topic's watermark, in one
//! transaction.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::list_checkpoints::{bump_tables_revision, revision};
use super::paper_row::{PAPER, read_paper, stored_version, write_addenda, write_paper};
use super::statement::{execute, find_rows};
use super::text_index::mark_unindexed;
use crate::domain::{HistoryChange, News, Origin, Paper, merge_order, merge_paper};
use crate::store::records::{PollRecord, ReceivedPaper, RecordCounts, TopicRecord};

impl Store {
    /// Records what a topic was shown.
    pub fn record(&mut self, topic: &TopicRecord, record: &PollRecord) -> Result<RecordCounts> {
        let change = self.db.transaction()?;
        let next = revision(&change)? + 1;
        let mut filled = RecordCounts::default();
        let mut moved: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let mut order: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for shown in &record.papers {
            let position = record_paper(&change, topic, record, shown, next)?;
            if needs_reindex(shown) {
                mark_unindexed(&change, position.paper)?;
            }
            order.entry(position.updated).or_default().push(position.paper);
            if position.has_moved {
                moved.entry(position.updated).or_default().push(position.paper);
            }
            count_news(shown, &mut filled);
        }
        for updated in moved.keys() {
            if let Some(shown) = order.get(updated) {
                apply_tie_order(&change, topic, *updated, shown)?;
            }
        }
        filled.paper_count = topic.paper_count
            + record.papers.iter().filter(|shown| shown.known.sighting.is_none()).count() as u64;
        record_topic(&change, topic, record, filled.paper_count)?;
        let is_reworked = record.papers.iter().any(|shown| shown.finding.change.is_some());
        if is_reworked || !moved.is_empty() {
            bump_tables_revision(&change)?;
        }
        change.commit()?;
        Ok(filled)
    }
}

/// A sighting after recording.
struct SightingPosition {
    paper: i64,
    updated: i64,
    /// Whether its place among the others may have changed.
    has_moved: bool,
}

fn record_paper(
    db: &Connection,
    topic: &TopicRecord,
    record: &PollRecord,
    shown: &ReceivedPaper,
    revision: u64,
) -> rusqlite::Result<SightingPosition> {
    let ReceivedPaper { paper, known, finding } = shown;
    let before = known.recorded.as_ref();
    let (row, updated) = match (known.row.zip(before), &finding.change) {
        (Some((row, before)), None) => (row, before.updated),
        (Some((row, before)), Some(HistoryChange::Amend(addenda))) => {
            write_addenda(db, row, addenda, record.origin)?;
            (row, before.updated)
        }
        (Some((row, before)), Some(HistoryChange::FillGaps)) => {
            let completed = merge_paper(paper.clone(), paper_by_row(db, row)?, Origin::List);
            (write_paper(db, &completed, before.updated, Origin::List)?, before.updated)
        }
        (Some((row, _)), Some(HistoryChange::Replace { updated })) => {
            let merged = merge_paper(paper_by_row(db, row)?, paper.clone(), record.origin);
            (write_paper(db, &merged, *updated, record.origin)?, *updated)
        }
        (None, _) => (write_paper(db, paper, paper.updated, record.origin)?, paper.updated),
    };
    let updated = updated.as_microsecond();
    if before.is_none_or(|before| before.revision != paper.revision) {
        let sql = "INSERT OR IGNORE INTO versions (paper, version, updated, seen) VALUES (?1, ?2, ?3, ?4)";
        let (version, seen) = (stored_version(paper.revision.version()), record.now.as_microsecond());
        execute(db, sql, params![row, version, paper.updated.as_microsecond(), seen])?;
    }
    if before.is_some() && finding.change.is_some() {
        let sql = "UPDATE sightings SET updated = ?2, revision = ?3 WHERE paper = ?1";
        execute(db, sql, params![row, updated, revision])?;
    }
    let redated = before.is_some_and(|before| before.updated.as_microsecond() != updated);
    if finding.is_first_sighting {
        record_sighting(db, topic, record, (row, updated, revision), shown)?;
    }
    Ok(SightingPosition { paper: row, updated, has_moved: redated || finding.is_first_sighting })
}

/// The paper of a row.
fn paper_by_row(db: &Connection, row: i64) -> rusqlite::Result<Paper> {
    let mut find = db.prepare_cached(&format!("SELECT {PAPER} FROM papers p WHERE p.id = ?1"))?;
    find.query_row([row], |row| read_paper(row, 0))
}

/// Whether a paper is to be found by something else from now on: other words, another date, code, another topic.
fn needs_reindex(shown: &ReceivedPaper) -> bool {
    shown.known.sighting.is_none() || shown.finding.change.is_some()
}

fn record_sighting(
    db: &Connection,
    topic: &TopicRecord,
    record: &PollRecord,
    (row, updated, revision): (i64, i64, u64),
    shown: &ReceivedPaper,
) -> rusqlite::Result<()> {
    let version = stored_version(shown.paper.revision.version());
    let now = record.now.as_microsecond();
    let is_settled = record.watermark_update.is_some();
    let sql = "INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled, revision)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)
         ON CONFLICT (topic, paper) DO UPDATE SET version = excluded.version, settled = excluded.settled";
    execute(db, sql, params![topic.id, row, version, updated, now, is_settled, revision])?;
    if let Some(news) = shown.finding.news {
        let sql = "INSERT INTO news (topic, paper, version, kind, seen) VALUES (?1, ?2, ?3, ?4, ?5)";
        execute(db, sql, params![topic.id, row, version, news_kind(news), now])?;
    }
    Ok(())
}

/// Brings the papers of one date into the source's order.
fn apply_tie_order(
    db: &Connection,
    topic: &TopicRecord,
    updated: i64,
    shown: &[i64],
) -> rusqlite::Result<()> {
    let sql = "SELECT paper, tie FROM sightings WHERE topic = ?1 AND updated = ?2 ORDER BY tie";
    let current: Vec<(i64, i64)> = find_rows(db, sql, [topic.id, updated], |row| row.try_into())?;
    let papers: Vec<i64> = current.iter().map(|(paper, _)| *paper).collect();
    let sql = "UPDATE sightings SET tie = ?3 WHERE topic = ?1 AND paper = ?2";
    for (tie, paper) in (0_i64..).zip(merge_order(&papers, shown)) {
        if !current.contains(&(paper, tie)) {
            execute(db, sql, [topic.id, paper, tie])?;
        }
    }
    Ok(())
}

fn record_topic(
    db: &Connection,
    topic: &TopicRecord,
    record: &PollRecord,
    known: u64,
) -> rusqlite::Result<()> {
    let Some(reached) = record.watermark_update else {
        execute(db, "UPDATE topics SET known = ?2 WHERE id = ?1", params![topic.id, known])?;
        return Ok(());
    };
    // Without the hint the topic's whole history is walked.
    let sql =
        "UPDATE sightings INDEXED BY sightings_unsettled SET settled = 1 WHERE topic = ?1 AND settled = 0";
    execute(db, sql, [topic.id])?;
    let sql = "UPDATE topics SET phase = 'established', known = ?2, watermark = max(?3, coalesce(watermark, ?3)),
             source_time = coalesce(?4, source_time), last_full_sweep = CASE WHEN ?5 THEN ?3 ELSE last_full_sweep END
         WHERE id = ?1";
    let source_time = reached.source_time.map(Timestamp::as_microsecond);
    let watermark = reached.watermark.as_microsecond();
    execute(db, sql, params![topic.id, known, watermark, source_time, reached.is_full_sweep])?;
    Ok(())
}

fn count_news(shown: &ReceivedPaper, filled: &mut RecordCounts) {
    match shown.finding.news {
        Some(News::New) => filled.new += 1,
        Some(News::Replacement) => filled.replaced += 1,
        None if shown.known.sighting.is_none() => filled.seeded += 1,
        None => {}
    }
}

fn news_kind(news: News) -> &'static str {
    match news {
        News::New => "new",
        News::Replacement => "replacement",
    }
}
