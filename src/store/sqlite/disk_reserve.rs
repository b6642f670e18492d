//! Room that is kept next to the history. A disk can fill up while a message is on its way, and a message that was
//! sent but cannot be noted as sent would be sent again.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::StatVfsMountFlags;

use crate::domain::DatabaseUrl;
use crate::store::error::StoreFileError;

/// To note what became of a message its row is written again, with the body, and a message has at most 90 kB.
const RESERVE_BYTES: u64 = 256 << 10;

/// The kept room, a file.
#[derive(Debug)]
pub(super) struct DiskReserveFile {
    path: PathBuf,
}

impl DiskReserveFile {
    /// The reserve of this store.
    pub(super) fn reserve_of_store(store: &DatabaseUrl) -> Self {
        let DatabaseUrl::Sqlite(file) = store;
        let mut name = file.as_os_str().to_owned();
        name.push(".reserve");
        Self { path: name.into() }
    }

    /// Makes sure that the room is kept. `random` gives the bytes: a file system stores zeros in no room at all.
    pub(super) fn ensure_reserved(&self, random: impl FnOnce(u64) -> Result<Vec<u8>>) -> Result<()> {
        if self.path.metadata().is_ok_and(|file| file.len() == RESERVE_BYTES) {
            return Ok(());
        }
        let filled = self.write_reserve(&random(RESERVE_BYTES)?).inspect_err(|_| self.delete_reserve_file());
        filled.map_err(StoreFileError).with_context(|| {
            format!("cannot keep room for the answers of receivers at {}", self.path.display())
        })
    }

    /// Gives the room back.
    pub(super) fn delete_reserve_file(&self) {
        // If it cannot be removed, there is no more room than before, which the next write finds out.
        let _ = fs::remove_file(&self.path);
    }

    fn write_reserve(&self, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }
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
        !is_writable || has_files && disk.f_bavail.saturating_mul(disk.f_frsize) >= RESERVE_BYTES
    })
}

/// An error unless the disk of a store has room.
pub(super) fn require_disk_space(store: &Path) -> Result<()> {
    if has_disk_space_for_reserve(store) {
        return Ok(());
    }
    let full = anyhow::Error::from(StoreFileError(io::Error::from(io::ErrorKind::StorageFull)));
    bail!(full.context(format!("the disk of {} is full", store.display())))
}
