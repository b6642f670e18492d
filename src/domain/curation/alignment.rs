//! A table whose header a person changed, read by what stood in it: a column that has another name now is the same column,
//! and a row that was not changed with the header has its cells in the columns that it was written in.

use std::borrow::Cow;
use std::collections::HashMap;

use super::row::{Named, cell};
use super::{Key, Line, Place, Sheet, Sheets, Texts, places, row_at};

/// The rows of one text, by their keys.
struct Rows<'a> {
    sheets: &'a Sheets<'a>,
    places: HashMap<&'a Key, Place>,
}

impl<'a> Rows<'a> {
    fn get(&self, line: &Line<'_>) -> Option<Named<'a>> {
        row_at(self.sheets, *self.places.get(line.key.as_ref()?)?)
    }
}

/// The tables that stand, with their columns and cells named as ours are as far as they are the same. If nothing is ours,
/// what is wanted takes its place.
pub(super) fn aligned<'a>(texts: &Texts<'a>) -> Cow<'a, Sheets<'a>> {
    let known = if texts.ours.is_empty() { std::slice::from_ref(texts.wanted) } else { texts.ours };
    let is_as_known = |(file, sheet): (usize, &Option<Sheet<'_>>)| {
        let columns = |sheets: &'a Sheets<'a>| Some(&sheets.get(file)?.as_ref()?.columns);
        let stands = sheet.as_ref().map(|sheet| &sheet.columns);
        stands.is_none() || known.iter().any(|known| columns(known) == stands)
    };
    if texts.theirs.iter().enumerate().all(is_as_known) {
        return Cow::Borrowed(texts.theirs);
    }
    let rows: Vec<Rows<'a>> = known.iter().map(|sheets| Rows { sheets, places: places(sheets) }).collect();
    let mut theirs = texts.theirs.clone();
    for (file, sheet) in theirs.iter_mut().enumerate() {
        let Some(sheet) = sheet else { continue };
        for known in known.iter().filter_map(|sheets| sheets.get(file)?.as_ref()) {
            name_as(sheet, known, &rows);
        }
        let Sheet { lines, columns, .. } = sheet;
        lines.iter_mut().for_each(|line| align(line, columns, &rows));
    }
    Cow::Owned(theirs)
}

/// Gives a table's columns the names that they had: one in the place of another is the same unless more of its cells read
/// otherwise than as before. A cell that was empty says nothing.
fn name_as(sheet: &mut Sheet<'_>, known: &Sheet<'_>, rows: &[Rows<'_>]) {
    for (at, name) in replaced(&sheet.columns, &known.columns) {
        let (mut same, mut other) = (0, 0);
        for line in &sheet.lines {
            let Some(ours) = rows.iter().find_map(|rows| cell(rows.get(line)?, name)) else { continue };
            if !ours.is_empty() {
                let stands = line.cells.get(at).copied().unwrap_or_default();
                *(if stands == ours { &mut same } else { &mut other }) += 1;
            }
        }
        if same >= other {
            name.clone_into(&mut sheet.columns[at]);
        }
    }
}

/// The columns that stand in the place of others: between two columns that both have, as many as there were.
fn replaced<'k>(columns: &[String], known: &'k [String]) -> Vec<(usize, &'k str)> {
    let (mut at, mut known_at) = (0, 0);
    let mut replaced = Vec::new();
    while at < columns.len() || known_at < known.len() {
        let new = columns[at..].iter().take_while(|name| !known.contains(name)).count();
        let gone = known[known_at..].iter().take_while(|name| !columns.contains(name)).count();
        if new == gone {
            replaced.extend((at..at + new).zip(known[known_at..].iter().map(String::as_str)));
        }
        (at, known_at) = (at + new, known_at + gone);
        if columns.get(at) != known.get(known_at) {
            break;
        }
        (at, known_at) = (at + 1, known_at + 1);
    }
    replaced
}

/// Puts the cells of a row into the columns of its table, if by the columns that it had more of it reads as it was written.
fn align(line: &mut Line<'_>, columns: &[String], rows: &[Rows<'_>]) {
    let found = rows.iter().filter_map(|rows| rows.get(line));
    let as_ours = found.map(|ours| (differing((line, ours.1), ours), ours)).min_by_key(|(count, _)| *count);
    let Some((count, ours)) = as_ours else { return };
    if count >= differing((line, columns), ours) {
        return;
    }
    let place = |name: &String| ours.1.iter().position(|column| column == name);
    let cell_at = |at: usize| line.cells.get(at).copied().unwrap_or_default();
    let mut cells: Vec<&str> = columns.iter().map(|name| place(name).map_or("", cell_at)).collect();
    // What a person wrote into a column that is no more stays behind the others.
    let is_left = |at: &usize| {
        ours.1
            .get(*at)
            .is_none_or(|name| !columns.contains(name) && cell(ours, name) != Some(line.cells[*at]))
    };
    cells.extend(
        (0..line.cells.len()).filter(is_left).map(|at| line.cells[at]).filter(|cell| !cell.is_empty()),
    );
    (line.cells, line.is_shifted) = (cells, true);
}

/// How many cells of a row that was written read otherwise in this one.
fn differing(row: Named<'_>, ours: Named<'_>) -> usize {
    let is_other = |name: &&String| {
        let was = cell(ours, name).unwrap_or_default();
        cell(row, name).map_or_else(|| !was.is_empty() && !row.0.cells.contains(&was), |stands| stands != was)
    };
    ours.1.iter().filter(is_other).count()
}
