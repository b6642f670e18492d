//! How the header and the cells of a Markdown table are read, and which of its columns has the titles.

use std::ops::Range;

use memchr::memchr_iter;

use super::cell_escaping;
use super::inline_link_parser::last_link;
use super::row_link_parser::parse_title_cell;
use crate::domain::{Column, PaperId};

/// What the column is called that links the papers.
pub(super) const TITLE: &str = "title";

/// The column that has the titles of a table: the one of that name, or else the one that links papers of arXiv's.
pub(super) fn title_column(header: &str, rows: &[&str]) -> Option<usize> {
    title_column_by_name(header).or_else(|| title_column_by_links(header, rows, PaperId::is_surely_paper))
}

/// The column that is named as the title is.
pub(super) fn title_column_by_name(header: &str) -> Option<usize> {
    cell_texts(header).into_iter().position(|title| normalized_column_name(title) == TITLE)
}

/// The column in which the most rows link such a paper, a link in bold counting twice, and the first of them where several
/// do: one that is called as none of ours, or as the one that links the file. Without rows it is the first that is called as
/// none of ours.
pub(super) fn title_column_by_links(
    header: &str,
    rows: &[&str],
    is_such: fn(&PaperId) -> bool,
) -> Option<usize> {
    let titles_of_header = cell_texts(header);
    let mut is_called_otherwise =
        titles_of_header.iter().map(|title| !is_known_column(&normalized_column_name(title)));
    if !rows.iter().any(|row| row.contains('|')) {
        return is_called_otherwise.position(|is_called_otherwise| is_called_otherwise);
    }
    let linked = weigh_paper_links_per_column(rows, titles_of_header.len(), is_such);
    let most = *linked.iter().max()?;
    let first = linked.iter().position(|count| *count == most).filter(|_| most > 0)?;
    let name = normalized_column_name(titles_of_header[first]);
    (!is_known_column(&name) || name.eq_ignore_ascii_case(Column::Pdf.name())).then_some(first)
}

/// In how many rows each of so many columns links such a paper; one that it links in bold, as titles are, counts twice.
fn weigh_paper_links_per_column(rows: &[&str], columns: usize, is_such: fn(&PaperId) -> bool) -> Vec<usize> {
    let mut linked = vec![0; columns];
    for row in rows.iter().filter(|row| row.contains('|')) {
        for (linked, cell) in linked.iter_mut().zip(cell_texts(row)) {
            if parse_title_cell(cell).is_ok_and(|link| is_such(link.paper())) {
                *linked += 1 + usize::from(cell.contains("**["));
            }
        }
    }
    linked
}

/// Whether a column is called as one of ours.
pub(super) fn is_known_column(name: &str) -> bool {
    Column::ALL.iter().any(|own| name.eq_ignore_ascii_case(own.name()))
}

/// The cells of a row, the white space around them left out.
pub(super) fn cell_texts(line: &str) -> Vec<&str> {
    let line = line.trim_end();
    cell_ranges(line).into_iter().map(|cell| &line[cell]).collect()
}

/// `| --- | :-: |`.
pub(super) fn is_delimiter_row(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// What a column is known by: its header's words in lower case, without emphasis, link and HTML.
pub(super) fn normalized_column_name(cell: &str) -> String {
    let linked = last_link(cell).map_or(cell, |link| link.text);
    let mut is_tag = false;
    let words = linked.chars().filter(|c| match c {
        '<' | '>' => {
            is_tag = *c == '<';
            false
        }
        '*' | '`' => false,
        _ => !is_tag,
    });
    words.collect::<String>().trim_matches(['_', '~', ' ', '\t']).to_ascii_lowercase()
}

/// Where the cells of a row are, the white space around them left out. A pipe behind a backslash
/// ends none, unless that backslash is itself behind one.
pub(super) fn cell_ranges(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut cells = Vec::with_capacity(8);
    let mut start = line.len() - line.trim_start().len();
    start += usize::from(line[start..].starts_with('|'));
    let first = start;
    for at in memchr_iter(b'|', &bytes[first..]).map(|step| first + step) {
        if cell_escaping::trailing_backslashes(&line[start..at]).is_multiple_of(2) {
            cells.push(trim_range(line, start..at));
            start = at + 1;
        }
    }
    let last = trim_range(line, start..line.len());
    cells.extend(Some(last).filter(|last| !last.is_empty()));
    cells
}

fn trim_range(line: &str, cell: Range<usize>) -> Range<usize> {
    let text = &line[cell.clone()];
    let start = cell.start + text.len() - text.trim_start().len();
    start..start + text.trim().len()
}
