//! The keys by which papers are known, as they are kept.

use rusqlite::{Connection, Row};

use super::paper_row::read_json_column;
use super::statement::query_all_rows;
use crate::domain::{Paper, PaperId, WorkIdentifier, ids_named_by_paper};

/// The keys of a paper as they are kept.
pub(super) fn keys_of_paper(db: &Connection, row: i64) -> rusqlite::Result<Vec<String>> {
    query_all_rows(db, "SELECT key FROM paper_keys WHERE paper = ?1 ORDER BY key", [row], |row| row.get(0))
}

/// Reads the column `keys`: a JSON list.
pub(super) fn read_keys_column(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    read_json_column(row, row.as_ref().column_index("keys")?)
}

/// The identifiers of works among keys, which hold for every source.
pub(super) fn work_identifiers_among_keys(keys: &[String]) -> impl Iterator<Item = WorkIdentifier> {
    identities(keys).map(|id| WorkIdentifier::from(&id))
}

/// The keys that are identities of papers; a source's own begin with its name and a space.
pub(super) fn identities(keys: &[String]) -> impl Iterator<Item = PaperId> {
    let is_identity = |key: &&String| {
        ["arxiv:", "doi:", "url:"].iter().any(|kind| key.starts_with(kind)) && !key.contains(' ')
    };
    keys.iter().filter(is_identity).map(|key| PaperId::from_stored(key.clone()))
}

/// The keys that a paper's own record names.
pub(super) fn keys_named_by_paper(paper: &Paper) -> Vec<String> {
    ids_named_by_paper(paper).iter().map(PaperId::to_string).collect()
}
