//! The number of the history's state as far as tables are made of it: by it a list knows that there is nothing to do.

use rusqlite::Connection;

use super::statement::execute_cached;

/// As of which change the tables read as they do.
pub(super) fn read_list_tables_change_counter(db: &Connection) -> rusqlite::Result<u64> {
    db.prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'revision'")?
        .query_row([], |row| row.get(0))
}

/// What tables are made of has changed.
pub(super) fn bump_list_tables_revision(db: &Connection) -> rusqlite::Result<()> {
    execute_cached(db, "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'revision'", [])?;
    Ok(())
}
