//! What papers, topics and polls are, and every decision about them: is this new, is it due, is it
//! worth another try. Knows nothing of SQL, XML, HTTP, Markdown or the present time; a decision
//! gets all of that as values and answers with a value.

mod archive_date_placeholder;
mod archive_path_set;
mod archive_pattern;
mod article_of_preprint;
mod arxiv_announcement_calendar;
mod arxiv_id;
mod arxiv_link;
mod arxiv_policy;
mod arxiv_taxonomy;
mod change_detection;
mod clean_line_fast_path;
mod code_link;
mod column;
mod crontab;
mod date_estimate;
mod delivery_retry_decision;
mod digest;
mod digest_sections;
mod doi;
mod doi_in_link;
mod estimated_silence_limit;
mod export;
mod feed_health;
mod feed_move_confirmation;
mod feed_poll_history;
mod feed_schedule;
mod feed_validators;
mod fetch_error;
mod fingerprint;
mod forge_vendor;
mod incident;
mod incomplete_feed_answer;
mod journal_publication;
mod kept_feed_item_kinds;
mod late_digest_reason;
mod normalized_url;
mod noun_of_count;
mod pagination;
mod paper;
mod paper_addenda;
#[cfg(test)]
pub(crate) mod paper_fixture;
mod paper_id;
mod paper_link;
mod paper_merge;
mod percent_encoding;
mod poll_backoff;
mod proposal_text_template;
mod published_feed_entry;
pub mod pull_request_plan;
mod query;
mod query_match;
mod registrable_domain;
mod repository;
mod request_gate;
mod result_page;
mod secret;
mod source_announcement_calendar;
mod source_order_within_date;
mod source_pace_and_paging;
mod store_url;
mod subscription;
pub mod table_merge;
mod text_analysis;
mod text_hygiene;
mod topic;
mod topic_health;
mod unreadable_entry;
mod version;
mod version_or_fingerprint;
mod web_scheme;
mod work_identity;

pub use archive_path_set::ArchivePathSet;
pub use archive_pattern::{ArchivePattern, ArchivePatternError};
pub use article_of_preprint::ArticleOfPreprint;
pub use arxiv_announcement_calendar::ArxivEveningKind;
pub use arxiv_id::{ArxivId, ArxivIdError};
pub use arxiv_policy::{ARXIV_POLICY, ARXIV_SOURCE, is_arxiv_host, user_agent};
pub use arxiv_taxonomy::{arxiv_archives, arxiv_categories};
pub use change_detection::{
    DetectedChange, MetadataOrigin, News, RecordedPaperChange, Sighting, StoredPaperState,
    TopicBackfillPhase, detect_change, detect_change_from_list,
};
pub use clean_line_fast_path::is_clean_ascii_line;
pub use code_link::find_code_url;
pub use column::Column;
pub use crontab::{Crontab, CrontabError};
pub use date_estimate::{estimated_date, is_estimated, mark_estimated};
pub use delivery_retry_decision::{
    ATTEMPTS_MAX, DeliveryDecision, decide_after_attempt, is_given_up, retry_time_if_attempt_never_ends,
};
pub use digest::{Attempt, Digest, DigestPaper, DigestPartNumber, DigestSection, RefusalScope};
pub use digest_sections::{
    LastAnnouncementToReader, NewsItem, digest_sections, news_after_past_announcement,
};
pub use doi::Doi;
pub use estimated_silence_limit::DaysWithNewItems;
pub use export::ExportFormat;
pub use feed_health::{
    FeedFault, FeedHealth, FeedObservation, FeedRelocation, NewItemCount, RelocationTrust, assess_feed,
    count_recent_new_items,
};
pub use feed_move_confirmation::{FeedMove, PermanentRedirect, RedirectTargetKind};
pub use feed_poll_history::{FeedHistory, FeedPoll, ItemKeysAndDate};
pub use feed_schedule::{FeedFailure, FeedTiming, NextRequestHints, next_feed_poll};
pub use feed_validators::FeedValidators;
pub use fetch_error::{FetchError, FetchErrorKind, Retry};
pub use fingerprint::Fingerprint;
pub use forge_vendor::ForgeVendor;
pub use incident::{Incident, IncidentRecord, OperatorAlert, ResolvedIncident, update_incidents};
pub use incomplete_feed_answer::{AnswerExtent, is_gap_permanent};
pub use journal_publication::{JournalPublication, add_article_to_preprint, is_newly_published};
pub use kept_feed_item_kinds::FeedItemKindsToKeep;
pub use late_digest_reason::lateness_note;
pub use noun_of_count::{count_of, noun_of_count};
pub use pagination::{KnownPagePolicy, NextPage, Pagination, PagingPlan};
pub use paper::{Abstract, Author, Category, Link, Paper};
pub use paper_addenda::PaperAddenda;
pub use paper_id::PaperId;
pub use paper_link::PaperLink;
pub use paper_merge::merge_paper;
pub use percent_encoding::percent_encode;
pub use poll_backoff::backoff_after_incomplete_polls;
pub use proposal_text_template::{ProposalCounts, ProposalTextTemplate, UnknownPlaceError};
pub use published_feed_entry::PublishedFeedEntry;
pub use query::{QUERY_CHARS_MAX, QUERY_DEPTH_MAX, Query, QueryError};
pub use query_match::{
    MatchPlace, PreparedQuery, SearchDocument, SearchablePaperFields, SearchedField, TermMatch,
    arxiv_categories_found_by,
};
pub use registrable_domain::{is_same_site, site_label};
pub use repository::{
    Branch, BranchNameError, CommitId, CommitIdError, GitTransport, Remote, RemoteAddressError, TreePath,
    TreePathError,
};
pub use request_gate::{RequestGate, WAIT_MAX};
pub use result_page::{EntryFlaw, ResultEntry, ResultPage};
pub use secret::Secret;
pub use source_announcement_calendar::AnnouncementCalendar;
pub use source_order_within_date::reorder_as_source_shows;
pub use source_pace_and_paging::{Paging, SourcePollingPolicy};
pub use store_url::DatabaseUrl;
pub use subscription::{Cadence, EmptyDigestPolicy, NewsFilter, Subscription};
pub use text_hygiene::{is_bidi_control, is_invisible, is_joiner, sanitize_to_visible_line};
pub use topic::Topic;
pub use topic_health::{
    CompletePolls, HISTORY, OtherTopicsActivity, PastPoll, PollOutcome, RecentPaperCount, SourceFeedCoverage,
    SourceObservation, TopicHealth, TopicHealthInputs, TopicSources, assess_health_of_topics,
};
pub use unreadable_entry::{
    FlawedEntry, PolledEntries, UnreadableEntry, lasting_unreadable_entries, update_unreadable_entries,
};
pub use version::Version;
pub use version_or_fingerprint::Revision;
pub use web_scheme::WebScheme;
pub use work_identity::{
    AuthorEvidence, DoiKind, KnownWork, SAME_TITLE_MAX, TitleAndAuthorMatch, TitleKey, WorkChoice,
    WorkComparison, WorkDescription, WorkIdentifier, are_two_articles, are_two_arxiv_works, choose_work,
    compare_for_same_work, have_nothing_in_common, ids_named_by_paper, parse_dois_in_field, title_key,
    title_similarity,
};
