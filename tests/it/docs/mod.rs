//! The documents, held against the program: what there is is documented, and nothing is documented that is not there.

mod command_line;
mod configuration;
mod references;
mod web;

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Lines that the first page may have.
const README_LINES_MAX: usize = 200;

/// One document, by its path from the repository's top.
struct Document {
    path: String,
    text: String,
}

/// A block of code between fences.
struct CodeBlock {
    language: String,
    text: String,
}

/// A row of a table: the heading above it, the head of its first column, and its cells.
struct DocumentedRow {
    heading: String,
    head: String,
    cells: Vec<String>,
}

#[test]
fn the_readme_can_be_read_at_one_sitting() {
    let lines = Document::read("README.md").text.lines().count();
    assert!(lines <= README_LINES_MAX, "README.md has {lines} lines");
}

fn repository_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document of the repository.
fn all_documents() -> Vec<Document> {
    let folders = [repository_folder().to_owned(), repository_folder().join("docs")];
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let pages: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    assert!(pages.len() > 10, "the documents are where this test looks: {pages:?}");
    let named =
        pages.iter().map(|path| path.strip_prefix(repository_folder()).unwrap().display().to_string());
    named.map(|path| Document::read(&path)).collect()
}

impl Document {
    fn read(path: &str) -> Self {
        let text = fs::read_to_string(repository_folder().join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// The document's text without code blocks.
    fn prose(&self) -> String {
        self.text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
    }

    /// What is between two backticks in its prose.
    fn code_spans(&self) -> Vec<String> {
        code_spans(&self.prose())
    }

    fn code_blocks(&self) -> Vec<CodeBlock> {
        let blocks = self.text.split("\n```").skip(1).step_by(2);
        let parts = blocks.map(|block| block.split_once('\n').unwrap());
        parts
            .map(|(language, text)| CodeBlock { language: language.to_owned(), text: text.to_owned() })
            .collect()
    }

    fn headings(&self) -> Vec<String> {
        let prose = self.prose();
        let lines = prose.lines().filter(|line| line.starts_with('#'));
        lines.map(|line| line.trim_start_matches('#').trim().to_owned()).collect()
    }

    /// The rows of all its tables.
    fn table_rows(&self) -> Vec<DocumentedRow> {
        let (mut heading, mut head) = (String::new(), None);
        let mut rows = Vec::new();
        for line in self.prose().lines() {
            if let Some(title) = line.strip_prefix("## ") {
                title.clone_into(&mut heading);
            }
            let Some(cells) = table_cells(line) else {
                head = None;
                continue;
            };
            match &head {
                None => head = cells.first().cloned(),
                Some(_) if cells.iter().all(|cell| cell.chars().all(|c| c == '-')) => {}
                Some(head) => {
                    rows.push(DocumentedRow { heading: heading.clone(), head: head.clone(), cells });
                }
            }
        }
        rows
    }
}

impl DocumentedRow {
    /// The code in the row's first cell.
    fn first_cell_names(&self) -> Vec<String> {
        code_spans(&self.cells[0])
    }
}

/// The cells of a line of a table.
fn table_cells(line: &str) -> Option<Vec<String>> {
    let inside = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(|cell| cell.trim().to_owned()).collect())
}

fn code_spans(text: &str) -> Vec<String> {
    let span = Regex::new("`([^`]+)`").unwrap();
    span.captures_iter(text).map(|found| found[1].split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
