//! What was pushed of each list in a repository, or was about to be, since what is known to be in its base. Each push
//! is known by its commit: which of them was merged, a person decides, at any moment and also unseen.

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::generated_files_and_dismissals::{forget_restored_dismissals, replace_generated_file_records};
use super::pull_requests::insert_merged_pull_requests;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows, query_first_row};
use crate::domain::{CommitId, Fingerprint};
use crate::store::records::{FileTexts, GeneratedFiles, PushHistory, PushRecord, TextCacheByFingerprint};

/// How many pushes of a list are remembered. A person who merges or builds on an earlier one has slept over more of
/// them.
const PUSHES_MAX: usize = 16;

impl Store {
    /// What was pushed of this list.
    pub fn push_history(&self, list: &str, cache: &mut TextCacheByFingerprint) -> Result<PushHistory> {
        let sql =
            "SELECT id, commit_id, tables, is_merged, replaced FROM pushes WHERE list = ?1 ORDER BY id DESC";
        let rows: Vec<(i64, String, _, bool, Option<String>)> =
            query_all_rows(&self.db, sql, [list], |row| row.try_into())?;
        let mut pushes = PushHistory::default();
        for (id, commit, tables, is_merged, replaced) in rows {
            let commit: CommitId = commit.parse()?;
            if is_merged {
                pushes.merged.push(commit);
            } else {
                let tables_fingerprint = Fingerprint::from_stored(tables);
                let replaced = replaced.map(|commit| commit.parse()).transpose()?;
                let files = read_push_files(&self.db, id, cache)?;
                pushes.unmerged.push(PushRecord { commit, replaced, tables_fingerprint, files });
            }
        }
        Ok(pushes)
    }

    /// The names of the files of which something was pushed.
    pub fn pushed_file_names(&self, list: &str) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT file FROM push_files JOIN pushes ON pushes.id = push WHERE list = ?1";
        Ok(query_all_rows(&self.db, sql, [list], |row| row.get(0))?)
    }

    /// Notes what is about to be pushed, as the newest push.
    pub fn note_push(&mut self, list: &str, push: &PushRecord) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        change.execute(
            "DELETE FROM pushes WHERE list = ?1 AND commit_id = ?2",
            params![list, push.commit.as_str()],
        )?;
        change.execute(
            "INSERT INTO pushes (list, commit_id, tables, is_merged, replaced) VALUES (?1, ?2, ?3, 0, ?4)",
            params![
                list,
                push.commit.as_str(),
                push.tables_fingerprint.to_stored_bytes(),
                push.replaced.as_ref().map(CommitId::as_str)
            ],
        )?;
        insert_push_files(&change, change.last_insert_rowid(), &push.files)?;
        change.execute(
            "DELETE FROM pushes WHERE list = ?1 AND id NOT IN
                 (SELECT id FROM pushes WHERE list = ?1 ORDER BY id DESC LIMIT ?2)",
            params![list, PUSHES_MAX],
        )?;
        forget_unused_push_texts(&change)?;
        change.commit()?;
        Ok(())
    }

    /// Notes what is still known to be there as generated if this push is.
    pub fn replace_push_files(&mut self, list: &str, push: &CommitId, files: &FileTexts) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let sql = "SELECT id FROM pushes WHERE list = ?1 AND commit_id = ?2";
        if let Some(id) = query_first_row(&change, sql, [list, push.as_str()], |row| row.get(0))? {
            execute_cached(&change, "DELETE FROM push_files WHERE push = ?1", [id])?;
            insert_push_files(&change, id, files)?;
            forget_unused_push_texts(&change)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Notes what is in a list's base now, and that this push and those before it brought it there, by these pull
    /// requests.
    pub fn note_merged_push(
        &mut self,
        list: &str,
        base: &GeneratedFiles,
        through: Option<&CommitId>,
        pulls: &[u64],
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        replace_generated_file_records(&change, list, base)?;
        forget_restored_dismissals(&change, list)?;
        if let Some(through) = through {
            let up_to = "list = ?1 AND id <= (SELECT id FROM pushes WHERE list = ?1 AND commit_id = ?2)";
            for sql in [
                format!("DELETE FROM push_files WHERE push IN (SELECT id FROM pushes WHERE {up_to})"),
                format!("UPDATE pushes SET is_merged = 1 WHERE {up_to}"),
            ] {
                change.execute(&sql, params![list, through.as_str()])?;
            }
            forget_unused_push_texts(&change)?;
        }
        insert_merged_pull_requests(&change, list, pulls)?;
        change.commit()?;
        Ok(())
    }
}

fn insert_push_files(db: &Connection, push: i64, files: &FileTexts) -> rusqlite::Result<()> {
    for (file, text) in files {
        let fingerprint = Fingerprint::of_text(text.as_bytes()).to_stored_bytes();
        let sql = "INSERT OR IGNORE INTO push_texts (fingerprint, text) VALUES (?1, ?2)";
        execute_cached(db, sql, params![fingerprint, text])?;
        let sql = "INSERT INTO push_files (push, file, text) SELECT ?1, ?2, id FROM push_texts WHERE fingerprint = ?3";
        execute_cached(db, sql, params![push, file, fingerprint])?;
    }
    Ok(())
}

fn read_push_files(
    db: &Connection,
    push: i64,
    cache: &mut TextCacheByFingerprint,
) -> rusqlite::Result<FileTexts> {
    let sql = "SELECT file, fingerprint, push_texts.id FROM push_files JOIN push_texts ON push_texts.id = push_files.text
         WHERE push = ?1";
    query_all_rows(db, sql, [push], |row| {
        let fingerprint = row.get::<_, Option<_>>(1)?.map(Fingerprint::from_stored);
        let id: i64 = row.get(2)?;
        let text = cache.get_or_read(fingerprint, || {
            db.prepare_cached("SELECT text FROM push_texts WHERE id = ?1")?.query_row([id], |row| row.get(0))
        })?;
        Ok((row.get(0)?, text))
    })
}

fn forget_unused_push_texts(change: &Connection) -> rusqlite::Result<usize> {
    change.execute("DELETE FROM push_texts WHERE id NOT IN (SELECT text FROM push_files)", [])
}
