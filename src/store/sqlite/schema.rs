//! How an older file becomes a current one.

mod initial;
mod migrations;
mod paper_id_migration;
mod push_migration;
#[cfg(test)]
mod tests;

use anyhow::Result;
use migrations::STEPS;
use rusqlite::Connection;

use crate::store::error::SchemaError;

/// The tables of a new file. The steps would make the same, in four times the work.
const CURRENT: &str = include_str!("schema/current.sql");

/// Lifts the schema to the current version, in one transaction.
pub(super) fn migrate(db: &mut Connection) -> Result<()> {
    let found = schema_version(db)?;
    if found == STEPS.len() {
        return Ok(());
    }
    require_not_newer(found)?;
    let change = db.transaction()?;
    if found == 0 {
        change.execute_batch(CURRENT)?;
    } else {
        apply_migrations(&change, found, STEPS.len())?;
    }
    change.pragma_update(None, "user_version", STEPS.len())?;
    change.commit()?;
    Ok(())
}

fn apply_migrations(db: &Connection, found: usize, wanted: usize) -> rusqlite::Result<()> {
    STEPS[found..wanted].iter().try_for_each(|step| db.execute_batch(step))
}

/// Whether a reader understands this file.
pub(super) fn require_current(db: &Connection) -> Result<()> {
    let found = schema_version(db)?;
    require_not_newer(found)?;
    if found < STEPS.len() {
        let words = format!(
            "its schema is of version {found}, an older one: run `paperwire once` to bring it up to date"
        );
        return Err(SchemaError(words).into());
    }
    Ok(())
}

fn require_not_newer(found: usize) -> Result<()> {
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

fn schema_version(db: &Connection) -> rusqlite::Result<usize> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}
