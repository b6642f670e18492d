//! What a person does to a list's files, with a note of what must stay of it.

use std::path::PathBuf;

use super::{
    RandomEdits, is_delimiter_row, is_row, is_table_header, paper_of_row, read_file, row_cells, write_file,
};
use crate::support::fake_arxiv::page::sample_paper;

impl RandomEdits {
    /// Changes the text that a row is in; a deletion is noted.
    pub(super) fn change_row(&mut self, which: usize, change: impl FnOnce(&str, &str) -> String) {
        let mut rows = Vec::new();
        for file in self.list_and_archive_files() {
            let text = read_file(&file);
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
        let changed = change(&read_file(file), row);
        write_file(file, &changed);
        if !changed.contains(row.as_str()) {
            let bare = row.trim_end().to_owned();
            if let Some(id) = paper_of_row(row) {
                self.edits.retain(|_, edit| !bare.contains(edit.as_str()));
                if !self.is_added(&bare) || self.papers.iter().any(|paper| paper.id == id) {
                    self.deleted.push(id);
                }
            }
            let is_it =
                |added: &Vec<String>| added.iter().all(|own| row_cells(&bare).any(|cell| cell == own));
            self.added.retain(|added| !is_it(added));
        }
    }

    /// Whether a row is one that the person wrote.
    pub(super) fn is_added(&self, row: &str) -> bool {
        self.added.iter().any(|added| added.iter().all(|own| row_cells(row).any(|cell| cell == own)))
    }

    pub(super) fn move_row(&self, from: usize, to: usize) {
        let rows_of = |file: &PathBuf| -> Vec<(PathBuf, String)> {
            let text = read_file(file);
            let rows = text.split_inclusive('\n').filter(|line| is_row(line));
            rows.map(|row| (file.clone(), row.to_owned())).collect()
        };
        let rows: Vec<_> = self.list_and_archive_files().iter().flat_map(rows_of).collect();
        let Some((file, row)) = rows.get(from % rows.len().max(1)) else { return };
        let others: Vec<_> = rows.iter().filter(|(other, _)| other != file).collect();
        let Some((other, above)) = others.get(to % others.len().max(1)) else { return };
        let head_of =
            |file: &PathBuf| read_file(file).lines().find(|line| is_table_header(line)).map(str::to_owned);
        if head_of(file) != head_of(other) {
            return;
        }
        write_file(file, &read_file(file).replacen(row.as_str(), "", 1));
        let end = if above.ends_with("\r\n") { "\r\n" } else { "\n" };
        let carried = format!("{}{end}{above}", row.trim_end());
        write_file(other, &read_file(other).replacen(above.as_str(), &carried, 1));
    }

    pub(super) fn annotate_row(&mut self, file: usize, row: usize) {
        let files = self.list_and_archive_files();
        let file = &files[file % files.len()];
        let text = read_file(file);
        let with = |line: &str, cell: &str| {
            let bare = line.trim_end();
            format!("{bare} {cell} |{}", &line[bare.len()..])
        };
        let head = |line: &str| match line {
            line if is_table_header(line) => with(line, "**Mine**"),
            line if is_delimiter_row(line) => with(line, "---"),
            line => line.to_owned(),
        };
        let text =
            if text.contains("**Mine**") { text } else { text.split_inclusive('\n').map(head).collect() };
        let rows: Vec<&str> =
            text.split_inclusive('\n').filter(|line| is_row(line) && paper_of_row(line).is_some()).collect();
        let heads: Vec<&str> = text.lines().filter(|line| is_table_header(line)).collect();
        if heads.iter().any(|head| row_cells(head).last() != Some("**Mine**")) {
            return write_file(file, &text);
        }
        let columns = heads.iter().map(|head| row_cells(head).count()).max().unwrap_or(0);
        let unmarked = rows.iter().filter(|row| !self.is_added(row) && row_cells(row).count() + 1 == columns);
        let unmarked: Vec<_> = unmarked.collect();
        let Some(row) = unmarked.get(row % unmarked.len().max(1)) else { return write_file(file, &text) };
        self.written += 1;
        let mine = format!("mine {}", self.written);
        write_file(file, &text.replacen(**row, &with(row, &mine), 1));
        self.edits.insert(format!("{} {}", paper_of_row(row).unwrap(), self.written), mine);
    }

    pub(super) fn rename_column(&mut self, file: usize, column: usize) {
        let files = self.list_and_archive_files();
        let file = &files[file % files.len()];
        self.written += 1;
        let head = |line: &str| {
            if !is_table_header(line) {
                return line.to_owned();
            }
            let mut names: Vec<String> = line.split('|').map(str::to_owned).collect();
            let count = names.len() - 2;
            names[1 + column % count] = format!(" **Named {}** ", self.written);
            names.join("|")
        };
        write_file(file, &read_file(file).split_inclusive('\n').map(head).collect::<String>());
    }

    /// Writes a new text into a cell; not into the title's, by which the row is known, nor into a row of the person's
    /// own, which is followed as a whole.
    pub(super) fn edit_cell(&mut self, which: usize, cell: usize) {
        let files: Vec<_> =
            self.list_and_archive_files().into_iter().map(|file| (read_file(&file), file)).collect();
        let rows: Vec<_> = files
            .iter()
            .flat_map(|(text, file)| {
                text.split_inclusive('\n').filter(|line| is_row(line)).map(move |row| (row, file))
            })
            .filter(|(row, _)| !self.is_added(row))
            .collect();
        if rows.is_empty() {
            return;
        }
        let (row, file) = rows[which % rows.len()];
        let Some(id) = paper_of_row(row) else { return };
        self.written += 1;
        let mine = format!("mine {}", self.written);
        let mut cells: Vec<&str> = row_cells(row).collect();
        let places: Vec<usize> = (0..cells.len()).filter(|at| !cells[*at].contains("arxiv.org")).collect();
        let Some(place) = places.get(cell % places.len().max(1)).copied() else { return };
        self.edits.retain(|_, edit| edit.as_str() != cells[place]);
        cells[place] = &mine;
        let end = if row.ends_with("\r\n") { "\r\n" } else { "\n" };
        write_file(file, &read_file(file).replacen(row, &format!("| {} |{end}", cells.join(" | ")), 1));
        self.edits.insert(format!("{id} {}", self.written), mine);
    }

    pub(super) fn add_row(&mut self, which: usize, is_paper: bool) {
        self.written += 1;
        let mine = if is_paper {
            let id = sample_paper(500 + self.written).id.as_arxiv_id().unwrap();
            vec![
                format!("[Mine {}](https://arxiv.org/abs/{id})", self.written),
                format!("x {}", self.written),
            ]
        } else {
            vec![format!("a note {}", self.written)]
        };
        let mut is_added = false;
        let own = mine.clone();
        self.change_row(which, |text, row| {
            is_added = true;
            let end = if row.ends_with("\r\n") { "\r\n" } else { "\n" };
            let mut line: Vec<&str> = row_cells(row).map(|_| "").collect();
            let title = row_cells(row).position(|cell| cell.contains("arxiv.org/abs/")).unwrap_or(0);
            line[title] = &own[0];
            if let (Some(more), true) = (own.get(1), line.len() > 1) {
                let next = (title + 1) % line.len();
                line[next] = more;
            }
            text.replacen(row, &format!("|{}|{end}{row}", line.join(" | ")), 1)
        });
        if is_added {
            self.added.push(mine);
        }
    }
}
