//! Where the rows of a topic are.

use std::collections::HashMap;

use super::parsed_table::{FileTables, TableLine};
use crate::domain::PaperId;

/// Where a row is: its file, and its line in that file's table.
pub(super) type RowPosition = (usize, usize);

/// Where the first row of each key is.
pub(super) fn row_positions<'a>(tables: &'a FileTables<'_>) -> HashMap<&'a PaperId, RowPosition> {
    let mut positions = HashMap::new();
    for (file, table) in tables.iter().enumerate() {
        for (at, line) in table.iter().flat_map(|table| table.lines.iter().enumerate()) {
            if let Some(key) = &line.key {
                positions.entry(key).or_insert((file, at));
            }
        }
    }
    positions
}

/// The row at a position, with the names of its columns.
pub(super) fn row_at<'a>(
    tables: &'a FileTables<'a>,
    (file, at): RowPosition,
) -> Option<(&'a TableLine<'a>, &'a [String])> {
    let table = tables.get(file)?.as_ref()?;
    Some((table.lines.get(at)?, &table.columns))
}
