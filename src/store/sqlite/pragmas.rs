//! What every connection is set to.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::disk_reserve::RESERVE_BYTES;

/// How long a statement waits for another connection that is just writing.
pub(super) const BUSY_MAX: Duration = Duration::from_secs(10);

/// What a connection that writes keeps of the file at hand, in KiB. SQLite would keep eight times as much, all of it memory
/// of a program that wants a few pages at a time.
const CACHE_KIB: i32 = 256;

/// Pages of the write-ahead log from which on it is written into the history: what waits there is no more than the reserve can
/// pay for, whatever the last change was.
const CHECKPOINT_PAGES: u32 = RESERVE_BYTES / 4096;

/// Statements that a connection keeps prepared: more than a poll has, as the next one has the same again.
const STATEMENTS_MAX: usize = 100;

/// A commit is on the disk when it returns: what was announced must not be announced again after a power cut.
/// A statement keeps its plan: without that SQLite makes a new one for every value that is bound, which took
/// half the time of a quiet poll.
pub(super) fn apply_pragmas(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)
}
