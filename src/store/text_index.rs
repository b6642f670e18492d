//! The full-text index over the papers.
//!
//! It is written last in a transaction and not by triggers: any statement that SQLite guards by a savepoint,
//! as it does those with a trigger, makes the index flush what it has gathered, and two hundred small flushes
//! cost more than all else in a poll.

use rusqlite::{Connection, params};

use super::row::authors_json;
use crate::domain::Paper;

/// One row of the papers that is to be found by other words from now on.
#[derive(Debug)]
pub(super) struct Reworded<'a> {
    /// The row.
    pub(super) row: i64,
    /// The paper as it was indexed; none where it is new.
    pub(super) before: Option<&'a Paper>,
    /// The paper as it stands now.
    pub(super) after: &'a Paper,
}

/// Brings the index to what the papers say.
pub(super) fn update(db: &Connection, reworded: &[Reworded<'_>]) -> rusqlite::Result<()> {
    let mut forget = db.prepare_cached(
        "INSERT INTO papers_text (papers_text, rowid, title, abstract, authors) VALUES ('delete', ?1, ?2, ?3, ?4)",
    )?;
    let mut index = db.prepare_cached(
        "INSERT INTO papers_text (rowid, title, abstract, authors) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Reworded { row, before, after } in reworded {
        if let Some(before) = before {
            forget.execute(params![row, before.title, before.abstract_.0, authors_json(&before.authors)])?;
        }
        index.execute(params![row, after.title, after.abstract_.0, authors_json(&after.authors)])?;
    }
    Ok(())
}
