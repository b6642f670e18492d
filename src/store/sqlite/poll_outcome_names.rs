//! The name of a poll's outcome in the store.

use rusqlite::Row;

use crate::domain::PollOutcome;

/// An outcome as it is stored.
pub(super) fn outcome_name(outcome: PollOutcome) -> &'static str {
    match outcome {
        PollOutcome::Complete => "complete",
        PollOutcome::Incomplete => "incomplete",
        PollOutcome::Failed => "failed",
    }
}

/// Reads an outcome.
pub(super) fn read_outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<PollOutcome> {
    Ok(match row.get_ref(column)?.as_str()? {
        "complete" => PollOutcome::Complete,
        "incomplete" => PollOutcome::Incomplete,
        _ => PollOutcome::Failed,
    })
}
