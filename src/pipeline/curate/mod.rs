//! A list's files with what is new in them and what people did to them: generated from the history, compared with
//! what was generated before and with what stands.

mod doubt;
mod fitting;
mod former;
mod round;
mod sheets;
mod waiting;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::beside::beside;
use super::project::List;
use super::tables::{Drafts, OWN};
use crate::domain::curation::{Conflict, Key};
use crate::domain::{Branch, PaperId};
use crate::render::{MarkerFault, stray_markers, title_words, words};
use crate::store::{Archived, Dismissed, Files, RowByHand, Store};
pub(super) use doubt::noted;
use fitting::fitting;
pub(super) use sheets::{added, can_be_kept, without_restored};
use waiting::{WaitingTopic, with_ours};

/// How many faulty markers are named; a person mends these first.
const STRAYS_NAMED: usize = 20;

/// What becomes of a list's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Curation {
    /// The files as the history has them, in the places that they stand in.
    pub generated: Files,
    /// The files as they are to read.
    pub wanted: Files,
    /// Rows in all tables of the list's own file.
    pub rows: usize,
    /// The papers that a person took out since the last time.
    pub dismissed: Vec<Dismissed>,
    /// The papers whose rows a person put back since then.
    pub restored: Vec<Dismissed>,
    /// Papers whose rows are to stand although they are not generated: a person wrote in them, or wrote them.
    pub by_hand: Vec<RowByHand>,
    /// What a person edited and what changed since, in words.
    pub conflicts: Vec<ConflictTold>,
    /// For each topic the papers of rows that people added.
    pub added: Vec<(String, Vec<PaperId>)>,
    /// Why topics wait for a person while the others are written, in words.
    pub waits: Vec<String>,
    /// Whatever else there is to tell.
    pub notes: Vec<String>,
    /// The volumes of the archive that were made anew, by their names.
    pub archived: BTreeMap<String, Archived>,
}

/// A cell of which a person and a new version of the paper have two texts; the person's stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictTold {
    /// The topic.
    pub topic: String,
    /// The paper, or the address that the row leads to.
    pub paper: String,
    /// The column, in lower case.
    pub column: String,
    /// What the person wrote.
    pub theirs: String,
    /// What would stand there without that.
    pub wanted: String,
}

/// Reads a file of a list; none where there is none.
pub type ReadFile<'a> = dyn FnMut(&str) -> Result<Option<Arc<str>>> + 'a;

/// What was generated for a list's files before.
#[derive(Debug, Clone, Copy)]
pub struct Ours<'a> {
    /// What is known to have been written, and behind it what was about to be, and may have been.
    pub files: &'a [&'a Files],
    /// Whether the first of these is known to have been written.
    pub is_known: bool,
    /// What was generated besides, to be proposed: a row may have been taken from there.
    pub proposed: &'a [&'a Files],
    /// The branch of ours that is looked at; none where that is the list itself.
    pub branch: Option<&'a Branch>,
    /// Whether what stands is of an earlier time than ours may be: what it has not is no reason for doubt then.
    pub is_past: bool,
}

/// Works out what becomes of a list's files.
pub fn curate(
    store: &Store,
    list: &List<'_>,
    ours: Ours<'_>,
    drafts: &mut Drafts,
    read: &mut ReadFile<'_>,
    now: Timestamp,
) -> Result<Curation> {
    let mut waiting = Vec::new();
    let mut curation = loop {
        match fitting(store, list, ours, drafts, &waiting, read, now) {
            Ok(curation) => break curation,
            Err(error) => waiting.push(WaitingTopic::of(error, list, &waiting)?),
        }
    };
    if let Some(own) = read(OWN)? {
        curation.notes.extend(notes_on_strays(&list.path(OWN), &stray_markers(&own, list.topics)));
    }
    let mut shown = curation.wanted.clone();
    if let (Some(own), Some(generated)) = (shown.get_mut(OWN), curation.generated.get(OWN)) {
        *own = with_ours(own, generated, &waiting);
    }
    curation.waits = waiting.into_iter().map(|one| one.why).collect();
    for (file, text) in beside(store, list, &shown, now)? {
        // What stands there is read to be compared: nothing in it is a person's.
        read(&file)?;
        curation.wanted.insert(file, text);
    }
    Ok(curation)
}

impl Curation {
    /// The topic and the paper of each row that a person took out.
    pub(super) fn dismissed_in_words(&self) -> impl Iterator<Item = (String, String)> {
        self.dismissed.iter().map(|one| (one.topic.clone(), one.paper.to_string()))
    }
}

/// A line for each of the first faults, and how many more there are.
fn notes_on_strays(path: &Path, faults: &[MarkerFault]) -> Vec<String> {
    let in_words =
        |fault: &MarkerFault| format!("{}: {}", path.display(), fault.to_string().replace('\n', " "));
    let mut notes: Vec<String> = faults.iter().take(STRAYS_NAMED).map(in_words).collect();
    if faults.len() > STRAYS_NAMED {
        notes.push(format!("{}: {} more markers are wrong", path.display(), faults.len() - STRAYS_NAMED));
    }
    notes
}

impl ConflictTold {
    fn of(topic: &str, conflict: Conflict) -> Self {
        let shown = |cell: &str| if conflict.column == "title" { title_words(cell) } else { words(cell) };
        Self {
            topic: topic.to_owned(),
            paper: match &conflict.key {
                Key::Paper(paper) => paper.to_string(),
                Key::Address(address) => address.clone(),
            },
            theirs: shown(&conflict.theirs),
            wanted: shown(&conflict.wanted),
            column: conflict.column,
        }
    }
}
