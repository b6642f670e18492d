//! The connections to the history: the one that writes, those that read, and those that write briefly next to it.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rustix::fs::Access;
use rustix::io::Errno;

use super::disk_reserve::DiskReserve;
use super::lock::{StoreLock, WriteFailureNoteFile, require_plain_lock};
use super::open_read_only::{ReadConnection, open_read_only};
use super::pragmas::{BUSY_MAX, apply_pragmas};
use super::schema;
use super::side_files::{require_plain_side_files, side_file_paths};
use super::statement::execute_cached;
use crate::domain::DatabaseUrl;
use crate::store::store_error_kind::StoreFileError;

/// A connection that writes. It holds the store's lock for as long as it lives.
#[derive(Debug)]
pub struct Store {
    pub(super) db: Connection,
    reserve: DiskReserve,
    lock: Arc<StoreLock>,
}

/// A connection that only reads, next to a writer or without one.
#[derive(Debug)]
pub struct StoreReader {
    pub(super) db: Connection,
    is_opened_without_locks: bool,
    /// Whether it has an index of its own, in memory, of the papers that the history's own index lacks.
    pub(super) has_memory_index: bool,
}

impl Store {
    /// Opens the store to write, and makes it if there is none yet. Fails if another paperwire holds it, and if the file
    /// is no history or a newer one has changed its schema; it stays as it is then.
    pub fn open(store: &DatabaseUrl) -> Result<Self> {
        let DatabaseUrl::Sqlite(file) = store;
        let file = create_parent_folder(file)?;
        let lock = Arc::new(StoreLock::acquire(&file)?);
        create_private_file(&file)
            .map_err(StoreFileError)
            .with_context(|| format!("cannot make {}", file.display()))?;
        require_plain_side_files(&file)?;
        require_readable_files(&file)?;
        let open_connection = || {
            let mut db = Connection::open(&file).with_context(|| format!("cannot open {store}"))?;
            configure_writer(&db)
                .and_then(|()| schema::migrate_schema(&mut db))
                .with_context(|| format!("cannot use {store} as the history"))?;
            anyhow::Ok(db)
        };
        // On a full disk there may be no room for the index of the log either.
        let reserve = DiskReserve::reserve_of_store(store);
        let db = open_connection()
            .or_else(|error| if reserve.spend_on_checkpoint() { open_connection() } else { Err(error) })?;
        reserve.empty_log(&db);
        reserve.ensure_reserved(&db)?;
        Ok(Self { db, reserve, lock })
    }

    /// Another connection of this program's, for what is to be written while work with this one waits for somebody. Both hold
    /// the lock.
    pub fn open_second_connection(&self) -> Result<Self> {
        let store = DatabaseUrl::Sqlite(self.reserve.store_file().to_owned());
        let reserve = DiskReserve::reserve_of_store(&store);
        Ok(Self { db: open_brief_writer(&store)?, reserve, lock: Arc::clone(&self.lock) })
    }

    /// Does these steps as one change: the history has all of it, or if one fails, nothing. It is written once, however many
    /// they are.
    pub fn in_one_transaction<T>(&mut self, steps: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let done = steps(self).and_then(|value| Ok(self.db.execute_batch("COMMIT").map(|()| value)?));
        if done.is_err() && !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK")?;
        }
        done
    }

    /// Where other programs are shown that the history cannot be written.
    pub fn open_write_failure_note_file(&self) -> Result<WriteFailureNoteFile> {
        self.lock.open_write_failure_note_file()
    }

    /// An error unless the history can be written now: its disk has room, be it what its own log had, and takes a change.
    pub fn check_store_writable(&self, now: Timestamp) -> Result<()> {
        self.probe_by_writing(now).or_else(|_| {
            self.reserve.empty_log(&self.db);
            self.probe_by_writing(now)
        })
    }

    fn probe_by_writing(&self, now: Timestamp) -> Result<()> {
        self.reserve.require_disk_space()?;
        self.reserve.ensure_reserved(&self.db)?;
        let sql = "INSERT INTO meta (name, value) VALUES ('probed', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        execute_cached(&self.db, sql, [now.to_string()])?;
        Ok(())
    }
}

