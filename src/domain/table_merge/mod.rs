//! The three-way merge of a list's tables: how a topic's table reads after both a person and the history have changed it.
//!
//! Three texts are known: *base*, what was generated last time, before a person's changes were put on it; *edited*,
//! what is there now; *desired*, what would be generated now. If a cell of edited equals base, it becomes what is desired;
//! if it differs, a person wrote it, and it stays.
//!
//! One example. Version 2 of paper A has come, with a new title and a new comment, and paper C is new:
//!
//! | base         | edited               | desired        | merged               | why                                           |
//! |--------------|----------------------|----------------|----------------------|-----------------------------------------------|
//! |              |                      | C, "3 pages"   | C, "3 pages"         | new, above the row that it precedes in desired |
//! | A, "9 pages" | A, "9 pages, *good*" | A2, "10 pages" | A2, "9 pages, *good*" | the title is desired's; the comment is a person's, and a [`CellConflict`] |
//! | B, "CVPR"    |                      |                |                      | deleted: [`deleted_rows`] says so before the merge, and B is no longer generated |
//! |              | D, "mine"            |                | D, "mine"            | a person added it, below A, and it stays below A |
//!
//! A paper is known by the [`PaperId`] that its row's link is of, whatever its row reads like. Columns are matched by name, or by what their cells have
//! in common with base if a person renamed them; a column that a person added keeps its place.

mod edited_headers;
mod line_order;
mod merge_input;
mod parsed_table;
mod row_index;
mod row_merge;
mod table_head;
#[cfg(test)]
mod tests;
mod unify_rows;

use std::collections::{HashMap, HashSet};

use line_order::{ExistingLine, order_table_lines};
pub use merge_input::MergeInput;
pub use parsed_table::{ParsedTable, TableLine, TablePerFile};
use row_index::{RowIndex, RowPosition, row_at};
pub use row_merge::CellConflict;
use row_merge::{RowMergeInput, RowWithColumns, merge_row};
use table_head::TableHead;
pub use unify_rows::unify_rows;

use super::PaperId;

/// How one topic's tables read after the merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedTables {
    /// The text between the markers of each file, with `\n` for line ends; none in a file that gets no such table.
    pub tables: Vec<Option<String>>,
    /// What both sides changed.
    pub conflicts: Vec<CellConflict>,
}

/// The rows that have gone from a topic's tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeletedRows {
    /// The keys of the deleted rows.
    pub rows: Vec<PaperId>,
    /// Whether they are more than half of the rows of a table.
    pub is_sweeping: bool,
}

/// The rows that a person deleted: rows that every possible base had and that no file has now. `base` holds the texts that may
/// have been written, the oldest first; the first is known to have been written. Of a file without any table nothing is
/// concluded, because it was lost, not edited. Rows that are known to be deleted do not count.
pub fn deleted_rows(
    base: &[TablePerFile<'_>],
    edited: &TablePerFile<'_>,
    is_known: &dyn Fn(&PaperId) -> bool,
) -> DeletedRows {
    let present: HashSet<&PaperId> = rows_with_paper_id(edited).map(|(_, key, _)| key).collect();
    let known = merge_bases_still_possible(base, &present);
    let Some((last, earlier)) = known.split_last() else { return DeletedRows::default() };
    let is_gone = |file: usize, key: &PaperId| {
        edited.get(file).is_some_and(Option::is_some) && !present.contains(key) && !is_known(key)
    };
    // It may have been on its way from another file.
    let gone_of = |tables: &'_ TablePerFile<'_>| -> HashSet<PaperId> {
        rows_with_paper_id(tables)
            .filter(|(file, key, _)| is_gone(*file, key))
            .map(|(_, key, _)| key.clone())
            .collect()
    };
    let gone_earlier: Vec<HashSet<PaperId>> = earlier.iter().map(gone_of).collect();
    let mut deleted = DeletedRows::default();
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for (file, key, _) in rows_with_paper_id(last).filter(|(_, key, _)| !is_known(key)) {
        let (gone, all) = counts.entry(file).or_default();
        *all += 1;
        if is_gone(file, key) && gone_earlier.iter().all(|gone| gone.contains(key)) {
            *gone += 1;
            deleted.rows.push(key.clone());
        }
    }
    deleted.is_sweeping = counts.values().any(|(gone, all)| 2 * gone > *all);
    deleted
}

/// The rows that a person added: papers that are there and that base did not have.
pub fn added_rows<'a>(base: &[TablePerFile<'_>], edited: &'a TablePerFile<'_>) -> Vec<&'a PaperId> {
    let known: HashSet<&PaperId> =
        base.iter().flat_map(|tables| rows_with_paper_id(tables)).map(|(_, key, _)| key).collect();
    rows_with_paper_id(edited).map(|(_, key, _)| key).filter(|key| !known.contains(key)).collect()
}

