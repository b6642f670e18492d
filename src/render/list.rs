//! A list file: any text, with each topic's table between two markers.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::fence::Fence;

/// What the line below a table begins with that leads to its archive.
pub(super) const ARCHIVE_LINKS: &str = "Older papers: ";

/// How a new list begins.
const NEW_LIST: &str = "# Papers

Paperwire keeps the tables between the markers below; whatever you write outside them stays as it is.
";

/// What is wrong with the markers of a list file. The file stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkerFault {
    /// The text has no place for a topic's table.
    #[error(
        "there are no markers for the topic `{topic}`; where its table is to stand, add these two lines, \
         each alone on its line and not indented:\n{}\n{}",
        marker("begin", topic),
        marker("end", topic)
    )]
    Missing {
        /// The topic.
        topic: String,
    },
    /// A table's beginning without its end.
    #[error(
        "line {line}: `{}` is never closed; below the table add the line\n{}",
        marker("begin", topic),
        marker("end", topic)
    )]
    Unclosed {
        /// Where it begins, from 1.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A table's end without its beginning.
    #[error(
        "line {line}: `{}` closes nothing; above it add the line\n{}",
        marker("end", topic),
        marker("begin", topic)
    )]
    Unopened {
        /// Where it ends.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A marker of another topic before this one is closed.
    #[error(
        "line {line}: `{}` stands inside the table of `{outer}`, which begins in line {outer_line}; \
         close that one first with the line\n{}",
        marker(verb, topic),
        marker("end", outer)
    )]
    Crossed {
        /// Where the marker stands.
        line: usize,
        /// `begin` or `end`.
        verb: &'static str,
        /// The topic of the marker.
        topic: String,
        /// The topic whose table is open.
        outer: String,
        /// Where that one begins.
        outer_line: usize,
    },
    /// A second table of the same topic.
    #[error(
        "line {line}: the topic `{topic}` already has its table in line {first}; remove one of the two with its markers"
    )]
    Doubled {
        /// Where the second one begins.
        line: usize,
        /// The topic.
        topic: String,
        /// Where the first one begins.
        first: usize,
    },
    /// A table of a topic that this list does not have.
    #[error(
        "line {line}: `{}` is for a topic that this list does not have; add the topic to the list in the \
         config, or remove the two marker lines (what stands between them may stay)",
        marker("begin", topic)
    )]
    Unknown {
        /// Where it begins.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A line that begins as a marker does and is none.
    #[error(
        "line {line}: `{text}` is not a marker; the two there are read `{}` and `{}`, each alone on its line",
        marker("begin", "Topic"),
        marker("end", "Topic")
    )]
    Misspelt {
        /// Where it stands.
        line: usize,
        /// What stands there.
        text: String,
    },
}

/// Puts each topic's table between its markers, in the line ends of the marker before it; every byte
/// outside stays. Without a text, or with an empty one: a new list. Markers in code blocks do not count.
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

/// What stands between the markers of each topic's table, in the text's order.
pub fn blocks(text: &str) -> Result<Vec<(&str, &str)>, MarkerFault> {
    let places = places(text)?;
    Ok(places.into_iter().map(|place| (place.topic, &text[place.start..place.end])).collect())
}

