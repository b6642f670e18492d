//! What an error says about the history: whether it passes, as a full disk does, or only a person can help.

use std::io;

use super::sqlite;

/// What kept the history from being read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// The failure passes: the disk is full or does not answer, or another program holds the file.
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
pub(super) struct StoreFileError(#[from] pub(super) io::Error);

/// What an error says about the history; none if it is about something else: one list, which may lie on a full disk of
/// its own, or one row that cannot be read.
pub fn store_error_kind(error: &anyhow::Error) -> Option<StoreErrorKind> {
    error.chain().find_map(|cause| {
        if cause.is::<SchemaError>() {
            return Some(StoreErrorKind::Unusable);
        }
        if let Some(StoreFileError(error)) = cause.downcast_ref::<StoreFileError>() {
            return is_disk_full(error).then_some(StoreErrorKind::Transient);
        }
        sqlite::sqlite_error_kind(cause)
    })
}

/// An error in words. What says the same once more is left out.
pub fn error_chain_message(error: &anyhow::Error) -> String {
    let said = error.chain().filter(|cause| !sqlite::is_repeated_cause(*cause));
    said.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_about_something_else_says_nothing_about_the_history() {
        assert_eq!(store_error_kind(&SchemaError("newer".to_owned()).into()), Some(StoreErrorKind::Unusable));
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let elsewhere = anyhow::Error::from(full()).context("cannot write README.md");
        assert_eq!(store_error_kind(&elsewhere), None, "a list has a disk of its own");
        let full = anyhow::Error::from(StoreFileError(full())).context("the lock");
        assert_eq!(store_error_kind(&full), Some(StoreErrorKind::Transient));
        let missing = StoreFileError(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(store_error_kind(&missing.into()), None);
        assert_eq!(store_error_kind(&anyhow!("arXiv did not answer")), None);
        assert_eq!(error_chain_message(&full), "the lock: no storage space");
    }
}
