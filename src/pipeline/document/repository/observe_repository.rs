//! What a list's repository is observed to be: what the base, our branches and the pull requests have, and what they should have.

use anyhow::Result;

use super::commit_and_pull_request_text;
use super::list_files_at_commit::ListFilesAtCommit;
use super::merge_base::{
    MergedPush, NewlyMergedPullRequest, find_generated_texts_on_branch, find_list_merge_base,
    papers_by_topic, possible_base_texts,
};
use super::repository_list_settings::PublishMode;
use super::repository_sync_state::RepositorySync;
use crate::domain::CommitId;
use crate::domain::pull_request_plan::{
    BranchMerge, BranchOwnership, DescriptionFreshness, DesiredListCommit, ObservedBranch,
    ObservedPullRequest, ObservedPullRequests, PullRequestPlanInput, PullRequestState,
};
use crate::list::forge::{ForgePullRequestState, PullRequest};
use crate::list::git::{BranchHead, CommitsAheadOfBase, GitMergeOutcome};
use crate::pipeline::document::adopt_papers_added_by_hand::adopt_hand_added_papers_of_files;
use crate::pipeline::document::exports::note_rows_seen;
use crate::pipeline::document::generate_tables::GeneratedTableCache;
use crate::pipeline::document::merge::{base_without_missing_rows, files_without_dismissed_rows};
use crate::pipeline::document::merged_list::{GeneratedMergeBase, MergedList};
use crate::store::{Dismissal, FileTexts, GeneratedFiles};

/// How many of our branches are observed: one is added only after a person closed the pull request of the last.
const BRANCHES_MAX: u32 = 100;

/// How often the pull requests are asked for again because a branch has moved meanwhile.
const MOVES_MAX: usize = 4;

fn is_open(pull: &PullRequest) -> bool {
    pull.state == ForgePullRequestState::Open
}

