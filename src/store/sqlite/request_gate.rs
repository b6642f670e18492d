//! When a source was last asked, and how long it wants to be left alone; kept so that its terms hold
//! across restarts.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::paper_row::read_optional_time;
use super::statement::{execute_cached, query_first_row};
use crate::domain::RequestGate;

impl Store {
    /// What is known of the last request to a host.
    pub fn recorded_request_gate(&self, host: &str) -> Result<RequestGate> {
        find_request_gate(&self.db, host)
    }

    /// Notes that a host is asked now, before it is.
    pub fn note_request(&self, host: &str, now: Timestamp) -> Result<()> {
        let sql = "INSERT INTO gates (host, last_request) VALUES (?1, ?2)
             ON CONFLICT (host) DO UPDATE SET last_request = excluded.last_request";
        execute_cached(&self.db, sql, params![host, now.as_microsecond()])?;
        Ok(())
    }

    /// Notes that a host asked to be left alone until then.
    pub fn note_retry_after(&self, host: &str, until: Timestamp) -> Result<()> {
        let sql = "INSERT INTO gates (host, blocked_until) VALUES (?1, ?2)
             ON CONFLICT (host) DO UPDATE SET blocked_until = excluded.blocked_until";
        execute_cached(&self.db, sql, params![host, until.as_microsecond()])?;
        Ok(())
    }
}

pub(super) fn find_request_gate(db: &Connection, host: &str) -> Result<RequestGate> {
    let sql = "SELECT last_request, blocked_until FROM gates WHERE host = ?1";
    let gate = query_first_row(db, sql, [host], |row| {
        Ok(RequestGate {
            last_request: read_optional_time(row, 0)?,
            blocked_until: read_optional_time(row, 1)?,
        })
    });
    Ok(gate?.unwrap_or_default())
}
