//! The state in which each list was last left in order, so that a run in which nothing has changed has nothing to do.

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::list_tables_revision::read_list_tables_change_counter;
use super::statement::{execute_cached, query_all_rows, query_first_row};
use crate::domain::Fingerprint;
use crate::store::records::Checkpoint;

impl Store {
    /// A number that is higher whenever something has changed that tables are made of.
    pub fn list_tables_revision(&self) -> Result<u64> {
        Ok(read_list_tables_change_counter(&self.db)?)
    }

    /// The checkpoint of a list; none if something is still to be done about it.
    pub fn find_list_checkpoint(&self, list: &str) -> Result<Option<Checkpoint>> {
        let files = "SELECT file, fingerprint FROM checkpoint_files WHERE list = ?1";
        let sql = "SELECT inputs_fingerprint, rows, notes FROM checkpoints WHERE list = ?1";
        Ok(query_first_row(&self.db, sql, [list], |row| {
            Ok(Checkpoint {
                inputs_fingerprint: Fingerprint::from_stored(row.get(0)?),
                rows: row.get(1)?,
                notes: row.get_ref(2)?.as_str()?.lines().map(str::to_owned).collect(),
                file_fingerprints: query_all_rows(&self.db, files, [list], |row| {
                    Ok((row.get(0)?, Fingerprint::from_stored(row.get(1)?)))
                })?,
            })
        })?)
    }
}

/// Notes the state in which a list is left in order.
pub(super) fn save_list_checkpoint(db: &Connection, list: &str, state: &Checkpoint) -> rusqlite::Result<()> {
    delete_checkpoint(db, list)?;
    let sql = "INSERT INTO checkpoints (list, inputs_fingerprint, rows, notes) VALUES (?1, ?2, ?3, ?4)";
    execute_cached(
        db,
        sql,
        params![list, state.inputs_fingerprint.to_stored_bytes(), state.rows, state.notes.join("\n")],
    )?;
    let sql = "INSERT INTO checkpoint_files (list, file, fingerprint) VALUES (?1, ?2, ?3)";
    for (file, fingerprint) in &state.file_fingerprints {
        execute_cached(db, sql, params![list, file, fingerprint.to_stored_bytes()])?;
    }
    Ok(())
}

/// Forgets the checkpoint of a list that is not in that state any more.
pub(super) fn delete_checkpoint(db: &Connection, list: &str) -> rusqlite::Result<()> {
    execute_cached(db, "DELETE FROM checkpoints WHERE list = ?1", [list])?;
    Ok(())
}
