//! What papers, topics and polls are, and every decision about them: is this new, is it due, is it
//! worth another try. Knows nothing of SQL, XML, HTTP, Markdown or the present time; a decision
//! gets all of that as values and answers with a value.

mod again;
mod answer;
mod archive_paths;
mod archive_pattern;
mod arxiv_id;
mod arxiv_link;
mod beside;
mod calendar;
mod code_link;
mod column;
mod compose;
mod crontab;
pub mod curation;
mod delivery;
mod digest;
mod estimate;
mod fault;
mod feed_entry;
mod gate;
mod judgement;
mod lateness;
mod merge;
mod news;
mod paging;
mod paper;
mod plain_line;
mod politeness;
mod print;
pub mod proposal;
mod query;
mod repository;
mod secret;
mod subscription;
mod ties;
mod topic;
mod trouble;

pub use again::again_after;
pub use answer::{Answer, Entry, Flaw};
pub use archive_paths::ArchivePaths;
pub use archive_pattern::{ArchivePattern, BadArchivePattern};
pub use arxiv_id::{ArxivId, BadArxivId, PaperId, Version};
pub use beside::Beside;
pub use calendar::Evening;
pub use code_link::code_link;
pub use column::Column;
pub use compose::{Piece, sections, worth_telling};
pub use crontab::{BadCrontab, Crontab};
pub use delivery::{ATTEMPTS_MAX, Settled, due_if_unfinished, is_given_up, settle};
pub use digest::{Attempt, Digest, Part, Refused, Section, Told};
pub use estimate::{estimated, estimated_date, is_estimated};
pub use fault::{Fault, FaultKind, Retry};
pub use feed_entry::FeedEntry;
pub use gate::{Gate, WAIT_MAX};
pub use judgement::{Count, Elsewhere, HISTORY, Judgement, Observed, PollNote, PollOutcome, judge_topics};
pub use lateness::lateness;
pub use merge::merge;
pub use news::{Addenda, Change, Contact, Finding, News, Origin, Recorded, Sighting, judge, judge_listed};
pub use paging::{AtKnown, Course, LOOK_BACK, Next, Paging, WINDOW};
pub use paper::{Abstract, Author, Category, Link, Paper};
pub use plain_line::is_plain_line;
pub use politeness::{PACE_MIN, is_arxivs_own, user_agent};
pub use print::Print;
pub use query::{BadQuery, QUERY_CHARS_MAX, QUERY_DEPTH_MAX, Query};
pub use repository::{
    BadBranch, BadCommitId, BadRemote, BadTreePath, Branch, CommitId, Remote, Transport, TreePath,
};
pub use secret::Secret;
pub use subscription::{Cadence, Empty, Include, Subscription};
pub use ties::untangle;
pub use topic::Topic;
pub use trouble::{Ended, Notice, Trouble, TroubleRecord, tell_troubles};
