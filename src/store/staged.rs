//! Files of a list with their texts in two stages: what is known to stand, and what is about to. Of the second only what
//! differs is kept: a file that is not to stand any more has no text there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::domain::Print;

/// The files of a list with their texts. A name is a path from the folder of the list's own file, which itself is
/// the empty name. A text is shared by all who have it as it is: most of a long list's files are in every turn what
/// they were in the last.
pub type Files = BTreeMap<String, Arc<str>>;

/// Texts that were read already, so that what the history has of them is not read once more.
#[derive(Debug, Default)]
pub struct AtHand(HashMap<Print, Arc<str>>);

impl AtHand {
    /// Takes a text for read.
    pub fn add(&mut self, text: &Arc<str>) {
        self.0.insert(Print::of(text.as_bytes()), Arc::clone(text));
    }

    /// The text of this fingerprint, read only where it is not at hand.
    pub(super) fn text(
        &mut self,
        print: Option<Print>,
        read: impl FnOnce() -> rusqlite::Result<Arc<str>>,
    ) -> rusqlite::Result<Arc<str>> {
        if let Some(text) = print.and_then(|print| self.0.get(&print)) {
            return Ok(Arc::clone(text));
        }
        let text = read()?;
        self.add(&text);
        Ok(text)
    }
}

/// A table of such files, with the words for its two stages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stages {
    pub(super) table: &'static str,
    pub(super) now: &'static str,
    pub(super) next: &'static str,
}

impl Stages {
    /// The names of all files in both stages.
    pub(super) fn names(self, db: &Connection, list: &str) -> rusqlite::Result<Vec<String>> {
        let sql = format!("SELECT DISTINCT file FROM {} WHERE list = ?1", self.table);
        let mut find = db.prepare_cached(&sql)?;
        find.query_map([list], |row| row.get(0))?.collect()
    }

    /// What is known to stand, and what is about to; the latter is empty where it is the same.
    pub(super) fn read(
        self,
        db: &Connection,
        list: &str,
        at_hand: &mut AtHand,
    ) -> rusqlite::Result<(Files, Files)> {
        let (mut now, mut differing) = (Files::new(), BTreeMap::new());
        for Row { id, is_now, file, print, has_text } in self.rows(db, list)? {
            let text = if has_text { Some(self.text(db, id, print, at_hand)?) } else { None };
            match (is_now, text) {
                (true, Some(text)) => drop(now.insert(file, text)),
                (true, None) => {}
                (false, text) => drop(differing.insert(file, text)),
            }
        }
        let mut next = Files::new();
        if !differing.is_empty() {
            next.clone_from(&now);
            next.retain(|file, _| !differing.contains_key(file));
            next.extend(differing.into_iter().filter_map(|(file, text)| Some((file, text?))));
        }
        Ok((now, next))
    }

    /// Notes that these files are about to stand.
    pub(super) fn plan(self, db: &Connection, list: &str, files: &Files) -> rusqlite::Result<()> {
        let table = self.table;
        let (now, next): (Vec<_>, Vec<_>) = self.rows(db, list)?.into_iter().partition(|row| row.is_now);
        let now: HashMap<String, Option<Print>> = now.into_iter().map(|row| (row.file, row.print)).collect();
        let mut planned = HashMap::new();
        for (file, text) in files {
            let print = Some(Print::of(text.as_bytes()));
            if now.get(file) != Some(&print) {
                planned.insert(file.as_str(), (print, Some(text)));
            }
        }
        let gone = now.keys().filter(|file| !files.contains_key(*file));
        planned.extend(gone.map(|file| (file.as_str(), (None, None))));
        for row in next {
            let as_planned = planned.get(&*row.file).map(|(print, text)| (*print, text.is_some()));
            if as_planned == Some((row.print, row.has_text)) {
                planned.remove(&*row.file);
            } else {
                db.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?.execute([row.id])?;
            }
        }
        let sql = format!("INSERT INTO {table} (list, stage, file, print, text) VALUES (?1, ?2, ?3, ?4, ?5)");
        for (file, (print, text)) in planned {
            db.prepare_cached(&sql)?.execute(params![
                list,
                self.next,
                file,
                print.map(Print::bytes),
                text
            ])?;
        }
        Ok(())
    }

    /// Notes that what was about to stand does.
    pub(super) fn settle(self, db: &Connection, list: &str) -> rusqlite::Result<()> {
        let Self { table, now, next } = self;
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

    fn rows(self, db: &Connection, list: &str) -> rusqlite::Result<Vec<Row>> {
        let Self { table, now, .. } = self;
        // `text IS NOT NULL` would read the text.
        let sql =
            format!("SELECT rowid, stage, file, print, typeof(text) = 'text' FROM {table} WHERE list = ?1");
        let mut find = db.prepare_cached(&sql)?;
        let rows = find.query_map([list], |row| {
            let is_now = row.get_ref(1)?.as_str()? == now;
            let print = row.get::<_, Option<[u8; 16]>>(3)?.map(Print::from_bytes);
            Ok(Row { id: row.get(0)?, is_now, file: row.get(2)?, print, has_text: row.get(4)? })
        })?;
        rows.collect()
    }

    fn text(
        self,
        db: &Connection,
        row: i64,
        print: Option<Print>,
        at_hand: &mut AtHand,
    ) -> rusqlite::Result<Arc<str>> {
        at_hand.text(print, || {
            let mut find = db.prepare_cached(&format!("SELECT text FROM {} WHERE rowid = ?1", self.table))?;
            find.query_row([row], |row| row.get(0))
        })
    }
}

struct Row {
    id: i64,
    is_now: bool,
    file: String,
    print: Option<Print>,
    has_text: bool,
}
