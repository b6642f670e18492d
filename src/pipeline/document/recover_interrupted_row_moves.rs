//! Rows on their way from one file into another while somebody changed a file: what a person wrote in them is in no
//! file any more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};

use super::exports::is_export_file;
use super::list_settings_and_report::{LIST_FILE, List, read_edited_and_base_files};
use super::merge::check_table_mergeable;
use super::pending_file_rewrite::PendingFileRewrite;
use crate::domain::PaperId;
use crate::domain::table_merge::{MergeInput, ParsedTable, TableLine, merge_tables};
use crate::render::{
    TableMarkerError, append_missing_markers, parse_paper_table, splice_tables, texts_between_markers,
    with_lf_line_ends,
};
use crate::store::{FileRewrite, Store};

/// Rows by their topics and their keys.
type TopicRowKeys = BTreeSet<(String, PaperId)>;

/// The files into which a row moves that has left another one already and is nowhere now: as they are, with these rows. If
/// a row is missing from a file that was not rewritten yet, a person deleted it.
pub(super) fn recover_moved_rows(
    store: &Store,
    list: &List<'_>,
    pending: &[PendingFileRewrite],
) -> Result<BTreeMap<String, String>> {
    let rows_of =
        |file: &str, text: &str| row_keys(text).with_context(|| list.file_path(file).display().to_string());
    let (mut files, base) = read_edited_and_base_files(store, list)?;
    let pending = || pending.iter().filter(|one| !is_export_file(&one.rewrite.file));
    let (mut moved_out, mut present) = (TopicRowKeys::new(), TopicRowKeys::new());
    for one in pending() {
        let file = &one.rewrite.file;
        if let Some(before) = base.written.get(file) {
            let rows_left = rows_moved_out(one, &rows_of(file, before)?);
            moved_out.extend(rows_left.with_context(|| list.file_path(file).display().to_string())?);
        }
        match &one.current {
            Some(text) => drop(files.insert(file.clone(), text.as_str().into())),
            None => drop(files.remove(file)),
        }
    }
    for (file, text) in &files {
        present.extend(rows_of(file, text)?);
    }
    let mut joined_files = BTreeMap::new();
    for one in pending().filter(|one| !one.is_file_rewritten()) {
        let FileRewrite { file, text, .. } = &one.rewrite;
        let mut moving = rows_of(file, text)?;
        moving
            .retain(|row| list.topics.contains(&row.0) && moved_out.contains(row) && !present.contains(row));
        if !moving.is_empty() {
            joined_files.insert(file.clone(), add_rows_to_file(list, one, &moving)?);
            present.extend(moving);
        }
    }
    Ok(joined_files)
}

/// Those of a file's rows that have left it because it was rewritten. Somebody may have changed it after that: then all of
/// them are gone.
fn rows_moved_out(one: &PendingFileRewrite, before: &TopicRowKeys) -> Result<TopicRowKeys, TableMarkerError> {
    let after = row_keys(&one.rewrite.text)?;
    let moved_out: TopicRowKeys = before.difference(&after).cloned().collect();
    let current = one.current.as_deref().map_or_else(|| Ok(TopicRowKeys::new()), row_keys)?;
    let was_done = one.is_file_rewritten()
        || one.are_earlier_written && one.is_edited_since_rewrite() && moved_out.is_disjoint(&current);
    Ok(if was_done { moved_out } else { TopicRowKeys::new() })
}

/// A file as it is, with these rows; if there is no such file, as it was to be.
fn add_rows_to_file(list: &List<'_>, pending: &PendingFileRewrite, moving: &TopicRowKeys) -> Result<String> {
    let FileRewrite { file, text, .. } = &pending.rewrite;
    let Some(current) = pending.current.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(text.clone());
    };
    let context = || list.file_path(file).display().to_string();
    for (topic, block) in texts_between_markers(current).with_context(context)? {
        if moving.iter().any(|(name, _)| name == topic) {
            check_table_mergeable(list, file, topic, block)?;
        }
    }
    splice_rows(file, current, text, moving).with_context(context)
}

