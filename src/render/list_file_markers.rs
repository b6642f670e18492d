//! A list file: any text, with each topic's table between two markers.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::memchr;

use super::code_fence_tracker::CodeFenceTracker;
use super::table_marker_error::{TableMarkerError, marker_line};

/// What the line below a table begins with that leads to its archive.
pub(super) const ARCHIVE_LINKS: &str = "Older papers: ";

/// How a new list begins.
const NEW_LIST: &str = "# Papers

Paperwire keeps the tables between the markers below; whatever you write outside them stays as it is.
";

/// Puts each topic's table between its markers, in the line ends of the marker before it; every byte
/// outside stays, and so does what is between other markers, however wrong they are. Without a text, or with an empty
/// one: a new list. Markers in code blocks do not count.
pub fn splice_tables(
    text: Option<&str>,
    tables: &[(impl AsRef<str>, impl AsRef<str>)],
) -> Result<String, TableMarkerError> {
    let tables = &*borrow_pairs(tables);
    match text.filter(|text| !text.trim_start_matches('\u{feff}').trim().is_empty()) {
        Some(text) => splice_tables_into_text(text, tables),
        None => Ok(new_list_file(tables)),
    }
}

/// Whether nothing else is in a text than the line that leads to an archive.
pub(super) fn is_archive_links_line(text: &str) -> bool {
    let line = text.trim();
    line.starts_with(ARCHIVE_LINKS) && !line.contains('\n') && line.ends_with(')')
}

/// What is between the markers of each topic's table, in the text's order, if all markers are right.
pub fn texts_between_markers(text: &str) -> Result<Vec<(&str, &str)>, TableMarkerError> {
    let (places, faults) = scan_markers(text);
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(text_in_spans(text, &places)),
    }
}

/// What is between the markers of those topics whose markers are right, in the text's order.
pub fn texts_between_valid_markers(text: &str) -> Vec<(&str, &str)> {
    text_in_spans(text, &scan_markers(text).0)
}

fn text_in_spans<'a>(text: &'a str, places: &[TableSpan<'a>]) -> Vec<(&'a str, &'a str)> {
    places.iter().map(|place| (place.topic, &text[place.start..place.end])).collect()
}

/// What is wrong with markers in a text that none of these topics waits for.
pub fn stray_markers(text: &str, topics: &[String]) -> Vec<TableMarkerError> {
    let (places, mut faults) = scan_markers(text);
    let is_ours = |its: &str| topics.iter().any(|topic| topic == its);
    faults.retain(|fault| !fault.topic().is_some_and(is_ours));
    let others = places.iter().filter(|place| !is_ours(place.topic));
    let unknown =
        others.map(|place| TableMarkerError::Unknown { line: place.line, topic: place.topic.to_owned() });
    faults.into_iter().chain(unknown).collect()
}

/// A text with these tables between markers of their own behind it. Other markers of their topics are left out.
pub fn append_tables(text: &str, tables: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let tables = borrow_pairs(tables);
    let is_of_them = |line: &str| {
        let mark = TableMarker::parse_marker_line(line.trim_end().trim_start_matches('\u{feff}')).flatten();
        mark.is_some_and(|mark| tables.iter().any(|(topic, _)| *topic == mark.marker_topic()))
    };
    let mut with: String = text.split_inclusive('\n').filter(|line| !is_of_them(line)).collect();
    if !with.is_empty() && !with.ends_with('\n') {
        with.push('\n');
    }
    for (topic, table) in &tables {
        append_marked_table(&mut with, topic, table);
    }
    with
}

/// The text with empty places behind it for the tables of these topics, as far as it has none.
pub fn append_missing_markers<'a>(
    text: Cow<'a, str>,
    topics: &[&str],
) -> Result<Cow<'a, str>, TableMarkerError> {
    let (places, faults) = scan_markers(&text);
    let is_of_them = |fault: &TableMarkerError| fault.topic().is_some_and(|topic| topics.contains(&topic));
    if let Some(fault) = faults.into_iter().find(is_of_them) {
        return Err(fault);
    }
    let is_missing = |topic: &&&str| places.iter().all(|place| place.topic != **topic);
    let missing: Vec<&str> = topics.iter().filter(is_missing).copied().collect();
    if missing.is_empty() {
        return Ok(text);
    }
    let mut text = text.into_owned();
    for topic in missing {
        append_marked_table(&mut text, topic, "");
    }
    Ok(Cow::Owned(text))
}

fn borrow_pairs(tables: &[(impl AsRef<str>, impl AsRef<str>)]) -> Vec<(&str, &str)> {
    tables.iter().map(|(topic, table)| (topic.as_ref(), table.as_ref())).collect()
}

fn new_list_file(tables: &[(&str, &str)]) -> String {
    let mut list = NEW_LIST.to_owned();
    for (topic, table) in tables {
        append_marked_table(&mut list, topic, table);
    }
    list
}

