//! How the polls of each topic at each of its sources went, the latest of them.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Row, params};

use super::connection::Store;
use super::lifetime_counts::tally_poll;
use super::paper_row::read_timestamp_column;
use super::poll_outcome_names::{outcome_name, read_outcome};
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::PastPoll;
use crate::store::records::{RecordedPaperCounts, SourceProgress};

/// Polls of a topic at one source that are kept: some three months of the usual four a day.
const POLLS_MAX: u32 = 400;

/// The columns that [`read_poll`] reads, in its order.
pub(super) const POLL: &str = "at, outcome, fault, words";

impl Store {
    /// Notes how a poll went, and forgets the ones of long ago.
    pub fn note_poll_outcome(
        &mut self,
        source: &SourceProgress,
        poll: &PastPoll,
        filled: &RecordedPaperCounts,
        requests: u32,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let sql =
            "INSERT INTO polls (topic_source, at, outcome, fault, words, new, replaced, seeded, requests)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let values = params![
            source.id,
            poll.at.as_microsecond(),
            outcome_name(poll.outcome),
            poll.error_kind,
            poll.message,
            filled.new,
            filled.replaced,
            filled.seeded,
            requests,
        ];
        execute_cached(&change, sql, values)?;
        tally_poll(&change, source.id, poll, requests)?;
        let sql = "DELETE FROM polls WHERE topic_source = ?1 AND id <=
                 (SELECT id FROM polls WHERE topic_source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
        execute_cached(&change, sql, params![source.id, POLLS_MAX])?;
        change.commit()?;
        Ok(())
    }

    /// How a topic's polls at a source went, as far as they are kept, oldest first.
    pub fn kept_polls(&self, source: &SourceProgress) -> Result<Vec<PastPoll>> {
        let sql = format!("SELECT {POLL} FROM polls WHERE topic_source = ?1 ORDER BY id");
        Ok(query_all_rows(&self.db, &sql, [source.id], read_poll)?)
    }

    /// How a topic's polls went after a moment, oldest first, for each of its sources.
    pub fn polls_since(&self, topic: &str, since: Timestamp) -> Result<Vec<Vec<PastPoll>>> {
        let sql = "SELECT s.id FROM topic_sources s JOIN topics t ON t.id = s.topic WHERE t.name = ?1 ORDER BY s.id";
        let sources: Vec<i64> = query_all_rows(&self.db, sql, [topic], |row| row.get(0))?;
        let sql = format!("SELECT {POLL} FROM polls WHERE topic_source = ?1 AND at > ?2 ORDER BY id");
        let polls = sources.into_iter().map(|source| {
            Ok(query_all_rows(&self.db, &sql, params![source, since.as_microsecond()], read_poll)?)
        });
        polls.collect()
    }
}

/// Reads the columns [`POLL`].
pub(super) fn read_poll(row: &Row<'_>) -> rusqlite::Result<PastPoll> {
    Ok(PastPoll {
        at: read_timestamp_column(row, 0)?,
        outcome: read_outcome(row, 1)?,
        error_kind: row.get(2)?,
        message: row.get(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DatabaseUrl, PollOutcome};
    use crate::store::StoreReader;

    #[test]
    fn of_many_polls_the_latest_are_kept_and_those_since_the_last_good_one_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let store_url = DatabaseUrl::Sqlite(folder.path().join("polls.db"));
        let mut store = Store::open(&store_url).unwrap();
        let source = store.ensure_topic_source(&store.ensure_topic("Birds").unwrap(), "arxiv").unwrap();
        for number in 0..i64::from(POLLS_MAX) + 9 {
            let outcome = if number < 406 { PollOutcome::Complete } else { PollOutcome::Failed };
            let at = Timestamp::from_second(number).unwrap();
            let note = PastPoll { at, outcome, error_kind: None, message: Some(number.to_string()) };
            store.note_poll_outcome(&source, &note, &RecordedPaperCounts::default(), 1).unwrap();
        }
        let kept: i64 = store.db.query_row("SELECT count(*) FROM polls", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, i64::from(POLLS_MAX));
        let reader = StoreReader::open(&store_url).unwrap().unwrap();
        let counted: u64 = reader.poll_tallies().unwrap().iter().map(|tally| tally.polls).sum();
        assert_eq!(counted, u64::from(POLLS_MAX) + 9, "a count does not fall with what is forgotten");
        let watched = reader.topic_activity("Birds").unwrap();
        let told: Vec<_> =
            watched.sources[0].polls.iter().map(|poll| poll.message.as_deref().unwrap()).collect();
        assert_eq!(told, ["405", "406", "407", "408"]);
    }
}
