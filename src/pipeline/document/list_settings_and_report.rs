//! One list as the configuration has it, and what there is to report of it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use crate::domain::{ArchivePattern, Column, ExportFormat};
use crate::list;
use crate::store::{FileTexts, GeneratedFiles, Store, TextCacheByFingerprint, TopicRecord};

/// The name of the list's own file among its files.
pub(super) const LIST_FILE: &str = "";

/// GitHub shows so many bytes of a file and no more.
/// Source: <https://github.com/isaacs/github/issues/1610>.
pub(super) const FILE_BYTES_MAX: usize = 512_000;

/// One list as the configuration has it.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// The name that identifies the list.
    pub name: &'a str,
    /// The list's file.
    pub file: &'a Path,
    /// The list's topics, in the order in which a new file gets them.
    pub topics: &'a [String],
    /// Rows in each table at the most.
    pub rows_max: u32,
    /// The columns of each table.
    pub columns: &'a [Column],
    /// Where older rows go.
    pub archive: Option<&'a ArchivePattern>,
    /// Hosts in addition to GitHub whose repositories count as code.
    pub code_hosts: &'a [String],
    /// The exports that are written with it.
    pub exports: &'a [(ExportFormat, PathBuf)],
}

impl List<'_> {
    /// Where one of its files is.
    pub(super) fn file_path(&self, file: &str) -> PathBuf {
        match self.export_path(file) {
            Some(path) => path.to_owned(),
            None if file == LIST_FILE => self.file.to_owned(),
            None => self.file.with_file_name(file),
        }
    }

    /// Whether a topic is one of its own.
    pub(super) fn has_topic(&self, topic: &str) -> bool {
        self.topics.iter().any(|own| own == topic)
    }

    /// Where an export is; none if the list has no such export.
    pub(super) fn export_path(&self, file: &str) -> Option<&Path> {
        let export = self.exports.iter().find(|(form, _)| form.name() == file);
        export.map(|(_, path)| path.as_path())
    }

    /// The name of its own file, without folders.
    pub(super) fn list_file_name(&self) -> String {
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
    /// The page of the pull request that it is proposed by, if there is one.
    pub pull_request_url: Option<String>,
    /// Why all of it stays as it is until a person does something; none if nothing is in its way.
    pub stuck_reason: Option<String>,
    /// What else there is to report: rows deleted by a person, cells of which there are two texts, a list cut short.
    pub remarks: ListRemarks,
}

/// What a person should know of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListRemarks {
    /// The papers whose rows a person deleted since the last time, each with its topic.
    pub dismissed: Vec<(String, String)>,
    /// The cells that a person edited and that would read otherwise now.
    pub conflicts: Vec<CellConflictReport>,
    /// Why topics wait for a person while the others are written, in words.
    pub blocked: Vec<String>,
    /// Other remarks, in words.
    pub notes: Vec<String>,
}

impl ListReport {
    /// Why topics of it wait for a person; none if there are none.
    pub fn topics_blocked_reason(&self) -> Option<String> {
        (!self.remarks.blocked.is_empty()).then(|| self.remarks.blocked.join("\n"))
    }

    /// Why it could not be brought up to date, as a whole or in some of its topics; none if it is current.
    pub fn failure_reason(&self) -> Option<String> {
        let reasons: Vec<_> =
            self.stuck_reason.clone().into_iter().chain(self.topics_blocked_reason()).collect();
        (!reasons.is_empty()).then(|| reasons.join("\n"))
    }
}

impl ListRemarks {
    /// One sentence for each thing.
    pub fn list_remark_sentences(&self) -> Vec<String> {
        let dismissed = self.dismissed.iter().map(|(topic, paper)| {
            format!("{paper} was taken out of {topic} by hand and is not written there again (`paperwire list restore {paper}` undoes that)")
        });
        let conflicts = self.conflicts.iter().map(|conflict| {
            let CellConflictReport { topic, paper, column, edited, desired } = conflict;
            format!("{paper} in {topic}: its {column} was edited by hand to \"{edited}\", which stays; without that it would be \"{desired}\"")
        });
        let blocked = self.blocked.iter().cloned();
        blocked.chain(dismissed).chain(conflicts).chain(self.notes.iter().cloned()).collect()
    }
}

/// A cell of which a person and a new version of the paper have two texts; the person's stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellConflictReport {
    /// The topic.
    pub topic: String,
    /// The paper, or the address that the row leads to.
    pub paper: String,
    /// The column, in lower case.
    pub column: String,
    /// What the person wrote.
    #[serde(rename = "stands")]
    pub edited: String,
    /// What would be there otherwise.
    #[serde(rename = "would_be")]
    pub desired: String,
}

/// The list's topics, once one of them has been polled.
pub(super) fn topics_if_any_polled(store: &Store, list: &List<'_>) -> Result<Option<Vec<TopicRecord>>> {
    let topics = list.topics.iter().map(|topic| store.ensure_topic(topic)).collect::<Result<Vec<_>>>()?;
    Ok((!topics.iter().all(TopicRecord::is_awaiting_first_poll_result)).then_some(topics))
}

/// What is in those files of a list for which something was generated, as far as it can be read, with what was generated.
pub(super) fn read_edited_and_base_files(
    store: &Store,
    list: &List<'_>,
) -> Result<(FileTexts, GeneratedFiles)> {
    let (mut edited, mut text_cache) = (FileTexts::new(), TextCacheByFingerprint::default());
    for file in store.generated_file_names(list.name)? {
        if let Ok(Some(text)) = list::read_list_file(&list.file_path(&file)) {
            let text = text.into();
            text_cache.cache_text(&text);
            edited.insert(file, text);
        }
    }
    Ok((edited, store.recorded_generated_files(list.name, &mut text_cache)?))
}