fn append_marked_table(text: &mut String, topic: &str, table: &str) {
    text.extend(["\n", &marker_line("begin", topic), "\n", table, &marker_line("end", topic), "\n"]);
}

fn splice_tables_into_text(text: &str, tables: &[(&str, &str)]) -> Result<String, TableMarkerError> {
    let (places, faults) = scan_markers(text);
    if let Some((topic, _)) =
        tables.iter().find(|(topic, _)| places.iter().all(|place| place.topic != *topic))
    {
        return Err(missing_markers_error(topic, faults));
    }
    let added: usize = tables.iter().map(|(_, table)| table.len()).sum();
    let mut list = String::with_capacity(text.len() + added);
    let mut done = 0;
    for place in &places {
        let Some((_, table)) = tables.iter().find(|(topic, _)| *topic == place.topic) else { continue };
        list.push_str(&text[done..place.start]);
        let current = &text[place.start..place.end];
        let table = &*with_blank_line_after_html(table, &text[..place.start]);
        if memchr(b'\r', current.as_bytes()).is_some() && with_lf_line_ends(current) == table {
            list.push_str(current);
        } else if text[..place.start].ends_with("\r\n") {
            list.push_str(&table.replace('\n', "\r\n"));
        } else {
            list.push_str(table);
        }
        done = place.end;
    }
    list.push_str(&text[done..]);
    Ok(list)
}

/// A table for the place behind this text, which ends with its marker. An HTML block goes on up to a blank line, and what is
/// in it is no Markdown. Source: <https://spec.commonmark.org/0.31.2/#html-blocks>.
fn with_blank_line_after_html<'t>(table: &'t str, before: &str) -> Cow<'t, str> {
    let above = before.lines().rev().skip(1).map(str::trim).take_while(|line| !line.is_empty());
    let begins_html = |line: &str| {
        line.strip_prefix('<')
            .is_some_and(|tag| tag.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic()))
    };
    let is_needed = !table.is_empty() && !table.starts_with('\n') && above.into_iter().any(begins_html);
    if is_needed { Cow::Owned(format!("\n{table}")) } else { Cow::Borrowed(table) }
}

/// Why a topic has no place, of all that is wrong.
fn missing_markers_error(topic: &str, mut faults: Vec<TableMarkerError>) -> TableMarkerError {
    let is_its = |fault: &TableMarkerError| fault.topic() == Some(topic);
    let is_stray = |fault: &TableMarkerError| fault.topic().is_none();
    let names_it = |fault: &TableMarkerError| is_stray(fault) && fault.to_string().contains(topic);
    let find = |is: &dyn Fn(&TableMarkerError) -> bool| faults.iter().position(is);
    match find(&names_it).or_else(|| find(&is_its)).or_else(|| find(&is_stray)) {
        Some(at) => match faults.swap_remove(at) {
            TableMarkerError::Misspelt { line, text, .. } => {
                TableMarkerError::Misspelt { line, text, topic: Some(topic.to_owned()) }
            }
            fault => fault,
        },
        None => TableMarkerError::Missing { topic: topic.to_owned() },
    }
}

/// A text with `\n` for its line ends.
pub fn with_lf_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// The place of a topic's table.
struct TableSpan<'a> {
    topic: &'a str,
    /// The line of its first marker, from 1.
    line: usize,
    /// Behind the first marker's line.
    start: usize,
    /// Before the second marker's line.
    end: usize,
}

/// The places of all tables whose markers are right, in the text's order, and what is wrong with others: the first fault of
/// each topic. A topic is left out with all its markers, and what was in its open table is looked at again: what is
/// within another is found by that. No line is looked at more than twice so, however many topics are left out.
fn scan_markers(text: &str) -> (Vec<TableSpan<'_>>, Vec<TableMarkerError>) {
    let mut survey = MarkerScan::default();
    let mut here = LineCursor::default();
    let mut open: Option<(TableSpan<'_>, LineCursor)> = None;
    loop {
        let Some((start, whole)) = here.next_line(text) else {
            let Some((place, behind)) = open.take() else { break };
            here = behind;
            let topic = place.topic.to_owned();
            survey.exclude_topic_with_marker_error(
                place.topic,
                TableMarkerError::Unclosed { line: place.line, topic },
            );
            continue;
        };
        let bare = whole.trim_end().trim_start_matches('\u{feff}');
        if open.is_none() && here.fence.advance_line_in_code_block(bare) {
            continue;
        }
        let Some(mark) = TableMarker::parse_marker_line(bare) else { continue };
        open = match (open, mark) {
            (Some((place, _)), Some(TableMarker::End(topic))) if place.topic == topic => {
                survey.add_table_span(TableSpan { end: start, ..place });
                None
            }
            (Some((place, behind)), mark) => {
                survey.exclude_topic_with_marker_error(
                    place.topic,
                    nested_marker_error(&place, here.line, bare, mark),
                );
                here = behind;
                None
            }
            (None, mark) => survey.take_marker_outside_table(mark, here, bare).map(|place| (place, here)),
        };
    }
    survey.finish()
}

/// How far a text is read.
#[derive(Clone, Copy, Default)]
struct LineCursor {
    /// The number of lines so far.
    line: usize,
    /// The number of bytes so far.
    at: usize,
    /// Whether a code block is open, as far as it is no table.
    fence: CodeFenceTracker,
}

impl LineCursor {
    /// The next line with its end, and where it begins.
    fn next_line<'a>(&mut self, text: &'a str) -> Option<(usize, &'a str)> {
        let start = self.at;
        let rest = Some(&text[start..]).filter(|rest| !rest.is_empty())?;
        let bytes = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        self.line += 1;
        self.at += bytes;
        Some((start, &rest[..bytes]))
    }
}

