//! The history: papers and their versions, what each topic has seen and when, the news, how long the source is to be
//! left alone, and what was last written to each list. Knows records and transactions, and under `sqlite` SQL and
//! columns; must never know of XML, HTTP, Markdown, or whether something is new.

mod error;
mod records;
mod sqlite;

pub use error::{StoreErrorKind, error_message, store_error_kind};
pub use records::{
    ACCEPTED, BackupSummary, Checkpoint, ClaimedMessage, ComposedDigest, DeliveryTally, DescribedWork,
    DigestMessage, Dismissal, DisplayedPaper, FailureSince, FeedRecord, FileRewrite, FileTexts,
    GeneratedFiles, IndexProgress, JoinReason, KeyedPaper, KnownPaper, ManualRow, NewsEvent, NewsRecord,
    NewsStatus, OutboxEntry, OutboxMessage, OutgoingMessage, PaperByKey, PaperPosition, PaperRowId,
    PaperTimeline, PaperTopicTimeline, PendingReview, PendingReviewState, PollRecord, PollTally,
    PullRequestRef, PushHistory, PushRecord, ReceivedPaper, RecordCounts, RecordedWork, SearchHit,
    SearchQuery, SinkPause, SinkQueue, SourceActivity, SourceProgress, SubscriptionRecord, SuspectDeletions,
    TextCache, TopicActivity, TopicRecord, VolumeRecord, VolumeTable, WatermarkUpdate, WorkPart, WorkRecord,
};
pub use sqlite::{
    DismissalStore, Outbox, StatementInterrupter, Store, StoreReader, TextIndex, WriteFailureNote,
    has_disk_space, read_failure_note, store_exists,
};