/// Whether a row of a paper reads as in none of the texts that were or would be generated.
pub fn has_rows_not_generated<'t, 'a: 't>(
    generated: impl IntoIterator<Item = &'t TablePerFile<'a>>,
    edited: &TablePerFile<'_>,
) -> bool {
    let generated = generated.into_iter().flat_map(|tables| rows_with_paper_id(tables));
    let known: HashSet<(&PaperId, &str)> = generated.map(|(_, key, line)| (key, line.text)).collect();
    rows_with_paper_id(edited).any(|(_, key, line)| !known.contains(&(key, line.text)))
}

/// The bases of which one must be in the files: if a row is present that only a later base had, no earlier one is.
fn merge_bases_still_possible<'a, 'b>(
    base: &'a [TablePerFile<'b>],
    present: &HashSet<&PaperId>,
) -> &'a [TablePerFile<'b>] {
    let mut before: HashSet<&PaperId> = HashSet::new();
    let mut first = 0;
    for (index, tables) in base.iter().enumerate() {
        let is_present =
            rows_with_paper_id(tables).any(|(_, key, _)| !before.contains(key) && present.contains(key));
        if index > 0 && is_present {
            first = index;
        }
        before.extend(rows_with_paper_id(tables).map(|(_, key, _)| key));
    }
    &base[first..]
}

fn rows_with_paper_id<'a>(
    tables: &'a TablePerFile<'_>,
) -> impl Iterator<Item = (usize, &'a PaperId, &'a TableLine<'a>)> {
    let tables = tables.iter().enumerate().filter_map(|(file, table)| Some((file, table.as_ref()?)));
    tables.flat_map(|(file, table)| {
        table.lines.iter().filter_map(move |line| Some((file, line.key.as_ref()?, line)))
    })
}

/// Applies the desired changes to the edited tables. `same` says of a column if two cells mean the same; it is asked only if a
/// list is taken over, as far as its rows say what is desired.
pub fn merge_tables(texts: &MergeInput<'_>, same: &dyn Fn(&str, &str, &str) -> bool) -> MergedTables {
    let edited = edited_headers::match_columns_to_base(texts);
    let texts = &MergeInput { edited: &edited, ..*texts };
    let merge = TableMerge::new(texts, same);
    let mut conflicts = Vec::new();
    let files = texts.desired.len().max(texts.edited.len());
    let tables = (0..files).map(|file| merge.merge_table(file, &mut conflicts)).collect();
    MergedTables { tables, conflicts }
}

/// The three texts with where each paper is in them.
struct TableMerge<'a> {
    input: &'a MergeInput<'a>,
    are_cells_equivalent: &'a dyn Fn(&str, &str, &str) -> bool,
    base: Vec<RowIndex<'a>>,
    other_bases: Vec<RowIndex<'a>>,
    desired: RowIndex<'a>,
    /// Where the first row of each paper is, and the file that it belongs in.
    edited: HashMap<&'a PaperId, (RowPosition, usize)>,
}

impl<'a> TableMerge<'a> {
    fn new(input: &'a MergeInput<'a>, are_cells_equivalent: &'a dyn Fn(&str, &str, &str) -> bool) -> Self {
        let base: Vec<_> = input.base.iter().map(RowIndex::from_tables).collect();
        let other_bases = input.other_bases.iter().map(RowIndex::from_tables).collect();
        let desired = RowIndex::from_tables(input.desired);
        let settled = positions_in_edited_tables(&base, input.edited).into_iter().map(|(key, position)| {
            // A row that a person put into a file, or moved to another, stays there.
            let is_elsewhere =
                |base: &RowIndex<'_>| base.position(key).is_none_or(|(file, _)| file != position.0);
            let was_placed_by_hand = input.is_base_known && base.iter().all(is_elsewhere);
            let file = match desired.position(key) {
                Some((file, _)) if !was_placed_by_hand => file,
                Some(_) | None => position.0,
            };
            (key, (position, file))
        });
        let edited = settled.collect();
        Self { input, are_cells_equivalent, base, other_bases, desired, edited }
    }