/// What was seen at one time, with what a step needs of it.
pub(super) struct RepositoryObservation {
    pub(super) plan_input: PullRequestPlanInput,
    /// What the base should have.
    pub(super) merged: MergedList,
    /// For each of our branches that has a person's commits, what it should have.
    pub(super) branch_merges: Vec<(u32, MergedList)>,
    /// The branches of pull requests of which it is new that they were merged, if they are where they were merged.
    pub(super) newly_merged_branches: Vec<u32>,
    pub(super) pulls: Vec<PullRequest>,
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
        let on_top = self.branch_merges.iter().find(|(on, _)| *on == number);
        on_top.map_or(&self.merged, |(_, merged)| merged)
    }

    /// What should be on those branches that have a person's commits and are proposed, or were until now.
    pub(super) fn merges_of_proposed_branches(&self) -> impl Iterator<Item = &MergedList> {
        let is_proposed = |number: &u32| {
            self.newly_merged_branches.contains(number) || self.plan_input.is_branch_proposed(*number)
        };
        self.branch_merges.iter().filter(move |(number, _)| is_proposed(number)).map(|(_, merged)| merged)
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
        let message = commit_and_pull_request_text::commit_message(&topics);
        let changes = snapshot.tree_changes(self.target, &merged.files)?;
        let commit = self.session.repository.create_commit(&head.commit, &changes, &message).await?;
        let (branches, branch_merges) = self.observe_branches(commit.as_ref(), &message).await?;
        let ours = &self.session.heads.ours;
        let is_newly_merged = |pull: &PullRequest| {
            numbers.contains(&pull.number) && ours.iter().any(|head| head.commit.as_str() == pull.head_sha)
        };
        let newly_merged_branches = numbered
            .iter()
            .flatten()
            .filter(|(_, pull)| is_newly_merged(pull))
            .map(|(branch, _)| *branch)
            .collect();
        let open = numbered.iter().flatten().rfind(|(_, pull)| is_open(pull)).map(|(number, _)| *number);
        let topics = match branch_merges.iter().rfind(|(number, _)| open.is_none_or(|open| open == *number)) {
            Some((_, on_top)) => commit_and_pull_request_text::proposed_topic_changes(
                self.store,
                &self.target.list,
                &current,
                on_top,
            )?,
            None => topics,
        };
        let content = commit_and_pull_request_text::content_fingerprints_of_change(&current, &merged);
        let body = commit_and_pull_request_text::pull_request_body(&topics, &content);
        let desired = match commit {
            Some(commit) => DesiredListCommit::NewCommit { commit, content },
            None => DesiredListCommit::SameAsBase,
        };
        let observed_pulls = match &numbered {
            None => ObservedPullRequests::NoForge,
            Some(numbered) => ObservedPullRequests::Listing(self.to_observed_pull_requests(numbered, &body)?),
        };
        let pulls = numbered.into_iter().flatten().map(|(_, pull)| pull).collect();
        let plan_input = PullRequestPlanInput { desired, branches, pulls: observed_pulls };
        Ok(RepositoryObservation { plan_input, merged, branch_merges, newly_merged_branches, pulls, body })
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

    /// Of rows that are gone from a base to which the program pushes, those are not deleted that went with the push: somebody
    /// set the branch back, or pushed an old clone over it. If most of what was pushed is there, they amended the push, and
    /// what is gone they deleted. Whether there are such rows; they are not known as written any more.
    async fn forget_rows_of_dropped_pushes(
        &mut self,
        gone: &[Dismissal],
        base: &BranchHead,
        files: &FileTexts,
    ) -> Result<bool> {
        let list = self.target.list.name;
        let PublishMode::Direct = self.target.mode else { return Ok(false) };
        let pushed = self.store.push_history(list, &mut self.session.text_cache)?.merged.into_iter().next();
        let Some(pushed) = pushed.filter(|_| !gone.is_empty()) else { return Ok(false) };
        let parted = self.session.repository.find_parting_commit(base, &pushed).await?;
        if parted.as_ref() == Some(&pushed) {
            return Ok(false);
        }
        let before = match &parted {
            Some(parted) => self.load_list_files_at_commit(parted).await?.existing_files(),
            None => FileTexts::new(),
        };
        let (before, there) = (papers_by_topic(&before), papers_by_topic(files));
        let known = self.store.recorded_generated_files(list, &mut self.session.text_cache)?;
        let pushed = papers_by_topic(&known.written);
        let new = || pushed.difference(&before);
        if 2 * new().filter(|paper| there.contains(*paper)).count() > new().count() {
            return Ok(false);
        }
        let is_dropped = |row: &&Dismissal| !before.contains(&(row.topic.as_str(), row.paper.clone()));
        let dropped: Vec<&Dismissal> = gone.iter().filter(is_dropped).collect();
        if dropped.is_empty() {
            return Ok(false);
        }
        let written = files_without_dismissed_rows(self.store, &known.written, &dropped)?;
        let intended = files_without_dismissed_rows(self.store, &known.intended, &dropped)?;
        self.store.dismiss_papers_gone_from_base(list, &[], &GeneratedFiles { written, intended })?;
        Ok(true)
    }

    async fn load_list_files_at_commit(&mut self, commit: &CommitId) -> Result<ListFilesAtCommit> {
        ListFilesAtCommit::load_list_and_generated_files(commit, &mut self.session, self.store, self.target)
            .await
    }

    async fn merge_list_at_commit(
        &mut self,
        snapshot: &mut ListFilesAtCommit,
        base: &GeneratedMergeBase,
    ) -> Result<MergedList> {
        snapshot
            .merge_list(&mut self.session, self.store, self.target, base, &mut self.table_cache, self.now)
            .await
    }

    /// The pull requests, and where the branches are at the same moment: both are asked for again if a branch moved
    /// meanwhile. If branches keep moving, they are fetched last: the base then has what a pull request was merged with.
    async fn fetch_pull_requests_and_heads(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        for _ in 0..MOVES_MAX {
            let (pulls, before) = (self.fetch_pull_requests().await?, self.session.heads.clone());
            self.refresh_heads().await?;
            if pulls.is_none() || self.session.heads == before {
                return Ok(pulls);
            }
        }
        let pulls = self.fetch_pull_requests().await?;
        self.refresh_heads().await?;
        Ok(pulls)
    }

    /// The pull requests of our branches, each with its branch's number; none if there is no forge. What has become of
    /// those of earlier branches is asked once in a run: a person who opens one of them again is seen by the next.
    async fn fetch_pull_requests(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        let PublishMode::PullRequest(branch, settings) = &self.target.mode else { return Ok(None) };
        let existing: Vec<u32> =
            self.session.heads.ours.iter().filter_map(|head| branch.branch_number_of(&head.branch)).collect();
        let mut all = Vec::new();
        for number in 1..=BRANCHES_MAX {
            if let Some(closed) = self.closed_pulls.get(&number) {
                all.push((number, closed.clone()));
                continue;
            }
            let branches = self.pull_request_branches(number)?;
            let open = settings.forge.find_open_pull_request(&branches).await?;
            let closed = settings.forge.find_last_closed_pull_request(&branches).await?;
            let is_unused = open.is_none() && closed.is_none();
            all.extend(open.into_iter().chain(closed).map(|pull| (number, pull)));
            if is_unused && existing.iter().all(|existing| *existing <= number) {
                break;
            }
        }
        let latest = all.last().map(|(number, _)| *number);
        let is_ended = |number: u32| {
            Some(number) != latest && !all.iter().any(|(branch, pull)| *branch == number && is_open(pull))
        };
        self.closed_pulls = all.iter().filter(|(number, _)| is_ended(*number)).cloned().collect();
        Ok(Some(all))
    }

    /// The pull requests of which it is new that they were merged.
    fn newly_merged_pull_requests(
        &self,
        pulls: &[(u32, PullRequest)],
    ) -> Result<Vec<NewlyMergedPullRequest>> {
        let list = self.target.list.name;
        let in_use = self.store.number_of_open_pull_request(list)?;
        let mut merged = Vec::new();
        for (_, pull) in pulls.iter().filter(|(_, pull)| pull.state == ForgePullRequestState::Merged) {
            if !self.store.has_noted_merge(list, pull.number)? {
                let (number, head) = (pull.number, pull.head_sha.parse().ok());
                merged.push(NewlyMergedPullRequest { number, head, is_in_use: Some(number) == in_use });
            }
        }
        Ok(merged)
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

    fn to_observed_pull_requests(
        &self,
        pulls: &[(u32, PullRequest)],
        body: &str,
    ) -> Result<Vec<ObservedPullRequest>> {
        let PublishMode::PullRequest(_, settings) = &self.target.mode else { return Ok(Vec::new()) };
        let (list, mut observed) = (self.target.list.name, Vec::new());
        for (branch, pull) in pulls {
            let is_current = pull.title == settings.title
                && commit_and_pull_request_text::is_same_pull_request_body(&pull.body, body)
                && settings.labels.iter().all(|label| pull.labels.contains(label))
                && (settings.reviewers.is_empty() || self.store.has_asked_reviewers(list, pull.number)?);
            let state = match pull.state {
                ForgePullRequestState::Open if is_current => {
                    PullRequestState::Open(DescriptionFreshness::Current)
                }
                ForgePullRequestState::Open => PullRequestState::Open(DescriptionFreshness::Outdated),
                ForgePullRequestState::Merged => PullRequestState::Merged,
                ForgePullRequestState::Closed
                    if self.store.is_pull_request_closed_by_us(list, pull.number)? =>
                {
                    PullRequestState::ClosedByUs
                }
                ForgePullRequestState::Closed => PullRequestState::ClosedByPerson(
                    commit_and_pull_request_text::parse_content_mark(&pull.body),
                ),
            };
            observed.push(ObservedPullRequest { id: pull.number, branch: *branch, state });
        }
        Ok(observed)
    }

    /// Our branches, and for those that have a person's commits what they should have.
    async fn observe_branches(
        &mut self,
        desired: Option<&CommitId>,
        message: &str,
    ) -> Result<(Vec<ObservedBranch>, Vec<(u32, MergedList)>)> {
        let name = self.target.proposal_branch()?;
        let (mut observed, mut on_top) = (Vec::new(), Vec::new());
        for head in self.session.heads.ours.clone() {
            let Some(number) = name.branch_number_of(&head.branch) else { continue };
            if matches!(self.target.mode, PublishMode::Branch(_)) && number != 1 {
                continue;
            }
            let history = self.session.repository.branch_history(&self.session.heads, &head).await?;
            let (ownership, merged) =
                self.observe_branch_ownership(&head, &history, desired, message).await?;
            on_top.extend(merged.map(|merged| (number, merged)));
            observed.push(ObservedBranch { number, commit: head.commit.clone(), ownership });
        }
        Ok((observed, on_top))
    }

    /// Whose a branch is, and what it should have if a person's commits are on it.
    ///
    /// At a forge the pull request says what was merged. A plain remote has no word for it: there a branch is a person's
    /// until they merge or delete it, so it is kept such that it can be merged, also if nothing new is to be proposed. If
    /// they merged it by a rebase or a squash, it is only what is left of it, and nothing is lost with it.
    async fn observe_branch_ownership(
        &mut self,
        head: &BranchHead,
        history: &CommitsAheadOfBase,
        desired: Option<&CommitId>,
        message: &str,
    ) -> Result<(BranchOwnership, Option<MergedList>)> {
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
        let (merge, merged) = self.merge_onto_branch(head, history, onto, message).await?;
        Ok((BranchOwnership::Persons(merge), Some(merged)))
    }

    /// What is desired on top of a branch that has a person's commits: its list as the person left it with what came
    /// since, and if the base moved, the base as well.
    async fn merge_onto_branch(
        &mut self,
        head: &BranchHead,
        history: &CommitsAheadOfBase,
        desired: &CommitId,
        message: &str,
    ) -> Result<(BranchMerge, MergedList)> {
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
        let merged = self.merge_list_at_commit(&mut snapshot, &merge_base).await?;
        // In a list's feed, a row that is only on the branch has the date when it was first seen.
        note_rows_seen(self.store, &self.target.list, &merged.files, self.now)?;
        let changes = snapshot.tree_changes(self.target, &merged.files)?;
        let list = self.session.repository.create_commit(&head.commit, &changes, message).await?;
        let commit = list.clone().unwrap_or_else(|| head.commit.clone());
        let list_alone = list.map_or(BranchMerge::AlreadyIn, BranchMerge::Merged);
        if history.merge_base.as_ref() == Some(&self.session.heads.base.commit) {
            return Ok((list_alone, merged));
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
        let on_top = match outcome {
            GitMergeOutcome::AlreadyMerged => list_alone,
            GitMergeOutcome::Commit(both) => BranchMerge::Merged(both),
            GitMergeOutcome::Conflict(_) => BranchMerge::Conflict,
        };
        Ok((on_top, merged))
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
