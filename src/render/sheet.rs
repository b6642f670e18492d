//! A table between its markers, read line by line with its cells as they are written.

use super::cell_link::{TitleLink, of_rows, of_title};
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
///
/// A row is known by what its title links, or else by a cell that is nothing but a link to a paper.
pub fn read_sheet(text: &str) -> Option<Sheet<'_>> {
    read_linked(text).map(|(sheet, _)| sheet)
}

/// The same, with what each of its lines links.
pub(super) fn read_linked(text: &str) -> Option<(Sheet<'_>, Vec<Option<TitleLink<'_>>>)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (header, title) = head(&lines)?;
    let titles = titles(lines[header]);
    let mut columns = columns(&titles);
    if !is_ours(&columns[title]) {
        TITLE.clone_into(&mut columns[title]);
    }
    let date = columns.iter().position(|name| name == "date");
    let head_bytes: usize = lines[..header + 2].iter().map(|line| line.len()).sum();
    let body = &lines[header + 2..];
    let mut lines: Vec<Line<'_>> = body.iter().map(|text| line(text, date)).collect();
    let papers = links(&lines, title, columns.len());
    for (line, link) in lines.iter_mut().zip(&papers) {
        line.key = link.as_ref().and_then(|link| key(&link.paper));
    }
    let end =
        lines.iter().rposition(|line| line.key.is_some() || line.text.contains('|')).map_or(0, |at| at + 1);
    lines.truncate(end);
    let rows_bytes: usize = body[..end].iter().map(|line| line.len()).sum();
    let tail = &text[head_bytes + rows_bytes..];
    let has_plain_tail = tail.trim().is_empty() || is_archive_links(tail);
    let sheet = Sheet { head: &text[..head_bytes], columns, titles, lines, tail, has_plain_tail };
    Some((sheet, papers))
}

/// Whether a table of papers stands in a text, as [`read_sheet`] reads one.
pub fn has_sheet(text: &str) -> bool {
    head(&text.split_inclusive('\n').collect::<Vec<_>>()).is_some()
}

/// The line of the header, and which column has the title. Of several tables the one counts whose titles link papers.
fn head(lines: &[&str]) -> Option<(usize, usize)> {
    let is_head = |at: usize| lines[at].contains('|') && is_rule(lines[at + 1].trim_end());
    let heads: Vec<usize> = (0..lines.len().saturating_sub(1)).filter(|at| is_head(*at)).collect();
    let rows = |place: usize| {
        let end = heads.get(place + 1).copied().unwrap_or(lines.len());
        &lines[(heads[place] + 2).min(end)..end]
    };
    let named: Vec<(usize, usize)> =
        (0..heads.len()).filter_map(|place| Some((place, named_title(lines[heads[place]])?))).collect();
    let is_link = |(place, title): &&(usize, usize)| {
        rows(*place).iter().any(|row| links(&[line(row, None)], *title, 0)[0].is_some())
    };
    let found = named.iter().find(is_link).or(named.first()).copied();
    let found = found.or_else(|| {
        (0..heads.len()).find_map(|place| Some((place, linking(lines[heads[place]], rows(place))?)))
    });
    found.map(|(place, title)| (heads[place], title))
}

/// Whether two cells of a column mean the same, however each is written. A title means its paper and its words,
/// whichever version it links.
pub fn mean_the_same(column: &str, one: &str, other: &str) -> bool {
    if column == TITLE {
        let read = |cell: &str| read_title(cell).ok().map(|(link, words)| (key(&link), words));
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

/// The column in which the most rows link a paper, the first of them where several do: one that is called as none of
/// ours, or as the one that links the file. Without rows it is the first that is called as none of ours.
fn linking(header: &str, rows: &[&str]) -> Option<usize> {
    let titles_of_header = titles(header);
    let mut is_called_otherwise = titles_of_header.iter().map(|title| !is_ours(&column_name(title)));
    if !rows.iter().any(|row| row.contains('|')) {
        return is_called_otherwise.position(|is_called_otherwise| is_called_otherwise);
    }
    let mut linked = vec![0; titles_of_header.len()];
    for row in rows.iter().filter(|row| row.contains('|')) {
        for (linked, cell) in linked.iter_mut().zip(titles(row)) {
            *linked +=
                usize::from(of_title(cell).is_ok_and(|link| matches!(link.paper, PaperLink::Arxiv { .. })));
        }
    }
    let most = *linked.iter().max()?;
    let first = linked.iter().position(|count| *count == most).filter(|_| most > 0)?;
    let name = column_name(titles_of_header[first]);
    (!is_ours(&name) || name.eq_ignore_ascii_case(Column::Pdf.name())).then_some(first)
}

/// Whether a column is called as one of ours.
fn is_ours(name: &str) -> bool {
    Column::ALL.iter().any(|own| name.eq_ignore_ascii_case(own.name()))
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

/// A line as it is written, not yet known by what it links.
fn line(text: &str, date: Option<usize>) -> Line<'_> {
    let text = text.trim_end_matches('\n');
    let row: Vec<&str> = cells(text).into_iter().map(|cell| &text[cell]).collect();
    let date = date.and_then(|date| read_date(row.get(date)?).ok());
    Line { text, key: None, date, cells: row, is_shifted: false }
}

/// What each line links as a row of a table of so many columns; nothing if it is none.
fn links<'a>(lines: &[Line<'a>], title: usize, columns: usize) -> Vec<Option<TitleLink<'a>>> {
    let is_row = |line: &Line<'_>| line.text.contains('|');
    let rows: Vec<&[&str]> =
        lines.iter().map(|line| if is_row(line) { &line.cells[..] } else { &[] }).collect();
    of_rows(&rows, title, columns)
}

fn key(link: &PaperLink) -> Option<Key> {
    match link {
        PaperLink::Arxiv { id, version: _ } => Some(Key::Paper(PaperId::arxiv(id))),
        PaperLink::Elsewhere(address) => Some(Key::Address(address.clone())),
        PaperLink::Nowhere => None,
    }
}
