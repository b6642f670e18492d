//! What was pushed of each list in a repository, or was about to be, since what is known to stand in its base. Each push
//! is known by its commit: which of them was merged, a person decides, at any moment and also behind our back.

use anyhow::Result;
use rusqlite::{Connection, Transaction, params};

use super::connection::Store;
use super::lists::{GENERATED, forget_restored};
use super::pull_requests::insert_merged_pull_requests;
use crate::domain::{CommitId, Fingerprint};
use crate::store::records::{FileTexts, GeneratedFiles, PushHistory, PushRecord, TextCache};

/// So many pushes of a list are remembered. A person who merges or builds on an earlier one has slept over more of them.
const PUSHES_MAX: usize = 16;

impl Store {
    /// What was pushed of this list.
    pub fn push_history(&self, list: &str, at_hand: &mut TextCache) -> Result<PushHistory> {
        let mut find = self.db.prepare_cached(
            "SELECT id, commit_id, tables, is_merged FROM pushes WHERE list = ?1 ORDER BY id DESC",
        )?;
        let found = find.query_map([list], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, bool>(3)?))
        })?;
        let mut pushes = PushHistory::default();
        for found in found {
            let (id, commit, tables, is_merged) = found?;
            let commit: CommitId = commit.parse()?;
            if is_merged {
                pushes.merged.push(commit);
            } else {
                let files = push_files(&self.db, id, at_hand)?;
                pushes.unmerged.push(PushRecord {
                    commit,
                    tables_fingerprint: Fingerprint::from_bytes(tables),
                    files,
                });
            }
        }
        Ok(pushes)
    }

    /// The names of the files of which something was pushed.
    pub fn pushed_file_names(&self, list: &str) -> Result<Vec<String>> {
        let mut find = self.db.prepare_cached(
            "SELECT DISTINCT file FROM push_files JOIN pushes ON pushes.id = push WHERE list = ?1",
        )?;
        Ok(find.query_map([list], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes what is about to be pushed, as the newest push.
    pub fn note_push(&mut self, list: &str, push: &PushRecord) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute(
            "DELETE FROM pushes WHERE list = ?1 AND commit_id = ?2",
            params![list, push.commit.as_str()],
        )?;
        change.execute(
            "INSERT INTO pushes (list, commit_id, tables, is_merged) VALUES (?1, ?2, ?3, 0)",
            params![list, push.commit.as_str(), push.tables_fingerprint.bytes()],
        )?;
        let id = change.last_insert_rowid();
        for (file, text) in &push.files {
            let print = Fingerprint::of(text.as_bytes()).bytes();
            change
                .prepare_cached("INSERT OR IGNORE INTO push_texts (fingerprint, text) VALUES (?1, ?2)")?
                .execute(params![print, text])?;
            change
                .prepare_cached(
                    "INSERT INTO push_files (push, file, text)
                     SELECT ?1, ?2, id FROM push_texts WHERE fingerprint = ?3",
                )?
                .execute(params![id, file, print])?;
        }
        change.execute(
            "DELETE FROM pushes WHERE list = ?1 AND id NOT IN
                 (SELECT id FROM pushes WHERE list = ?1 ORDER BY id DESC LIMIT ?2)",
            params![list, PUSHES_MAX],
        )?;
        forget_unused_texts(&change)?;
        change.commit()?;
        Ok(())
    }

    /// Notes what stands in a list's base now, and that this push and those before it brought it there, by these pull
    /// requests.
    pub fn note_merged_push(
        &mut self,
        list: &str,
        base: &GeneratedFiles,
        through: Option<&CommitId>,
        pulls: &[u64],
    ) -> Result<()> {
        let change = self.db.transaction()?;
        GENERATED.plan(&change, list, &base.written)?;
        GENERATED.promote_planned(&change, list)?;
        forget_restored(&change, list)?;
        if !base.intended.is_empty() {
            GENERATED.plan(&change, list, &base.intended)?;
        }
        if let Some(through) = through {
            let up_to = "list = ?1 AND id <= (SELECT id FROM pushes WHERE list = ?1 AND commit_id = ?2)";
            for sql in [
                format!("DELETE FROM push_files WHERE push IN (SELECT id FROM pushes WHERE {up_to})"),
                format!("UPDATE pushes SET is_merged = 1 WHERE {up_to}"),
            ] {
                change.execute(&sql, params![list, through.as_str()])?;
            }
            forget_unused_texts(&change)?;
        }
        insert_merged_pull_requests(&change, list, pulls)?;
        change.commit()?;
        Ok(())
    }
}

fn push_files(db: &Connection, push: i64, at_hand: &mut TextCache) -> Result<FileTexts> {
    let mut find = db.prepare_cached(
        "SELECT file, fingerprint, push_texts.id FROM push_files JOIN push_texts ON push_texts.id = push_files.text
         WHERE push = ?1",
    )?;
    let found = find.query_map([push], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<[u8; 16]>>(1)?, row.get::<_, i64>(2)?))
    })?;
    let mut files = FileTexts::new();
    for found in found {
        let (file, print, id) = found?;
        let text = at_hand.get_or_read(print.map(Fingerprint::from_bytes), || {
            db.prepare_cached("SELECT text FROM push_texts WHERE id = ?1")?.query_row([id], |row| row.get(0))
        })?;
        files.insert(file, text);
    }
    Ok(files)
}

fn forget_unused_texts(change: &Transaction<'_>) -> rusqlite::Result<usize> {
    change.execute("DELETE FROM push_texts WHERE id NOT IN (SELECT text FROM push_files)", [])
}
