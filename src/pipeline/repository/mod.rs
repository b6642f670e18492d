//! A list in a repository: looked at before its topics are polled, and afterwards brought to what the history says by
//! a commit to its base, a branch, or one pull request that is kept current.
//!
//! One step is done at a time and everything is looked at again after it, so that a program which was killed between two
//! steps goes on where it was, and what a person did meanwhile is seen. What is proposed is noted before it is pushed, and
//! stays known by its commit until it is clear what was merged.

mod awaited;
mod ground;
mod look;
mod merged;
mod texts;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;

use super::beside::is_beside;
use super::curate::{Curation, noted};
use super::observe::observe_files;
use super::project::{List, Projected, Proposal, Told, polled};
use super::tables::{Drafts, OWN};
use crate::domain::proposal::{Closing, Conflict, Step, Wanted, next};
use crate::domain::{Branch, CommitId, Print, TreePath};
use crate::list::forge::{self, Branches, Forge, Opened, PullRequest, Refusal};
use crate::list::git::{Blob, Heads, Pushed, Repository};
use crate::store::{AtHand, Awaited, AwaitedState, Files, Generated, Push, Store};
use ground::Ground;
use look::{Look, Said};
use merged::{in_base, ours, tables_of};

pub use texts::texts;

/// So many steps lead from any state to the wanted one; more mean that somebody else is at work at the same time.
const STEPS_MAX: usize = 12;

/// A list in a repository as the configuration has it.
#[derive(Debug)]
pub struct Kept<'a> {
    /// The list; its file is the path in the repository.
    pub list: List<'a>,
    /// The same path.
    pub path: &'a TreePath,
    /// The branch that the list is on; none for the remote's default.
    pub base: Option<&'a Branch>,
    /// How it gets there.
    pub route: Route<'a>,
}

/// How a list gets into its repository.
#[derive(Debug)]
pub enum Route<'a> {
    /// Committed to the base.
    Direct,
    /// Pushed to this branch; a person merges it.
    Branch(&'a Branch),
    /// Pushed to this branch, or a later one of its name, and proposed by a pull request.
    PullRequest(&'a Branch, Asking<'a>),
}

/// How a pull request is made.
#[derive(Debug)]
pub struct Asking<'a> {
    /// Where.
    pub forge: &'a Forge,
    /// Its title.
    pub title: &'a str,
    /// Its labels.
    pub labels: &'a [String],
    /// Who is asked to look at it, once.
    pub reviewers: &'a [String],
    /// Whether it is opened as a draft.
    pub draft: bool,
}

/// A repository that was just looked at.
#[derive(Debug)]
pub struct Visit {
    repository: Repository,
    heads: Heads,
    /// The base whose rows were looked at for papers that people added.
    observed: CommitId,
    /// Commits, and the pushes of which nothing was found in them.
    not_taken: HashSet<(CommitId, CommitId)>,
    /// Every file's text that was read.
    texts: HashMap<Blob, Arc<str>>,
    /// The same by their prints, and what was read of the history.
    at_hand: AtHand,
}

impl Visit {
    async fn begin(mut repository: Repository, kept: &Kept<'_>) -> Result<Self> {
        let heads = repository.look(kept.base, &kept.branch()?).await.with_context(|| named(kept))?;
        let (observed, not_taken, at_hand) = (heads.base.commit.clone(), HashSet::new(), AtHand::default());
        Ok(Self { repository, heads, observed, not_taken, texts: HashMap::new(), at_hand })
    }
}

impl Kept<'_> {
    /// The branch that ours are named after.
    fn branch(&self) -> Result<Branch> {
        match &self.route {
            Route::Branch(branch) | Route::PullRequest(branch, _) => Ok((*branch).clone()),
            Route::Direct => "paperwire".parse().context("a name of our own"),
        }
    }
}

/// Looks where a list's repository is, and takes the papers that people put into its list for known.
pub async fn visit(
    store: &mut Store,
    kept: &Kept<'_>,
    repository: Repository,
    now: Timestamp,
) -> Result<Visit> {
    let mut visit = Visit::begin(repository, kept).await?;
    let mut ground = Ground::new(&visit.heads.base.commit);
    ground.load_known(&mut visit, store, kept).await?;
    let ours = ours(store, kept, &mut visit.at_hand)?;
    observe_files(store, &kept.list, &ground.files(), &ours, now)?;
    Ok(visit)
}

