//! Opening the history to read it, also if nothing may be written next to it: on a read-only or full disk, by a user who
//! may only read, from a copy.

use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::lock;
use super::pragmas::BUSY_MAX;
use super::side_files::{require_plain_side_files, wal_path};
use crate::domain::percent_encode;

/// A connection that reads.
#[derive(Debug)]
pub(super) struct ReadConnection {
    pub(super) db: Connection,
    /// Whether it reads unknown to other programs. Nothing may be written by this one meanwhile.
    pub(super) is_opened_without_locks: bool,
}

/// Opens a history that is there. SQLite shares it by a file next to it, which it makes if there is none. If that cannot
/// be, and nobody holds the lock, nobody else can be writing there either, and it is read without.
pub(super) fn open_read_only(file: &Path) -> Result<ReadConnection> {
    require_plain_side_files(file)?;
    let shared = Connection::open_with_flags(file, FLAGS).and_then(require_readable_database);
    let cannot = || format!("cannot open {}", file.display());
    match shared {
        Ok(db) => Ok(ReadConnection { db, is_opened_without_locks: false }),
        Err(error) if is_write_access_error(&error) && !lock::is_lock_held(file) => {
            let db = open_without_locks(file).with_context(cannot)?;
            Ok(ReadConnection { db, is_opened_without_locks: true })
        }
        Err(error) => Err(error).with_context(cannot),
    }
}

const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

fn is_write_access_error(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::DiskFull)
    )
}

/// Reads the beginning, which is what fails if the file cannot be shared.
fn require_readable_database(db: Connection) -> rusqlite::Result<Connection> {
    db.busy_timeout(BUSY_MAX)?;
    db.pragma_query_value(None, "user_version", |_| Ok(()))?;
    Ok(db)
}

fn open_without_locks(file: &Path) -> Result<Connection> {
    // These say better than SQLite what may not be read.
    file_size_if_exists(file)?;
    let has_log = file_size_if_exists(&wal_path(file))?.is_some_and(|bytes| bytes > 0);
    Ok(if has_log { open_read_only_with_wal(file)? } else { open_immutable(file)? })
}

/// The size of a file that can be read; none if there is none.
fn file_size_if_exists(file: &Path) -> Result<Option<u64>> {
    match File::open(file).and_then(|file| file.metadata()) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// With the changes that are in its log only. In exclusive mode the log's index is in memory, and the VFS `unix-none`
/// takes no lock, for which a file that is opened to read has no right: <https://sqlite.org/wal.html#noshm>.
fn open_read_only_with_wal(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags_and_vfs(file, FLAGS, c"unix-none")?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.pragma_update(Some("main"), "locking_mode", "exclusive")?;
    require_readable_database(db)
}

/// The file by itself: <https://sqlite.org/uri.html#uriimmutable>.
fn open_immutable(file: &Path) -> rusqlite::Result<Connection> {
    let flags = FLAGS.union(OpenFlags::SQLITE_OPEN_URI);
    Connection::open_with_flags(format!("file:{}?immutable=1", uri_escape(file)), flags)
        .and_then(require_readable_database)
}

/// A path as a URI has it. An empty authority goes before an absolute one.
fn uri_escape(file: &Path) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_".contains(&byte);
    let escaped = percent_encode(file.as_os_str().as_bytes(), is_kept);
    if file.is_absolute() { format!("//{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatabaseUrl;
    use crate::store::{Store, StoreReader};

    #[test]
    fn a_history_is_read_alone_only_while_nobody_can_be_writing_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let store = DatabaseUrl::Sqlite(file.clone());
        drop(Store::open(&store).unwrap());
        // SQLite follows no link there, so that nothing can be shared.
        std::os::unix::fs::symlink("nowhere", folder.path().join("paperwire.db-shm")).unwrap();
        assert!(StoreReader::open(&store).unwrap().unwrap().is_opened_without_locks());
        let lock = lock::StoreLock::acquire(&file).unwrap();
        assert!(StoreReader::open(&store).is_err());
        drop(lock);
        assert!(StoreReader::open(&store).unwrap().unwrap().is_opened_without_locks());
    }
}
