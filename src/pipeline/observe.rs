//! Looking at a list before its topics are polled: a paper that a person put into it is known from then on, so that
//! nobody is told of it.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;

use super::beside::{note_rows_seen, rows_of};
use super::curate::added;
use super::import::{combined, listed, paper};
use super::left;
use super::project::{List, polled, standing};
use super::tables::OWN;
use crate::domain::{Abstract, Origin, Paper, PaperId};
use crate::list;
use crate::store::{Files, Known, PollRecord, Store};

/// Takes the papers of rows that a person added into the history of the row's topic, silently. What is wrong with the
/// list itself is told when it is projected, not here.
pub fn observe(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<()> {
    if let Some(topics) = polled(store, list)?
        && left::still(store, list, left::made_of(store, list, &topics)?)?.is_some()
    {
        return Ok(());
    }
    let (mut standing, generated) = standing(store, list)?;
    if !standing.contains_key(OWN)
        && let Ok(Some(text)) = list::read(&list.path(OWN))
    {
        standing.insert(OWN.to_owned(), text.into());
    }
    observe_files(store, list, &standing, &[generated.written, generated.intended], now)
}

/// The same of texts that were read before; `ours` is what is known to have been generated for them.
pub(super) fn observe_files(
    store: &mut Store,
    list: &List<'_>,
    standing: &Files,
    ours: &[Files],
    now: Timestamp,
) -> Result<()> {
    let ours: Vec<&Files> = ours.iter().filter(|files| !files.is_empty()).collect();
    take_in_added(store, &added(&ours, standing, list.topics), standing, now)?;
    note_rows_seen(store, list, standing, now)
}

/// Takes the papers of added rows, topic by topic, into the history.
pub(super) fn take_in_added(
    store: &mut Store,
    added: &[(String, Vec<PaperId>)],
    standing: &Files,
    now: Timestamp,
) -> Result<()> {
    let added = added.iter().filter(|(_, papers)| !papers.is_empty());
    added.into_iter().try_for_each(|(topic, papers)| take_in(store, topic, papers, standing, now))
}

/// Records what the history does not have. What it has of a paper stays, and of a new one it gets what it needs to know the
/// paper by: the other cells are a person's words, and what the history has counts as the program's in a table.
fn take_in(
    store: &mut Store,
    topic: &str,
    added: &[PaperId],
    standing: &Files,
    now: Timestamp,
) -> Result<()> {
    let record = store.topic(topic)?;
    let known = store.known_each(&record, added)?;
    let mut unseen: HashMap<PaperId, Known> =
        added.iter().cloned().zip(known).filter(|(_, known)| known.sighting.is_none()).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let mut recorded: HashMap<_, _> =
        store.papers(unseen.keys())?.into_iter().map(|paper| (paper.id.clone(), paper)).collect();
    let papers = combined(rows(topic, standing, now)).into_iter().filter_map(|paper| {
        let known = unseen.remove(&paper.id)?;
        Some(listed(recorded.remove(&paper.id).unwrap_or(paper), known))
    });
    let shown = papers.collect();
    store.record(&record, &PollRecord { now, origin: Origin::List, shown, reached: None })?;
    Ok(())
}

/// The papers of a topic's rows in all files.
fn rows(topic: &str, standing: &Files, now: Timestamp) -> Vec<Paper> {
    let rows = standing.values().flat_map(|text| rows_of(topic, text));
    let bare = |paper: Paper| Paper { abstract_: Abstract::default(), comment: None, ..paper };
    rows.filter_map(|row| paper(&row, now)).map(bare).collect()
}
