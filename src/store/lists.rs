//! What was generated for each list, before a person's changes were put on it, and which papers a person took out of
//! it. A new text is stored as intended before any file is changed, so that after a crash both the old text and the
//! new one are known as ours.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::left::{Left, forget_left, note_left};
use super::row::time;
use super::{Store, open_beside, schema};
use crate::domain::PaperId;

/// The files of a list with their texts. A name is a path from the folder of the list's own file, which itself is
/// the empty name. A text is shared by all who have it as it is: most of a long list's files are in every turn what
/// they were in the last.
pub type Files = BTreeMap<String, Arc<str>>;

/// What of a list is ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Generated {
    /// What is known to have been written; empty where nothing was.
    pub written: Files,
    /// What was about to be written, and may have been.
    pub intended: Files,
}

/// A paper that a person took out of a topic's table; it is not written there again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dismissed {
    /// The topic.
    pub topic: String,
    /// The paper.
    pub paper: PaperId,
    /// When that was seen.
    pub seen: Timestamp,
}

impl Generated {
    /// Whether these very files are known to have been written, and nothing else was about to be.
    pub fn is_settled(&self, files: &Files) -> bool {
        self.intended.is_empty() && self.written == *files
    }
}

impl Store {
    /// What of this list is ours.
    pub fn generated(&self, list: &str) -> Result<Generated> {
        let mut find = self
            .db
            .prepare_cached("SELECT stage, file, text FROM generated WHERE list = ?1 ORDER BY stage DESC")?;
        let mut rows = find.query([list])?;
        let mut generated = Generated::default();
        let mut differing: BTreeMap<String, Option<Arc<str>>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if row.get_ref(0)?.as_str()? == "written" {
                generated.written.insert(row.get(1)?, row.get(2)?);
            } else {
                differing.insert(row.get(1)?, row.get(2)?);
            }
        }
        if !differing.is_empty() {
            generated.intended.clone_from(&generated.written);
            generated.intended.retain(|file, _| !differing.contains_key(file));
            let texts = differing.into_iter().filter_map(|(file, text)| Some((file, text?)));
            generated.intended.extend(texts);
        }
        Ok(generated)
    }

    /// Notes what is about to be written to a list's files, of which so much is known to have been written, and which
    /// papers a person has taken out of it.
    pub fn intend(
        &mut self,
        list: &str,
        written: &Files,
        files: &Files,
        dismissed: &[Dismissed],
    ) -> Result<()> {
        let change = self.db.transaction()?;
        forget_left(&change, list)?;
        change
            .prepare_cached("DELETE FROM generated WHERE list = ?1 AND stage = 'intended'")?
            .execute([list])?;
        for (file, text) in files.iter().filter(|(file, text)| written.get(*file) != Some(text)) {
            intend(&change, list, file, Some(text))?;
        }
        for file in written.keys().filter(|file| !files.contains_key(*file)) {
            intend(&change, list, file, None)?;
        }
        note_dismissed(&change, list, dismissed)?;
        change.commit()?;
        Ok(())
    }

    /// Notes which papers a person has taken out of a list.
    pub fn dismiss(&mut self, list: &str, dismissed: &[Dismissed]) -> Result<()> {
        if dismissed.is_empty() {
            return Ok(());
        }
        let change = self.db.transaction()?;
        note_dismissed(&change, list, dismissed)?;
        change.commit()?;
        Ok(())
    }

    /// Notes that what was intended for a list stands there now, and how it is left where nothing remains to be said
    /// or done about it.
    pub fn settle(&mut self, list: &str, left: Option<&Left>) -> Result<()> {
        let change = self.db.transaction()?;
        change
            .prepare_cached(
                "DELETE FROM generated WHERE list = ?1 AND stage = 'written'
                     AND file IN (SELECT file FROM generated WHERE list = ?1 AND stage = 'intended')",
            )?
            .execute([list])?;
        change
            .prepare_cached("DELETE FROM generated WHERE list = ?1 AND stage = 'intended' AND text IS NULL")?
            .execute([list])?;
        change
            .prepare_cached("UPDATE generated SET stage = 'written' WHERE list = ?1 AND stage = 'intended'")?
            .execute([list])?;
        change.prepare_cached("DELETE FROM rewrites WHERE list = ?1")?.execute([list])?;
        if let Some(left) = left {
            note_left(&change, list, left)?;
        }
        change.commit()?;
        Ok(())
    }

    /// The papers that a person has taken out of this list.
    pub fn dismissed(&self, list: &str) -> Result<Vec<Dismissed>> {
        dismissed(&self.db, list)
    }
}

/// A connection that looks at what a person took out of the lists, and gives it back.
#[derive(Debug)]
pub struct Dismissals {
    db: Connection,
}

impl Dismissals {
    /// Opens the dismissals of an existing store, beside its writer or without one.
    pub fn open(store: &std::path::Path) -> Result<Self> {
        let db = open_beside(store)?;
        schema::is_current(&db)?;
        Ok(Self { db })
    }

    /// The papers that a person has taken out of this list.
    pub fn of(&self, list: &str) -> Result<Vec<Dismissed>> {
        dismissed(&self.db, list)
    }

    /// Lets a paper be written to the list again; whether it had been taken out.
    pub fn restore(&self, list: &str, paper: &PaperId) -> Result<bool> {
        let restored = self.db.execute(
            "DELETE FROM dismissed WHERE list = ?1 AND paper_id = ?2",
            params![list, paper.as_str()],
        )?;
        Ok(restored > 0)
    }
}

fn intend(db: &Connection, list: &str, file: &str, text: Option<&str>) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO generated (list, stage, file, text) VALUES (?1, 'intended', ?2, ?3)")?
        .execute(params![list, file, text])?;
    Ok(())
}

fn note_dismissed(db: &Connection, list: &str, dismissed: &[Dismissed]) -> rusqlite::Result<()> {
    for Dismissed { topic, paper, seen } in dismissed {
        db.prepare_cached(
            "INSERT OR IGNORE INTO dismissed (list, topic, paper_id, seen) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![list, topic, paper.as_str(), seen.as_microsecond()])?;
    }
    Ok(())
}

fn dismissed(db: &Connection, list: &str) -> Result<Vec<Dismissed>> {
    let mut find = db.prepare_cached(
        "SELECT topic, paper_id, seen FROM dismissed WHERE list = ?1 ORDER BY topic, paper_id",
    )?;
    let dismissed = find.query_map([list], |row| {
        Ok(Dismissed { topic: row.get(0)?, paper: PaperId::from_stored(row.get(1)?), seen: time(row, 2)? })
    })?;
    Ok(dismissed.collect::<rusqlite::Result<_>>()?)
}
