//! How each topic, sink and list is doing.

use jiff::Timestamp;

use crate::domain::{CompletePolls, PastPoll, PollOutcome, UnreadableEntry};

/// What the history has of one topic.
#[derive(Debug, Clone, Default)]
pub struct TopicActivity {
    /// How many papers it has seen.
    pub paper_count: u64,
    /// How its polls went at each of its sources.
    pub sources: Vec<TopicPollsAtSource>,
    /// The dates of its latest papers, newest first.
    pub paper_dates: Vec<Timestamp>,
    /// When the topic had news last.
    pub last_news: Option<Timestamp>,
}

/// What the history has of a topic's polls at one source.
#[derive(Debug, Clone, Default)]
pub struct TopicPollsAtSource {
    /// The source's name.
    pub source: String,
    /// The last complete poll and those since, oldest first.
    pub polls: Vec<PastPoll>,
    /// The present of the last complete poll.
    pub last_complete_poll: Option<Timestamp>,
    /// The complete polls that are kept.
    pub complete_polls: CompletePolls,
    /// The entries that could not be taken.
    pub unreadable: Vec<UnreadableEntry>,
}

/// The messages of one sink.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SinkQueueStatus {
    /// How many messages wait.
    pub waiting: u64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// When one of them is tried next.
    pub next_due: Option<Timestamp>,
    /// The last answer to one that waits, or what kept it from being sent.
    pub last_response: Option<String>,
    /// How many are kept as failed.
    pub failed: u64,
    /// When the latest of them failed.
    pub last_failed: Option<Timestamp>,
    /// When one was delivered last.
    pub last_delivered: Option<Timestamp>,
    /// What was odd about the answer to that one, if anything was.
    pub remark: Option<String>,
}

/// Why a host's last request brought nothing to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFailure {
    /// When the first request of those failed that did so on end.
    pub since: Timestamp,
    /// The name of the kind of fault.
    pub kind: String,
    /// The fault in words.
    pub words: String,
}

/// Whether a sink can be used, by the word of whoever sends to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkReadiness {
    /// All that it needs is there.
    Usable,
    /// Nothing can be sent to it.
    Unusable(FailureSince),
}

/// Why something cannot go on, and since when: a sink gets nothing, a list was left as it is, the history is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureSince {
    /// When the failure began.
    pub since: Timestamp,
    /// The reason in words.
    pub reason: String,
}

/// How many polls of a topic ended in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOutcomeCount {
    /// The topic.
    pub topic: String,
    /// The source that was polled.
    pub source: String,
    /// How the polls went.
    pub outcome: PollOutcome,
    /// The kind of fault that ended them, if one did.
    pub fault: Option<String>,
    /// How many polls went so.
    pub polls: u64,
    /// Requests made in them, tries among them.
    pub requests: u64,
}

/// How many tries to deliver at a sink ended in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOutcomeCount {
    /// The sink.
    pub sink: String,
    /// `delivered`, `deferred`, `failed`, or `paused` if it stopped the sink.
    pub outcome: String,
    /// How many deliveries went so.
    pub deliveries: u64,
}
