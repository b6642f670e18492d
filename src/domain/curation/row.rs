//! One row of a table, cell by cell.

use super::head::Head;
use super::{Key, Line};

/// A cell that a person edited and whose wanted text changed since: the person's text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The row.
    pub key: Key,
    /// The column's name, in lower case.
    pub column: String,
    /// What the person wrote, as the cell is written.
    pub theirs: String,
    /// What would stand there without that.
    pub wanted: String,
}

/// A row with the names of its columns.
pub(super) type Named<'a> = (&'a Line<'a>, &'a [String]);

/// What one row is made of.
pub(super) struct Merging<'a> {
    pub(super) key: &'a Key,
    /// The head of the table that it is to stand in.
    pub(super) head: &'a Head<'a>,
    pub(super) ours: &'a [Named<'a>],
    pub(super) theirs: Named<'a>,
    pub(super) wanted: Named<'a>,
    /// Whether the list is taken over.
    pub(super) takes_over: bool,
    /// Whether two cells of a column mean the same.
    pub(super) same: &'a dyn Fn(&str, &str, &str) -> bool,
}

/// The row: the cells that a person wrote, and of all others what is wanted.
pub(super) fn merged(row: &Merging<'_>, conflicts: &mut Vec<Conflict>) -> String {
    let columns = &*row.head.columns;
    let each = columns.iter().enumerate().map(|(at, column)| row.cell(at, column, conflicts));
    let cells: Vec<&str> = each.collect();
    let rest = beyond(row.theirs);
    let is_just_that = |row: &Named<'_>| {
        fits(*row, columns)
            && beyond(*row) == rest
            && columns.iter().zip(&cells).all(|(column, text)| cell(*row, column).unwrap_or("") == *text)
    };
    // A row that was only laid out in another way stays so.
    let written = [row.theirs, row.wanted].into_iter().find(is_just_that);
    written.map_or_else(|| in_cells(cells.iter().chain(rest)), |(line, _)| line.text.to_owned())
}

/// A row as it is written, in these columns. Cells may be missing at its end.
pub(super) fn kept(row: Named<'_>, columns: &[String]) -> String {
    if fits(row, columns) {
        return row.0.text.to_owned();
    }
    let cells: Vec<&str> = columns.iter().map(|column| cell(row, column).unwrap_or("")).collect();
    in_cells(cells.iter().chain(beyond(row)))
}

/// Whether a row as it is written has its cells in these columns.
fn fits(row: Named<'_>, columns: &[String]) -> bool {
    if row.0.is_shifted {
        return false;
    }
    let count = row.0.cells.len();
    let reached = row.1.get(..count);
    row.1 == columns || reached.is_some_and(|reached| columns.starts_with(reached))
}

/// What stands in a row behind its last column: no page shows it, but a person wrote it.
fn beyond((line, columns): Named<'_>) -> &[&str] {
    line.cells.get(columns.len()..).unwrap_or_default()
}

impl<'a> Merging<'a> {
    fn cell(&self, at: usize, column: &str, conflicts: &mut Vec<Conflict>) -> &'a str {
        let wanted = cell(self.wanted, column);
        let Some(theirs) = cell(self.theirs, column) else { return wanted.unwrap_or("") };
        let Some(wanted) = wanted else {
            let is_left = at >= self.head.own && self.ours.iter().any(|ours| has(*ours, column, theirs));
            return if is_left { "" } else { theirs };
        };
        let ours: Vec<&str> = self.ours.iter().filter_map(|ours| cell(*ours, column)).collect();
        // An empty cell in a column that we had not says nothing.
        let says_nothing = theirs.is_empty() && (ours.is_empty() || self.takes_over);
        let says_the_same = || self.takes_over && (self.same)(column, theirs, wanted);
        let is_ours = ours.contains(&theirs) || says_nothing || says_the_same();
        if is_ours || theirs == wanted {
            return wanted;
        }
        if !ours.is_empty() && !ours.contains(&wanted) {
            conflicts.push(Conflict {
                key: self.key.clone(),
                column: column.to_owned(),
                theirs: theirs.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        theirs
    }
}

/// Whether a row has this cell: in its column, or in any where it has no such column, for a header may be renamed.
pub(super) fn has(row: Named<'_>, column: &str, text: &str) -> bool {
    match cell(row, column) {
        Some(own) => own == text,
        None => text.is_empty() || row.0.cells.contains(&text),
    }
}

/// Whether a row says nothing that is not in this one.
pub(super) fn is_all_of(row: Named<'_>, other: Named<'_>) -> bool {
    let mut cells = other.1.iter().map(|column| (column, cell(other, column).unwrap_or("")));
    cells.all(|(column, text)| has(row, column, text)) && beyond(other).iter().all(|text| text.is_empty())
}

/// A cell by its column's name, empty where the row ends before it; none where it has no such column.
pub(super) fn cell<'a>((line, columns): Named<'a>, column: &str) -> Option<&'a str> {
    let at = columns.iter().position(|known| known == column)?;
    Some(line.cells.get(at).copied().unwrap_or(""))
}

fn in_cells<'a>(cells: impl Iterator<Item = &'a &'a str>) -> String {
    let mut row = "|".to_owned();
    for cell in cells {
        row.extend([" ", cell, " |"]);
    }
    row
}
