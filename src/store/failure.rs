//! What an error says about the history: whether it passes, as a full disk does, or only a person can help.

use std::io;

use rusqlite::ErrorCode;

/// What kept the history from being read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It passes: the disk is full or does not answer, or another program holds the file.
    Passing,
    /// The file may not be written or opened. A person can change that at any time.
    Forbidden,
    /// The file is damaged, or it is not a history that this program knows.
    Unusable,
}

/// The schema is not one that this program can use.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SchemaError(pub(super) String);

/// What an error says about the history; none if it is not about the history.
pub fn failure_of(error: &anyhow::Error) -> Option<Failure> {
    error.chain().find_map(|cause| {
        if cause.is::<SchemaError>() {
            return Some(Failure::Unusable);
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return is_full(error).then_some(Failure::Passing);
        }
        cause.downcast_ref::<rusqlite::Error>().map(of_sqlite)
    })
}

/// An error in words. What SQLite says of itself says the same once more, with a number.
pub fn words_of(error: &anyhow::Error) -> String {
    let said = error.chain().filter(|cause| !cause.is::<rusqlite::ffi::Error>());
    said.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// An error that SQLite does not name is taken for one that passes: the daemon goes on and says what is wrong.
fn of_sqlite(error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Failure::Unusable,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Failure::Forbidden,
        Some(_) | None => Failure::Passing,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use rusqlite::ffi;

    use super::*;

    fn of_code(code: i32) -> Option<Failure> {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        failure_of(&anyhow::Error::from(error).context("cannot note it"))
    }

    #[test]
    fn what_passes_is_told_from_what_only_a_person_can_mend() {
        for (code, failure) in [
            (ffi::SQLITE_FULL, Failure::Passing),
            (ffi::SQLITE_IOERR_WRITE, Failure::Passing),
            (ffi::SQLITE_IOERR_SHMSIZE, Failure::Passing),
            (ffi::SQLITE_BUSY, Failure::Passing),
            (ffi::SQLITE_LOCKED, Failure::Passing),
            (ffi::SQLITE_READONLY, Failure::Forbidden),
            (ffi::SQLITE_READONLY_DBMOVED, Failure::Forbidden),
            (ffi::SQLITE_CANTOPEN, Failure::Forbidden),
            (ffi::SQLITE_CORRUPT, Failure::Unusable),
            (ffi::SQLITE_NOTADB, Failure::Unusable),
        ] {
            assert_eq!(of_code(code), Some(failure), "{code}");
        }
        assert_eq!(failure_of(&SchemaError("newer".to_owned()).into()), Some(Failure::Unusable));
        let full = anyhow::Error::from(io::Error::from(io::ErrorKind::StorageFull)).context("the lock");
        assert_eq!(failure_of(&full), Some(Failure::Passing));
        assert_eq!(failure_of(&io::Error::from(io::ErrorKind::NotFound).into()), None);
        assert_eq!(failure_of(&anyhow!("arXiv did not answer")), None);
        assert_eq!(words_of(&full), "the lock: no storage space");
        let words = Some("database or disk is full".to_owned());
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), words);
        assert_eq!(words_of(&anyhow::Error::from(error)), "database or disk is full");
    }
}
