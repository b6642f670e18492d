//! What a list would be by the history alone: its tables, and those of its archive.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::civil::Date;

use super::project::List;
use crate::domain::PaperId;
use crate::render::{Row, archive_links, table};
use crate::store::{Dismissed, Store, TopicRecord};

/// The name of the list's own file among its files.
pub(super) const OWN: &str = "";

/// GitHub shows so many bytes of a file and no more.
/// Source: <https://github.com/isaacs/github/issues/1610>.
pub(super) const FILE_BYTES_MAX: usize = 512_000;

/// An archive file is parted before it is full, so that edits by hand have room in it.
const ARCHIVE_BYTES_MAX: usize = FILE_BYTES_MAX - 32_000;

/// The tables of a list.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Those of each file: its topics with their texts, in the list's order.
    pub(super) files: BTreeMap<String, Vec<(String, String)>>,
    /// Rows in all tables of the list's own file.
    pub(super) rows: usize,
}

/// The tables of a list with so many rows each. What was dismissed is left out and uses up no row.
fn tables(
    store: &Store,
    list: &List<'_>,
    topics: &[TopicRecord],
    rows_max: u32,
    dismissed: &[Dismissed],
) -> Result<Tables> {
    let mut tables = Tables::default();
    for (name, topic) in list.topics.iter().zip(topics) {
        let left_out: Vec<&PaperId> = dismissed
            .iter()
            .filter(|dismissed| dismissed.topic == *name)
            .map(|dismissed| &dismissed.paper)
            .collect();
        let wanted = match list.archive {
            Some(_) => u32::MAX,
            None => rows_max.saturating_add(u32::try_from(left_out.len()).unwrap_or(u32::MAX)),
        };
        let mut filling = Filling::new(list, name, rows_max);
        store.table(topic, wanted, list.columns, |paper| {
            if !left_out.contains(&&paper.id) {
                filling.take(Row::of(paper, list.code_hosts));
            }
        })?;
        filling.archive();
        tables.rows += filling.own.len();
        let mut own = table(name, list.columns, &filling.own);
        own.push_str(&archive_links(filling.archived.iter().map(|(file, _)| file.as_str())));
        tables.add(OWN.to_owned(), name, own);
        for (file, text) in filling.archived {
            tables.add(file, name, text);
        }
    }
    Ok(tables)
}

/// The tables of a list's topics as far as they were made already: who looks at a list several times in a turn makes
/// them once.
#[derive(Debug)]
pub struct Drafts {
    topics: Vec<TopicRecord>,
    made: Vec<Draft>,
}

#[derive(Debug)]
struct Draft {
    rows_max: u32,
    dismissed: Vec<Dismissed>,
    tables: Arc<Tables>,
}

impl Drafts {
    /// None made yet; the topics are those of the list.
    pub(super) fn new(topics: Vec<TopicRecord>) -> Self {
        Self { topics, made: Vec::new() }
    }

    /// The tables of the list as [`tables`] makes them. The history must be as it was.
    pub(super) fn tables(
        &mut self,
        store: &Store,
        list: &List<'_>,
        rows_max: u32,
        dismissed: &[Dismissed],
    ) -> Result<Arc<Tables>> {
        let is_it = |draft: &&Draft| draft.rows_max == rows_max && draft.dismissed == dismissed;
        if let Some(draft) = self.made.iter().find(is_it) {
            return Ok(Arc::clone(&draft.tables));
        }
        let tables = Arc::new(tables(store, list, &self.topics, rows_max, dismissed)?);
        self.made.push(Draft { rows_max, dismissed: dismissed.to_vec(), tables: Arc::clone(&tables) });
        Ok(tables)
    }
}

impl Tables {
    fn add(&mut self, file: String, topic: &str, text: String) {
        self.files.entry(file).or_default().push((topic.to_owned(), text));
    }
}

/// One topic's rows on their way into files, newest first. An archive's rows become text file by file: all rows of a long
/// history at once would take several times the room.
struct Filling<'a> {
    list: &'a List<'a>,
    topic: &'a str,
    rows_max: u32,
    /// The rows of the list itself.
    own: Vec<Row>,
    /// The archive file that the latest rows are for, and those rows.
    file: String,
    older: Vec<Row>,
    /// The archive's tables, newest first, each with its file.
    archived: Vec<(String, String)>,
}

impl<'a> Filling<'a> {
    fn new(list: &'a List<'a>, topic: &'a str, rows_max: u32) -> Self {
        let (own, older) = (Vec::new(), Vec::new());
        Self { list, topic, rows_max, own, file: String::new(), older, archived: Vec::new() }
    }

    fn take(&mut self, row: Row) {
        if self.own.len() < self.rows_max as usize {
            self.own.push(row);
        } else if let Some(pattern) = self.list.archive {
            let file = archive_file(pattern, row.date);
            if file != self.file {
                self.archive();
                self.file = file;
            }
            self.older.push(row);
        }
    }

    /// Makes text of the rows that wait for it.
    fn archive(&mut self) {
        let parted = parted(self.list, self.topic, &self.file, std::mem::take(&mut self.older));
        self.archived.extend(parted.into_iter().rev());
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

/// `archive/2025-03.md` of `archive/{year}-{month}.md`.
fn archive_file(pattern: &str, date: Date) -> String {
    pattern
        .replace("{year}", &format!("{:04}", date.year()))
        .replace("{month}", &format!("{:02}", date.month()))
}

/// The file of a later part: `archive/2025-03-2.md`.
fn numbered(file: &str, part: usize) -> String {
    match file.rsplit_once('.') {
        _ if part == 1 => file.to_owned(),
        Some((stem, end)) if !end.contains('/') => format!("{stem}-{part}.{end}"),
        Some(_) | None => format!("{file}-{part}"),
    }
}
