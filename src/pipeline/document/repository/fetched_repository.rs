//! A list's repository, as it was fetched for this run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::repository_list_settings::{RepositoryListSettings, list_label};
use crate::domain::CommitId;
use crate::list::git::{Blob, BranchHeads, Repository};
use crate::store::TextCacheByFingerprint;

/// A repository as it was fetched for this run.
#[derive(Debug)]
pub struct RepositorySession {
    pub(super) repository: Repository,
    pub(super) heads: BranchHeads,
    /// The base whose rows were searched for papers that people added.
    pub(super) adopted_base: CommitId,
    /// Commits, and the pushes of which nothing was found in them.
    pub(super) not_merged: HashSet<(CommitId, CommitId)>,
    /// Every file's text that was read.
    pub(super) blob_texts: HashMap<Blob, Arc<str>>,
    /// The texts by their fingerprints, and what was read of the history.
    pub(super) text_cache: TextCacheByFingerprint,
}

impl RepositorySession {
    pub(super) async fn fetch_base(
        mut repository: Repository,
        target: &RepositoryListSettings<'_>,
    ) -> Result<Self> {
        let heads = repository
            .fetch_branch_heads(target.base, &target.proposal_branch()?)
            .await
            .with_context(|| list_label(target))?;
        Ok(Self {
            repository,
            adopted_base: heads.base.commit.clone(),
            heads,
            not_merged: HashSet::new(),
            blob_texts: HashMap::new(),
            text_cache: TextCacheByFingerprint::default(),
        })
    }
}