/// What the list would be, against the base; none where there is nothing to say yet. Nothing is pushed.
pub async fn propose(
    store: &Store,
    kept: &Kept<'_>,
    visit: &mut Visit,
    now: Timestamp,
) -> Result<Option<Proposal>> {
    let Some(topics) = polled(store, &kept.list)? else { return Ok(None) };
    let mut ground = Ground::new(&visit.heads.base.commit);
    ground.load_known(visit, store, kept).await?;
    let head = visit.heads.base.clone();
    let ours = in_base(visit, store, kept, &ground.files(), Some(&head), &[]).await?;
    let curation = ground.curate(visit, store, kept, &ours, &mut Drafts::new(topics), now).await?;
    let standing = ground.files();
    let body = match &kept.route {
        Route::PullRequest(..) => Some(words::body(
            &words::changes(&kept.list, &standing, &curation),
            &words::brought(&standing, &curation),
        )),
        Route::Direct | Route::Branch(_) => None,
    };
    Ok(Some(Proposal { curation, standing, body }))
}

/// Brings a list's repository to what the history says.
pub async fn keep(store: &mut Store, kept: &Kept<'_>, visit: Visit, now: Timestamp) -> Result<Projected> {
    let Some(topics) = polled(store, &kept.list)? else { return Ok(Projected::default()) };
    let drafts = Drafts::new(topics);
    let (said, told, changed, pull, awaited) = (None, Told::default(), false, None, None);
    let ended = BTreeMap::new();
    let mut keeping = Keeping { store, kept, visit, drafts, said, now, told, changed, pull, awaited, ended };
    for _ in 0..STEPS_MAX {
        let mut step = Box::pin(keeping.step()).await;
        // Before all steps are done nothing is forgotten: a later one looks at the same rows again.
        if !matches!(step, Ok(None)) {
            step = noted(keeping.store, kept.list.name, step);
        }
        if let Some(curation) = step.with_context(|| named(kept))? {
            let archives = curation.wanted.keys().filter(|file| *file != OWN && !is_beside(file));
            let archives = archives.cloned().collect();
            let Keeping { store, told, changed, pull, awaited, .. } = keeping;
            store.note_archived(kept.list.name, &curation.archived)?;
            store.note_awaited(kept.list.name, awaited.as_ref(), now)?;
            return Ok(Projected { rows: curation.rows, changed, archives, told, pull });
        }
    }
    bail!("{}: not settled within {STEPS_MAX} steps; the next turn goes on", named(kept))
}

fn named(kept: &Kept<'_>) -> String {
    format!("list \"{}\"", kept.list.name)
}

/// One list on its way.
struct Keeping<'a> {
    store: &'a mut Store,
    kept: &'a Kept<'a>,
    visit: Visit,
    drafts: Drafts,
    /// In the last look.
    said: Option<Arc<Said>>,
    now: Timestamp,
    told: Told,
    changed: bool,
    pull: Option<String>,
    awaited: Option<Awaited>,
    /// The pull requests of branches before the latest that are closed or merged, by the numbers of their branches.
    ended: BTreeMap<u32, PullRequest>,
}

