//! What of each list in a repository was proposed, and the pull request that it was proposed by. What was merged into
//! the base is what is *written* there: see `lists`.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::lists::end_restored;
use super::row::time;
use super::staged::{AtHand, Files, Stages};
use super::{Reader, Store};
use crate::domain::{CommitId, Print};

/// What was proposed of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proposed {
    /// What was generated for what our branch is known to have; empty where nothing was pushed.
    pub pushed: Files,
    /// The push that brought it there.
    pub pushed_as: Option<Push>,
    /// What was about to be pushed, and may have been; empty where that is the same.
    pub pushing: Files,
    /// The push that was to bring it there; none where the latest is known to have been accepted.
    pub pushing_as: Option<Push>,
}

/// A push of what is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The commit that was pushed.
    pub commit: CommitId,
    /// The print of the list's tables in it, with what people wrote into them.
    pub tables: Print,
}

const PROPOSED: Stages = Stages { table: "proposed", now: "pushed", next: "pushing" };

/// What of a list in a repository waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// For what.
    pub state: AwaitedState,
    /// Our branch that has it.
    pub branch: String,
    /// The pull request that it is proposed by, where there is a forge.
    pub pull: Option<Pull>,
}

/// What a person is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwaitedState {
    /// To merge it.
    Open,
    /// To change anything: somebody closed the pull request.
    Closed,
    /// To merge, or take back, commits of their own, which change the same lines.
    Stuck,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub address: String,
}

impl AwaitedState {
    /// Each with its word in the store and in answers.
    const WORDS: [(Self, &str); 3] = [(Self::Open, "open"), (Self::Closed, "closed"), (Self::Stuck, "stuck")];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Stuck => "stuck",
        }
    }
}

impl Store {
    /// What was proposed of this list and is not known to be merged.
    pub fn proposed(&self, list: &str, at_hand: &mut AtHand) -> Result<Proposed> {
        let (pushed, pushing) = PROPOSED.read(&self.db, list, at_hand)?;
        let (pushed_as, pushing_as) = (push(&self.db, list, "pushed")?, push(&self.db, list, "pushing")?);
        Ok(Proposed { pushed, pushed_as, pushing, pushing_as })
    }

    /// The names of the files of which something was proposed.
    pub fn proposed_names(&self, list: &str) -> Result<Vec<String>> {
        Ok(PROPOSED.names(&self.db, list)?)
    }

    /// The pull request that a list is proposed by, where there is one.
    pub fn pull(&self, list: &str) -> Result<Option<u64>> {
        let mut find =
            self.db.prepare_cached("SELECT number FROM pull_requests WHERE list = ?1 AND is_closed = 0")?;
        Ok(find.query_row([list], |row| row.get(0)).optional()?)
    }

    /// Notes what is about to be pushed.
    pub fn note_pushing(&mut self, list: &str, files: &Files, push: &Push) -> Result<()> {
        let change = self.db.transaction()?;
        PROPOSED.plan(&change, list, files)?;
        note_push(&change, list, "pushing", push)?;
        change.commit()?;
        Ok(())
    }

