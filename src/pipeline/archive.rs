//! A list's archive: its files in volumes, each made only where what it is made of has changed. A file that stands as it
//! was made is known by its print.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use anyhow::Result;
use jiff::tz::Offset;

use super::parts::{Dated, Part, in_parts};
use super::project::List;
use crate::domain::{ArchivePattern, Print};
use crate::render::{FORM, Row, row};
use crate::store::{Archived, ArchivedTable, Files, PaperRow, Placed, Store};

/// A topic's papers that are too old for the list itself, newest first.
#[derive(Debug)]
pub(super) struct Older<'a> {
    pub(super) topic: &'a str,
    pub(super) places: Vec<Placed>,
}

/// Topics in the list's order, each with its papers, newest first.
type Topics = Vec<(String, Vec<Placed>)>;

/// The archive files that share a name by the list's pattern: the first, and its later parts where one file is too
/// small for all.
#[derive(Debug)]
pub(super) struct Volume {
    names: Names,
    made_of: Print,
    topics: Topics,
    /// The files as they were made before of the same.
    known: Option<Vec<ArchivedTable>>,
    /// The files once they are made, the oldest first.
    made: OnceLock<Vec<Part>>,
}

/// What the files of a volume are called.
#[derive(Debug)]
struct Names {
    pattern: ArchivePattern,
    year: i16,
    month: i8,
}

impl Names {
    fn part(&self, number: usize) -> String {
        self.pattern.file(self.year, self.month, number)
    }
}

/// The volumes of a list's archive, the newest first.
pub(super) fn volumes(
    store: &Store,
    list: &List<'_>,
    pattern: &ArchivePattern,
    older: &[Older<'_>],
) -> Result<Vec<Volume>> {
    let mut topics: BTreeMap<(i16, i8), Topics> = BTreeMap::new();
    for Older { topic, places } in older {
        for placed in places {
            let date = Offset::UTC.to_datetime(placed.updated).date();
            let volume =
                topics.entry((date.year(), if pattern.has_month() { date.month() } else { 0 })).or_default();
            match volume.last_mut().filter(|(last, _)| last == topic) {
                Some((_, places)) => places.push(*placed),
                None => volume.push(((*topic).to_owned(), vec![*placed])),
            }
        }
    }
    let mut known = store.archived(list.name)?;
    let volumes = topics.into_iter().rev().map(|((year, month), topics)| {
        let names = Names { pattern: pattern.clone(), year, month };
        let made_of = made_of(list, &names.part(1), &topics);
        let known = known.remove(&names.part(1)).filter(|known| known.made_of == made_of);
        let known = known.map(|known| known.tables);
        let volume = Volume { names, made_of, topics, known, made: OnceLock::new() };
        if volume.known.is_none() {
            volume.make(store, list)?;
        }
        Ok(volume)
    });
    volumes.collect()
}

/// The print of all that the tables of a volume are made of: the papers as they read, its configuration, and the
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

impl Volume {
    /// What all its files are named after: the first of them.
    pub(super) fn name(&self) -> String {
        self.names.part(1)
    }

    /// The names of its files; one may come more than once.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.places().map(|(_, file)| file)
    }

    /// The names of the files that have a topic's tables, the newest first.
    pub(super) fn files_of<'v>(&'v self, topic: &'v str) -> impl Iterator<Item = &'v str> {
        let files: Vec<_> = self.places().filter(|(its, _)| *its == topic).map(|(_, file)| file).collect();
        files.into_iter().rev()
    }

    /// The papers of a topic in it.
    pub(super) fn papers<'v>(&'v self, topic: &'v str) -> impl Iterator<Item = PaperRow> + 'v {
        let of_topic = self.topics.iter().filter(move |(its, _)| its == topic);
        of_topic.flat_map(|(_, places)| places.iter().map(|placed| placed.paper))
    }

    /// Whether this text, by its print, is one of its files as it was generated.
    pub(super) fn is_as_generated(&self, file: &str, text: &str) -> bool {
        let mut known = self.known.iter().flatten();
        known.find(|table| table.file == file).is_some_and(|table| table.print == Print::of(text))
    }

    /// The tables of one of its files: the topics with their texts.
    pub(super) fn tables(&self, store: &Store, list: &List<'_>, file: &str) -> Result<Vec<(&str, &str)>> {
        let part = self.make(store, list)?.iter().find(|part| part.file == file);
        let tables = part.into_iter().flat_map(|part| &part.tables);
        Ok(tables.map(|(topic, text)| (&**topic, &**text)).collect())
    }

    /// What it was made of, if it was made just now, and these files are generated from it.
    pub(super) fn made(&self, generated: &Files) -> Option<Archived> {
        let tables = self.made.get()?.iter().flat_map(|Part { file, tables }| {
            let print = generated.get(file).map(|text| Print::of(text.as_bytes()));
            let table = move |topic: &String| {
                Some(ArchivedTable { topic: topic.clone(), file: file.clone(), print: print? })
            };
            tables.iter().map(move |(topic, _)| table(topic))
        });
        Some(Archived { made_of: self.made_of, tables: tables.collect::<Option<_>>()? })
    }

    /// Its tables, each a topic and a file.
    fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = self.known.iter().flatten().map(|table| (&*table.topic, &*table.file));
        let made = self.made.get().filter(|_| self.known.is_none()).into_iter().flatten();
        known
            .chain(made.flat_map(|Part { file, tables }| tables.iter().map(|(topic, _)| (&**topic, &**file))))
    }

    /// Makes its tables, unless they are made already.
    fn make(&self, store: &Store, list: &List<'_>) -> Result<&[Part]> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let mut rows = Vec::new();
        for (topic, places) in &self.topics {
            store.placed(places, list.columns, |paper| {
                let updated = paper.updated;
                let row = row(list.columns, &Row::of(paper, list.code_hosts));
                rows.push(Dated { topic, updated, row });
                ControlFlow::Continue(())
            })?;
        }
        Ok(self.made.get_or_init(|| in_parts(|number| self.names.part(number), list.columns, &rows)))
    }
}
