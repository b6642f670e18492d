//! The tables of a list's files, read row by row.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::domain::table_merge::FileTables;
use crate::domain::{PaperId, table_merge};
use crate::pipeline::document::list::{LIST_FILE, List};
use crate::render::{
    MarkerError, has_table, parse_table, splice_tables, valid_table_blocks, with_lf_line_ends,
};
use crate::store::{Dismissal, FileTexts};

/// The names of all files, the list's own first.
pub(super) fn file_names<'a>(
    base: &'a [FileTexts],
    edited: &'a FileTexts,
    desired: &'a FileTexts,
) -> Vec<&'a String> {
    let all = base.iter().chain([edited, desired]).flat_map(|files| files.keys());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// One topic's tables: base, edited, desired.
pub(super) type TopicTables<'a> = (Vec<FileTables<'a>>, FileTables<'a>, FileTables<'a>);

/// The tables of all texts, by file and topic, with plain line ends.
pub(super) struct TableTexts<'a> {
    base: Vec<Vec<Vec<(&'a str, String)>>>,
    edited: Vec<Vec<(&'a str, String)>>,
    desired: Vec<Vec<(&'a str, String)>>,
}

impl<'a> TableTexts<'a> {
    /// Reads those of these files.
    pub(super) fn of(
        names: &[&String],
        base: &'a [FileTexts],
        edited: &'a FileTexts,
        desired: &'a FileTexts,
    ) -> Self {
        let read = |files: &'a FileTexts| {
            names.iter().map(|name| plain_tables(files.get(*name))).collect::<Vec<_>>()
        };
        let base = base.iter().map(|files| read(files)).collect();
        Self { base, edited: read(edited), desired: read(desired) }
    }

    /// The tables of each topic.
    pub(super) fn all_topic_tables(&self, topics: &[String]) -> Vec<TopicTables<'_>> {
        topics.iter().map(|topic| self.topic_tables(topic)).collect()
    }

    /// The tables of one topic.
    pub(super) fn topic_tables(&self, topic: &str) -> TopicTables<'_> {
        let of = |files: &'_ [Vec<(&'a str, String)>]| -> Vec<Option<usize>> {
            files.iter().map(|blocks| blocks.iter().position(|(name, _)| *name == topic)).collect()
        };
        let base = self.base.iter().map(|files| parse_tables(files, &of(files))).collect();
        (base, parse_tables(&self.edited, &of(&self.edited)), parse_tables(&self.desired, &of(&self.desired)))
    }
}

/// Whether there is a row that is neither in the base nor desired: it may have been taken from another file.
pub(super) fn has_unknown_rows((base, edited, desired): &TopicTables<'_>) -> bool {
    let new = table_merge::added_rows(base, edited);
    let not_desired = table_merge::added_rows(std::slice::from_ref(desired), edited);
    new.iter().any(|key| not_desired.contains(key))
}

/// Whether a topic has a row in a file that is none of these.
pub(super) fn has_rows_elsewhere(topic: &str, files: &FileTexts, names: &[&String]) -> bool {
    let others = files.iter().filter(|(file, _)| !names.contains(file));
    let mut tables = others.flat_map(|(_, text)| valid_table_blocks(text));
    tables.any(|(name, table)| {
        let table = with_lf_line_ends(table);
        name == topic
            && parse_table(&table).is_some_and(|table| table.lines.iter().any(|line| line.key.is_some()))
    })
}

fn parse_tables<'s>(files: &'s [Vec<(&str, String)>], positions: &[Option<usize>]) -> FileTables<'s> {
    let each = files.iter().zip(positions);
    each.map(|(blocks, position)| parse_table(&blocks.get((*position)?)?.1)).collect()
}

fn plain_tables(text: Option<&Arc<str>>) -> Vec<(&str, String)> {
    let blocks = text.map(|text| valid_table_blocks(text)).unwrap_or_default();
    blocks.into_iter().map(|(topic, block)| (topic, with_lf_line_ends(block).into_owned())).collect()
}

