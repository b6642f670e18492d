//! Bringing a list's files to what the history says, with what people did to them. Compared first, and written only
//! where something differs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::beside::{is_beside, note_rows_seen};
use super::curate::{ConflictTold, Curation, Ours, curate, noted};
use super::observe::take_in_added;
use super::tables::{Drafts, OWN};
use super::{left, rewriting};
use crate::domain::{ArchivePattern, Beside, Column};
use crate::list;
use crate::store::{AtHand, Files, Generated, Store, TopicRecord};

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
    /// The columns of each table.
    pub columns: &'a [Column],
    /// Where older rows go.
    pub archive: Option<&'a ArchivePattern>,
    /// Hosts beside GitHub whose repositories count as code.
    pub code_hosts: &'a [String],
    /// The files that are kept beside it.
    pub beside: &'a [(Beside, PathBuf)],
}

impl List<'_> {
    /// Where one of its files is.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        match self.path_beside(file) {
            Some(path) => path.to_owned(),
            None if file == OWN => self.file.to_owned(),
            None => self.file.with_file_name(file),
        }
    }

    /// The same of one that is beside it.
    pub(super) fn path_beside(&self, file: &str) -> Option<&Path> {
        let beside = self.beside.iter().find(|(form, _)| form.word() == file);
        beside.map(|(_, path)| path.as_path())
    }

    /// The name of its own file, without folders.
    pub(super) fn own_name(&self) -> String {
        self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projected {
    /// Rows in all tables of its own file.
    pub rows: usize,
    /// Whether a file was written.
    pub changed: bool,
    /// The archive files that were written.
    pub archives: Vec<String>,
    /// The page of the pull request that it is proposed by, where there is one.
    pub pull: Option<String>,
    /// What else there is to tell: rows taken out by a person, cells of which there are two texts, a list cut short.
    pub told: Told,
}

/// What a person should know of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The papers that a person took out since the last time, each with its topic.
    pub dismissed: Vec<(String, String)>,
    /// The cells that a person edited and that would read otherwise now.
    pub conflicts: Vec<ConflictTold>,
    /// Why topics wait for a person while the others are written, in words.
    pub waits: Vec<String>,
    /// In words.
    pub notes: Vec<String>,
}

impl Projected {
    /// Why topics of it wait for a person; none where it is current.
    pub fn waits(&self) -> Option<String> {
        (!self.told.waits.is_empty()).then(|| self.told.waits.join("\n"))
    }
}

impl Told {
    /// One sentence for each thing.
    pub fn in_words(&self) -> Vec<String> {
        let dismissed = self.dismissed.iter().map(|(topic, paper)| {
            format!("{paper} was taken out of {topic} by hand and is not written there again (`paperwire list restore {paper}` undoes that)")
        });
        let conflicts = self.conflicts.iter().map(|conflict| {
            let ConflictTold { topic, paper, column, theirs, wanted } = conflict;
            format!("{paper} in {topic}: its {column} was edited by hand to \"{theirs}\", which stands; it would be \"{wanted}\"")
        });
        let waits = self.waits.iter().cloned();
        waits.chain(dismissed).chain(conflicts).chain(self.notes.iter().cloned()).collect()
    }
}

/// What a list is and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What its files would be.
    pub curation: Curation,
    /// What they are; a file that does not stand yet is missing.
    pub standing: Files,
    /// What a pull request would say of it, where one is made.
    pub body: Option<String>,
}

impl Proposal {
    /// The files that would be written: their names, empty for the list's own, with what stands and what would.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        let all = self.curation.wanted.iter().map(|(file, wanted)| {
            (file.as_str(), self.standing.get(file).map(AsRef::as_ref), wanted.as_ref())
        });
        all.filter(|(_, standing, wanted)| *standing != Some(*wanted))
    }

    /// What beside the list would be written.
    pub fn beside(&self) -> Vec<Beside> {
        self.changes().filter_map(|(file, ..)| Beside::called(file)).collect()
    }

    /// Whether anything would be written.
    pub fn is_change(&self) -> bool {
        self.changes().next().is_some()
    }

    /// What a person should know of it.
    pub fn told(&self) -> Told {
        let Curation { conflicts, waits, notes, .. } = &self.curation;
        Told {
            dismissed: self.curation.dismissed_in_words().collect(),
            conflicts: conflicts.clone(),
            waits: waits.clone(),
            notes: notes.clone(),
        }
    }
}

