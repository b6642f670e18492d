//! What this room does with statements: run one, find one row, find all rows, read several at once. Each is prepared once for
//! a connection.

use rusqlite::{Connection, OptionalExtension as _, Params, Row, Transaction};

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

/// Runs what reads such that all that it finds is of one moment: in a transaction, unless one has begun.
pub(super) fn read_at_once<T, E: From<rusqlite::Error>>(
    db: &Connection,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let reading = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let found = read()?;
    reading.map_or(Ok(()), Transaction::commit)?;
    Ok(found)
}