    /// Notes what our branch has.
    pub fn note_pushed(&mut self, list: &str, files: &Files, push: &Push) -> Result<()> {
        let change = self.db.transaction()?;
        PROPOSED.plan(&change, list, files)?;
        PROPOSED.settle(&change, list)?;
        change.execute("DELETE FROM pushes WHERE list = ?1", [list])?;
        note_push(&change, list, "pushed", push)?;
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

    /// Notes that what our branch had stands in the base now: the pull request was merged. What was about to be pushed may
    /// have been, and merged as well.
    pub fn note_merged(&mut self, list: &str) -> Result<()> {
        let change = self.db.transaction()?;
        for (proposed, generated) in [("pushed", "written"), ("pushing", "planned")] {
            let is_proposed: bool = change.query_row(
                "SELECT EXISTS (SELECT 1 FROM proposed WHERE list = ?1 AND stage = ?2)",
                [list, proposed],
                |row| row.get(0),
            )?;
            if is_proposed {
                // What is about to stand is told by what differs from what stands: that goes first, and takes both.
                change.execute(
                    "DELETE FROM generated WHERE list = ?1 AND (stage = ?2 OR stage = 'planned')",
                    [list, generated],
                )?;
                change.execute(
                    "INSERT INTO generated (list, stage, file, print, text)
                     SELECT list, ?3, file, print, text FROM proposed WHERE list = ?1 AND stage = ?2",
                    [list, proposed, generated],
                )?;
            }
        }
        end_restored(&change, list)?;
        change.execute("DELETE FROM proposed WHERE list = ?1", [list])?;
        change.execute("DELETE FROM pushes WHERE list = ?1", [list])?;
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

    /// Notes that the reviewers of a pull request were asked to look at it.
    pub fn note_reviewers_asked(&mut self, list: &str, number: u64) -> Result<()> {
        self.db.execute(
            "INSERT OR IGNORE INTO reviewers_asked (list, number) VALUES (?1, ?2)",
            params![list, number],
        )?;
        Ok(())
    }

    /// Whether they were.
    pub fn has_asked_reviewers(&self, list: &str, number: u64) -> Result<bool> {
        Ok(self.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM reviewers_asked WHERE list = ?1 AND number = ?2)",
            params![list, number],
            |row| row.get(0),
        )?)
    }
}

impl Store {
    /// Notes what of a list waits for a person, or that nothing does. The time of the first look that saw it so stays.
    pub fn note_awaited(&mut self, list: &str, awaited: Option<&Awaited>, now: Timestamp) -> Result<()> {
        let change = self.db.transaction()?;
        let known = awaited_of(&change, list)?;
        if known.as_ref().map(|(known, _)| known) != awaited {
            change.execute("DELETE FROM awaited WHERE list = ?1", [list])?;
        }
        if let Some(Awaited { state, branch, pull }) = awaited {
            change.execute(
                "INSERT OR IGNORE INTO awaited (list, state, branch, number, address, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    list,
                    state.word(),
                    branch,
                    pull.as_ref().map(|pull| pull.number),
                    pull.as_ref().map(|pull| &pull.address),
                    now.as_microsecond(),
                ],
            )?;
        }
        change.commit()?;
        Ok(())
    }
}

impl Reader {
    /// What of a list waits for a person, and since when; none where nothing does.
    pub fn awaited(&self, list: &str) -> Result<Option<(Awaited, Timestamp)>> {
        Ok(awaited_of(&self.db, list)?)
    }
}

fn note_push(db: &Connection, list: &str, stage: &str, push: &Push) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO pushes (list, stage, commit_id, tables) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![list, stage, push.commit.as_str(), push.tables.bytes()])?;
    Ok(())
}

fn push(db: &Connection, list: &str, stage: &str) -> rusqlite::Result<Option<Push>> {
    let mut find =
        db.prepare_cached("SELECT commit_id, tables FROM pushes WHERE list = ?1 AND stage = ?2")?;
    let found = find.query_row([list, stage], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
    let Some((commit, tables)) = found.optional()? else { return Ok(None) };
    let tables = Print::from_bytes(tables);
    Ok(commit.parse().ok().map(|commit| Push { commit, tables }))
}

fn awaited_of(db: &Connection, list: &str) -> rusqlite::Result<Option<(Awaited, Timestamp)>> {
    let mut find =
        db.prepare_cached("SELECT state, branch, number, address, since FROM awaited WHERE list = ?1")?;
    let found = find.query_row([list], |row| {
        let word: String = row.get(0)?;
        let found = AwaitedState::WORDS.iter().find(|(_, known)| *known == word);
        let state = found.map_or(AwaitedState::Open, |(state, _)| *state);
        let (number, address): (Option<u64>, Option<String>) = (row.get(2)?, row.get(3)?);
        let pull = number.zip(address).map(|(number, address)| Pull { number, address });
        Ok((Awaited { state, branch: row.get(1)?, pull }, time(row, 4)?))
    });
    found.optional()
}
