//! Bringing a list's files to what the history says, with what people did to them. Compared first, and written only
//! where something differs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::adopt::record_added;
use super::exports::{is_export, note_rows_seen};
use super::generate::{LIST_FILE, TableCache};
use super::merge::{ConflictReport, MergeBase, MergedList, merge_files, record_doubts};
use super::{checkpoint, write};
use crate::domain::{ArchivePattern, Column, Export};
use crate::list;
use crate::store::{FileTexts, GeneratedFiles, Store, TextCache, TopicRecord};

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
    /// The exports that are written with it.
    pub exports: &'a [(Export, PathBuf)],
}

impl List<'_> {
    /// Where one of its files is.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        match self.export_path(file) {
            Some(path) => path.to_owned(),
            None if file == LIST_FILE => self.file.to_owned(),
            None => self.file.with_file_name(file),
        }
    }

    /// Where an export is; none if the list has no such export.
    pub(super) fn export_path(&self, file: &str) -> Option<&Path> {
        let beside = self.exports.iter().find(|(form, _)| form.name() == file);
        beside.map(|(_, path)| path.as_path())
    }

    /// The name of its own file, without folders.
    pub(super) fn file_name(&self) -> String {
        self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListReport {
    /// Rows in all tables of its own file.
    pub rows: usize,
    /// Whether a file was written.
    pub changed: bool,
    /// The archive files that were written.
    pub archives: Vec<String>,
    /// The page of the pull request that it is proposed by, where there is one.
    pub pull_request_url: Option<String>,
    /// What else there is to tell: rows taken out by a person, cells of which there are two texts, a list cut short.
    pub remarks: ListRemarks,
}

/// What a person should know of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListRemarks {
    /// The papers that a person took out since the last time, each with its topic.
    pub dismissed: Vec<(String, String)>,
    /// The cells that a person edited and that would read otherwise now.
    pub conflicts: Vec<ConflictReport>,
    /// Why topics wait for a person while the others are written, in words.
    pub blocked: Vec<String>,
    /// In words.
    pub notes: Vec<String>,
}

impl ListReport {
    /// Why topics of it wait for a person; none where it is current.
    pub fn blocked_reason(&self) -> Option<String> {
        (!self.remarks.blocked.is_empty()).then(|| self.remarks.blocked.join("\n"))
    }
}

impl ListRemarks {
    /// One sentence for each thing.
    pub fn sentences(&self) -> Vec<String> {
        let dismissed = self.dismissed.iter().map(|(topic, paper)| {
            format!("{paper} was taken out of {topic} by hand and is not written there again (`paperwire list restore {paper}` undoes that)")
        });
        let conflicts = self.conflicts.iter().map(|conflict| {
            let ConflictReport { topic, paper, column, edited: theirs, desired: wanted } = conflict;
            format!("{paper} in {topic}: its {column} was edited by hand to \"{theirs}\", which stands; it would be \"{wanted}\"")
        });
        let waits = self.blocked.iter().cloned();
        waits.chain(dismissed).chain(conflicts).chain(self.notes.iter().cloned()).collect()
    }
}

/// What a list is and what it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProposal {
    /// What its files would be.
    pub merged: MergedList,
    /// What they are; a file that does not stand yet is missing.
    pub edited: FileTexts,
    /// What a pull request would say of it, where one is made.
    pub body: Option<String>,
}

impl ListProposal {
    /// The files that would be written: their names, empty for the list's own, with what stands and what would.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        let all =
            self.merged.files.iter().map(|(file, wanted)| {
                (file.as_str(), self.edited.get(file).map(AsRef::as_ref), wanted.as_ref())
            });
        all.filter(|(_, standing, wanted)| *standing != Some(*wanted))
    }

    /// The exports that would be written.
    pub fn changed_exports(&self) -> Vec<Export> {
        self.changes().filter_map(|(file, ..)| Export::from_name(file)).collect()
    }

    /// Whether anything would be written.
    pub fn has_changes(&self) -> bool {
        self.changes().next().is_some()
    }

    /// What a person should know of it.
    pub fn remarks(&self) -> ListRemarks {
        let MergedList { conflicts, blocked: waits, notes, .. } = &self.merged;
        ListRemarks {
            dismissed: self.merged.dismissed_papers().collect(),
            conflicts: conflicts.clone(),
            blocked: waits.clone(),
            notes: notes.clone(),
        }
    }
}