impl StoreReader {
    /// Opens an existing store to read; none if there is no file yet.
    pub fn open(store: &DatabaseUrl) -> Result<Option<Self>> {
        let DatabaseUrl::Sqlite(file) = store;
        if !store_exists(store)? {
            return Ok(None);
        }
        let ReadConnection { db, is_opened_without_locks } = open_read_only(file)?;
        schema::require_current_schema(&db).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Some(Self { db, is_opened_without_locks, has_memory_index: false }))
    }

    /// Opens a history that must be there.
    pub fn open_existing(store: &DatabaseUrl) -> Result<Self> {
        Self::open(store)?.with_context(|| missing_store_message(store))
    }

    /// Whether it reads unknown to other programs, because nothing may be written next to the history.
    pub fn is_opened_without_locks(&self) -> bool {
        self.is_opened_without_locks
    }
}

/// An error if there is no plain file in a place that the history needs next to it. Nothing is opened.
pub fn require_plain_store_files(store: &DatabaseUrl) -> Result<()> {
    let DatabaseUrl::Sqlite(file) = store;
    require_plain_side_files(file)?;
    require_plain_lock(file)
}

/// Whether there is a history at this address. An error if that may not be looked at: it is not the same as none.
pub fn store_exists(store: &DatabaseUrl) -> Result<bool> {
    let DatabaseUrl::Sqlite(file) = store;
    file.try_exists().with_context(|| format!("cannot look for {}", file.display()))
}

/// A connection that only reads what others change by [`open_brief_writer`].
pub(super) fn open_store_for_reading(store: &DatabaseUrl) -> Result<Connection> {
    Ok(StoreReader::open_existing(store)?.db)
}

fn missing_store_message(store: &DatabaseUrl) -> String {
    format!("there is no history yet at {store}: run `paperwire once` first")
}

/// A connection that writes briefly, next to the one that holds the lock or without it.
pub(super) fn open_brief_writer(store: &DatabaseUrl) -> Result<Connection> {
    let DatabaseUrl::Sqlite(file) = store;
    if !store_exists(store)? {
        bail!(missing_store_message(store));
    }
    require_plain_side_files(file)?;
    require_readable_files(file)?;
    let db = Connection::open(file).with_context(|| format!("cannot open {store}"))?;
    configure_writer(&db).with_context(|| format!("cannot use {store}"))?;
    schema::require_current_schema(&db).with_context(|| format!("cannot read {store}"))?;
    Ok(db)
}

/// An error that names the file that may not be read, if there is one: SQLite says of any that it cannot open something. They
/// are not opened for that, for the kernel would drop this process's locks on a file that is closed again.
/// Source: <https://www.sqlite.org/howtocorrupt.html>, section 2.2.
fn require_readable_files(file: &Path) -> Result<()> {
    for path in side_file_paths(file).iter().map(PathBuf::as_path).chain([file]) {
        if let Err(errno @ (Errno::ACCESS | Errno::PERM)) = rustix::fs::access(path, Access::READ_OK) {
            return Err(StoreFileError(errno.into()))
                .with_context(|| format!("cannot read {}", path.display()));
        }
    }
    Ok(())
}

/// Sets a connection up to write, unless its file is no history that this program knows. Until that is sure nothing is
/// written to the file, not even what a log next to it still has.
fn configure_writer(db: &Connection) -> Result<()> {
    db.busy_timeout(BUSY_MAX)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::require_known_schema(db)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(apply_pragmas(db)?)
}

/// A new file is for its owner alone: it has whole messages in it, and the addresses that they go to.
fn create_private_file(file: &Path) -> std::io::Result<()> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The file with its folder made, so that the first run needs no preparation.
fn create_parent_folder(file: &Path) -> Result<PathBuf> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(StoreFileError)
            .with_context(|| format!("cannot make the folder {} for the history", folder.display()))?;
    }
    Ok(file.to_owned())
}
