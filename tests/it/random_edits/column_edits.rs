//! What a person does to the headers of a list's tables, and to whole tables.

use std::path::{Path, PathBuf};

use super::{RandomEdits, cells, is_head, is_row, is_rule, read, write};

/// A line of these cells.
fn line(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// A text with each line of its tables changed; all others and the line ends stay.
fn with_lines(text: &str, mut change: impl FnMut(&str) -> Option<String>) -> String {
    let each = text.split_inclusive('\n').map(|whole| {
        let bare = whole.trim_end();
        let is_table = is_head(bare) || is_rule(bare) || is_row(bare);
        let changed = if is_table { change(bare) } else { None };
        changed.map_or_else(|| whole.to_owned(), |changed| changed + &whole[bare.len()..])
    });
    each.collect()
}

/// How many columns the first table of a text has; every table in it is changed alike.
fn columns(text: &str) -> usize {
    text.lines().find(|line| is_head(line)).map_or(0, |head| cells(head).count())
}

impl RandomEdits {
    fn file_of(&self, which: usize) -> (PathBuf, String) {
        let files = self.files();
        let file = files[which % files.len()].clone();
        let text = read(&file);
        (file, text)
    }

    /// Puts a column of the person's own into a header, and into its rows or not.
    pub(super) fn put_in(&mut self, which: usize, place: usize, with_rows: bool) {
        let (file, text) = self.file_of(which);
        let count = columns(&text);
        let is_titled =
            |text: &str| text.lines().filter(|line| is_head(line)).all(|head| head.contains("**Title**"));
        if count == 0 || !with_rows && !is_titled(&text) {
            return;
        }
        self.written += 1;
        let (place, name) = (place % (count + 1), format!("**Col {}**", self.written));
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = cells(whole).collect();
            let new = if is_head(whole) {
                &*name
            } else if is_rule(whole) {
                ":-:"
            } else {
                ""
            };
            if !with_rows && is_row(whole) || cells.len() < place {
                return None;
            }
            cells.insert(place, new);
            Some(line(&cells))
        });
        write(&file, &changed);
    }

    /// Moves the first column to the end, with its rows.
    pub(super) fn turn_columns(&mut self, which: usize) {
        let (file, text) = self.file_of(which);
        let count = columns(&text);
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = cells(whole).collect();
            cells.resize(count.max(cells.len()), "");
            cells[..count].rotate_left(1);
            Some(line(&cells))
        });
        write(&file, &changed);
    }

    /// Takes a column out of a file's tables, with all that is in it, but not the one that links the papers.
    pub(super) fn take_out(&mut self, which: usize, place: usize) {
        let (file, text) = self.file_of(which);
        let count = columns(&text);
        if count < 3 {
            return;
        }
        let place = place % count;
        let is_link = |whole: &str| {
            cells(whole).nth(place).is_some_and(|cell| cell.contains("arxiv.org") || cell == "**Title**")
        };
        if text.lines().any(|whole| (is_row(whole) || is_head(whole)) && is_link(whole)) {
            return;
        }
        let changed = with_lines(&text, |whole| {
            let mut cells: Vec<&str> = cells(whole).collect();
            if place < cells.len() {
                cells.remove(place);
            }
            Some(line(&cells))
        });
        write(&file, &changed);
        self.forget_cells_that_are_gone();
    }

    /// Aligns every column.
    pub(super) fn align(&mut self, which: usize) {
        let (file, text) = self.file_of(which);
        let changed = with_lines(&text, |whole| {
            is_rule(whole).then(|| line(&cells(whole).map(|_| ":-:").collect::<Vec<_>>()))
        });
        write(&file, &changed);
    }

    /// Writes a note above a table, in its block.
    pub(super) fn note(&mut self, which: usize) {
        let (file, text) = self.file_of(which);
        let Some(head) = text.split_inclusive('\n').find(|line| is_head(line)).map(str::to_owned) else {
            return;
        };
        self.written += 1;
        let note = format!("A word above, {}.", self.written);
        let end = if head.ends_with("\r\n") { "\r\n" } else { "\n" };
        write(&file, &text.replacen(&head, &format!("{note}{end}{end}{head}"), 1));
        self.notes.push(note);
    }

    /// Takes all away that is between the markers of a file, and puts it back after a run or does not.
    pub(super) fn clear(&mut self, which: usize, is_put_back: bool) {
        let (file, text) = self.file_of(which);
        let mut is_inside = false;
        let mut cleared = String::new();
        for whole in text.split_inclusive('\n') {
            is_inside &= !whole.starts_with("<!-- paperwire:end");
            if !is_inside {
                cleared.push_str(whole);
            }
            is_inside |= whole.starts_with("<!-- paperwire:begin");
        }
        write(&file, &cleared);
        if is_put_back {
            self.run_once();
            write(&file, &text);
        } else {
            self.forget_cells_that_are_gone();
        }
    }

    /// Deletes more than half of the rows of a file.
    pub(super) fn sweep(&mut self, which: usize) {
        let (file, text) = self.file_of(which);
        let rows = text.lines().filter(|line| is_row(line)).count();
        for _ in 0..=rows / 2 {
            self.delete_first(&file);
        }
    }

    fn delete_first(&mut self, file: &Path) {
        let mut before = 0;
        for other in self.files() {
            if other == file {
                break;
            }
            before += read(&other).lines().filter(|line| is_row(line)).count();
        }
        if read(file).lines().any(is_row) {
            self.with_row(before, |text, row| text.replacen(row, "", 1));
        }
    }

    /// What is in no file any more because the person took it away, whole tables or columns of them.
    fn forget_cells_that_are_gone(&mut self) {
        let texts: Vec<String> = self.files().iter().map(|file| read(file)).collect();
        let stands = |cell: &str| {
            texts
                .iter()
                .any(|text| text.lines().filter(|line| is_row(line)).any(|row| cells(row).any(|c| c == cell)))
        };
        self.edits.retain(|_, edit| stands(edit));
        for added in &mut self.added {
            added.retain(|cell| stands(cell));
        }
        self.added.retain(|added| !added.is_empty());
        self.notes.retain(|note| texts.iter().any(|text| text.contains(note.as_str())));
    }
}
