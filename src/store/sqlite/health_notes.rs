//! What a program at work notes of its own state for whoever asks for the status: whether the daemon was stopped, which sink
//! cannot be used, which host does not answer. A note is written only if it says something else than before.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::Connection;

use super::connection::{Store, StoreReader};
use super::outbox::Outbox;
use super::statement::{execute_cached, query_first_row};
use crate::domain::FetchError;
use crate::store::records::{FailureSince, RequestFailure, SinkReadiness};

/// When the daemon was stopped; empty while it runs, or if `once` was the last to poll.
const DAEMON_STOP: &str = "daemon_stop";

impl Store {
    /// Notes when the daemon was stopped; nothing while it runs, and for `once`, which needs no daemon.
    pub fn note_daemon_stop(&self, stopped: Option<Timestamp>) -> Result<()> {
        let text = stopped.map_or_else(String::new, |at| at.to_string());
        if read_note(&self.db, DAEMON_STOP)?.unwrap_or_default() == text {
            return Ok(());
        }
        write_note(&self.db, DAEMON_STOP, &text)
    }

    /// Notes why a host's last request brought nothing to trust; nothing if it did. The time of the first of several stays.
    pub fn note_request_failure(
        &self,
        host: &str,
        failure: Option<&FetchError>,
        now: Timestamp,
    ) -> Result<()> {
        let name = request_note_name(host);
        if failure.is_none() && read_note(&self.db, &name)?.is_none() {
            return Ok(());
        }
        let reason = failure.map(|failure| format!("{} {failure}", failure.kind));
        write_failure_note(&self.db, &name, reason.as_deref(), now).map(drop)
    }
}

impl Outbox {
    /// Notes why nothing can be sent to a sink; nothing if it can be used. Whether that is news.
    pub fn note_sink_readiness(&self, sink: &str, reason: Option<&str>, now: Timestamp) -> Result<bool> {
        write_failure_note(&self.db, &sink_note_name(sink), reason, now)
    }
}

impl StoreReader {
    /// When the daemon was stopped; none if it was not, or if `once` was the last to poll.
    pub fn daemon_stop_time(&self) -> Result<Option<Timestamp>> {
        Ok(read_note(&self.db, DAEMON_STOP)?.and_then(|text| text.parse().ok()))
    }

    /// Why a host's last request brought nothing to trust, and since when that is so; none if it did.
    pub fn request_failure(&self, host: &str) -> Result<Option<RequestFailure>> {
        let note = read_note(&self.db, &request_note_name(host))?;
        let failure = note.as_deref().and_then(parse_failure);
        Ok(failure.and_then(|FailureSince { since, reason }| {
            let (kind, words) = reason.split_once(' ')?;
            Some(RequestFailure { since, kind: kind.to_owned(), words: words.to_owned() })
        }))
    }

    /// Whether a sink could be used, by the word of whoever would send to it; none if nobody has looked yet.
    pub fn sink_readiness(&self, sink: &str) -> Result<Option<SinkReadiness>> {
        let note = read_note(&self.db, &sink_note_name(sink))?;
        Ok(note.map(|text| match parse_failure(&text) {
            Some(failure) => SinkReadiness::Unusable(failure),
            None => SinkReadiness::Usable,
        }))
    }
}

fn request_note_name(host: &str) -> String {
    format!("request_failure {host}")
}

fn sink_note_name(sink: &str) -> String {
    format!("sink_failure {sink}")
}

/// Notes a failure, or with an empty text that there is none. Whether it has begun, changed or ended by that.
fn write_failure_note(db: &Connection, name: &str, reason: Option<&str>, now: Timestamp) -> Result<bool> {
    let before = read_note(db, name)?;
    let failure = before.as_deref().and_then(parse_failure);
    let text = match (reason, &failure) {
        (None, _) => String::new(),
        (Some(reason), Some(FailureSince { since, .. })) => format!("{since} {reason}"),
        (Some(reason), None) => format!("{now} {reason}"),
    };
    if before.as_ref() == Some(&text) {
        return Ok(false);
    }
    write_note(db, name, &text)?;
    Ok(failure.is_some() || reason.is_some())
}

fn parse_failure(text: &str) -> Option<FailureSince> {
    let (since, reason) = text.split_once(' ')?;
    Some(FailureSince { since: since.parse().ok()?, reason: reason.to_owned() })
}

fn read_note(db: &Connection, name: &str) -> Result<Option<String>> {
    Ok(query_first_row(db, "SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))?)
}

fn write_note(db: &Connection, name: &str, text: &str) -> Result<()> {
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
    execute_cached(db, sql, [name, text])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatabaseUrl;

    #[test]
    fn a_failure_is_noted_with_its_first_time_and_its_last_words_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let store_url = DatabaseUrl::Sqlite(folder.path().join("notes.db"));
        drop(Store::open(&store_url).unwrap());
        let outbox = Outbox::open(&store_url).unwrap();
        let reader = StoreReader::open(&store_url).unwrap().unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(reader.sink_readiness("lab").unwrap(), None, "nobody has looked");
        assert!(!outbox.note_sink_readiness("lab", None, at(1)).unwrap());
        assert_eq!(reader.sink_readiness("lab").unwrap(), Some(SinkReadiness::Usable));
        assert!(outbox.note_sink_readiness("lab", Some("no file"), at(2)).unwrap());
        assert!(!outbox.note_sink_readiness("lab", Some("no file"), at(3)).unwrap(), "it is known");
        assert!(outbox.note_sink_readiness("lab", Some("it is empty"), at(4)).unwrap());
        let failure = FailureSince { since: at(2), reason: "it is empty".to_owned() };
        assert_eq!(reader.sink_readiness("lab").unwrap(), Some(SinkReadiness::Unusable(failure)));
        assert!(outbox.note_sink_readiness("lab", None, at(5)).unwrap());
        assert!(!outbox.note_sink_readiness("lab", None, at(6)).unwrap());
    }
}
