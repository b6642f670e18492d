//! What is kept of feeds between their polls, and the keys by which a feed shows its papers.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::connection::{Store, StoreReader};
use super::paper_row::{read_optional_time, read_timestamp_column};
use super::papers_joined_into_others::add_keys_to_joined_paper;
use super::statement::{begin_nested_transaction, execute_cached, query_first_row};
use crate::domain::{FeedValidators, Fingerprint, PaperId};
use crate::store::records::FeedRecord;

impl Store {
    /// What is kept of a feed; nothing before its first poll.
    pub fn feed_record(&self, source: &str) -> Result<FeedRecord> {
        Ok(find_feed_poll_record(&self.db, source)?.unwrap_or_default())
    }

    /// Keeps what is known of a feed after a poll.
    pub fn save_feed_poll_record(&self, source: &str, feed: &FeedRecord) -> Result<()> {
        let FeedRecord { validators, ttl, next_poll, failures } = feed;
        let sql =
            "INSERT INTO feeds (source, etag, last_modified, origin, received, ttl, next_poll, failures)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (source) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
                 origin = excluded.origin, received = excluded.received, ttl = excluded.ttl,
                 next_poll = excluded.next_poll, failures = excluded.failures";
        let validators = validators.as_ref();
        let values = params![
            source,
            validators.and_then(|validators| validators.etag.as_ref()),
            validators.and_then(|validators| validators.last_modified.as_ref()),
            validators.map(|validators| validators.origin.to_stored_bytes()),
            validators.map(|validators| validators.received_at.as_microsecond()),
            ttl.map(|ttl| ttl.as_secs()),
            next_poll.map(Timestamp::as_microsecond),
            failures,
        ];
        execute_cached(&self.db, sql, values)?;
        Ok(())
    }

    /// Keeps the keys by which a source shows papers. A key that is known already stays with its paper.
    pub fn note_paper_keys(&mut self, source: &str, papers: &[(PaperId, Vec<String>)]) -> Result<()> {
        if papers.is_empty() {
            return Ok(());
        }
        let change = begin_nested_transaction(&mut self.db)?;
        let sql = "INSERT OR IGNORE INTO paper_keys (key, paper, source)
             SELECT value, p.id, ?3 FROM papers p JOIN json_each(?2) WHERE p.paper_id = ?1";
        for (paper, keys) in papers {
            let shown = serde_json::to_string(keys)?;
            execute_cached(&change, sql, params![paper.as_str(), shown, source])?;
            if !keys.iter().any(|key| key == paper.as_str()) {
                add_keys_to_joined_paper(&change, paper, &shown)?;
            }
        }
        change.commit()?;
        Ok(())
    }
}

impl StoreReader {
    /// What is kept of a feed; nothing before its first poll.
    pub fn feed_record(&self, source: &str) -> Result<FeedRecord> {
        Ok(find_feed_poll_record(&self.db, source)?.unwrap_or_default())
    }
}

fn find_feed_poll_record(db: &Connection, source: &str) -> Result<Option<FeedRecord>> {
    let sql =
        "SELECT etag, last_modified, origin, received, ttl, next_poll, failures FROM feeds WHERE source = ?1";
    Ok(query_first_row(db, sql, [source], |row| {
        Ok(FeedRecord {
            validators: read_feed_validators(row)?,
            ttl: row.get::<_, Option<u64>>(4)?.map(Duration::from_secs),
            next_poll: read_optional_time(row, 5)?,
            failures: row.get(6)?,
        })
    })?)
}

fn read_feed_validators(row: &Row<'_>) -> rusqlite::Result<Option<FeedValidators>> {
    let Some(origin) = row.get::<_, Option<[u8; 16]>>(2)? else { return Ok(None) };
    Ok(Some(FeedValidators {
        etag: row.get(0)?,
        last_modified: row.get(1)?,
        origin: Fingerprint::from_stored(origin),
        received_at: read_timestamp_column(row, 3)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatabaseUrl;

    #[test]
    fn what_is_kept_of_a_feed_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("feeds.db"))).unwrap();
        assert_eq!(store.feed_record("lab").unwrap(), FeedRecord::default());
        let received_at: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let whole = FeedRecord {
            validators: Some(FeedValidators {
                etag: Some("W/\"a\"".to_owned()),
                last_modified: Some("Sun, 22 Nov 2026 07:00:00 GMT".to_owned()),
                origin: Fingerprint::of_text("https://example.org/feed"),
                received_at,
            }),
            ttl: Some(Duration::from_mins(90)),
            next_poll: Some(received_at),
            failures: 3,
        };
        for feed in [whole, FeedRecord { failures: 1, ..FeedRecord::default() }] {
            store.save_feed_poll_record("lab", &feed).unwrap();
            assert_eq!(store.feed_record("lab").unwrap(), feed);
        }
        assert_eq!(store.feed_record("other").unwrap(), FeedRecord::default());
    }
}
