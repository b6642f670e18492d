//! The history: papers and their versions, what each topic has seen and when, the news, how long the source is to be
//! left alone, and what was last written to each list. Knows records and transactions, and under `sqlite` SQL and
//! columns; must never know of XML, HTTP, Markdown, or whether something is new.

mod records;
mod sqlite;
mod store_error_kind;

pub use records::{
    ACCEPTED, ArchiveVolumeRecord, ArchiveVolumeTableRecord, BackupSummary, Checkpoint, ClaimedMessage,
    ComposedDigest, DeliveryOutcomeCount, DescribedWork, DigestMessage, Dismissal, DisplayedPaperChoice,
    FailureSince, FeedRecord, FileRewrite, FileTexts, GeneratedFiles, IndexProgress, JoinedPaper, KeyedPaper,
    KnownPaper, ManualRow, NewsEvent, NewsRecord, NewsStatus, OutboxEntry, OutboxMessage, OutgoingMessage,
    PaperByKey, PaperDatabaseRowId, PaperIdentityRecord, PaperPlaceInTopic, PaperTimeline,
    PaperTopicTimeline, PaperWithDetectedChange, PendingReview, PendingReviewState, PollOutcomeCount,
    PollRecord, PullRequestNumberAndUrl, PushHistory, PushRecord, RecordedPaperCounts, RecordedWork,
    RequestFailure, SameWorkReason, SearchHit, SearchQuery, SinkPause, SinkQueueStatus, SinkReadiness,
    SourceProgress, SubscriptionRecord, SuspectDeletions, TextCacheByFingerprint, TopicActivity,
    TopicPollsAtSource, TopicRecord, WatermarkUpdate,
};
pub use sqlite::{
    DismissalStore, LockState, Outbox, StatementInterrupter, Store, StoreReader, TextIndex,
    WriteFailureNoteFile, has_disk_space, lock_state, missing_write_access, read_write_failure_note,
    require_plain_store_files, store_exists,
};
pub use store_error_kind::{StoreErrorKind, error_chain_message, store_error_kind};
