//! The life of one paper in the history: its versions, the topics that saw it, its news, and what became of
//! each piece of news at each subscription.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::connection::StoreReader;
use super::paper_row::{PAPER, read_optional_time, read_paper, read_time, read_version};
use crate::domain::{News, PaperId, Version};
use crate::store::records::{DigestMessage, NewsEvent, NewsStatus, PaperHistory, PaperTopicHistory};

impl StoreReader {
    /// The life of a paper; none of one that the history does not know.
    pub fn paper_history(&self, id: &PaperId) -> Result<Option<PaperHistory>> {
        let sql = format!("SELECT p.id, {PAPER} FROM papers p WHERE p.paper_id = ?1");
        let found = self
            .db
            .prepare(&sql)?
            .query_row([id.as_str()], |row| Ok((row.get(0)?, read_paper(row, 1)?)))
            .optional()?;
        let Some((row, paper)) = found else { return Ok(None) };
        Ok(Some(PaperHistory { paper, versions: self.versions(row)?, topics: self.topic_histories(row)? }))
    }

    fn versions(&self, paper: i64) -> Result<Vec<(Version, Timestamp, Timestamp)>> {
        let mut find = self
            .db
            .prepare("SELECT version, updated, seen FROM versions WHERE paper = ?1 ORDER BY version")?;
        let versions = find
            .query_map([paper], |row| Ok((read_version(row, 0)?, read_time(row, 1)?, read_time(row, 2)?)))?;
        Ok(versions.collect::<rusqlite::Result<_>>()?)
    }

    fn topic_histories(&self, paper: i64) -> Result<Vec<PaperTopicHistory>> {
        let mut find = self.db.prepare(
            "SELECT t.id, t.name, s.version, s.seen,
                 (SELECT count(*) + 1 FROM sightings o WHERE o.topic = s.topic
                      AND (o.updated > s.updated OR (o.updated = s.updated AND o.tie < s.tie)))
             FROM sightings s JOIN topics t ON t.id = s.topic WHERE s.paper = ?1 ORDER BY s.seen, t.id",
        )?;
        let lives = find.query_map([paper], |row| {
            let topic: i64 = row.get(0)?;
            Ok(PaperTopicHistory {
                topic: row.get(1)?,
                version: read_version(row, 2)?,
                first_seen: read_time(row, 3)?,
                position: row.get(4)?,
                news: self.news_events(topic, paper)?,
            })
        })?;
        Ok(lives.collect::<rusqlite::Result<_>>()?)
    }

    fn news_events(&self, topic: i64, paper: i64) -> rusqlite::Result<Vec<NewsEvent>> {
        let mut find = self.db.prepare_cached(
            "SELECT id, kind, version, seen FROM news WHERE topic = ?1 AND paper = ?2 ORDER BY id",
        )?;
        let news = find.query_map([topic, paper], |row| {
            let kind: String = row.get(1)?;
            Ok(NewsEvent {
                id: row.get(0)?,
                news: if kind == "new" { News::New } else { News::Replacement },
                version: read_version(row, 2)?,
                found_at: read_time(row, 3)?,
            })
        })?;
        news.collect()
    }

    /// What became of a piece of a topic's news at a subscription.
    pub fn news_status(&self, subscription: &str, topic: &str, news: &NewsEvent) -> Result<NewsStatus> {
        let told: Option<(i64, u64, Timestamp)> = self
            .db
            .prepare_cached(
                "SELECT d.id, d.number, d.composed FROM announced_versions w JOIN digests d ON d.id = w.digest
                 JOIN subscriptions s ON s.id = w.subscription JOIN news n ON n.paper = w.paper
                 WHERE s.name = ?1 AND n.id = ?2 AND w.version >= n.version ORDER BY w.version LIMIT 1",
            )?
            .query_row(params![subscription, news.id], |row| {
                Ok((row.get(0)?, row.get(1)?, read_time(row, 2)?))
            })
            .optional()?;
        if let Some((digest, number, composed)) = told {
            return Ok(NewsStatus::Announced { number, composed, messages: self.digest_messages(digest)? });
        }
        let through: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT st.news_through FROM subscription_topics st JOIN subscriptions s ON s.id = st.subscription
                 WHERE s.name = ?1 AND st.topic = ?2",
            )?
            .query_row([subscription, topic], |row| row.get(0))
            .optional()?;
        Ok(match through {
            None => NewsStatus::NotStarted,
            Some(through) if news.id > through => NewsStatus::Pending,
            Some(_) => NewsStatus::Skipped,
        })
    }

    fn digest_messages(&self, digest: i64) -> Result<Vec<DigestMessage>> {
        let mut find = self.db.prepare_cached(
            "SELECT id, sink, state, attempts, CASE WHEN state = 'queued' THEN due END, settled, words
             FROM outbox WHERE digest = ?1 ORDER BY id",
        )?;
        let sent = find.query_map([digest], |row| {
            Ok(DigestMessage {
                id: row.get(0)?,
                sink: row.get(1)?,
                state: row.get(2)?,
                attempts: row.get(3)?,
                due: read_optional_time(row, 4)?,
                settled: read_optional_time(row, 5)?,
                last_response: row.get(6)?,
            })
        })?;
        Ok(sent.collect::<rusqlite::Result<_>>()?)
    }
}
