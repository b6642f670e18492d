//! The papers whose words the full-text index does not have yet, as they are kept.

use rusqlite::Connection;

use super::statement::execute_cached;

/// Notes that a paper is to be found by something else from now on.
pub(super) fn mark_unindexed(db: &Connection, row: i64) -> rusqlite::Result<usize> {
    execute_cached(db, "INSERT OR IGNORE INTO unindexed (paper) VALUES (?1)", [row])
}