/// What one list would be by the history, writing nothing. Where no topic of it has been polled yet there is
/// nothing to say. An error says why the list must be left as it is.
pub fn propose(store: &Store, list: &List<'_>, now: Timestamp) -> Result<Option<ListProposal>> {
    match polled_topics(store, list)? {
        Some(topics) => {
            let (standing, ours) = read_edited_and_base(store, list)?;
            Ok(Some(merge_list(store, list, topics, standing, &ours, now)?))
        }
        None => Ok(None),
    }
}

/// Brings one list's files to what the history says; without a polled topic they are left alone, and where nothing has
/// changed since they were left there is nothing to do.
pub fn sync(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<ListReport> {
    write::finish_interrupted(store, list)?;
    let Some(topics) = polled_topics(store, list)? else { return Ok(ListReport::default()) };
    let made_of = checkpoint::input_fingerprint(store, list, &topics)?;
    if let Some(left) = checkpoint::find_unchanged(store, list, made_of)? {
        record_doubts(store, list.name, Ok(()))?;
        let told = ListRemarks { notes: left.notes, ..ListRemarks::default() };
        return Ok(ListReport { rows: left.rows, remarks: told, ..ListReport::default() });
    }
    let (standing, ours) = read_edited_and_base(store, list)?;
    let proposal = merge_list(store, list, topics, standing, &ours, now);
    let proposal = record_doubts(store, list.name, proposal)?;
    let curation = &proposal.merged;
    // First, so that a row which was put back is never generated for a list that does not want it.
    store.restore(list.name, &curation.restored)?;
    if proposal.has_changes() || !ours.is_settled(&curation.generated) {
        store.note_intended_files(list.name, &curation.generated, &curation.dismissed)?;
        write::write_changes(store, list, &proposal)?;
    } else {
        store.dismiss(list.name, &curation.dismissed)?;
    }
    store.note_manual_rows(list.name, &curation.rows_by_hand)?;
    store.note_archive_volumes(list.name, &curation.regenerated_volumes)?;
    record_added(store, &curation.added, &proposal.edited, now)?;
    note_rows_seen(store, list, &curation.files, now)?;
    // The print is that of the beginning. A row that was taken out since is not in it, and were it restored, the print would
    // be the same again: then the next turn looks once more. What waits is said in every turn.
    let is_whole =
        curation.dismissed.is_empty() && curation.restored.is_empty() && curation.blocked.is_empty();
    let left = is_whole.then(|| checkpoint::new_checkpoint(curation, made_of));
    store.note_written_files(list.name, left.as_ref())?;
    let changed = proposal.changes().map(|(file, ..)| file.to_owned());
    let archives = changed.filter(|file| file != LIST_FILE && !is_export(file)).collect();
    let changed = proposal.has_changes();
    Ok(ListReport {
        rows: curation.rows,
        changed,
        archives,
        pull_request_url: None,
        remarks: proposal.remarks(),
    })
}

/// The list's topics, once one of them has been polled.
pub(super) fn polled_topics(store: &Store, list: &List<'_>) -> Result<Option<Vec<TopicRecord>>> {
    let topics = list.topics.iter().map(|topic| store.ensure_topic(topic)).collect::<Result<Vec<_>>>()?;
    Ok((!topics.iter().all(TopicRecord::is_untouched)).then_some(topics))
}

/// What stands in those files of a list of which something is ours, as far as it can be read, with that.
pub(super) fn read_edited_and_base(store: &Store, list: &List<'_>) -> Result<(FileTexts, GeneratedFiles)> {
    let (mut standing, mut at_hand) = (FileTexts::new(), TextCache::default());
    for file in store.generated_file_names(list.name)? {
        if let Ok(Some(text)) = list::read(&list.path(&file)) {
            let text = text.into();
            at_hand.add(&text);
            standing.insert(file, text);
        }
    }
    Ok((standing, store.generated_files(list.name, &mut at_hand)?))
}

fn merge_list(
    store: &Store,
    list: &List<'_>,
    topics: Vec<TopicRecord>,
    mut standing: FileTexts,
    ours: &GeneratedFiles,
    now: Timestamp,
) -> Result<ListProposal> {
    let is_known = !ours.written.is_empty();
    let files: Vec<&FileTexts> =
        [&ours.written, &ours.intended].into_iter().filter(|files| !files.is_empty()).collect();
    let ours = MergeBase { files: &files, is_known, proposed: &[], branch: None, is_past: false };
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
    let curation = merge_files(store, list, ours, &mut TableCache::new(topics), &mut read, now)?;
    Ok(ListProposal { merged: curation, edited: standing, body: None })
}
