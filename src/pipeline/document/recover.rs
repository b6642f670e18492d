//! Rows on their way from one file into another while somebody changed a file: what a person wrote in them is in no
//! file any more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};

use super::exports::is_export;
use super::list::{LIST_FILE, List, read_edited_and_base};
use super::merge::check_mergeable;
use super::pending_rewrite::PendingRewrite;
use crate::domain::table_merge::{MergeInput, ParsedTable, RowKey, TableLine, merge_tables};
use crate::render::{
    MarkerError, append_missing_markers, parse_table, splice_tables, table_blocks, with_lf_line_ends,
};
use crate::store::{Rewrite, Store};

/// Rows by their topics and their keys.
type TopicRowKeys = BTreeSet<(String, RowKey)>;

/// How those of the files are to read into which a row comes that has left another one already, and stands nowhere now: as
/// they stand, with these rows. A row that stood in a file which was not rewritten yet was taken out by a person.
pub(super) fn recover_moved_rows(
    store: &Store,
    list: &List<'_>,
    pending: &[PendingRewrite],
) -> Result<BTreeMap<String, String>> {
    let rows_of =
        |file: &str, text: &str| row_keys(text).with_context(|| list.path(file).display().to_string());
    let (mut files, base) = read_edited_and_base(store, list)?;
    let pending = || pending.iter().filter(|one| !is_export(&one.rewrite.file));
    let (mut left, mut standing) = (TopicRowKeys::new(), TopicRowKeys::new());
    for one in pending() {
        let file = &one.rewrite.file;
        if let Some(before) = base.written.get(file) {
            let rows_left = rows_moved_out(one, &rows_of(file, before)?);
            left.extend(rows_left.with_context(|| list.path(file).display().to_string())?);
        }
        match &one.current {
            Some(text) => drop(files.insert(file.clone(), text.as_str().into())),
            None => drop(files.remove(file)),
        }
    }
    for (file, text) in &files {
        standing.extend(rows_of(file, text)?);
    }
    let mut joined_files = BTreeMap::new();
    for one in pending().filter(|one| !one.is_done()) {
        let Rewrite { file, text, .. } = &one.rewrite;
        let mut coming = rows_of(file, text)?;
        coming.retain(|row| list.topics.contains(&row.0) && left.contains(row) && !standing.contains(row));
        if !coming.is_empty() {
            joined_files.insert(file.clone(), add_rows_to_file(list, one, &coming)?);
            standing.extend(coming);
        }
    }
    Ok(joined_files)
}

/// Those of a file's rows that have left it because it was rewritten. Somebody may have changed it after that: then all of
/// them are gone.
fn rows_moved_out(one: &PendingRewrite, before: &TopicRowKeys) -> Result<TopicRowKeys, MarkerError> {
    let after = row_keys(&one.rewrite.text)?;
    let left: TopicRowKeys = before.difference(&after).cloned().collect();
    let stands = one.current.as_deref().map_or_else(|| Ok(TopicRowKeys::new()), row_keys)?;
    let was_done = one.is_done() || one.are_earlier_written && one.is_edited() && left.is_disjoint(&stands);
    Ok(if was_done { left } else { TopicRowKeys::new() })
}

/// A file as it is, with these rows; if there is no such file, as it was to be.
fn add_rows_to_file(list: &List<'_>, pending: &PendingRewrite, coming: &TopicRowKeys) -> Result<String> {
    let Rewrite { file, text, .. } = &pending.rewrite;
    let Some(stands) = pending.current.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(text.clone());
    };
    let context = || list.path(file).display().to_string();
    for (topic, block) in table_blocks(stands).with_context(context)? {
        if coming.iter().any(|(its, _)| its == topic) {
            check_mergeable(list, file, topic, block)?;
        }
    }
    splice_rows(file, stands, text, coming).with_context(context)
}

fn row_keys(text: &str) -> Result<TopicRowKeys, MarkerError> {
    let mut rows = TopicRowKeys::new();
    for (topic, block) in table_blocks(text)? {
        let block = with_lf_line_ends(block);
        let lines = parse_table(&block).map(|sheet| sheet.lines).unwrap_or_default();
        rows.extend(lines.into_iter().filter_map(|line| Some((topic.to_owned(), line.key?))));
    }
    Ok(rows)
}

/// What is in a file, with those rows of another text for it that are coming.
fn splice_rows(file: &str, stands: &str, text: &str, coming: &TopicRowKeys) -> Result<String, MarkerError> {
    let topics: BTreeSet<&str> = coming.iter().map(|(topic, _)| topic.as_str()).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let stands = match file {
        LIST_FILE => Cow::Borrowed(stands),
        _ => append_missing_markers(Cow::Borrowed(stands), &topics)?,
    };
    let mut tables = plain_tables(&stands)?;
    for (topic, with_all) in plain_tables(text)?.into_iter().filter(|(topic, _)| topics.contains(topic)) {
        let is_coming = |key: &RowKey| coming.iter().any(|(its, coming)| its == topic && coming == key);
        match tables.iter_mut().find(|(its, _)| *its == topic) {
            Some((_, table)) => *table = add_rows_to_table(table, &with_all, is_coming),
            None => tables.push((topic, with_all)),
        }
    }
    let tables: Vec<_> = tables.iter().map(|(topic, table)| (*topic, &**table)).collect();
    splice_tables(Some(&stands), &tables)
}

fn plain_tables(text: &str) -> Result<Vec<(&str, String)>, MarkerError> {
    let blocks = table_blocks(text)?.into_iter();
    Ok(blocks.map(|(topic, block)| (topic, with_lf_line_ends(block).into_owned())).collect())
}

