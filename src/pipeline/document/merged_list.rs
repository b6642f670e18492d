//! What becomes of a list's files, and what that is worked out from.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::list_settings_and_report::{CellConflictReport, ListRemarks};
use crate::domain::{Branch, ExportFormat, PaperId};
use crate::store::{ArchiveVolumeRecord, Dismissal, FileTexts, ManualRow};

/// Reads a file of a list; none if there is no such file.
pub type ListFileReader<'a> = dyn FnMut(&str) -> Result<Option<Arc<str>>> + 'a;

/// What was generated for a list's files before.
#[derive(Debug)]
pub struct GeneratedMergeBase {
    /// What is known to have been written, and behind it what was about to be, and may have been.
    pub files: Vec<FileTexts>,
    /// Whether the first of these is known to have been written.
    pub is_known: bool,
    /// What was generated to be proposed: a row may come from there.
    pub proposed: Vec<FileTexts>,
    /// Our branch that is merged; none if it is the list itself.
    pub branch: Option<Branch>,
    /// Whether what is there may be older than the base: then a row that is missing is no reason for doubt.
    pub is_past: bool,
}

impl GeneratedMergeBase {
    /// The base of these texts, the surest first; none of them is known to have been written if the first is empty.
    pub(super) fn from_texts(first: FileTexts, others: impl IntoIterator<Item = FileTexts>) -> Self {
        let is_known = !first.is_empty();
        let files = std::iter::once(first).chain(others).filter(|files| !files.is_empty()).collect();
        Self { files, is_known, proposed: Vec::new(), branch: None, is_past: false }
    }
}

/// What becomes of a list's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergedList {
    /// The files as the history has them, in their places.
    pub generated: FileTexts,
    /// The files as they are to read.
    pub files: FileTexts,
    /// Rows in all tables of the list's own file.
    pub rows: usize,
    /// The papers whose rows a person deleted since the last time.
    pub dismissed: Vec<Dismissal>,
    /// The papers whose rows a person restored since then.
    pub restored: Vec<Dismissal>,
    /// Papers whose rows stay although they are not generated, or not known to have been: a person wrote in them, or added
    /// them.
    pub rows_by_hand: Vec<ManualRow>,
    /// What a person edited and what changed since, in words.
    pub conflicts: Vec<CellConflictReport>,
    /// For each topic the papers of rows that people added.
    pub added: Vec<(String, Vec<PaperId>)>,
    /// Why topics wait for a person while the others are written, in words.
    pub blocked: Vec<String>,
    /// Whatever else there is to report.
    pub notes: Vec<String>,
    /// The volumes of the archive that were generated again, by their names.
    pub regenerated_archive_volumes: BTreeMap<String, ArchiveVolumeRecord>,
}

impl MergedList {
    /// What a person should know of it.
    pub fn collect_list_remarks(&self) -> ListRemarks {
        ListRemarks {
            dismissed: self.dismissed_papers().collect(),
            conflicts: self.conflicts.clone(),
            blocked: self.blocked.clone(),
            notes: self.notes.clone(),
        }
    }

    /// The topic and the paper of each row that a person deleted.
    pub(super) fn dismissed_papers(&self) -> impl Iterator<Item = (String, String)> {
        self.dismissed.iter().map(|one| (one.topic.clone(), one.paper.to_string()))
    }
}

/// What a list's files are and what they are to be. A preview shows it, a run writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFilesBeforeAndAfter {
    /// What its files are to be.
    pub merged: MergedList,
    /// What they are; a file that does not exist yet is missing.
    pub edited: FileTexts,
    /// The body of the pull request, if there is to be one.
    pub body: Option<String>,
}

impl ListFilesBeforeAndAfter {
    /// The files that would be written: their names, empty for the list's own, with what is there and what would be.
    pub fn changed_list_files(&self) -> impl Iterator<Item = (&str, Option<&str>, &str)> {
        let all = self.merged.files.iter().map(|(file, desired)| {
            (file.as_str(), self.edited.get(file).map(AsRef::as_ref), desired.as_ref())
        });
        all.filter(|(_, edited, desired)| *edited != Some(*desired))
    }

    /// The exports that would be written.
    pub fn changed_exports(&self) -> Vec<ExportFormat> {
        self.changed_list_files().filter_map(|(file, ..)| ExportFormat::from_name(file)).collect()
    }

    /// Whether anything would be written.
    pub fn has_changes(&self) -> bool {
        self.changed_list_files().next().is_some()
    }
}
