//! How each list was left, so that a turn in which nothing changed has nothing to do; and what is being written to
//! several files of a list at once, so that a program which is killed between two of them writes the rest.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, params};

use super::connection::Store;
use crate::domain::Fingerprint;
use crate::store::records::{Checkpoint, Rewrite};

impl Store {
    /// A number that is higher whenever something has changed that tables are made of.
    pub fn revision(&self) -> Result<u64> {
        Ok(revision(&self.db)?)
    }

    /// How a list was left; none where it was left with something still to be done.
    pub fn checkpoint(&self, list: &str) -> Result<Option<Checkpoint>> {
        let mut find =
            self.db.prepare_cached("SELECT made_of, rows, notes FROM lists_left WHERE list = ?1")?;
        let found = find.query_row([list], |row| {
            let notes = row.get_ref(2)?.as_str()?.lines().map(str::to_owned);
            Ok((Fingerprint::from_bytes(row.get(0)?), row.get(1)?, notes.collect()))
        });
        let Some((made_of, rows, notes)) = found.optional()? else { return Ok(None) };
        let mut find = self.db.prepare_cached("SELECT file, print FROM files_left WHERE list = ?1")?;
        let prints = find.query_map([list], |row| Ok((row.get(0)?, Fingerprint::from_bytes(row.get(1)?))))?;
        Ok(Some(Checkpoint {
            inputs_fingerprint: made_of,
            rows,
            notes,
            file_fingerprints: prints.collect::<rusqlite::Result<_>>()?,
        }))
    }

    /// What is being written to several files of a list, in the order in which it is written; empty where nothing is.
    pub fn rewrites(&self, list: &str) -> Result<Vec<Rewrite>> {
        let mut find = self
            .db
            .prepare_cached("SELECT file, before, text FROM rewrites WHERE list = ?1 ORDER BY rowid")?;
        let rewrites = find.query_map([list], |row| {
            let before: Option<[u8; 16]> = row.get(1)?;
            Ok(Rewrite { file: row.get(0)?, before: before.map(Fingerprint::from_bytes), text: row.get(2)? })
        })?;
        Ok(rewrites.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that nothing is being written to several files of the list any more.
    pub fn end_rewrites(&mut self, list: &str) -> Result<()> {
        self.db.prepare_cached("DELETE FROM rewrites WHERE list = ?1")?.execute([list])?;
        Ok(())
    }

    /// Notes what is about to be written to several files of a list.
    pub fn begin_rewrites(&mut self, list: &str, rewrites: &[Rewrite]) -> Result<()> {
        let change = self.db.transaction()?;
        for Rewrite { file, before, text } in rewrites {
            change
                .prepare_cached("INSERT INTO rewrites (list, file, before, text) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![list, file, before.map(Fingerprint::bytes), text])?;
        }
        change.commit()?;
        Ok(())
    }
}

/// See [`Store::revision`].
pub(super) fn revision(db: &Connection) -> rusqlite::Result<u64> {
    db.prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'revision'")?
        .query_row([], |row| row.get(0))
}

/// What tables are made of has changed.
pub(super) fn bump_revision(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'revision'")?
        .execute([])?;
    Ok(())
}

/// Notes how a list is left.
pub(super) fn save_checkpoint(db: &Connection, list: &str, left: &Checkpoint) -> rusqlite::Result<()> {
    delete_checkpoint(db, list)?;
    db.prepare_cached("INSERT INTO lists_left (list, made_of, rows, notes) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![list, left.inputs_fingerprint.bytes(), left.rows, left.notes.join("\n")])?;
    for (file, print) in &left.file_fingerprints {
        db.prepare_cached("INSERT INTO files_left (list, file, print) VALUES (?1, ?2, ?3)")?
            .execute(params![list, file, print.bytes()])?;
    }
    Ok(())
}

/// The list is not as it was left.
pub(super) fn delete_checkpoint(db: &Connection, list: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM lists_left WHERE list = ?1")?.execute([list])?;
    Ok(())
}
