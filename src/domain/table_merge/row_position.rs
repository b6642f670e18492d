//! Where the rows of a topic are.

use std::collections::HashMap;

use super::parsed_table::{FileTables, RowKey, TableLine};

/// Where a row stands: its file, and its line in that file's sheet.
pub(super) type RowPosition = (usize, usize);

/// Where the first row of each key is.
pub(super) fn row_positions<'a>(sheets: &'a FileTables<'_>) -> HashMap<&'a RowKey, RowPosition> {
    let mut places = HashMap::new();
    for (file, sheet) in sheets.iter().enumerate() {
        for (at, line) in sheet.iter().flat_map(|sheet| sheet.lines.iter().enumerate()) {
            if let Some(key) = &line.key {
                places.entry(key).or_insert((file, at));
            }
        }
    }
    places
}

/// The row at a place, with the names of its columns.
pub(super) fn row_at<'a>(
    sheets: &'a FileTables<'a>,
    (file, at): RowPosition,
) -> Option<(&'a TableLine<'a>, &'a [String])> {
    let sheet = sheets.get(file)?.as_ref()?;
    Some((sheet.lines.get(at)?, &sheet.columns))
}
