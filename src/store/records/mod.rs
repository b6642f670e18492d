//! The records that the store takes and gives. They know no engine: whichever keeps the history, these are what the rest
//! of the program sees of it.

mod activity;
mod backup_and_index;
mod digest;
mod feed;
mod generated_files;
mod list;
mod outbox;
mod paper_timeline;
mod poll;
mod pull_request;
mod search;
mod topic;
mod work;

pub use activity::{DeliveryTally, FailureSince, PollTally, SinkQueue, SourceActivity, TopicActivity};
pub use backup_and_index::{BackupSummary, IndexProgress};
pub use digest::{ComposedDigest, NewsRecord, OutboxMessage, SubscriptionRecord};
pub use feed::FeedRecord;
pub use generated_files::{FileRewrite, FileTexts, GeneratedFiles, TextCache};
pub use list::{Checkpoint, Dismissal, ManualRow, SuspectDeletions, VolumeRecord, VolumeTable};
pub use outbox::{ACCEPTED, ClaimedMessage, OutboxEntry, OutgoingMessage, SinkPause};
pub use paper_timeline::{DigestMessage, NewsEvent, NewsStatus, PaperTimeline, PaperTopicTimeline};
pub use poll::{PollRecord, ReceivedPaper, RecordCounts, WatermarkUpdate};
pub use pull_request::{PendingReview, PendingReviewState, PullRequestRef, PushHistory, PushRecord};
pub use search::{SearchHit, SearchQuery};
pub use topic::{KnownPaper, PaperPosition, PaperRowId, SourceProgress, TopicRecord};
pub use work::{
    DescribedWork, DisplayedPaper, JoinReason, KeyedPaper, PaperByKey, RecordedWork, WorkPart, WorkRecord,
};