/// The text with empty places behind it for the tables of these topics, as far as it has none.
pub fn with_places<'a>(text: Cow<'a, str>, topics: &[&str]) -> Result<Cow<'a, str>, MarkerFault> {
    let places = places(&text)?;
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
    let places = places(text)?;
    if let Some(place) = places.iter().find(|place| tables.iter().all(|(topic, _)| *topic != place.topic)) {
        return Err(MarkerFault::Unknown { line: place.line, topic: place.topic.to_owned() });
    }
    if let Some((topic, _)) =
        tables.iter().find(|(topic, _)| places.iter().all(|place| place.topic != *topic))
    {
        return Err(MarkerFault::Missing { topic: (*topic).to_owned() });
    }
    let added: usize = tables.iter().map(|(_, table)| table.len()).sum();
    let mut list = String::with_capacity(text.len() + added);
    let mut done = 0;
    for place in &places {
        let table = tables.iter().find(|(topic, _)| *topic == place.topic).map_or("", |(_, table)| table);
        list.push_str(&text[done..place.start]);
        let standing = &text[place.start..place.end];
        if memchr(b'\r', standing.as_bytes()).is_some() && with_plain_ends(standing) == table {
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

/// The places of all tables, in the text's order.
fn places(text: &str) -> Result<Vec<Place<'_>>, MarkerFault> {
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
        let mark = mark.ok_or_else(|| MarkerFault::Misspelt { line, text: bare.to_owned() })?;
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

fn marker(verb: &str, topic: &str) -> String {
    format!("<!-- paperwire:{verb} {topic} -->")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(text: &str) -> Result<String, MarkerFault> {
        splice(Some(text), &[("A", "a\n\n"), ("B", "b\n")])
    }

    #[test]
    fn a_new_list_has_a_heading_and_every_topics_markers() {
        let tables = [("A", "a\n\n"), ("B c", "b\n")];
        let new = splice(None, &tables).unwrap();
        assert_eq!(
            new,
            "# Papers\n\nPaperwire keeps the tables between the markers below; whatever you write outside them stays as it is.\n\n\
             <!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->\n\n\
             <!-- paperwire:begin B c -->\nb\n<!-- paperwire:end B c -->\n"
        );
        assert_eq!(splice(Some(" \n"), &tables).unwrap(), new);
        assert_eq!(splice(Some(&new), &tables).unwrap(), new, "nothing changes the second time");
    }

    #[test]
    fn every_byte_outside_the_markers_is_kept() {
        for (text, expected) in [
            (
                "x\r\n<!-- paperwire:begin B -->\nold\nold\n<!-- paperwire:end B -->\ny\t \n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
                "x\r\n<!-- paperwire:begin B -->\nb\n<!-- paperwire:end B -->\ny\t \n<!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->",
            ),
            (
                "\u{feff}<!--paperwire:begin A-->  \r\nold\r\n<!--  paperwire:end   A  -->\r\n\r\n<!-- paperwire:begin B -->\r\n```\n<!-- paperwire:end B -->\r\nend",
                "\u{feff}<!--paperwire:begin A-->  \r\na\r\n\r\n<!--  paperwire:end   A  -->\r\n\r\n<!-- paperwire:begin B -->\r\nb\r\n<!-- paperwire:end B -->\r\nend",
            ),
            (
                "```\n<!-- paperwire:begin A -->\n```\n    <!-- paperwire:end A -->\n`<!-- paperwire:end A -->`\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n<!-- paperwire:begin B -->\n<!-- paperwire:end B -->\n",
                "```\n<!-- paperwire:begin A -->\n```\n    <!-- paperwire:end A -->\n`<!-- paperwire:end A -->`\n<!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->\n<!-- paperwire:begin B -->\nb\n<!-- paperwire:end B -->\n",
            ),
        ] {
            assert_eq!(spliced(text).as_deref(), Ok(expected));
            assert_eq!(spliced(expected).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn wrong_markers_are_told_by_line_with_what_would_be_right() {
        for (text, told) in [
            (
                "x",
                "there are no markers for the topic `A`; where its table is to stand, add these two lines, each alone on its line and not indented:\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
            ),
            (
                "x\n<!-- paperwire:begin A -->\ny",
                "line 2: `<!-- paperwire:begin A -->` is never closed; below the table add the line\n<!-- paperwire:end A -->",
            ),
            (
                "<!-- paperwire:end A -->",
                "line 1: `<!-- paperwire:end A -->` closes nothing; above it add the line\n<!-- paperwire:begin A -->",
            ),
            (
                "<!-- paperwire:begin A -->\n\n<!-- paperwire:begin B -->",
                "line 3: `<!-- paperwire:begin B -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
            ),
            (
                "<!-- paperwire:begin A -->\n<!-- paperwire:begin A -->",
                "line 2: `<!-- paperwire:begin A -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
            ),
            (
                "<!-- paperwire:begin A -->\n<!-- paperwire:end B -->",
                "line 2: `<!-- paperwire:end B -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
            ),
            (
                "<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
                "line 3: the topic `A` already has its table in line 1; remove one of the two with its markers",
            ),
            (
                "<!-- paperwire:begin C -->\n<!-- paperwire:end C -->",
                "line 1: `<!-- paperwire:begin C -->` is for a topic that this list does not have; add the topic to the list in the config, or remove the two marker lines (what stands between them may stay)",
            ),
            (
                "\n<!-- paperwire:start A -->",
                "line 2: `<!-- paperwire:start A -->` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
            ),
            (
                "<!-- paperwire:begin -->",
                "line 1: `<!-- paperwire:begin -->` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
            ),
            (
                "<!-- paperwire:begin A --> and more",
                "line 1: `<!-- paperwire:begin A --> and more` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
            ),
        ] {
            assert_eq!(spliced(text).unwrap_err().to_string(), told);
        }
    }
}
