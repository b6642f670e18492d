//! One list on its way into its repository.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;

use super::fetched_repository::RepositorySession;
use super::repository_list_settings::RepositoryListSettings;
use crate::list::forge::{PullRequest, PullRequestBranches};
use crate::pipeline::document::generate_tables::GeneratedTableCache;
use crate::pipeline::document::list_settings_and_report::ListReport;
use crate::store::{PendingReview, Store};

/// One list on its way.
pub(super) struct RepositorySync<'a> {
    pub(super) store: &'a mut Store,
    pub(super) target: &'a RepositoryListSettings<'a>,
    pub(super) session: RepositorySession,
    pub(super) table_cache: GeneratedTableCache,
    pub(super) now: Timestamp,
    pub(super) report: ListReport,
    pub(super) pending_review: Option<PendingReview>,
    /// The pull requests of branches before the latest that are closed or merged, by the numbers of their branches.
    pub(super) closed_pulls: BTreeMap<u32, PullRequest>,
}

impl RepositorySync<'_> {
    /// Fetches where the branches are now.
    pub(super) async fn refresh_heads(&mut self) -> Result<()> {
        self.session.heads = self
            .session
            .repository
            .fetch_branch_heads(self.target.base, &self.target.proposal_branch()?)
            .await?;
        Ok(())
    }

    /// One of our branches and the base, as a forge names them.
    pub(super) fn pull_request_branches(&self, number: u32) -> Result<PullRequestBranches> {
        let head = self.target.proposal_branch()?.nth_branch(number).to_string();
        Ok(PullRequestBranches { head, base: self.session.heads.base.branch.to_string() })
    }
}
