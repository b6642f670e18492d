//! A list's files with what is new in them and what people did to them: generated from the history, compared with
//! what was generated before and with what is there.

mod blocked_topics;
mod deletions;
mod former_archive_files;
mod list_merger;
mod mass_deletion;
mod merge_edits;
mod merge_within_size_limit;
mod topic_tables;

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::exports::generate_exports;
use super::generate_tables::GeneratedTableCache;
use super::list_settings_and_report::{LIST_FILE, List};
use super::merged_list::{GeneratedMergeBase, ListFileReader, MergedList};
use crate::render::{TableMarkerError, stray_markers};
use crate::store::Store;
use blocked_topics::{BlockedTopic, append_tables_of_blocked_topics};
pub(super) use mass_deletion::note_suspect_deletions;
use merge_within_size_limit::merge_list_within_size_limit;
pub(super) use topic_tables::{
    base_without_missing_rows, check_table_mergeable, files_without_dismissed_rows, papers_added_by_people,
};

/// How many faulty markers are named; a person mends these first.
const STRAYS_NAMED: usize = 20;

/// Works out what becomes of a list's files.
pub fn merge_list_files(
    store: &Store,
    list: &List<'_>,
    base: &GeneratedMergeBase,
    table_cache: &mut GeneratedTableCache,
    read: &mut ListFileReader<'_>,
    now: Timestamp,
) -> Result<MergedList> {
    let mut blocked = Vec::new();
    let mut merged = loop {
        match merge_list_within_size_limit(store, list, base, table_cache, &blocked, read, now) {
            Ok(merged) => break merged,
            Err(error) => blocked.push(BlockedTopic::blocked_by_error(error, list, &blocked)?),
        }
    };
    if let Some(list_file) = read(LIST_FILE)? {
        merged.notes.extend(notes_on_stray_markers(
            &list.file_path(LIST_FILE),
            &stray_markers(&list_file, list.topics),
        ));
    }
    if !list.exports.is_empty() {
        let mut with_all_topics = merged.files.clone();
        if let (Some(list_file), Some(generated)) =
            (with_all_topics.get_mut(LIST_FILE), merged.generated.get(LIST_FILE))
        {
            *list_file = append_tables_of_blocked_topics(list_file, generated, &blocked);
        }
        for (file, text) in generate_exports(store, list, &with_all_topics, now)? {
            // What is there is read to be compared: nothing in it is a person's.
            read(&file)?;
            merged.files.insert(file, text);
        }
    }
    merged.blocked = blocked.into_iter().map(|one| one.reason).collect();
    Ok(merged)
}

/// A line for each of the first faults, and how many more there are.
fn notes_on_stray_markers(path: &Path, faults: &[TableMarkerError]) -> Vec<String> {
    let in_words =
        |fault: &TableMarkerError| format!("{}: {}", path.display(), fault.to_string().replace('\n', " "));
    let mut notes: Vec<String> = faults.iter().take(STRAYS_NAMED).map(in_words).collect();
    if faults.len() > STRAYS_NAMED {
        notes.push(format!("{}: {} more markers are wrong", path.display(), faults.len() - STRAYS_NAMED));
    }
    notes
}
