//! What of ours stands in a list's base: what was merged, by whoever and however.

use std::sync::Arc;

use anyhow::Result;

use super::{Kept, Visit};
use crate::pipeline::beside::is_beside;
use crate::render::blocks;
use crate::store::{AtHand, Files, Generated, Proposed, Store};

impl Visit {
    /// Whether the base has all commits of our branch, the latest of them: so it was merged, whatever a person did since.
    pub(super) async fn has_merged(&mut self, kept: &Kept<'_>) -> Result<bool> {
        let name = kept.branch()?;
        let numbered = self.heads.ours.iter().filter_map(|head| Some((name.number_of(&head.branch)?, head)));
        match numbered.max_by_key(|(number, _)| *number) {
            Some((_, head)) => {
                let history = self.repository.history(&self.heads, head).await?;
                Ok(history.merge_base.as_ref() == Some(&head.commit))
            }
            None => Ok(false),
        }
    }
}

/// What of ours may stand in the base, the surest first: what was merged, what was proposed.
pub(super) fn ours(store: &Store, kept: &Kept<'_>, at_hand: &mut AtHand) -> Result<Vec<Files>> {
    let generated = store.generated(kept.list.name, at_hand)?;
    let proposed = store.proposed(kept.list.name, at_hand)?;
    let all = [generated.written, generated.intended, proposed.pushed, proposed.pushing];
    Ok(all.into_iter().filter(|files| !files.is_empty()).collect())
}

/// What of ours is known to stand in the base, which has these files: what was merged, as we know, as our branch shows, or
/// as the tables do.
/// What is only proposed is none of it: a row that was never merged cannot have been taken out.
pub(super) fn ours_merged(
    store: &Store,
    kept: &Kept<'_>,
    base: &Files,
    has_merged: bool,
    at_hand: &mut AtHand,
) -> Result<(Vec<Files>, Option<Files>)> {
    let Generated { written, intended } = store.generated(kept.list.name, at_hand)?;
    let Proposed { pushed, pushing } = store.proposed(kept.list.name, at_hand)?;
    let is_pushed = has_merged && pushing.is_empty() && !pushed.is_empty() && pushed != written;
    let shown =
        [&pushing, &pushed].into_iter().find(|files| **files != written && has_tables_of(base, files));
    if let Some(merged) = shown.or(is_pushed.then_some(&pushed)) {
        return Ok((vec![merged.clone()], Some(merged.clone())));
    }
    let ours = if has_merged && !pushing.is_empty() { [pushed, pushing] } else { [written, intended] };
    Ok((ours.into_iter().filter(|files| !files.is_empty()).collect(), None))
}

/// Whether these files have the tables of those, whatever stands around them.
fn has_tables_of(base: &Files, files: &Files) -> bool {
    let mut tables = files.iter().filter(|(file, _)| !is_beside(file)).peekable();
    let has = |(file, text): (&String, &Arc<str>)| {
        base.get(file)
            .is_some_and(|base| base == text || blocks(base).is_ok_and(|its| blocks(text) == Ok(its)))
    };
    tables.peek().is_some() && tables.all(has)
}
