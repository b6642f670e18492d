//! The pull request that each list in a repository is proposed by, and what of it waits for a person. What was pushed is
//! in `pushes`; what was merged into the base is what is *written* there: see `lists`.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, Params, params};

use super::connection::{Store, StoreReader};
use super::paper_row::read_timestamp_column;
use super::statement::{begin_nested_transaction, execute_cached, query_first_row};
use crate::store::records::{PendingReview, PendingReviewState, PullRequestNumberAndUrl};

impl Store {
    /// The pull request that a list is proposed by, where there is one.
    pub fn number_of_open_pull_request(&self, list: &str) -> Result<Option<u64>> {
        let sql = "SELECT number FROM pull_requests WHERE list = ?1 AND is_closed = 0";
        Ok(query_first_row(&self.db, sql, [list], |row| row.get(0))?)
    }

    /// Notes the pull request that the list is proposed by.
    pub fn note_open_pull_request(&mut self, list: &str, number: u64) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        change.execute("DELETE FROM pull_requests WHERE list = ?1 AND is_closed = 0", [list])?;
        change.execute(
            "INSERT OR REPLACE INTO pull_requests (list, number, is_closed) VALUES (?1, ?2, 0)",
            params![list, number],
        )?;
        change.commit()?;
        Ok(())
    }

    /// Notes that it is known of these pull requests that they were merged, and that it brought nothing new.
    pub fn note_merged_pull_requests(&mut self, list: &str, numbers: &[u64]) -> Result<()> {
        Ok(insert_merged_pull_requests(&self.db, list, numbers)?)
    }

    /// Whether it is known that this pull request was merged and brought nothing new.
    pub fn has_noted_merge(&self, list: &str, number: u64) -> Result<bool> {
        self.row_exists(
            "SELECT 1 FROM pull_requests WHERE list = ?1 AND number = ?2 AND is_merged = 1",
            params![list, number],
        )
    }

    /// Notes that we are about to close a pull request, so that it is not taken for a person's doing.
    pub fn note_pull_request_closed_by_us(&mut self, list: &str, number: u64) -> Result<()> {
        self.db.execute(
            "INSERT OR REPLACE INTO pull_requests (list, number, is_closed) VALUES (?1, ?2, 1)",
            params![list, number],
        )?;
        Ok(())
    }

    /// Whether we closed a pull request.
    pub fn is_pull_request_closed_by_us(&self, list: &str, number: u64) -> Result<bool> {
        self.row_exists(
            "SELECT 1 FROM pull_requests WHERE list = ?1 AND number = ?2 AND is_closed = 1",
            params![list, number],
        )
    }

    /// Notes that a pull request has got its labels, and that its reviewers were asked to look at it.
    pub fn note_pull_request_introduced(&mut self, list: &str, number: u64) -> Result<()> {
        self.db.execute(
            "INSERT OR IGNORE INTO review_requests (list, number) VALUES (?1, ?2)",
            params![list, number],
        )?;
        Ok(())
    }

    /// Whether a pull request has got its labels, and its reviewers were asked.
    pub fn has_introduced_pull_request(&self, list: &str, number: u64) -> Result<bool> {
        self.row_exists(
            "SELECT 1 FROM review_requests WHERE list = ?1 AND number = ?2",
            params![list, number],
        )
    }

    fn row_exists(&self, sql: &str, params: impl Params) -> Result<bool> {
        Ok(query_first_row(&self.db, sql, params, |_| Ok(()))?.is_some())
    }

    /// Notes what of a list waits for a person, or that nothing does. The time of the first look that saw it so stays.
    pub fn note_pending_review(
        &mut self,
        list: &str,
        pending: Option<&PendingReview>,
        now: Timestamp,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let known = find_pending_review(&change, list)?;
        if known.as_ref().map(|(known, _)| known) != pending {
            change.execute("DELETE FROM pending_reviews WHERE list = ?1", [list])?;
        }
        if let Some(PendingReview { state, branch, pull_request }) = pending {
            let (number, address) = pull_request.as_ref().map(|pull| (pull.number, &pull.address)).unzip();
            change.execute(
                "INSERT OR IGNORE INTO pending_reviews (list, state, branch, number, address, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![list, state.as_str(), branch, number, address, now.as_microsecond()],
            )?;
        }
        change.commit()?;
        Ok(())
    }
}

pub(super) fn insert_merged_pull_requests(
    db: &Connection,
    list: &str,
    numbers: &[u64],
) -> rusqlite::Result<()> {
    let sql =
        "INSERT OR REPLACE INTO pull_requests (list, number, is_closed, is_merged) VALUES (?1, ?2, 1, 1)";
    for number in numbers {
        execute_cached(db, sql, params![list, number])?;
    }
    Ok(())
}

impl StoreReader {
    /// What of a list waits for a person, and since when; none if nothing does.
    pub fn pending_review(&self, list: &str) -> Result<Option<(PendingReview, Timestamp)>> {
        Ok(find_pending_review(&self.db, list)?)
    }
}

fn find_pending_review(db: &Connection, list: &str) -> rusqlite::Result<Option<(PendingReview, Timestamp)>> {
    let sql = "SELECT state, branch, number, address, since FROM pending_reviews WHERE list = ?1";
    query_first_row(db, sql, [list], |row| {
        let (number, address): (Option<u64>, Option<String>) = (row.get(2)?, row.get(3)?);
        let pull_request =
            number.zip(address).map(|(number, address)| PullRequestNumberAndUrl { number, address });
        let state = PendingReviewState::from_word(row.get_ref(0)?.as_str()?);
        Ok((PendingReview { state, branch: row.get(1)?, pull_request }, read_timestamp_column(row, 4)?))
    })
}