fn row_keys(text: &str) -> Result<TopicRowKeys, TableMarkerError> {
    let mut rows = TopicRowKeys::new();
    for (topic, block) in texts_between_markers(text)? {
        let block = with_lf_line_ends(block);
        let lines = parse_paper_table(&block).map(|table| table.lines).unwrap_or_default();
        rows.extend(lines.into_iter().filter_map(|line| Some((topic.to_owned(), line.key?))));
    }
    Ok(rows)
}

/// What is in a file, with those rows of another text for it that move into it.
fn splice_rows(
    file: &str,
    current: &str,
    text: &str,
    moving: &TopicRowKeys,
) -> Result<String, TableMarkerError> {
    let topics: BTreeSet<&str> = moving.iter().map(|(topic, _)| topic.as_str()).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let current = match file {
        LIST_FILE => Cow::Borrowed(current),
        _ => append_missing_markers(Cow::Borrowed(current), &topics)?,
    };
    let mut tables = table_texts_by_topic(&current)?;
    for (topic, with_all) in
        table_texts_by_topic(text)?.into_iter().filter(|(topic, _)| topics.contains(topic))
    {
        let is_moving = |key: &PaperId| moving.iter().any(|(name, row)| name == topic && row == key);
        match tables.iter_mut().find(|(name, _)| *name == topic) {
            Some((_, table)) => *table = add_rows_to_table(table, &with_all, is_moving),
            None => tables.push((topic, with_all)),
        }
    }
    splice_tables(Some(&current), &tables)
}

fn table_texts_by_topic(text: &str) -> Result<Vec<(&str, String)>, TableMarkerError> {
    let blocks = texts_between_markers(text)?.into_iter();
    Ok(blocks.map(|(topic, block)| (topic, with_lf_line_ends(block).into_owned())).collect())
}

/// A table with the rows of another one that move into it; that one whole if there is no table.
fn add_rows_to_table(current: &str, with_all: &str, is_moving: impl Fn(&PaperId) -> bool) -> String {
    let (Some(current), Some(mut moving)) = (parse_paper_table(current), parse_paper_table(with_all)) else {
        return with_all.to_owned();
    };
    let desired_table =
        ParsedTable { lines: lines_with_moved_rows(&current, &moving, &is_moving), ..current.clone() };
    moving.lines.retain(|line| line.key.as_ref().is_some_and(&is_moving));
    // They are taken for rows of which the base has nothing but the key: then every cell stays.
    let base =
        ParsedTable { lines: moving.lines.iter().map(table_line_with_key_only).collect(), ..moving.clone() };
    let texts = MergeInput {
        base: &[vec![Some(current.clone()), Some(base)]],
        is_base_known: true,
        other_bases: &[],
        dismissed: &[],
        edited: &vec![Some(current), Some(moving)],
        desired: &vec![Some(desired_table), None],
    };
    let joined = merge_tables(&texts, &|_, _, _| false).tables.into_iter().next();
    joined.flatten().unwrap_or_else(|| with_all.to_owned())
}

/// The rows that are there, with a bare one for each that moves into it: behind the row that it follows in the other table, or on
/// top.
fn lines_with_moved_rows<'a>(
    current: &ParsedTable<'a>,
    with_all: &ParsedTable<'a>,
    is_moving: impl Fn(&PaperId) -> bool,
) -> Vec<TableLine<'a>> {
    let mut keys = HashSet::new();
    let first = current.lines.iter().filter(|line| line.key.as_ref().is_some_and(|key| keys.insert(key)));
    let mut lines: Vec<TableLine<'a>> = first.cloned().collect();
    let mut next = 0;
    for line in with_all.lines.iter().filter(|line| line.key.is_some()) {
        if let Some(at) = lines.iter().position(|known| known.key == line.key) {
            next = at + 1;
        } else if line.key.as_ref().is_some_and(&is_moving) {
            lines.insert(next, table_line_with_key_only(line));
            next += 1;
        }
    }
    lines
}

