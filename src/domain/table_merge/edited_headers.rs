//! A table whose header a person changed, read by what was in it: a column that has another name now is the same column,
//! and a row that was not changed with the header has its cells in the columns that it was written in.

use std::borrow::Cow;

use super::row_index::RowIndex;
use super::row_merge::{RowWithColumns, cell_of_column};
use super::{MergeInput, ParsedTable, TableLine, TablePerFile};

/// The edited tables, with their columns and cells named as the base has them, as far as they are the same. If there is no base,
/// what is desired takes its place.
pub(super) fn match_columns_to_base<'a>(texts: &MergeInput<'a>) -> Cow<'a, TablePerFile<'a>> {
    let known = if texts.base.is_empty() { std::slice::from_ref(texts.desired) } else { texts.base };
    let is_as_known = |(file, table): (usize, &Option<ParsedTable<'_>>)| {
        let columns = |tables: &'a TablePerFile<'a>| Some(&tables.get(file)?.as_ref()?.columns);
        let edited = table.as_ref().map(|table| &table.columns);
        edited.is_none() || known.iter().any(|known| columns(known) == edited)
    };
    if texts.edited.iter().enumerate().all(is_as_known) {
        return Cow::Borrowed(texts.edited);
    }
    let rows: Vec<RowIndex<'a>> = known.iter().map(RowIndex::from_tables).collect();
    let mut aligned = texts.edited.clone();
    for (file, table) in aligned.iter_mut().enumerate() {
        let Some(table) = table else { continue };
        for known in known.iter().filter_map(|tables| tables.get(file)?.as_ref()) {
            restore_column_names(table, known, &rows);
        }
        let ParsedTable { lines, columns, .. } = table;
        for line in lines.iter_mut() {
            align_row(line, columns, &rows);
        }
    }
    Cow::Owned(aligned)
}

/// Gives a table's columns the names that they had: one in the place of another is the same unless more of its cells read
/// otherwise than as before. A cell that was empty says nothing.
fn restore_column_names(table: &mut ParsedTable<'_>, known: &ParsedTable<'_>, rows: &[RowIndex<'_>]) {
    for (at, name) in columns_replacing_others(&table.columns, &known.columns) {
        let (mut same, mut other) = (0, 0);
        for line in &table.lines {
            let Some(base) = rows
                .iter()
                .find_map(|rows| cell_of_column(rows.first_row_of_paper(line.key.as_ref()?)?, name))
            else {
                continue;
            };
            if !base.is_empty() {
                let edited = line.cells.get(at).copied().unwrap_or_default();
                *(if edited == base { &mut same } else { &mut other }) += 1;
            }
        }
        if same >= other {
            name.clone_into(&mut table.columns[at]);
        }
    }
}

/// The columns that are in the place of others: between two columns that both have, as many as there were.
fn columns_replacing_others<'k>(columns: &[String], known: &'k [String]) -> Vec<(usize, &'k str)> {
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

/// Puts the cells of a row into the columns of its table, if more of it reads as it was written then.
fn align_row(line: &mut TableLine<'_>, columns: &[String], rows: &[RowIndex<'_>]) {
    let Some(base) = rows.iter().find_map(|rows| rows.first_row_of_paper(line.key.as_ref()?)) else { return };
    let unchanged_layout: CellLayout =
        (0..columns.len()).map(|at| Some(at).filter(|at| *at < line.cells.len())).collect();
    let layouts = [
        Some(unchanged_layout),
        layout_around_inserted_columns(line, columns, base),
        Some(layout_by_base_columns(line, columns, base)),
    ];
    let each = layouts.into_iter().flatten().enumerate();
    let best = each.min_by_key(|(_, layout)| count_differing_cells(line, columns, layout, base));
    let Some((1.., layout)) = best else { return };
    // What a person wrote into a column that is no more stays behind the others.
    let is_orphaned = |at: &usize| {
        let was = base.1.get(*at).and_then(|name| cell_of_column(base, name));
        !layout.contains(&Some(*at)) && !line.cells[*at].is_empty() && was != Some(line.cells[*at])
    };
    let orphaned = (0..line.cells.len()).filter(is_orphaned).map(|at| line.cells[at]);
    let cells = layout.iter().map(|at| at.map_or("", |at| line.cells[at])).chain(orphaned).collect();
    (line.cells, line.is_shifted) = (cells, true);
}

/// For each column of a table the cell of a row that is in it, if any.
type CellLayout = Vec<Option<usize>>;

/// The cells in the columns that the program wrote them in. What is behind those is in the other columns, if they are as many.
fn layout_by_base_columns(line: &TableLine<'_>, columns: &[String], base: RowWithColumns<'_>) -> CellLayout {
    let own: Vec<&String> = columns.iter().filter(|name| !base.1.contains(name)).collect();
    let behind = line.cells.len().checked_sub(base.1.len()).filter(|behind| *behind == own.len());
    let place = |name: &String| match base.1.iter().position(|column| column == name) {
        Some(at) => Some(at),
        None => behind.and_then(|_| Some(base.1.len() + own.iter().position(|column| *column == name)?)),
    };
    columns.iter().map(|name| place(name).filter(|at| *at < line.cells.len())).collect()
}

