//! The life of one paper in the history: its versions, the topics that saw it, its news, and what became of
//! each piece of news at each subscription.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::Reader;
use super::row::{PAPER, paper, time, time_or_none, version};
use crate::domain::{News, Paper, PaperId, Version};

/// One paper with its past.
#[derive(Debug, Clone)]
pub struct Life {
    /// The paper as it stands.
    pub paper: Paper,
    /// Each version that was seen: which, of what date, and when it was seen first.
    pub versions: Vec<(Version, Timestamp, Timestamp)>,
    /// Each topic that saw it.
    pub topics: Vec<TopicLife>,
}

/// A paper at one topic.
#[derive(Debug, Clone)]
pub struct TopicLife {
    /// The topic's name.
    pub topic: String,
    /// The highest version that it was shown.
    pub version: Version,
    /// When it was shown the paper first.
    pub seen: Timestamp,
    /// Its place among the topic's papers, newest first, from 1.
    pub place: u64,
    /// Each piece of news that it was, oldest first; none where it was filled in silently.
    pub news: Vec<NewsLife>,
}

/// One piece of news.
#[derive(Debug, Clone, Copy)]
pub struct NewsLife {
    id: i64,
    /// Why it was news.
    pub news: News,
    /// Of which version.
    pub version: Version,
    /// When it was found.
    pub seen: Timestamp,
}

/// What became of a piece of news at a subscription.
#[derive(Debug, Clone)]
pub enum Fate {
    /// The subscription, or the topic in it, has not begun.
    NotBegun,
    /// It waits for the subscription's next digest.
    Waits,
    /// The subscription has passed it without telling it.
    Passed,
    /// It was told.
    Told {
        /// The digest's number in its subscription.
        number: u64,
        /// When it was composed.
        composed: Timestamp,
        /// Its messages, in their order.
        messages: Vec<Sent>,
    },
}

/// One message of a digest.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The row.
    pub id: i64,
    /// The sink's name.
    pub sink: String,
    /// `queued`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next, where it is queued.
    pub due: Option<Timestamp>,
    /// When it was settled.
    pub settled: Option<Timestamp>,
    /// What the last attempt told.
    pub words: Option<String>,
}

impl Reader {
    /// The life of a paper; none of one that the history does not know.
    pub fn life(&self, id: &PaperId) -> Result<Option<Life>> {
        let sql = format!("SELECT p.id, {PAPER} FROM papers p WHERE p.paper_id = ?1");
        let found = self
            .db
            .prepare(&sql)?
            .query_row([id.as_str()], |row| Ok((row.get(0)?, paper(row, 1)?)))
            .optional()?;
        let Some((row, paper)) = found else { return Ok(None) };
        Ok(Some(Life { paper, versions: self.versions(row)?, topics: self.topic_lives(row)? }))
    }

    fn versions(&self, paper: i64) -> Result<Vec<(Version, Timestamp, Timestamp)>> {
        let mut find = self
            .db
            .prepare("SELECT version, updated, seen FROM versions WHERE paper = ?1 ORDER BY version")?;
        let versions = find.query_map([paper], |row| Ok((version(row, 0)?, time(row, 1)?, time(row, 2)?)))?;
        Ok(versions.collect::<rusqlite::Result<_>>()?)
    }

    fn topic_lives(&self, paper: i64) -> Result<Vec<TopicLife>> {
        let mut find = self.db.prepare(
            "SELECT t.id, t.name, s.version, s.seen,
                 (SELECT count(*) + 1 FROM sightings o WHERE o.topic = s.topic
                      AND (o.updated > s.updated OR (o.updated = s.updated AND o.tie < s.tie)))
             FROM sightings s JOIN topics t ON t.id = s.topic WHERE s.paper = ?1 ORDER BY s.seen, t.id",
        )?;
        let lives = find.query_map([paper], |row| {
            let topic: i64 = row.get(0)?;
            Ok(TopicLife {
                topic: row.get(1)?,
                version: version(row, 2)?,
                seen: time(row, 3)?,
                place: row.get(4)?,
                news: self.news_of(topic, paper)?,
            })
        })?;
        Ok(lives.collect::<rusqlite::Result<_>>()?)
    }

    fn news_of(&self, topic: i64, paper: i64) -> rusqlite::Result<Vec<NewsLife>> {
        let mut find = self.db.prepare_cached(
            "SELECT id, kind, version, seen FROM news WHERE topic = ?1 AND paper = ?2 ORDER BY id",
        )?;
        let news = find.query_map([topic, paper], |row| {
            let kind: String = row.get(1)?;
            Ok(NewsLife {
                id: row.get(0)?,
                news: if kind == "new" { News::New } else { News::Replacement },
                version: version(row, 2)?,
                seen: time(row, 3)?,
            })
        })?;
        news.collect()
    }

    /// What became of a piece of a topic's news at a subscription.
    pub fn fate(&self, subscription: &str, topic: &str, news: &NewsLife) -> Result<Fate> {
        let told: Option<(i64, u64, Timestamp)> = self
            .db
            .prepare_cached(
                "SELECT d.id, d.number, d.composed FROM told w JOIN digests d ON d.id = w.digest
                 JOIN subscriptions s ON s.id = w.subscription JOIN news n ON n.paper = w.paper
                 WHERE s.name = ?1 AND n.id = ?2 AND w.version >= n.version ORDER BY w.version LIMIT 1",
            )?
            .query_row(params![subscription, news.id], |row| Ok((row.get(0)?, row.get(1)?, time(row, 2)?)))
            .optional()?;
        if let Some((digest, number, composed)) = told {
            return Ok(Fate::Told { number, composed, messages: self.sent(digest)? });
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
            None => Fate::NotBegun,
            Some(through) if news.id > through => Fate::Waits,
            Some(_) => Fate::Passed,
        })
    }

    fn sent(&self, digest: i64) -> Result<Vec<Sent>> {
        let mut find = self.db.prepare_cached(
            "SELECT id, sink, state, attempts, CASE WHEN state = 'queued' THEN due END, settled, words
             FROM outbox WHERE digest = ?1 ORDER BY id",
        )?;
        let sent = find.query_map([digest], |row| {
            Ok(Sent {
                id: row.get(0)?,
                sink: row.get(1)?,
                state: row.get(2)?,
                attempts: row.get(3)?,
                due: time_or_none(row, 4)?,
                settled: time_or_none(row, 5)?,
                words: row.get(6)?,
            })
        })?;
        Ok(sent.collect::<rusqlite::Result<_>>()?)
    }
}
