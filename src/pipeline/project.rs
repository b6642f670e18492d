//! Bringing a list to what the history says: render, compare, write only if it differs.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail};

use crate::domain::PaperId;
use crate::list;
use crate::render::{PaperLink, Row, read_tables, splice, table};
use crate::store::{Store, TopicRecord};

/// One list as the configuration has it.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// Its identity.
    pub name: &'a str,
    /// Its file.
    pub file: &'a Path,
    /// Its topics, in the order in which a new file gets them.
    pub topics: &'a [String],
    /// Rows in each table at the most.
    pub rows_max: u32,
    /// Hosts beside GitHub whose repositories count as code.
    pub code_hosts: &'a [String],
}

/// What became of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projected {
    /// Rows in all its tables.
    pub rows: usize,
    /// Whether the file was written.
    pub changed: bool,
}

/// What a list is and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Rows in all its tables.
    pub rows: usize,
    /// The file's text; none where there is no file yet.
    pub standing: Option<String>,
    /// The text that the history calls for.
    pub wanted: String,
}

impl Proposal {
    /// Whether anything would be written.
    pub fn is_change(&self) -> bool {
        self.standing.as_ref() != Some(&self.wanted)
    }
}

/// What one list would be by the history, writing nothing. Where no topic of it has been polled yet there is
/// nothing to say. An error says why the list must be left as it is.
pub fn propose(store: &Store, list: List<'_>) -> Result<Option<Proposal>> {
    let topics = list.topics.iter().map(|topic| store.topic(topic)).collect::<Result<Vec<_>>>()?;
    if topics.iter().all(TopicRecord::is_untouched) {
        return Ok(None);
    }
    let mut rows = 0;
    let mut tables = Vec::with_capacity(topics.len());
    for (name, topic) in list.topics.iter().zip(&topics) {
        let papers = store.table(topic, list.rows_max)?;
        let written: Vec<Row> = papers.into_iter().map(|paper| Row::of(paper, list.code_hosts)).collect();
        rows += written.len();
        tables.push((name.as_str(), table(name, &written)));
    }
    let standing = list::read(list.file)?;
    let wanted = match splice(standing.as_deref(), &tables) {
        Ok(wanted) => wanted,
        Err(fault) => bail!("{}: {fault}", list.file.display()),
    };
    let proposal = Proposal { rows, standing, wanted };
    if let (true, Some(standing)) = (proposal.is_change(), &proposal.standing) {
        keep_unknown_rows(store, list, &topics, standing, &proposal.wanted)?;
    }
    Ok(Some(proposal))
}

/// Brings one list's file to what the history says; without a proposal the file is left alone.
pub fn project(store: &mut Store, list: List<'_>) -> Result<Projected> {
    let Some(proposal) = propose(store, list)? else { return Ok(Projected { rows: 0, changed: false }) };
    let Proposal { rows, wanted, .. } = &proposal;
    let changed = proposal.is_change();
    if changed {
        store.intend(list.name, wanted.as_bytes())?;
        list::replace(list.file, wanted)?;
        store.settle(list.name)?;
    } else {
        settle(store, list.name, wanted)?;
    }
    Ok(Projected { rows: *rows, changed })
}

/// What stands in the file is what we would write: if that is not yet known as written by us, it is now.
fn settle(store: &mut Store, list: &str, standing: &str) -> Result<()> {
    let ours = store.written(list)?;
    if ours.written.is_some() && ours.intended.is_none() {
        return Ok(());
    }
    let is_intended = match ours.intended {
        Some(intended) => store.text(intended)? == standing.as_bytes(),
        None => false,
    };
    if !is_intended {
        store.intend(list, standing.as_bytes())?;
    }
    store.settle(list)
}

/// Refuses to drop a row whose paper the history does not know: the list is older than the history,
/// which is new or was lost.
fn keep_unknown_rows(
    store: &Store,
    list: List<'_>,
    topics: &[TopicRecord],
    standing: &str,
    wanted: &str,
) -> Result<()> {
    let kept = papers(wanted);
    let mut unknown = Vec::new();
    for paper in papers(standing) {
        if !kept.contains(&paper) && !store.has_seen(topics, &paper)? {
            unknown.push(paper);
        }
    }
    unknown.sort();
    let Some(first) = unknown.first() else { return Ok(()) };
    bail!(
        "{file}: {count} of its rows are of papers that the history does not know (such as {first}); they would be \
         lost, so the file is left as it is. `paperwire import {file}` takes them into the history",
        file = list.file.display(),
        count = unknown.len(),
    )
}

/// The arXiv papers that the tables of a text link to.
fn papers(text: &str) -> HashSet<PaperId> {
    let tables = read_tables(text);
    let rows = tables.iter().flat_map(|table| &table.rows);
    let papers = rows.filter_map(|row| match &row.link {
        PaperLink::Arxiv { id, version: _ } => Some(PaperId::arxiv(id)),
        PaperLink::Elsewhere(_) | PaperLink::Nowhere => None,
    });
    papers.collect()
}
