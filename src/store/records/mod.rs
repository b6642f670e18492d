//! The records that the store takes and gives. They know no engine: whichever keeps the history, these are what the rest
//! of the program sees of it.

mod backup_and_index;
mod feed;
mod generated_files;
mod joined_papers;
mod list;
mod outbox;
mod paper_timeline;
mod poll;
mod pushes_and_pending_review;
mod search;
mod subscription_and_digest;
mod topic;
mod topic_and_sink_activity;

pub use backup_and_index::{BackupSummary, IndexProgress};
pub use feed::FeedRecord;
pub use generated_files::{FileRewrite, FileTexts, GeneratedFiles, TextCacheByFingerprint};
pub use joined_papers::{
    DescribedWork, DisplayedPaperChoice, JoinedPaper, KeyedPaper, PaperByKey, PaperIdentityRecord,
    RecordedWork, SameWorkReason,
};
pub use list::{
    ArchiveVolumeRecord, ArchiveVolumeTableRecord, Checkpoint, Dismissal, ManualRow, SuspectDeletions,
};
pub use outbox::{ACCEPTED, ClaimedMessage, OutboxEntry, OutgoingMessage, SinkPause};
pub use paper_timeline::{DigestMessage, NewsEvent, NewsStatus, PaperTimeline, PaperTopicTimeline};
pub use poll::{PaperWithDetectedChange, PollRecord, RecordedPaperCounts, WatermarkUpdate};
pub use pushes_and_pending_review::{
    PendingReview, PendingReviewState, PullRequestNumberAndUrl, PushHistory, PushRecord,
};
pub use search::{SearchHit, SearchQuery};
pub use subscription_and_digest::{ComposedDigest, NewsRecord, OutboxMessage, SubscriptionRecord};
pub use topic::{KnownPaper, PaperDatabaseRowId, PaperPlaceInTopic, SourceProgress, TopicRecord};
pub use topic_and_sink_activity::{
    DeliveryOutcomeCount, FailureSince, PollOutcomeCount, RequestFailure, SinkQueueStatus, SinkReadiness,
    TopicActivity, TopicPollsAtSource,
};
