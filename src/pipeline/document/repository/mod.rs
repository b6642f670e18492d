//! A list in a repository: fetched before its topics are polled, and afterwards brought to what the history says by
//! a commit to its base, a branch, or one pull request that is kept current.
//!
//! One step is done at a time and everything is observed again after it, so that a program which was killed between two
//! steps goes on where it was, and what a person did meanwhile is seen. What is proposed is noted before it is pushed, and
//! stays known by its commit until it is clear what was merged.

mod amended_push;
mod base_files_for_import;
mod carry_out_step;
mod commit_and_pull_request_text;
mod dropped_direct_push;
mod fetched_repository;
mod list_files_at_commit;
mod merge_base;
mod observe_branches;
mod observe_pull_requests;
mod observe_repository;
mod pending_review;
mod pull_request_body;
mod repository_list_settings;
mod repository_sync_state;
mod tables_of_files;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;

use super::adopt_papers_added_by_hand::adopt_hand_added_papers_of_files;
use super::exports::is_export_file;
use super::generate_tables::GeneratedTableCache;
use super::list_settings_and_report::{LIST_FILE, ListReport, topics_if_any_polled};
use super::merge::{files_without_dismissed_rows, note_suspect_deletions};
use super::merged_list::{ListFilesBeforeAndAfter, MergedList};
use crate::domain::pull_request_plan::{DesiredListCommit, PullRequestStep, next_pull_request_step};
use crate::domain::{CommitId, Fingerprint};
use crate::list::git::{GitError, Repository};
use crate::store::{Dismissal, FileTexts, GeneratedFiles, PendingReviewState, PushRecord, Store};
use list_files_at_commit::ListFilesAtCommit;
use merge_base::{find_list_merge_base, possible_base_texts};
use observe_repository::RepositoryObservation;
use pull_request_body::own_pull_request_body;
use repository_list_settings::list_label;
use repository_sync_state::RepositorySync;
use tables_of_files::tables_fingerprint;

pub use base_files_for_import::read_base_branch_files;
pub use fetched_repository::RepositorySession;
pub use repository_list_settings::{PublishMode, PullRequestSettings, RepositoryListSettings};

/// How many steps lead from any state to the desired one; more mean that somebody else is at work at the same time.
const STEPS_MAX: usize = 12;

/// How often a branch may be deleted while it is looked at.
const VANISHED_MAX: usize = 3;

/// Fetches a list's repository, and records the papers that people added to the list as known.
pub async fn fetch_repository_and_adopt_papers(
    store: &mut Store,
    target: &RepositoryListSettings<'_>,
    repository: Repository,
    now: Timestamp,
) -> Result<RepositorySession> {
    let mut session = RepositorySession::fetch_base(repository, target).await?;
    let commit = session.heads.base.commit.clone();
    let snapshot =
        ListFilesAtCommit::load_list_and_generated_files(&commit, &mut session, store, target).await?;
    let base = possible_base_texts(store, target, &mut session.text_cache)?;
    adopt_hand_added_papers_of_files(store, &target.list, &snapshot.existing_files(), &base, now)?;
    Ok(session)
}

/// What the list would be, against the base; none if there is nothing to propose yet. Nothing is pushed.
pub async fn preview_list_in_repository(
    store: &Store,
    target: &RepositoryListSettings<'_>,
    session: &mut RepositorySession,
    now: Timestamp,
) -> Result<Option<ListFilesBeforeAndAfter>> {
    let Some(topics) = topics_if_any_polled(store, &target.list)? else { return Ok(None) };
    let head = session.heads.base.clone();
    let mut snapshot =
        ListFilesAtCommit::load_list_and_generated_files(&head.commit, session, store, target).await?;
    let (base, _) =
        find_list_merge_base(session, store, target, &snapshot.existing_files(), Some(&head), &[]).await?;
    let merged = snapshot
        .merge_list(session, store, target, &base, &mut GeneratedTableCache::new(&target.list, topics), now)
        .await?;
    let current = snapshot.existing_files();
    let body = match &target.mode {
        PublishMode::PullRequest(_, settings) => {
            let changes =
                commit_and_pull_request_text::proposed_topic_changes(store, &target.list, &current, &merged)?;
            Some(own_pull_request_body(
                &commit_and_pull_request_text::pull_request_title(settings.title, &changes),
                &changes,
                &commit_and_pull_request_text::content_fingerprints_of_change(&current, &merged),
            ))
        }
        PublishMode::Direct | PublishMode::Branch(_) => None,
    };
    Ok(Some(ListFilesBeforeAndAfter { merged, edited: current, body }))
}

