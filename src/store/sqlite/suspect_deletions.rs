//! Rows of a list that seem to have gone all at once, and since when they are found gone: a later run believes it if it
//! finds the same.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;

use super::connection::Store;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::{Branch, Fingerprint};
use crate::store::records::SuspectDeletions;

impl Store {
    /// What was found gone from a list and is not believed yet: from a branch of ours, or if there is none from the list
    /// itself.
    pub fn stored_suspect_deletions(&self, list: &str, branch: Option<&Branch>) -> Result<SuspectDeletions> {
        let sql = "SELECT topic, fingerprint FROM suspect_deletions WHERE list = ?1 AND branch = ?2";
        Ok(query_all_rows(&self.db, sql, [list, branch_name_or_empty(branch)], |row| {
            Ok((row.get(0)?, Fingerprint::from_stored(row.get(1)?)))
        })?)
    }

    /// Notes what was found gone and not believed, in place of what was in doubt there before. What is gone for longer stays
    /// so, also if the clock was ahead.
    pub fn note_suspect_deletions(
        &mut self,
        list: &str,
        branch: Option<&Branch>,
        doubts: &SuspectDeletions,
        now: Timestamp,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let sql = "DELETE FROM suspect_deletions WHERE list = ?1 AND branch = ?2
             AND topic NOT IN (SELECT value FROM json_each(?3))";
        let topics = serde_json::to_string(&doubts.keys().collect::<Vec<_>>())?;
        execute_cached(&change, sql, [list, branch_name_or_empty(branch), &topics])?;
        let sql = "INSERT INTO suspect_deletions (list, branch, topic, fingerprint, since) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint,
                 since = iif(fingerprint = excluded.fingerprint, min(since, excluded.since), excluded.since)";
        for (topic, fingerprint) in doubts {
            let values = params![
                list,
                branch_name_or_empty(branch),
                topic,
                fingerprint.to_stored_bytes(),
                now.as_microsecond()
            ];
            execute_cached(&change, sql, values)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Forgets what came into doubt since this moment.
    pub fn forget_suspect_deletions_since(&mut self, moment: Timestamp) -> Result<()> {
        execute_cached(
            &self.db,
            "DELETE FROM suspect_deletions WHERE since >= ?1",
            [moment.as_microsecond()],
        )?;
        Ok(())
    }

    /// Nothing of a list is in doubt any more.
    pub fn forget_suspect_deletions(&mut self, list: &str) -> Result<()> {
        execute_cached(&self.db, "DELETE FROM suspect_deletions WHERE list = ?1", [list])?;
        Ok(())
    }
}

/// What a branch of ours is called in the store; the list itself has no name.
fn branch_name_or_empty(branch: Option<&Branch>) -> &str {
    branch.map_or("", Branch::as_str)
}
