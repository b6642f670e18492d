//! How an older file becomes a current one.

mod first;
mod identities;
mod pushes;
mod steps;
#[cfg(test)]
mod tests;

use anyhow::Result;
use rusqlite::Connection;
use steps::STEPS;

use super::failure::SchemaError;

/// The tables of a new file. The steps would make the same, in four times the work.
const CURRENT: &str = include_str!("schema/current.sql");

/// Lifts the schema to the current version, in one transaction.
pub(super) fn migrate(db: &mut Connection) -> Result<()> {
    let found = version(db)?;
    if found == STEPS.len() {
        return Ok(());
    }
    is_not_newer(found)?;
    let change = db.transaction()?;
    if found == 0 {
        change.execute_batch(CURRENT)?;
    } else {
        lift(&change, found, STEPS.len())?;
    }
    change.pragma_update(None, "user_version", STEPS.len())?;
    change.commit()?;
    Ok(())
}

fn lift(db: &Connection, found: usize, wanted: usize) -> rusqlite::Result<()> {
    STEPS[found..wanted].iter().try_for_each(|step| db.execute_batch(step))
}

/// Whether a reader understands this file.
pub(super) fn is_current(db: &Connection) -> Result<()> {
    let found = version(db)?;
    is_not_newer(found)?;
    if found < STEPS.len() {
        let words = format!(
            "its schema is of version {found}, an older one: run `paperwire once` to bring it up to date"
        );
        return Err(SchemaError(words).into());
    }
    Ok(())
}

fn is_not_newer(found: usize) -> Result<()> {
    let current = STEPS.len();
    if found > current {
        let words = format!(
            "its schema is of version {found}, and this paperwire knows versions up to {current}: use the newer \
             paperwire that wrote it"
        );
        return Err(SchemaError(words).into());
    }
    Ok(())
}

fn version(db: &Connection) -> rusqlite::Result<usize> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}
