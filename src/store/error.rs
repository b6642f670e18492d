//! What an error says about the history: whether it passes, as a full disk does, or only a person can help.

use std::io;

use rusqlite::ErrorCode;

/// What kept the history from being read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It passes: the disk is full or does not answer, or another program holds the file.
    Transient,
    /// The file may not be written or opened. A person can change that at any time.
    Forbidden,
    /// The file is damaged, or it is not a history that this program knows.
    Unusable,
}

/// The schema is not one that this program can use.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SchemaError(pub(super) String);

/// A file of the history's own could not be made or written: the lock, the reserve, the history itself.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct StorageError(#[from] pub(super) io::Error);

/// What an error says about the history; none if it is about something else: one list, which may lie on a full disk of
/// its own, or one row that cannot be read.
pub fn store_error_kind(error: &anyhow::Error) -> Option<StoreErrorKind> {
    error.chain().find_map(|cause| {
        if cause.is::<SchemaError>() {
            return Some(StoreErrorKind::Unusable);
        }
        if let Some(StorageError(error)) = cause.downcast_ref::<StorageError>() {
            return is_disk_full(error).then_some(StoreErrorKind::Transient);
        }
        cause.downcast_ref::<rusqlite::Error>().and_then(sqlite_error_kind)
    })
}

/// An error in words. What SQLite says of itself says the same once more, with a number.
pub fn error_message(error: &anyhow::Error) -> String {
    let said = error.chain().filter(|cause| !cause.is::<rusqlite::ffi::Error>());
    said.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// None if it is about one statement or one row alone.
fn sqlite_error_kind(error: &rusqlite::Error) -> Option<StoreErrorKind> {
    match error.sqlite_error_code()? {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Some(StoreErrorKind::Unusable),
        ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            Some(StoreErrorKind::Forbidden)
        }
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OutOfMemory => Some(StoreErrorKind::Transient),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use rusqlite::ffi;

    use super::*;

    fn of_code(code: i32) -> Option<StoreErrorKind> {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        store_error_kind(&anyhow::Error::from(error).context("cannot note it"))
    }

    #[test]
    fn what_passes_is_told_from_what_only_a_person_can_mend() {
        for (code, failure) in [
            (ffi::SQLITE_FULL, StoreErrorKind::Transient),
            (ffi::SQLITE_IOERR_WRITE, StoreErrorKind::Transient),
            (ffi::SQLITE_IOERR_SHMSIZE, StoreErrorKind::Transient),
            (ffi::SQLITE_BUSY, StoreErrorKind::Transient),
            (ffi::SQLITE_LOCKED, StoreErrorKind::Transient),
            (ffi::SQLITE_READONLY, StoreErrorKind::Forbidden),
            (ffi::SQLITE_READONLY_DBMOVED, StoreErrorKind::Forbidden),
            (ffi::SQLITE_CANTOPEN, StoreErrorKind::Forbidden),
            (ffi::SQLITE_CORRUPT, StoreErrorKind::Unusable),
            (ffi::SQLITE_NOTADB, StoreErrorKind::Unusable),
        ] {
            assert_eq!(of_code(code), Some(failure), "{code}");
        }
        assert_eq!(store_error_kind(&SchemaError("newer".to_owned()).into()), Some(StoreErrorKind::Unusable));
        for code in
            [ffi::SQLITE_ERROR, ffi::SQLITE_CONSTRAINT_CHECK, ffi::SQLITE_MISMATCH, ffi::SQLITE_TOOBIG]
        {
            assert_eq!(of_code(code), None, "{code}");
        }
        let row = rusqlite::Error::InvalidColumnType(0, "text".to_owned(), rusqlite::types::Type::Blob);
        assert_eq!(store_error_kind(&row.into()), None);
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let elsewhere = anyhow::Error::from(full()).context("cannot write README.md");
        assert_eq!(store_error_kind(&elsewhere), None, "a list has a disk of its own");
        let full = anyhow::Error::from(StorageError(full())).context("the lock");
        assert_eq!(store_error_kind(&full), Some(StoreErrorKind::Transient));
        let missing = StorageError(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(store_error_kind(&missing.into()), None);
        assert_eq!(store_error_kind(&anyhow!("arXiv did not answer")), None);
        assert_eq!(error_message(&full), "the lock: no storage space");
        let words = Some("database or disk is full".to_owned());
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), words);
        assert_eq!(error_message(&anyhow::Error::from(error)), "database or disk is full");
    }
}
