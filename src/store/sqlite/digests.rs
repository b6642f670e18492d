//! Subscriptions and their digests: what was announced already, and queueing a digest with its messages in one
//! transaction.

use anyhow::{Context, Result};
use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::outbox::{MessageSource, queue_messages};
use super::paper_row::{
    PAPER, read_news_kind, read_optional_time, read_paper, read_timestamp_column, read_version,
    version_number_or_zero,
};
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows, query_first_row};
use crate::domain::{LastAnnouncementToReader, News};
use crate::store::records::{ComposedDigest, NewsRecord, SubscriptionRecord};

impl Store {
    /// The store's own random id, from which the identity of every message derives.
    pub fn store_id(&self) -> Result<String> {
        Ok(self.db.query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0))?)
    }

    /// A subscription's state. One that is new begins here, after all news so far; so does a topic that is
    /// new to it.
    pub fn find_or_begin_subscription(
        &mut self,
        name: &str,
        topics: &[String],
        wants_first: bool,
        now: Timestamp,
    ) -> Result<SubscriptionRecord> {
        if let Some(found) = find_subscription_record(&self.db, name)?
            && subscription_covers_topics(&self.db, &found, topics)?
        {
            return Ok(found);
        }
        let change = begin_nested_transaction(&mut self.db)?;
        change.execute(
            "INSERT INTO subscriptions (name, started_at, digests, waits_for_first) VALUES (?1, ?2, 0, ?3)
             ON CONFLICT (name) DO NOTHING",
            params![name, now.as_microsecond(), wants_first],
        )?;
        for topic in topics {
            change.execute(
                "INSERT OR IGNORE INTO subscription_topics (subscription, topic, news_through)
                 SELECT s.id, ?2, (SELECT coalesce(max(id), 0) FROM news) FROM subscriptions s WHERE s.name = ?1",
                params![name, topic],
            )?;
        }
        let begun =
            find_subscription_record(&change, name)?.context("a subscription that was just added is gone")?;
        change.commit()?;
        Ok(begun)
    }

    /// The news of these topics that has not been announced to the subscription, oldest first.
    pub fn pending_news(
        &self,
        subscription: &SubscriptionRecord,
        topics: &[String],
    ) -> Result<Vec<NewsRecord>> {
        let sql = format!(
            "SELECT n.id, t.name, n.kind, p.id,
                 (SELECT max(version) FROM announced_versions WHERE subscription = st.subscription AND paper = p.id),
                 EXISTS (SELECT 1 FROM announced_articles WHERE subscription = st.subscription AND paper = p.id), {PAPER}
             FROM subscription_topics st
             JOIN topics t ON t.name = st.topic
             JOIN news n ON n.topic = t.id AND n.id > st.news_through
             JOIN papers p ON p.id = n.paper
             WHERE st.subscription = ?1 AND st.topic IN (SELECT value FROM json_each(?2)) ORDER BY n.id"
        );
        let topics = serde_json::to_string(topics)?;
        Ok(query_all_rows(&self.db, &sql, params![subscription.id, topics], |row| {
            Ok(NewsRecord {
                id: Some(row.get(0)?),
                topic: row.get(1)?,
                news: read_news_kind(row, 2)?,
                paper: read_paper(row, 6)?,
                past_announcement: match (row.get_ref(4)?, row.get(5)?) {
                    (ValueRef::Null, _) => LastAnnouncementToReader::Never,
                    (_, false) => LastAnnouncementToReader::Latest(read_version(row, 4)?),
                    (_, true) => LastAnnouncementToReader::WithArticle(read_version(row, 4)?),
                },
                paper_row: row.get(3)?,
            })
        })?)
    }

    /// The latest papers of these topics, so many, for a subscription that is to begin with some: each paper with
    /// every topic that has seen it.
    pub fn latest_papers_as_news(&self, topics: &[String], papers_max: u32) -> Result<Vec<NewsRecord>> {
        let sql = format!(
            "SELECT p.id, t.name, {PAPER} FROM sightings s JOIN papers p ON p.id = s.paper JOIN topics t ON t.id = s.topic
             WHERE t.name IN (SELECT value FROM json_each(?1)) AND p.id IN (
                 SELECT DISTINCT l.paper FROM sightings l JOIN topics lt ON lt.id = l.topic
                 WHERE lt.name IN (SELECT value FROM json_each(?1)) ORDER BY l.updated DESC, l.tie LIMIT ?2)
             ORDER BY p.updated DESC"
        );
        Ok(query_all_rows(&self.db, &sql, params![serde_json::to_string(topics)?, papers_max], |row| {
            Ok(NewsRecord {
                id: None,
                topic: row.get(1)?,
                news: News::New,
                paper: read_paper(row, 2)?,
                past_announcement: LastAnnouncementToReader::Never,
                paper_row: row.get(0)?,
            })
        })?)
    }

    /// Queues a digest: its messages, and that its news is announced now, in one transaction. Without messages only
    /// the latter.
    pub fn queue_digest(
        &mut self,
        subscription: &SubscriptionRecord,
        composed: &ComposedDigest<'_>,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        let has_messages = !composed.messages.is_empty();
        change.execute(
            "UPDATE subscriptions SET due_last = ?2, digests = digests + ?3,
                 waits_for_first = CASE WHEN ?4 THEN 0 ELSE waits_for_first END
             WHERE id = ?1",
            params![subscription.id, composed.now.as_microsecond(), has_messages, composed.has_first],
        )?;
        if has_messages {
            insert_digest(&change, subscription, composed)?;
        }
        advance_news_position(&change, subscription, composed)?;
        change.commit()?;
        Ok(())
    }
}

