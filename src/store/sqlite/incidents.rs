//! What is wrong, when the operator was alerted, and queueing an alert, in one transaction.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;

use super::connection::Store;
use super::outbox::{MessageSource, queue_messages};
use super::paper_row::{read_optional_time, read_timestamp_column};
use super::statement::{begin_nested_transaction, query_all_rows};
use crate::domain::IncidentRecord;
use crate::store::records::OutboxMessage;

impl Store {
    /// The incidents that are remembered.
    pub fn remembered_incidents(&self) -> Result<Vec<IncidentRecord>> {
        let sql = "SELECT what, since, words, told, well_since FROM incidents ORDER BY what";
        Ok(query_all_rows(&self.db, sql, [], |row| {
            Ok(IncidentRecord {
                subject: row.get(0)?,
                since: read_timestamp_column(row, 1)?,
                description: row.get(2)?,
                alerted_at: read_optional_time(row, 3)?,
                well_since: read_optional_time(row, 4)?,
            })
        })?)
    }

    /// The number of the next alert to the operator.
    pub fn next_alert_number(&self) -> Result<u64> {
        Ok(self.db.query_row("SELECT coalesce(max(id), 0) + 1 FROM operator_alerts", [], |row| row.get(0))?)
    }

    /// Remembers these incidents and no others, and queues the alert that reports them. Without messages only the
    /// former.
    pub fn replace_incidents_and_alert(
        &mut self,
        records: &[IncidentRecord],
        sink: &str,
        messages: &[OutboxMessage],
        now: Timestamp,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
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
            change.execute("INSERT INTO operator_alerts (composed) VALUES (?1)", [now.as_microsecond()])?;
            let source = MessageSource::Alert { row: change.last_insert_rowid() };
            queue_messages(&change, source, sink, messages, now)?;
        }
        change.commit()?;
        Ok(())
    }
}
