//! A list's files with what is new in them and what people did to them: generated from the history, compared with
//! what was generated before and with what is there.

mod blocked_topics;
mod deletions;
mod edits;
mod list_merger;
mod mass_deletion;
mod old_archives;
mod size_limit;
mod topic_tables;

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::exports::generate_exports;
use super::generate::TableCache;
use super::list::{LIST_FILE, List};
use super::merged_list::{FileReader, MergeBase, MergedList};
use crate::render::{MarkerError, stray_markers};
use crate::store::Store;
use blocked_topics::{BlockedTopic, with_generated_tables};
pub(super) use mass_deletion::note_suspect_deletions;
use size_limit::merge_within_limit;
pub(super) use topic_tables::{added_papers, check_mergeable, without_dismissed, without_missing_rows};

/// How many faulty markers are named; a person mends these first.
const STRAYS_NAMED: usize = 20;

/// Works out what becomes of a list's files.
pub fn merge_files(
    store: &Store,
    list: &List<'_>,
    base: &MergeBase,
    table_cache: &mut TableCache,
    read: &mut FileReader<'_>,
    now: Timestamp,
) -> Result<MergedList> {
    let mut blocked = Vec::new();
    let mut merged = loop {
        match merge_within_limit(store, list, base, table_cache, &blocked, read, now) {
            Ok(merged) => break merged,
            Err(error) => blocked.push(BlockedTopic::from_error(error, list, &blocked)?),
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
            *list_file = with_generated_tables(list_file, generated, &blocked);
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
fn notes_on_stray_markers(path: &Path, faults: &[MarkerError]) -> Vec<String> {
    let in_words =
        |fault: &MarkerError| format!("{}: {}", path.display(), fault.to_string().replace('\n', " "));
    let mut notes: Vec<String> = faults.iter().take(STRAYS_NAMED).map(in_words).collect();
    if faults.len() > STRAYS_NAMED {
        notes.push(format!("{}: {} more markers are wrong", path.display(), faults.len() - STRAYS_NAMED));
    }
    notes
}
