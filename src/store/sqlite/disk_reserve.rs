//! Room that is kept next to the history. A disk can fill up while a message is on its way, and a message that was
//! sent but cannot be noted as sent would be sent again. And a write-ahead log that took the last room gives it back by a
//! checkpoint, for which the history has to grow.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::Connection;
use rustix::fs::StatVfsMountFlags;

use super::side_files::wal_path;
use crate::domain::DatabaseUrl;
use crate::store::store_error_kind::StoreFileError;

/// To note what became of a message its row is written again, with the body, and a message has at most 90 kB.
pub(super) const RESERVE_BYTES: u32 = 256 << 10;

/// The kept room of a store, a file next to it.
#[derive(Debug)]
pub(super) struct DiskReserve {
    store: PathBuf,
    path: PathBuf,
}

impl DiskReserve {
    /// The reserve of this store.
    pub(super) fn reserve_of_store(store: &DatabaseUrl) -> Self {
        let DatabaseUrl::Sqlite(file) = store;
        let mut name = file.as_os_str().to_owned();
        name.push(".reserve");
        Self { store: file.clone(), path: name.into() }
    }

    /// The store that it is for.
    pub(super) fn store_file(&self) -> &Path {
        &self.store
    }

    /// Makes sure that the room is kept.
    pub(super) fn ensure_reserved(&self, db: &Connection) -> Result<()> {
        if self.path.metadata().is_ok_and(|file| file.len() == u64::from(RESERVE_BYTES)) {
            return Ok(());
        }
        // A file system stores zeros in no room at all.
        let random: Vec<u8> = db.query_row("SELECT randomblob(?1)", [RESERVE_BYTES], |row| row.get(0))?;
        let filled = self.write_reserve(&random).inspect_err(|_| self.give_back());
        filled
            .map_err(StoreFileError)
            .with_context(|| format!("cannot keep room for later writes at {}", self.path.display()))
    }

    /// Gives the room back.
    pub(super) fn give_back(&self) {
        // If it cannot be removed, there is no more room than before, which the next write finds out.
        let _ = fs::remove_file(&self.path);
    }

    /// Gives the room back if there is a write-ahead log; whether it did. A checkpoint frees more than it takes: the history grows
    /// by no more than the log has.
    pub(super) fn spend_on_checkpoint(&self) -> bool {
        let has_log = wal_path(&self.store).metadata().is_ok_and(|log| log.len() > 0);
        if has_log {
            self.give_back();
        }
        has_log
    }

    /// Empties the write-ahead log; on a full disk the reserve is spent on it. If it cannot be emptied now, it stays as it is.
    pub(super) fn empty_log(&self, db: &Connection) {
        if truncate_log(db).is_err() && self.spend_on_checkpoint() {
            let _ = truncate_log(db);
        }
    }

    /// An error unless the disk has room.
    pub(super) fn require_disk_space(&self) -> Result<()> {
        if has_disk_space_for_reserve(&self.store) {
            return Ok(());
        }
        let full = anyhow::Error::from(StoreFileError(io::Error::from(io::ErrorKind::StorageFull)));
        bail!(full.context(format!("the disk of {} is full", self.store.display())))
    }

    fn write_reserve(&self, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}

/// Source: <https://sqlite.org/pragma.html#pragma_wal_checkpoint>.
fn truncate_log(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Whether the disk of a store has room. Less than the reserve needs is none.
pub fn has_disk_space(store: &DatabaseUrl) -> bool {
    let DatabaseUrl::Sqlite(file) = store;
    has_disk_space_for_reserve(file)
}

fn has_disk_space_for_reserve(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // What a file system does not say is not held against it.
    rustix::fs::statvfs(folder.unwrap_or(Path::new("."))).map_or(true, |disk| {
        let is_writable = !disk.f_flag.contains(StatVfsMountFlags::RDONLY);
        let has_files = disk.f_files == 0 || disk.f_favail > 0;
        // There is nothing to be said of the room of a disk that takes no writes.
        !is_writable || has_files && disk.f_bavail.saturating_mul(disk.f_frsize) >= u64::from(RESERVE_BYTES)
    })
}
