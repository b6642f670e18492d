//! What was generated for each list, before a person's changes were put on it, and which papers a person took out of
//! it. A new text is stored as intended before any file is changed, so that after a crash both the old text and the
//! new one are known as generated.

use anyhow::Result;
use rusqlite::{Connection, Params, params};

use super::connection::{Store, StoreReader, open_brief_writer, open_store_for_reading};
use super::paper_row::read_timestamp_column;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows, query_first_row};
use super::unchanged_list_checkpoints::{delete_checkpoint, save_list_checkpoint};
use super::written_and_intended_files::CurrentAndPlannedFileTable;
use crate::domain::{CommitId, DatabaseUrl, PaperId};
use crate::store::records::{
    Checkpoint, Dismissal, FileTexts, GeneratedFiles, ManualRow, TextCacheByFingerprint,
};

pub(super) const GENERATED_FILES: CurrentAndPlannedFileTable = CurrentAndPlannedFileTable {
    table: "generated_files",
    current_stage: "written",
    planned_stage: "planned",
};

impl Store {
    /// What was generated for this list.
    pub fn recorded_generated_files(
        &self,
        list: &str,
        cache: &mut TextCacheByFingerprint,
    ) -> Result<GeneratedFiles> {
        let (written, intended) = GENERATED_FILES.read_written_and_planned_files(&self.db, list, cache)?;
        Ok(GeneratedFiles { written, intended })
    }

    /// The names of the files for which something was generated.
    pub fn generated_file_names(&self, list: &str) -> Result<Vec<String>> {
        Ok(GENERATED_FILES.file_names(&self.db, list)?)
    }

    /// Notes what is about to be written to a list's files, and which papers a person has taken out of it.
    pub fn note_intended_files(
        &mut self,
        list: &str,
        files: &FileTexts,
        dismissed: &[Dismissal],
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        delete_checkpoint(&change, list)?;
        GENERATED_FILES.record_planned_file_writes(&change, list, files)?;
        insert_dismissals(&change, list, dismissed)?;
        change.commit()?;
        Ok(())
    }

    /// Notes which papers a person has taken out of a list.
    pub fn dismiss_papers(&mut self, list: &str, dismissed: &[Dismissal]) -> Result<()> {
        if dismissed.is_empty() {
            return Ok(());
        }
        let change = begin_nested_transaction(&mut self.db)?;
        insert_dismissals(&change, list, dismissed)?;
        change.commit()?;
        Ok(())
    }

    /// Notes which papers a person has taken out of the base of a list, and what is still known to be there as generated.
    pub fn dismiss_papers_gone_from_base(
        &mut self,
        list: &str,
        dismissed: &[Dismissal],
        base: &GeneratedFiles,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        insert_dismissals(&change, list, dismissed)?;
        replace_generated_file_records(&change, list, base)?;
        change.commit()?;
        Ok(())
    }

    /// Replaces what is known to be in the base of a list as generated.
    pub fn replace_generated_files(&mut self, list: &str, base: &GeneratedFiles) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        replace_generated_file_records(&change, list, base)?;
        change.commit()?;
        Ok(())
    }

    /// Notes which papers a person has put back into a list; they are kept there again.
    pub fn restore_dismissed_papers(&mut self, list: &str, papers: &[Dismissal]) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        for Dismissal { topic, paper, .. } in papers {
            execute_cached(&change, &format!("{RESTORE} AND topic = ?3"), [list, paper.as_str(), topic])?;
        }
        change.commit()?;
        Ok(())
    }

    /// The papers whose rows are in a list only by a person's hand.
    pub fn manual_rows(&self, list: &str) -> Result<Vec<ManualRow>> {
        let sql =
            "SELECT file, topic, paper_id FROM manual_rows WHERE list = ?1 ORDER BY file, topic, paper_id";
        Ok(query_all_rows(&self.db, sql, [list], |row| {
            let paper = PaperId::from_stored(row.get(2)?);
            Ok(ManualRow { file: row.get(0)?, topic: row.get(1)?, paper })
        })?)
    }

    /// Replaces the rows that are in a list only by a person's hand.
    pub fn note_manual_rows(&mut self, list: &str, rows: &[ManualRow]) -> Result<()> {
        if self.manual_rows(list)? == rows {
            return Ok(());
        }
        let change = begin_nested_transaction(&mut self.db)?;
        execute_cached(&change, "DELETE FROM manual_rows WHERE list = ?1", [list])?;
        let sql = "INSERT INTO manual_rows (list, file, topic, paper_id) VALUES (?1, ?2, ?3, ?4)";
        for ManualRow { file, topic, paper } in rows {
            execute_cached(&change, sql, [list, file, topic, paper.as_str()])?;
        }
        change.commit()?;
        Ok(())
    }

    /// Notes that what was intended for a list is written now, and its checkpoint if nothing remains to be done about
    /// it; without that the next run works it out again.
    pub fn note_written_files(&mut self, list: &str, checkpoint: Option<&Checkpoint>) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        GENERATED_FILES.note_planned_files_written(&change, list)?;
        execute_cached(&change, "DELETE FROM rewrites WHERE list = ?1", [list])?;
        forget_restored_dismissals(&change, list)?;
        match checkpoint {
            Some(checkpoint) => save_list_checkpoint(&change, list, checkpoint)?,
            None => delete_checkpoint(&change, list)?,
        }
        change.commit()?;
        Ok(())
    }

    /// The papers that a person has taken out of this list.
    pub fn dismissals(&self, list: &str) -> Result<Vec<Dismissal>> {
        active_dismissals(&self.db, list)
    }

    /// The papers that are to be written to this list again, and whose rows the generated texts may still have.
    pub fn restored_dismissals(&self, list: &str) -> Result<Vec<Dismissal>> {
        query_dismissals(&self.db, "is_restored = 1", params![list])
    }

    /// The dismissals that were taken back after this push was made.
    pub fn restored_dismissals_after_push(&self, list: &str, push: &CommitId) -> Result<Vec<Dismissal>> {
        let which = "is_restored = 1
             AND newest_push >= (SELECT id FROM pushes WHERE pushes.list = ?1 AND commit_id = ?2)";
        query_dismissals(&self.db, which, params![list, push.as_str()])
    }
}

