//! Rows of a list that seem to have gone all at once, as the latest turn found them: the next one believes it if it finds
//! the same.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::params;

use super::Store;
use crate::domain::Print;

/// For each topic whose deletions are in doubt the fingerprint of what has gone.
pub type Doubts = BTreeMap<String, Print>;

impl Store {
    /// What the latest turn found gone from a list and did not believe.
    pub fn doubts(&self, list: &str) -> Result<Doubts> {
        let mut find = self.db.prepare_cached("SELECT topic, fingerprint FROM doubts WHERE list = ?1")?;
        let doubts = find.query_map([list], |row| Ok((row.get(0)?, Print::from_bytes(row.get(1)?))))?;
        Ok(doubts.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes what this turn found gone from a list and did not believe, in place of what was in doubt before.
    pub fn note_doubts(&mut self, list: &str, doubts: &Doubts) -> Result<()> {
        if self.doubts(list)? == *doubts {
            return Ok(());
        }
        let change = self.db.transaction()?;
        change.prepare_cached("DELETE FROM doubts WHERE list = ?1")?.execute([list])?;
        for (topic, fingerprint) in doubts {
            change
                .prepare_cached("INSERT INTO doubts (list, topic, fingerprint) VALUES (?1, ?2, ?3)")?
                .execute(params![list, topic, fingerprint.bytes()])?;
        }
        change.commit()?;
        Ok(())
    }
}
