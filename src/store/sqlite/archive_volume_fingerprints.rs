//! What the volumes of each list's archive were made of, so that they need not be made again where that has not changed.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::params;

use super::connection::Store;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::Fingerprint;
use crate::store::records::{ArchiveVolumeRecord, ArchiveVolumeTableRecord};

impl Store {
    /// What the volumes of a list's archive were made of, by their names.
    pub fn recorded_archive_volumes(&self, list: &str) -> Result<BTreeMap<String, ArchiveVolumeRecord>> {
        let sql = "SELECT archive, inputs_fingerprint, topic, file, fingerprint FROM archive_volumes
             WHERE list = ?1 ORDER BY archive, topic, part";
        let rows: Vec<(String, _, _, _, _)> = query_all_rows(&self.db, sql, [list], |row| row.try_into())?;
        let mut volumes: BTreeMap<String, ArchiveVolumeRecord> = BTreeMap::new();
        for (volume, inputs, topic, file, fingerprint) in rows {
            let inputs_fingerprint = Fingerprint::from_stored(inputs);
            let file_fingerprint = Fingerprint::from_stored(fingerprint);
            let volume = volumes.entry(volume);
            let volume =
                volume.or_insert_with(|| ArchiveVolumeRecord { inputs_fingerprint, tables: Vec::new() });
            volume.tables.push(ArchiveVolumeTableRecord { topic, file, file_fingerprint });
        }
        Ok(volumes)
    }

    /// Notes what some volumes of a list's archive were made of just now, by their names.
    pub fn note_archive_volumes(
        &mut self,
        list: &str,
        volumes: &BTreeMap<String, ArchiveVolumeRecord>,
    ) -> Result<()> {
        if volumes.is_empty() {
            return Ok(());
        }
        let change = begin_nested_transaction(&mut self.db)?;
        for (name, ArchiveVolumeRecord { inputs_fingerprint, tables }) in volumes {
            execute_cached(
                &change,
                "DELETE FROM archive_volumes WHERE list = ?1 AND archive = ?2",
                [list, name],
            )?;
            let inputs = inputs_fingerprint.to_stored_bytes();
            let sql = "INSERT INTO archive_volumes (list, archive, topic, part, file, inputs_fingerprint, fingerprint)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            for (part, ArchiveVolumeTableRecord { topic, file, file_fingerprint }) in
                tables.iter().enumerate()
            {
                let fingerprint = file_fingerprint.to_stored_bytes();
                execute_cached(&change, sql, params![list, name, topic, part, file, inputs, fingerprint])?;
            }
        }
        change.commit()?;
        Ok(())
    }
}
