//! What is wrong, what the operator was told of it, and queueing a notice, in one transaction.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::row::{time, time_or_none};
use super::{Message, Store};
use crate::domain::TroubleRecord;

impl Store {
    /// The troubles that are remembered.
    pub fn troubles(&self) -> Result<Vec<TroubleRecord>> {
        let mut find = self
            .db
            .prepare_cached("SELECT what, since, words, told, well_since FROM troubles ORDER BY what")?;
        let records = find.query_map([], |row| {
            Ok(TroubleRecord {
                what: row.get(0)?,
                since: time(row, 1)?,
                words: row.get(2)?,
                told: time_or_none(row, 3)?,
                well_since: time_or_none(row, 4)?,
            })
        })?;
        Ok(records.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of the next notice to the operator.
    pub fn notice_next(&self) -> Result<u64> {
        Ok(self.db.query_row("SELECT coalesce(max(id), 0) + 1 FROM notices", [], |row| row.get(0))?)
    }

    /// Remembers these troubles and no others, and queues the notice that tells of them. Without messages only
    /// the former.
    pub fn remember_troubles(
        &mut self,
        records: &[TroubleRecord],
        sink: &str,
        messages: &[Message],
        now: Timestamp,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute("DELETE FROM troubles", [])?;
        for record in records {
            change.execute(
                "INSERT INTO troubles (what, since, words, told, well_since) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    record.what,
                    record.since.as_microsecond(),
                    record.words,
                    record.told.map(Timestamp::as_microsecond),
                    record.well_since.map(Timestamp::as_microsecond),
                ],
            )?;
        }
        if !messages.is_empty() {
            queue_notice(&change, sink, messages, now)?;
        }
        change.commit()?;
        Ok(())
    }
}

fn queue_notice(db: &Connection, sink: &str, messages: &[Message], now: Timestamp) -> rusqlite::Result<()> {
    let now = now.as_microsecond();
    db.execute("INSERT INTO notices (composed) VALUES (?1)", [now])?;
    let notice = db.last_insert_rowid();
    for message in messages {
        db.execute(
            "INSERT INTO outbox (notice, sink, recipient, part, of, key, body, state, attempts, due, queued)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', 0, ?8, ?8)",
            params![
                notice,
                sink,
                message.recipient,
                message.part.number,
                message.part.of,
                message.key,
                message.body,
                now
            ],
        )?;
    }
    Ok(())
}
