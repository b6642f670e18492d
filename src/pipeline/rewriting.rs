//! Writing a list's files. Several of them are one change: what a program could not finish is finished by the next one,
//! so that a row on its way from the list to its archive is never in neither, with all that a person wrote into it.

use anyhow::{Context, Result, bail};

use super::beside::is_beside;
use super::project::{List, Proposal};
use crate::domain::Print;
use crate::list;
use crate::store::{Rewrite, Store};

/// Writes what is proposed. A file that somebody changed since it was read stays as it is, and so do those behind it.
pub(super) fn write(store: &mut Store, list: &List<'_>, proposal: &Proposal) -> Result<()> {
    // The list itself comes last: what leaves it stands in its archive before it is gone here.
    let changes: Vec<_> = proposal.changes().collect::<Vec<_>>().into_iter().rev().collect();
    if changes.len() > 1 {
        let rewrites = changes.iter().map(|(file, standing, wanted)| Rewrite {
            file: (*file).to_owned(),
            before: standing.map(Print::of),
            text: (*wanted).to_owned(),
        });
        store.begin_rewrites(list.name, &rewrites.collect::<Vec<_>>())?;
    }
    for (file, standing, wanted) in changes {
        let path = list.path(file);
        if list::read(&path)?.as_deref() != standing {
            bail!("{}: somebody changed it just now; it is left until the next turn", path.display());
        }
        list::replace(&path, wanted).with_context(|| format!("list \"{}\"", list.name))?;
    }
    Ok(())
}

/// Writes what an earlier program began to write to several files and could not finish. A file that somebody has changed
/// since stays as it is: it is worked out anew, against what was written before and against what was intended.
pub fn finish(store: &mut Store, list: &List<'_>) -> Result<()> {
    let mut rewrites = store.rewrites(list.name)?;
    if rewrites.is_empty() {
        return Ok(());
    }
    // What was kept beside it, and is not any more.
    rewrites.retain(|rewrite| !is_beside(&rewrite.file) || list.path_beside(&rewrite.file).is_some());
    let mut is_whole = true;
    for Rewrite { file, before, text } in &rewrites {
        let path = list.path(file);
        let standing = list::read(&path)?;
        if standing.as_ref() == Some(text) {
            continue;
        }
        if standing.as_deref().map(Print::of) == *before {
            list::replace(&path, text).with_context(|| format!("list \"{}\"", list.name))?;
        } else {
            is_whole = false;
        }
    }
    if is_whole { store.settle(list.name, None) } else { store.end_rewrites(list.name) }
}
