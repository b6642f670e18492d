//! One row of a table, cell by cell.

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
    /// The columns that the row is to have.
    pub(super) columns: &'a [String],
    pub(super) ours: &'a [Named<'a>],
    pub(super) theirs: Named<'a>,
    pub(super) wanted: Named<'a>,
    /// Whether the program has never written the list.
    pub(super) takes_over: bool,
    /// Whether two cells of a column mean the same.
    pub(super) same: &'a dyn Fn(&str, &str, &str) -> bool,
}

/// Whose a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Theirs,
    Wanted,
}

/// The row: the cells that a person wrote, and of all others what is wanted.
pub(super) fn merged(row: &Merging<'_>, conflicts: &mut Vec<Conflict>) -> String {
    let each = row.columns.iter().map(|column| row.cell(column, conflicts));
    let cells: Vec<(Whose, &str)> = each.collect();
    let are_all = |whose: Whose| cells.iter().all(|(of, cell)| *of == whose || cell.is_empty());
    if are_all(Whose::Wanted) && row.wanted.1 == row.columns {
        return row.wanted.0.text.to_owned();
    }
    let texts: Vec<&str> = cells.into_iter().map(|(_, cell)| cell).collect();
    as_it_stands(row.theirs, row.columns, &texts).unwrap_or_else(|| in_cells(&texts))
}

/// A row as it is written, in these columns.
pub(super) fn kept(row: Named<'_>, columns: &[String]) -> String {
    if row.1 == columns {
        return row.0.text.to_owned();
    }
    let cells: Vec<&str> = columns.iter().map(|column| cell(row, column).unwrap_or("")).collect();
    in_cells(&cells)
}

impl<'a> Merging<'a> {
    fn cell(&self, column: &str, conflicts: &mut Vec<Conflict>) -> (Whose, &'a str) {
        let wanted = cell(self.wanted, column);
        let Some(theirs) = cell(self.theirs, column) else { return (Whose::Wanted, wanted.unwrap_or("")) };
        let Some(wanted) = wanted else { return (Whose::Theirs, theirs) };
        let ours: Vec<&str> = self.ours.iter().filter_map(|ours| cell(*ours, column)).collect();
        let is_ours = ours.contains(&theirs) || self.takes_over && (self.same)(column, theirs, wanted);
        if is_ours || theirs == wanted {
            return (Whose::Wanted, wanted);
        }
        if !ours.is_empty() && !ours.contains(&wanted) {
            conflicts.push(Conflict {
                key: self.key.clone(),
                column: column.to_owned(),
                theirs: theirs.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        (Whose::Theirs, theirs)
    }
}

/// The line as a person wrote it, where its cells are just these.
fn as_it_stands(theirs: Named<'_>, columns: &[String], cells: &[&str]) -> Option<String> {
    let is_same = theirs.1 == columns && theirs.0.cells == cells;
    is_same.then(|| theirs.0.text.to_owned())
}

fn cell<'a>((line, columns): Named<'a>, column: &str) -> Option<&'a str> {
    let at = columns.iter().position(|known| known == column)?;
    Some(line.cells.get(at).copied().unwrap_or(""))
}

fn in_cells(cells: &[&str]) -> String {
    let mut row = "|".to_owned();
    for cell in cells {
        row.extend([" ", cell, " |"]);
    }
    row
}
