//! A list's files at one commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;

use super::Kept;
use crate::domain::{CommitId, TreePath};
use crate::list::git::{Change, Content, Repository};
use crate::pipeline::curate::{Curation, curate};
use crate::pipeline::tables::Drafts;
use crate::store::{Files, Store};

/// The files of a list as far as they were read; none for one that does not stand there.
#[derive(Debug)]
pub(super) struct Ground {
    commit: CommitId,
    loaded: BTreeMap<String, Option<Arc<str>>>,
}

impl Ground {
    pub(super) fn new(commit: &CommitId) -> Self {
        Self { commit: commit.clone(), loaded: BTreeMap::new() }
    }

    /// The files that stand there.
    pub(super) fn files(&self) -> Files {
        let standing = self.loaded.iter().filter_map(|(file, text)| Some((file.clone(), text.clone()?)));
        standing.collect()
    }

    pub(super) async fn load(&mut self, repository: &Repository, kept: &Kept<'_>, file: &str) -> Result<()> {
        let path = path(kept, file)?;
        let text = match repository.read(&self.commit, &path).await? {
            Some(file) => {
                Some(String::from_utf8(file.bytes).with_context(|| format!("{path} is not UTF-8"))?.into())
            }
            None => None,
        };
        self.loaded.insert(file.to_owned(), text);
        Ok(())
    }

    /// What becomes of the files. Which ones are needed shows on the way.
    pub(super) async fn curate(
        &mut self,
        repository: &Repository,
        store: &Store,
        kept: &Kept<'_>,
        ours: &[Files],
        drafts: &mut Drafts,
        now: Timestamp,
    ) -> Result<Curation> {
        let ours: Vec<&Files> = ours.iter().collect();
        loop {
            let mut missing = Vec::new();
            let mut read = |file: &str| {
                let known = self.loaded.get(file).cloned();
                known.ok_or_else(|| {
                    missing.push(file.to_owned());
                    anyhow!("{file:?} was not read yet")
                })
            };
            let curation = curate(store, &kept.list, &ours, drafts, &mut read, now);
            if missing.is_empty() {
                return curation;
            }
            for file in missing {
                self.load(repository, kept, &file).await?;
            }
        }
    }

    /// What has to change for the files to be these.
    pub(super) fn changes(&self, kept: &Kept<'_>, wanted: &Files) -> Result<Vec<Change>> {
        let differing = wanted
            .iter()
            .filter(|(file, text)| self.loaded.get(*file).and_then(Option::as_ref) != Some(text));
        let each = differing.map(|(file, text)| {
            Ok(Change { path: path(kept, file)?, content: Content::Bytes(text.as_bytes().to_vec()) })
        });
        each.collect()
    }
}

/// Where one of a list's files is in its repository.
fn path(kept: &Kept<'_>, file: &str) -> Result<TreePath> {
    if file.is_empty() {
        return Ok(kept.path.clone());
    }
    if let Some(path) = kept.list.path_beside(file) {
        let path = path.to_string_lossy();
        return path.parse().with_context(|| format!("the {file} {path:?}"));
    }
    let path = match kept.path.as_str().rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{file}"),
        None => file.to_owned(),
    };
    path.parse().with_context(|| format!("the archive file {path:?}"))
}
