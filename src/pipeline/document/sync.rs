//! Bringing a list's files to what the history says, with what people did to them. Compared first, and written only
//! where something differs.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::adopt::record_added;
use super::exports::{is_export, note_rows_seen};
use super::generate::TableCache;
use super::list::LIST_FILE;
use super::list::{List, ListRemarks, ListReport, polled_topics, read_edited_and_base};
use super::merge::{merge_files, record_doubts};
use super::merged_list::ListProposal;
use super::merged_list::MergeBase;
use super::{checkpoint, write};
use crate::list;
use crate::store::{FileTexts, GeneratedFiles, Store, TopicRecord};

/// What one list would be by the history, writing nothing. Where no topic of it has been polled yet there is
/// nothing to say. An error says why the list must be left as it is.
pub fn propose(store: &Store, list: &List<'_>, now: Timestamp) -> Result<Option<ListProposal>> {
    match polled_topics(store, list)? {
        Some(topics) => {
            let (standing, ours) = read_edited_and_base(store, list)?;
            Ok(Some(merge_list(store, list, topics, standing, &ours, now)?))
        }
        None => Ok(None),
    }
}

/// Brings one list's files to what the history says; without a polled topic they are left alone, and where nothing has
/// changed since they were left there is nothing to do.
pub fn sync(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<ListReport> {
    write::finish_interrupted(store, list)?;
    let Some(topics) = polled_topics(store, list)? else { return Ok(ListReport::default()) };
    let made_of = checkpoint::input_fingerprint(store, list, &topics)?;
    if let Some(left) = checkpoint::find_unchanged(store, list, made_of)? {
        record_doubts(store, list.name, Ok(()))?;
        let told = ListRemarks { notes: left.notes, ..ListRemarks::default() };
        return Ok(ListReport { rows: left.rows, remarks: told, ..ListReport::default() });
    }
    let (standing, ours) = read_edited_and_base(store, list)?;
    let proposal = merge_list(store, list, topics, standing, &ours, now);
    let proposal = record_doubts(store, list.name, proposal)?;
    let curation = &proposal.merged;
    // First, so that a row which was put back is never generated for a list that does not want it.
    store.restore(list.name, &curation.restored)?;
    if proposal.has_changes() || !ours.is_settled(&curation.generated) {
        store.note_intended_files(list.name, &curation.generated, &curation.dismissed)?;
        write::write_changes(store, list, &proposal)?;
    } else {
        store.dismiss(list.name, &curation.dismissed)?;
    }
    store.note_manual_rows(list.name, &curation.rows_by_hand)?;
    store.note_archive_volumes(list.name, &curation.regenerated_volumes)?;
    record_added(store, &curation.added, &proposal.edited, now)?;
    note_rows_seen(store, list, &curation.files, now)?;
    // The print is that of the beginning. A row that was taken out since is not in it, and were it restored, the print would
    // be the same again: then the next turn looks once more. What waits is said in every turn.
    let is_whole =
        curation.dismissed.is_empty() && curation.restored.is_empty() && curation.blocked.is_empty();
    let left = is_whole.then(|| checkpoint::new_checkpoint(curation, made_of));
    store.note_written_files(list.name, left.as_ref())?;
    let changed = proposal.changes().map(|(file, ..)| file.to_owned());
    let archives = changed.filter(|file| file != LIST_FILE && !is_export(file)).collect();
    let changed = proposal.has_changes();
    Ok(ListReport {
        rows: curation.rows,
        changed,
        archives,
        pull_request_url: None,
        remarks: proposal.remarks(),
    })
}

fn merge_list(
    store: &Store,
    list: &List<'_>,
    topics: Vec<TopicRecord>,
    mut standing: FileTexts,
    ours: &GeneratedFiles,
    now: Timestamp,
) -> Result<ListProposal> {
    let is_known = !ours.written.is_empty();
    let files: Vec<&FileTexts> =
        [&ours.written, &ours.intended].into_iter().filter(|files| !files.is_empty()).collect();
    let ours = MergeBase { files: &files, is_known, proposed: &[], branch: None, is_past: false };
    let mut read = |file: &str| {
        if let Some(text) = standing.get(file) {
            return Ok(Some(Arc::clone(text)));
        }
        let text: Option<Arc<str>> = list::read(&list.path(file))?.map(Into::into);
        if let Some(text) = &text {
            standing.insert(file.to_owned(), Arc::clone(text));
        }
        Ok(text)
    };
    let curation = merge_files(store, list, ours, &mut TableCache::new(topics), &mut read, now)?;
    Ok(ListProposal { merged: curation, edited: standing, body: None })
}
