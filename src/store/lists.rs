//! What was last written to each list. The new text is stored as intended before the file is changed,
//! so that after a crash both the old text and the new one are known as ours.

use anyhow::Result;
use rusqlite::{OptionalExtension, params};

use super::Store;

/// A stored text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextId(i64);

/// What of a list is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// The text that is known to have been written.
    pub written: Option<TextId>,
    /// The text that was about to be written, and may have been.
    pub intended: Option<TextId>,
}

impl Store {
    /// What of this list is ours.
    pub fn written(&self, list: &str) -> Result<Written> {
        let found = self
            .db
            .prepare_cached("SELECT written, intended FROM lists WHERE name = ?1")?
            .query_row([list], |row| {
                let id = |column| row.get::<_, Option<i64>>(column).map(|id| id.map(TextId));
                Ok(Written { written: id(0)?, intended: id(1)? })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// A stored text's bytes.
    pub fn text(&self, id: TextId) -> Result<Vec<u8>> {
        let body = self.db.prepare_cached("SELECT body FROM texts WHERE id = ?1")?;
        let mut body = body;
        Ok(body.query_row([id.0], |row| row.get(0))?)
    }

    /// Notes what is about to be written to a list.
    pub fn intend(&mut self, list: &str, body: &[u8]) -> Result<()> {
        let change = self.db.transaction()?;
        change.prepare_cached("INSERT INTO texts (body) VALUES (?1)")?.execute([body])?;
        change
            .prepare_cached(
                "INSERT INTO lists (name, intended) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET intended = excluded.intended",
            )?
            .execute(params![list, change.last_insert_rowid()])?;
        forget_unused(&change)?;
        change.commit()?;
        Ok(())
    }

    /// Notes that what was intended for a list stands there now.
    pub fn settle(&mut self, list: &str) -> Result<()> {
        let change = self.db.transaction()?;
        change
            .prepare_cached(
                "UPDATE lists SET written = intended, intended = NULL
                 WHERE name = ?1 AND intended IS NOT NULL",
            )?
            .execute([list])?;
        forget_unused(&change)?;
        change.commit()?;
        Ok(())
    }
}

fn forget_unused(db: &rusqlite::Connection) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM texts WHERE NOT EXISTS
             (SELECT 1 FROM lists WHERE written = texts.id OR intended = texts.id)",
    )?
    .execute([])
}
