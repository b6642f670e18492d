//! What our branches in a list's repository are observed to be, and what those should have that a person has committed to.

use anyhow::Result;

use super::merge_base::{find_generated_texts_on_branch, find_list_merge_base};
use super::repository_list_settings::PublishMode;
use super::repository_sync_state::RepositorySync;
use crate::domain::CommitId;
use crate::domain::pull_request_plan::{BranchMerge, BranchOwnership, ObservedBranch};
use crate::list::git::{BranchHead, CommitsAheadOfBase, GitMergeOutcome};
use crate::pipeline::document::exports::note_rows_seen;
use crate::pipeline::document::merged_list::{GeneratedMergeBase, MergedList};

/// What a branch with a person's commits should have.
pub(super) struct BranchListMerge {
    /// The branch's number.
    pub(super) number: u32,
    /// The list as it should be there.
    pub(super) list: MergedList,
    /// The files in which the person and the program changed the same lines, so that nothing is pushed.
    pub(super) conflicting_files: Vec<String>,
}

impl RepositorySync<'_> {
    /// Our branches, and for those that have a person's commits what they should have.
    pub(super) async fn observe_branches(
        &mut self,
        desired: Option<&CommitId>,
        message: &str,
    ) -> Result<(Vec<ObservedBranch>, Vec<BranchListMerge>)> {
        let name = self.target.proposal_branch()?;
        let (mut observed, mut merges) = (Vec::new(), Vec::new());
        for head in self.session.heads.ours.clone() {
            let Some(number) = name.branch_number_of(&head.branch) else { continue };
            if matches!(self.target.mode, PublishMode::Branch(_)) && number != 1 {
                continue;
            }
            let history = self.session.repository.branch_history(&self.session.heads, &head).await?;
            let (ownership, merge) =
                self.observe_branch_ownership(number, &head, &history, desired, message).await?;
            merges.extend(merge);
            observed.push(ObservedBranch { number, commit: head.commit.clone(), ownership });
        }
        Ok((observed, merges))
    }

    /// The commit of a branch of ours that has what is desired, and follows the base, by another way: the remote took no push
    /// that left out what was there before.
    pub(super) async fn find_equal_commit_on_branch(
        &self,
        branches: &[ObservedBranch],
        desired: &CommitId,
    ) -> Result<Option<CommitId>> {
        let (repository, base) = (&self.session.repository, &self.session.heads.base.commit);
        for branch in branches.iter().filter(|branch| branch.ownership == BranchOwnership::Ours) {
            if repository.is_equal_commit_above_base(&branch.commit, desired, base).await? {
                return Ok(Some(branch.commit.clone()));
            }
        }
        Ok(None)
    }

    /// Whose a branch is, and what it should have if a person's commits are on it.
    ///
    /// At a forge the pull request says what was merged. A plain remote has no word for it: there a branch is a person's
    /// until they merge or delete it, so it is kept such that it can be merged, also if nothing new is to be proposed. If
    /// they merged it by a rebase or a squash, it is only what is left of it, and nothing is lost with it.
    async fn observe_branch_ownership(
        &mut self,
        number: u32,
        head: &BranchHead,
        history: &CommitsAheadOfBase,
        desired: Option<&CommitId>,
        message: &str,
    ) -> Result<(BranchOwnership, Option<BranchListMerge>)> {
        if !history.has_commits_by_people() {
            return Ok((BranchOwnership::Ours, None));
        }
        let is_plain_remote = matches!(self.target.mode, PublishMode::Branch(_));
        let base = self.session.heads.base.clone();
        if is_plain_remote && self.session.repository.has_changes_of_branch(&base, head).await? {
            return Ok((BranchOwnership::Ours, None));
        }
        let can_stay = desired.is_none()
            && (!is_plain_remote
                || self.session.repository.are_commits_mergeable(&base.commit, &head.commit).await?);
        if can_stay {
            return Ok((BranchOwnership::Persons(BranchMerge::AlreadyIn), None));
        }
        let onto = desired.unwrap_or(&base.commit);
        let (ownership, merge) = self.merge_onto_branch(number, head, history, onto, message).await?;
        Ok((BranchOwnership::Persons(ownership), Some(merge)))
    }

    /// What is desired on top of a branch that has a person's commits: its list as the person left it with what came
    /// since, and if the base moved, the base as well.
    async fn merge_onto_branch(
        &mut self,
        number: u32,
        head: &BranchHead,
        history: &CommitsAheadOfBase,
        desired: &CommitId,
        message: &str,
    ) -> Result<(BranchMerge, BranchListMerge)> {
        let mut snapshot = self.load_list_files_at_commit(&head.commit).await?;
        let merge_base = find_generated_texts_on_branch(
            &mut self.session,
            self.store,
            self.target,
            head,
            &snapshot.existing_files(),
            history,
        )
        .await?;
        let list = self.merge_list_at_commit(&mut snapshot, &merge_base).await?;
        // In a list's feed, a row that is only on the branch has the date when it was first seen.
        note_rows_seen(self.store, &self.target.list, &list.files, self.now)?;
        let changes = snapshot.tree_changes(self.target, &list.files)?;
        let mut merge = BranchListMerge { number, list, conflicting_files: Vec::new() };
        let on_top = self.session.repository.create_commit(&head.commit, &changes, message).await?;
        let commit = on_top.clone().unwrap_or_else(|| head.commit.clone());
        let list_alone = on_top.map_or(BranchMerge::AlreadyIn, BranchMerge::Merged);
        if history.merge_base.as_ref() == Some(&self.session.heads.base.commit) {
            return Ok((list_alone, merge));
        }
        let tip = BranchHead { branch: head.branch.clone(), commit };
        let earlier = match &history.merge_base {
            Some(base) => Some(self.create_desired_commit_on_old_base(base, message).await?),
            None => None,
        };
        let outcome = self
            .session
            .repository
            .merge_commit_onto_branch(
                &tip,
                earlier.as_ref(),
                desired,
                &self.session.heads.base.commit,
                message,
            )
            .await?;
        let merged = match outcome {
            GitMergeOutcome::AlreadyMerged => list_alone,
            GitMergeOutcome::Commit(both) => BranchMerge::Merged(both),
            GitMergeOutcome::Conflict(paths) => {
                merge.conflicting_files = paths;
                BranchMerge::Conflict
            }
        };
        Ok((merged, merge))
    }

    /// What would be desired if the base were where a branch has left it. What is desired now differs from that by what
    /// the base got since, and by nothing of ours: that is on the branch by itself.
    async fn create_desired_commit_on_old_base(
        &mut self,
        base: &CommitId,
        message: &str,
    ) -> Result<CommitId> {
        let mut snapshot = self.load_list_files_at_commit(base).await?;
        let (merge_base, _) = find_list_merge_base(
            &mut self.session,
            self.store,
            self.target,
            &snapshot.existing_files(),
            None,
            &[],
        )
        .await?;
        let merged = self
            .merge_list_at_commit(&mut snapshot, &GeneratedMergeBase { is_past: true, ..merge_base })
            .await?;
        let changes = snapshot.tree_changes(self.target, &merged.files)?;
        let commit = self.session.repository.create_commit(base, &changes, message).await?;
        Ok(commit.unwrap_or_else(|| base.clone()))
    }
}
