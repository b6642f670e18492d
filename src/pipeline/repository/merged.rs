//! What of ours stands at a commit: what was merged, by whoever, however and whenever.

use std::sync::Arc;

use anyhow::Result;

use super::{Kept, Visit};
use crate::domain::{Branch, CommitId, Print};
use crate::list::git::{Head, History};
use crate::pipeline::beside::is_beside;
use crate::pipeline::curate::{Ours, without_restored};
use crate::render::blocks;
use crate::store::{AtHand, Files, Generated, Push, Pushes, Store};

/// What of ours stands at a commit.
#[derive(Debug)]
pub(super) struct InBase {
    /// What is known to, and behind it what may; see [`Ours`].
    files: Vec<Files>,
    is_known: bool,
    /// What was proposed, here or elsewhere.
    proposed: Vec<Files>,
    /// Our branch that it stands on; none where that is the base.
    branch: Option<Branch>,
    /// Whether it stands in a base of the past.
    pub(super) is_past: bool,
    /// What was merged since the last look.
    pub(super) merged: Option<MergedPush>,
}

/// A push that was merged.
#[derive(Debug)]
pub(super) struct MergedPush {
    /// What stands in the base with it.
    pub(super) base: Generated,
    /// Its commit; none where there was no push.
    pub(super) through: Option<CommitId>,
}

/// A pull request of which it was not known that it was merged.
#[derive(Debug)]
pub(super) struct MergedPull {
    pub(super) number: u64,
    /// The head that it was merged with, as the forge names it; none where the forge does not know it. Gitea names where
    /// the branch is now.
    pub(super) head: Option<CommitId>,
    /// Whether the list was proposed by it.
    pub(super) is_in_use: bool,
}

impl InBase {
    /// What is known as ours, the surest first; nothing of it is known to stand where the first text is empty.
    fn of(first: Files, others: impl IntoIterator<Item = Files>) -> Self {
        let is_known = !first.is_empty();
        let files = std::iter::once(first).chain(others).filter(|files| !files.is_empty()).collect();
        Self { files, is_known, proposed: Vec::new(), branch: None, is_past: false, merged: None }
    }

    fn after(base: Generated, through: Option<CommitId>) -> Self {
        let of = Self::of(base.written.clone(), [base.intended.clone()]);
        Self { merged: Some(MergedPush { base, through }), ..of }
    }

    pub(super) fn files(&self) -> Vec<&Files> {
        self.files.iter().collect()
    }

    pub(super) fn proposed(&self) -> Vec<&Files> {
        self.proposed.iter().collect()
    }

    pub(super) fn ours<'a>(&'a self, files: &'a [&'a Files], proposed: &'a [&'a Files]) -> Ours<'a> {
        Ours { files, is_known: self.is_known, proposed, branch: self.branch.as_ref(), is_past: self.is_past }
    }
}

/// What of ours may stand in the base, the surest first: what was merged, what was pushed.
pub(super) fn ours(store: &Store, kept: &Kept<'_>, at_hand: &mut AtHand) -> Result<Vec<Files>> {
    let Generated { written, intended } = store.generated(kept.list.name, at_hand)?;
    let pushes = store.pushes(kept.list.name, at_hand)?.unmerged;
    let all = [written, intended].into_iter().chain(pushes.into_iter().map(|push| push.files));
    Ok(all.filter(|files| !files.is_empty()).collect())
}

/// What of ours stands in the base, which has these files: the latest push that is there, as the tables show, or as the
/// commits do, which are looked at where the base is where it is now; else what the forge says was merged; else what is
/// known. What is only proposed is none of it: a row that was never merged cannot have been taken out.
pub(super) async fn in_base(
    visit: &mut Visit,
    store: &Store,
    kept: &Kept<'_>,
    base: &Files,
    now: Option<&Head>,
    named: &[MergedPull],
) -> Result<InBase> {
    let generated = store.generated(kept.list.name, &mut visit.at_hand)?;
    let pushes = store.pushes(kept.list.name, &mut visit.at_hand)?;
    for push in pushes.unmerged.iter().filter(|push| push.files != generated.written) {
        if stands(visit, push, base, now).await? {
            let base = Generated { written: pushed(store, kept, push, base)?, intended: Files::new() };
            return Ok(InBase::after(base, Some(push.commit.clone())));
        }
    }
    match named_push(visit, &pushes, named).await? {
        Named::Nothing => {
            let restored = store.restored(kept.list.name)?;
            let ours = |files| without_restored(&restored, files, base);
            let proposed = pushes.unmerged.into_iter().map(|push| push.files).collect();
            Ok(InBase { proposed, ..InBase::of(ours(generated.written)?, [ours(generated.intended)?]) })
        }
        Named::Push(at) => {
            let push = &pushes.unmerged[at];
            let files = pushed(store, kept, push, base)?;
            // It was merged together with something else. Where the forge names where the branch is now, it may have been the
            // push before.
            let base = match pushes.unmerged.get(at + 1) {
                Some(before) => Generated { written: pushed(store, kept, before, base)?, intended: files },
                None => Generated { written: files, intended: Files::new() },
            };
            Ok(InBase::after(base, Some(push.commit.clone())))
        }
        // Whatever is there now, nothing that is not there was taken out.
        Named::Unknown => {
            let newest = pushes.unmerged.first();
            let Generated { written, intended } = generated;
            let known = if written.is_empty() { intended } else { written };
            let intended = newest.map_or(known, |push| push.files.clone());
            let base = Generated { written: Files::new(), intended };
            Ok(InBase::after(base, newest.map(|push| push.commit.clone())))
        }
    }
}

