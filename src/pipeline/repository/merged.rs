//! What of ours stands in a list's base: what was merged, by whoever and however.

use std::sync::Arc;

use anyhow::Result;

use super::{Kept, Visit};
use crate::domain::Print;
use crate::list::git::Head;
use crate::pipeline::beside::is_beside;
use crate::pipeline::curate::{Ours, without_restored};
use crate::render::blocks;
use crate::store::{AtHand, Files, Generated, Proposed, Push, Store};

/// What of ours stands in the base.
#[derive(Debug)]
pub(super) struct InBase {
    /// What is known to, and behind it what may; see [`Ours`].
    files: Vec<Files>,
    is_known: bool,
    /// The proposal that was merged since the last look.
    pub(super) merged: Option<(Push, Files)>,
}

impl InBase {
    /// What is known as ours, the surest first; nothing of it is known to stand where the first text is empty.
    pub(super) fn of(first: Files, others: impl IntoIterator<Item = Files>) -> Self {
        let is_known = !first.is_empty();
        let files = std::iter::once(first).chain(others).filter(|files| !files.is_empty()).collect();
        Self { files, is_known, merged: None }
    }

    pub(super) fn files(&self) -> Vec<&Files> {
        self.files.iter().collect()
    }

    pub(super) fn ours<'a>(&self, files: &'a [&'a Files]) -> Ours<'a> {
        Ours { files, is_known: self.is_known }
    }
}

/// What of ours may stand in the base, the surest first: what was merged, what was proposed.
pub(super) fn ours(store: &Store, kept: &Kept<'_>, at_hand: &mut AtHand) -> Result<Vec<Files>> {
    let generated = store.generated(kept.list.name, at_hand)?;
    let proposed = store.proposed(kept.list.name, at_hand)?;
    let all = [generated.written, generated.intended, proposed.pushed, proposed.pushing];
    Ok(all.into_iter().filter(|files| !files.is_empty()).collect())
}

/// What of ours stands in the base, which has these files: what was merged, as we know, as the tables show, or as the
/// commits do, which are looked at where the base is where it is now. What is only proposed is none of it: a row that was
/// never merged cannot have been taken out.
pub(super) async fn in_base(
    visit: &mut Visit,
    store: &Store,
    kept: &Kept<'_>,
    base: &Files,
    now: Option<&Head>,
) -> Result<InBase> {
    let Generated { written, intended } = store.generated(kept.list.name, &mut visit.at_hand)?;
    let Proposed { pushed, pushed_as, pushing, pushing_as } =
        store.proposed(kept.list.name, &mut visit.at_hand)?;
    let pushing = if pushing.is_empty() { pushed.clone() } else { pushing };
    for (push, files) in [(pushing_as, pushing), (pushed_as, pushed)] {
        let Some(push) = push.filter(|_| files != written) else { continue };
        let is_taken = match now {
            _ if tables_of(base, &files) == Some(push.tables) => true,
            Some(head) => visit.repository.has_taken(head, &push.commit).await?,
            None => false,
        };
        if is_taken {
            return Ok(InBase { merged: Some((push, files.clone())), ..InBase::of(files, None) });
        }
    }
    let without_restored = |files| without_restored(store, &kept.list, files, base);
    Ok(InBase::of(without_restored(written)?, [without_restored(intended)?]))
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
