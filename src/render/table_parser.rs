//! A table between its markers, read line by line with its cells as they are written.

use std::borrow::Cow;

use super::list_file_markers::is_archive_links_line;
use super::row_link_parser::{TitleLink, is_link_alone, paper_links_of_rows, split_article_link};
use super::table_header_parser::{
    TITLE, cell_ranges, cell_texts, is_delimiter_row, is_known_column, normalized_column_name,
    title_column_by_links, title_column_by_name,
};
use super::table_import::{parse_date, parse_linked_title};
use super::{cell_escaping, title_escaping};
use crate::domain::PaperId;
use crate::domain::table_merge::{ParsedTable, TableLine};

/// Reads what is between a topic's markers, with `\n` for line ends; none if no table of papers is there. Its
/// title is the column of that name, or, where a person named it otherwise, the one that links the papers.
///
/// A row is known by what its title links, or else by a cell that is nothing but a link to a paper.
pub fn parse_paper_table(text: &str) -> Option<ParsedTable<'_>> {
    parse_table_with_links(text).map(|(sheet, _)| sheet)
}

/// Parses a table, and returns with it the paper that each of its lines links.
pub(super) fn parse_table_with_links(text: &str) -> Option<(ParsedTable<'_>, Vec<Option<TitleLink<'_>>>)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (header, title) = find_table_header(&lines)?;
    let titles = cell_texts(lines[header]);
    let mut columns = unique_column_names(&titles);
    if !is_known_column(&columns[title]) {
        TITLE.clone_into(&mut columns[title]);
    }
    let date = columns.iter().position(|name| name == "date");
    let head_bytes: usize = lines[..header + 2].iter().map(|line| line.len()).sum();
    let body = &lines[header + 2..];
    let mut lines: Vec<TableLine<'_>> = body.iter().map(|text| parse_table_line(text, date)).collect();
    let papers = paper_links_of_table_lines(&lines, title, columns.len());
    for (line, link) in lines.iter_mut().zip(&papers) {
        line.key = link.as_ref().map(|link| link.paper().clone());
    }
    let end =
        lines.iter().rposition(|line| line.key.is_some() || line.text.contains('|')).map_or(0, |at| at + 1);
    lines.truncate(end);
    let rows_bytes: usize = body[..end].iter().map(|line| line.len()).sum();
    let tail = &text[head_bytes + rows_bytes..];
    let has_plain_tail = tail.trim().is_empty() || is_archive_links_line(tail);
    let sheet = ParsedTable { head: &text[..head_bytes], columns, titles, lines, tail, has_plain_tail };
    Some((sheet, papers))
}

/// Whether a text has a table of papers, as [`parse_paper_table`] reads one.
pub fn has_paper_table(text: &str) -> bool {
    find_table_header(&text.split_inclusive('\n').collect::<Vec<_>>()).is_some()
}

/// The line of the header, and which column has the title. Of several tables the one counts whose titles link papers.
fn find_table_header(lines: &[&str]) -> Option<(usize, usize)> {
    let is_head = |at: usize| lines[at].contains('|') && is_delimiter_row(lines[at + 1].trim_end());
    let heads: Vec<usize> = (0..lines.len().saturating_sub(1)).filter(|at| is_head(*at)).collect();
    let rows = |place: usize| {
        let end = heads.get(place + 1).copied().unwrap_or(lines.len());
        &lines[(heads[place] + 2).min(end)..end]
    };
    let named: Vec<(usize, usize)> = (0..heads.len())
        .filter_map(|place| Some((place, title_column_by_name(lines[heads[place]])?)))
        .collect();
    let is_link = |(place, title): &&(usize, usize)| {
        rows(*place)
            .iter()
            .any(|row| paper_links_of_table_lines(&[parse_table_line(row, None)], *title, 0)[0].is_some())
    };
    let found = named.iter().find(is_link).or(named.first()).copied();
    let find_by_links = |is_such: fn(&PaperId) -> bool| {
        (0..heads.len()).find_map(|place| {
            Some((place, title_column_by_links(lines[heads[place]], rows(place), is_such)?))
        })
    };
    // A DOI may be of a person's data: it decides only if no table links arXiv.
    let found = found.or_else(|| find_by_links(PaperId::is_surely_paper));
    let found = found.or_else(|| find_by_links(|paper| paper.as_doi().is_some()));
    found.map(|(place, title)| (heads[place], title))
}

/// Whether two cells of a column mean the same, however each is written. A title means its paper and its words,
/// whichever version it links, and where it was published; with a mark, a badge or a word next to them it means more than
/// that.
pub fn are_cells_equivalent(column: &str, one: &str, other: &str) -> bool {
    if column == TITLE {
        let read = |cell: &str| {
            let (title, article) = split_article_link(cell);
            let (link, words) = parse_linked_title(title).ok().filter(|_| is_link_alone(title))?;
            Some((link.paper, words, article.map(Cow::into_owned)))
        };
        return read(one).is_some_and(|one| Some(one) == read(other));
    }
    plain_cell_text(one) == plain_cell_text(other)
}

/// A cell's text, without its fold and its escapes.
pub fn plain_cell_text(cell: &str) -> String {
    let bare = cell.replace("\\|", "|");
    cell_escaping::unescape_cell_text(super::table_import::unwrap_details(&bare))
}

/// The title's text, without its link.
pub fn plain_title_text(cell: &str) -> String {
    match parse_linked_title(cell) {
        Ok((_, title)) => title.to_string(),
        Err(_) => title_escaping::unescape_title(cell.trim_matches('*')),
    }
}

/// The names of columns. A later one of the same name differs from the first by its place among them.
fn unique_column_names(titles: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(titles.len());
    for title in titles {
        let name = normalized_column_name(title);
        let mut own = name.clone();
        let mut twins = 1;
        while names.contains(&own) {
            twins += 1;
            own = format!("{name}#{twins}");
        }
        names.push(own);
    }
    names
}

/// A line as it is written, not yet known by what it links.
fn parse_table_line(text: &str, date: Option<usize>) -> TableLine<'_> {
    let text = text.trim_end_matches('\n');
    let row: Vec<&str> = cell_ranges(text).into_iter().map(|cell| &text[cell]).collect();
    let date = date.and_then(|date| parse_date(row.get(date)?));
    TableLine { text, key: None, date, cells: row, is_shifted: false }
}

/// What each line links as a row of a table of so many columns; nothing if it is none.
fn paper_links_of_table_lines<'a>(
    lines: &[TableLine<'a>],
    title: usize,
    columns: usize,
) -> Vec<Option<TitleLink<'a>>> {
    let is_row = |line: &TableLine<'_>| line.text.contains('|');
    let rows: Vec<&[&str]> =
        lines.iter().map(|line| if is_row(line) { &line.cells[..] } else { &[] }).collect();
    paper_links_of_rows(&rows, title, columns)
}
