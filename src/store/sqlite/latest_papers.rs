//! What a page about the history shows next to the health of everything: the latest papers, and how many came on each
//! day.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{InterruptHandle, params};

use super::connection::StoreReader;
use super::paper_row::{PAPER, read_paper};
use super::statement::query_all_rows;
use crate::domain::Paper;

/// A day, as the history counts time.
const DAY_MICROSECONDS: i64 = 24 * 60 * 60 * 1_000_000;

/// Ends what a reader is doing, from another thread.
pub struct StatementInterrupter(InterruptHandle);

impl std::fmt::Debug for StatementInterrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StatementInterrupter")
    }
}

impl StatementInterrupter {
    /// The statement that is running fails.
    pub fn interrupt_statement(&self) {
        self.0.interrupt();
    }
}

impl StoreReader {
    /// What ends a statement that takes too long.
    pub fn statement_interrupter(&self) -> StatementInterrupter {
        StatementInterrupter(self.db.get_interrupt_handle())
    }

    /// A topic's newest papers: by date, and as the source gave them where dates are equal.
    pub fn latest_papers(&self, topic: &str, papers_max: u32) -> Result<Vec<Paper>> {
        let Some(topic) = self.topic_id(topic)? else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {PAPER} FROM sightings s JOIN papers p ON p.id = s.paper
             WHERE s.topic = ?1 ORDER BY s.updated DESC, s.tie LIMIT ?2"
        );
        Ok(query_all_rows(&self.db, &sql, (topic, papers_max), |row| read_paper(row, 0))?)
    }

    /// How many papers of a topic are dated on each day (UTC, counted from 1970) since a moment; days without
    /// any are left out.
    pub fn paper_counts_by_day(&self, topic: &str, since: Timestamp) -> Result<Vec<(i64, u64)>> {
        let Some(topic) = self.topic_id(topic)? else { return Ok(Vec::new()) };
        let sql =
            "SELECT updated / ?3, count(*) FROM sightings WHERE topic = ?1 AND updated >= ?2 GROUP BY 1";
        let values = params![topic, since.as_microsecond(), DAY_MICROSECONDS];
        Ok(query_all_rows(&self.db, sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// How many papers the history has.
    pub fn paper_count(&self) -> Result<u64> {
        Ok(self.db.prepare_cached("SELECT count(*) FROM papers")?.query_row([], |row| row.get(0))?)
    }
}