/// What one list would be by the history, writing nothing. Where no topic of it has been polled yet there is
/// nothing to say. An error says why the list must be left as it is.
pub fn propose(store: &Store, list: &List<'_>, now: Timestamp) -> Result<Option<Proposal>> {
    match polled(store, list)? {
        Some(topics) => {
            let (standing, ours) = standing(store, list)?;
            Ok(Some(proposed(store, list, topics, standing, &ours, now)?))
        }
        None => Ok(None),
    }
}

/// Brings one list's files to what the history says; without a polled topic they are left alone, and where nothing has
/// changed since they were left there is nothing to do.
pub fn project(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<Projected> {
    rewriting::finish(store, list)?;
    let Some(topics) = polled(store, list)? else { return Ok(Projected::default()) };
    let made_of = left::made_of(store, list, &topics)?;
    if let Some(left) = left::still(store, list, made_of)? {
        noted(store, list.name, Ok(()))?;
        let told = Told { notes: left.notes, ..Told::default() };
        return Ok(Projected { rows: left.rows, told, ..Projected::default() });
    }
    let (standing, ours) = standing(store, list)?;
    let proposal = proposed(store, list, topics, standing, &ours, now);
    let proposal = noted(store, list.name, proposal)?;
    let curation = &proposal.curation;
    // First, so that a row which was put back is never generated for a list that does not want it.
    store.restore(list.name, &curation.restored)?;
    if proposal.is_change() || !ours.is_settled(&curation.generated) {
        store.intend(list.name, &curation.generated, &curation.dismissed)?;
        rewriting::write(store, list, &proposal)?;
    } else {
        store.dismiss(list.name, &curation.dismissed)?;
    }
    store.note_rows_by_hand(list.name, &curation.by_hand)?;
    store.note_archived(list.name, &curation.archived)?;
    take_in_added(store, &curation.added, &proposal.standing, now)?;
    note_rows_seen(store, list, &curation.wanted, now)?;
    // The print is that of the beginning. A row that was taken out since is not in it, and were it restored, the print would
    // be the same again: then the next turn looks once more. What waits is said in every turn.
    let is_whole = curation.dismissed.is_empty() && curation.restored.is_empty() && curation.waits.is_empty();
    let left = is_whole.then(|| left::of(curation, made_of));
    store.settle(list.name, left.as_ref())?;
    let changed = proposal.changes().map(|(file, ..)| file.to_owned());
    let archives = changed.filter(|file| file != OWN && !is_beside(file)).collect();
    let changed = proposal.is_change();
    Ok(Projected { rows: curation.rows, changed, archives, pull: None, told: proposal.told() })
}

/// The list's topics, once one of them has been polled.
pub(super) fn polled(store: &Store, list: &List<'_>) -> Result<Option<Vec<TopicRecord>>> {
    let topics = list.topics.iter().map(|topic| store.topic(topic)).collect::<Result<Vec<_>>>()?;
    Ok((!topics.iter().all(TopicRecord::is_untouched)).then_some(topics))
}

/// What stands in those files of a list of which something is ours, as far as it can be read, with that.
pub(super) fn standing(store: &Store, list: &List<'_>) -> Result<(Files, Generated)> {
    let (mut standing, mut at_hand) = (Files::new(), AtHand::default());
    for file in store.generated_names(list.name)? {
        if let Ok(Some(text)) = list::read(&list.path(&file)) {
            let text = text.into();
            at_hand.add(&text);
            standing.insert(file, text);
        }
    }
    Ok((standing, store.generated(list.name, &mut at_hand)?))
}

fn proposed(
    store: &Store,
    list: &List<'_>,
    topics: Vec<TopicRecord>,
    mut standing: Files,
    ours: &Generated,
    now: Timestamp,
) -> Result<Proposal> {
    let is_known = !ours.written.is_empty();
    let files: Vec<&Files> =
        [&ours.written, &ours.intended].into_iter().filter(|files| !files.is_empty()).collect();
    let ours = Ours { files: &files, is_known, proposed: &[], branch: None, is_past: false };
    let mut read = |file: &str| {
        if let Some(text) = standing.get(file) {
            return Ok(Some(Arc::clone(text)));
        }
        let text: Option<Arc<str>> = list::read(&list.path(file))?.map(Into::into);
        if let Some(text) = &text {
            standing.insert(file.to_owned(), Arc::clone(text));
        }
        Ok(text)
    };
    let curation = curate(store, list, ours, &mut Drafts::new(topics), &mut read, now)?;
    Ok(Proposal { curation, standing, body: None })
}
