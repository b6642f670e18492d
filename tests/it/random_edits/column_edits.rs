//! What a person does to the headers of a list's tables, and to whole tables.

use std::path::{Path, PathBuf};

use super::{RandomEdits, is_delimiter_row, is_row, is_table_header, read_file, row_cells, write_file};

/// A line of these cells.
fn table_line(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// A text with each line of its tables changed; all others and the line ends stay.
fn with_lines(text: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let each = text.split_inclusive('\n').map(|whole| {
        let bare = whole.trim_end();
        let is_table = is_table_header(bare) || is_delimiter_row(bare) || is_row(bare);
        let changed = if is_table { change(bare) } else { None };
        changed.map_or_else(|| whole.to_owned(), |changed| changed + &whole[bare.len()..])
    });
    each.collect()
}

/// How many columns the first table of a text has; every table in it is changed alike.
fn column_count(text: &str) -> usize {
    text.lines().find(|line| is_table_header(line)).map_or(0, |head| row_cells(head).count())
}

impl RandomEdits {
    fn read_nth_file(&self, which: usize) -> (PathBuf, String) {
        let files = self.list_and_archive_files();
        let file = files[which % files.len()].clone();
        let text = read_file(&file);
        (file, text)
    }

    /// Puts a column of the person's own into a header, and into its rows or not.
    pub(super) fn insert_column(&mut self, which: usize, place: usize, with_rows: bool) {
        let (file, text) = self.read_nth_file(which);
        let count = column_count(&text);
        let is_titled = |text: &str| {
            text.lines().filter(|line| is_table_header(line)).all(|head| head.contains("**Title**"))
        };
        if count == 0 || !with_rows && !is_titled(&text) {
            return;
        }
        self.written += 1;
        let (place, name) = (place % (count + 1), format!("**Col {}**", self.written));
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = row_cells(whole).collect();
            let new = if is_table_header(whole) {
                &*name
            } else if is_delimiter_row(whole) {
                ":-:"
            } else {
                ""
            };
            if !with_rows && is_row(whole) || cells.len() < place {
                return None;
            }
            cells.insert(place, new);
            Some(table_line(&cells))
        });
        write_file(&file, &changed);
    }

    /// Moves the first column to the end, with its rows.
    pub(super) fn rotate_columns(&mut self, which: usize) {
        let (file, text) = self.read_nth_file(which);
        let count = column_count(&text);
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = row_cells(whole).collect();
            cells.resize(count.max(cells.len()), "");
            cells[..count].rotate_left(1);
            Some(table_line(&cells))
        });
        write_file(&file, &changed);
    }

    /// Takes a column out of a file's tables, with all that is in it, but not the one that links the papers.
    pub(super) fn remove_column(&mut self, which: usize, place: usize) {
        let (file, text) = self.read_nth_file(which);
        let count = column_count(&text);
        if count < 3 {
            return;
        }
        let place = place % count;
        let is_link = |whole: &str| {
            row_cells(whole).nth(place).is_some_and(|cell| cell.contains("arxiv.org") || cell == "**Title**")
        };
        if text.lines().any(|whole| (is_row(whole) || is_table_header(whole)) && is_link(whole)) {
            return;
        }
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = row_cells(whole).collect();
            if place < cells.len() {
                cells.remove(place);
            }
            Some(table_line(&cells))
        });
        write_file(&file, &changed);
        self.forget_cells_that_are_gone();
    }

    /// Aligns every column.
    pub(super) fn align_columns(&mut self, which: usize) {
        let (file, text) = self.read_nth_file(which);
        let changed = with_lines(&text, |whole| {
            is_delimiter_row(whole).then(|| table_line(&row_cells(whole).map(|_| ":-:").collect::<Vec<_>>()))
        });
        write_file(&file, &changed);
    }

    /// Writes a note above a table, in its block.
    pub(super) fn write_note_above_table(&mut self, which: usize) {
        let (file, text) = self.read_nth_file(which);
        let Some(head) = text.split_inclusive('\n').find(|line| is_table_header(line)).map(str::to_owned)
        else {
            return;
        };
        self.written += 1;
        let note = format!("A word above, {}.", self.written);
        let end = if head.ends_with("\r\n") { "\r\n" } else { "\n" };
        write_file(&file, &text.replacen(&head, &format!("{note}{end}{end}{head}"), 1));
        self.notes.push(note);
    }

    /// Takes all away that is between the markers of a file, and puts it back after a run or does not.
    pub(super) fn clear_tables(&mut self, which: usize, is_put_back: bool) {
        let (file, text) = self.read_nth_file(which);
        let mut is_inside = false;
        let mut cleared = String::new();
        for whole in text.split_inclusive('\n') {
            is_inside &= !whole.starts_with("<!-- paperwire:end");
            if !is_inside {
                cleared.push_str(whole);
            }
            is_inside |= whole.starts_with("<!-- paperwire:begin");
        }
        write_file(&file, &cleared);
        if is_put_back {
            self.run_once();
            write_file(&file, &text);
        } else {
            self.forget_cells_that_are_gone();
        }
    }

    /// Deletes more than half of the rows of a file.
    pub(super) fn delete_most_rows(&mut self, which: usize) {
        let (file, text) = self.read_nth_file(which);
        let rows = text.lines().filter(|line| is_row(line)).count();
        for _ in 0..=rows / 2 {
            self.delete_first_row(&file);
        }
    }

    fn delete_first_row(&mut self, file: &Path) {
        let mut before = 0;
        for other in self.list_and_archive_files() {
            if other == file {
                break;
            }
            before += read_file(&other).lines().filter(|line| is_row(line)).count();
        }
        if read_file(file).lines().any(is_row) {
            self.change_row(before, |text, row| text.replacen(row, "", 1));
        }
    }

    /// What is in no file any more because the person took it away, whole tables or columns of them.
    fn forget_cells_that_are_gone(&mut self) {
        let texts: Vec<String> = self.list_and_archive_files().iter().map(|file| read_file(file)).collect();
        let stands = |cell: &str| {
            texts.iter().any(|text| {
                text.lines().filter(|line| is_row(line)).any(|row| row_cells(row).any(|c| c == cell))
            })
        };
        self.edits.retain(|_, edit| stands(edit));
        for added in &mut self.added {
            added.retain(|cell| stands(cell));
        }
        self.added.retain(|added| !added.is_empty());
        self.notes.retain(|note| texts.iter().any(|text| text.contains(note.as_str())));
    }
}
