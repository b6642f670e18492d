//! The health of everything, as it is served.

use crate::domain::{FeedHealth, NewItemCount};
use crate::render::page::{ComponentSummary, TopicSummary};
use crate::store::SinkQueueStatus;

/// The health of everything.
#[derive(Debug)]
pub struct ServedHealth {
    /// The whole of it, as `paperwire status` has it.
    pub status: ServedStatus,
    /// The topics to show, in their order.
    pub topics: Vec<TopicSummary>,
    /// All else, in its order.
    pub components: Vec<ComponentSummary>,
    /// The feeds that are polled, in their order.
    pub feeds: Vec<ServedFeedHealth>,
    /// The messages of each sink.
    pub queues: Vec<(String, SinkQueueStatus)>,
}

/// The health of a feed.
#[derive(Debug)]
pub struct ServedFeedHealth {
    /// The feed's name.
    pub name: String,
    /// The feed's health.
    pub health: FeedHealth,
    /// How much came lately; none before its first poll.
    pub new_items: Option<NewItemCount>,
}

/// The health of everything in words.
#[derive(Debug)]
pub struct ServedStatus {
    /// Whether nothing is wrong.
    pub is_in_order: bool,
    /// The words of `paperwire status`.
    pub text: String,
    /// The JSON of `paperwire status --json`.
    pub json: String,
}
