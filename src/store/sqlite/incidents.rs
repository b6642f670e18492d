//! What is wrong, what the operator was told of it, and queueing a notice, in one transaction.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::paper_row::{read_optional_time, read_time};
use crate::domain::IncidentRecord;
use crate::store::records::OutboxMessage;

impl Store {
    /// The incidents that are remembered.
    pub fn incidents(&self) -> Result<Vec<IncidentRecord>> {
        let mut find = self
            .db
            .prepare_cached("SELECT what, since, words, told, well_since FROM incidents ORDER BY what")?;
        let records = find.query_map([], |row| {
            Ok(IncidentRecord {
                subject: row.get(0)?,
                since: read_time(row, 1)?,
                description: row.get(2)?,
                alerted_at: read_optional_time(row, 3)?,
                well_since: read_optional_time(row, 4)?,
            })
        })?;
        Ok(records.collect::<rusqlite::Result<_>>()?)
    }

    /// The number of the next notice to the operator.
    pub fn next_alert_number(&self) -> Result<u64> {
        Ok(self.db.query_row("SELECT coalesce(max(id), 0) + 1 FROM operator_alerts", [], |row| row.get(0))?)
    }

    /// Remembers these incidents and no others, and queues the notice that tells of them. Without messages only
    /// the former.
    pub fn replace_incidents(
        &mut self,
        records: &[IncidentRecord],
        sink: &str,
        messages: &[OutboxMessage],
        now: Timestamp,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        change.execute("DELETE FROM incidents", [])?;
        for record in records {
            change.execute(
                "INSERT INTO incidents (what, since, words, told, well_since) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    record.subject,
                    record.since.as_microsecond(),
                    record.description,
                    record.alerted_at.map(Timestamp::as_microsecond),
                    record.well_since.map(Timestamp::as_microsecond),
                ],
            )?;
        }
        if !messages.is_empty() {
            queue_alert(&change, sink, messages, now)?;
        }
        change.commit()?;
        Ok(())
    }
}

fn queue_alert(
    db: &Connection,
    sink: &str,
    messages: &[OutboxMessage],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let now = now.as_microsecond();
    db.execute("INSERT INTO operator_alerts (composed) VALUES (?1)", [now])?;
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
