//! A list's archive: its files in groups that share a name by the list's pattern, each made only where what it is made of
//! has changed. A file that stands as it was made is known by its print.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use anyhow::Result;
use jiff::tz::Offset;

use super::project::List;
use super::tables::FILE_BYTES_MAX;
use crate::domain::Print;
use crate::render::{FORM, Row, table};
use crate::store::{Archived, ArchivedTable, Files, Placed, Store};

/// An archive file is parted before it is full, so that edits by hand have room in it.
const ARCHIVE_BYTES_MAX: usize = FILE_BYTES_MAX - 32_000;

/// A topic's papers that are too old for the list itself, newest first.
#[derive(Debug)]
pub(super) struct Older<'a> {
    pub(super) topic: &'a str,
    pub(super) places: Vec<Placed>,
}

/// Topics in the list's order, each with its papers, newest first.
type Topics = Vec<(String, Vec<Placed>)>;

/// The archive files that share a name by the list's pattern: the first and its later parts.
#[derive(Debug)]
pub(super) struct Group {
    name: String,
    made_of: Print,
    topics: Topics,
    /// The files as they were made before of the same.
    known: Option<Vec<ArchivedTable>>,
    /// The tables once they are made: topic after topic, of each the oldest first.
    made: OnceLock<Vec<Archive>>,
}

#[derive(Debug)]
struct Archive {
    topic: String,
    file: String,
    text: String,
}

/// The groups of a list's archive, the newest first.
pub(super) fn groups(
    store: &Store,
    list: &List<'_>,
    pattern: &str,
    older: &[Older<'_>],
) -> Result<Vec<Group>> {
    let mut topics: BTreeMap<(i16, i8), Topics> = BTreeMap::new();
    let has_month = pattern.contains("{month}");
    for Older { topic, places } in older {
        for placed in places {
            let date = Offset::UTC.to_datetime(placed.updated).date();
            let group = topics.entry((date.year(), if has_month { date.month() } else { 0 })).or_default();
            match group.last_mut().filter(|(last, _)| last == topic) {
                Some((_, places)) => places.push(*placed),
                None => group.push(((*topic).to_owned(), vec![*placed])),
            }
        }
    }
    let mut known = store.archived(list.name)?;
    let groups = topics.into_iter().rev().map(|((year, month), topics)| {
        let name =
            pattern.replace("{year}", &format!("{year:04}")).replace("{month}", &format!("{month:02}"));
        let made_of = made_of(list, &name, &topics);
        let known = known.remove(&name).filter(|known| known.made_of == made_of).map(|known| known.tables);
        let group = Group { name, made_of, topics, known, made: OnceLock::new() };
        if group.known.is_none() {
            group.make(store, list)?;
        }
        Ok(group)
    });
    groups.collect()
}

/// The print of all that the tables of a group are made of: the papers as they read, its configuration, and the
/// form.
fn made_of(list: &List<'_>, name: &str, topics: &Topics) -> Print {
    let mut of = format!("{FORM} {name:?} {:?} {:?}", list.columns, list.code_hosts).into_bytes();
    for (topic, places) in topics {
        of.extend(format!("{topic:?} {} ", places.len()).into_bytes());
        for Placed { paper, revision, .. } in places {
            of.extend(paper.number().to_le_bytes());
            of.extend(revision.to_le_bytes());
        }
    }
    Print::of(of)
}

impl Group {
    /// What all its files are named after.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The names of its files; one may come more than once.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.places().map(|(_, file)| file)
    }

    /// The names of the files that have a topic's tables, the newest first.
    pub(super) fn files_of<'g>(&'g self, topic: &'g str) -> impl Iterator<Item = &'g str> {
        let files: Vec<_> = self.places().filter(|(its, _)| *its == topic).map(|(_, file)| file).collect();
        files.into_iter().rev()
    }

    /// Whether this text, by its print, is one of its files as it was generated.
    pub(super) fn is_as_generated(&self, file: &str, text: &str) -> bool {
        let mut known = self.known.iter().flatten();
        known.find(|table| table.file == file).is_some_and(|table| table.print == Print::of(text))
    }

    /// The tables of one of its files: the topics with their texts.
    pub(super) fn tables(&self, store: &Store, list: &List<'_>, file: &str) -> Result<Vec<(&str, &str)>> {
        let tables = self.make(store, list)?.iter().filter(|table| table.file == file);
        Ok(tables.map(|table| (&*table.topic, &*table.text)).collect())
    }

    /// What it was made of, if it was made just now, and these files are generated from it.
    pub(super) fn made(&self, generated: &Files) -> Option<Archived> {
        let tables = self.made.get()?.iter().map(|Archive { topic, file, .. }| {
            let print = Print::of(generated.get(file)?.as_bytes());
            Some(ArchivedTable { topic: topic.clone(), file: file.clone(), print })
        });
        Some(Archived { made_of: self.made_of, tables: tables.collect::<Option<_>>()? })
    }

    /// Its tables, each a topic and a file.
    fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = self.known.iter().flatten().map(|table| (&*table.topic, &*table.file));
        let made = self.made.get().filter(|_| self.known.is_none()).into_iter().flatten();
        known.chain(made.map(|table| (&*table.topic, &*table.file)))
    }

    /// Makes its tables, unless they are made already.
    fn make(&self, store: &Store, list: &List<'_>) -> Result<&[Archive]> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let mut tables = Vec::new();
        for (topic, places) in &self.topics {
            let mut rows = Vec::with_capacity(places.len());
            store.placed(places, list.columns, |paper| {
                rows.push(Row::of(paper, list.code_hosts));
                ControlFlow::Continue(())
            })?;
            let parted = parted(list, topic, &self.name, rows).into_iter();
            tables.extend(parted.map(|(file, text)| Archive { topic: topic.clone(), file, text }));
        }
        Ok(self.made.get_or_init(|| tables))
    }
}

