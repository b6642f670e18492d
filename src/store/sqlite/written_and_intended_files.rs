//! Files of a list with their texts in two stages: what is known to be written, and what is about to be. Of the second
//! only what differs is kept: a file that is about to go has no text there.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use super::statement::{execute_cached, query_all_rows};

use crate::domain::Fingerprint;
use crate::store::records::{FileTexts, TextCacheByFingerprint};

/// A table of such files, with the words for its two stages.
#[derive(Debug, Clone, Copy)]
pub(super) struct CurrentAndPlannedFileTable {
    pub(super) table: &'static str,
    pub(super) current_stage: &'static str,
    pub(super) planned_stage: &'static str,
}

impl CurrentAndPlannedFileTable {
    /// The names of all files in both stages.
    pub(super) fn file_names(self, db: &Connection, list: &str) -> rusqlite::Result<Vec<String>> {
        let sql = format!("SELECT DISTINCT file FROM {} WHERE list = ?1", self.table);
        query_all_rows(db, &sql, [list], |row| row.get(0))
    }

    /// What is known to be written, and what is about to be; the latter is empty if it is the same.
    pub(super) fn read_written_and_planned_files(
        self,
        db: &Connection,
        list: &str,
        cache: &mut TextCacheByFingerprint,
    ) -> rusqlite::Result<(FileTexts, FileTexts)> {
        let text_of_row = format!("SELECT text FROM {} WHERE rowid = ?1", self.table);
        let (mut current, mut differing) = (FileTexts::new(), BTreeMap::new());
        for TwoStageFileRow { id, is_current, file, fingerprint, has_text } in
            self.read_current_and_planned_file_rows(db, list)?
        {
            let read = || db.prepare_cached(&text_of_row)?.query_row([id], |row| row.get(0));
            let text = if has_text { Some(cache.get_or_read(fingerprint, read)?) } else { None };
            match (is_current, text) {
                (true, Some(text)) => drop(current.insert(file, text)),
                (true, None) => {}
                (false, text) => drop(differing.insert(file, text)),
            }
        }
        let mut planned = FileTexts::new();
        if !differing.is_empty() {
            planned.clone_from(&current);
            planned.retain(|file, _| !differing.contains_key(file));
            planned.extend(differing.into_iter().filter_map(|(file, text)| Some((file, text?))));
        }
        Ok((current, planned))
    }

    /// Notes that these files are about to be written.
    pub(super) fn record_planned_file_writes(
        self,
        db: &Connection,
        list: &str,
        files: &FileTexts,
    ) -> rusqlite::Result<()> {
        let table = self.table;
        let (current, old_plan): (Vec<_>, Vec<_>) =
            self.read_current_and_planned_file_rows(db, list)?.into_iter().partition(|row| row.is_current);
        let current: HashMap<String, Option<Fingerprint>> =
            current.into_iter().map(|row| (row.file, row.fingerprint)).collect();
        let mut planned = HashMap::new();
        for (file, text) in files {
            let fingerprint = Some(Fingerprint::of_text(text.as_bytes()));
            if current.get(file) != Some(&fingerprint) {
                planned.insert(file.as_str(), (fingerprint, Some(text)));
            }
        }
        let removed = current.keys().filter(|file| !files.contains_key(*file));
        planned.extend(removed.map(|file| (file.as_str(), (None, None))));
        for row in old_plan {
            let as_planned = planned.get(&*row.file).map(|(print, text)| (*print, text.is_some()));
            if as_planned == Some((row.fingerprint, row.has_text)) {
                planned.remove(&*row.file);
            } else {
                execute_cached(db, &format!("DELETE FROM {table} WHERE rowid = ?1"), [row.id])?;
            }
        }
        let sql =
            format!("INSERT INTO {table} (list, stage, file, fingerprint, text) VALUES (?1, ?2, ?3, ?4, ?5)");
        for (file, (fingerprint, text)) in planned {
            let fingerprint = fingerprint.map(Fingerprint::to_stored_bytes);
            execute_cached(db, &sql, params![list, self.planned_stage, file, fingerprint, text])?;
        }
        Ok(())
    }

    /// Notes that what was about to be written is.
    pub(super) fn note_planned_files_written(self, db: &Connection, list: &str) -> rusqlite::Result<()> {
        let Self { table, current_stage: current, planned_stage: planned } = self;
        for sql in [
            format!(
                "DELETE FROM {table} WHERE list = ?1 AND stage = '{current}'
                     AND file IN (SELECT file FROM {table} WHERE list = ?1 AND stage = '{planned}')"
            ),
            format!("DELETE FROM {table} WHERE list = ?1 AND stage = '{planned}' AND text IS NULL"),
            format!("UPDATE {table} SET stage = '{current}' WHERE list = ?1 AND stage = '{planned}'"),
        ] {
            execute_cached(db, &sql, [list])?;
        }
        Ok(())
    }

    fn read_current_and_planned_file_rows(
        self,
        db: &Connection,
        list: &str,
    ) -> rusqlite::Result<Vec<TwoStageFileRow>> {
        // `text IS NOT NULL` would read the text.
        let sql = format!(
            "SELECT rowid, stage, file, fingerprint, typeof(text) = 'text' FROM {} WHERE list = ?1",
            self.table
        );
        query_all_rows(db, &sql, [list], |row| {
            Ok(TwoStageFileRow {
                id: row.get(0)?,
                is_current: row.get_ref(1)?.as_str()? == self.current_stage,
                file: row.get(2)?,
                fingerprint: row.get::<_, Option<_>>(3)?.map(Fingerprint::from_stored),
                has_text: row.get(4)?,
            })
        })
    }
}

struct TwoStageFileRow {
    id: i64,
    is_current: bool,
    file: String,
    fingerprint: Option<Fingerprint>,
    has_text: bool,
}
