//! Writing a list's files. Several of them are one change: what a program could not finish is finished by the next one,
//! so that a row on its way from the list to its archive is never in neither, with all that a person wrote into it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::exports::is_export_file;
use super::list_settings_and_report::{LIST_FILE, List};
use super::merged_list::ListFilesBeforeAndAfter;
use super::pending_file_rewrite::PendingFileRewrite;
use super::recover_interrupted_row_moves::recover_moved_rows;
use crate::domain::Fingerprint;
use crate::list;
use crate::store::{FileRewrite, Store};

/// Writes what is proposed. A file that somebody changed since it was read stays as it is, and so do those after it.
pub(super) fn write_changed_files(
    store: &mut Store,
    list: &List<'_>,
    list_changes: &ListFilesBeforeAndAfter,
) -> Result<()> {
    // Before the first is written: a row that moves from one file to another would be in both if one had to be left as it is.
    list_changes
        .changed_list_files()
        .try_for_each(|(file, current, _)| ensure_file_unchanged(list, file, current))?;
    // The list itself comes last: a row that leaves it is in the archive before it is gone here.
    let changes: Vec<_> = list_changes.changed_list_files().collect::<Vec<_>>().into_iter().rev().collect();
    if changes.len() > 1 {
        let rewrites = changes.iter().map(|(file, current, desired)| FileRewrite {
            file: (*file).to_owned(),
            before: current.map(Fingerprint::of_text),
            text: (*desired).to_owned(),
        });
        store.begin_file_rewrites(list.name, &rewrites.collect::<Vec<_>>())?;
    }
    changes.into_iter().try_for_each(|(file, current, desired)| replace_file(list, file, current, desired))
}

/// Writes what an earlier program began to write to several files and could not finish. If somebody has changed one of
/// them since, everything is worked out again, against what was written before and against what was intended; until then
/// only the rows are written that have left one file and have not come to another yet.
pub fn finish_interrupted_rewrites(store: &mut Store, list: &List<'_>) -> Result<()> {
    for file in store.generated_file_names(list.name)?.iter().map(String::as_str).chain([LIST_FILE]) {
        list::finish_write_in_place(&list.file_path(file))?;
    }
    let mut rewrites = store.unfinished_file_rewrites(list.name)?;
    if rewrites.is_empty() {
        return Ok(());
    }
    // An export that is no longer configured is not written.
    rewrites.retain(|rewrite| !is_export_file(&rewrite.file) || list.export_path(&rewrite.file).is_some());
    let mut are_earlier_written = true;
    let pending = rewrites.into_iter().map(|rewrite| {
        let current = list::read_list_file(&list.file_path(&rewrite.file))?;
        let one = PendingFileRewrite { rewrite, current, are_earlier_written };
        are_earlier_written &= one.is_file_rewritten() || !one.is_as_before_rewrite();
        Ok(one)
    });
    let pending: Vec<PendingFileRewrite> = pending.collect::<Result<_>>()?;
    let is_whole = !pending.iter().any(PendingFileRewrite::is_edited_since_rewrite);
    let recovered = if is_whole { BTreeMap::new() } else { recover_moved_rows(store, list, &pending)? };
    for one in &pending {
        let FileRewrite { file, text, .. } = &one.rewrite;
        let desired = if is_whole { Some(text) } else { recovered.get(file) };
        let current = one.current.as_deref();
        if let Some(desired) = desired.filter(|desired| current != Some(desired.as_str())) {
            replace_file(list, file, current, desired)?;
        }
    }
    // Not before all of them are written.
    if is_whole { store.note_written_files(list.name, None) } else { store.end_file_rewrites(list.name) }
}

fn replace_file(list: &List<'_>, file: &str, current: Option<&str>, desired: &str) -> Result<()> {
    ensure_file_unchanged(list, file, current)?;
    list::replace_file(&list.file_path(file), desired).with_context(|| format!("list \"{}\"", list.name))
}

/// Fails if somebody has changed a file since it was read.
fn ensure_file_unchanged(list: &List<'_>, file: &str, current: Option<&str>) -> Result<()> {
    let path = list.file_path(file);
    if list::read_list_file(&path)?.as_deref() != current {
        bail!("{}: somebody changed it just now; it is left until the next run", path.display());
    }
    Ok(())
}
