//! The records that the store takes and gives. They know no engine: whichever keeps the history, these are what the rest
//! of the program sees of it.

mod activity;
mod backup_and_index;
mod digest;
mod feed;
mod generated_files;
mod joined_papers;
mod list;
mod outbox;
mod paper_timeline;
mod poll;
mod pull_request;
mod search;
mod topic;

pub use activity::{DeliveryTally, FailureSince, PollTally, SinkQueue, SourceActivity, TopicActivity};
pub use backup_and_index::{BackupSummary, IndexProgress};
pub use digest::{ComposedDigest, NewsRecord, OutboxMessage, SubscriptionRecord};
pub use feed::FeedRecord;
pub use generated_files::{FileRewrite, FileTexts, GeneratedFiles, TextCache};
pub use joined_papers::{
    DescribedWork, DisplayedPaperChoice, JoinedPaper, KeyedPaper, PaperByKey, PaperIdentityRecord,
    RecordedWork, SameWorkReason,
};
pub use list::{ArchiveVolumeRecord, ArchiveVolumeTable, Checkpoint, Dismissal, ManualRow, SuspectDeletions};
pub use outbox::{ACCEPTED, ClaimedMessage, OutboxEntry, OutgoingMessage, SinkPause};
pub use paper_timeline::{DigestMessage, NewsEvent, NewsStatus, PaperTimeline, PaperTopicTimeline};
pub use poll::{AssessedPaper, PollRecord, RecordedPaperCounts, WatermarkUpdate};
pub use pull_request::{PendingReview, PendingReviewState, PullRequestRef, PushHistory, PushRecord};
pub use search::{SearchHit, SearchQuery};
pub use topic::{KnownPaper, PaperPosition, PaperRowId, SourceProgress, TopicRecord};