/// What git writes around the two sides of a conflict. Source: <https://git-scm.com/docs/git-merge>.
const CONFLICT_MARKS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// What a person wrote between the markers must be a table of papers, or it could not be kept.
pub(in crate::pipeline) fn check_mergeable(
    list: &List<'_>,
    file: &str,
    topic: &str,
    block: &str,
) -> Result<()> {
    if CONFLICT_MARKS.iter().any(|mark| block.lines().any(|line| line.starts_with(mark))) {
        bail!(
            "{}: in the table of `{topic}` stands a merge that is not resolved, between lines of `{}` and `{}`: resolve it, \
             and the list goes on",
            list.path(file).display(),
            CONFLICT_MARKS[0].trim(),
            CONFLICT_MARKS[1].trim()
        )
    }
    if block.trim().is_empty() || has_table(&with_lf_line_ends(block)) {
        return Ok(());
    }
    let fault = MarkerError::NoTable { topic: topic.to_owned() };
    Err(fault).with_context(|| list.path(file).display().to_string())
}

/// How many rows all tables of these topics in the list's own file have.
pub(super) fn count_rows(files: &FileTexts, topics: &[String]) -> usize {
    let blocks = files.get(LIST_FILE).map(|list_file| valid_table_blocks(list_file)).unwrap_or_default();
    let of_topics = blocks.iter().filter(|(name, _)| topics.iter().any(|topic| topic == name));
    let rows = of_topics.filter_map(|(_, block)| {
        Some(parse_table(block)?.lines.iter().filter(|line| line.key.is_some()).count())
    });
    rows.sum()
}

/// The papers of rows that people added: for each topic those that are in a file and that the base did not have, with
/// the text of the table that has them.
pub(in crate::pipeline) fn added_papers(
    base: &[FileTexts],
    edited_files: &FileTexts,
    topics: &[String],
) -> Vec<(String, Vec<PaperId>)> {
    let none = FileTexts::new();
    let mut names = file_names(base, edited_files, &none);
    // A row that is new in one of the other files may be in these, but then the history has its paper.
    names.retain(|name| base.iter().all(|base| base.get(*name) != edited_files.get(*name)));
    let each = TableTexts::of(&names, base, edited_files, &none);
    let added = topics.iter().map(|topic| {
        let (base, edited, _) = each.topic_tables(topic);
        (topic.clone(), table_merge::added_rows(&base, &edited).into_iter().cloned().collect())
    });
    added.collect()
}

/// A base without the rows of restored papers that are not in the files: those are to be written again, and that they
/// are missing is no deletion.
pub(in crate::pipeline) fn without_restored(
    restored: &[Dismissal],
    base: FileTexts,
    edited_files: &FileTexts,
) -> Result<FileTexts> {
    if restored.is_empty() {
        return Ok(base);
    }
    let none = FileTexts::new();
    let names = file_names(&[], edited_files, &none);
    let each = TableTexts::of(&names, &[], edited_files, &none);
    let is_missing = |one: &&Dismissal| {
        let (_, edited, _) = each.topic_tables(&one.topic);
        !table_merge::added_rows(&[], &edited).contains(&&one.paper)
    };
    let missing: Vec<&Dismissal> = restored.iter().filter(is_missing).collect();
    let files = base.into_iter().map(|(file, text)| Ok((file, without_rows(&text, &missing)?)));
    files.collect()
}

/// A file without the rows of these papers.
fn without_rows(text: &str, papers: &[&Dismissal]) -> Result<Arc<str>> {
    let tables = valid_table_blocks(text).into_iter().map(|(topic, table)| {
        let is_gone = |key: &PaperId| papers.iter().any(|one| one.topic == topic && one.paper == *key);
        let table = with_lf_line_ends(table);
        (
            topic,
            parse_table(&table)
                .and_then(|table| table.without_rows(is_gone))
                .unwrap_or_else(|| table.into_owned()),
        )
    });
    let tables: Vec<_> = tables.collect();
    let tables: Vec<_> = tables.iter().map(|(topic, table)| (*topic, &**table)).collect();
    Ok(splice_tables(Some(text), &tables)?.into())
}
