//! What of each list in a repository was proposed, and the pull request that it was proposed by. What was merged into
//! the base is what is *written* there: see `lists`.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::lists::Files;

/// What was proposed of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proposed {
    /// What was generated for what our branch is known to have; empty where nothing was pushed.
    pub pushed: Files,
    /// What was about to be pushed, and may have been.
    pub pushing: Files,
    /// The number of the pull request that it is proposed by, once there is one.
    pub pull: Option<u64>,
}

impl Store {
    /// What was proposed of this list and is not known to be merged.
    pub fn proposed(&self, list: &str) -> Result<Proposed> {
        let mut find = self.db.prepare_cached("SELECT stage, file, text FROM proposed WHERE list = ?1")?;
        let mut rows = find.query([list])?;
        let mut proposed = Proposed::default();
        while let Some(row) = rows.next()? {
            let is_pushed = row.get_ref(0)?.as_str()? == "pushed";
            let files = if is_pushed { &mut proposed.pushed } else { &mut proposed.pushing };
            files.insert(row.get(1)?, row.get(2)?);
        }
        proposed.pull = self
            .db
            .prepare_cached("SELECT number FROM pull_requests WHERE list = ?1 AND is_closed = 0")?
            .query_row([list], |row| row.get(0))
            .optional()?;
        Ok(proposed)
    }

    /// Notes what is about to be pushed.
    pub fn note_pushing(&mut self, list: &str, files: &Files) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute("DELETE FROM proposed WHERE list = ?1 AND stage = 'pushing'", [list])?;
        put(&change, list, "pushing", files)?;
        change.commit()?;
        Ok(())
    }

    /// Notes what our branch has.
    pub fn note_pushed(&mut self, list: &str, files: &Files) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute("DELETE FROM proposed WHERE list = ?1", [list])?;
        put(&change, list, "pushed", files)?;
        change.commit()?;
        Ok(())
    }

    /// Notes the pull request that the list is proposed by.
    pub fn note_pull(&mut self, list: &str, number: u64) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute("DELETE FROM pull_requests WHERE list = ?1 AND is_closed = 0", [list])?;
        change.execute(
            "INSERT OR REPLACE INTO pull_requests (list, number, is_closed) VALUES (?1, ?2, 0)",
            params![list, number],
        )?;
        change.commit()?;
        Ok(())
    }

    /// Notes that what our branch had stands in the base now: the pull request was merged.
    pub fn note_merged(&mut self, list: &str) -> Result<()> {
        let change = self.db.transaction()?;
        let is_pushed: bool = change.query_row(
            "SELECT EXISTS (SELECT 1 FROM proposed WHERE list = ?1 AND stage = 'pushed')",
            [list],
            |row| row.get(0),
        )?;
        if is_pushed {
            change.execute("DELETE FROM generated WHERE list = ?1", [list])?;
            change.execute(
                "INSERT INTO generated (list, stage, file, text)
                 SELECT list, 'written', file, text FROM proposed WHERE list = ?1 AND stage = 'pushed'",
                [list],
            )?;
        }
        change.execute("DELETE FROM proposed WHERE list = ?1", [list])?;
        change.execute("DELETE FROM pull_requests WHERE list = ?1 AND is_closed = 0", [list])?;
        change.commit()?;
        Ok(())
    }

    /// Notes that we are about to close a pull request, so that it is not taken for a person's doing.
    pub fn note_closing(&mut self, list: &str, number: u64) -> Result<()> {
        self.db.execute(
            "INSERT OR REPLACE INTO pull_requests (list, number, is_closed) VALUES (?1, ?2, 1)",
            params![list, number],
        )?;
        Ok(())
    }

    /// Whether we closed a pull request.
    pub fn has_closed(&self, list: &str, number: u64) -> Result<bool> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM pull_requests WHERE list = ?1 AND number = ?2 AND is_closed = 1)",
            params![list, number],
            |row| row.get(0),
        )?)
    }
}

fn put(db: &Connection, list: &str, stage: &str, files: &Files) -> rusqlite::Result<()> {
    let mut put =
        db.prepare_cached("INSERT INTO proposed (list, stage, file, text) VALUES (?1, ?2, ?3, ?4)")?;
    for (file, text) in files {
        put.execute([list, stage, file, text])?;
    }
    Ok(())
}