    /// How one file's table reads after the merge.
    fn merge_table(&self, file: usize, conflicts: &mut Vec<CellConflict>) -> Option<String> {
        let edited = self.input.edited.get(file).and_then(Option::as_ref);
        let desired = self.input.desired.get(file).and_then(Option::as_ref);
        let base: Vec<&ParsedTable<'_>> =
            self.input.base.iter().filter_map(|tables| tables.get(file)?.as_ref()).collect();
        let (Some(edited), Some(shape)) = (edited, desired.or(edited)) else {
            return desired.map(|desired| self.new_table(file, desired, conflicts));
        };
        let is_tail_unedited =
            base.is_empty() && edited.tail == shape.tail || base.iter().any(|base| base.tail == edited.tail);
        let head = self.with_needed_columns(file, TableHead::merge_table_heads(&base, edited, shape));
        let takes_desired_tail = is_tail_unedited || !self.input.is_base_known && edited.has_plain_tail;
        let tail = if takes_desired_tail { shape.tail } else { edited.tail };
        let lines = self.merge_table_lines(file, Some(edited), desired, &head, conflicts);
        Some(parsed_table::table_text(&head.text, &lines, tail))
    }

    /// A table that does not exist yet, with the rows that move into it from other files.
    fn new_table(&self, file: usize, desired: &ParsedTable<'a>, conflicts: &mut Vec<CellConflict>) -> String {
        let head = self.with_needed_columns(file, TableHead::of_parsed_table(desired));
        let lines = self.merge_table_lines(file, None, Some(desired), &head, conflicts);
        parsed_table::table_text(&head.text, &lines, desired.tail)
    }

    /// The head of a file's table, with the columns that it lacks and in which a person wrote something that belongs in
    /// this file.
    fn with_needed_columns<'h>(&self, file: usize, mut head: TableHead<'h>) -> TableHead<'h> {
        for table in self.input.edited.iter().flatten() {
            for (at, name) in table.columns.iter().enumerate() {
                let is_needed = |line: &TableLine<'_>| {
                    let key =
                        line.key.as_ref().filter(|_| line.cells.get(at).is_some_and(|cell| !cell.is_empty()));
                    key.is_some_and(|key| {
                        self.is_row_of_file(file, key, line) && self.is_edited_cell(key, name, line.cells[at])
                    })
                };
                if !head.has_column(name) && table.lines.iter().any(is_needed) {
                    head.append_table_column(name, table.titles.get(at).copied().unwrap_or_default());
                }
            }
        }
        head
    }

    /// Whether this very line is the row of a paper that belongs in this file.
    fn is_row_of_file(&self, file: usize, key: &PaperId, line: &TableLine<'_>) -> bool {
        let Some((position, settled)) = self.edited.get(key) else { return false };
        let row = row_at(self.input.edited, *position);
        *settled == file && row.is_some_and(|(row, _)| std::ptr::eq(row, line))
    }

    /// Whether a cell is not as the program is known to have written it.
    fn is_edited_cell(&self, key: &PaperId, column: &str, text: &str) -> bool {
        !self.base_rows(key).into_iter().any(|base| row_merge::has_cell_with_text(base, column, text))
    }

    fn merge_table_lines(
        &self,
        file: usize,
        edited: Option<&ParsedTable<'a>>,
        desired: Option<&ParsedTable<'a>>,
        head: &TableHead<'_>,
        conflicts: &mut Vec<CellConflict>,
    ) -> Vec<String> {
        let existing: Vec<ExistingLine<'_>> = edited.map_or(Vec::new(), |edited| {
            let lines = edited.lines.iter().enumerate();
            lines.filter_map(|(at, line)| self.kept_line((file, at), line)).collect()
        });
        let desired = desired.map_or(Vec::new(), |desired| {
            desired.lines.iter().filter(|line| self.belongs_in_file(file, line)).collect::<Vec<_>>()
        });
        // A base is behind the others, so that it counts if none of them fits the rows better.
        let by_position = self.other_bases.iter().chain(&self.base).map(|base| {
            move |line: &TableLine<'_>| {
                let (own, at) = base.position(line.key.as_ref()?)?;
                (own == file).then_some(i64::try_from(at).unwrap_or(i64::MAX))
            }
        });
        let by_position: Vec<_> = by_position.collect();
        let by_date = |line: &TableLine<'_>| {
            line.date.map(|date| -i64::from(date.year()) * 512 - i64::from(date.day_of_year()))
        };
        let ranks: Vec<&line_order::RowRank<'_>> = if self.input.is_base_known {
            by_position.iter().map(|rank| rank as &line_order::RowRank<'_>).collect()
        } else {
            // Whoever wrote a list that is taken over had the newest on top.
            vec![&by_date]
        };
        order_table_lines(&existing, &desired, &ranks)
            .into_iter()
            .filter_map(|line| self.merge_line(line, head, conflicts))
            .collect()
    }

    /// Whether a desired row is to be in this file: if it is nowhere yet, or belongs here.
    fn belongs_in_file(&self, file: usize, line: &TableLine<'_>) -> bool {
        let settled = line.key.as_ref().and_then(|key| self.edited.get(key));
        settled.is_none_or(|(_, settled)| *settled == file)
    }

    /// A line of a file that stays in it, in its place or in that which its date gives it.
    fn kept_line<'b>(&self, position: RowPosition, line: &'b TableLine<'a>) -> Option<ExistingLine<'b>> {
        let Some(key) = &line.key else { return Some(ExistingLine { line, is_desired: false }) };
        let (first, file) = self.edited.get(key).copied()?;
        if first != position {
            let is_copy =
                self.is_row_unedited(key, position) || line.text == row_at(self.input.edited, first)?.0.text;
            return (!is_copy).then_some(ExistingLine { line, is_desired: false });
        }
        if file != position.0 {
            return None;
        }
        // Whoever took it out knew that others may have written in it.
        if self.is_in_base(key) && self.input.dismissed.contains(key) {
            return None;
        }
        let is_desired = self.desired.position(key).is_some_and(|desired| desired.0 == file);
        // What is desired in another file and settled in this one was moved here by a person.
        let stays = self.desired.position(key).is_some()
            || !self.is_in_base(key)
            || !self.is_row_unedited(key, position);
        stays.then_some(ExistingLine { line, is_desired })
    }

    fn is_in_base(&self, key: &PaperId) -> bool {
        self.base.iter().any(|base| base.position(key).is_some())
    }

    /// Whether a row is as the program wrote it, however it is laid out.
    fn is_row_unedited(&self, key: &PaperId, position: RowPosition) -> bool {
        is_row_contained_in_any(&self.base_rows(key), self.input.edited, position)
    }

    /// What the program wrote for a paper, here or elsewhere, with the columns it had.
    fn base_rows(&self, key: &PaperId) -> Vec<RowWithColumns<'a>> {
        rows_of_paper(self.base.iter().chain(&self.other_bases), key)
    }

    /// The text of one line: as it is, as it is desired, or cell by cell of both.
    fn merge_line(
        &self,
        line: &TableLine<'_>,
        head: &TableHead<'_>,
        conflicts: &mut Vec<CellConflict>,
    ) -> Option<String> {
        let Some(key) = &line.key else { return Some(line.text.to_owned()) };
        let desired = self.desired.first_row_of_paper(key);
        let Some((first, _)) = self.edited.get(key) else {
            return Some(row_merge::row_in_columns(desired?, &head.columns));
        };
        let edited = row_at(self.input.edited, *first)?;
        let is_either = |row: RowWithColumns<'_>| std::ptr::eq(row.0, line);
        if !is_either(edited) && !desired.is_some_and(is_either) {
            return Some(line.text.to_owned());
        }
        let base = self.base_rows(key);
        let takes_over = !self.input.is_base_known;
        match desired {
            Some(desired) if takes_over || !base.is_empty() => {
                let merging = RowMergeInput {
                    key,
                    head,
                    base: &base,
                    edited,
                    desired,
                    takes_over,
                    are_cells_equivalent: self.are_cells_equivalent,
                };
                Some(merge_row(&merging, conflicts))
            }
            Some(_) | None => Some(row_merge::row_in_columns(edited, &head.columns)),
        }
    }
}

