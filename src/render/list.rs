//! A list file: any text, with each topic's table between two markers.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::fence::Fence;
use super::marker_fault::{MarkerFault, marker};

/// What the line below a table begins with that leads to its archive.
pub(super) const ARCHIVE_LINKS: &str = "Older papers: ";

/// How a new list begins.
const NEW_LIST: &str = "# Papers

Paperwire keeps the tables between the markers below; whatever you write outside them stays as it is.
";

/// Puts each topic's table between its markers, in the line ends of the marker before it; every byte
/// outside stays, and so does what stands between other markers, however wrong they are. Without a text, or with an empty
/// one: a new list. Markers in code blocks do not count.
pub fn splice(text: Option<&str>, tables: &[(&str, &str)]) -> Result<String, MarkerFault> {
    match text.filter(|text| !text.trim_start_matches('\u{feff}').trim().is_empty()) {
        Some(text) => splice_into(text, tables),
        None => Ok(new_list(tables)),
    }
}

/// Whether nothing else stands in a text than the line that leads to an archive.
pub(super) fn is_archive_links(text: &str) -> bool {
    let line = text.trim();
    line.starts_with(ARCHIVE_LINKS) && !line.contains('\n') && line.ends_with(')')
}

/// What stands between the markers of each topic's table, in the text's order, if all markers are right.
pub fn blocks(text: &str) -> Result<Vec<(&str, &str)>, MarkerFault> {
    let (places, faults) = places(text);
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => Ok(in_places(text, &places)),
    }
}

/// What stands between the markers of those topics whose markers are right, in the text's order.
pub fn sound_blocks(text: &str) -> Vec<(&str, &str)> {
    in_places(text, &places(text).0)
}

fn in_places<'a>(text: &'a str, places: &[Place<'a>]) -> Vec<(&'a str, &'a str)> {
    places.iter().map(|place| (place.topic, &text[place.start..place.end])).collect()
}

/// What is wrong with markers in a text that none of these topics waits for.
pub fn stray_markers(text: &str, topics: &[String]) -> Vec<MarkerFault> {
    let (places, mut faults) = places(text);
    let is_ours = |its: &str| topics.iter().any(|topic| topic == its);
    faults.retain(|fault| !fault.topic().is_some_and(is_ours));
    let others = places.iter().filter(|place| !is_ours(place.topic));
    let unknown =
        others.map(|place| MarkerFault::Unknown { line: place.line, topic: place.topic.to_owned() });
    faults.into_iter().chain(unknown).collect()
}

/// A text with these tables between markers of their own behind it. Other markers of their topics are left out.
pub fn with_tables(text: &str, tables: &[(&str, &str)]) -> String {
    let is_of_them = |line: &str| {
        let mark = Mark::of(line.trim_end().trim_start_matches('\u{feff}')).flatten();
        mark.is_some_and(|mark| tables.iter().any(|(topic, _)| *topic == mark.topic()))
    };
    let mut with: String = lines(text).filter(|line| !is_of_them(line)).collect();
    if !with.is_empty() && !with.ends_with('\n') {
        with.push('\n');
    }
    for (topic, table) in tables {
        add_table(&mut with, topic, table);
    }
    with
}

/// The text with empty places behind it for the tables of these topics, as far as it has none.
pub fn with_places<'a>(text: Cow<'a, str>, topics: &[&str]) -> Result<Cow<'a, str>, MarkerFault> {
    let (places, faults) = places(&text);
    let is_of_them = |fault: &MarkerFault| fault.topic().is_some_and(|topic| topics.contains(&topic));
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
        add_table(&mut text, topic, "");
    }
    Ok(Cow::Owned(text))
}

fn new_list(tables: &[(&str, &str)]) -> String {
    let mut list = NEW_LIST.to_owned();
    for (topic, table) in tables {
        add_table(&mut list, topic, table);
    }
    list
}

fn add_table(text: &mut String, topic: &str, table: &str) {
    text.extend(["\n", &marker("begin", topic), "\n", table, &marker("end", topic), "\n"]);
}

