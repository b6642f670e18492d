//! Subscriptions, their news, and a digest that is ready to be queued.

use jiff::Timestamp;

use crate::domain::{DigestPartNumber, LastAnnouncementToReader, News, Paper};

/// A subscription's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRecord {
    pub(in crate::store) id: i64,
    /// When it was first seen; it gets what came after.
    pub started_at: Timestamp,
    /// When the subscription was last due.
    pub due_last: Option<Timestamp>,
    /// Digests composed so far.
    pub digests: u64,
    /// Whether it still waits for its first, latest papers.
    pub waits_for_first: bool,
}

/// One piece of news for a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsRecord {
    pub(in crate::store) id: Option<i64>,
    /// The topic that it is news of.
    pub topic: String,
    /// Why the paper is news.
    pub news: News,
    /// The paper as it is now.
    pub paper: Paper,
    /// What of it was announced to the subscription.
    pub past_announcement: LastAnnouncementToReader,
    pub(in crate::store) paper_row: i64,
}

impl NewsRecord {
    /// The paper with another reason why it is news.
    #[must_use]
    pub fn with_news_reason(&self, news: News) -> Self {
        Self { news, ..self.clone() }
    }
}

/// A digest with its messages, ready to be queued.
#[derive(Debug)]
pub struct ComposedDigest<'a> {
    /// The present.
    pub now: Timestamp,
    /// The sink's name.
    pub sink: &'a str,
    /// What sort of sink its messages are rendered for.
    pub kind: &'a str,
    /// The subscription's topics.
    pub topics: &'a [String],
    /// The news that it announces.
    pub announced_news: &'a [NewsRecord],
    /// The news that the subscription is done with after this: announced, or left out by its own filter.
    pub consumed_news: &'a [NewsRecord],
    /// The digest's messages; none if there is nothing to announce.
    pub messages: &'a [OutboxMessage],
    /// Whether it has the first, latest papers that the subscription waited for.
    pub has_first: bool,
}

/// One rendered request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// The message's identity at the receiver, the same on every attempt.
    pub key: String,
    /// Whom it is for at the sink; empty if the sink is one place.
    pub recipient: String,
    /// Which part of the digest it is.
    pub part: DigestPartNumber,
    /// The request's body.
    pub body: Vec<u8>,
}
