//! The messages on their way: one row is one request. A connection of its own, so that a message can be
//! sent, and a person can look and step in, while a poll writes; each verb is one short transaction.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rusqlite::TransactionBehavior::Immediate;
use rusqlite::{Connection, params};

use super::connection::{Store, StoreReader, open_brief_writer, open_store_for_reading};
use super::disk_reserve::DiskReserve;
use super::lifetime_counts::count_delivery_in_store;
use super::paper_row::{read_optional_time, read_timestamp_column};
use super::statement::{execute_cached, query_all_rows, query_first_row};
use crate::domain::{DatabaseUrl, DeliveryDecision, retry_time_if_attempt_never_ends};
use crate::store::records::{ClaimedMessage, OutboxEntry, OutboxMessage, OutgoingMessage, SinkPause};

/// What a message in the outbox is a part of: how it is called, and the tables that say so.
const ENTRY: &str = "coalesce(s.name || ' #' || d.number, 'notice #' || o.notice), o.part || '/' || o.of";
const ENTRY_TABLES: &str = "outbox o LEFT JOIN digests d ON d.id = o.digest
                 LEFT JOIN subscriptions s ON s.id = d.subscription";

/// Whether a message is the first of those that wait for its recipient: a later one never overtakes an earlier one.
const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM outbox e WHERE e.sink = o.sink AND e.state = 'queued'
                                   AND e.recipient = o.recipient AND e.id < o.id)";

/// A connection to the outbox.
#[derive(Debug)]
pub struct Outbox {
    pub(super) db: Connection,
    reserve: DiskReserve,
    /// What was sent and could not be noted yet.
    unsettled: Option<UnsettledDelivery>,
}

/// What became of a message, until it is noted.
#[derive(Debug)]
struct UnsettledDelivery {
    id: i64,
    attempt: u32,
    sink: String,
    settled: DeliveryDecision,
    words: String,
    now: Timestamp,
}

impl Store {
    /// The sinks for which messages wait, with how many.
    pub fn waiting_messages_per_sink(&self) -> Result<Vec<(String, u64)>> {
        count_waiting_messages_per_sink(&self.db)
    }
}

impl StoreReader {
    /// The sinks for which messages wait, with how many.
    pub fn waiting_messages_per_sink(&self) -> Result<Vec<(String, u64)>> {
        count_waiting_messages_per_sink(&self.db)
    }
}

