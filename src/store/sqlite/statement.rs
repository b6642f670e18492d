//! What this room does with a statement: run it, find one row, find all rows. Each is prepared once for a connection.

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

/// Runs a statement; how many rows it changed.
pub(super) fn execute_cached(db: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    db.prepare_cached(sql)?.execute(params)
}

/// The first row that is found; none if there is none.
pub(super) fn find_row<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// All rows that are found, in the statement's order.
pub(super) fn find_rows<T, Rows: FromIterator<T>>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Rows> {
    db.prepare_cached(sql)?.query_map(params, read)?.collect()
}
