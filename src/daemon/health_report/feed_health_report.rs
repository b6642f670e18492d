//! The health of each feed, once for all topics that take it.

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::utc_time::format_utc_to_minute;
use crate::config::{Config, FeedConfig, FeedLocation};
use crate::daemon::feed_polls::{read_feed_address, topics_using_source};
use crate::domain::{
    FeedHealth, FeedHistory, FeedObservation, Incident, NewItemCount, assess_feed, count_recent_new_items,
};
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::StoreReader;

/// The health of a feed.
#[derive(Debug, Clone)]
pub struct FeedHealthReport {
    /// The feed's name.
    pub name: String,
    /// The feed's host, all that is shown of a secret address; none if the address cannot be read.
    pub host: Option<String>,
    /// The topics that take papers from it.
    pub topics: Vec<String>,
    /// Whether it is well, and if not why.
    pub health: FeedHealth,
    /// How much came lately; none before its first poll.
    pub new_items: Option<NewItemCount>,
    /// The date of the newest item that it shows.
    pub newest_item: Option<Timestamp>,
    /// When it was polled last, well or not.
    pub last_poll: Option<Timestamp>,
    /// When the feed is polled next.
    pub next_poll: Option<Timestamp>,
    /// The moment of the judgement.
    now: Timestamp,
}

/// A feed in JSON.
#[derive(Debug, Serialize)]
pub(super) struct FeedStatusJson<'a> {
    source: &'a str,
    host: Option<&'a str>,
    judgement: &'static str,
    words: String,
    topics: &'a [String],
    new_in_7_days: Option<u32>,
    new_in_28_days: Option<u32>,
    last_new: Option<Timestamp>,
    newest_item: Option<Timestamp>,
    polled: Option<Timestamp>,
    poll_next: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<&'a str>,
}

impl FeedHealthReport {
    /// Looks at the history of each feed, in the order of the configuration.
    pub(super) fn read_feed_reports(
        config: &Config,
        reader: Option<&StoreReader>,
        now: Timestamp,
    ) -> Result<Vec<Self>> {
        config.feeds.iter().map(|feed| Self::read(config, feed, reader, now)).collect()
    }

    fn read(
        config: &Config,
        feed: &FeedConfig,
        reader: Option<&StoreReader>,
        now: Timestamp,
    ) -> Result<Self> {
        let address = read_feed_address(feed).ok();
        let history = reader.map(|reader| reader.feed_history(&feed.name)).transpose()?.flatten();
        // One that the configuration has in place of another was not asked yet.
        let history = match &address {
            Some(address) => {
                history.and_then(|history| history.keep_if_same_feed_address(address.fingerprint()))
            }
            None => history,
        };
        let history = match &feed.location {
            FeedLocation::Plain(_) => history,
            FeedLocation::Secret(_) => history.map(FeedHistory::without_secret_new_address),
        };
        let record = reader.map(|reader| reader.feed_record(&feed.name)).transpose()?.unwrap_or_default();
        let next_poll = record.next_poll.filter(|_| history.is_some());
        let history = history.as_ref();
        Ok(Self {
            name: feed.name.clone(),
            host: address.map(|address| address.host().to_owned()),
            topics: topics_using_source(config, &feed.name)
                .into_iter()
                .map(|topic| topic.name.clone())
                .collect(),
            health: assess_feed(&FeedObservation { history, next_poll }, now),
            new_items: history.map(|history| count_recent_new_items(history, now)),
            newest_item: history.and_then(|history| history.newest_item),
            last_poll: history.map(|history| history.last_poll.at),
            next_poll,
            now,
        })
    }

    /// Whether a topic takes papers from it. Nobody else asks it.
    pub fn is_used_by_topic(&self) -> bool {
        !self.topics.is_empty()
    }

    /// Since when something is wrong with it.
    pub fn wrong_since(&self) -> Option<Timestamp> {
        self.health.wrong_since(self.now).filter(|_| self.is_used_by_topic())
    }

    /// What is wrong with it, if anything is.
    pub(super) fn incident(&self) -> Option<Incident> {
        let since = self.wrong_since()?;
        Some(Incident {
            subject: incident_kind_and_name("source", &self.name),
            since,
            description: self.health.to_string(),
            advice: self.health.advice().unwrap_or_default().to_owned(),
        })
    }

    /// The feed's health in one line.
    pub fn health_line_text(&self) -> String {
        let polled = self.last_poll.map(|polled| format!("; polled {}", format_utc_to_minute(polled)));
        let next = self.next_poll.map(|next| format!(", next poll {}", format_utc_to_minute(next)));
        format!("{}{}{}", self.health, polled.unwrap_or_default(), next.unwrap_or_default())
    }

    pub(super) fn to_status_json(&self) -> FeedStatusJson<'_> {
        FeedStatusJson {
            source: &self.name,
            host: self.host.as_deref(),
            judgement: self.health.name(),
            words: self.health.to_string(),
            topics: &self.topics,
            new_in_7_days: self.new_items.map(|count| count.week),
            new_in_28_days: self.new_items.map(|count| count.four_weeks),
            last_new: self.new_items.and_then(|count| count.last_new),
            newest_item: self.newest_item,
            polled: self.last_poll,
            poll_next: self.next_poll,
            moved_to: self.health.moved_to(),
        }
    }
}
