//! A list that would be longer than a file may be is made shorter until it fits, if that helps.

use anyhow::Result;
use jiff::Timestamp;

use super::blocked_topics::{BlockedTopic, unblocked_topics};
use super::list_merger::ListMerger;
use crate::pipeline::document::generate_tables::GeneratedTableCache;
use crate::pipeline::document::list_settings_and_report::{FILE_BYTES_MAX, LIST_FILE, List};
use crate::pipeline::document::merged_list::{GeneratedMergeBase, ListFileReader, MergedList};
use crate::render::texts_between_valid_markers;
use crate::store::Store;

/// How often the rows that fit are guessed by how long they are; after that the number is halved. A guess is wrong only
/// if people wrote much into some rows and little into others.
const GUESSES_MAX: usize = 8;

/// A list that was made shorter may leave one part in so many of the room for its tables empty: a little more than what a
/// guess leaves.
const SPARE_SHARE: usize = 40;

/// What becomes of a list's files, without its exports.
pub(super) fn merge_list_within_size_limit(
    store: &Store,
    list: &List<'_>,
    base: &GeneratedMergeBase,
    table_cache: &mut GeneratedTableCache,
    blocked: &[BlockedTopic],
    read: &mut ListFileReader<'_>,
    now: Timestamp,
) -> Result<MergedList> {
    let topics = unblocked_topics(list, blocked);
    let list = &List { topics: &topics, ..*list };
    let is_elsewhere = base.branch.is_some() || base.is_past;
    let mut attempt = ListMerger {
        store,
        list,
        base,
        table_cache,
        blocked,
        known_dismissed: store.dismissals(list.name)?,
        rows_by_hand: if is_elsewhere { Vec::new() } else { store.manual_rows(list.name)? },
        now,
    };
    // With one row in each table it may be too long as well: then they keep their rows.
    let (rows_max, merged) = match merge_with_most_rows_that_fit(&mut attempt, read)? {
        Some(fitting) => fitting,
        None => (list.rows_max, attempt.merge_with_row_limit(list.rows_max, read)?.0),
    };
    Ok(merged.with_list_length_notes(list, rows_max))
}

/// The list with the most rows in each table with which it fits, and how many these are; none if one row is too many.
fn merge_with_most_rows_that_fit(
    attempt: &mut ListMerger<'_>,
    read: &mut ListFileReader<'_>,
) -> Result<Option<(u32, MergedList)>> {
    let list = attempt.list;
    let old_file = read(LIST_FILE)?;
    let unedited = attempt.measure_tables_if_unedited(old_file.as_ref())?;
    let mut best: Option<(u32, MergedList)> = None;
    let (mut rows_max, mut too_many, mut guesses) = (list.rows_max, list.rows_max.saturating_add(1), 0);
    while rows_max < too_many {
        let mut guess = None;
        // Tables that cannot fit are neither generated nor merged: they may be many times as long as a file.
        if let Some(lengths) = unedited.as_ref().filter(|lengths| lengths.exceeds_file_limit(rows_max)) {
            let around = old_file.as_ref().map_or(0, |text| bytes_around_tables(text, list));
            too_many = rows_max;
            guess = Some(lengths.row_limit_if_unedited(around));
        } else {
            let (merged, tables) = attempt.merge_with_row_limit(rows_max, read)?;
            let list_file = merged.files.get(LIST_FILE).map_or("", AsRef::as_ref);
            let bytes = list_file.len();
            if bytes <= FILE_BYTES_MAX && rows_max == list.rows_max {
                best = Some((rows_max, merged));
                break;
            }
            let around = bytes_around_tables(list_file, list);
            if bytes <= FILE_BYTES_MAX {
                let is_full = FILE_BYTES_MAX - bytes <= (FILE_BYTES_MAX - around) / SPARE_SHARE;
                best = Some((rows_max, merged));
                if is_full {
                    break;
                }
            } else if around > FILE_BYTES_MAX {
                break;
            } else {
                too_many = rows_max;
                guess = Some(tables.lengths.rows_that_fit(around, bytes - around));
            }
        }
        guesses += 1;
        let least = best.as_ref().map_or(0, |(rows, _)| *rows);
        let guess = guess.filter(|guess| guesses <= GUESSES_MAX && (least + 1..too_many).contains(guess));
        rows_max = guess.unwrap_or(least + (too_many - least).div_ceil(2));
    }
    Ok(best)
}

/// How much of a list's own file is around its tables, in bytes.
fn bytes_around_tables(list_file: &str, list: &List<'_>) -> usize {
    let blocks = texts_between_valid_markers(list_file).into_iter();
    let tables = blocks.filter(|(name, _)| list.has_topic(name));
    let tables: usize = tables.map(|(_, table)| table.len()).sum();
    list_file.len() - tables
}

/// What of a list's own file is too long.
fn explain_oversized_list_file(list_file: &str, list: &List<'_>) -> String {
    let around = bytes_around_tables(list_file, list);
    if around > FILE_BYTES_MAX {
        format!("; {around} of them are around the tables, so that fewer rows would not help")
    } else {
        format!(
            "; {around} of them are around the tables, and the rows that have to stay are too long for the rest"
        )
    }
}

impl MergedList {
    fn with_list_length_notes(mut self, list: &List<'_>, rows_max: u32) -> Self {
        if rows_max < list.rows_max {
            self.notes.push(format!(
                "shortened to {rows_max} rows in each table: with {} it would pass the {FILE_BYTES_MAX} bytes that \
                 GitHub shows of a file",
                list.rows_max
            ));
        }
        // Room is left for what people write, and they may need more.
        for (file, text) in self.files.iter().filter(|(_, text)| text.len() > FILE_BYTES_MAX) {
            let path = list.file_path(file);
            let (path, bytes) = (path.display(), text.len());
            let why = if file == LIST_FILE { explain_oversized_list_file(text, list) } else { String::new() };
            self.notes.push(format!("{path} has {bytes} bytes, of which GitHub shows {FILE_BYTES_MAX}{why}"));
        }
        self
    }
}
