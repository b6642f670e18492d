//! What an error of SQLite's says about the history.

use std::error::Error;

use rusqlite::ErrorCode;

use crate::store::store_error_kind::StoreErrorKind;

/// What this error says about the history; none if it is about one statement or one row alone, or not of SQLite's.
pub(in crate::store) fn sqlite_error_kind(error: &(dyn Error + 'static)) -> Option<StoreErrorKind> {
    match error.downcast_ref::<rusqlite::Error>()?.sqlite_error_code()? {
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

/// Whether it says what its own cause was said to be once more, with a number.
pub(in crate::store) fn is_repeated_cause(error: &(dyn Error + 'static)) -> bool {
    error.is::<rusqlite::ffi::Error>()
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;
    use crate::store::{error_chain_message, store_error_kind};

    fn error_kind_of_sqlite_code(code: i32) -> Option<StoreErrorKind> {
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
            assert_eq!(error_kind_of_sqlite_code(code), Some(failure), "{code}");
        }
        for code in
            [ffi::SQLITE_ERROR, ffi::SQLITE_CONSTRAINT_CHECK, ffi::SQLITE_MISMATCH, ffi::SQLITE_TOOBIG]
        {
            assert_eq!(error_kind_of_sqlite_code(code), None, "{code}");
        }
        let row = rusqlite::Error::InvalidColumnType(0, "text".to_owned(), rusqlite::types::Type::Blob);
        assert_eq!(store_error_kind(&row.into()), None);
    }

    #[test]
    fn an_error_is_said_once() {
        let words = Some("database or disk is full".to_owned());
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), words);
        assert_eq!(error_chain_message(&anyhow::Error::from(error)), "database or disk is full");
    }
}
