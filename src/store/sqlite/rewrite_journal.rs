//! What is being written to several files of a list at once, so that a program that was killed between two of them writes
//! the rest when it starts again.

use anyhow::Result;
use rusqlite::params;

use super::connection::Store;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::Fingerprint;
use crate::store::records::FileRewrite;

impl Store {
    /// What is being written to several files of a list, in the order in which it is written; empty if nothing is.
    pub fn unfinished_file_rewrites(&self, list: &str) -> Result<Vec<FileRewrite>> {
        let sql = "SELECT file, before, text FROM rewrites WHERE list = ?1 ORDER BY rowid";
        Ok(query_all_rows(&self.db, sql, [list], |row| {
            let before: Option<[u8; 16]> = row.get(1)?;
            Ok(FileRewrite {
                file: row.get(0)?,
                before: before.map(Fingerprint::from_stored),
                text: row.get(2)?,
            })
        })?)
    }

    /// Notes that nothing is being written to several files of the list any more.
    pub fn end_file_rewrites(&mut self, list: &str) -> Result<()> {
        execute_cached(&self.db, "DELETE FROM rewrites WHERE list = ?1", [list])?;
        Ok(())
    }

    /// Notes what is about to be written to several files of a list.
    pub fn begin_file_rewrites(&mut self, list: &str, rewrites: &[FileRewrite]) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let sql = "INSERT INTO rewrites (list, file, before, text) VALUES (?1, ?2, ?3, ?4)";
        for FileRewrite { file, before, text } in rewrites {
            execute_cached(
                &change,
                sql,
                params![list, file, before.map(Fingerprint::to_stored_bytes), text],
            )?;
        }
        change.commit()?;
        Ok(())
    }
}