fn splice_into(text: &str, tables: &[(&str, &str)]) -> Result<String, MarkerFault> {
    let (places, faults) = places(text);
    if let Some((topic, _)) =
        tables.iter().find(|(topic, _)| places.iter().all(|place| place.topic != *topic))
    {
        return Err(why_missing(topic, faults));
    }
    let added: usize = tables.iter().map(|(_, table)| table.len()).sum();
    let mut list = String::with_capacity(text.len() + added);
    let mut done = 0;
    for place in &places {
        let Some((_, table)) = tables.iter().find(|(topic, _)| *topic == place.topic) else { continue };
        list.push_str(&text[done..place.start]);
        let standing = &text[place.start..place.end];
        if memchr(b'\r', standing.as_bytes()).is_some() && with_plain_ends(standing) == *table {
            list.push_str(standing);
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

/// Why a topic has no place, of all that is wrong.
fn why_missing(topic: &str, mut faults: Vec<MarkerFault>) -> MarkerFault {
    let is_its = |fault: &MarkerFault| fault.topic() == Some(topic);
    let is_stray = |fault: &MarkerFault| fault.topic().is_none();
    let names_it = |fault: &MarkerFault| is_stray(fault) && fault.to_string().contains(topic);
    let find = |is: &dyn Fn(&MarkerFault) -> bool| faults.iter().position(is);
    match find(&names_it).or_else(|| find(&is_its)).or_else(|| find(&is_stray)) {
        Some(at) => match faults.swap_remove(at) {
            MarkerFault::Misspelt { line, text, .. } => {
                MarkerFault::Misspelt { line, text, topic: Some(topic.to_owned()) }
            }
            fault => fault,
        },
        None => MarkerFault::Missing { topic: topic.to_owned() },
    }
}

/// A text with `\n` for its line ends.
pub fn with_plain_ends(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// Where a topic's table stands.
struct Place<'a> {
    topic: &'a str,
    /// The line of its first marker, from 1.
    line: usize,
    /// Behind the first marker's line.
    start: usize,
    /// Before the second marker's line.
    end: usize,
}

/// The places of all tables whose markers are right, in the text's order, and what is wrong with others. A topic is left
/// out with all its markers, and what remains is looked at again: one that stands within another is told apart by that.
fn places(text: &str) -> (Vec<Place<'_>>, Vec<MarkerFault>) {
    let (mut left_out, mut faults) = (Vec::new(), Vec::new());
    loop {
        let mut strays = Vec::new();
        match places_without(text, &left_out, &mut strays) {
            Ok(places) => {
                faults.extend(strays);
                return (places, faults);
            }
            Err(fault) => {
                left_out.extend(fault.topic().map(str::to_owned));
                faults.push(fault);
            }
        }
    }
}

/// The places of all tables, as if there were no marker of some topics. What looks like a marker and is none, and stands in
/// no table, is a stray.
fn places_without<'a>(
    text: &'a str,
    left_out: &[String],
    strays: &mut Vec<MarkerFault>,
) -> Result<Vec<Place<'a>>, MarkerFault> {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut open: Option<Place<'_>> = None;
    let mut fence = Fence::default();
    let mut end = 0;
    for (line, whole) in (1..).zip(lines(text)) {
        let start = end;
        end += whole.len();
        let bare = whole.trim_end().trim_start_matches('\u{feff}');
        if open.is_none() && fence.covers(bare) {
            continue;
        }
        let Some(mark) = Mark::of(bare) else { continue };
        let Some(mark) = mark else {
            let topic = open.as_ref().map(|place| place.topic.to_owned());
            let fault = MarkerFault::Misspelt { line, text: bare.to_owned(), topic };
            if open.is_some() {
                return Err(fault);
            }
            strays.push(fault);
            continue;
        };
        if open.is_none() && left_out.iter().any(|topic| topic == mark.topic()) {
            continue;
        }
        open = match (mark, open) {
            (Mark::Begin(topic), None) => {
                if let Some(first) = places.iter().find(|place| place.topic == topic) {
                    return Err(MarkerFault::Doubled { line, topic: topic.to_owned(), first: first.line });
                }
                Some(Place { topic, line, start: end, end })
            }
            (Mark::End(topic), Some(place)) if place.topic == topic => {
                places.push(Place { end: start, ..place });
                None
            }
            (Mark::End(topic), None) => return Err(MarkerFault::Unopened { line, topic: topic.to_owned() }),
            (Mark::Begin(topic), Some(outer)) => return Err(crossed(line, "begin", topic, &outer)),
            (Mark::End(topic), Some(outer)) => return Err(crossed(line, "end", topic, &outer)),
        };
    }
    match open {
        Some(place) => Err(MarkerFault::Unclosed { line: place.line, topic: place.topic.to_owned() }),
        None => Ok(places),
    }
}

/// The lines of a text with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
    let starts = std::iter::once(0).chain(ends.clone());
    starts.zip(ends).map(|(start, end)| &text[start..end]).filter(|line| !line.is_empty())
}

fn crossed(line: usize, verb: &'static str, topic: &str, outer: &Place<'_>) -> MarkerFault {
    MarkerFault::Crossed {
        line,
        verb,
        topic: topic.to_owned(),
        outer: outer.topic.to_owned(),
        outer_line: outer.line,
    }
}

/// One marker line.
enum Mark<'a> {
    Begin(&'a str),
    End(&'a str),
}

impl<'a> Mark<'a> {
    fn topic(&self) -> &'a str {
        match self {
            Self::Begin(topic) | Self::End(topic) => topic,
        }
    }

    /// The marker of a line; `None` for a line that is none, `Some(None)` for one that would be.
    #[expect(clippy::option_option, reason = "no marker and a broken one are two answers")]
    fn of(line: &'a str) -> Option<Option<Self>> {
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
