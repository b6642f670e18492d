//! Bringing a list's files to what the history says, with what people did to them. Compared first, and written only
//! if something differs.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::adopt_papers_added_by_hand::record_hand_added_papers;
use super::exports::{is_export_file, note_rows_seen};
use super::generate_tables::GeneratedTableCache;
use super::list_settings_and_report::{
    LIST_FILE, List, ListRemarks, ListReport, read_edited_and_base_files, topics_if_any_polled,
};
use super::merge::{merge_list_files, note_suspect_deletions};
use super::merged_list::{GeneratedMergeBase, ListFilesBeforeAndAfter};
use super::{checkpoint, write_files};
use crate::list;
use crate::store::{FileTexts, GeneratedFiles, Store, TopicRecord};

/// What one list would be by the history, writing nothing; none if no topic of it has been polled yet. An error says why the
/// list must be left as it is.
pub fn preview_list_in_files(
    store: &Store,
    list: &List<'_>,
    now: Timestamp,
) -> Result<Option<ListFilesBeforeAndAfter>> {
    let Some(topics) = topics_if_any_polled(store, list)? else { return Ok(None) };
    let (edited, base) = read_edited_and_base_files(store, list)?;
    merge_list(store, list, topics, edited, &base, now).map(Some)
}

/// Brings one list's files up to date. Without a polled topic they are left alone, and if nothing has changed since the
/// checkpoint there is nothing to do.
pub fn sync_list_files(store: &mut Store, list: &List<'_>, now: Timestamp) -> Result<ListReport> {
    write_files::finish_interrupted_rewrites(store, list)?;
    let Some(topics) = topics_if_any_polled(store, list)? else { return Ok(ListReport::default()) };
    let inputs = checkpoint::input_fingerprint(store, list, &topics)?;
    if let Some(unchanged) = checkpoint::unchanged_list_checkpoint(store, list, inputs)? {
        note_suspect_deletions(store, list.name, Ok(()))?;
        let remarks = ListRemarks { notes: unchanged.notes, ..ListRemarks::default() };
        return Ok(ListReport { rows: unchanged.rows, remarks, ..ListReport::default() });
    }
    let (edited, base) = read_edited_and_base_files(store, list)?;
    let list_changes = merge_list(store, list, topics, edited, &base, now);
    let list_changes = note_suspect_deletions(store, list.name, list_changes)?;
    let merged = &list_changes.merged;
    // First, so that a row that was restored is never generated for a list that does not want it.
    store.restore_dismissed_papers(list.name, &merged.restored)?;
    if list_changes.has_changes() || !base.is_known_written(&merged.generated) {
        store.note_intended_files(list.name, &merged.generated, &merged.dismissed)?;
        write_files::write_changed_files(store, list, &list_changes)?;
    } else {
        store.dismiss_papers(list.name, &merged.dismissed)?;
    }
    store.note_manual_rows(list.name, &merged.rows_by_hand)?;
    store.note_archive_volumes(list.name, &merged.regenerated_archive_volumes)?;
    record_hand_added_papers(store, &merged.added, &list_changes.edited, now)?;
    note_rows_seen(store, list, &merged.files, now)?;
    // The fingerprint is that of the beginning. A row that was deleted since is not in it, and if it were restored, the
    // fingerprint would be the same again: then the next run works the list out once more. What is blocked is reported by
    // every run.
    let is_whole = merged.dismissed.is_empty() && merged.restored.is_empty() && merged.blocked.is_empty();
    let checkpoint = is_whole.then(|| checkpoint::checkpoint_of_written_list(merged, inputs));
    store.note_written_files(list.name, checkpoint.as_ref())?;
    let written = list_changes.changed_list_files().map(|(file, ..)| file);
    let archives =
        written.filter(|file| *file != LIST_FILE && !is_export_file(file)).map(str::to_owned).collect();
    let (rows, remarks) = (merged.rows, merged.collect_list_remarks());
    Ok(ListReport { rows, changed: list_changes.has_changes(), archives, remarks, ..ListReport::default() })
}

fn merge_list(
    store: &Store,
    list: &List<'_>,
    topics: Vec<TopicRecord>,
    mut edited: FileTexts,
    base: &GeneratedFiles,
    now: Timestamp,
) -> Result<ListFilesBeforeAndAfter> {
    let base = GeneratedMergeBase::from_texts(base.written.clone(), [base.intended.clone()]);
    let mut read = |file: &str| {
        if let Some(text) = edited.get(file) {
            return Ok(Some(Arc::clone(text)));
        }
        let text: Option<Arc<str>> = list::read_list_file(&list.file_path(file))?.map(Into::into);
        if let Some(text) = &text {
            edited.insert(file.to_owned(), Arc::clone(text));
        }
        Ok(text)
    };
    let merged =
        merge_list_files(store, list, &base, &mut GeneratedTableCache::new(list, topics), &mut read, now)?;
    Ok(ListFilesBeforeAndAfter { merged, edited, body: None })
}
