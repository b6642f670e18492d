//! The steps by which a list's branches and pull requests become what they should be.

use anyhow::{Result, anyhow, bail};

use super::build_push_record;
use super::observe_repository::RepositoryObservation;
use super::pull_request_body::{desired_body, desired_title};
use super::repository_list_settings::{PublishMode, PullRequestSettings};
use super::repository_sync_state::RepositorySync;
use crate::domain::pull_request_plan::ClosingReason;
use crate::domain::{Branch, CommitId};
use crate::list::forge::{ForgeError, NewPullRequest, OpenedPullRequest, PullRequest};
use crate::list::git::PushOutcome;
use crate::pipeline::document::merged_list::MergedList;

impl RepositorySync<'_> {
    pub(super) async fn push_desired_commit(
        &mut self,
        observation: &RepositoryObservation,
        number: u32,
        commit: &CommitId,
        expected: Option<&CommitId>,
    ) -> Result<()> {
        let branch = self.target.proposal_branch()?.nth_branch(number);
        let merged = observation.merged_list_of_branch(number, commit);
        let refused = self.try_push_commit(&branch, merged, commit, expected).await?;
        let Some(words) = refused else { return Ok(()) };
        // The remote may take no push that leaves out a commit which is there.
        let base = self.session.heads.base.commit.clone();
        let follower = match expected {
            Some(there) => {
                let repository = &self.session.repository;
                repository.commit_following_branch(commit, there, &base, &observation.message).await?
            }
            None => None,
        };
        match follower {
            Some(follower) => self.push_commit(&branch, merged, &follower, expected).await,
            None => bail!("the branch {branch} refuses the commit: {words}"),
        }
    }

    /// Pushes a commit that brings this to a branch. If the branch moved meanwhile, the next observation sees it.
    pub(super) async fn push_commit(
        &mut self,
        branch: &Branch,
        merged: &MergedList,
        commit: &CommitId,
        expected: Option<&CommitId>,
    ) -> Result<()> {
        match self.try_push_commit(branch, merged, commit, expected).await? {
            Some(words) => bail!("the branch {branch} refuses the commit: {words}"),
            None => Ok(()),
        }
    }

    /// As [`Self::push_commit`]; the remote's words if it refuses.
    async fn try_push_commit(
        &mut self,
        branch: &Branch,
        merged: &MergedList,
        commit: &CommitId,
        expected: Option<&CommitId>,
    ) -> Result<Option<String>> {
        self.store.note_push(self.target.list.name, &build_push_record(merged, commit, expected))?;
        match self.session.repository.push_commit(branch, commit, expected).await? {
            PushOutcome::Accepted => self.report.changed = true,
            PushOutcome::Stale => {}
            PushOutcome::Refused(words) => return Ok(Some(words)),
        }
        self.refresh_heads().await?;
        Ok(None)
    }

    pub(super) async fn delete_branch(&mut self, number: u32, expected: &CommitId) -> Result<()> {
        let branch = self.target.proposal_branch()?.nth_branch(number);
        if let PushOutcome::Refused(words) = self.session.repository.delete_branch(&branch, expected).await? {
            bail!("the branch {branch} is of no use any more and cannot be deleted: {words}");
        }
        self.refresh_heads().await
    }

    pub(super) async fn open_pull_request(
        &mut self,
        observation: &RepositoryObservation,
        number: u32,
    ) -> Result<()> {
        let PublishMode::PullRequest(_, settings) = &self.target.mode else { return Ok(()) };
        let branches = self.pull_request_branches(number)?;
        let proposal = NewPullRequest {
            title: observation.title.clone(),
            body: observation.body.clone(),
            draft: settings.draft,
        };
        self.closed_pulls.remove(&number);
        let opened = settings.forge.open_pull_request(&branches, &proposal).await;
        if let Err(ForgeError::NothingToPropose(_)) = opened {
            return Ok(()); // Somebody has merged the branch meanwhile.
        }
        let (OpenedPullRequest::New(pull) | OpenedPullRequest::Adopted(pull)) = opened?;
        self.store.note_open_pull_request(self.target.list.name, pull.number)?;
        self.report.changed = true;
        self.introduce_pull_request(settings, &pull).await
    }

    /// Gives a pull request its labels and asks the reviewers, once, also if the run that opened it did not come to it:
    /// what people change afterwards stays. A forge that will not have a reviewer has said so, and is not asked again.
    async fn introduce_pull_request(
        &mut self,
        settings: &PullRequestSettings<'_>,
        pull: &PullRequest,
    ) -> Result<()> {
        let list = self.target.list.name;
        if self.store.has_introduced_pull_request(list, pull.number)? {
            return Ok(());
        }
        settings.forge.add_labels(pull, settings.labels).await?;
        let asked = settings.forge.ask_reviewers(pull, settings.reviewers).await;
        if let Ok(()) | Err(ForgeError::Rejected(_)) = asked {
            self.store.note_pull_request_introduced(list, pull.number)?;
        }
        Ok(asked?)
    }

    pub(super) async fn update_pull_request(
        &mut self,
        observation: &RepositoryObservation,
        number: u64,
    ) -> Result<()> {
        let PublishMode::PullRequest(_, settings) = &self.target.mode else { return Ok(()) };
        let pull = find_pull_request_by_number(observation, number)?;
        let base = self.session.heads.base.branch.as_str();
        if pull.branches.base != base {
            let words = format!("The list is on `{base}` now, so this goes there.");
            settings.forge.add_comment(pull, &words).await?;
        }
        let is_introduced = self.store.has_introduced_pull_request(self.target.list.name, number)?;
        let title = desired_title(pull, &observation.title);
        let body = desired_body(&pull.body, &observation.body, is_introduced);
        settings.forge.update_pull_request(pull, title, &body, base).await?;
        self.introduce_pull_request(settings, pull).await
    }

    pub(super) async fn close_pull_request(
        &mut self,
        observation: &RepositoryObservation,
        number: u64,
        why: ClosingReason,
    ) -> Result<()> {
        let PublishMode::PullRequest(_, settings) = &self.target.mode else { return Ok(()) };
        let words = match why {
            ClosingReason::NothingToPropose => {
                "The base has all of this already, so there is nothing left to propose."
            }
            ClosingReason::AnotherIsOpen => {
                "Another pull request of this list is open, and is the one that is kept current."
            }
        };
        let pull = find_pull_request_by_number(observation, number)?;
        self.store.note_pull_request_closed_by_us(self.target.list.name, number)?;
        settings.forge.add_comment(pull, words).await?;
        settings.forge.close_pull_request(pull).await?;
        self.report.changed = true;
        Ok(())
    }

    pub(super) async fn report_branch_conflict(
        &mut self,
        observation: &RepositoryObservation,
        number: u32,
        pull: Option<u64>,
    ) -> Result<()> {
        let branch = self.target.proposal_branch()?.nth_branch(number);
        let merge = observation.branch_merges.iter().find(|merge| merge.number == number);
        let files = merge.map(|merge| merge.conflicting_files.as_slice()).unwrap_or_default();
        let of_files = match files {
            [] => String::new(),
            files => format!(" of `{}`", files.join("`, `")),
        };
        let words = format!(
            "Somebody's commits on `{branch}` and what the list should have now change the same lines{of_files}, so they were \
             left as they are. Once they are merged, or taken off the branch, it goes on."
        );
        if let (PublishMode::PullRequest(_, settings), Some(number)) = (&self.target.mode, pull) {
            settings.forge.add_comment(find_pull_request_by_number(observation, number)?, &words).await?;
        }
        self.report.remarks.notes.push(words.clone());
        self.report.stuck_reason = Some(words);
        Ok(())
    }
}

fn find_pull_request_by_number(observation: &RepositoryObservation, number: u64) -> Result<&PullRequest> {
    let found = observation.pulls.iter().find(|pull| pull.number == number);
    found.ok_or_else(|| anyhow!("pull request {number} is not there any more"))
}
