//! Writing a list's files. Several of them are one change: what a program could not finish is finished by the next one,
//! so that a row on its way from the list to its archive is never in neither, with all that a person wrote into it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::exports::is_export;
use super::list::List;
use super::merged_list::ListProposal;
use super::pending_rewrite::PendingRewrite;
use super::recover::recover_moved_rows;
use crate::domain::Fingerprint;
use crate::list;
use crate::store::{Rewrite, Store};

/// Writes what is proposed. A file that somebody changed since it was read stays as it is, and so do those behind it.
pub(super) fn write_changes(store: &mut Store, list: &List<'_>, proposal: &ListProposal) -> Result<()> {
    // Before the first is written: what left one file would stand in two if another had to be left as it is.
    proposal.changes().try_for_each(|(file, standing, _)| ensure_unchanged(list, file, standing))?;
    // The list itself comes last: what leaves it stands in its archive before it is gone here.
    let changes: Vec<_> = proposal.changes().collect::<Vec<_>>().into_iter().rev().collect();
    if changes.len() > 1 {
        let rewrites = changes.iter().map(|(file, standing, wanted)| Rewrite {
            file: (*file).to_owned(),
            before: standing.map(Fingerprint::of),
            text: (*wanted).to_owned(),
        });
        store.begin_rewrites(list.name, &rewrites.collect::<Vec<_>>())?;
    }
    changes.into_iter().try_for_each(|(file, standing, wanted)| replace(list, file, standing, wanted))
}

/// Writes what an earlier program began to write to several files and could not finish. Where somebody has changed one of
/// them since, all is worked out anew, against what was written before and against what was intended; until then only the
/// rows are written that have left one file and come to no other yet.
pub fn finish_interrupted(store: &mut Store, list: &List<'_>) -> Result<()> {
    let mut rewrites = store.rewrites(list.name)?;
    if rewrites.is_empty() {
        return Ok(());
    }
    // What was kept beside it, and is not any more.
    rewrites.retain(|rewrite| !is_export(&rewrite.file) || list.export_path(&rewrite.file).is_some());
    let mut is_reached = true;
    let waiting = rewrites.into_iter().map(|rewrite| {
        let standing = list::read(&list.path(&rewrite.file))?;
        let one = PendingRewrite { rewrite, current: standing, are_earlier_written: is_reached };
        is_reached &= one.is_done() || !one.is_original();
        Ok(one)
    });
    let waiting: Vec<PendingRewrite> = waiting.collect::<Result<_>>()?;
    let is_whole = !waiting.iter().any(PendingRewrite::is_edited);
    let arrivals = if is_whole { BTreeMap::new() } else { recover_moved_rows(store, list, &waiting)? };
    for one in &waiting {
        let Rewrite { file, text, .. } = &one.rewrite;
        let wanted = if is_whole { Some(text) } else { arrivals.get(file) };
        let standing = one.current.as_deref();
        if let Some(wanted) = wanted.filter(|wanted| standing != Some(wanted.as_str())) {
            replace(list, file, standing, wanted)?;
        }
    }
    // Not before all of them stand.
    if is_whole { store.note_written_files(list.name, None) } else { store.end_rewrites(list.name) }
}

fn replace(list: &List<'_>, file: &str, standing: Option<&str>, wanted: &str) -> Result<()> {
    ensure_unchanged(list, file, standing)?;
    list::replace(&list.path(file), wanted).with_context(|| format!("list \"{}\"", list.name))
}

/// That nobody has changed a file since it was read.
fn ensure_unchanged(list: &List<'_>, file: &str, standing: Option<&str>) -> Result<()> {
    let path = list.path(file);
    if list::read(&path)?.as_deref() != standing {
        bail!("{}: somebody changed it just now; it is left until the next turn", path.display());
    }
    Ok(())
}
