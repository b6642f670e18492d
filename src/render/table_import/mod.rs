//! The tables of papers that a Markdown text has, our own and those of other programs and hands.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;
use memchr::memchr_iter;

use super::code_fence_tracker::CodeFenceTracker;
use super::inline_link_parser::last_link;
use super::row_link_parser::{TitleLink, paper_links_of_rows, parse_title_cell, split_article_link};
use super::single_line::SingleLine;
use super::table::{OptionalCells, TableRow, is_http_url};
use super::table_header_parser::{
    TITLE, cell_ranges, cell_texts, is_delimiter_row, normalized_column_name, title_column,
};
use super::{cell_escaping, title_escaping};
use crate::domain::PaperLink;

/// A header with more columns is no table of papers; the widest known has six.
const COLUMNS_MAX: usize = 16;

/// A table of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownTable {
    /// The text of the heading above it.
    pub heading: Option<String>,
    /// The line of its header, from 1.
    pub line: usize,
    /// The table's rows, in their order.
    pub rows: Vec<TableRow>,
    /// The rows that could not be read as papers.
    pub invalid_rows: Vec<InvalidTableRow>,
}

/// A row that could not be read as a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTableRow {
    /// The row's line, from 1.
    pub line: usize,
    /// What is wrong with it and what would be right, in words.
    pub reason: String,
}

/// Every table of papers in a Markdown text: those whose header names a title and a date, or whose rows link papers. The
/// columns may be in any order; all but that of the titles may be missing, others are passed over.
pub fn parse_markdown_tables(text: &str) -> Vec<MarkdownTable> {
    let mut tables = Vec::new();
    let mut heading = None;
    let mut fence = CodeFenceTracker::default();
    let mut lines = (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).lines()).peekable();
    while let Some((number, line)) = lines.next() {
        if fence.advance_line_in_code_block(line) {
            continue;
        }
        if let Some(words) = heading_text(line) {
            heading = Some(words);
        }
        let Some(body) = rows_behind_header(line, lines.clone()) else { continue };
        let Some(columns) = ColumnPositions::find(line, &body) else { continue };
        // With its rows goes the line between them and the header.
        lines.nth(body.len());
        let mut table = MarkdownTable {
            heading: heading.clone(),
            line: number,
            rows: Vec::new(),
            invalid_rows: Vec::new(),
        };
        let rows: Vec<Vec<&str>> = body.iter().map(|(_, text)| columns.row_cells(text)).collect();
        let cells: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let papers = paper_links_of_rows(&cells, columns.title, columns.count);
        for (((line, _), cells), link) in body.into_iter().zip(&cells).zip(papers) {
            match columns.parse_row(cells, link) {
                Ok(row) => table.rows.push(row),
                Err(why) => table.invalid_rows.push(InvalidTableRow { line, reason: why }),
            }
        }
        tables.push(table);
    }
    tables
}

/// The text of `## …`.
fn heading_text(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    if !(1..=6).contains(&(line.len() - text.len())) || !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim();
    let words = text.trim_end_matches('#');
    let has_closing = words.is_empty() || words.ends_with([' ', '\t']);
    Some(title_escaping::unescape_title(if has_closing { words.trim_end() } else { text }))
}

/// The rows of the table whose header this is, up to the header of the next one; none if it is no header.
fn rows_behind_header<'a>(
    header: &str,
    mut behind: impl Iterator<Item = (usize, &'a str)> + Clone,
) -> Option<Vec<(usize, &'a str)>> {
    if !header.contains('|') || !is_delimiter_row(behind.next()?.1) {
        return None;
    }
    let mut rows = Vec::new();
    while let Some((number, line)) = behind.next().filter(|(_, line)| is_table_row(line)) {
        let has_rule = behind.clone().next().is_some_and(|(_, next)| is_delimiter_row(next));
        if has_rule && !is_delimiter_row(line) && !links_paper(line) {
            break;
        }
        rows.push((number, line));
    }
    Some(rows)
}

/// Whether any cell of a row links a paper of arXiv's.
fn links_paper(row: &str) -> bool {
    cell_texts(row)
        .into_iter()
        .any(|cell| parse_title_cell(cell).is_ok_and(|link| link.paper().is_surely_paper()))
}

/// Whether a table goes on with this line: it has a cell's end in it, and begins no heading, comment or
/// code block.
fn is_table_row(line: &str) -> bool {
    line.contains('|')
        && heading_text(line).is_none()
        && !line.starts_with("<!--")
        && !line.starts_with("```")
        && !line.starts_with("~~~")
}

/// Which column has what.
struct ColumnPositions {
    count: usize,
    title: usize,
    date: Option<usize>,
    abstract_: Option<usize>,
    comment: Option<usize>,
    code: Option<usize>,
}

impl ColumnPositions {
    /// What is where in a table; none if it is no table of papers.
    fn find(header: &str, body: &[(usize, &str)]) -> Option<Self> {
        let cells = cell_texts(header);
        if cells.len() > COLUMNS_MAX {
            return None;
        }
        let names: Vec<String> = cells.into_iter().map(normalized_column_name).collect();
        let find = |name: &str| names.iter().position(|n| n == name);
        let rows: Vec<&str> = body.iter().map(|(_, row)| *row).collect();
        let columns = Self {
            count: names.len(),
            title: title_column(header, &rows)?,
            date: find("date"),
            abstract_: find("abstract"),
            comment: find("comment").or_else(|| find("comments")),
            code: find("coderepository").or_else(|| find("code")),
        };
        let is_named = names[columns.title] == TITLE && (columns.date.is_some() || rows.is_empty());
        (is_named || rows.into_iter().any(|row| columns.links_paper(row))).then_some(columns)
    }

