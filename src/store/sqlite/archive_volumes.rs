//! What the volumes of each list's archive were made of, so that they need not be made again where that has not changed.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::Store;
use crate::domain::Fingerprint;
use crate::store::records::{VolumeRecord, VolumeTable};

impl Store {
    /// What the volumes of a list's archive were made of, by their names.
    pub fn archive_volumes(&self, list: &str) -> Result<BTreeMap<String, VolumeRecord>> {
        let mut find = self.db.prepare_cached(
            "SELECT archive, inputs_fingerprint, topic, file, fingerprint FROM archive_volumes WHERE list = ?1
             ORDER BY archive, topic, part",
        )?;
        let mut rows = find.query([list])?;
        let mut archived: BTreeMap<String, VolumeRecord> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let made_of = Fingerprint::from_bytes(row.get(1)?);
            let table = VolumeTable {
                topic: row.get(2)?,
                file: row.get(3)?,
                file_fingerprint: Fingerprint::from_bytes(row.get(4)?),
            };
            let volume = archived.entry(row.get(0)?);
            volume
                .or_insert_with(|| VolumeRecord { inputs_fingerprint: made_of, tables: Vec::new() })
                .tables
                .push(table);
        }
        Ok(archived)
    }

    /// Notes what some volumes of a list's archive were made of just now, by their names.
    pub fn note_archive_volumes(
        &mut self,
        list: &str,
        archived: &BTreeMap<String, VolumeRecord>,
    ) -> Result<()> {
        if archived.is_empty() {
            return Ok(());
        }
        let change = self.db.transaction()?;
        for (name, volume) in archived {
            replace_volume(&change, list, name, volume)?;
        }
        change.commit()?;
        Ok(())
    }
}

fn replace_volume(db: &Connection, list: &str, name: &str, volume: &VolumeRecord) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM archive_volumes WHERE list = ?1 AND archive = ?2")?
        .execute([list, name])?;
    for (part, VolumeTable { topic, file, file_fingerprint: print }) in volume.tables.iter().enumerate() {
        db.prepare_cached(
            "INSERT INTO archive_volumes (list, archive, topic, part, file, inputs_fingerprint, fingerprint)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            list,
            name,
            topic,
            part,
            file,
            volume.inputs_fingerprint.bytes(),
            print.bytes()
        ])?;
    }
    Ok(())
}
