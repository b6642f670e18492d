//! What a person and the program keep together: how a list's table reads after both have changed it.
//!
//! Three texts are known: *base*, what was generated last time, before a person's changes were put on it; *edited*,
//! what is there now; *desired*, what would be generated now. Where edited equals base, it becomes what is desired;
//! where it differs, a person wrote it, and it stays.

mod column_alignment;
mod line_order;
mod parsed_table;
mod row_merge;
mod table_head;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use line_order::{ExistingLine, order_lines};
pub use parsed_table::{ParsedTable, RowKey, TableLine};
pub use row_merge::CellConflict;
use row_merge::{RowMerge, merge_row};
use table_head::TableHead;

/// One topic's table in each file of a list, the list itself first; none in a file that has no such table.
pub type FileTables<'a> = Vec<Option<ParsedTable<'a>>>;

/// The three texts of one topic, in the same files.
#[derive(Debug)]
pub struct MergeInput<'a> {
    /// What was generated: the text that is known to have been written, and behind it those that were about to be
    /// and may have been.
    pub base: &'a [FileTables<'a>],
    /// Whether the first of these is known to have been written. Where it is not, the list may stand as others left it,
    /// and is taken over.
    pub is_base_known: bool,
    /// What was generated at other times: written before, or proposed. If base lacks a row that is there, its cells are
    /// the program's as far as they are as in one of these, for somebody took it from there.
    pub other_bases: &'a [FileTables<'a>],
    /// What a person took out for good, here or in another text of the list.
    pub dismissed: &'a [RowKey],
    /// What stands.
    pub edited: &'a FileTables<'a>,
    /// What would be generated, without the papers that were dismissed.
    pub desired: &'a FileTables<'a>,
}

/// How one topic's tables are to read.
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
    /// Their keys.
    pub rows: Vec<RowKey>,
    /// Whether they are more than half of the rows of a table.
    pub is_sweeping: bool,
}

/// The rows that a person deleted: those that base had, of which the first is known to have been written, and that are
/// nowhere now. A file whose table is gone altogether was lost, not edited: nothing is concluded from it. What is known to
/// be deleted does not count.
pub fn deleted_rows(
    ours: &[FileTables<'_>],
    theirs: &FileTables<'_>,
    is_known: &dyn Fn(&RowKey) -> bool,
) -> DeletedRows {
    let standing: HashSet<&RowKey> = keyed_rows(theirs).map(|(_, key, _)| key).collect();
    let known = possible_bases(ours, &standing);
    let Some((last, earlier)) = known.split_last() else { return DeletedRows::default() };
    let is_gone = |file: usize, key: &RowKey| {
        theirs.get(file).is_some_and(Option::is_some) && !standing.contains(key) && !is_known(key)
    };
    // It may have been on its way from another file.
    let gone_of = |sheets: &'_ FileTables<'_>| -> HashSet<RowKey> {
        keyed_rows(sheets)
            .filter(|(file, key, _)| is_gone(*file, key))
            .map(|(_, key, _)| key.clone())
            .collect()
    };
    let gone_earlier: Vec<HashSet<RowKey>> = earlier.iter().map(gone_of).collect();
    let mut deleted = DeletedRows::default();
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for (file, key, _) in keyed_rows(last).filter(|(_, key, _)| !is_known(key)) {
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
pub fn added_rows<'a>(ours: &[FileTables<'_>], theirs: &'a FileTables<'_>) -> Vec<&'a RowKey> {
    let known: HashSet<&RowKey> =
        ours.iter().flat_map(|sheets| keyed_rows(sheets)).map(|(_, key, _)| key).collect();
    keyed_rows(theirs).map(|(_, key, _)| key).filter(|key| !known.contains(key)).collect()
}

/// The bases of which one must be in the files: if a row is there that only a later base had, no earlier one is.
fn possible_bases<'a, 'b>(ours: &'a [FileTables<'b>], standing: &HashSet<&RowKey>) -> &'a [FileTables<'b>] {
    let mut before: HashSet<&RowKey> = HashSet::new();
    let mut first = 0;
    for (place, sheets) in ours.iter().enumerate() {
        let is_there = keyed_rows(sheets).any(|(_, key, _)| !before.contains(key) && standing.contains(key));
        if place > 0 && is_there {
            first = place;
        }
        before.extend(keyed_rows(sheets).map(|(_, key, _)| key));
    }
    &ours[first..]
}

