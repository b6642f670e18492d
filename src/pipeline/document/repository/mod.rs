//! A list in a repository: looked at before its topics are polled, and afterwards brought to what the history says by
//! a commit to its base, a branch, or one pull request that is kept current.
//!
//! One step is done at a time and everything is looked at again after it, so that a program which was killed between two
//! steps goes on where it was, and what a person did meanwhile is seen. What is proposed is noted before it is pushed, and
//! stays known by its commit until it is clear what was merged.

mod base_branch;
mod change_description;
mod merge_base;
mod messages;
mod observation;
mod pending_review;
mod repository_list;
mod repository_sync;
mod session;
mod snapshot;

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;

use super::adopt::adopt_from_files;
use super::exports::is_export;
use super::generate::TableCache;
use super::list::{LIST_FILE, ListRemarks, ListReport, polled_topics};
use super::merge::record_doubts;
use super::merged_list::{ListProposal, MergedList};
use crate::domain::pull_request_plan::{ClosingReason, DesiredChange, PullRequestStep, next_step};
use crate::domain::{CommitId, Fingerprint};
use crate::list::forge;
use crate::list::forge::{ForgeError, OpenedPullRequest, PullRequest};
use crate::list::git::{PushOutcome, Repository};
use crate::store::{FileTexts, GeneratedFiles, PendingReviewState, PushRecord, Store};
use merge_base::{find_merge_base, generated_texts, tables_fingerprint};
use observation::Observation;
use repository_list::list_label;
use repository_sync::RepositorySync;
use snapshot::Snapshot;

pub use base_branch::read_base_branch;
pub use repository_list::{PublishMode, PullRequestSettings, RepositoryList};
pub use session::RepositorySession;

/// So many steps lead from any state to the desired one; more mean that somebody else is at work at the same time.
const STEPS_MAX: usize = 12;

/// Looks where a list's repository is, and takes the papers that people put into its list for known.
pub async fn fetch_and_adopt(
    store: &mut Store,
    kept: &RepositoryList<'_>,
    repository: Repository,
    now: Timestamp,
) -> Result<RepositorySession> {
    let mut visit = RepositorySession::start(repository, kept).await?;
    let mut ground = Snapshot::new(&visit.heads.base.commit);
    ground.load_known(&mut visit, store, kept).await?;
    let ours = generated_texts(store, kept, &mut visit.text_cache)?;
    adopt_from_files(store, &kept.list, &ground.files(), &ours, now)?;
    Ok(visit)
}

/// What the list would be, against the base; none if there is nothing to propose yet. Nothing is pushed.
pub async fn propose(
    store: &Store,
    kept: &RepositoryList<'_>,
    visit: &mut RepositorySession,
    now: Timestamp,
) -> Result<Option<ListProposal>> {
    let Some(topics) = polled_topics(store, &kept.list)? else { return Ok(None) };
    let mut ground = Snapshot::new(&visit.heads.base.commit);
    ground.load_known(visit, store, kept).await?;
    let head = visit.heads.base.clone();
    let ours = find_merge_base(visit, store, kept, &ground.files(), Some(&head), &[]).await?;
    let merged = ground.merge(visit, store, kept, &ours, &mut TableCache::new(topics), now).await?;
    let standing = ground.files();
    let body = match &kept.mode {
        PublishMode::PullRequest(..) => Some(messages::pull_request_body(
            &messages::topic_changes(&kept.list, &standing, &merged),
            &messages::change_content(&standing, &merged),
        )),
        PublishMode::Direct | PublishMode::Branch(_) => None,
    };
    Ok(Some(ListProposal { merged, edited: standing, body }))
}

/// Brings a list's repository to what the history says.
pub async fn sync(
    store: &mut Store,
    kept: &RepositoryList<'_>,
    visit: RepositorySession,
    now: Timestamp,
) -> Result<ListReport> {
    let Some(topics) = polled_topics(store, &kept.list)? else { return Ok(ListReport::default()) };
    let table_cache = TableCache::new(topics);
    let (said, told, changed, pull, awaited) = (None, ListRemarks::default(), false, None, None);
    let ended = BTreeMap::new();
    let mut keeping = RepositorySync {
        store,
        target: kept,
        session: visit,
        table_cache,
        description: said,
        now,
        remarks: told,
        changed,
        pull_request_url: pull,
        pending_review: awaited,
        closed_pulls: ended,
    };
    for _ in 0..STEPS_MAX {
        let mut step = Box::pin(keeping.step()).await;
        // Before all steps are done nothing is forgotten: a later one looks at the same rows again.
        if !matches!(step, Ok(None)) {
            step = record_doubts(keeping.store, kept.list.name, step);
        }
        if let Some(merged) = step.with_context(|| list_label(kept))? {
            let archives = merged.files.keys().filter(|file| *file != LIST_FILE && !is_export(file));
            let archives = archives.cloned().collect();
            let RepositorySync {
                store,
                remarks: told,
                changed,
                pull_request_url: pull,
                pending_review: awaited,
                ..
            } = keeping;
            store.note_archive_volumes(kept.list.name, &merged.regenerated_volumes)?;
            store.note_pending_review(kept.list.name, awaited.as_ref(), now)?;
            return Ok(ListReport {
                rows: merged.rows,
                changed,
                archives,
                remarks: told,
                pull_request_url: pull,
            });
        }
    }
    bail!("{}: not settled within {STEPS_MAX} steps; the next turn goes on", list_label(kept))
}

