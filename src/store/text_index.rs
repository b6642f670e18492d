//! The full-text index over the papers.
//!
//! It is written last in a transaction and not by triggers: any statement that SQLite guards by a savepoint,
//! as it does those with a trigger, makes the index flush what it has gathered, and two hundred small flushes
//! cost more than all else in a poll.

use rusqlite::{Connection, params};

use crate::domain::Paper;

/// A paper that is to be found by other words from now on.
#[derive(Debug)]
pub(super) struct Reworded<'a> {
    /// Its row.
    pub(super) row: i64,
    /// The paper as it stands now.
    pub(super) paper: &'a Paper,
}

/// Brings the index to what the papers say.
pub(super) fn update(db: &Connection, reworded: &[Reworded<'_>]) -> rusqlite::Result<()> {
    let mut index = db.prepare_cached(
        "INSERT OR REPLACE INTO papers_text (rowid, title, abstract, authors) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Reworded { row, paper } in reworded {
        let authors: Vec<&str> = paper.authors.iter().map(|author| author.name.as_str()).collect();
        index.execute(params![row, paper.title, paper.abstract_.0, authors.join(", ")])?;
    }
    Ok(())
}
