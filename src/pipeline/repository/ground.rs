//! A list's files at one commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;

use super::{Kept, Visit};
use crate::domain::{CommitId, TreePath};
use crate::list::git::{BlobId, Change, Content};
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

    /// Reads these files.
    pub(super) async fn load(&mut self, visit: &mut Visit, kept: &Kept<'_>, names: &[String]) -> Result<()> {
        let paths = names.iter().map(|name| path(kept, name)).collect::<Result<Vec<_>>>()?;
        let files = visit.repository.files(&self.commit, &paths.iter().collect::<Vec<_>>()).await?;
        let unread: Vec<&BlobId> =
            files.values().map(|file| &file.blob).filter(|blob| !visit.texts.contains_key(*blob)).collect();
        let contents = visit.repository.contents(&unread).await?;
        let unread: HashMap<&BlobId, Vec<u8>> = unread.into_iter().zip(contents).collect();
        for (name, path) in names.iter().zip(&paths) {
            let text = match files.get(path.as_str()).map(|file| &file.blob) {
                None => None,
                Some(blob) => Some(match (visit.texts.get(blob), unread.get(blob)) {
                    (Some(text), _) => Arc::clone(text),
                    (None, bytes) => {
                        let bytes = bytes.map_or(&[][..], Vec::as_slice);
                        let text =
                            std::str::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?;
                        let text: Arc<str> = text.into();
                        visit.at_hand.add(&text);
                        visit.texts.insert(blob.clone(), Arc::clone(&text));
                        text
                    }
                }),
            };
            self.loaded.insert(name.clone(), text);
        }
        Ok(())
    }

    /// What becomes of the files. Which ones are needed shows on the way.
    pub(super) async fn curate(
        &mut self,
        visit: &mut Visit,
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
            self.load(visit, kept, &missing).await?;
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