fn keyed_rows<'a>(
    sheets: &'a FileTables<'_>,
) -> impl Iterator<Item = (usize, &'a RowKey, &'a TableLine<'a>)> {
    let sheets = sheets.iter().enumerate().filter_map(|(file, sheet)| Some((file, sheet.as_ref()?)));
    sheets.flat_map(|(file, sheet)| {
        sheet.lines.iter().filter_map(move |line| Some((file, line.key.as_ref()?, line)))
    })
}

/// Where a row stands: its file, and its line in that file's sheet.
type RowPosition = (usize, usize);

/// Applies the desired changes to the edited tables. `same` says of a column if two cells mean the same; it is asked only if a
/// list is taken over, as far as its rows say what is wanted.
pub fn merge_tables(texts: &MergeInput<'_>, same: &dyn Fn(&str, &str, &str) -> bool) -> MergedTables {
    let theirs = column_alignment::align_tables(texts);
    let texts = &MergeInput { edited: &theirs, ..*texts };
    let whole = TableMerge::of(texts, same);
    let mut conflicts = Vec::new();
    let files = texts.desired.len().max(texts.edited.len());
    let sheets = (0..files).map(|file| whole.merge_table(file, &mut conflicts)).collect();
    MergedTables { tables: sheets, conflicts }
}

/// The three texts with where each paper stands in them.
struct TableMerge<'a> {
    input: &'a MergeInput<'a>,
    is_same_cell: &'a dyn Fn(&str, &str, &str) -> bool,
    base: Vec<HashMap<&'a RowKey, RowPosition>>,
    other_bases: Vec<HashMap<&'a RowKey, RowPosition>>,
    desired: HashMap<&'a RowKey, RowPosition>,
    /// The first row of each paper that stands, and the file in which it is to stand.
    edited: HashMap<&'a RowKey, (RowPosition, usize)>,
}

impl<'a> TableMerge<'a> {
    fn of(input: &'a MergeInput<'a>, is_same_cell: &'a dyn Fn(&str, &str, &str) -> bool) -> Self {
        let base: Vec<_> = input.base.iter().map(row_positions).collect();
        let other_bases = input.other_bases.iter().map(row_positions).collect();
        let desired = row_positions(input.desired);
        let theirs = edited_positions(&base, input);
        let settled = theirs.into_iter().map(|(key, place)| {
            // A row that a person put into a file, or moved to another, stays there.
            let is_elsewhere =
                |ours: &HashMap<_, RowPosition>| ours.get(key).is_none_or(|ours| ours.0 != place.0);
            let by_hand = input.is_base_known && base.iter().all(is_elsewhere);
            let file = match desired.get(key) {
                Some(wanted) if !by_hand => wanted.0,
                Some(_) | None => place.0,
            };
            (key, (place, file))
        });
        let edited = settled.collect();
        Self { input, is_same_cell, base, other_bases, desired, edited }
    }

    /// How one file's table is to read.
    fn merge_table(&self, file: usize, conflicts: &mut Vec<CellConflict>) -> Option<String> {
        let standing = self.input.edited.get(file).and_then(Option::as_ref);
        let wanted = self.input.desired.get(file).and_then(Option::as_ref);
        let ours: Vec<&ParsedTable<'_>> =
            self.input.base.iter().filter_map(|sheets| sheets.get(file)?.as_ref()).collect();
        let (Some(theirs), Some(shape)) = (standing, wanted.or(standing)) else {
            return wanted.map(|wanted| self.new_table(file, wanted, conflicts));
        };
        let is_ours_tail =
            ours.is_empty() && theirs.tail == shape.tail || ours.iter().any(|ours| ours.tail == theirs.tail);
        let head = self.with_needed_columns(file, TableHead::merge(&ours, theirs, shape));
        let is_ours_below = is_ours_tail || !self.input.is_base_known && theirs.has_plain_tail;
        let tail = if is_ours_below { shape.tail } else { theirs.tail };
        let lines = self.merge_lines(file, Some(theirs), wanted, &head, conflicts);
        Some(parsed_table::table_text(&head.text, &lines, tail))
    }

    /// A table that does not stand yet, with the rows that come into it from other files.
    fn new_table(&self, file: usize, wanted: &ParsedTable<'a>, conflicts: &mut Vec<CellConflict>) -> String {
        let head = self.with_needed_columns(file, TableHead::of(wanted));
        let lines = self.merge_lines(file, None, Some(wanted), &head, conflicts);
        parsed_table::table_text(&head.text, &lines, wanted.tail)
    }