    /// Whether a row leads to what may be a paper.
    fn links_paper(&self, row: &str) -> bool {
        let link = paper_links_of_rows(&[&self.row_cells(row)], self.title, self.count).pop().flatten();
        link.is_some_and(|link| link.paper().as_identifying_page_url().is_none())
    }

    /// The cells of a row, as many as there are columns, or fewer.
    fn row_cells<'a>(&self, line: &'a str) -> Vec<&'a str> {
        let mut cells = cell_ranges(line);
        if cells.len() > self.count {
            self.join_split_cells(&mut cells, line);
        }
        cells.into_iter().map(|cell| &line[cell]).collect()
    }

    fn parse_row(&self, cells: &[&str], link: Option<TitleLink<'_>>) -> Result<TableRow, String> {
        let shift = link.as_ref().map_or(0, |link| self.count_missing_leading_cells(cells, link));
        let cell = |column: Option<usize>| {
            let at = column.and_then(|column| column.checked_sub(shift));
            unescape_pipes(at.and_then(|at| cells.get(at)).copied().unwrap_or_default())
        };
        let (link, title) = match link {
            Some(link) => unescape_title_link(link),
            None => parse_linked_title(&cell(Some(self.title)))?,
        };
        let comment = SingleLine::from_owned_text(cell_escaping::unescape_cell_text(unwrap_details(&cell(
            self.comment,
        ))));
        Ok(TableRow {
            link: Some(link),
            title,
            date: parse_date(&cell(self.date)),
            abstract_: SingleLine::from_owned_text(cell_escaping::unescape_cell_text(unwrap_details(&cell(
                self.abstract_,
            )))),
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            code_link: code_url_in_cell(&cell(self.code)),
            article_link: article_link_in_title_cell(&cell(Some(self.title))),
            optional: OptionalCells::default(),
        })
    }

    /// How many columns in front of the title's are in the header alone: the row begins with its title.
    fn count_missing_leading_cells(&self, cells: &[&str], link: &TitleLink<'_>) -> usize {
        let is_own = |cell: &&str| parse_title_cell(cell).is_ok_and(|found| found.paper() == link.paper());
        if cells.len() >= self.count || cells.get(self.title).is_some_and(is_own) {
            return 0;
        }
        cells.iter().take(self.title).position(is_own).map_or(0, |at| self.title - at)
    }

    /// Joins what a bare pipe parted, in rows by programs that escape none: a title up to the end of
    /// its link, a fold up to its end, and with the comment whatever is then too much.
    fn join_split_cells(&self, cells: &mut Vec<Range<usize>>, line: &str) {
        for column in 0..self.count {
            let last = column + cells.len() - self.count;
            let is_open = |end: usize| {
                let whole = &line[cells[column].start..cells[end].end];
                (whole.starts_with("**[") && !split_article_link(whole).0.ends_with(")**"))
                    || (whole.starts_with("<details>") && !whole.ends_with("</details>"))
            };
            let end = match self.comment {
                Some(comment) if comment == column => last,
                Some(_) | None => (column..=last).find(|end| !is_open(*end)).unwrap_or(column),
            };
            let whole = cells[column].start..cells[end].end;
            cells.splice(column..=end, [whole]);
        }
        cells.truncate(self.count);
    }
}

/// Where a title leads, and its text.
pub(super) fn parse_linked_title(cell: &str) -> Result<(PaperLink, SingleLine), String> {
    parse_title_cell(cell).map(unescape_title_link)
}

/// Where a link leads, and its words.
pub(super) fn unescape_title_link(link: TitleLink<'_>) -> (PaperLink, SingleLine) {
    let TitleLink { link, text } = link;
    (link, SingleLine::from_owned_text(title_escaping::unescape_title(&unescape_pipes(text))))
}

/// A cell without the backslashes that let a pipe end no cell.
pub(super) fn unescape_pipes(cell: &str) -> Cow<'_, str> {
    let has_escape = memchr_iter(b'|', cell.as_bytes()).any(|at| cell[..at].ends_with('\\'));
    if has_escape { Cow::Owned(cell.replace("\\|", "|")) } else { Cow::Borrowed(cell) }
}

/// Where the article is as which the paper of a title's cell appeared.
pub(super) fn article_link_in_title_cell(cell: &str) -> Option<String> {
    split_article_link(cell).1.map(Cow::into_owned)
}

pub(super) fn code_url_in_cell(cell: &str) -> Option<String> {
    let address = last_link(cell).map_or_else(|| cell.to_owned(), |link| link.address.into_owned());
    Some(address).filter(|address| is_http_url(address) && !address.contains(' '))
}

/// `2025-03-26`, and no other way to write a day.
pub(super) fn parse_date(cell: &str) -> Option<Date> {
    let parts: Vec<&str> = cell.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let is_plain = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !is_plain || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The text inside `<details><summary>…</summary><p>…</p></details>`, or the text itself.
pub(super) fn unwrap_details(cell: &str) -> &str {
    if !cell.starts_with("<details") {
        return cell;
    }
    let inside = cell.split_once("</summary>").map_or(cell, |(_, inside)| inside).trim();
    let inside = inside.strip_suffix("</details>").unwrap_or(inside).trim_end();
    let inside = inside.strip_prefix("<p>").unwrap_or(inside);
    inside.strip_suffix("</p>").unwrap_or(inside)
}