impl StoreReader {
    /// The papers that a person has taken out of this list.
    pub fn dismissals(&self, list: &str) -> Result<Vec<Dismissal>> {
        active_dismissals(&self.db, list)
    }
}

/// Replaces what is known as generated.
pub(super) fn replace_generated_file_records(
    db: &Connection,
    list: &str,
    files: &GeneratedFiles,
) -> Result<()> {
    GENERATED_FILES.record_planned_file_writes(db, list, &files.written)?;
    GENERATED_FILES.note_planned_files_written(db, list)?;
    if !files.intended.is_empty() {
        GENERATED_FILES.record_planned_file_writes(db, list, &files.intended)?;
    }
    Ok(())
}

/// A connection that reads what a person took out of the lists, and restores it.
#[derive(Debug)]
pub struct DismissalStore {
    db: Connection,
}

impl DismissalStore {
    /// Opens the dismissals of an existing store, next to its writer or without one.
    pub fn open(store: &DatabaseUrl) -> Result<Self> {
        Ok(Self { db: open_brief_writer(store)? })
    }

    /// Opens them only to look at, which takes no right to write.
    pub fn open_store_for_reading(store: &DatabaseUrl) -> Result<Self> {
        Ok(Self { db: open_store_for_reading(store)? })
    }

    /// The papers that a person has taken out of this list.
    pub fn dismissals(&self, list: &str) -> Result<Vec<Dismissal>> {
        active_dismissals(&self.db, list)
    }

    /// Lets a paper, by any of its identities, be written to the list again; whether it had been taken out.
    pub fn restore_dismissed_papers(&self, list: &str, paper: &PaperId) -> Result<bool> {
        let sql = "SELECT p.paper_id FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1";
        let displayed: Option<String> = query_first_row(&self.db, sql, [paper.as_str()], |row| row.get(0))?;
        let paper = displayed.as_deref().unwrap_or(paper.as_str());
        let restored = self.db.execute(RESTORE, params![list, paper])?;
        Ok(restored > 0)
    }
}

/// Lets a paper, the second parameter, be written to a list again, the first one.
const RESTORE: &str = "UPDATE dismissals SET is_restored = 1,
         newest_push = (SELECT coalesce(max(id), 0) FROM pushes WHERE pushes.list = ?1)
     WHERE list = ?1 AND paper_id = ?2 AND is_restored = 0";

/// A row that was restored is dismissed again by what a later run sees. The same run may note twice what it saw before.
fn insert_dismissals(db: &Connection, list: &str, dismissed: &[Dismissal]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO dismissals (list, topic, paper_id, seen, excerpt) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET seen = excluded.seen, is_restored = 0,
             excerpt = CASE excluded.excerpt WHEN '' THEN excerpt ELSE excluded.excerpt END
             WHERE is_restored = 1 AND seen <> excluded.seen";
    for Dismissal { topic, paper, noticed_at, excerpt } in dismissed {
        execute_cached(db, sql, params![list, topic, paper.as_str(), noticed_at.as_microsecond(), excerpt])?;
    }
    Ok(())
}

/// The generated text is another one now, and has the rows of restored papers only if they were written.
pub(super) fn forget_restored_dismissals(db: &Connection, list: &str) -> rusqlite::Result<()> {
    execute_cached(db, "DELETE FROM dismissals WHERE list = ?1 AND is_restored = 1", [list])?;
    Ok(())
}

fn active_dismissals(db: &Connection, list: &str) -> Result<Vec<Dismissal>> {
    query_dismissals(db, "is_restored = 0", params![list])
}

/// The dismissals of a list, the first parameter, for which this condition holds.
fn query_dismissals(db: &Connection, which: &str, params: impl Params) -> Result<Vec<Dismissal>> {
    let sql = format!(
        "SELECT topic, paper_id, seen, excerpt FROM dismissals WHERE list = ?1 AND {which} ORDER BY topic, paper_id"
    );
    Ok(query_all_rows(db, &sql, params, |row| {
        let paper = PaperId::from_stored(row.get(1)?);
        Ok(Dismissal {
            topic: row.get(0)?,
            paper,
            noticed_at: read_timestamp_column(row, 2)?,
            excerpt: row.get(3)?,
        })
    })?)
}