/// Brings a list's repository to what the history says.
pub async fn sync_list_in_repository(
    store: &mut Store,
    target: &RepositoryListSettings<'_>,
    session: RepositorySession,
    now: Timestamp,
) -> Result<ListReport> {
    let Some(topics) = topics_if_any_polled(store, &target.list)? else { return Ok(ListReport::default()) };
    let mut run = RepositorySync {
        store,
        target,
        session,
        table_cache: GeneratedTableCache::new(&target.list, topics),
        now,
        report: ListReport::default(),
        pending_review: None,
        closed_pulls: BTreeMap::new(),
    };
    let mut vanished = 0;
    for _ in 0..STEPS_MAX {
        let mut step = Box::pin(run.take_next_sync_step()).await;
        // A person merged a branch, and deleted it, while it was looked at.
        if is_about_vanished_branch(&step) && vanished < VANISHED_MAX {
            vanished += 1;
            run.refresh_heads().await.with_context(|| list_label(target))?;
            continue;
        }
        // Before all steps are done nothing is forgotten: a later one sees the same rows again.
        if !matches!(step, Ok(None)) {
            step = note_suspect_deletions(run.store, target.list.name, step);
        }
        if let Some(merged) = step.with_context(|| list_label(target))? {
            return run.finish_sync(&merged);
        }
    }
    bail!("{}: not settled within {STEPS_MAX} steps; the next run goes on", list_label(target))
}

fn is_about_vanished_branch<T>(step: &Result<T>) -> bool {
    let error = step.as_ref().err().and_then(|error| error.downcast_ref::<GitError>());
    error.is_some_and(GitError::is_commit_refused_by_remote)
}