/// The cells in their order, in those of the columns in which most of them read as in the base: the others were put in between.
/// None if there are not so many columns.
fn layout_around_inserted_columns(
    line: &TableLine<'_>,
    columns: &[String],
    base: RowWithColumns<'_>,
) -> Option<CellLayout> {
    let spare = columns.len().checked_sub(line.cells.len())?;
    let worth = |at: usize, column: usize| match cell_of_column(base, &columns[column]) {
        Some(was) if was == line.cells[at] => 2 + 2 * usize::from(!was.is_empty()),
        Some(_) => 1,
        None => 0,
    };
    // For the cells from each one on, and so many columns put in before it, the most that they are worth.
    let count = line.cells.len();
    let mut best = vec![vec![0; spare + 1]; count + 1];
    for at in (0..count).rev() {
        for before in (0..=spare).rev() {
            let here = worth(at, at + before) + best[at + 1][before];
            best[at][before] = best[at].get(before + 1).map_or(here, |later| here.max(*later));
        }
    }
    let mut layout = vec![None; columns.len()];
    let mut before = 0;
    for at in 0..count {
        while worth(at, at + before) + best[at + 1][before] < best[at][before] {
            before += 1;
        }
        layout[at + before] = Some(at);
    }
    Some(layout)
}

/// How many cells of a row that was written read otherwise in this one, if it is laid out so.
fn count_differing_cells(
    line: &TableLine<'_>,
    columns: &[String],
    layout: &CellLayout,
    base: RowWithColumns<'_>,
) -> usize {
    let is_other = |name: &&String| {
        let was = cell_of_column(base, name).unwrap_or_default();
        match columns.iter().position(|column| column == *name) {
            Some(column) => layout[column].map_or("", |at| line.cells[at]) != was,
            None => !was.is_empty() && !line.cells.contains(&was),
        }
    };
    base.1.iter().filter(is_other).count()
}

#[cfg(test)]
mod tests {
    use super::super::PaperId;
    use super::*;

    fn column_names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_row_that_was_not_changed_with_its_header_has_its_cells_in_the_columns_that_it_had() {
        let base_columns = column_names("title date code");
        let base = sample_table_line("T | d | c");
        for (header, row, expected) in [
            ("title date code", "T | d | c", "T | d | c"),
            ("stars title date code", "T | d | c", " | T | d | c"),
            ("title stars date code", "T | d | c", "T |  | d | c"),
            ("title date code stars", "T | d | c", "T | d | c"),
            ("stars title date code", "5 | T | d | c", "5 | T | d | c"),
            ("title stars date code", "T | mine | c", "T |  | mine | c"),
            ("new title date code stars", "T | d | c | 5", " | T | d | c | 5"),
            ("stars new title date code", "5 | T | d | c", "5 |  | T | d | c"),
            ("date code title", "T | d | c", "d | c | T"),
            ("date code title stars", "T | d | c | 5", "d | c | T | 5"),
            ("title code", "T | d | c", "T | c"),
            ("title code", "T | mine | c", "T | c | mine"),
            ("title code", "T | c", "T | c"),
        ] {
            let base_tables = vec![Some(sample_table(base_columns.clone(), base.clone()))];
            let rows = [RowIndex::from_tables(&base_tables)];
            let mut edited = sample_table_line(row);
            align_row(&mut edited, &column_names(header), &rows);
            assert_eq!(edited.cells.join(" | "), expected, "{header}: {row}");
            assert_eq!(edited.is_shifted, row != expected, "{header}: {row}");
        }
    }

    #[test]
    fn a_column_in_the_place_of_another_is_the_same_if_it_reads_as_before() {
        for (header, row, expected) in [
            ("title day code", "T | d | c", "title date code"),
            ("title day code", "T | mine | c", "title day code"),
            ("titel datum code", "T | d | c", "title date code"),
            ("title day", "T | d", "title day"),
            ("code day title", "c | d | T", "code day title"),
            ("stars title day code", "5 | T | d | c", "stars title date code"),
        ] {
            let known = sample_table(column_names("title date code"), sample_table_line("T | d | c"));
            let base = vec![Some(known.clone())];
            let rows = [RowIndex::from_tables(&base)];
            let mut edited = sample_table(column_names(header), sample_table_line(row));
            restore_column_names(&mut edited, &known, &rows);
            assert_eq!(edited.columns, column_names(expected), "{header}: {row}");
        }
    }

    fn sample_table_line(text: &'static str) -> TableLine<'static> {
        let key = Some(PaperId::from_stored("k".to_owned()));
        TableLine { text, key, date: None, cells: text.split(" | ").collect(), is_shifted: false }
    }

    fn sample_table(columns: Vec<String>, line: TableLine<'_>) -> ParsedTable<'_> {
        let titles = vec![""; columns.len()];
        ParsedTable { head: "", columns, titles, lines: vec![line], tail: "", has_plain_tail: true }
    }
}
