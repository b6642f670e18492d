//! What we want, on top of what a person did to our branch.

use super::branch_heads::{BranchHead, parse_commit_id};
use super::clone_folder::Repository;
use super::error::GitError;
use super::git_command::GitCommand;
use crate::domain::CommitId;

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitMergeOutcome {
    /// The branch has all of it already.
    AlreadyMerged,
    /// A commit that has both, written here and not yet pushed. It follows the person's.
    Commit(CommitId),
    /// Both changed the same lines of these files; nothing was written.
    Conflict(Vec<String>),
}

impl Repository {
    /// Puts a commit of ours on top of a branch that has a person's work: what it changes since another one, `since`,
    /// is merged into the branch. That one must have nothing of the person's, or what it has of theirs would be taken
    /// off the branch. Without it the two have nothing in common, and cannot be merged. `base` is what the branch is
    /// merged into.
    pub async fn merge_commit_onto_branch(
        &mut self,
        branch: &BranchHead,
        since: Option<&CommitId>,
        ours: &CommitId,
        base: &CommitId,
        message: &str,
    ) -> Result<GitMergeOutcome, GitError> {
        if self.is_ancestor(ours, &branch.commit).await? {
            return Ok(GitMergeOutcome::AlreadyMerged);
        }
        let Some(since) = since else { return Ok(GitMergeOutcome::Conflict(Vec::new())) };
        // As if both had been made of that one: git merges two commits by what both follow.
        let theirs = self.commit_tree(&self.tree_id(&branch.commit).await?, &[since], message).await?;
        let step = self.commit_tree(&self.tree_id(ours).await?, &[since], message).await?;
        let tree = match self.merge_tree(&theirs, &step).await? {
            Ok(tree) => tree,
            Err(paths) => return Ok(GitMergeOutcome::Conflict(paths)),
        };
        // With the same tree it can still be that nobody could merge the branch, because git finds both to have changed
        // the same lines.
        let is_same = tree == self.tree_id(&branch.commit).await?;
        if is_same && self.are_commits_mergeable(&branch.commit, base).await? {
            return Ok(GitMergeOutcome::AlreadyMerged);
        }
        self.commit_tree(&tree, &[&branch.commit, ours], message).await.map(GitMergeOutcome::Commit)
    }

    /// A commit with the tree of another that follows what is on a branch, and the base; none if the other one follows it
    /// already.
    pub async fn commit_following_branch(
        &self,
        commit: &CommitId,
        there: &CommitId,
        base: &CommitId,
        message: &str,
    ) -> Result<Option<CommitId>, GitError> {
        if self.is_ancestor(there, commit).await? {
            return Ok(None);
        }
        self.commit_tree(&self.tree_id(commit).await?, &[there, base], message).await.map(Some)
    }

    /// Whether a commit is another one than the desired, has the same tree, and follows the base as that does.
    pub async fn is_equal_commit_above_base(
        &self,
        commit: &CommitId,
        desired: &CommitId,
        base: &CommitId,
    ) -> Result<bool, GitError> {
        Ok(commit != desired
            && self.tree_id(commit).await? == self.tree_id(desired).await?
            && self.is_ancestor(base, commit).await?)
    }

    /// Whether git itself merges two commits, both fetched as far back as where they part.
    pub async fn are_commits_mergeable(&self, one: &CommitId, other: &CommitId) -> Result<bool, GitError> {
        Ok(self.merge_tree(one, other).await?.is_ok())
    }

    /// The commit before one, the first of them if that is a merge; none if it is the first or not fetched.
    pub(super) async fn parent_of(&self, commit: &str) -> Result<Option<CommitId>, GitError> {
        let before = format!("{commit}^");
        let ran =
            self.git.run_git_command(GitCommand::new(&["rev-parse", "--verify", "--quiet", &before])).await?;
        ran.status.success().then(|| parse_commit_id(&String::from_utf8_lossy(&ran.out))).transpose()
    }

    /// The tree of two commits merged, or the files in which they are at odds.
    pub(super) async fn merge_tree(
        &self,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Result<String, Vec<String>>, GitError> {
        let args = [
            "merge-tree",
            "--write-tree",
            "-z",
            "--name-only",
            "--no-messages",
            one.as_str(),
            other.as_str(),
        ];
        let call = GitCommand::new(&args);
        let ran = self.git.run_git_command(call).await?;
        let out = String::from_utf8_lossy(&ran.out);
        let mut parts = out.split('\0').filter(|part| !part.trim().is_empty());
        match (ran.status.code(), parts.next()) {
            (Some(0), Some(tree)) => parse_commit_id(tree).map(|tree| Ok(tree.to_string())),
            (Some(1), Some(_)) => Ok(Err(parts.map(str::to_owned).collect())),
            _ => Err(call.git_command_error(&ran)),
        }
    }
}
