//! The life of one paper: its versions, the topics that saw it, its news, and what became of each piece of news at each
//! subscription.

use jiff::Timestamp;

use crate::domain::{News, Paper, Version};

/// One paper with its past.
#[derive(Debug, Clone)]
pub struct PaperTimeline {
    /// The paper as it is now.
    pub paper: Paper,
    /// Each version that was seen: which, if it has a number, of what date, and when it was seen first.
    pub versions: Vec<(Option<Version>, Timestamp, Timestamp)>,
    /// Each topic that saw it.
    pub topics: Vec<PaperTopicTimeline>,
}

/// A paper at one topic.
#[derive(Debug, Clone)]
pub struct PaperTopicTimeline {
    /// The topic's name.
    pub topic: String,
    /// The highest version of it that the topic has seen; none if none has a number.
    pub version: Option<Version>,
    /// When the topic saw it first.
    pub first_seen: Timestamp,
    /// The paper's place among the topic's, newest first, from 1.
    pub position: u64,
    /// Each piece of news that it was, oldest first; none if it was filled in silently.
    pub news: Vec<NewsEvent>,
}

/// One piece of news.
#[derive(Debug, Clone, Copy)]
pub struct NewsEvent {
    pub(in crate::store) id: i64,
    /// Why the paper was news.
    pub news: News,
    /// Of which version, if it has a number.
    pub version: Option<Version>,
    /// When the news was found.
    pub found_at: Timestamp,
}

/// What became of a piece of news at a subscription.
#[derive(Debug, Clone)]
pub enum NewsStatus {
    /// The subscription, or the topic in it, has not begun.
    NotStarted,
    /// The news waits for the subscription's next digest.
    Pending,
    /// The subscription has passed it without announcing it.
    Skipped,
    /// A digest of the subscription announced it.
    Announced {
        /// The digest's number in its subscription.
        number: u64,
        /// When the digest was composed.
        composed: Timestamp,
        /// The digest's messages, in their order.
        messages: Vec<DigestMessage>,
    },
}

/// One message of a digest.
#[derive(Debug, Clone)]
pub struct DigestMessage {
    /// The row.
    pub id: i64,
    /// The sink's name.
    pub sink: String,
    /// `queued`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next, if it is queued.
    pub due: Option<Timestamp>,
    /// When the message was settled.
    pub settled: Option<Timestamp>,
    /// The answer to the last attempt, or what kept it from being made.
    pub last_response: Option<String>,
}