    /// The head of a file's table with the columns that it has not and in which a person wrote something that is to stand
    /// in the file.
    fn with_needed_columns<'h>(&self, file: usize, mut head: TableHead<'h>) -> TableHead<'h> {
        for sheet in self.input.edited.iter().flatten() {
            for (at, name) in sheet.columns.iter().enumerate() {
                let is_needed = |line: &TableLine<'_>| {
                    let key =
                        line.key.as_ref().filter(|_| line.cells.get(at).is_some_and(|cell| !cell.is_empty()));
                    key.is_some_and(|key| {
                        self.is_row_of_file(file, key, line) && self.is_edited_cell(key, name, line.cells[at])
                    })
                };
                if !head.has_column(name) && sheet.lines.iter().any(is_needed) {
                    head.add_column(name, sheet.titles.get(at).copied().unwrap_or_default());
                }
            }
        }
        head
    }

    /// Whether this very line is the row of a paper that is to stand in this file.
    fn is_row_of_file(&self, file: usize, key: &RowKey, line: &TableLine<'_>) -> bool {
        let Some((place, settled)) = self.edited.get(key) else { return false };
        let row = row_at(self.input.edited, *place);
        *settled == file && row.is_some_and(|(row, _)| std::ptr::eq(row, line))
    }

    /// Whether a cell is not as the program is known to have written it.
    fn is_edited_cell(&self, key: &RowKey, column: &str, text: &str) -> bool {
        !self.base_rows(key).into_iter().any(|ours| row_merge::has_cell(ours, column, text))
    }

    fn merge_lines(
        &self,
        file: usize,
        theirs: Option<&ParsedTable<'a>>,
        wanted: Option<&ParsedTable<'a>>,
        head: &TableHead<'_>,
        conflicts: &mut Vec<CellConflict>,
    ) -> Vec<String> {
        let standing: Vec<ExistingLine<'_>> = theirs.map_or(Vec::new(), |theirs| {
            let lines = theirs.lines.iter().enumerate();
            lines.filter_map(|(at, line)| self.existing_line((file, at), line)).collect()
        });
        let coming = wanted.map_or(Vec::new(), |wanted| {
            wanted.lines.iter().filter(|line| self.belongs_in_file(file, line)).collect::<Vec<_>>()
        });
        let by_place = self.base.iter().map(|ours| {
            move |line: &TableLine<'_>| {
                let (own, at) = ours.get(line.key.as_ref()?)?;
                (*own == file).then_some(i64::try_from(*at).unwrap_or(i64::MAX))
            }
        });
        let by_place: Vec<_> = by_place.collect();
        let by_date = |line: &TableLine<'_>| {
            line.date.map(|date| -i64::from(date.year()) * 512 - i64::from(date.day_of_year()))
        };
        let ranks: Vec<&line_order::RowRank<'_>> = if self.input.is_base_known {
            by_place.iter().map(|rank| rank as &line_order::RowRank<'_>).collect()
        } else {
            // Whoever wrote a list that is taken over had the newest on top.
            vec![&by_date]
        };
        order_lines(&standing, &coming, &ranks)
            .into_iter()
            .filter_map(|line| self.merge_line(line, head, conflicts))
            .collect()
    }

    /// Whether a wanted row is to stand in this file: where nothing of it stands, or what stands is to come here.
    fn belongs_in_file(&self, file: usize, line: &TableLine<'_>) -> bool {
        let settled = line.key.as_ref().and_then(|key| self.edited.get(key));
        settled.is_none_or(|(_, settled)| *settled == file)
    }

    /// A line that stands in a file and is to stay in it, in its place or where its date puts it.
    fn existing_line<'b>(&self, place: RowPosition, line: &'b TableLine<'a>) -> Option<ExistingLine<'b>> {
        let Some(key) = &line.key else { return Some(ExistingLine { line, is_desired: false }) };
        let (first, file) = self.edited.get(key).copied()?;
        if first != place {
            let is_copy =
                self.is_unedited(key, place) || line.text == row_at(self.input.edited, first)?.0.text;
            return (!is_copy).then_some(ExistingLine { line, is_desired: false });
        }
        if file != place.0 {
            return None;
        }
        // Whoever took it out knew that others may have written in it.
        if self.is_in_base(key) && self.input.dismissed.contains(key) {
            return None;
        }
        let is_wanted = self.desired.get(key).is_some_and(|wanted| wanted.0 == file);
        // What is wanted in another file and settled in this one was moved here by a person.
        let stays = self.desired.contains_key(key) || !self.is_in_base(key) || !self.is_unedited(key, place);
        stays.then_some(ExistingLine { line, is_desired: is_wanted })
    }

    fn is_in_base(&self, key: &RowKey) -> bool {
        self.base.iter().any(|ours| ours.contains_key(key))
    }

    /// Whether a row that stands is as the program wrote it, however it is laid out.
    fn is_unedited(&self, key: &RowKey, place: RowPosition) -> bool {
        let theirs = row_at(self.input.edited, place);
        theirs.is_some_and(|theirs| {
            self.base_rows(key).into_iter().any(|ours| row_merge::contains_row(ours, theirs))
        })
    }

    /// What the program is known to have written for a paper, with the columns it had; else what it wrote elsewhere.
    fn base_rows(&self, key: &RowKey) -> Vec<(&'a TableLine<'a>, &'a [String])> {
        let rows = |places: &[HashMap<&'a RowKey, RowPosition>], sheets: &'a [FileTables<'a>]| -> Vec<_> {
            let each = places.iter().zip(sheets);
            each.filter_map(|(places, sheets)| row_at(sheets, *places.get(key)?)).collect()
        };
        let ours = rows(&self.base, self.input.base);
        if ours.is_empty() { rows(&self.other_bases, self.input.other_bases) } else { ours }
    }

    /// The text of one line: as it stands, as it is wanted, or cell by cell of both.
    fn merge_line(
        &self,
        line: &TableLine<'_>,
        head: &TableHead<'_>,
        conflicts: &mut Vec<CellConflict>,
    ) -> Option<String> {
        let Some(key) = &line.key else { return Some(line.text.to_owned()) };
        let wanted = self.desired.get(key).and_then(|place| row_at(self.input.desired, *place));
        let Some((first, _)) = self.edited.get(key) else {
            return Some(row_merge::row_in_columns(wanted?, &head.columns));
        };
        let theirs = row_at(self.input.edited, *first)?;
        let is_either = |row: row_merge::RowWithColumns<'_>| std::ptr::eq(row.0, line);
        if !is_either(theirs) && !wanted.is_some_and(is_either) {
            return Some(line.text.to_owned());
        }
        let ours = self.base_rows(key);
        let takes_over = !self.input.is_base_known;
        match wanted {
            Some(wanted) if takes_over || !ours.is_empty() => {
                let merging = RowMerge {
                    key,
                    head,
                    base: &ours,
                    edited: theirs,
                    desired: wanted,
                    takes_over,
                    is_same_cell: self.is_same_cell,
                };
                Some(merge_row(&merging, conflicts))
            }
            Some(_) | None => Some(row_merge::row_in_columns(theirs, &head.columns)),
        }
    }
}

