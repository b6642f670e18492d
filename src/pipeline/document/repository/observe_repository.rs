//! What a list's repository is observed to be: what the base, our branches and the pull requests have, and what they should have.

use anyhow::Result;

use super::commit_and_pull_request_text;
use super::list_files_at_commit::ListFilesAtCommit;
use super::merge_base::{MergedPush, find_list_merge_base, possible_base_texts};
use super::observe_branches::BranchListMerge;
use super::pull_request_body::own_pull_request_body;
use super::repository_list_settings::PublishMode;
use super::repository_sync_state::RepositorySync;
use crate::domain::CommitId;
use crate::domain::pull_request_plan::{
    DesiredListCommit, ObservedPullRequests, PullRequestPlanInput, PullRequestStep, next_pull_request_step,
};
use crate::list::forge::PullRequest;
use crate::pipeline::document::adopt_papers_added_by_hand::adopt_hand_added_papers_of_files;
use crate::pipeline::document::generate_tables::GeneratedTableCache;
use crate::pipeline::document::merge::base_without_missing_rows;
use crate::pipeline::document::merged_list::{GeneratedMergeBase, MergedList};
use crate::store::{Dismissal, FileTexts, GeneratedFiles};

/// What was seen at one time, with what a step needs of it.
pub(super) struct RepositoryObservation {
    pub(super) plan_input: PullRequestPlanInput,
    /// What the base should have.
    pub(super) merged: MergedList,
    /// For each of our branches that has a person's commits, what it should have.
    pub(super) branch_merges: Vec<BranchListMerge>,
    /// The branches of pull requests of which it is new that they were merged, if they are where they were merged.
    pub(super) newly_merged_branches: Vec<u32>,
    pub(super) pulls: Vec<PullRequest>,
    /// What a commit of ours says.
    pub(super) message: String,
    /// The title that the pull request should have, unless a person gave it another.
    pub(super) title: String,
    /// Our part of the body that the pull request should have.
    pub(super) body: String,
}

impl RepositoryObservation {
    /// What a branch will have with this commit: the desired one, or a merge of it onto a person's.
    pub(super) fn merged_list_of_branch(&self, number: u32, commit: &CommitId) -> &MergedList {
        if let DesiredListCommit::NewCommit { commit: desired, .. } = &self.plan_input.desired
            && desired == commit
        {
            return &self.merged;
        }
        let on_top = self.branch_merges.iter().find(|merge| merge.number == number);
        on_top.map_or(&self.merged, |merge| &merge.list)
    }

    /// What should be on those branches that have a person's commits and are proposed, or were until now, or will be by the
    /// next step.
    pub(super) fn merges_of_proposed_branches(&self) -> impl Iterator<Item = &MergedList> {
        let next = match next_pull_request_step(&self.plan_input) {
            PullRequestStep::Push { branch, .. } | PullRequestStep::Open { branch } => Some(branch),
            _ => None,
        };
        let is_proposed = move |number: u32| {
            next == Some(number)
                || self.newly_merged_branches.contains(&number)
                || self.plan_input.is_branch_proposed(number)
        };
        self.branch_merges.iter().filter(move |merge| is_proposed(merge.number)).map(|merge| &merge.list)
    }
}

