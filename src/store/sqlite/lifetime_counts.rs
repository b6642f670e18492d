//! What is counted for as long as the history lives. Of polls the latest alone are kept, and a message may be sent
//! again, but a count must not fall.

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::StoreReader;
use super::poll_outcome_names;
use super::statement::{execute_cached, query_all_rows};
use crate::domain::{DeliveryDecision, PastPoll};
use crate::store::records::{DeliveryOutcomeCount, PollOutcomeCount};

/// Counts a poll by what it came to.
pub(super) fn tally_poll(
    db: &Connection,
    topic_source: i64,
    poll: &PastPoll,
    requests: u32,
) -> rusqlite::Result<usize> {
    let sql =
        "INSERT INTO poll_tallies (topic_source, outcome, fault, polls, requests) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (topic_source, outcome, fault)
             DO UPDATE SET polls = polls + 1, requests = requests + excluded.requests";
    let fault = poll.error_kind.as_deref().unwrap_or_default();
    execute_cached(db, sql, params![topic_source, poll_outcome::outcome_name(poll.outcome), fault, requests])
}

/// Counts a try to deliver by what became of it.
pub(super) fn count_delivery_in_store(
    db: &Connection,
    sink: &str,
    settled: &DeliveryDecision,
) -> rusqlite::Result<usize> {
    let outcome = match settled {
        DeliveryDecision::Delivered => "delivered",
        DeliveryDecision::RetryAt { at: _ } => "deferred",
        DeliveryDecision::Failed => "failed",
        DeliveryDecision::SinkPaused => "paused",
    };
    let sql = "INSERT INTO delivery_tallies (sink, outcome, deliveries) VALUES (?1, ?2, 1)
         ON CONFLICT (sink, outcome) DO UPDATE SET deliveries = deliveries + 1";
    execute_cached(db, sql, [sink, outcome])
}

impl StoreReader {
    /// What the polls of every topic at each of its sources came to.
    pub fn poll_tallies(&self) -> Result<Vec<PollOutcomeCount>> {
        let sql =
            "SELECT t.name, p.outcome, nullif(p.fault, ''), p.polls, p.requests, s.source FROM poll_tallies p
             JOIN topic_sources s ON s.id = p.topic_source JOIN topics t ON t.id = s.topic";
        Ok(query_all_rows(&self.db, sql, [], |row| {
            Ok(PollOutcomeCount {
                topic: row.get(0)?,
                outcome: poll_outcome::read_outcome(row, 1)?,
                fault: row.get(2)?,
                polls: row.get(3)?,
                requests: row.get(4)?,
                source: row.get(5)?,
            })
        })?)
    }

    /// What the tries to deliver at every sink came to.
    pub fn delivery_tallies(&self) -> Result<Vec<DeliveryOutcomeCount>> {
        let sql = "SELECT sink, outcome, deliveries FROM delivery_tallies";
        Ok(query_all_rows(&self.db, sql, [], |row| {
            Ok(DeliveryOutcomeCount { sink: row.get(0)?, outcome: row.get(1)?, deliveries: row.get(2)? })
        })?)
    }
}