/// A table with the rows of another one that are coming into it; that one whole if there is no table.
fn add_rows_to_table(stands: &str, with_all: &str, is_coming: impl Fn(&RowKey) -> bool) -> String {
    let (Some(stands), Some(mut coming)) = (parse_table(stands), parse_table(with_all)) else {
        return with_all.to_owned();
    };
    let wanted = ParsedTable { lines: in_desired_order(&stands, &coming, &is_coming), ..stands.clone() };
    coming.lines.retain(|line| line.key.as_ref().is_some_and(&is_coming));
    // They are taken for rows of which the base has nothing but the key: then every cell stays.
    let base = ParsedTable { lines: coming.lines.iter().map(key_only).collect(), ..coming.clone() };
    let texts = MergeInput {
        base: &[vec![Some(stands.clone()), Some(base)]],
        is_base_known: true,
        other_bases: &[],
        dismissed: &[],
        edited: &vec![Some(stands), Some(coming)],
        desired: &vec![Some(wanted), None],
    };
    let joined = merge_tables(&texts, &|_, _, _| false).tables.into_iter().next();
    joined.flatten().unwrap_or_else(|| with_all.to_owned())
}

/// The rows that are there, with a bare one for each that is coming: behind the row that it follows in the other table, or on
/// top.
fn in_desired_order<'a>(
    stands: &ParsedTable<'a>,
    with_all: &ParsedTable<'a>,
    is_coming: impl Fn(&RowKey) -> bool,
) -> Vec<TableLine<'a>> {
    let mut keys = HashSet::new();
    let first = stands.lines.iter().filter(|line| line.key.as_ref().is_some_and(|key| keys.insert(key)));
    let mut lines: Vec<TableLine<'a>> = first.cloned().collect();
    let mut next = 0;
    for line in with_all.lines.iter().filter(|line| line.key.is_some()) {
        if let Some(at) = lines.iter().position(|standing| standing.key == line.key) {
            next = at + 1;
        } else if line.key.as_ref().is_some_and(&is_coming) {
            lines.insert(next, key_only(line));
            next += 1;
        }
    }
    lines
}

/// A row of which only the key is known.
fn key_only<'a>(line: &TableLine<'a>) -> TableLine<'a> {
    TableLine { text: "", date: None, cells: Vec::new(), key: line.key.clone(), is_shifted: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PaperId;

    /// A file with these rows, each a number and what follows its title.
    fn file(head: &str, rows: &[&str]) -> String {
        let rows = rows.iter().map(|row| {
            let (number, rest) = row.split_once(' ').unwrap();
            format!("| **[T](http://arxiv.org/abs/2503.0000{number}v1)** | {rest} |\n")
        });
        let rows: String = rows.collect();
        format!("x\n<!-- paperwire:begin A -->\n{head}{rows}<!-- paperwire:end A -->\n")
    }

    fn with(file: &str, stands: &str, text: &str, numbers: &[&str]) -> Result<String, MarkerError> {
        let of =
            |number: &&str| RowKey::Paper(PaperId::arxiv(&format!("2503.0000{number}").parse().unwrap()));
        let keys = numbers.iter().map(|number| ("A".to_owned(), of(number)));
        splice_rows(file, stands, text, &keys.collect())
    }

    const HEAD: &str = "| Title | Note |\n| --- | --- |\n";

    #[test]
    fn a_row_comes_behind_the_one_that_it_follows_and_all_else_stays() {
        let text = file(HEAD, &["5 e", "4 d", "3 c", "2 b", "1 a"]);
        for (stands, coming, joined) in [
            (vec!["4 mine", "2 b"], vec!["3"], vec!["4 mine", "3 c", "2 b"]),
            (vec!["4 d", "1 a"], vec!["5", "2"], vec!["5 e", "4 d", "2 b", "1 a"]),
            (vec!["1 a", "9 own"], vec!["4", "3"], vec!["4 d", "3 c", "1 a", "9 own"]),
            (vec![], vec!["4"], vec!["4 d"]),
        ] {
            let (stands, joined) = (file(HEAD, &stands), file(HEAD, &joined));
            assert_eq!(with("", &stands, &text, &coming).as_ref(), Ok(&joined));
            let with_carriage_returns = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(
                with("", &with_carriage_returns(&stands), &text, &coming),
                Ok(with_carriage_returns(&joined))
            );
        }
    }

    #[test]
    fn a_row_brings_the_columns_that_it_needs() {
        let text = file("| Title | Note | Mine |\n| --- | --- | --- |\n", &["3 c |", "2 b | read", "1 a |"]);
        let stands = file(HEAD, &["3 c", "1 a"]).replace("x\n", "y\n");
        let joined = file("| Title | Note | Mine |\n| --- | --- | --- |\n", &["3 c", "2 b | read", "1 a"]);
        let joined = joined.replace("x\n", "y\n");
        assert_eq!(with("", &stands, &text, &["2"]).unwrap(), joined);
    }

    #[test]
    fn an_archive_file_gets_a_place_for_them_and_a_list_is_told_that_it_needs_one() {
        let text = file(HEAD, &["2 b", "1 a"]);
        assert_eq!(with("2025.md", "x\n", &text, &["1"]).unwrap(), text.replacen("x\n", "x\n\n", 1));
        let missing = with(LIST_FILE, "x\n", &text, &["1"]);
        assert_eq!(missing, Err(MarkerError::Missing { topic: "A".to_owned() }));
    }
}
