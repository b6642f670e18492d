//! What papers, topics and polls are, and every decision about them: is this new, is it due, is it
//! worth another try. Knows nothing of SQL, XML, HTTP, Markdown or the present time; a decision
//! gets all of that as values and answers with a value.

mod active_days;
mod addenda;
mod announcement_calendar;
mod announcement_evening;
mod archive_date_placeholder;
mod archive_path_set;
mod archive_pattern;
mod arxiv_id;
mod arxiv_link;
mod arxiv_policy;
mod arxiv_taxonomy;
mod backoff;
mod change_detection;
mod code_link;
mod column;
mod crontab;
mod date_estimate;
mod delivery;
mod digest;
mod digest_sections;
mod doi;
mod doi_in_link;
mod export;
mod feed_health;
mod feed_history;
mod feed_move;
mod feed_schedule;
mod feed_validators;
mod fetch_error;
mod fingerprint;
mod forge_vendor;
mod incident;
mod incomplete_feed;
mod keep_policy;
mod lateness_note;
mod later_article;
mod normalized_address;
mod pagination;
mod paper;
mod paper_id;
mod paper_link;
mod paper_merge;
mod percent_encoding;
mod plain_line;
mod publication;
mod published_feed_entry;
pub mod pull_request_plan;
mod query;
mod query_match;
mod repository;
mod request_gate;
mod result_page;
mod revision;
#[cfg(test)]
pub(crate) mod sample_paper;
mod secret;
mod site_name;
mod source_policy;
mod store_url;
mod subscription;
pub mod table_merge;
mod text_analysis;
mod text_hygiene;
mod tie_order;
mod topic;
mod topic_health;
mod version;
mod web_scheme;
mod work_identity;

pub use active_days::ActiveDays;
pub use addenda::Addenda;
pub use announcement_calendar::AnnouncementCalendar;
pub use announcement_evening::AnnouncementEvening;
pub use archive_path_set::ArchivePathSet;
pub use archive_pattern::{ArchivePattern, ArchivePatternError};
pub use arxiv_id::{ArxivId, ArxivIdError};
pub use arxiv_policy::{ARXIV_POLICY, ARXIV_SOURCE, is_arxiv_host, user_agent};
pub use backoff::backoff_after;
pub use change_detection::{
    DetectedChange, HistoryChange, News, Origin, Sighting, StoredPaperState, TopicPhase, detect_change,
    detect_change_from_list,
};
pub use code_link::code_link;
pub use column::Column;
pub use crontab::{Crontab, CrontabError};
pub use date_estimate::{estimated_date, is_estimated, mark_estimated};
pub use delivery::{ATTEMPTS_MAX, DeliveryDecision, due_if_unfinished, is_given_up, settle};
pub use digest::{Attempt, Digest, DigestPaper, DigestPart, RefusalScope, Section};
pub use digest_sections::{NewsItem, PastAnnouncement, digest_sections, news_for_reader};
pub use doi::Doi;
pub use export::Export;
pub use feed_health::{
    FeedFault, FeedHealth, FeedObservation, FeedRelocation, NewItemCount, RelocationTrust, assess_feed,
    count_new_items,
};
pub use feed_history::{FeedHistory, FeedPoll, ShownItem};
pub use feed_move::{FeedMove, MoveTarget, PermanentRedirect};
pub use feed_schedule::{FeedFailure, FeedTiming, FreshnessHints, next_feed_poll};
pub use feed_validators::FeedValidators;
pub use fetch_error::{FetchError, FetchErrorKind, Retry};
pub use fingerprint::Fingerprint;
pub use forge_vendor::ForgeVendor;
pub use incident::{Incident, IncidentRecord, OperatorAlert, ResolvedIncident, update_incidents};
pub use incomplete_feed::{AnswerExtent, is_gap_permanent};
pub use keep_policy::KeepPolicy;
pub use lateness_note::lateness_note;
pub use later_article::LaterArticle;
pub use pagination::{KnownPagePolicy, NextPage, Pagination, PollPlan};
pub use paper::{Abstract, Author, Category, Link, Paper};
pub use paper_id::PaperId;
pub use paper_link::PaperLink;
pub use paper_merge::merge_paper;
pub use percent_encoding::percent_encode;
pub use plain_line::is_plain_line;
pub use publication::{Publication, published_by, with_article_of};
pub use published_feed_entry::PublishedFeedEntry;
pub use query::{QUERY_CHARS_MAX, QUERY_DEPTH_MAX, Query, QueryError};
pub use query_match::{MatchPlace, PreparedQuery, SearchDocument, SearchFields, SearchedField, TermMatch};
pub use repository::{
    Branch, BranchError, CommitId, CommitIdError, GitTransport, Remote, RemoteError, TreePath, TreePathError,
};
pub use request_gate::{RequestGate, WAIT_MAX};
pub use result_page::{Entry, EntryFlaw, ResultPage};
pub use revision::Revision;
pub use secret::Secret;
pub use site_name::{is_same_site, site_label};
pub use source_policy::{Paging, SourcePolicy};
pub use store_url::StoreUrl;
pub use subscription::{Cadence, EmptyDigestPolicy, NewsFilter, Subscription};
pub use text_hygiene::{is_bidi_control, is_invisible, is_joiner, visible_line};
pub use tie_order::merge_order;
pub use topic::Topic;
pub use topic_health::{
    FeedOfTopic, HISTORY, OtherTopics, PaperCount, PastPoll, PollOutcome, SourceObservation, TopicHealth,
    TopicObservation, TopicSources, assess_topics,
};
pub use version::Version;
pub use web_scheme::WebScheme;
pub use work_identity::{
    AuthorEvidence, DoiKind, KnownWork, SAME_TITLE_MAX, StrongEvidence, TitleKey, WorkChoice,
    WorkDescription, WorkIdentity, WorkKey, are_two_articles, are_two_arxiv_works, are_unlike, choose_work,
    compare_works, dois_of_field, named_ids, title_key, title_similarity,
};
