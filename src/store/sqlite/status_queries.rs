//! How everything is, read next to whoever writes: polls and papers of each topic, the source's gate, the
//! messages that wait, the lists that could not be written.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;

use super::connection::{Store, StoreReader};
use super::paper_row::{read_optional_time, read_timestamp_column};
use super::polls::{POLL, read_poll};
use super::request_gate::find_request_gate;
use super::statement::{execute_cached, query_all_rows, query_first_row};
use super::topics::find_topic_record;
use super::unreadable_entries::find_unreadable_entries;
use crate::domain::{CompletePolls, HISTORY, PastPoll, PollOutcome, RequestGate};
use crate::store::records::{ACCEPTED, FailureSince, SinkQueueStatus, TopicActivity, TopicPollsAtSource};

/// Dates of one topic's papers that are read: more than a thousand a day has none.
const DATES_MAX: u32 = 100_000;

impl StoreReader {
    /// What the history has of a topic; nothing of one that it does not know.
    pub fn topic_activity(&self, topic: &str) -> Result<TopicActivity> {
        let Some(record) = find_topic_record(&self.db, topic)? else { return Ok(TopicActivity::default()) };
        let last_news =
            "SELECT seen FROM news WHERE topic = ?1 AND kind <> 'published' ORDER BY id DESC LIMIT 1";
        Ok(TopicActivity {
            paper_count: record.paper_count,
            sources: self.source_activities(record.id)?,
            paper_dates: self.recent_paper_dates_of_topic(record.id)?,
            last_news: query_first_row(&self.db, last_news, [record.id], |row| {
                read_timestamp_column(row, 0)
            })?,
        })
    }

    fn source_activities(&self, topic: i64) -> Result<Vec<TopicPollsAtSource>> {
        let sql = "SELECT id, source, watermark FROM topic_sources WHERE topic = ?1 ORDER BY id";
        let sources: Vec<(i64, String, _)> = query_all_rows(&self.db, sql, [topic], |row| {
            Ok((row.get(0)?, row.get(1)?, read_optional_time(row, 2)?))
        })?;
        let activities = sources.into_iter().map(|(id, source, last_complete_poll)| {
            Ok(TopicPollsAtSource {
                source,
                polls: self.polls_since_last_complete(id)?,
                last_complete_poll,
                complete_polls: self.complete_polls(id)?,
                unreadable: find_unreadable_entries(&self.db, id)?,
            })
        });
        activities.collect()
    }

    fn complete_polls(&self, topic_source: i64) -> Result<CompletePolls> {
        let sql = "SELECT count(*), min(at) FROM polls WHERE topic_source = ?1 AND outcome = 'complete'";
        let mut find = self.db.prepare_cached(sql)?;
        Ok(find.query_row([topic_source], |row| {
            Ok(CompletePolls { count: row.get(0)?, first: read_optional_time(row, 1)? })
        })?)
    }

    fn polls_since_last_complete(&self, topic_source: i64) -> Result<Vec<PastPoll>> {
        let sql = format!("SELECT {POLL} FROM polls WHERE topic_source = ?1 ORDER BY id DESC");
        let mut find = self.db.prepare_cached(&sql)?;
        let mut polls = Vec::new();
        for note in find.query_map([topic_source], read_poll)? {
            let note = note?;
            let ends = note.outcome == PollOutcome::Complete;
            polls.push(note);
            if ends {
                break;
            }
        }
        polls.reverse();
        Ok(polls)
    }

    fn recent_paper_dates_of_topic(&self, topic: i64) -> Result<Vec<Timestamp>> {
        let sql = "SELECT updated FROM sightings WHERE topic = ?1
                 AND updated >= (SELECT max(updated) FROM sightings WHERE topic = ?1) - ?2
             ORDER BY updated DESC LIMIT ?3";
        let back = i64::try_from(HISTORY.as_micros()).unwrap_or(i64::MAX);
        Ok(query_all_rows(&self.db, sql, params![topic, back, DATES_MAX], |row| {
            read_timestamp_column(row, 0)
        })?)
    }

    /// What is known of the last request to a host.
    pub fn recorded_request_gate(&self, host: &str) -> Result<RequestGate> {
        find_request_gate(&self.db, host)
    }

    /// When the daemon polls next, by its own word; none if `once` was the last to run.
    pub fn next_poll_time(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT value FROM meta WHERE name = 'poll_next'";
        let text: Option<String> = query_first_row(&self.db, sql, [], |row| row.get(0))?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// The messages of a sink.
    pub fn sink_queue(&self, sink: &str) -> Result<SinkQueueStatus> {
        let mut find = self.db.prepare_cached(
            "SELECT count(*) FILTER (WHERE state = 'queued'), min(queued) FILTER (WHERE state = 'queued'),
                 min(due) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'failed'),
                 max(settled) FILTER (WHERE state = 'failed'), max(settled) FILTER (WHERE state = 'delivered'),
                 (SELECT words FROM outbox WHERE sink = ?1 AND state = 'queued' ORDER BY id LIMIT 1),
                 (SELECT nullif(words, ?2) FROM outbox WHERE sink = ?1 AND state = 'delivered'
                     ORDER BY settled DESC, id DESC LIMIT 1)
             FROM outbox WHERE sink = ?1",
        )?;
        Ok(find.query_row([sink, ACCEPTED], |row| {
            Ok(SinkQueueStatus {
                waiting: row.get(0)?,
                oldest: read_optional_time(row, 1)?,
                next_due: read_optional_time(row, 2)?,
                failed: row.get(3)?,
                last_failed: read_optional_time(row, 4)?,
                last_delivered: read_optional_time(row, 5)?,
                last_response: row.get(6)?,
                remark: row.get(7)?,
            })
        })?)
    }

    /// Why a sink gets nothing, and since when; none if it is not paused.
    pub fn sink_pause(&self, sink: &str) -> Result<Option<FailureSince>> {
        self.read_failure_record("SELECT since, words FROM pauses WHERE sink = ?1", sink)
    }

    /// Why a list was left as it is, and since when; none if it was not.
    pub fn list_failure(&self, list: &str) -> Result<Option<FailureSince>> {
        self.read_failure_record("SELECT since, words FROM list_failures WHERE list = ?1", list)
    }

    fn read_failure_record(&self, sql: &str, name: &str) -> Result<Option<FailureSince>> {
        let failure = query_first_row(&self.db, sql, [name], |row| {
            Ok(FailureSince { since: read_timestamp_column(row, 0)?, reason: row.get(1)? })
        });
        Ok(failure?)
    }
}

impl Store {
    /// Notes when the daemon polls next; nothing if nobody knows.
    pub fn note_next_poll_time(&self, next: Option<Timestamp>) -> Result<()> {
        let sql = "INSERT INTO meta (name, value) VALUES ('poll_next', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
        execute_cached(&self.db, sql, [next.map_or_else(String::new, |next| next.to_string())])?;
        Ok(())
    }

    /// Notes whether a list could be written. The time of its first failure stays until it is well.
    pub fn note_list_failure(&self, list: &str, reason: Option<&str>, now: Timestamp) -> Result<()> {
        let Some(reason) = reason else {
            execute_cached(&self.db, "DELETE FROM list_failures WHERE list = ?1", [list])?;
            return Ok(());
        };
        let sql = "INSERT INTO list_failures (list, since, words) VALUES (?1, ?2, ?3)
             ON CONFLICT (list) DO UPDATE SET words = excluded.words WHERE words <> excluded.words";
        execute_cached(&self.db, sql, params![list, now.as_microsecond(), reason])?;
        Ok(())
    }
}
