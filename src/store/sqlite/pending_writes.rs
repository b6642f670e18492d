//! Files of a list with their texts in two stages: what is known to stand, and what is about to. Of the second only what
//! differs is kept: a file that is not to stand any more has no text there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::domain::Fingerprint;
use crate::store::records::{FileTexts, TextCache};

/// A table of such files, with the words for its two stages.
#[derive(Debug, Clone, Copy)]
pub(super) struct StageTable {
    pub(super) table: &'static str,
    pub(super) current_stage: &'static str,
    pub(super) planned_stage: &'static str,
}

impl StageTable {
    /// The names of all files in both stages.
    pub(super) fn file_names(self, db: &Connection, list: &str) -> rusqlite::Result<Vec<String>> {
        let sql = format!("SELECT DISTINCT file FROM {} WHERE list = ?1", self.table);
        let mut find = db.prepare_cached(&sql)?;
        find.query_map([list], |row| row.get(0))?.collect()
    }

    /// What is known to stand, and what is about to; the latter is empty where it is the same.
    pub(super) fn read_stages(
        self,
        db: &Connection,
        list: &str,
        at_hand: &mut TextCache,
    ) -> rusqlite::Result<(FileTexts, FileTexts)> {
        let (mut now, mut differing) = (FileTexts::new(), BTreeMap::new());
        for StageRow { id, is_current: is_now, file, fingerprint: print, has_text } in self.rows(db, list)? {
            let text = if has_text { Some(self.read_text(db, id, print, at_hand)?) } else { None };
            match (is_now, text) {
                (true, Some(text)) => drop(now.insert(file, text)),
                (true, None) => {}
                (false, text) => drop(differing.insert(file, text)),
            }
        }
        let mut next = FileTexts::new();
        if !differing.is_empty() {
            next.clone_from(&now);
            next.retain(|file, _| !differing.contains_key(file));
            next.extend(differing.into_iter().filter_map(|(file, text)| Some((file, text?))));
        }
        Ok((now, next))
    }

    /// Notes that these files are about to stand.
    pub(super) fn plan(self, db: &Connection, list: &str, files: &FileTexts) -> rusqlite::Result<()> {
        let table = self.table;
        let (now, next): (Vec<_>, Vec<_>) = self.rows(db, list)?.into_iter().partition(|row| row.is_current);
        let now: HashMap<String, Option<Fingerprint>> =
            now.into_iter().map(|row| (row.file, row.fingerprint)).collect();
        let mut planned = HashMap::new();
        for (file, text) in files {
            let print = Some(Fingerprint::of(text.as_bytes()));
            if now.get(file) != Some(&print) {
                planned.insert(file.as_str(), (print, Some(text)));
            }
        }
        let gone = now.keys().filter(|file| !files.contains_key(*file));
        planned.extend(gone.map(|file| (file.as_str(), (None, None))));
        for row in next {
            let as_planned = planned.get(&*row.file).map(|(print, text)| (*print, text.is_some()));
            if as_planned == Some((row.fingerprint, row.has_text)) {
                planned.remove(&*row.file);
            } else {
                db.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?.execute([row.id])?;
            }
        }
        let sql =
            format!("INSERT INTO {table} (list, stage, file, fingerprint, text) VALUES (?1, ?2, ?3, ?4, ?5)");
        for (file, (print, text)) in planned {
            db.prepare_cached(&sql)?.execute(params![
                list,
                self.planned_stage,
                file,
                print.map(Fingerprint::bytes),
                text
            ])?;
        }
        Ok(())
    }

    /// Notes that what was about to stand does.
    pub(super) fn promote_planned(self, db: &Connection, list: &str) -> rusqlite::Result<()> {
        let Self { table, current_stage: now, planned_stage: next } = self;
        for sql in [
            format!(
                "DELETE FROM {table} WHERE list = ?1 AND stage = '{now}'
                     AND file IN (SELECT file FROM {table} WHERE list = ?1 AND stage = '{next}')"
            ),
            format!("DELETE FROM {table} WHERE list = ?1 AND stage = '{next}' AND text IS NULL"),
            format!("UPDATE {table} SET stage = '{now}' WHERE list = ?1 AND stage = '{next}'"),
        ] {
            db.prepare_cached(&sql)?.execute([list])?;
        }
        Ok(())
    }

    fn rows(self, db: &Connection, list: &str) -> rusqlite::Result<Vec<StageRow>> {
        let Self { table, current_stage: now, .. } = self;
        // `text IS NOT NULL` would read the text.
        let sql = format!(
            "SELECT rowid, stage, file, fingerprint, typeof(text) = 'text' FROM {table} WHERE list = ?1"
        );
        let mut find = db.prepare_cached(&sql)?;
        let rows = find.query_map([list], |row| {
            let is_now = row.get_ref(1)?.as_str()? == now;
            let print = row.get::<_, Option<[u8; 16]>>(3)?.map(Fingerprint::from_bytes);
            Ok(StageRow {
                id: row.get(0)?,
                is_current: is_now,
                file: row.get(2)?,
                fingerprint: print,
                has_text: row.get(4)?,
            })
        })?;
        rows.collect()
    }

    fn read_text(
        self,
        db: &Connection,
        row: i64,
        print: Option<Fingerprint>,
        at_hand: &mut TextCache,
    ) -> rusqlite::Result<Arc<str>> {
        at_hand.get_or_read(print, || {
            let mut find = db.prepare_cached(&format!("SELECT text FROM {} WHERE rowid = ?1", self.table))?;
            find.query_row([row], |row| row.get(0))
        })
    }
}

struct StageRow {
    id: i64,
    is_current: bool,
    file: String,
    fingerprint: Option<Fingerprint>,
    has_text: bool,
}
