//! Where the rows of a topic are.

use std::collections::HashMap;

use super::parsed_table::TablePerFile;
use super::row_merge::RowWithColumns;
use crate::domain::PaperId;

/// Where a row is: its file, and its line in that file's table.
pub(super) type RowPosition = (usize, usize);

/// The tables of one text, with where the first row of each key is.
pub(super) struct RowIndex<'a> {
    tables: &'a TablePerFile<'a>,
    pub(super) positions: HashMap<&'a PaperId, RowPosition>,
}

impl<'a> RowIndex<'a> {
    pub(super) fn from_tables(tables: &'a TablePerFile<'a>) -> Self {
        let mut positions = HashMap::new();
        for (file, table) in tables.iter().enumerate() {
            for (at, line) in table.iter().flat_map(|table| table.lines.iter().enumerate()) {
                if let Some(key) = &line.key {
                    positions.entry(key).or_insert((file, at));
                }
            }
        }
        Self { tables, positions }
    }

    /// The first row of a key.
    pub(super) fn first_row_of_paper(&self, key: &PaperId) -> Option<RowWithColumns<'a>> {
        row_at(self.tables, self.position(key)?)
    }

    /// Where the first row of a key is.
    pub(super) fn position(&self, key: &PaperId) -> Option<RowPosition> {
        self.positions.get(key).copied()
    }
}

/// The row at a position.
pub(super) fn row_at<'a>(
    tables: &'a TablePerFile<'a>,
    (file, at): RowPosition,
) -> Option<RowWithColumns<'a>> {
    let table = tables.get(file)?.as_ref()?;
    Some((table.lines.get(at)?, &table.columns))
}
