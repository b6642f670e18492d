//! The life of one paper in the history: its versions, the topics that saw it, its news, and what became of
//! each piece of news at each subscription.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::params;

use super::connection::StoreReader;
use super::paper_row::{
    PAPER, read_news_kind, read_optional_time, read_paper, read_timestamp_column, read_version,
};
use super::statement::{query_all_rows, query_first_row};
use crate::domain::{News, PaperId, Version};
use crate::store::records::{DigestMessage, NewsEvent, NewsStatus, PaperTimeline, PaperTopicTimeline};

impl StoreReader {
    /// The life of a paper, by any of its identities; none of one that the history does not know.
    pub fn paper_timeline(&self, id: &PaperId) -> Result<Option<PaperTimeline>> {
        let sql = format!(
            "SELECT p.id, {PAPER} FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1"
        );
        let found =
            query_first_row(&self.db, &sql, [id.as_str()], |row| Ok((row.get(0)?, read_paper(row, 1)?)))?;
        let Some((row, paper)) = found else { return Ok(None) };
        Ok(Some(PaperTimeline {
            paper,
            versions: self.versions_of_paper(row)?,
            topics: self.paper_topic_timelines(row)?,
        }))
    }

    fn versions_of_paper(&self, paper: i64) -> Result<Vec<(Option<Version>, Timestamp, Timestamp)>> {
        let sql = "SELECT version, updated, seen FROM versions WHERE paper = ?1 ORDER BY version";
        Ok(query_all_rows(&self.db, sql, [paper], |row| {
            Ok((read_version(row, 0)?, read_timestamp_column(row, 1)?, read_timestamp_column(row, 2)?))
        })?)
    }

    fn paper_topic_timelines(&self, paper: i64) -> Result<Vec<PaperTopicTimeline>> {
        let sql = "SELECT t.id, t.name, s.version, s.seen,
                 (SELECT count(*) + 1 FROM sightings o WHERE o.topic = s.topic
                      AND (o.updated > s.updated OR (o.updated = s.updated AND o.tie < s.tie)))
             FROM sightings s JOIN topics t ON t.id = s.topic WHERE s.paper = ?1 ORDER BY s.seen, t.id";
        Ok(query_all_rows(&self.db, sql, [paper], |row| {
            Ok(PaperTopicTimeline {
                topic: row.get(1)?,
                version: read_version(row, 2)?,
                first_seen: read_timestamp_column(row, 3)?,
                position: row.get(4)?,
                news: self.news_events(row.get(0)?, paper)?,
            })
        })?)
    }

    fn news_events(&self, topic: i64, paper: i64) -> rusqlite::Result<Vec<NewsEvent>> {
        let sql = "SELECT id, kind, version, seen FROM news WHERE topic = ?1 AND paper = ?2 ORDER BY id";
        query_all_rows(&self.db, sql, [topic, paper], |row| {
            Ok(NewsEvent {
                id: row.get(0)?,
                news: read_news_kind(row, 1)?,
                version: read_version(row, 2)?,
                found_at: read_timestamp_column(row, 3)?,
            })
        })
    }

    /// What became of a piece of a topic's news at a subscription.
    pub fn news_status(&self, subscription: &str, topic: &str, news: &NewsEvent) -> Result<NewsStatus> {
        let sql = match news.news {
            News::New | News::Replacement => {
                "SELECT d.id, d.number, d.composed FROM announced_versions w JOIN digests d ON d.id = w.digest
                 JOIN subscriptions s ON s.id = w.subscription JOIN news n ON n.paper = w.paper
                 WHERE s.name = ?1 AND n.id = ?2 AND w.version >= n.version ORDER BY w.version LIMIT 1"
            }
            News::Published => {
                "SELECT d.id, d.number, d.composed FROM announced_articles w JOIN digests d ON d.id = w.digest
                 JOIN subscriptions s ON s.id = w.subscription JOIN news n ON n.paper = w.paper
                 WHERE s.name = ?1 AND n.id = ?2"
            }
        };
        let announced = query_first_row(&self.db, sql, params![subscription, news.id], |row| {
            let messages = self.read_digest_messages(row.get(0)?)?;
            Ok(NewsStatus::Announced {
                number: row.get(1)?,
                composed: read_timestamp_column(row, 2)?,
                messages,
            })
        })?;
        if let Some(announced) = announced {
            return Ok(announced);
        }
        let sql = "SELECT st.news_through FROM subscription_topics st JOIN subscriptions s ON s.id = st.subscription
             WHERE s.name = ?1 AND st.topic = ?2";
        let through: Option<i64> = query_first_row(&self.db, sql, [subscription, topic], |row| row.get(0))?;
        Ok(match through {
            None => NewsStatus::NotStarted,
            Some(through) if news.id > through => NewsStatus::Pending,
            Some(_) => NewsStatus::Skipped,
        })
    }

    fn read_digest_messages(&self, digest: i64) -> rusqlite::Result<Vec<DigestMessage>> {
        let sql = "SELECT id, sink, state, attempts, CASE WHEN state = 'queued' THEN due END, settled, words
             FROM outbox WHERE digest = ?1 ORDER BY id";
        query_all_rows(&self.db, sql, [digest], |row| {
            Ok(DigestMessage {
                id: row.get(0)?,
                sink: row.get(1)?,
                state: row.get(2)?,
                attempts: row.get(3)?,
                due: read_optional_time(row, 4)?,
                settled: read_optional_time(row, 5)?,
                last_response: row.get(6)?,
            })
        })
    }
}
