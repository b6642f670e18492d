//! One row of a table, cell by cell.

use super::TableLine;
use super::table_head::TableHead;
use crate::domain::PaperId;

/// A cell that a person edited and whose desired text changed since: the person's text stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellConflict {
    /// The row.
    pub key: PaperId,
    /// The column's name, in lower case.
    pub column: String,
    /// What the person wrote, as the cell is written.
    pub edited: String,
    /// What the program would write there otherwise.
    pub desired: String,
}

/// A row with the names of its columns.
pub(super) type RowWithColumns<'a> = (&'a TableLine<'a>, &'a [String]);

/// What one row is made of.
pub(super) struct RowMergeInput<'a> {
    pub(super) key: &'a PaperId,
    /// The head of the table that it belongs in.
    pub(super) head: &'a TableHead<'a>,
    pub(super) base: &'a [RowWithColumns<'a>],
    pub(super) edited: RowWithColumns<'a>,
    pub(super) desired: RowWithColumns<'a>,
    /// Whether the list is taken over.
    pub(super) takes_over: bool,
    /// Whether two cells of a column mean the same.
    pub(super) are_cells_equivalent: &'a dyn Fn(&str, &str, &str) -> bool,
}

/// The row: the cells that a person wrote, and of all others what is desired.
pub(super) fn merge_row(row: &RowMergeInput<'_>, conflicts: &mut Vec<CellConflict>) -> String {
    let columns = &*row.head.columns;
    let each = columns.iter().enumerate().map(|(at, column)| row.merge_cell(at, column, conflicts));
    let cells: Vec<&str> = each.collect();
    let rest = cells_beyond_columns(row.edited);
    let has_these_cells = |row: &RowWithColumns<'_>| {
        fits_columns(*row, columns)
            && cells_beyond_columns(*row) == rest
            && columns
                .iter()
                .zip(&cells)
                .all(|(column, text)| cell_of_column(*row, column).unwrap_or("") == *text)
    };
    // A row that was only laid out in another way stays so.
    let written = [row.edited, row.desired].into_iter().find(has_these_cells);
    written.map_or_else(|| format_row(cells.iter().chain(rest)), |(line, _)| line.text.to_owned())
}

/// A row as it is written, in these columns. Cells may be missing at its end.
pub(super) fn row_in_columns(row: RowWithColumns<'_>, columns: &[String]) -> String {
    if fits_columns(row, columns) {
        return row.0.text.to_owned();
    }
    let cells: Vec<&str> = columns.iter().map(|column| cell_of_column(row, column).unwrap_or("")).collect();
    format_row(cells.iter().chain(cells_beyond_columns(row)))
}

/// Whether a row as it is written has its cells in these columns.
fn fits_columns(row: RowWithColumns<'_>, columns: &[String]) -> bool {
    if row.0.is_shifted {
        return false;
    }
    let count = row.0.cells.len();
    let reached = row.1.get(..count);
    row.1 == columns || reached.is_some_and(|reached| columns.starts_with(reached))
}

/// What a row has behind its last column: no page shows it, but a person wrote it.
fn cells_beyond_columns((line, columns): RowWithColumns<'_>) -> &[&str] {
    line.cells.get(columns.len()..).unwrap_or_default()
}

impl<'a> RowMergeInput<'a> {
    fn merge_cell(&self, at: usize, column: &str, conflicts: &mut Vec<CellConflict>) -> &'a str {
        let desired = cell_of_column(self.desired, column);
        let Some(edited) = cell_of_column(self.edited, column) else { return desired.unwrap_or("") };
        let Some(desired) = desired else {
            let is_obsolete = at >= self.head.own_columns
                && self.base.iter().any(|base| has_cell_with_text(*base, column, edited));
            return if is_obsolete { "" } else { edited };
        };
        let base: Vec<&str> = self.base.iter().filter_map(|base| cell_of_column(*base, column)).collect();
        // An empty cell in a column that the base lacks says nothing.
        let says_nothing = edited.is_empty() && (base.is_empty() || self.takes_over);
        let says_the_same = || self.takes_over && (self.are_cells_equivalent)(column, edited, desired);
        let is_unedited = base.contains(&edited) || says_nothing || says_the_same();
        if is_unedited || edited == desired {
            return desired;
        }
        if !base.is_empty() && !base.contains(&desired) {
            conflicts.push(CellConflict {
                key: self.key.clone(),
                column: column.to_owned(),
                edited: edited.to_owned(),
                desired: desired.to_owned(),
            });
        }
        edited
    }
}

/// Whether a row has this cell: in its column, or in any if it has no such column, for a header may be renamed.
pub(super) fn has_cell_with_text(row: RowWithColumns<'_>, column: &str, text: &str) -> bool {
    match cell_of_column(row, column) {
        Some(own) => own == text,
        None => text.is_empty() || row.0.cells.contains(&text),
    }
}

/// Whether a row says nothing that is not in this one.
pub(super) fn has_all_cells_of_row(row: RowWithColumns<'_>, other: RowWithColumns<'_>) -> bool {
    let mut cells = other.1.iter().map(|column| (column, cell_of_column(other, column).unwrap_or("")));
    cells.all(|(column, text)| has_cell_with_text(row, column, text))
        && cells_beyond_columns(other).iter().all(|text| text.is_empty())
}

/// A cell by its column's name, empty if the row ends before it; none if it has no such column.
pub(super) fn cell_of_column<'a>((line, columns): RowWithColumns<'a>, column: &str) -> Option<&'a str> {
    let at = columns.iter().position(|known| known == column)?;
    Some(line.cells.get(at).copied().unwrap_or(""))
}

fn format_row<'a>(cells: impl Iterator<Item = &'a &'a str>) -> String {
    let mut row = "|".to_owned();
    for cell in cells {
        row.extend([" ", cell, " |"]);
    }
    row
}
