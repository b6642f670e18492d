//! Making one paper of two that are one work, in one transaction.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::join_duplicate_rows::join_duplicate_rows;
use super::paper_row::write_paper_row;
use super::record_paper_titles::record_paper_title;
use super::statement::{begin_nested_transaction, execute_cached};
use crate::domain::{MetadataOrigin, PaperId};
use crate::store::records::{DisplayedPaperChoice, KeyedPaper, PaperDatabaseRowId, SameWorkReason};

impl Store {
    /// Makes a paper part of another one.
    pub fn join_duplicate_papers(
        &mut self,
        into: PaperDatabaseRowId,
        part: PaperDatabaseRowId,
        reason: &SameWorkReason,
        now: Timestamp,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        join_duplicate_rows(&change, (into.0, part.0), reason, now)?;
        change.commit()?;
        Ok(())
    }

    /// Records a paper as a source shows it, as the same work as one that the history has; the row of the one that is
    /// displayed. No topic has seen it by that.
    pub fn insert_paper_as_same_work(
        &mut self,
        known: PaperDatabaseRowId,
        (source, shown): (&str, &KeyedPaper),
        displayed: DisplayedPaperChoice,
        reason: &SameWorkReason,
        now: Timestamp,
    ) -> Result<PaperDatabaseRowId> {
        let change = begin_nested_transaction(&mut self.db)?;
        let row = insert_paper_with_keys(&change, source, shown, now)?;
        let (into, part) = match displayed {
            DisplayedPaperChoice::Known => (known.0, row),
            DisplayedPaperChoice::Shown => {
                reclaim_own_identity(&change, row, known.0, &shown.paper.id)?;
                (row, known.0)
            }
        };
        join_duplicate_rows(&change, (into, part), reason, now)?;
        change.commit()?;
        Ok(PaperDatabaseRowId(into))
    }
}

fn insert_paper_with_keys(
    db: &Connection,
    source: &str,
    shown: &KeyedPaper,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let KeyedPaper { paper, keys } = shown;
    let row = write_paper_row(db, paper, paper.updated, MetadataOrigin::Source)?;
    let sql = "INSERT OR IGNORE INTO paper_keys (key, paper, source) VALUES (?1, ?2, ?3)";
    for key in keys {
        execute_cached(db, sql, params![key, row, source])?;
    }
    record_paper_title(db, row, &paper.title)?;
    let sql = "INSERT OR IGNORE INTO versions (paper, version, updated, seen)
         SELECT id, version, updated, ?2 FROM papers WHERE id = ?1";
    execute_cached(db, sql, params![row, now.as_microsecond()])?;
    Ok(row)
}

/// Gives a paper that takes the place of another one its own identity, also if others had shown the known one under it.
fn reclaim_own_identity(db: &Connection, row: i64, known: i64, id: &PaperId) -> rusqlite::Result<()> {
    execute_cached(db, "UPDATE paper_keys SET paper = ?1 WHERE key = ?2", params![row, id.as_str()])?;
    let sql = "DELETE FROM work_parts WHERE paper = ?1 AND record ->> 'paper_id' = ?2";
    execute_cached(db, sql, params![known, id.as_str()])?;
    Ok(())
}
