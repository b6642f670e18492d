//! The state in which each list was last left in order, so that a run in which nothing has changed has nothing to do.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, params};

use super::connection::Store;
use crate::domain::Fingerprint;
use crate::store::records::Checkpoint;

impl Store {
    /// A number that is higher whenever something has changed that tables are made of.
    pub fn revision(&self) -> Result<u64> {
        Ok(revision(&self.db)?)
    }

    /// How a list was left; none where it was left with something still to be done.
    pub fn checkpoint(&self, list: &str) -> Result<Option<Checkpoint>> {
        let mut find = self
            .db
            .prepare_cached("SELECT inputs_fingerprint, rows, notes FROM checkpoints WHERE list = ?1")?;
        let found = find.query_row([list], |row| {
            let notes = row.get_ref(2)?.as_str()?.lines().map(str::to_owned);
            Ok((Fingerprint::from_bytes(row.get(0)?), row.get(1)?, notes.collect()))
        });
        let Some((made_of, rows, notes)) = found.optional()? else { return Ok(None) };
        let mut find =
            self.db.prepare_cached("SELECT file, fingerprint FROM checkpoint_files WHERE list = ?1")?;
        let prints = find.query_map([list], |row| Ok((row.get(0)?, Fingerprint::from_bytes(row.get(1)?))))?;
        Ok(Some(Checkpoint {
            inputs_fingerprint: made_of,
            rows,
            notes,
            file_fingerprints: prints.collect::<rusqlite::Result<_>>()?,
        }))
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
    db.prepare_cached(
        "INSERT INTO checkpoints (list, inputs_fingerprint, rows, notes) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![list, left.inputs_fingerprint.bytes(), left.rows, left.notes.join("\n")])?;
    for (file, print) in &left.file_fingerprints {
        db.prepare_cached("INSERT INTO checkpoint_files (list, file, fingerprint) VALUES (?1, ?2, ?3)")?
            .execute(params![list, file, print.bytes()])?;
    }
    Ok(())
}

/// The list is not as it was left.
pub(super) fn delete_checkpoint(db: &Connection, list: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM checkpoints WHERE list = ?1")?.execute([list])?;
    Ok(())
}
