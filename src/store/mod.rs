//! The history in one SQLite file: papers and their versions, what each topic has seen and when, the
//! news, how long the source is to be left alone, and what was last written to each list. Knows SQL,
//! columns and transactions; must never know of XML, HTTP, Markdown, or whether something is new.

mod archive_volumes;
mod backup;
mod checkpoints;
mod digests;
mod disk_reserve;
mod error;
mod feed_entries;
mod gate;
mod health;
mod history;
mod incidents;
mod latest_papers;
mod lists;
mod lock;
mod outbox;
mod paper_history;
mod paper_row;
mod pending_writes;
mod polls;
mod pull_requests;
mod pushes;
mod read_only;
mod schema;
mod search;
mod suspect_deletions;
mod tally;
mod text_index;
mod topics;

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

pub use archive_volumes::{VolumeRecord, VolumeTable};
pub use backup::BackupSummary;
pub use checkpoints::{Checkpoint, Rewrite};
pub use digests::{ComposedDigest, NewsRecord, OutboxMessage, SubscriptionRecord};
pub use disk_reserve::has_disk_space;
use error::StorageError;
pub use error::{StoreErrorKind, error_message, store_error_kind};
pub use health::{SinkQueue, Stoppage, TopicActivity};
pub use history::{PollRecord, ReceivedPaper, RecordCounts, WatermarkUpdate};
pub use latest_papers::Interrupter;
pub use lists::{Dismissal, DismissalStore, GeneratedFiles, ManualRow};
pub use lock::{IncidentNote, read_incident_note};
pub use outbox::{ACCEPTED, ClaimedMessage, Outbox, OutboxEntry, OutgoingMessage, SinkPause};
pub use paper_history::{DigestMessage, NewsEvent, NewsStatus, PaperHistory, PaperTopicHistory};
pub use pending_writes::{FileTexts, TextCache};
pub use pull_requests::{PendingReview, PendingReviewState, PullRequestRef};
pub use pushes::{PushHistory, PushRecord};
pub use search::{SearchHit, SearchQuery};
pub use suspect_deletions::SuspectDeletions;
pub use tally::{DeliveryTally, PollTally};
pub use text_index::{IndexProgress, TextIndex};
pub use topics::{KnownPaper, PaperPosition, PaperRowId, TopicRecord};

/// The one connection that writes. It holds the store's lock for as long as it lives.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    file: PathBuf,
    lock: lock::StoreLock,
}

/// A connection that only reads, beside a writer or without one.
#[derive(Debug)]
pub struct StoreReader {
    db: Connection,
    is_unshared: bool,
}

impl Store {
    /// Opens the store to write, and makes it where there is none yet. Fails where another paperwire
    /// holds it, and where a newer one has changed its schema.
    pub fn open(file: &Path) -> Result<Self> {
        let file = create_folder(file)?;
        let lock = lock::StoreLock::acquire(&file)?;
        create_private(&file)
            .map_err(StorageError)
            .with_context(|| format!("cannot make {}", file.display()))?;
        let mut db = Connection::open(&file).with_context(|| format!("cannot open {}", file.display()))?;
        configure(&db)
            .map_err(anyhow::Error::from)
            .and_then(|()| schema::migrate(&mut db))
            .with_context(|| format!("cannot use {} as the history", file.display()))?;
        Ok(Self { db, file, lock })
    }

    /// Where it is said to whoever looks from outside that the history cannot be written.
    pub fn incident_note(&self) -> Result<IncidentNote> {
        self.lock.incident_note()
    }

    /// An error unless the history can be written now: its disk has room, and takes a change.
    pub fn probe(&self, now: Timestamp) -> Result<()> {
        disk_reserve::require_disk_space(&self.file)?;
        self.db
            .prepare_cached(
                "INSERT INTO meta (name, value) VALUES ('probed', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute([now.to_string()])?;
        Ok(())
    }
}

impl StoreReader {
    /// Opens an existing store to read; none where there is no file yet.
    pub fn open(file: &Path) -> Result<Option<Self>> {
        if !file.try_exists().with_context(|| format!("cannot look for {}", file.display()))? {
            return Ok(None);
        }
        let read_only::ReadConnection { db, is_unshared: is_alone } = read_only::open(file)?;
        schema::require_current(&db).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Some(Self { db, is_unshared: is_alone }))
    }

    /// Whether it reads without telling other programs, because nothing may be written beside the history.
    pub fn is_unshared(&self) -> bool {
        self.is_unshared
    }
}

/// A connection that only reads what others change by [`open_unlocked`].
fn open_to_read(store: &Path) -> Result<Connection> {
    match StoreReader::open(store)? {
        Some(reader) => Ok(reader.db),
        None => bail!(missing_store_message(store)),
    }
}

fn missing_store_message(store: &Path) -> String {
    format!("there is no history yet at {}: run `paperwire once` first", store.display())
}

/// A connection that writes briefly, beside the one that holds the lock or without it.
fn open_unlocked(store: &Path) -> Result<Connection> {
    if !store.exists() {
        bail!(missing_store_message(store));
    }
    let db = Connection::open(store).with_context(|| format!("cannot open {}", store.display()))?;
    configure(&db).with_context(|| format!("cannot use {}", store.display()))?;
    Ok(db)
}

/// How long a statement waits for another connection that is just writing.
const BUSY_MAX: std::time::Duration = std::time::Duration::from_secs(10);

/// What a connection that writes keeps of the file at hand, in KiB. SQLite would keep eight times as much, all of it memory
/// of a program that wants a few pages at a time.
const CACHE_KIB: i32 = 256;

/// A commit is on the disk when it returns: what was told must not be told again after a power cut.
/// A statement keeps its plan: without that SQLite makes a new one for every value that is bound, which took
/// half the time of a quiet poll.
fn configure(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.busy_timeout(BUSY_MAX)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// A new file is for its owner alone: it has whole messages in it, and the addresses that they go to.
fn create_private(file: &Path) -> std::io::Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The file with its folder made, so that the first run needs no preparation.
fn create_folder(file: &Path) -> Result<PathBuf> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(StorageError)
            .with_context(|| format!("cannot make the folder {} for the history", folder.display()))?;
    }
    Ok(file.to_owned())
}
