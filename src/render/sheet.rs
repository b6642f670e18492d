//! A table between its markers, read line by line with its cells as they are written.

use super::list::is_archive_links;
use super::table::PaperLink;
use super::table_reading::{cells, column_name, is_rule, read_date, read_title};
use super::{prose, title};
use crate::domain::curation::{Key, Line, Sheet};
use crate::domain::{Column, PaperId};

/// What the column is called that links the papers.
const TITLE: &str = "title";

/// Reads what stands between a topic's markers, with `\n` for line ends; none where no table of papers is there. Its
/// title is the column of that name, or, where a person named it otherwise, the one that links the papers.
pub fn read_sheet(text: &str) -> Option<Sheet<'_>> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (header, title) = head(&lines)?;
    let titles = titles(lines[header]);
    let mut columns = columns(&titles);
    TITLE.clone_into(&mut columns[title]);
    let date = columns.iter().position(|name| name == "date");
    let head_bytes: usize = lines[..header + 2].iter().map(|line| line.len()).sum();
    let body = &lines[header + 2..];
    let mut lines: Vec<Line<'_>> =
        body.iter().map(|text| line(text.trim_end_matches('\n'), title, date)).collect();
    let end =
        lines.iter().rposition(|line| line.key.is_some() || line.text.contains('|')).map_or(0, |at| at + 1);
    lines.truncate(end);
    let rows_bytes: usize = body[..end].iter().map(|line| line.len()).sum();
    let tail = &text[head_bytes + rows_bytes..];
    let has_plain_tail = tail.trim().is_empty() || is_archive_links(tail);
    Some(Sheet { head: &text[..head_bytes], columns, titles, lines, tail, has_plain_tail })
}

/// Whether a table of papers stands in a text, as [`read_sheet`] reads one.
pub fn has_sheet(text: &str) -> bool {
    head(&text.split_inclusive('\n').collect::<Vec<_>>()).is_some()
}

/// The line of the header, and which column has the title.
fn head(lines: &[&str]) -> Option<(usize, usize)> {
    let is_head = |at: &usize| lines[*at].contains('|') && is_rule(lines[at + 1].trim_end());
    let heads = || (0..lines.len().saturating_sub(1)).filter(is_head);
    let named = heads().find_map(|at| Some((at, named_title(lines[at])?)));
    named.or_else(|| heads().find_map(|at| Some((at, linking(lines[at], &lines[at + 2..])?))))
}

/// Whether two cells of a column mean the same, however each is written. A title means its paper and its words,
/// whichever version it links.
pub fn mean_the_same(column: &str, one: &str, other: &str) -> bool {
    if column == TITLE {
        let read = |cell: &str| read_title(cell).ok().map(|(link, title)| (key(link), title));
        return read(one).is_some_and(|one| Some(one) == read(other));
    }
    words(one) == words(other)
}

/// A cell's text, without its fold and its escapes.
pub fn words(cell: &str) -> String {
    let bare = cell.replace("\\|", "|");
    prose::read(super::table_reading::unfolded(&bare))
}

/// The title's text, without its link.
pub fn title_words(cell: &str) -> String {
    match read_title(cell) {
        Ok((_, title)) => title.to_string(),
        Err(_) => title::read(cell.trim_matches('*')),
    }
}

/// The column that is named as the title is.
fn named_title(header: &str) -> Option<usize> {
    titles(header).into_iter().position(|title| column_name(title) == TITLE)
}

/// The column in which the most rows link a paper, the first of them where several do. Without rows it is the first that
/// is called as none of ours.
fn linking(header: &str, rows: &[&str]) -> Option<usize> {
    if !rows.iter().any(|row| row.contains('|')) {
        let is_ours =
            |title: &str| Column::ALL.iter().any(|own| column_name(title).eq_ignore_ascii_case(own.name()));
        return titles(header).into_iter().position(|title| !is_ours(title));
    }
    let mut linked = vec![0; titles(header).len()];
    for row in rows.iter().filter(|row| row.contains('|')) {
        for (linked, cell) in linked.iter_mut().zip(titles(row)) {
            let is_paper = matches!(read_title(cell), Ok((PaperLink::Arxiv { .. }, _)));
            *linked += usize::from(is_paper);
        }
    }
    let most = *linked.iter().max()?;
    linked.iter().position(|count| *count == most).filter(|_| most > 0)
}

fn titles(line: &str) -> Vec<&str> {
    let line = line.trim_end();
    cells(line).into_iter().map(|cell| &line[cell]).collect()
}

/// The names of columns. A later one of the same name is told from the first by its place among them.
fn columns(titles: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(titles.len());
    for title in titles {
        let name = column_name(title);
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

fn line(text: &str, title: usize, date: Option<usize>) -> Line<'_> {
    let row: Vec<&str> = cells(text).into_iter().map(|cell| &text[cell]).collect();
    let link = row.get(title).filter(|_| text.contains('|')).and_then(|cell| read_title(cell).ok());
    let date = date.and_then(|date| read_date(row.get(date)?).ok());
    Line { text, key: link.and_then(|(link, _)| key(link)), date, cells: row }
}

fn key(link: PaperLink) -> Option<Key> {
    match link {
        PaperLink::Arxiv { id, version: _ } => Some(Key::Paper(PaperId::arxiv(&id))),
        PaperLink::Elsewhere(address) => Some(Key::Address(address)),
        PaperLink::Nowhere => None,
    }
}
