//! The files that SQLite keeps next to the history.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// What is behind the history's name: rollback journal, write-ahead log, and the index of that:
/// <https://sqlite.org/tempfiles.html>.
const SUFFIXES: [&str; 3] = ["-journal", LOG_SUFFIX, "-shm"];

const LOG_SUFFIX: &str = "-wal";

/// The write-ahead log of the history in this file.
pub(super) fn wal_path(store: &Path) -> PathBuf {
    side_path(store, LOG_SUFFIX)
}

/// An error if there is something else in the place of one of them. SQLite opens what it finds there, and would wait forever
/// for the writer of a pipe.
pub(super) fn require_plain_side_files(store: &Path) -> Result<()> {
    for path in side_file_paths(store) {
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            bail!(
                "cannot open {}: {} is no plain file, and SQLite needs that name; move it away",
                store.display(),
                path.display()
            );
        }
    }
    Ok(())
}

/// Where they are, if they are there.
pub(super) fn side_file_paths(store: &Path) -> [PathBuf; SUFFIXES.len()] {
    SUFFIXES.map(|suffix| side_path(store, suffix))
}

fn side_path(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
