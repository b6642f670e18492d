//! A table between its markers, read line by line with its cells as they are written.

use super::table::PaperLink;
use super::table_reading::{cells, column_name, is_rule, read_date, read_title};
use super::{prose, title};
use crate::domain::PaperId;
use crate::domain::curation::{Key, Line, Sheet};

/// Reads what stands between a topic's markers, with `\n` for line ends; none where no table with titles is there.
pub fn read_sheet(text: &str) -> Option<Sheet<'_>> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let header = lines.windows(2).position(|pair| is_header(pair[0]) && is_rule(pair[1].trim_end()))?;
    let titles = titles(lines[header]);
    let columns = columns(&titles);
    let title = columns.iter().position(|name| name == "title")?;
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
    Some(Sheet { head: &text[..head_bytes], columns, titles, lines, tail })
}

/// Whether two cells of a column mean the same, however each is written. A title means its paper and its words,
/// whichever version it links.
pub fn mean_the_same(column: &str, one: &str, other: &str) -> bool {
    if column == "title" {
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

fn is_header(line: &str) -> bool {
    line.contains('|') && titles(line).into_iter().any(|title| column_name(title) == "title")
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
        let twins = titles[..names.len()].iter().filter(|other| column_name(other) == name).count();
        names.push(if twins == 0 { name } else { format!("{name}#{}", twins + 1) });
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