fn insert_digest(
    db: &Connection,
    subscription: &SubscriptionRecord,
    composed: &ComposedDigest<'_>,
) -> rusqlite::Result<()> {
    let ComposedDigest { now, sink, kind, messages, .. } = *composed;
    let sql = "INSERT INTO digests (subscription, number, composed) VALUES (?1, ?2, ?3)";
    execute_cached(db, sql, params![subscription.id, subscription.digests + 1, now.as_microsecond()])?;
    let digest = db.last_insert_rowid();
    let sql = "INSERT OR IGNORE INTO announced_versions (subscription, paper, version, digest)
         VALUES (?1, ?2, ?3, ?4)";
    for news in composed.announced_news {
        let version = version_number_or_zero(news.paper.revision.version_if_numbered());
        execute_cached(db, sql, params![subscription.id, news.paper_row, version, digest])?;
        // What is known of its article is announced with it.
        if news.paper.later_article.is_some() {
            let sql =
                "INSERT OR IGNORE INTO announced_articles (subscription, paper, digest) VALUES (?1, ?2, ?3)";
            execute_cached(db, sql, params![subscription.id, news.paper_row, digest])?;
        }
    }
    queue_messages(db, MessageSource::Digest { row: digest, kind }, sink, messages, now)
}

fn advance_news_position(
    db: &Connection,
    subscription: &SubscriptionRecord,
    composed: &ComposedDigest<'_>,
) -> Result<()> {
    for topic in composed.topics {
        let of_topic = composed.consumed_news.iter().filter(|news| news.topic == *topic);
        if let Some(through) = of_topic.filter_map(|news| news.id).max() {
            db.execute(
                "UPDATE subscription_topics SET news_through = max(news_through, ?3)
                 WHERE subscription = ?1 AND topic = ?2",
                params![subscription.id, topic, through],
            )?;
        }
    }
    Ok(())
}

fn find_subscription_record(db: &Connection, name: &str) -> rusqlite::Result<Option<SubscriptionRecord>> {
    let sql = "SELECT id, started_at, due_last, digests, waits_for_first FROM subscriptions WHERE name = ?1";
    query_first_row(db, sql, [name], |row| {
        Ok(SubscriptionRecord {
            id: row.get(0)?,
            started_at: read_timestamp_column(row, 1)?,
            due_last: read_optional_time(row, 2)?,
            digests: row.get(3)?,
            waits_for_first: row.get(4)?,
        })
    })
}

fn subscription_covers_topics(
    db: &Connection,
    subscription: &SubscriptionRecord,
    topics: &[String],
) -> Result<bool> {
    let known: usize = db.query_row(
        "SELECT count(*) FROM subscription_topics
         WHERE subscription = ?1 AND topic IN (SELECT value FROM json_each(?2))",
        params![subscription.id, serde_json::to_string(topics)?],
        |row| row.get(0),
    )?;
    Ok(known == topics.len())
}