/// What is known of a text's markers.
#[derive(Default)]
struct MarkerScan<'a> {
    spans: Vec<TableSpan<'a>>,
    /// The line of each topic's first table.
    first_lines: HashMap<&'a str, usize>,
    excluded: HashSet<&'a str>,
    errors: Vec<TableMarkerError>,
    /// What looks like a marker and is none, and is in no table.
    strays: Vec<TableMarkerError>,
}

impl<'a> MarkerScan<'a> {
    fn add_table_span(&mut self, place: TableSpan<'a>) {
        self.first_lines.insert(place.topic, place.line);
        self.spans.push(place);
    }

    fn exclude_topic_with_marker_error(&mut self, topic: &'a str, fault: TableMarkerError) {
        self.excluded.insert(topic);
        self.errors.push(fault);
    }

    /// Takes a marker that is in no table; one that begins a table gives its place.
    fn take_marker_outside_table(
        &mut self,
        mark: Option<TableMarker<'a>>,
        here: LineCursor,
        bare: &str,
    ) -> Option<TableSpan<'a>> {
        let line = here.line;
        let Some(mark) = mark else {
            self.strays.push(TableMarkerError::Misspelt { line, text: bare.to_owned(), topic: None });
            return None;
        };
        let topic = mark.marker_topic();
        let first = self.first_lines.get(topic).copied();
        match (mark, first) {
            _ if self.excluded.contains(topic) => None,
            (TableMarker::Begin(topic), None) => {
                Some(TableSpan { topic, line, start: here.at, end: here.at })
            }
            (TableMarker::Begin(topic), Some(first)) => {
                self.exclude_topic_with_marker_error(
                    topic,
                    TableMarkerError::Duplicate { line, topic: topic.to_owned(), first },
                );
                None
            }
            (TableMarker::End(topic), _) => {
                self.exclude_topic_with_marker_error(
                    topic,
                    TableMarkerError::Unopened { line, topic: topic.to_owned() },
                );
                None
            }
        }
    }

    fn finish(mut self) -> (Vec<TableSpan<'a>>, Vec<TableMarkerError>) {
        self.spans.retain(|place| !self.excluded.contains(place.topic));
        self.errors.append(&mut self.strays);
        (self.spans, self.errors)
    }
}

/// What is wrong with a table that has another marker in it than its end.
fn nested_marker_error(
    outer: &TableSpan<'_>,
    line: usize,
    bare: &str,
    mark: Option<TableMarker<'_>>,
) -> TableMarkerError {
    let (verb, topic) = match mark {
        Some(TableMarker::Begin(topic)) => ("begin", topic),
        Some(TableMarker::End(topic)) => ("end", topic),
        None => {
            let topic = Some(outer.topic.to_owned());
            return TableMarkerError::Misspelt { line, text: bare.to_owned(), topic };
        }
    };
    TableMarkerError::Nested {
        line,
        verb,
        topic: topic.to_owned(),
        outer: outer.topic.to_owned(),
        outer_line: outer.line,
    }
}

/// One marker line.
#[derive(Clone, Copy)]
enum TableMarker<'a> {
    Begin(&'a str),
    End(&'a str),
}

impl<'a> TableMarker<'a> {
    fn marker_topic(&self) -> &'a str {
        match self {
            Self::Begin(topic) | Self::End(topic) => topic,
        }
    }

    /// The marker of a line; `None` for a line that is none, `Some(None)` for one that would be.
    #[expect(clippy::option_option, reason = "no marker and a broken one are two answers")]
    fn parse_marker_line(line: &'a str) -> Option<Option<Self>> {
        let inside = line.strip_prefix("<!--")?.trim_start().strip_prefix("paperwire:")?;
        Some(inside.strip_suffix("-->").and_then(|inside| {
            let (verb, topic) = inside.split_once(' ')?;
            let topic = Some(topic.trim()).filter(|topic| !topic.is_empty() && !topic.contains("-->"))?;
            match verb {
                "begin" => Some(Self::Begin(topic)),
                "end" => Some(Self::End(topic)),
                _ => None,
            }
        }))
    }
}

#[cfg(test)]
mod tests;
