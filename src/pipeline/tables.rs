//! What a list would be by the history alone: its tables, and those of its archive.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::Result;

use super::archive::{Group, Older, groups};
use super::project::List;
use crate::render::{Row, Table, archive_links};
use crate::store::{Archived, Dismissed, Files, Store, TopicRecord};

/// The name of the list's own file among its files.
pub(super) const OWN: &str = "";

/// GitHub shows so many bytes of a file and no more.
/// Source: <https://github.com/isaacs/github/issues/1610>.
pub(super) const FILE_BYTES_MAX: usize = 512_000;

/// What was made, if it can fit a file.
#[derive(Debug, Clone)]
pub(super) enum Made<T> {
    Fits(T),
    /// It is longer than a file may be; with so many rows in each table it may fit.
    TooLong {
        rows_max: u32,
    },
}

/// The tables of a list.
#[derive(Debug)]
pub(super) struct Tables {
    /// Those of the list's own file: its topics with their texts, in the list's order.
    own: Vec<(String, String)>,
    /// Rows in all tables of the list's own file.
    pub(super) rows: usize,
    groups: Vec<Group>,
}

impl Tables {
    /// The names of all files.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        std::iter::once(OWN).chain(self.groups.iter().flat_map(Group::files))
    }

    /// Whether this text, by its print, is what would be generated for the file where it stands.
    pub(super) fn is_as_generated(&self, file: &str, text: &str) -> bool {
        self.groups.iter().any(|group| group.is_as_generated(file, text))
    }

    /// The tables of one file: its topics with their texts, in the list's order.
    pub(super) fn of(&self, store: &Store, list: &List<'_>, file: &str) -> Result<Vec<(&str, &str)>> {
        if file == OWN {
            return Ok(self.own.iter().map(|(topic, text)| (&**topic, &**text)).collect());
        }
        let group = self.groups.iter().find(|group| group.files().any(|name| name == file));
        group.map_or_else(|| Ok(Vec::new()), |group| group.tables(store, list, file))
    }

    /// What was made anew of the archive, by the names that its files share, where these files are generated from it.
    pub(super) fn archived(&self, generated: &Files) -> BTreeMap<String, Archived> {
        self.groups
            .iter()
            .filter_map(|group| Some((group.name().to_owned(), group.made(generated)?)))
            .collect()
    }
}

/// The tables of a list with so many rows each. What was dismissed is left out and uses up no row. Where they may be cut,
/// they are not made once they are too long for a file.
fn tables(
    store: &Store,
    list: &List<'_>,
    topics: &[TopicRecord],
    rows_max: u32,
    dismissed: &[Dismissed],
    may_be_cut: bool,
) -> Result<Made<Tables>> {
    let (mut own, mut older, mut rows_all) = (Vec::new(), Vec::new(), 0);
    let mut lengths: Vec<Vec<usize>> = Vec::new();
    let is_cut = |bytes: usize| may_be_cut && bytes > FILE_BYTES_MAX && rows_max > 1;
    for (name, topic) in list.topics.iter().zip(topics) {
        let left_out = dismissed.iter().filter(|dismissed| dismissed.topic == *name);
        let left_out = store.rows(left_out.map(|dismissed| &dismissed.paper))?;
        let wanted = match list.archive {
            Some(_) => u32::MAX,
            None => rows_max.saturating_add(u32::try_from(left_out.len()).unwrap_or(u32::MAX)),
        };
        let mut places = store.places(topic, wanted)?;
        places.retain(|placed| !left_out.contains(&placed.paper));
        let rest = places.split_off(places.len().min(rows_max as usize));
        let mut table = Table::begin(name, list.columns);
        let mut lengths_here = vec![table.bytes()];
        store.placed(&places, list.columns, |paper| {
            table.add(&Row::of(paper, list.code_hosts));
            lengths_here.push(table.bytes());
            // Once this one alone is too long, no more of it is of use.
            if is_cut(table.bytes()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        lengths.push(lengths_here);
        rows_all += places.len();
        own.push((name.clone(), table.end()));
        older.push(Older { topic: name, places: rest });
    }
    let bytes: usize = own.iter().map(|(_, text)| text.len()).sum();
    if is_cut(bytes) {
        return Ok(Made::TooLong { rows_max: rows_that_fit(&lengths, rows_max) });
    }
    let groups = match list.archive {
        Some(pattern) => groups(store, list, pattern, &older)?,
        None => Vec::new(),
    };
    for (topic, text) in &mut own {
        text.push_str(&archive_links(groups.iter().flat_map(|group| group.files_of(topic))));
    }
    Ok(Made::Fits(Tables { own, rows: rows_all, groups }))
}

/// How many rows each table may have so that all fit a file, with some room to spare; `lengths` tells how long each table
/// is with no row, with one, and so on.
fn rows_that_fit(lengths: &[Vec<usize>], rows_max: u32) -> u32 {
    let bytes = |rows: u32| -> usize {
        let of = |lengths: &Vec<usize>| lengths.get(rows as usize).or(lengths.last()).copied();
        lengths.iter().filter_map(of).sum()
    };
    let fits = |rows: &u32| bytes(*rows) <= FILE_BYTES_MAX * 98 / 100;
    (1..rows_max).take_while(fits).last().unwrap_or(1)
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
    may_be_cut: bool,
    tables: Made<Arc<Tables>>,
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
        may_be_cut: bool,
    ) -> Result<Made<Arc<Tables>>> {
        let is_it = |draft: &&Draft| {
            (draft.rows_max, draft.may_be_cut) == (rows_max, may_be_cut) && draft.dismissed == dismissed
        };
        if let Some(draft) = self.made.iter().find(is_it) {
            return Ok(draft.tables.clone());
        }
        let tables = match tables(store, list, &self.topics, rows_max, dismissed, may_be_cut)? {
            Made::Fits(tables) => Made::Fits(Arc::new(tables)),
            Made::TooLong { rows_max } => Made::TooLong { rows_max },
        };
        let dismissed = dismissed.to_vec();
        self.made.push(Draft { rows_max, dismissed, may_be_cut, tables: tables.clone() });
        Ok(tables)
    }
}
