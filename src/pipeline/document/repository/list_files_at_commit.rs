//! A list's files at one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;

use super::fetched_repository::RepositorySession;
use super::repository_list_settings::RepositoryListSettings;
use crate::domain::{CommitId, TreePath};
use crate::list::git::{Blob, TreeFileWrite};
use crate::pipeline::document::generate_tables::GeneratedTableCache;
use crate::pipeline::document::list_settings_and_report::LIST_FILE;
use crate::pipeline::document::merge::merge_list_files;
use crate::pipeline::document::merged_list::{GeneratedMergeBase, MergedList};
use crate::store::{FileTexts, Store};

/// The files of a list as far as they were read; none for one that does not exist.
#[derive(Debug)]
pub(super) struct ListFilesAtCommit {
    commit: CommitId,
    loaded: BTreeMap<String, Option<Arc<str>>>,
}

impl ListFilesAtCommit {
    /// With no file read yet.
    pub(super) fn new(commit: &CommitId) -> Self {
        Self { commit: commit.clone(), loaded: BTreeMap::new() }
    }

    /// With the list's own file, and those for which something was generated.
    pub(super) async fn load_list_and_generated_files(
        commit: &CommitId,
        session: &mut RepositorySession,
        store: &Store,
        target: &RepositoryListSettings<'_>,
    ) -> Result<Self> {
        let mut snapshot = Self::new(commit);
        snapshot.load_files_with_generated_text(session, store, target).await?;
        Ok(snapshot)
    }

    /// The files that exist.
    pub(super) fn existing_files(&self) -> FileTexts {
        let existing = self.loaded.iter().filter_map(|(file, text)| Some((file.clone(), text.clone()?)));
        existing.collect()
    }

    async fn load_files_with_generated_text(
        &mut self,
        session: &mut RepositorySession,
        store: &Store,
        target: &RepositoryListSettings<'_>,
    ) -> Result<()> {
        let names = store.generated_file_names(target.list.name)?.into_iter();
        let names = names.chain(store.pushed_file_names(target.list.name)?).chain([LIST_FILE.to_owned()]);
        let names: BTreeSet<_> = names.filter(|name| !self.loaded.contains_key(name)).collect();
        self.load_files_of_commit(session, target, &names.into_iter().collect::<Vec<_>>()).await
    }

    /// Reads these files.
    pub(super) async fn load_files_of_commit(
        &mut self,
        session: &mut RepositorySession,
        target: &RepositoryListSettings<'_>,
        names: &[String],
    ) -> Result<()> {
        let paths = names.iter().map(|name| tree_path(target, name)).collect::<Result<Vec<_>>>()?;
        let files =
            session.repository.find_files_at_commit(&self.commit, &paths.iter().collect::<Vec<_>>()).await?;
        let unread: Vec<&Blob> = files
            .values()
            .map(|file| &file.blob)
            .filter(|blob| !session.blob_texts.contains_key(*blob))
            .collect();
        let RepositorySession { repository, blob_texts, text_cache, .. } = session;
        let take = |blob: &Blob, bytes: &[u8]| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let text: Arc<str> = text.into();
                text_cache.cache_text(&text);
                blob_texts.insert(blob.clone(), text);
            }
        };
        repository.read_blobs(&unread, take).await?;
        for (name, path) in names.iter().zip(&paths) {
            let text = match files.get(path.as_str()) {
                Some(file) => {
                    let text = session.blob_texts.get(&file.blob);
                    Some(Arc::clone(text.with_context(|| format!("{path} is not UTF-8"))?))
                }
                None => None,
            };
            self.loaded.insert(name.clone(), text);
        }
        Ok(())
    }

    /// What becomes of the files. Which ones are needed is found out as they are read.
    pub(super) async fn merge_list(
        &mut self,
        session: &mut RepositorySession,
        store: &Store,
        target: &RepositoryListSettings<'_>,
        base: &GeneratedMergeBase,
        table_cache: &mut GeneratedTableCache,
        now: Timestamp,
    ) -> Result<MergedList> {
        self.load_files_with_generated_text(session, store, target).await?;
        loop {
            let mut missing = Vec::new();
            let mut read = |file: &str| {
                let known = self.loaded.get(file).cloned();
                known.ok_or_else(|| {
                    missing.push(file.to_owned());
                    anyhow!("{file:?} was not read yet")
                })
            };
            let merged = merge_list_files(store, &target.list, base, table_cache, &mut read, now);
            if missing.is_empty() {
                return merged;
            }
            self.load_files_of_commit(session, target, &missing).await?;
        }
    }

    /// What has to change for the files to be these.
    pub(super) fn tree_changes(
        &self,
        target: &RepositoryListSettings<'_>,
        desired: &FileTexts,
    ) -> Result<Vec<TreeFileWrite>> {
        let differing = desired
            .iter()
            .filter(|(file, text)| self.loaded.get(*file).and_then(Option::as_ref) != Some(text));
        let each = differing.map(|(file, text)| {
            Ok(TreeFileWrite { path: tree_path(target, file)?, bytes: text.as_bytes().to_vec() })
        });
        each.collect()
    }
}

/// Where one of a list's files is in its repository.
pub(super) fn tree_path(target: &RepositoryListSettings<'_>, file: &str) -> Result<TreePath> {
    if file.is_empty() {
        return Ok(target.path.clone());
    }
    if let Some(path) = target.list.export_path(file) {
        let path = path.to_string_lossy();
        return path.parse().with_context(|| format!("the {file} {path:?}"));
    }
    let path = format!("{}{file}", target.folder_prefix());
    path.parse().with_context(|| format!("the archive file {path:?}"))
}
