//! The history in one SQLite file: its connections, its schema and its SQL, one file for each subject; and what only a
//! file needs: the lock, the copy, the reserve on its disk, opening it where nothing may be written.

mod archive_volumes;
mod backup;
mod connection;
mod digests;
mod disk_reserve;
mod error;
mod feed_history;
mod feeds;
mod health;
mod incidents;
mod latest_papers;
mod lifetime_counts;
mod list_checkpoints;
mod lists;
mod lock;
mod outbox;
mod outgoing_entries;
mod paper_row;
mod paper_timeline;
mod paper_titles;
mod pending_writes;
mod poll_outcome;
mod polls;
mod pragmas;
mod pull_requests;
mod pushes;
mod read_only;
mod record_papers;
mod request_gate;
mod rewrite_journal;
mod schema;
mod search;
mod statement;
mod suspect_deletions;
mod text_index;
mod topics;

pub use connection::{Store, StoreReader, store_exists};
pub use disk_reserve::has_disk_space;
pub(super) use error::{is_repetition, sqlite_error_kind};
pub use latest_papers::StatementInterrupter;
pub use lists::DismissalStore;
pub use lock::{WriteFailureNote, read_failure_note};
pub use outbox::Outbox;
pub use text_index::TextIndex;