impl Keeping<'_> {
    /// Looks, and does one step; gives what there is once nothing is left to do.
    async fn step(&mut self) -> Result<Option<Curation>> {
        let mut look = self.look().await?;
        if self.note_dismissals(&look)? {
            look = self.look().await?;
        }
        self.note(&look)?;
        if let Route::Direct = self.kept.route {
            return self.commit_directly(look).await;
        }
        match next(&look.seen) {
            Step::Nothing => self.awaited = self.open_now(&look)?,
            Step::LeaveClosed { pull } => {
                self.awaited = self.of_pull(&look, pull, AwaitedState::Closed)?;
                self.told.notes.push(format!(
                    "pull request {pull} was closed by somebody: it stays so until there is something else to propose"
                ));
            }
            Step::Close { pull, why } => return self.close(&look, pull, why).await.map(|()| None),
            Step::Delete { branch, seen } => return self.delete(branch, &seen).await.map(|()| None),
            Step::Push { branch, commit, seen } => {
                return self.push(&look, branch, &commit, seen.as_ref()).await.map(|()| None);
            }
            Step::Open { branch } => return self.open(&look, branch).await.map(|()| None),
            Step::Update { pull } => return self.update(&look, pull).await.map(|()| None),
            Step::Wait { branch, pull, conflict: Conflict::Untold | Conflict::Told } => {
                self.wait(&look, branch, pull).await?;
                self.awaited = Some(self.awaited(&look, branch, pull, AwaitedState::Stuck)?);
            }
        }
        Ok(Some(look.curation))
    }

    /// Notes what people took out of our branches and put back into them; whether there is any of it.
    fn note_dismissals(&mut self, look: &Look) -> Result<bool> {
        let list = self.kept.list.name;
        let mut is_any = false;
        for (_, curation) in &look.on_top {
            self.store.restore(list, &curation.restored)?;
            self.store.dismiss(list, &curation.dismissed)?;
            self.told.dismissed.extend(curation.dismissed_in_words());
            is_any |= !curation.restored.is_empty() || !curation.dismissed.is_empty();
        }
        Ok(is_any)
    }

    /// What the store has to know of what was seen: a merge, the pull request in use, what our branch has.
    fn note(&mut self, look: &Look) -> Result<()> {
        let list = self.kept.list.name;
        if let Wanted::AsBase = look.seen.wanted {
            let ours = self.store.generated(list, &mut self.visit.at_hand)?;
            let newest = self.store.pushes(list, &mut self.visit.at_hand)?.unmerged.into_iter().next();
            if !ours.is_settled(&look.curation.generated) || newest.is_some() {
                let base = Generated { written: look.curation.generated.clone(), intended: Files::new() };
                self.store.note_merged(list, &base, newest.map(|push| push.commit).as_ref(), &[])?;
            }
        }
        let told = Proposal { curation: look.curation.clone(), standing: Files::new(), body: None }.told();
        self.told.dismissed.extend(told.dismissed);
        self.told.conflicts = told.conflicts;
        self.told.waits = told.waits;
        self.told.notes = told.notes;
        if let Some(open) = look.pulls.iter().find(|pull| pull.state == forge::State::Open) {
            self.pull = Some(open.url.clone());
            self.store.note_pull(list, open.number)?;
        }
        if let Wanted::Other { commit, .. } = &look.seen.wanted
            && look.seen.branches.iter().any(|branch| branch.commit == *commit)
        {
            let push = push_of(&look.curation, commit);
            if self.store.pushes(list, &mut self.visit.at_hand)?.unmerged.first() != Some(&push) {
                self.store.note_push(list, &push)?;
            }
        }
        Ok(())
    }

    async fn commit_directly(&mut self, look: Look) -> Result<Option<Curation>> {
        let Wanted::Other { commit, .. } = &look.seen.wanted else { return Ok(Some(look.curation)) };
        let list = self.kept.list.name;
        self.store.note_push(list, &push_of(&look.curation, commit))?;
        let base = self.visit.heads.base.clone();
        match self.visit.repository.push(&base.branch, commit, Some(&base.commit)).await? {
            Pushed::Accepted => self.changed = true,
            Pushed::Stale => {}
            Pushed::Refused(words) => bail!("the branch {} refuses the commit: {words}", base.branch),
        }
        self.look_again().await?;
        Ok(None)
    }

    async fn push(
        &mut self,
        look: &Look,
        number: u32,
        commit: &CommitId,
        seen: Option<&CommitId>,
    ) -> Result<()> {
        let branch = self.kept.branch()?.numbered(number);
        let on_top = look.on_top.iter().find(|(on, _)| *on == number).map(|(_, curation)| curation);
        let curation = on_top.unwrap_or(&look.curation);
        let list = self.kept.list.name;
        self.store.note_push(list, &push_of(curation, commit))?;
        match self.visit.repository.push(&branch, commit, seen).await? {
            Pushed::Accepted => self.changed = true,
            Pushed::Stale => {}
            Pushed::Refused(words) => bail!("the branch {branch} refuses the commit: {words}"),
        }
        self.look_again().await
    }

    async fn delete(&mut self, number: u32, seen: &CommitId) -> Result<()> {
        let branch = self.kept.branch()?.numbered(number);
        if let Pushed::Refused(words) = self.visit.repository.delete(&branch, seen).await? {
            bail!("the branch {branch} is of no use any more and cannot be deleted: {words}");
        }
        self.look_again().await
    }

    async fn open(&mut self, look: &Look, number: u32) -> Result<()> {
        let Route::PullRequest(_, asking) = &self.kept.route else { return Ok(()) };
        let branches = self.branches(number)?;
        let proposal =
            forge::Proposal { title: asking.title.to_owned(), body: look.body.clone(), draft: asking.draft };
        self.ended.remove(&number);
        let opened = asking.forge.open(&branches, &proposal).await;
        if let Err(Refusal::NothingToPropose(_)) = opened {
            return Ok(()); // Somebody has merged the branch meanwhile.
        }
        let (Opened::New(pull) | Opened::Adopted(pull)) = opened?;
        self.store.note_pull(self.kept.list.name, pull.number)?;
        asking.forge.label(&pull, asking.labels).await?;
        self.ask_reviewers(asking, &pull).await?;
        self.changed = true;
        Ok(())
    }

    /// Asks the reviewers once, also where the turn that opened the pull request did not come to it. A forge that will
    /// not have one of them has said so, and is not asked again.
    async fn ask_reviewers(&mut self, asking: &Asking<'_>, pull: &PullRequest) -> Result<()> {
        let list = self.kept.list.name;
        if self.store.has_asked_reviewers(list, pull.number)? {
            return Ok(());
        }
        let asked = asking.forge.ask_reviewers(pull, asking.reviewers).await;
        if let Ok(()) | Err(Refusal::Refused(_)) = asked {
            self.store.note_reviewers_asked(list, pull.number)?;
        }
        Ok(asked?)
    }

    async fn update(&mut self, look: &Look, number: u64) -> Result<()> {
        let Route::PullRequest(_, asking) = &self.kept.route else { return Ok(()) };
        let pull = pull(look, number)?;
        asking.forge.update(pull, asking.title, &look.body).await?;
        asking.forge.label(pull, asking.labels).await?;
        self.ask_reviewers(asking, pull).await
    }

    async fn close(&mut self, look: &Look, number: u64, why: Closing) -> Result<()> {
        let Route::PullRequest(_, asking) = &self.kept.route else { return Ok(()) };
        let words = match why {
            Closing::NothingToPropose => {
                "The base has all of this already, so there is nothing left to propose."
            }
            Closing::AnotherIsOpen => {
                "Another pull request of this list is open, and is the one that is kept current."
            }
        };
        let pull = pull(look, number)?;
        self.store.note_closing(self.kept.list.name, number)?;
        asking.forge.comment(pull, words).await?;
        asking.forge.close(pull).await?;
        self.changed = true;
        Ok(())
    }

    async fn wait(&mut self, look: &Look, number: u32, waiting: Option<u64>) -> Result<()> {
        let branch = self.kept.branch()?.numbered(number);
        let words = format!(
            "Somebody's commits on `{branch}` and what the list should have now change the same lines, so they were left as \
             they are. Once they are merged, or taken off the branch, it goes on."
        );
        if let (Route::PullRequest(_, asking), Some(number)) = (&self.kept.route, waiting) {
            asking.forge.comment(pull(look, number)?, &words).await?;
        }
        self.told.notes.push(words);
        Ok(())
    }

    async fn look_again(&mut self) -> Result<()> {
        self.visit.heads = self.visit.repository.look(self.kept.base, &self.kept.branch()?).await?;
        Ok(())
    }

    fn branches(&self, number: u32) -> Result<Branches> {
        let head = self.kept.branch()?.numbered(number).to_string();
        Ok(Branches { head, base: self.visit.heads.base.branch.to_string() })
    }
}

/// The push that brings this to a branch.
fn push_of(curation: &Curation, commit: &CommitId) -> Push {
    let tables = tables_of(&curation.wanted, &curation.generated);
    // Without tables that can be read there is nothing that could be known again by them.
    let tables = tables.unwrap_or_else(|| Print::of(""));
    Push { commit: commit.clone(), tables, files: curation.generated.clone() }
}

fn pull(look: &Look, number: u64) -> Result<&PullRequest> {
    let found = look.pulls.iter().find(|pull| pull.number == number);
    found.ok_or_else(|| anyhow!("pull request {number} is not there any more"))
}