fn count_waiting_messages_per_sink(db: &Connection) -> Result<Vec<(String, u64)>> {
    let sql = "SELECT sink, count(*) FROM outbox WHERE state = 'queued' GROUP BY sink ORDER BY sink";
    Ok(query_all_rows(db, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

impl Outbox {
    /// Opens the outbox of an existing store.
    pub fn open(store: &DatabaseUrl) -> Result<Self> {
        Ok(Self {
            db: open_brief_writer(store)?,
            reserve: DiskReserve::reserve_of_store(store),
            unsettled: None,
        })
    }

    /// Opens it only to look at, which takes no right to write.
    pub fn open_store_for_reading(store: &DatabaseUrl) -> Result<Self> {
        Ok(Self {
            db: open_store_for_reading(store)?,
            reserve: DiskReserve::reserve_of_store(store),
            unsettled: None,
        })
    }

    /// The message of this sink that is longest due, with its attempt counted as one without an end, which
    /// [`record_delivery_decision`](Self::record_delivery_decision) takes back. A later message never overtakes an earlier one for the same recipient.
    /// None is claimed while it is not sure that its end can be noted.
    ///
    /// The count outlives the end of the program, and need not outlive a power cut, after which the message is sent
    /// again whether it was counted or not: it does not wait for the disk.
    pub fn claim_due_message(&mut self, sink: &str, now: Timestamp) -> Result<Option<ClaimedMessage>> {
        self.flush_unsettled_delivery()?;
        self.reserve.ensure_reserved(&self.db)?;
        self.db.pragma_update(None, "synchronous", "normal")?;
        let claimed = self.claim_next_message(sink, now);
        self.db.pragma_update(None, "synchronous", "full")?;
        claimed
    }

    fn claim_next_message(&mut self, sink: &str, now: Timestamp) -> Result<Option<ClaimedMessage>> {
        let change = self.db.transaction_with_behavior(Immediate)?;
        let sql = format!(
            "SELECT o.id, o.key, o.recipient, o.body, o.attempts + 1, o.unfinished
             FROM outbox o INDEXED BY outbox_due
             WHERE o.sink = ?1 AND o.state = 'queued' AND (o.due <= ?2 OR o.due > ?3)
               AND NOT EXISTS (SELECT 1 FROM pauses WHERE sink = ?1) AND {IS_FIRST}
             ORDER BY o.due, o.id LIMIT 1"
        );
        let claimed = query_first_row(
            &change,
            &sql,
            params![sink, now.as_microsecond(), latest_plausible_due(now)],
            |row| {
                Ok(ClaimedMessage {
                    id: row.get(0)?,
                    key: row.get(1)?,
                    recipient: row.get(2)?,
                    body: row.get(3)?,
                    attempt: row.get(4)?,
                    unfinished: row.get(5)?,
                })
            },
        )?;
        if let Some(ClaimedMessage { id, attempt, .. }) = claimed {
            let due = retry_time_if_attempt_never_ends(attempt, now).as_microsecond();
            let sql = "UPDATE outbox SET attempts = ?2, unfinished = unfinished + 1, due = ?3 WHERE id = ?1";
            execute_cached(&change, sql, params![id, attempt, due])?;
            change.commit()?;
        }
        Ok(claimed)
    }

    /// When a message of this sink is due next; none if nothing waits or the sink is paused. One that is due later
    /// than any wait can last is due now: the clock was wrong.
    pub fn next_message_due_time(&self, sink: &str, now: Timestamp) -> Result<Option<Timestamp>> {
        let sql = format!(
            "WITH firsts AS NOT MATERIALIZED (SELECT o.due, o.id FROM outbox o INDEXED BY outbox_due
                 WHERE o.sink = ?1 AND o.state = 'queued'
                   AND NOT EXISTS (SELECT 1 FROM pauses WHERE sink = ?1) AND {IS_FIRST})
             SELECT min(due) FROM (
                 SELECT * FROM (SELECT due FROM firsts ORDER BY due, id LIMIT 1)
                 UNION ALL SELECT * FROM (SELECT ?3 FROM firsts WHERE due > ?2 LIMIT 1))"
        );
        let values = params![sink, latest_plausible_due(now), now.as_microsecond()];
        Ok(query_first_row(&self.db, &sql, values, |row| read_optional_time(row, 0))?.flatten())
    }

    /// Notes what became of a message. If that fails, it is kept for
    /// [`flush_unsettled_delivery`](Self::flush_unsettled_delivery).
    pub fn record_delivery_decision(
        &mut self,
        claimed: &ClaimedMessage,
        sink: &str,
        settled: &DeliveryDecision,
        words: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.unsettled = Some(UnsettledDelivery {
            id: claimed.id,
            attempt: claimed.attempt,
            sink: sink.to_owned(),
            settled: settled.clone(),
            words: words.to_owned(),
            now,
        });
        self.flush_unsettled_delivery()
    }

    /// Notes what became of the last message, if that could not be noted when it was sent: it must not be sent again.
    pub fn flush_unsettled_delivery(&mut self) -> Result<()> {
        let Some(rest) = self.unsettled.take() else { return Ok(()) };
        let noted = self.write_settled_delivery(&rest).or_else(|_| {
            self.reserve.give_back();
            self.write_settled_delivery(&rest)
        });
        if noted.is_err() {
            self.unsettled = Some(rest);
        }
        noted
    }

    /// The message that was sent and could not be noted yet.
    pub fn sent_but_unrecorded_message_id(&self) -> Option<i64> {
        self.unsettled.as_ref().map(|rest| rest.id)
    }

    /// What there was to say of the message of this sink that was delivered last.
    pub fn last_delivery_remark(&self, sink: &str) -> Result<Option<String>> {
        let sql =
            "SELECT words FROM outbox WHERE sink = ?1 AND state = 'delivered' ORDER BY settled DESC LIMIT 1";
        Ok(query_first_row(&self.db, sql, [sink], |row| row.get(0))?.flatten())
    }

    fn write_settled_delivery(&mut self, rest: &UnsettledDelivery) -> Result<()> {
        let UnsettledDelivery { id, attempt, sink, settled, words, now } = rest;
        let change = self.db.transaction_with_behavior(Immediate)?;
        let (state, due) = match settled {
            DeliveryDecision::Delivered => ("delivered", now),
            DeliveryDecision::RetryAt { at } => ("queued", at),
            DeliveryDecision::Failed => ("failed", now),
            DeliveryDecision::SinkPaused => ("queued", now),
        };
        // A person may have dropped it meanwhile; what was delivered all the same is noted as that.
        let sql = "UPDATE outbox SET state = ?2, due = ?3, words = ?4, attempts = ?6, unfinished = 0,
                 settled = CASE WHEN ?2 = 'queued' THEN NULL ELSE ?5 END
             WHERE id = ?1 AND (state = 'queued' OR ?2 = 'delivered')";
        let values = params![id, state, due.as_microsecond(), words, now.as_microsecond(), attempt];
        execute_cached(&change, sql, values)?;
        count_delivery_in_store(&change, sink, settled)?;
        if *settled == DeliveryDecision::SinkPaused {
            insert_pause(&change, sink, words, *now)?;
        }
        change.commit()?;
        Ok(())
    }

    /// What is on its way or has come to nothing, oldest first; with `all` also what was delivered.
    pub fn list_outbox_entries(&self, states: &[&str]) -> Result<Vec<OutboxEntry>> {
        let sql = format!(
            "SELECT o.id, o.sink, {ENTRY}, o.state, o.attempts, CASE WHEN o.state = 'queued' THEN o.due END, o.words
             FROM {ENTRY_TABLES} WHERE o.state IN (SELECT value FROM json_each(?1)) ORDER BY o.id"
        );
        Ok(query_all_rows(&self.db, &sql, [serde_json::to_string(states)?], |row| {
            Ok(OutboxEntry {
                id: row.get(0)?,
                sink: row.get(1)?,
                digest: row.get(2)?,
                part: row.get(3)?,
                state: row.get(4)?,
                attempts: row.get(5)?,
                due: read_optional_time(row, 6)?,
                last_response: row.get(7)?,
            })
        })?)
    }

    /// What a run at that time would try to deliver, oldest first: what is due at a sink that is not paused,
    /// and behind no message for the same recipient that is due later.
    pub fn outgoing_messages(&self, now: Timestamp) -> Result<Vec<OutgoingMessage>> {
        let sql = format!(
            "SELECT o.sink, {ENTRY}, o.body FROM {ENTRY_TABLES}
             WHERE o.state = 'queued' AND o.due <= ?1 AND o.sink NOT IN (SELECT sink FROM pauses)
               AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.sink = o.sink AND e.state = 'queued'
                               AND e.recipient = o.recipient AND e.id < o.id AND e.due > ?1)
             ORDER BY o.id"
        );
        Ok(query_all_rows(&self.db, &sql, [now.as_microsecond()], |row| {
            Ok(OutgoingMessage {
                sink: row.get(0)?,
                digest: row.get(1)?,
                part: row.get(2)?,
                body: row.get(3)?,
            })
        })?)
    }

    /// Sends a message again from the beginning, whatever became of it, unless its body is gone.
    pub fn requeue_message(&mut self, id: i64, now: Timestamp) -> Result<bool> {
        let changed = self.db.execute(
            "UPDATE outbox SET state = 'queued', attempts = 0, unfinished = 0, due = ?2, settled = NULL
             WHERE id = ?1 AND state <> 'delivered' AND body IS NOT NULL",
            params![id, now.as_microsecond()],
        )?;
        Ok(changed == 1)
    }

    /// Drops a message: it is never sent, unless a person retries it.
    pub fn drop_message(&mut self, id: i64, now: Timestamp) -> Result<bool> {
        let changed = self.db.execute(
            "UPDATE outbox SET state = 'dropped', settled = ?2 WHERE id = ?1 AND state IN ('queued', 'failed')",
            params![id, now.as_microsecond()],
        )?;
        Ok(changed == 1)
    }

    /// Holds a sink's messages back.
    pub fn pause_sink(&mut self, sink: &str, words: &str, now: Timestamp) -> Result<()> {
        Ok(insert_pause(&self.db, sink, words, now)?)
    }

    /// Lets a sink's messages go again, the waiting ones at once and with all their tries.
    pub fn resume_sink(&mut self, sink: &str, now: Timestamp) -> Result<bool> {
        let change = self.db.transaction_with_behavior(Immediate)?;
        let was_paused = change.execute("DELETE FROM pauses WHERE sink = ?1", [sink])? == 1;
        change.execute(
            "UPDATE outbox SET due = min(due, ?2), attempts = 0, unfinished = 0 WHERE sink = ?1 AND state = 'queued'",
            params![sink, now.as_microsecond()],
        )?;
        change.commit()?;
        Ok(was_paused)
    }

    /// Why this sink gets nothing for now; none if it does.
    pub fn sink_pause(&self, sink: &str) -> Result<Option<SinkPause>> {
        Ok(self.sink_pauses()?.into_iter().find(|paused| paused.sink == sink))
    }

    /// How many messages of this sink are due.
    pub fn due_message_count(&self, sink: &str, now: Timestamp) -> Result<u64> {
        let sql = "SELECT count(*) FROM outbox WHERE sink = ?1 AND state = 'queued' AND due <= ?2";
        Ok(self.db.query_row(sql, params![sink, now.as_microsecond()], |row| row.get(0))?)
    }

    /// How many messages of this sink wait that were rendered for another kind of sink than it is now.
    pub fn messages_for_other_sink_kind(&self, sink: &str, kind: &str) -> Result<u64> {
        let sql = "SELECT count(*) FROM outbox WHERE sink = ?1 AND state = 'queued' AND kind NOT IN ('', ?2)";
        Ok(self.db.query_row(sql, [sink, kind], |row| row.get(0))?)
    }

    /// The sinks that get nothing for now.
    pub fn sink_pauses(&self) -> Result<Vec<SinkPause>> {
        let sql = "SELECT sink, since, words FROM pauses ORDER BY sink";
        Ok(query_all_rows(&self.db, sql, [], |row| {
            Ok(SinkPause { sink: row.get(0)?, since: read_timestamp_column(row, 1)?, reason: row.get(2)? })
        })?)
    }

    /// Forgets the bodies of what was settled before that time; the records stay.
    pub fn forget_settled_message_bodies(&mut self, before: Timestamp) -> Result<usize> {
        Ok(self.db.execute(
            "UPDATE outbox SET body = NULL
             WHERE state IN ('delivered', 'dropped', 'failed') AND settled < ?1 AND body IS NOT NULL",
            [before.as_microsecond()],
        )?)
    }
}

/// What messages that are queued are parts of.
#[derive(Debug, Clone, Copy)]
pub(super) enum MessageSource<'a> {
    /// A digest, and the kind of sink that its messages are rendered for.
    Digest { row: i64, kind: &'a str },
    /// An alert to the operator.
    Alert { row: i64 },
}

/// Queues messages that are due at once.
pub(super) fn queue_messages(
    db: &Connection,
    source: MessageSource<'_>,
    sink: &str,
    messages: &[OutboxMessage],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let (digest, alert, kind) = match source {
        MessageSource::Digest { row, kind } => (Some(row), None, kind),
        MessageSource::Alert { row } => (None, Some(row), ""),
    };
    let now = now.as_microsecond();
    let sql = "INSERT INTO outbox (digest, notice, kind, sink, recipient, part, of, key, body, state, attempts, due, queued)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued', 0, ?10, ?10)";
    for OutboxMessage { key, recipient, part, body } in messages {
        let values = params![digest, alert, kind, sink, recipient, part.number, part.of, key, body, now];
        execute_cached(db, sql, values)?;
    }
    Ok(())
}

/// No wait is so long: a message that is due later than this was deferred by a clock that was wrong.
fn latest_plausible_due(now: Timestamp) -> i64 {
    const WAIT_MAX: SignedDuration = SignedDuration::from_hours(48);
    now.checked_add(WAIT_MAX).unwrap_or(Timestamp::MAX).as_microsecond()
}

fn insert_pause(db: &Connection, sink: &str, words: &str, now: Timestamp) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO pauses (sink, since, words) VALUES (?1, ?2, ?3) ON CONFLICT (sink) DO NOTHING",
        params![sink, now.as_microsecond(), words],
    )?;
    Ok(())
}
