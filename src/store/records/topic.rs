//! What a topic knows, and how a paper is found in the history.

use jiff::Timestamp;

use crate::domain::{Sighting, StoredPaperState, TopicBackfillPhase};

/// A topic's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRecord {
    pub(in crate::store) id: i64,
    /// Established as soon as it is with one of its sources.
    pub contact: TopicBackfillPhase,
    /// How many papers it has seen.
    pub paper_count: u64,
}

/// How far a topic has come with one of its sources. Their first contacts are apart: a source that is added to a topic of
/// long ago begins silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProgress {
    pub(in crate::store) id: i64,
    /// Established as soon as a poll of it was complete, or a gap of it is taken to be there to stay.
    pub contact: TopicBackfillPhase,
    /// The present of the last complete poll; after an import the date of the newest paper in it.
    pub watermark: Option<Timestamp>,
    /// When the source made the answer of the last complete poll.
    pub source_time: Option<Timestamp>,
    /// The present of the last complete poll that went back to the end of the look-back; of a feed also of the one that ended
    /// first contact, if the feed was read to its end.
    pub last_full_sweep: Option<Timestamp>,
}

impl SourceProgress {
    /// Whether first contact with a feed was with the beginning of it, and no more has been read since: what is behind that may
    /// come into view later.
    pub fn has_seen_only_feed_start(&self) -> bool {
        self.contact == TopicBackfillPhase::Established && self.last_full_sweep.is_none()
    }
}

impl TopicRecord {
    /// Whether no poll has been complete and none has brought anything.
    pub fn is_awaiting_first_poll_result(&self) -> bool {
        self.contact == TopicBackfillPhase::Backfill && self.paper_count == 0
    }
}

/// What the history has of one paper that a source gave to a topic.
#[derive(Debug, Clone, Default)]
pub struct KnownPaper {
    pub(in crate::store) row: Option<i64>,
    /// The paper as it is recorded there.
    pub recorded: Option<StoredPaperState>,
    /// What the topic has seen of it.
    pub sighting: Option<Sighting>,
}

/// The row in which the history keeps a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperDatabaseRowId(pub(in crate::store) i64);

impl PaperDatabaseRowId {
    /// The number of its row.
    pub fn database_row_number(self) -> i64 {
        self.0
    }
}

/// One paper's place among those of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperPlaceInTopic {
    /// The paper.
    pub paper: PaperDatabaseRowId,
    /// The paper's date in the topic's table.
    pub updated: Timestamp,
    /// As of which [revision](crate::store::Store::list_tables_revision) of the history it reads as it does.
    pub revision: u64,
}