impl RepositorySync<'_> {
    /// Looks, and does one step; gives what there is once nothing is left to do.
    async fn step(&mut self) -> Result<Option<MergedList>> {
        let mut look = self.observe().await?;
        if self.record_dismissals(&look)? {
            look = self.observe().await?;
        }
        self.record_observation(&look)?;
        if let PublishMode::Direct = self.target.mode {
            return self.commit_directly(look).await;
        }
        match next_step(&look.plan_input) {
            PullRequestStep::Nothing => self.pending_review = self.open_review(&look)?,
            PullRequestStep::LeaveClosed { pull } => {
                self.pending_review = self.review_of_pull(&look, pull, PendingReviewState::Closed)?;
                self.remarks.notes.push(format!(
                    "pull request {pull} was closed by somebody: it stays so until there is something else to propose"
                ));
            }
            PullRequestStep::Close { pull, why } => return self.close(&look, pull, why).await.map(|()| None),
            PullRequestStep::Delete { branch, seen } => {
                return self.delete(branch, &seen).await.map(|()| None);
            }
            PullRequestStep::Push { branch, commit, seen } => {
                return self.push(&look, branch, &commit, seen.as_ref()).await.map(|()| None);
            }
            PullRequestStep::Open { branch } => return self.open(&look, branch).await.map(|()| None),
            PullRequestStep::Update { pull } => return self.update(&look, pull).await.map(|()| None),
            PullRequestStep::Wait { branch, pull } => {
                self.report_conflict(&look, branch, pull).await?;
                self.pending_review =
                    Some(self.pending_review(&look, branch, pull, PendingReviewState::Stuck)?);
            }
        }
        Ok(Some(look.merged))
    }

    /// Notes what people took out of our branches and put back into them; whether there is any of it.
    fn record_dismissals(&mut self, look: &Observation) -> Result<bool> {
        let list = self.target.list.name;
        let mut is_any = false;
        for (_, merged) in &look.branch_merges {
            self.store.restore(list, &merged.restored)?;
            self.store.dismiss(list, &merged.dismissed)?;
            self.remarks.dismissed.extend(merged.dismissed_papers());
            is_any |= !merged.restored.is_empty() || !merged.dismissed.is_empty();
        }
        Ok(is_any)
    }

    /// What the store has to know of what was seen: a merge, the pull request in use, what our branch has.
    fn record_observation(&mut self, look: &Observation) -> Result<()> {
        let list = self.target.list.name;
        if let DesiredChange::SameAsBase = look.plan_input.desired {
            let ours = self.store.generated_files(list, &mut self.session.text_cache)?;
            let newest =
                self.store.push_history(list, &mut self.session.text_cache)?.unmerged.into_iter().next();
            if !ours.is_settled(&look.merged.generated) || newest.is_some() {
                let base =
                    GeneratedFiles { written: look.merged.generated.clone(), intended: FileTexts::new() };
                self.store.note_merged_push(list, &base, newest.map(|push| push.commit).as_ref(), &[])?;
            }
        }
        let told =
            ListProposal { merged: look.merged.clone(), edited: FileTexts::new(), body: None }.remarks();
        self.remarks.dismissed.extend(told.dismissed);
        self.remarks.conflicts = told.conflicts;
        self.remarks.blocked = told.blocked;
        self.remarks.notes = told.notes;
        if let Some(open) = look.pulls.iter().find(|pull| pull.state == forge::ForgePullRequestState::Open) {
            self.pull_request_url = Some(open.url.clone());
            self.store.note_open_pull_request(list, open.number)?;
        }
        if let DesiredChange::NewCommit { commit, .. } = &look.plan_input.desired
            && look.plan_input.branches.iter().any(|branch| branch.commit == *commit)
        {
            let push = push_record(&look.merged, commit);
            if self.store.push_history(list, &mut self.session.text_cache)?.unmerged.first() != Some(&push) {
                self.store.note_push(list, &push)?;
            }
        }
        Ok(())
    }

    async fn commit_directly(&mut self, look: Observation) -> Result<Option<MergedList>> {
        let DesiredChange::NewCommit { commit, .. } = &look.plan_input.desired else {
            return Ok(Some(look.merged));
        };
        let list = self.target.list.name;
        self.store.note_push(list, &push_record(&look.merged, commit))?;
        let base = self.session.heads.base.clone();
        match self.session.repository.push(&base.branch, commit, Some(&base.commit)).await? {
            PushOutcome::Accepted => self.changed = true,
            PushOutcome::Stale => {}
            PushOutcome::Refused(words) => bail!("the branch {} refuses the commit: {words}", base.branch),
        }
        self.refresh_heads().await?;
        Ok(None)
    }

    async fn push(
        &mut self,
        look: &Observation,
        number: u32,
        commit: &CommitId,
        seen: Option<&CommitId>,
    ) -> Result<()> {
        let branch = self.target.branch()?.numbered(number);
        let on_top = look.branch_merges.iter().find(|(on, _)| *on == number).map(|(_, merged)| merged);
        let merged = on_top.unwrap_or(&look.merged);
        let list = self.target.list.name;
        self.store.note_push(list, &push_record(merged, commit))?;
        match self.session.repository.push(&branch, commit, seen).await? {
            PushOutcome::Accepted => self.changed = true,
            PushOutcome::Stale => {}
            PushOutcome::Refused(words) => bail!("the branch {branch} refuses the commit: {words}"),
        }
        self.refresh_heads().await
    }

    async fn delete(&mut self, number: u32, seen: &CommitId) -> Result<()> {
        let branch = self.target.branch()?.numbered(number);
        if let PushOutcome::Refused(words) = self.session.repository.delete(&branch, seen).await? {
            bail!("the branch {branch} is of no use any more and cannot be deleted: {words}");
        }
        self.refresh_heads().await
    }

    async fn open(&mut self, look: &Observation, number: u32) -> Result<()> {
        let PublishMode::PullRequest(_, asking) = &self.target.mode else { return Ok(()) };
        let branches = self.branches(number)?;
        let proposal = forge::NewPullRequest {
            title: asking.title.to_owned(),
            body: look.body.clone(),
            draft: asking.draft,
        };
        self.closed_pulls.remove(&number);
        let opened = asking.forge.open(&branches, &proposal).await;
        if let Err(ForgeError::NothingToPropose(_)) = opened {
            return Ok(()); // Somebody has merged the branch meanwhile.
        }
        let (OpenedPullRequest::New(pull) | OpenedPullRequest::Adopted(pull)) = opened?;
        self.store.note_open_pull_request(self.target.list.name, pull.number)?;
        asking.forge.label(&pull, asking.labels).await?;
        self.ask_reviewers(asking, &pull).await?;
        self.changed = true;
        Ok(())
    }

    /// Asks the reviewers once, also if the run that opened the pull request did not come to it. A forge that will
    /// not have one of them has said so, and is not asked again.
    async fn ask_reviewers(&mut self, asking: &PullRequestSettings<'_>, pull: &PullRequest) -> Result<()> {
        let list = self.target.list.name;
        if self.store.has_asked_reviewers(list, pull.number)? {
            return Ok(());
        }
        let asked = asking.forge.ask_reviewers(pull, asking.reviewers).await;
        if let Ok(()) | Err(ForgeError::Rejected(_)) = asked {
            self.store.note_reviewers_asked(list, pull.number)?;
        }
        Ok(asked?)
    }

    async fn update(&mut self, look: &Observation, number: u64) -> Result<()> {
        let PublishMode::PullRequest(_, asking) = &self.target.mode else { return Ok(()) };
        let pull = find_pull(look, number)?;
        asking.forge.update(pull, asking.title, &look.body).await?;
        asking.forge.label(pull, asking.labels).await?;
        self.ask_reviewers(asking, pull).await
    }

    async fn close(&mut self, look: &Observation, number: u64, why: ClosingReason) -> Result<()> {
        let PublishMode::PullRequest(_, asking) = &self.target.mode else { return Ok(()) };
        let words = match why {
            ClosingReason::NothingToPropose => {
                "The base has all of this already, so there is nothing left to propose."
            }
            ClosingReason::AnotherIsOpen => {
                "Another pull request of this list is open, and is the one that is kept current."
            }
        };
        let pull = find_pull(look, number)?;
        self.store.note_own_closing(self.target.list.name, number)?;
        asking.forge.comment(pull, words).await?;
        asking.forge.close(pull).await?;
        self.changed = true;
        Ok(())
    }

    async fn report_conflict(&mut self, look: &Observation, number: u32, waiting: Option<u64>) -> Result<()> {
        let branch = self.target.branch()?.numbered(number);
        let words = format!(
            "Somebody's commits on `{branch}` and what the list should have now change the same lines, so they were left as \
             they are. Once they are merged, or taken off the branch, it goes on."
        );
        if let (PublishMode::PullRequest(_, asking), Some(number)) = (&self.target.mode, waiting) {
            asking.forge.comment(find_pull(look, number)?, &words).await?;
        }
        self.remarks.notes.push(words);
        Ok(())
    }
}

/// The push that brings this to a branch.
fn push_record(merged: &MergedList, commit: &CommitId) -> PushRecord {
    let tables = tables_fingerprint(&merged.files, &merged.generated);
    // Without tables that can be read there is nothing that could be known again by them.
    let tables = tables.unwrap_or_else(|| Fingerprint::of(""));
    PushRecord { commit: commit.clone(), tables_fingerprint: tables, files: merged.generated.clone() }
}

fn find_pull(look: &Observation, number: u64) -> Result<&PullRequest> {
    let found = look.pulls.iter().find(|pull| pull.number == number);
    found.ok_or_else(|| anyhow!("pull request {number} is not there any more"))
}