impl RepositorySync<'_> {
    /// Observes, and does one step; returns what there is once nothing is left to do.
    async fn take_next_sync_step(&mut self) -> Result<Option<MergedList>> {
        let mut observation = self.observe_repository().await?;
        if self.record_dismissals(&observation)? {
            observation = self.observe_repository().await?;
        }
        self.record_repository_observation(&observation)?;
        if let PublishMode::Direct = self.target.mode {
            return self.take_next_direct_push_step(observation).await;
        }
        match next_pull_request_step(&observation.plan_input) {
            PullRequestStep::Nothing => {
                self.pending_review = self.find_pending_review(&observation)?;
                return Ok(Some(observation.merged));
            }
            PullRequestStep::LeaveClosed { branch, pull } => {
                self.pending_review = Some(self.pending_review(
                    &observation,
                    branch,
                    Some(pull),
                    PendingReviewState::Closed,
                )?);
                self.report.remarks.notes.push(format!(
                    "pull request {pull} was closed by somebody: it stays so until there is something else to propose"
                ));
                return Ok(Some(observation.merged));
            }
            PullRequestStep::Wait { branch, pull } => {
                self.report_branch_conflict(&observation, branch, pull).await?;
                self.pending_review =
                    Some(self.pending_review(&observation, branch, pull, PendingReviewState::Stuck)?);
                return Ok(Some(observation.merged));
            }
            PullRequestStep::Close { pull, why } => self.close_pull_request(&observation, pull, why).await?,
            PullRequestStep::Delete { branch, expected } => self.delete_branch(branch, &expected).await?,
            PullRequestStep::Push { branch, commit, expected } => {
                self.push_desired_commit(&observation, branch, &commit, expected.as_ref()).await?;
            }
            PullRequestStep::Open { branch } => self.open_pull_request(&observation, branch).await?,
            PullRequestStep::Update { pull } => self.update_pull_request(&observation, pull).await?,
        }
        Ok(None)
    }

    /// Records what is known once nothing is left to do, and reports.
    fn finish_sync(self, merged: &MergedList) -> Result<ListReport> {
        let list = self.target.list.name;
        self.store.note_archive_volumes(list, &merged.regenerated_archive_volumes)?;
        self.store.note_pending_review(list, self.pending_review.as_ref(), self.now)?;
        let archives = merged.files.keys().filter(|file| *file != LIST_FILE && !is_export_file(file));
        Ok(ListReport { rows: merged.rows, archives: archives.cloned().collect(), ..self.report })
    }

    /// Records the rows that people deleted from a branch that is proposed or restored in it; whether there are any.
    fn record_dismissals(&mut self, observation: &RepositoryObservation) -> Result<bool> {
        let list = self.target.list.name;
        let mut is_any = false;
        for merged in observation.merges_of_proposed_branches() {
            self.store.restore_dismissed_papers(list, &merged.restored)?;
            self.store.dismiss_papers(list, &merged.dismissed)?;
            self.forget_dismissed_rows_of_pushes(&merged.dismissed)?;
            self.report.remarks.dismissed.extend(merged.dismissed_papers());
            is_any |= !merged.restored.is_empty() || !merged.dismissed.is_empty();
        }
        Ok(is_any)
    }

    /// What was pushed is known without the rows that a person has taken out of it since: if one is there again later, a person
    /// restored it.
    fn forget_dismissed_rows_of_pushes(&mut self, dismissed: &[Dismissal]) -> Result<()> {
        if dismissed.is_empty() {
            return Ok(());
        }
        let (list, dismissed) = (self.target.list.name, dismissed.iter().collect::<Vec<_>>());
        for push in self.store.push_history(list, &mut self.session.text_cache)?.unmerged {
            let files = files_without_dismissed_rows(self.store, &push.files, &dismissed)?;
            if files != push.files {
                self.store.replace_push_files(list, &push.commit, &files)?;
            }
        }
        Ok(())
    }

    /// What the store has to know of what was seen: a merge, the pull request in use, what our branch has.
    fn record_repository_observation(&mut self, observation: &RepositoryObservation) -> Result<()> {
        let list = self.target.list.name;
        if let DesiredListCommit::SameAsBase = observation.plan_input.desired {
            let base = self.store.recorded_generated_files(list, &mut self.session.text_cache)?;
            let newest =
                self.store.push_history(list, &mut self.session.text_cache)?.unmerged.into_iter().next();
            if !base.is_known_written(&observation.merged.generated) || newest.is_some() {
                let base = GeneratedFiles {
                    written: observation.merged.generated.clone(),
                    intended: FileTexts::new(),
                };
                self.store.note_merged_push(list, &base, newest.map(|push| push.commit).as_ref(), &[])?;
            }
        }
        let dismissed = std::mem::take(&mut self.report.remarks.dismissed);
        self.report.remarks = observation.merged.collect_list_remarks();
        self.report.remarks.dismissed.splice(..0, dismissed);
        if let Some(open) = observation.pulls.iter().find(|pull| pull.is_open()) {
            self.report.pull_request_url = Some(open.url.clone());
            self.store.note_open_pull_request(list, open.number)?;
        }
        if let DesiredListCommit::NewCommit { commit, .. } = &observation.plan_input.desired
            && observation.plan_input.branches.iter().any(|branch| branch.commit == *commit)
        {
            let unmerged = self.store.push_history(list, &mut self.session.text_cache)?.unmerged;
            let known = unmerged.first().filter(|known| known.commit == *commit);
            let replaced = known.and_then(|known| known.replaced.as_ref());
            let push = build_push_record(&observation.merged, commit, replaced);
            if known != Some(&push) {
                self.store.note_push(list, &push)?;
            }
        }
        Ok(())
    }

    async fn take_next_direct_push_step(
        &mut self,
        observation: RepositoryObservation,
    ) -> Result<Option<MergedList>> {
        let DesiredListCommit::NewCommit { commit, .. } = &observation.plan_input.desired else {
            return Ok(Some(observation.merged));
        };
        let base = self.session.heads.base.clone();
        self.push_commit(&base.branch, &observation.merged, commit, Some(&base.commit)).await?;
        Ok(None)
    }
}

/// The push that brings this to a branch, which had that before.
fn build_push_record(merged: &MergedList, commit: &CommitId, replaced: Option<&CommitId>) -> PushRecord {
    let tables = tables_fingerprint(&merged.files, &merged.generated);
    // Without tables that can be read there is nothing that could be known again by them.
    let tables = tables.unwrap_or_else(|| Fingerprint::of_text(""));
    PushRecord {
        commit: commit.clone(),
        replaced: replaced.cloned(),
        tables_fingerprint: tables,
        files: merged.generated.clone(),
    }
}