/// A row of which only the key is known.
fn table_line_with_key_only<'a>(line: &TableLine<'a>) -> TableLine<'a> {
    TableLine { text: "", date: None, cells: Vec::new(), key: line.key.clone(), is_shifted: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these rows, each a number and what follows its title.
    fn file_with_rows(head: &str, rows: &[&str]) -> String {
        let rows = rows.iter().map(|row| {
            let (number, rest) = row.split_once(' ').unwrap();
            format!("| **[T](http://arxiv.org/abs/2503.0000{number}v1)** | {rest} |\n")
        });
        let rows: String = rows.collect();
        format!("x\n<!-- paperwire:begin A -->\n{head}{rows}<!-- paperwire:end A -->\n")
    }

    fn splice_rows_of_arxiv_numbers(
        file: &str,
        current: &str,
        text: &str,
        numbers: &[&str],
    ) -> Result<String, TableMarkerError> {
        let of = |number: &&str| PaperId::from_arxiv_id(&format!("2503.0000{number}").parse().unwrap());
        let keys = numbers.iter().map(|number| ("A".to_owned(), of(number)));
        splice_rows(file, current, text, &keys.collect())
    }

    const HEAD: &str = "| Title | Note |\n| --- | --- |\n";

    #[test]
    fn a_row_comes_behind_the_one_that_it_follows_and_all_else_stays() {
        let text = file_with_rows(HEAD, &["5 e", "4 d", "3 c", "2 b", "1 a"]);
        for (current, moving, joined) in [
            (vec!["4 mine", "2 b"], vec!["3"], vec!["4 mine", "3 c", "2 b"]),
            (vec!["4 d", "1 a"], vec!["5", "2"], vec!["5 e", "4 d", "2 b", "1 a"]),
            (vec!["1 a", "9 own"], vec!["4", "3"], vec!["4 d", "3 c", "1 a", "9 own"]),
            (vec![], vec!["4"], vec!["4 d"]),
        ] {
            let (current, joined) = (file_with_rows(HEAD, &current), file_with_rows(HEAD, &joined));
            assert_eq!(splice_rows_of_arxiv_numbers("", &current, &text, &moving).as_ref(), Ok(&joined));
            let with_carriage_returns = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(
                splice_rows_of_arxiv_numbers("", &with_carriage_returns(&current), &text, &moving),
                Ok(with_carriage_returns(&joined))
            );
        }
    }

    #[test]
    fn a_row_brings_the_columns_that_it_needs() {
        let text = file_with_rows(
            "| Title | Note | Mine |\n| --- | --- | --- |\n",
            &["3 c |", "2 b | read", "1 a |"],
        );
        let current = file_with_rows(HEAD, &["3 c", "1 a"]).replace("x\n", "y\n");
        let joined =
            file_with_rows("| Title | Note | Mine |\n| --- | --- | --- |\n", &["3 c", "2 b | read", "1 a"]);
        let joined = joined.replace("x\n", "y\n");
        assert_eq!(splice_rows_of_arxiv_numbers("", &current, &text, &["2"]).unwrap(), joined);
    }

    #[test]
    fn an_archive_file_gets_a_place_for_them_and_a_list_is_told_that_it_needs_one() {
        let text = file_with_rows(HEAD, &["2 b", "1 a"]);
        assert_eq!(
            splice_rows_of_arxiv_numbers("2025.md", "x\n", &text, &["1"]).unwrap(),
            text.replacen("x\n", "x\n\n", 1)
        );
        let missing = splice_rows_of_arxiv_numbers(LIST_FILE, "x\n", &text, &["1"]);
        assert_eq!(missing, Err(TableMarkerError::Missing { topic: "A".to_owned() }));
    }
}