/// Where each paper is. If it is in several files, as after a program was killed while it moved the row, the row counts
/// that a person edited.
fn positions_in_edited_tables<'a>(
    base: &[RowIndex<'_>],
    edited: &'a TablePerFile<'a>,
) -> HashMap<&'a PaperId, RowPosition> {
    let mut found = RowIndex::from_tables(edited).positions;
    let is_unedited =
        |key: &PaperId, position| is_row_contained_in_any(&rows_of_paper(base, key), edited, position);
    for (file, table) in edited.iter().enumerate() {
        for (at, line) in table.iter().flat_map(|table| table.lines.iter().enumerate()) {
            let Some(first) = line.key.as_ref().and_then(|key| found.get_mut(key)) else { continue };
            let is_edited = |key: &PaperId| is_unedited(key, *first) && !is_unedited(key, (file, at));
            if first.0 != file && line.key.as_ref().is_some_and(is_edited) {
                *first = (file, at);
            }
        }
    }
    found
}

/// The rows of a paper, with the columns of their tables.
fn rows_of_paper<'a, 't>(
    texts: impl IntoIterator<Item = &'t RowIndex<'a>>,
    key: &PaperId,
) -> Vec<RowWithColumns<'a>>
where
    'a: 't,
{
    texts.into_iter().filter_map(|text| text.first_row_of_paper(key)).collect()
}

/// Whether the row at a position says nothing that is not in one of these.
fn is_row_contained_in_any(
    rows: &[RowWithColumns<'_>],
    edited: &TablePerFile<'_>,
    position: RowPosition,
) -> bool {
    row_at(edited, position)
        .is_some_and(|edited| rows.iter().any(|row| row_merge::has_all_cells_of_row(*row, edited)))
}