impl RepositorySync<'_> {
    pub(super) async fn observe_repository(&mut self) -> Result<RepositoryObservation> {
        let numbered = self.fetch_pull_requests_and_heads().await?;
        let newly_merged = self.newly_merged_pull_requests(numbered.as_deref().unwrap_or_default())?;
        let list = self.target.list.name;
        let head = self.session.heads.base.clone();
        let mut snapshot = self.load_list_files_at_commit(&head.commit).await?;
        let files = snapshot.existing_files();
        self.adopt_papers_added_since_fetch(&files)?;
        let (merge_base, merged_push) = find_list_merge_base(
            &mut self.session,
            self.store,
            self.target,
            &files,
            Some(&head),
            &newly_merged,
        )
        .await?;
        let numbers: Vec<u64> = newly_merged.iter().map(|pull| pull.number).collect();
        match &merged_push {
            // Before another proposal takes its place: what is in the base branch must be known as generated.
            Some(MergedPush { base, commit }) => {
                self.store.note_merged_push(list, base, commit.as_ref(), &numbers)?;
            }
            None => self.store.note_merged_pull_requests(list, &numbers)?,
        }
        let mut merged = self.merge_list_at_commit(&mut snapshot, &merge_base).await?;
        if self.forget_rows_of_dropped_pushes(&merged.dismissed, &head, &files).await? {
            let (merge_base, _) =
                find_list_merge_base(&mut self.session, self.store, self.target, &files, Some(&head), &[])
                    .await?;
            merged = self.merge_list_at_commit(&mut snapshot, &merge_base).await?;
        }
        // Before a branch is observed that has a person's commits: what was deleted in the base branch is not desired there.
        self.store.restore_dismissed_papers(list, &merged.restored)?;
        self.dismiss_papers_gone_from_base(&merged.dismissed, &files)?;
        self.store.note_manual_rows(list, &merged.rows_by_hand)?;
        let current = snapshot.existing_files();
        let topics = commit_and_pull_request_text::proposed_topic_changes(
            self.store,
            &self.target.list,
            &current,
            &merged,
        )?;
        let message = commit_and_pull_request_text::commit_message(self.target, &topics);
        let changes = snapshot.tree_changes(self.target, &merged.files)?;
        let commit = self.session.repository.create_commit(&head.commit, &changes, &message).await?;
        let (branches, branch_merges) = self.observe_branches(commit.as_ref(), &message).await?;
        let commit = match commit {
            Some(desired) => {
                Some(self.find_equal_commit_on_branch(&branches, &desired).await?.unwrap_or(desired))
            }
            None => None,
        };
        let newly_merged_branches = self.unmoved_branches_of(numbered.as_deref(), &numbers);
        let open = numbered.iter().flatten().rfind(|(_, pull)| pull.is_open()).map(|(number, _)| *number);
        let on_top = branch_merges.iter().rfind(|merge| open.is_none_or(|open| open == merge.number));
        let topics = match on_top {
            Some(on_top) => commit_and_pull_request_text::proposed_topic_changes(
                self.store,
                &self.target.list,
                &current,
                &on_top.list,
            )?,
            None => topics,
        };
        let content = commit_and_pull_request_text::content_fingerprints_of_change(&current, &merged);
        let title = match &self.target.mode {
            PublishMode::PullRequest(_, settings) => {
                commit_and_pull_request_text::pull_request_title(settings.title, &topics)
            }
            PublishMode::Direct | PublishMode::Branch(_) => String::new(),
        };
        let body = own_pull_request_body(&title, &topics, &content);
        let desired = match commit {
            Some(commit) => DesiredListCommit::NewCommit { commit, content },
            None => DesiredListCommit::SameAsBase,
        };
        let observed_pulls = match &numbered {
            None => ObservedPullRequests::NoForge,
            Some(numbered) => {
                ObservedPullRequests::Listing(self.to_observed_pull_requests(numbered, &title, &body)?)
            }
        };
        let pulls = numbered.into_iter().flatten().map(|(_, pull)| pull).collect();
        let plan_input = PullRequestPlanInput { desired, branches, pulls: observed_pulls };
        Ok(RepositoryObservation {
            plan_input,
            merged,
            branch_merges,
            newly_merged_branches,
            pulls,
            message,
            title,
            body,
        })
    }

    /// The branches of these pull requests that are where they were merged.
    fn unmoved_branches_of(&self, pulls: Option<&[(u32, PullRequest)]>, merged: &[u64]) -> Vec<u32> {
        let ours = &self.session.heads.ours;
        let is_unmoved = |pull: &PullRequest| {
            merged.contains(&pull.number) && ours.iter().any(|head| head.commit.as_str() == pull.head_sha)
        };
        let pulls = pulls.unwrap_or_default().iter();
        pulls.filter(|(_, pull)| is_unmoved(pull)).map(|(branch, _)| *branch).collect()
    }

    /// Records the papers whose rows are gone from the base. It is known without them from then on, and without those that
    /// were dismissed before and are gone now: if one is there again later, a person restored it.
    fn dismiss_papers_gone_from_base(&mut self, dismissed: &[Dismissal], files: &FileTexts) -> Result<()> {
        let list = self.target.list.name;
        let mut all = self.store.dismissals(list)?;
        all.extend(dismissed.iter().cloned());
        let known = self.store.recorded_generated_files(list, &mut self.session.text_cache)?;
        let base = GeneratedFiles {
            written: base_without_missing_rows(self.store, &all, known.written.clone(), files)?,
            intended: base_without_missing_rows(self.store, &all, known.intended.clone(), files)?,
        };
        if dismissed.is_empty() && base == known {
            return Ok(());
        }
        self.store.dismiss_papers_gone_from_base(list, dismissed, &base)
    }

    pub(super) async fn load_list_files_at_commit(&mut self, commit: &CommitId) -> Result<ListFilesAtCommit> {
        ListFilesAtCommit::load_list_and_generated_files(commit, &mut self.session, self.store, self.target)
            .await
    }

    pub(super) async fn merge_list_at_commit(
        &mut self,
        snapshot: &mut ListFilesAtCommit,
        base: &GeneratedMergeBase,
    ) -> Result<MergedList> {
        snapshot
            .merge_list(&mut self.session, self.store, self.target, base, &mut self.table_cache, self.now)
            .await
    }

    /// Records the papers as known that people added to the base since it was fetched before the polls.
    fn adopt_papers_added_since_fetch(&mut self, base: &FileTexts) -> Result<()> {
        if self.session.adopted_base == self.session.heads.base.commit {
            return Ok(());
        }
        let merge_base = possible_base_texts(self.store, self.target, &mut self.session.text_cache)?;
        adopt_hand_added_papers_of_files(self.store, &self.target.list, base, &merge_base, self.now)?;
        self.session.adopted_base = self.session.heads.base.commit.clone();
        let topics = self.target.list.topics.iter().map(|topic| self.store.ensure_topic(topic));
        self.table_cache = GeneratedTableCache::new(&self.target.list, topics.collect::<Result<_>>()?);
        Ok(())
    }
}