/// What of ours stands on a branch that has these files and this history beyond the base.
pub(super) async fn on_branch(
    visit: &mut Visit,
    store: &Store,
    kept: &Kept<'_>,
    branch: &Head,
    files: &Files,
    history: &History,
) -> Result<InBase> {
    let pushes = store.pushes(kept.list.name, &mut visit.at_hand)?.unmerged;
    let is_there = |push: &&Push| history.commits.iter().any(|commit| commit.id == push.commit);
    let proposed: Vec<Files> = pushes.iter().map(|push| push.files.clone()).collect();
    let of = |first, others| InBase {
        branch: Some(branch.branch.clone()),
        proposed: proposed.clone(),
        ..InBase::of(first, others)
    };
    if let Some(push) = pushes.iter().find(is_there) {
        return Ok(of(pushed(store, kept, push, files)?, Vec::new()));
    }
    for push in &pushes {
        if stands(visit, push, files, Some(branch)).await? {
            return Ok(of(pushed(store, kept, push, files)?, Vec::new()));
        }
    }
    Ok(of(Files::new(), ours(store, kept, &mut visit.at_hand)?))
}

/// What was generated for a push, without the rows of papers that were restored after it and are not in these files: that
/// they are not there is no deletion.
fn pushed(store: &Store, kept: &Kept<'_>, push: &Push, standing: &Files) -> Result<Files> {
    let restored = store.restored_after(kept.list.name, &push.commit)?;
    without_restored(&restored, push.files.clone(), standing)
}

/// Whether a push stands at a commit that has these files.
async fn stands(visit: &mut Visit, push: &Push, files: &Files, at: Option<&Head>) -> Result<bool> {
    if tables_of(files, &push.files) == Some(push.tables) {
        return Ok(true);
    }
    let Some(at) = at else { return Ok(false) };
    let asked = (at.commit.clone(), push.commit.clone());
    if !visit.not_taken.contains(&asked) && visit.repository.has_taken(at, &push.commit).await? {
        return Ok(true);
    }
    visit.not_taken.insert(asked);
    Ok(false)
}

/// What a forge says of our pushes.
enum Named {
    Nothing,
    /// This one of those that are not known to be merged was.
    Push(usize),
    /// What was merged is none of ours, nor does it follow one.
    Unknown,
}

async fn named_push(visit: &mut Visit, pushes: &Pushes, named: &[MergedPull]) -> Result<Named> {
    let is_named = |push: &Push| named.iter().any(|pull| pull.head.as_ref() == Some(&push.commit));
    if let Some(at) = pushes.unmerged.iter().position(is_named) {
        return Ok(Named::Push(at));
    }
    let Some(pull) = named.iter().find(|pull| pull.is_in_use) else { return Ok(Named::Nothing) };
    let unmerged = pushes.unmerged.iter().map(|push| push.commit.clone());
    let all: Vec<CommitId> = unmerged.chain(pushes.merged.iter().cloned()).collect();
    let found = match &pull.head {
        Some(head) => visit.repository.first_in(head, &all).await?,
        None => None,
    };
    let Some(found) = found else { return Ok(Named::Unknown) };
    let at = pushes.unmerged.iter().position(|push| push.commit == found);
    Ok(at.map_or(Named::Nothing, Named::Push))
}

/// The print of the tables that files have in the places of others, whatever stands around them; none where one is missing.
pub(super) fn tables_of(files: &Files, places: &Files) -> Option<Print> {
    let mut prints = Vec::new();
    let mut add = |part: &str| prints.extend(Print::of(part).bytes());
    for file in places.keys().filter(|file| !is_beside(file)) {
        let text: &Arc<str> = files.get(file)?;
        add(file);
        blocks(text).ok()?.into_iter().flat_map(|(topic, table)| [topic, table]).for_each(&mut add);
    }
    Some(Print::of(prints))
}
