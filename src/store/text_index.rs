//! The full-text index over the papers.
//!
//! A poll only notes which papers have new words; whoever searches, and the daemon between its turns, brings the
//! index up to date first. Indexing costs more than all else that is done with a new paper, and most turns of
//! `once` are never followed by a search.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, TransactionBehavior, params};

use super::row::{PAPER, recorded};
use super::{open_beside, schema};

/// Papers indexed in one transaction: some milliseconds, so that nobody waits long for the store.
const BATCH_MAX: u32 = 200;

/// A connection that keeps the full-text index, beside a writer or without one.
#[derive(Debug)]
pub struct TextIndex {
    db: Connection,
}

/// Whether there is more to index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// Every paper is found by its words.
    All,
    /// Some are not yet.
    Some,
}

impl TextIndex {
    /// Opens the index of an existing store.
    pub fn open(store: &Path) -> Result<Self> {
        let db = open_beside(store)?;
        schema::is_current(&db).with_context(|| format!("cannot read {}", store.display()))?;
        Ok(Self { db })
    }

    /// Indexes every paper that has new words.
    pub fn catch_up(&mut self) -> Result<()> {
        while self.index_some()? == Indexed::Some {}
        Ok(())
    }

    /// Indexes some of the papers that have new words.
    pub fn index_some(&mut self) -> Result<Indexed> {
        let is_behind: bool =
            self.db.query_row("SELECT EXISTS (SELECT 1 FROM unindexed)", [], |row| row.get(0))?;
        if !is_behind {
            return Ok(Indexed::All);
        }
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = index_batch(&change)?;
        for row in &rows {
            change.prepare_cached("DELETE FROM unindexed WHERE paper = ?1")?.execute([row])?;
        }
        change.commit()?;
        Ok(if rows.is_empty() { Indexed::All } else { Indexed::Some })
    }
}

/// Notes that a paper has new words.
pub(super) fn note_reworded(db: &Connection, row: i64) -> rusqlite::Result<usize> {
    db.prepare_cached("INSERT OR IGNORE INTO unindexed (paper) VALUES (?1)")?.execute([row])
}

fn index_batch(db: &Connection) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT p.id, {PAPER} FROM unindexed u JOIN papers p ON p.id = u.paper ORDER BY u.paper LIMIT {BATCH_MAX}"
    );
    let mut find = db.prepare_cached(&sql)?;
    let batch = find.query_map([], |row| Ok((row.get::<_, i64>(0)?, recorded(row, 1)?.paper)))?;
    let batch = batch.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut index = db.prepare_cached(
        "INSERT OR REPLACE INTO papers_text (rowid, title, abstract, authors) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (row, paper) in &batch {
        let authors: Vec<&str> = paper.authors.iter().map(|author| author.name.as_str()).collect();
        index.execute(params![row, paper.title, paper.abstract_.0, authors.join(", ")])?;
    }
    Ok(batch.into_iter().map(|(row, _)| row).collect())
}