/// Where each paper stands. Of one that stands in several files, as it does where a program was killed while it moved it,
/// the row counts that a person edited.
fn edited_positions<'a>(
    ours: &[HashMap<&'a RowKey, RowPosition>],
    texts: &'a MergeInput<'a>,
) -> HashMap<&'a RowKey, RowPosition> {
    let mut found = row_positions(texts.edited);
    let is_ours = |key: &RowKey, place: RowPosition| {
        let each = ours.iter().zip(texts.base);
        let mut each = each.filter_map(|(places, sheets)| row_at(sheets, *places.get(key)?));
        let theirs = row_at(texts.edited, place);
        theirs.is_some_and(|theirs| each.any(|ours| row_merge::contains_row(ours, theirs)))
    };
    for (file, sheet) in texts.edited.iter().enumerate() {
        for (at, line) in sheet.iter().flat_map(|sheet| sheet.lines.iter().enumerate()) {
            let Some(first) = line.key.as_ref().and_then(|key| found.get_mut(key)) else { continue };
            let is_edited = |key: &RowKey| is_ours(key, *first) && !is_ours(key, (file, at));
            if first.0 != file && line.key.as_ref().is_some_and(is_edited) {
                *first = (file, at);
            }
        }
    }
    found
}

fn row_positions<'a>(sheets: &'a FileTables<'_>) -> HashMap<&'a RowKey, RowPosition> {
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

fn row_at<'a>(
    sheets: &'a FileTables<'a>,
    (file, at): RowPosition,
) -> Option<(&'a TableLine<'a>, &'a [String])> {
    let sheet = sheets.get(file)?.as_ref()?;
    Some((sheet.lines.get(at)?, &sheet.columns))
}
