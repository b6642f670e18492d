//! A list's files with what is new in them and what people did to them: generated from the history, compared with
//! what was generated before and with what stands.

mod attempt;
mod blocked_topics;
mod mass_deletion;
mod old_archives;
mod size_limit;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::exports::generate_exports;
use super::generate::{LIST_FILE, TableCache};
use super::sync::List;
use crate::domain::table_merge::{CellConflict, RowKey};
use crate::domain::{Branch, PaperId};
use crate::render::{MarkerError, plain_cell, plain_title, stray_markers};
use crate::store::{Dismissal, FileTexts, ManualRow, Store, VolumeRecord};
use blocked_topics::{BlockedTopic, with_generated_tables};
pub(super) use mass_deletion::record_doubts;
use size_limit::merge_within_limit;
pub(super) use tables::{added_papers, check_mergeable, without_restored};

/// How many faulty markers are named; a person mends these first.
const STRAYS_NAMED: usize = 20;

/// What becomes of a list's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergedList {
    /// The files as the history has them, in the places that they stand in.
    pub generated: FileTexts,
    /// The files as they are to read.
    pub files: FileTexts,
    /// Rows in all tables of the list's own file.
    pub rows: usize,
    /// The papers that a person took out since the last time.
    pub dismissed: Vec<Dismissal>,
    /// The papers whose rows a person put back since then.
    pub restored: Vec<Dismissal>,
    /// Papers whose rows are to stand although they are not generated: a person wrote in them, or wrote them.
    pub rows_by_hand: Vec<ManualRow>,
    /// What a person edited and what changed since, in words.
    pub conflicts: Vec<ConflictReport>,
    /// For each topic the papers of rows that people added.
    pub added: Vec<(String, Vec<PaperId>)>,
    /// Why topics wait for a person while the others are written, in words.
    pub blocked: Vec<String>,
    /// Whatever else there is to tell.
    pub notes: Vec<String>,
    /// The volumes of the archive that were made anew, by their names.
    pub regenerated_volumes: BTreeMap<String, VolumeRecord>,
}

/// A cell of which a person and a new version of the paper have two texts; the person's stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictReport {
    /// The topic.
    pub topic: String,
    /// The paper, or the address that the row leads to.
    pub paper: String,
    /// The column, in lower case.
    pub column: String,
    /// What the person wrote.
    pub edited: String,
    /// What would stand there without that.
    pub desired: String,
}

/// Reads a file of a list; none where there is none.
pub type FileReader<'a> = dyn FnMut(&str) -> Result<Option<Arc<str>>> + 'a;

/// What was generated for a list's files before.
#[derive(Debug, Clone, Copy)]
pub struct MergeBase<'a> {
    /// What is known to have been written, and behind it what was about to be, and may have been.
    pub files: &'a [&'a FileTexts],
    /// Whether the first of these is known to have been written.
    pub is_known: bool,
    /// What was generated besides, to be proposed: a row may have been taken from there.
    pub proposed: &'a [&'a FileTexts],
    /// The branch of ours that is looked at; none where that is the list itself.
    pub branch: Option<&'a Branch>,
    /// Whether what stands is of an earlier time than ours may be: what it has not is no reason for doubt then.
    pub is_past: bool,
}

/// Works out what becomes of a list's files.
pub fn merge_files(
    store: &Store,
    list: &List<'_>,
    ours: MergeBase<'_>,
    drafts: &mut TableCache,
    read: &mut FileReader<'_>,
    now: Timestamp,
) -> Result<MergedList> {
    let mut waiting = Vec::new();
    let mut curation = loop {
        match merge_within_limit(store, list, ours, drafts, &waiting, read, now) {
            Ok(curation) => break curation,
            Err(error) => waiting.push(BlockedTopic::of(error, list, &waiting)?),
        }
    };
    if let Some(own) = read(LIST_FILE)? {
        curation
            .notes
            .extend(notes_on_stray_markers(&list.path(LIST_FILE), &stray_markers(&own, list.topics)));
    }
    let mut shown = curation.files.clone();
    if let (Some(own), Some(generated)) = (shown.get_mut(LIST_FILE), curation.generated.get(LIST_FILE)) {
        *own = with_generated_tables(own, generated, &waiting);
    }
    curation.blocked = waiting.into_iter().map(|one| one.reason).collect();
    for (file, text) in generate_exports(store, list, &shown, now)? {
        // What stands there is read to be compared: nothing in it is a person's.
        read(&file)?;
        curation.files.insert(file, text);
    }
    Ok(curation)
}

impl MergedList {
    /// The topic and the paper of each row that a person took out.
    pub(super) fn dismissed_papers(&self) -> impl Iterator<Item = (String, String)> {
        self.dismissed.iter().map(|one| (one.topic.clone(), one.paper.to_string()))
    }
}

/// A line for each of the first faults, and how many more there are.
fn notes_on_stray_markers(path: &Path, faults: &[MarkerError]) -> Vec<String> {
    let in_words =
        |fault: &MarkerError| format!("{}: {}", path.display(), fault.to_string().replace('\n', " "));
    let mut notes: Vec<String> = faults.iter().take(STRAYS_NAMED).map(in_words).collect();
    if faults.len() > STRAYS_NAMED {
        notes.push(format!("{}: {} more markers are wrong", path.display(), faults.len() - STRAYS_NAMED));
    }
    notes
}

impl ConflictReport {
    fn of(topic: &str, conflict: CellConflict) -> Self {
        let shown =
            |cell: &str| if conflict.column == "title" { plain_title(cell) } else { plain_cell(cell) };
        Self {
            topic: topic.to_owned(),
            paper: match &conflict.key {
                RowKey::Paper(paper) => paper.to_string(),
                RowKey::Address(address) => address.clone(),
            },
            edited: shown(&conflict.edited),
            desired: shown(&conflict.desired),
            column: conflict.column,
        }
    }
}