/// The tables of one topic in an archive file, oldest first, each with its file. A month that is too large for one file
/// is parted from its oldest row on, so that what is full stays as it is while newer rows come.
fn parted(list: &List<'_>, topic: &str, file: &str, rows: Vec<Row>) -> Vec<(String, String)> {
    let mut months: BTreeMap<(i16, i8), Vec<Row>> = BTreeMap::new();
    for row in rows {
        months.entry((row.date.year(), row.date.month())).or_default().push(row);
    }
    let mut files: Vec<(String, Vec<Row>)> = Vec::new();
    for rows in months.into_values() {
        for (part, rows) in parts(rows).into_iter().enumerate() {
            files.push((numbered(file, part + 1), rows));
        }
    }
    // A pattern without the month has several months in one file.
    let mut merged: Vec<(String, Vec<Row>)> = Vec::new();
    for (file, rows) in files {
        match merged.iter_mut().find(|(known, _)| *known == file) {
            Some((_, known)) => known.splice(0..0, rows).for_each(drop),
            None => merged.push((file, rows)),
        }
    }
    merged.into_iter().map(|(file, rows)| (file, table(topic, list.columns, &rows))).collect()
}

/// Rows, newest first, in parts that fit a file each; the oldest part first.
fn parts(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut parts = Vec::new();
    let mut part: Vec<Row> = Vec::new();
    let mut bytes = 0;
    for row in rows.into_iter().rev() {
        let more = row.bytes();
        if bytes + more > ARCHIVE_BYTES_MAX && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += more;
        part.push(row);
    }
    parts.push(part);
    for part in &mut parts {
        part.reverse();
    }
    parts
}

/// The file of a later part: `archive/2025-03-2.md`.
fn numbered(file: &str, part: usize) -> String {
    match file.rsplit_once('.') {
        _ if part == 1 => file.to_owned(),
        Some((stem, end)) if !end.contains('/') => format!("{stem}-{part}.{end}"),
        Some(_) | None => format!("{file}-{part}"),
    }
}
