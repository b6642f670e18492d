//! Looking over a list's repository: what the base, our branches and the pull requests have, and what they should have.

use std::sync::Arc;

use anyhow::Result;

use super::ground::Ground;
use super::merged::{MergedPull, MergedPush, in_base, on_branch, ours};
use super::{Keeping, Route, words};
use crate::domain::CommitId;
use crate::domain::proposal::{
    BranchSeen, Conflict, Content, Holds, OnTop, PullSeen, PullState, Pulls, Seen, Wanted, Words,
};
use crate::list::forge::{self, PullRequest};
use crate::list::git::{Head, History, Merged};
use crate::pipeline::beside::note_rows_seen;
use crate::pipeline::curate::Curation;
use crate::pipeline::observe::observe_files;
use crate::pipeline::tables::Drafts;
use crate::render::pull_request::Changes;
use crate::store::Files;

/// So many of our branches are looked at: one is added only after a person closed the pull request of the last.
const BRANCHES_MAX: u32 = 100;

/// So often the pull requests are asked for again because a branch has moved meanwhile.
const MOVES_MAX: usize = 4;

fn is_open(pull: &PullRequest) -> bool {
    pull.state == forge::State::Open
}

/// What was seen in one look, with what a step needs of it.
pub(super) struct Look {
    pub(super) seen: Seen,
    /// What the base should have.
    pub(super) curation: Curation,
    /// For each of our branches that has a person's commits, what it should have.
    pub(super) on_top: Vec<(u32, Curation)>,
    pub(super) pulls: Vec<PullRequest>,
    pub(super) body: String,
}

/// What is said of what becomes of a list's files at a commit.
#[derive(Debug)]
pub(super) struct Said {
    base: CommitId,
    curation: Curation,
    changes: Vec<Changes>,
    content: Content,
}

