//! The entries that a source shows for a topic and that cannot be taken.

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::paper_row::read_timestamp_column;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::{FlawedEntry, UnreadableEntry};
use crate::store::records::SourceProgress;

impl Store {
    /// Those that earlier polls of this source met for its topic, by name.
    pub fn unreadable_entries(&self, source: &SourceProgress) -> Result<Vec<UnreadableEntry>> {
        Ok(find_unreadable_entries(&self.db, source.id)?)
    }

    /// Remembers these, and no others.
    pub fn note_unreadable_entries(
        &mut self,
        source: &SourceProgress,
        entries: &[UnreadableEntry],
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        execute_cached(&change, "DELETE FROM unreadable_entries WHERE topic_source = ?1", [source.id])?;
        let sql = "INSERT INTO unreadable_entries (topic_source, name, words, first_seen, last_seen, polls)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        for UnreadableEntry { entry, first_seen, last_seen, polls } in entries {
            let (first, last) = (first_seen.as_microsecond(), last_seen.as_microsecond());
            let values = params![source.id, entry.name, entry.description, first, last, polls];
            execute_cached(&change, sql, values)?;
        }
        change.commit()?;
        Ok(())
    }
}

pub(super) fn find_unreadable_entries(
    db: &Connection,
    topic_source: i64,
) -> rusqlite::Result<Vec<UnreadableEntry>> {
    let sql = "SELECT name, words, first_seen, last_seen, polls FROM unreadable_entries
         WHERE topic_source = ?1 ORDER BY name";
    query_all_rows(db, sql, [topic_source], |row| {
        Ok(UnreadableEntry {
            entry: FlawedEntry { name: row.get(0)?, description: row.get(1)? },
            first_seen: read_timestamp_column(row, 2)?,
            last_seen: read_timestamp_column(row, 3)?,
            polls: row.get(4)?,
        })
    })
}
