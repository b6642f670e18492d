//! Adopting what people added to a list, before its topics are polled: such a paper is known from then on, so that it is
//! not announced.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use jiff::Timestamp;

use super::exports::{note_rows_seen, table_rows_of_topic};
use super::list_settings_and_report::{LIST_FILE, List, read_edited_and_base_files, topics_if_any_polled};
use super::merge::papers_added_by_people;
use super::skip_unchanged_list;
use crate::domain::{Abstract, MetadataOrigin, Paper, PaperId};
use crate::list;
use crate::pipeline::import::{
    assess_list_paper, combine_duplicate_papers, paper_from_table_row, replace_former_ids_with_displayed,
};
use crate::store::{FileTexts, KnownPaper, PollRecord, Store};

/// Records the papers of rows that a person added in the history of the row's topic, silently. What is wrong with the
/// list itself is reported when it is synced, not here.
pub fn adopt_papers_added_by_hand(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<()> {
    if let Some(topics) = topics_if_any_polled(store, list)?
        && checkpoint::unchanged_list_checkpoint(
            store,
            list,
            checkpoint::input_fingerprint(store, list, &topics)?,
        )?
        .is_some()
    {
        return Ok(());
    }
    let (mut edited, generated) = read_edited_and_base_files(store, list)?;
    if !edited.contains_key(LIST_FILE)
        && let Ok(Some(text)) = list::read_list_file(&list.file_path(LIST_FILE))
    {
        edited.insert(LIST_FILE.to_owned(), text.into());
    }
    adopt_hand_added_papers_of_files(store, list, &edited, &[generated.written, generated.intended], now)
}

/// Adopts the papers that a person added to these texts; `base` is what is known to have been generated for them.
pub(super) fn adopt_hand_added_papers_of_files(
    store: &mut Store,
    list: &List<'_>,
    edited: &FileTexts,
    base: &[FileTexts],
    now: Timestamp,
) -> Result<()> {
    let added = papers_added_by_people(store, base, edited, list.topics)?;
    record_hand_added_papers(store, &added, edited, now)?;
    note_rows_seen(store, list, edited, now)
}

/// Records the papers of added rows, topic by topic.
pub(super) fn record_hand_added_papers(
    store: &mut Store,
    added: &[(String, Vec<PaperId>)],
    edited: &FileTexts,
    now: Timestamp,
) -> Result<()> {
    let added = added.iter().filter(|(_, papers)| !papers.is_empty());
    added
        .into_iter()
        .try_for_each(|(topic, papers)| record_papers_added_by_hand(store, topic, papers, edited, now))
}

/// Records what the history does not have. What it has of a paper stays, and of a new one it gets what it needs to know the
/// paper by: the other cells are a person's words, and what the history has counts as the program's in a table. A page that the
/// history does not have may be anything: its row stays a person's own.
fn record_papers_added_by_hand(
    store: &mut Store,
    topic: &str,
    added: &[PaperId],
    edited: &FileTexts,
    now: Timestamp,
) -> Result<()> {
    let record = store.ensure_topic(topic)?;
    let added = &distinct_displayed_paper_ids(store, added)?;
    let known = store.known_papers(&record, None, added)?;
    let mut unseen: HashMap<PaperId, KnownPaper> =
        added.iter().cloned().zip(known).filter(|(_, known)| known.sighting.is_none()).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let mut recorded: HashMap<_, _> =
        store.papers_by_id(unseen.keys())?.into_iter().map(|paper| (paper.id.clone(), paper)).collect();
    let papers = replace_former_ids_with_displayed(store, papers_from_list_rows(topic, edited, now))?;
    let papers = combine_duplicate_papers(papers).into_iter().filter_map(|paper| {
        let known = unseen.remove(&paper.id)?;
        let recorded = recorded.remove(&paper.id);
        let paper = recorded.or_else(|| paper.id.is_surely_paper().then_some(paper))?;
        Some(assess_list_paper(paper, known))
    });
    let papers = papers.collect();
    let (sources, is_paged) = (Vec::new(), false);
    let added =
        PollRecord { now, origin: MetadataOrigin::List, papers, sources, is_paged, watermark_update: None };
    store.record_papers(&record, &added)?;
    Ok(())
}

/// The identities that the history displays of these papers, each once.
fn distinct_displayed_paper_ids(store: &Store, papers: &[PaperId]) -> Result<Vec<PaperId>> {
    let displayed = store.displayed_ids_by_former_id(papers)?;
    let mut once: Vec<PaperId> = papers.iter().map(|id| displayed.get(id).unwrap_or(id).clone()).collect();
    let mut seen = HashSet::new();
    once.retain(|id| seen.insert(id.clone()));
    Ok(once)
}

/// The papers of a topic's rows in all files.
fn papers_from_list_rows(topic: &str, edited: &FileTexts, now: Timestamp) -> Vec<Paper> {
    let rows = edited.values().flat_map(|text| table_rows_of_topic(topic, text));
    let bare = |paper: Paper| Paper { abstract_: Abstract::default(), comment: None, ..paper };
    rows.filter_map(|row| paper_from_table_row(&row, now)).map(bare).collect()
}
