//! A list's repository that was just looked at.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::repository_list::{RepositoryList, list_label};
use crate::domain::CommitId;
use crate::list::git::{Blob, BranchHeads, Repository};
use crate::store::TextCache;

/// A repository that was just looked at.
#[derive(Debug)]
pub struct RepositorySession {
    pub(super) repository: Repository,
    pub(super) heads: BranchHeads,
    /// The base whose rows were looked at for papers that people added.
    pub(super) adopted_base: CommitId,
    /// Commits, and the pushes of which nothing was found in them.
    pub(super) not_merged: HashSet<(CommitId, CommitId)>,
    /// Every file's text that was read.
    pub(super) blob_texts: HashMap<Blob, Arc<str>>,
    /// The texts by their fingerprints, and what was read of the history.
    pub(super) text_cache: TextCache,
}

impl RepositorySession {
    pub(super) async fn start(mut repository: Repository, kept: &RepositoryList<'_>) -> Result<Self> {
        let heads =
            repository.fetch_heads(kept.base, &kept.branch()?).await.with_context(|| list_label(kept))?;
        let (observed, not_taken, at_hand) =
            (heads.base.commit.clone(), HashSet::new(), TextCache::default());
        Ok(Self {
            repository,
            heads,
            adopted_base: observed,
            not_merged: not_taken,
            blob_texts: HashMap::new(),
            text_cache: at_hand,
        })
    }
}
