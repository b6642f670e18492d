//! What the store does with statements: run one, find one row, find all rows, read several at once, make several one change.
//! Each is prepared once for a connection.

use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension as _, Params, Row, Transaction};

/// Runs a statement; how many rows it changed.
pub(super) fn execute_cached(db: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    db.prepare_cached(sql)?.execute(params)
}

/// The first row that is found; none if there is none.
pub(super) fn query_first_row<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// All rows that are found, in the statement's order.
pub(super) fn query_all_rows<T, Rows: FromIterator<T>>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Rows> {
    db.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// Runs what reads such that all that it finds is of one moment: in a transaction, unless one has begun.
pub(super) fn read_in_one_transaction<T, E: From<rusqlite::Error>>(
    db: &Connection,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let reading = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let found = read()?;
    reading.map_or(Ok(()), Transaction::commit)?;
    Ok(found)
}

/// Several statements that are one change, by itself or within another: undone unless it is committed. rusqlite's own
/// savepoint prepares its two statements each time, which costs more than most of the changes.
#[derive(Debug)]
pub(super) struct NestedTransaction<'db> {
    db: &'db Connection,
    is_committed: bool,
}

/// Begins a change. It takes the connection for itself, so that no other begins meanwhile that does not know of it.
pub(super) fn begin_nested_transaction(db: &mut Connection) -> rusqlite::Result<NestedTransaction<'_>> {
    execute_cached(db, "SAVEPOINT change", [])?;
    Ok(NestedTransaction { db, is_committed: false })
}

impl NestedTransaction<'_> {
    /// Ends it, with all that was done.
    pub(super) fn commit(mut self) -> rusqlite::Result<()> {
        execute_cached(self.db, "RELEASE change", [])?;
        self.is_committed = true;
        Ok(())
    }
}

impl Deref for NestedTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.db
    }
}

impl Drop for NestedTransaction<'_> {
    fn drop(&mut self) {
        if !self.is_committed && !self.db.is_autocommit() {
            // Whoever dropped it has an error to report already. What cannot be undone here, the connection undoes at its end.
            let _ = self.db.execute_batch("ROLLBACK TO change; RELEASE change");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(db: &Connection) -> u32 {
        db.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_change_is_whole_or_undone_by_itself_and_within_another() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (x)").unwrap();
        let insert = |db: &Connection| assert_eq!(execute_cached(db, "INSERT INTO t VALUES (1)", []), Ok(1));
        for (is_within, is_committed, expected) in
            [(false, true, 1), (false, false, 1), (true, false, 2), (true, true, 4)]
        {
            if is_within {
                db.execute_batch("BEGIN").unwrap();
                insert(&db);
            }
            let change = begin_nested_transaction(&mut db).unwrap();
            insert(&change);
            if is_committed {
                change.commit().unwrap();
            } else {
                drop(change);
            }
            if is_within {
                db.execute_batch("COMMIT").unwrap();
            }
            assert!(db.is_autocommit());
            assert_eq!(count(&db), expected, "{is_within} {is_committed}");
        }
    }
}