impl Keeping<'_> {
    pub(super) async fn look(&mut self) -> Result<Look> {
        let numbered = self.pulls_and_heads().await?;
        let named = self.merged_pulls(numbered.as_deref().unwrap_or_default())?;
        let mut ground = Ground::new(&self.visit.heads.base.commit);
        ground.load_known(&mut self.visit, self.store, self.kept).await?;
        self.observe_again(&ground.files())?;
        let base = ground.files();
        let (list, head) = (self.kept.list.name, self.visit.heads.base.clone());
        let ours = in_base(&mut self.visit, self.store, self.kept, &base, Some(&head), &named).await?;
        let numbers: Vec<u64> = named.iter().map(|pull| pull.number).collect();
        match &ours.merged {
            // Before another proposal takes its place: what stands in the base is to be known as ours.
            Some(MergedPush { base, through }) => {
                self.store.note_merged(list, base, through.as_ref(), &numbers)?;
            }
            None => self.store.note_pulls_merged(list, &numbers)?,
        }
        let curation =
            ground.curate(&mut self.visit, self.store, self.kept, &ours, &mut self.drafts, self.now).await?;
        // Before a branch is looked at that has a person's commits: what was taken out of the base is not wanted there.
        self.store.restore(list, &curation.restored)?;
        self.store.dismiss(list, &curation.dismissed)?;
        self.store.note_rows_by_hand(list, &curation.by_hand)?;
        let standing = ground.files();
        let base = self.visit.heads.base.commit.clone();
        let said = self.said(&base, &standing, &curation);
        let message = words::message(&said.changes);
        let changes = ground.changes(self.kept, &curation.wanted)?;
        let commit = self.visit.repository.commit(&base, &changes, &message).await?;
        let content = said.content.clone();
        let wanted = match &commit {
            Some(commit) => Wanted::Other { commit: commit.clone(), content: content.clone() },
            None => Wanted::AsBase,
        };
        let (branches, on_top) = self.our_branches(commit.as_ref(), &message).await?;
        let body = match on_top.last() {
            Some((_, on_top)) => words::body(&words::changes(&self.kept.list, &standing, on_top), &content),
            None => words::body(&said.changes, &content),
        };
        let pulls_seen = match &numbered {
            None => Pulls::NoForge,
            Some(numbered) => Pulls::Of(self.judged(numbered, &body)?),
        };
        let pulls = numbered.into_iter().flatten().map(|(_, pull)| pull).collect();
        let seen = Seen { wanted, branches, pulls: pulls_seen };
        Ok(Look { seen, curation, on_top, pulls, body })
    }

    /// What there is to say of this change; of the same one as in the look before, what was said then.
    fn said(&mut self, base: &CommitId, standing: &Files, curation: &Curation) -> Arc<Said> {
        if let Some(said) = self.said.as_ref().filter(|said| said.base == *base && said.curation == *curation)
        {
            return Arc::clone(said);
        }
        let said = Arc::new(Said {
            base: base.clone(),
            curation: curation.clone(),
            changes: words::changes(&self.kept.list, standing, curation),
            content: words::brought(standing, curation),
        });
        self.said = Some(Arc::clone(&said));
        said
    }

    /// The pull requests, and where the branches are at the same moment: both are asked for again if a branch moved
    /// meanwhile. If branches keep moving, they are looked at last: the base then has what a pull request was merged with.
    async fn pulls_and_heads(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        for _ in 0..MOVES_MAX {
            let pulls = self.pulls().await?;
            if !self.has_moved().await? || pulls.is_none() {
                return Ok(pulls);
            }
        }
        let pulls = self.pulls().await?;
        self.look_again().await?;
        Ok(pulls)
    }

    /// Looks where the branches are now; whether one of them has moved.
    async fn has_moved(&mut self) -> Result<bool> {
        let before = self.visit.heads.clone();
        self.look_again().await?;
        Ok(self.visit.heads != before)
    }

    /// The pull requests of our branches, each with its branch's number; none where there is no forge. What has become of
    /// those of earlier branches is asked once in a turn: a person who opens one of them again is seen by the next.
    async fn pulls(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        let Route::PullRequest(branch, asking) = &self.kept.route else { return Ok(None) };
        let there: Vec<u32> =
            self.visit.heads.ours.iter().filter_map(|head| branch.number_of(&head.branch)).collect();
        let mut all = Vec::new();
        for number in 1..=BRANCHES_MAX {
            if let Some(ended) = self.ended.get(&number) {
                all.push((number, ended.clone()));
                continue;
            }
            let branches = self.branches(number)?;
            let open = asking.forge.find_open(&branches).await?;
            let closed = asking.forge.find_last_closed(&branches).await?;
            let is_unused = open.is_none() && closed.is_none();
            all.extend(open.into_iter().chain(closed).map(|pull| (number, pull)));
            if is_unused && there.iter().all(|there| *there <= number) {
                break;
            }
        }
        let latest = all.last().map(|(number, _)| *number);
        let is_ended = |number: u32| {
            Some(number) != latest && !all.iter().any(|(its, pull)| *its == number && is_open(pull))
        };
        self.ended = all.iter().filter(|(number, _)| is_ended(*number)).cloned().collect();
        Ok(Some(all))
    }

    /// The pull requests of which it is new that they were merged.
    fn merged_pulls(&self, pulls: &[(u32, PullRequest)]) -> Result<Vec<MergedPull>> {
        let list = self.kept.list.name;
        let in_use = self.store.pull(list)?;
        let mut merged = Vec::new();
        for (_, pull) in pulls.iter().filter(|(_, pull)| pull.state == forge::State::Merged) {
            if !self.store.has_noted_merge(list, pull.number)? {
                let (number, head) = (pull.number, pull.head_sha.parse().ok());
                merged.push(MergedPull { number, head, is_in_use: Some(number) == in_use });
            }
        }
        Ok(merged)
    }

    /// Takes the papers for known that people put into the base since it was looked at before the polls.
    fn observe_again(&mut self, base: &Files) -> Result<()> {
        if self.visit.observed == self.visit.heads.base.commit {
            return Ok(());
        }
        let ours = ours(self.store, self.kept, &mut self.visit.at_hand)?;
        observe_files(self.store, &self.kept.list, base, &ours, self.now)?;
        self.visit.observed = self.visit.heads.base.commit.clone();
        let topics = self.kept.list.topics.iter().map(|topic| self.store.topic(topic));
        self.drafts = Drafts::new(topics.collect::<Result<_>>()?);
        Ok(())
    }

    fn judged(&self, pulls: &[(u32, PullRequest)], body: &str) -> Result<Vec<PullSeen>> {
        let Route::PullRequest(_, asking) = &self.kept.route else { return Ok(Vec::new()) };
        let mut seen = Vec::new();
        for (branch, pull) in pulls {
            let has_labels = asking.labels.iter().all(|label| pull.labels.contains(label));
            let is_shown = asking.reviewers.is_empty()
                || self.store.has_asked_reviewers(self.kept.list.name, pull.number)?;
            let is_current =
                pull.title == asking.title && words::say_the_same(&pull.body, body) && has_labels && is_shown;
            let state = match pull.state {
                forge::State::Open if is_current => PullState::Open(Words::Current),
                forge::State::Open => PullState::Open(Words::Outdated),
                forge::State::Merged => PullState::Merged,
                forge::State::Closed if self.store.has_closed(self.kept.list.name, pull.number)? => {
                    PullState::ClosedByUs
                }
                forge::State::Closed => PullState::ClosedByPerson(words::content(&pull.body)),
            };
            seen.push(PullSeen { id: pull.number, branch: *branch, state });
        }
        Ok(seen)
    }

    /// Our branches, and for those that have a person's commits what they should have.
    async fn our_branches(
        &mut self,
        wanted: Option<&CommitId>,
        message: &str,
    ) -> Result<(Vec<BranchSeen>, Vec<(u32, Curation)>)> {
        let name = self.kept.branch()?;
        let (mut seen, mut on_top) = (Vec::new(), Vec::new());
        for head in self.visit.heads.ours.clone() {
            let Some(number) = name.number_of(&head.branch) else { continue };
            if matches!(self.kept.route, Route::Branch(_)) && number != 1 {
                continue;
            }
            let history = self.visit.repository.history(&self.visit.heads, &head).await?;
            let holds = match (history.has_persons(), wanted) {
                (false, _) => Holds::Ours,
                (true, None) => Holds::Persons(OnTop::AlreadyIn),
                (true, Some(wanted)) => {
                    let (holds, curation) = self.put_on_top(&head, &history, wanted, message).await?;
                    on_top.push((number, curation));
                    Holds::Persons(holds)
                }
            };
            seen.push(BranchSeen { number, commit: head.commit.clone(), holds });
        }
        Ok((seen, on_top))
    }

    /// What is wanted on top of a branch that has a person's commits: its list as the person left it with what came
    /// since, and where the base moved, the base as well.
    async fn put_on_top(
        &mut self,
        head: &Head,
        history: &History,
        wanted: &CommitId,
        message: &str,
    ) -> Result<(OnTop, Curation)> {
        let mut ground = Ground::new(&head.commit);
        ground.load_known(&mut self.visit, self.store, self.kept).await?;
        let ours = on_branch(&mut self.visit, self.store, self.kept, head, &ground.files(), history).await?;
        let curation =
            ground.curate(&mut self.visit, self.store, self.kept, &ours, &mut self.drafts, self.now).await?;
        // In a list's feed, a row that is only on the branch has the date when it was first seen.
        note_rows_seen(self.store, &self.kept.list, &curation.wanted, self.now)?;
        let changes = ground.changes(self.kept, &curation.wanted)?;
        let list = self.visit.repository.commit(&head.commit, &changes, message).await?;
        if history.merge_base.as_ref() == Some(&self.visit.heads.base.commit) {
            return Ok((list.map_or(OnTop::AlreadyIn, OnTop::Merged), curation));
        }
        let tip =
            Head { branch: head.branch.clone(), commit: list.clone().unwrap_or_else(|| head.commit.clone()) };
        let since = match &history.merge_base {
            Some(base) => Some(self.wanted_on(base, message).await?),
            None => None,
        };
        let put = self.visit.repository.put_on_top(&tip, since.as_ref(), wanted, message).await?;
        let on_top = match put {
            Merged::AlreadyIn => list.map_or(OnTop::AlreadyIn, OnTop::Merged),
            Merged::Commit(both) => OnTop::Merged(both),
            Merged::Conflict(_) => OnTop::Conflict(Conflict::Untold),
        };
        Ok((on_top, curation))
    }

    /// What would be wanted if the base were where a branch has left it. What is wanted now differs from that by what
    /// the base got since, and by nothing of ours: that is on the branch by itself.
    async fn wanted_on(&mut self, base: &CommitId, message: &str) -> Result<CommitId> {
        let mut ground = Ground::new(base);
        ground.load_known(&mut self.visit, self.store, self.kept).await?;
        let mut ours = in_base(&mut self.visit, self.store, self.kept, &ground.files(), None, &[]).await?;
        ours.is_past = true;
        let curation =
            ground.curate(&mut self.visit, self.store, self.kept, &ours, &mut self.drafts, self.now).await?;
        let changes = ground.changes(self.kept, &curation.wanted)?;
        let commit = self.visit.repository.commit(base, &changes, message).await?;
        Ok(commit.unwrap_or_else(|| base.clone()))
    }
}
