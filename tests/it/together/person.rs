//! What a person does to a list's files, with a note of what must stay of it.

use std::path::PathBuf;

use super::{Together, id, is_head, is_row, read, write};
use crate::fake_arxiv::page::paper;

impl Together {
    /// Changes the text that a row stands in; a deletion is noted.
    pub(super) fn with_row(&mut self, which: usize, change: impl FnOnce(&str, &str) -> String) {
        let mut rows = Vec::new();
        for file in self.files() {
            let text = read(&file);
            rows.extend(
                text.split_inclusive('\n')
                    .filter(|line| is_row(line))
                    .map(|row| (file.clone(), row.to_owned())),
            );
        }
        if rows.is_empty() {
            return;
        }
        let (file, row) = &rows[which % rows.len()];
        let changed = change(&read(file), row);
        write(file, &changed);
        if !changed.contains(row.as_str()) {
            let bare = row.trim_end().to_owned();
            if let Some(id) = id(row) {
                self.edits.retain(|_, edit| !bare.contains(edit.as_str()));
                if !self.added.contains(&bare) || self.papers.iter().any(|paper| paper.id == id) {
                    self.deleted.push(id);
                }
            }
            self.added.retain(|added| *added != bare);
        }
    }

    pub(super) fn carry(&self, from: usize, to: usize) {
        let rows_of = |file: &PathBuf| -> Vec<(PathBuf, String)> {
            let text = read(file);
            let rows = text.split_inclusive('\n').filter(|line| is_row(line));
            rows.map(|row| (file.clone(), row.to_owned())).collect()
        };
        let rows: Vec<_> = self.files().iter().flat_map(rows_of).collect();
        let Some((file, row)) = rows.get(from % rows.len().max(1)) else { return };
        let others: Vec<_> = rows.iter().filter(|(other, _)| other != file).collect();
        let Some((other, above)) = others.get(to % others.len().max(1)) else { return };
        write(file, &read(file).replacen(row.as_str(), "", 1));
        let end = if above.ends_with("\r\n") { "\r\n" } else { "\n" };
        let carried = format!("{}{end}{above}", row.trim_end());
        write(other, &read(other).replacen(above.as_str(), &carried, 1));
    }

    pub(super) fn mark(&mut self, file: usize, row: usize) {
        let files = self.files();
        let file = &files[file % files.len()];
        let text = read(file);
        let with = |line: &str, cell: &str| {
            let bare = line.trim_end();
            format!("{bare} {cell} |{}", &line[bare.len()..])
        };
        let head = |line: &str| match line {
            line if is_head(line) => with(line, "**Mine**"),
            line if line.starts_with("| ---") => with(line, "---"),
            line => line.to_owned(),
        };
        let text =
            if text.contains("**Mine**") { text } else { text.split_inclusive('\n').map(head).collect() };
        let rows: Vec<&str> =
            text.split_inclusive('\n').filter(|line| is_row(line) && id(line).is_some()).collect();
        let unmarked = rows.iter().filter(|row| row.starts_with("| **[") && row.split(" | ").count() == 5);
        let unmarked: Vec<_> = unmarked.collect();
        let Some(row) = unmarked.get(row % unmarked.len().max(1)) else { return write(file, &text) };
        self.written += 1;
        let mine = format!("mine {}", self.written);
        write(file, &text.replacen(**row, &with(row, &mine), 1));
        self.edits.insert(format!("{} {}", id(row).unwrap(), self.written), mine);
    }

    pub(super) fn rename(&mut self, file: usize, column: usize) {
        let files = self.files();
        let file = &files[file % files.len()];
        self.written += 1;
        let head = |line: &str| {
            if !is_head(line) {
                return line.to_owned();
            }
            let mut names: Vec<String> = line.split('|').map(str::to_owned).collect();
            names[1 + column] = format!(" **Named {}** ", self.written);
            names.join("|")
        };
        write(file, &read(file).split_inclusive('\n').map(head).collect::<String>());
    }

    /// Writes a new text into a cell; not into the title's, by which the row is known, nor into a row of the person's
    /// own, which is followed as a whole.
    pub(super) fn edit(&mut self, which: usize, cell: usize) {
        let files: Vec<_> = self.files().into_iter().map(|file| (read(&file), file)).collect();
        let rows: Vec<_> = files
            .iter()
            .flat_map(|(text, file)| {
                text.split_inclusive('\n').filter(|line| is_row(line)).map(move |row| (row, file))
            })
            .filter(|(row, _)| !self.added.iter().any(|added| added == row.trim_end()))
            .collect();
        if rows.is_empty() {
            return;
        }
        let (row, file) = rows[which % rows.len()];
        let Some(id) = id(row) else { return };
        self.written += 1;
        let mine = format!("mine {}", self.written);
        let mut cells: Vec<&str> = row.trim_end().trim_matches('|').split(" | ").map(str::trim).collect();
        if cells.len() < 5 {
            return;
        }
        let place = 1 + cell % 4;
        self.edits.retain(|_, edit| edit.as_str() != cells[place]);
        cells[place] = &mine;
        let end = if row.ends_with("\r\n") { "\r\n" } else { "\n" };
        write(file, &read(file).replacen(row, &format!("| {} |{end}", cells.join(" | ")), 1));
        self.edits.insert(format!("{id} {}", self.written), mine);
    }

    pub(super) fn add(&mut self, which: usize, is_paper: bool) {
        self.written += 1;
        let added = if is_paper {
            let paper = paper(500 + self.written);
            format!(
                "|[Mine {}](https://arxiv.org/abs/{}) | 2025-01-01 | x |  | |",
                self.written,
                paper.id.as_arxiv().unwrap()
            )
        } else {
            format!("| a note {} | | |", self.written)
        };
        let line = added.clone();
        let mut is_added = false;
        self.with_row(which, |text, row| {
            is_added = true;
            let end = if row.ends_with("\r\n") { "\r\n" } else { "\n" };
            text.replacen(row, &format!("{line}{end}{row}"), 1)
        });
        if is_added {
            self.added.push(added);
        }
    }
}
