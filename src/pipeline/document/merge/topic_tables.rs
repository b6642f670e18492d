//! The tables of each topic in a list's files, read row by row: as in the base, edited and desired.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::domain::table_merge::TablePerFile;
use crate::domain::{PaperId, table_merge};
use crate::pipeline::document::list_settings_and_report::{LIST_FILE, List};
use crate::render::{
    TableMarkerError, has_paper_table, parse_paper_table, splice_tables, texts_between_valid_markers,
    with_lf_line_ends,
};
use crate::store::{Dismissal, FileTexts, Store};

/// The names of all files, the list's own first.
pub(super) fn file_names_of_all_texts<'a>(
    base: &'a [FileTexts],
    edited: &'a FileTexts,
    desired: Option<&'a FileTexts>,
) -> Vec<&'a String> {
    let all = base.iter().chain([edited]).chain(desired).flat_map(|files| files.keys());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// One topic's tables: base, edited, desired.
pub(super) type ThreeWayTopicTables<'a> = (Vec<TablePerFile<'a>>, TablePerFile<'a>, TablePerFile<'a>);

/// The tables of a file: topics with their texts, with plain line ends.
pub(super) type TableTextsByTopic<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The tables of all texts, file by file.
pub(super) struct ThreeWayTableTexts<'a> {
    store: &'a Store,
    base: Vec<Vec<TableTextsByTopic<'a>>>,
    edited: Vec<TableTextsByTopic<'a>>,
    desired: Vec<TableTextsByTopic<'a>>,
}

impl<'a> ThreeWayTableTexts<'a> {
    /// Reads those of these files.
    pub(super) fn read(
        store: &'a Store,
        names: &[&String],
        base: &'a [FileTexts],
        edited: &'a FileTexts,
        desired: Option<&'a FileTexts>,
    ) -> Self {
        let read = |files: Option<&'a FileTexts>| -> Vec<TableTextsByTopic<'a>> {
            let texts = names.iter().map(|name| files?.get(*name));
            texts.map(|text| text.map_or_else(Vec::new, |text| table_texts_by_topic(text))).collect()
        };
        let base = base.iter().map(|files| read(Some(files))).collect();
        Self { store, base, edited: read(Some(edited)), desired: read(desired) }
    }

    /// The tables of each topic.
    pub(super) fn tables_by_topic(&self, topics: &[String]) -> Result<Vec<ThreeWayTopicTables<'_>>> {
        topics.iter().map(|topic| self.topic_tables(topic)).collect()
    }

    /// The tables of one topic. A row that leads to a paper by an identity that it had is a row of that paper.
    pub(super) fn topic_tables(&self, topic: &str) -> Result<ThreeWayTopicTables<'_>> {
        let mut base: Vec<_> = self.base.iter().map(|files| parse_tables_of_topic(files, topic)).collect();
        let (mut edited, mut desired) =
            (parse_tables_of_topic(&self.edited, topic), parse_tables_of_topic(&self.desired, topic));
        let all = base.iter().chain([&edited, &desired]).flatten().flatten();
        let keys = all.flat_map(|table| &table.lines).filter_map(|line| line.key.as_ref());
        let displayed = self.store.displayed_ids_by_former_id(keys.collect::<HashSet<_>>())?;
        table_merge::unify_rows(&mut base, &mut edited, &mut desired, &displayed);
        Ok((base, edited, desired))
    }
}

/// Whether there is a row of a paper that is neither in the base nor desired: it may come from another file.
pub(super) fn has_rows_from_elsewhere((base, edited, desired): &ThreeWayTopicTables<'_>) -> bool {
    let not_desired = table_merge::added_rows(std::slice::from_ref(desired), edited);
    table_merge::added_rows(base, edited).iter().any(|key| not_desired.contains(key))
}

/// Whether there is a row that reads neither as in the base nor as desired: somebody edited it, or took it from elsewhere.
pub(super) fn has_edited_rows((base, edited, desired): &ThreeWayTopicTables<'_>) -> bool {
    table_merge::has_rows_not_generated(base.iter().chain([desired]), edited)
}

/// Whether a topic has a row in a file that is none of these.
pub(super) fn has_rows_in_other_files(topic: &str, files: &FileTexts, names: &[&String]) -> bool {
    let others = files.iter().filter(|(file, _)| !names.contains(file));
    let mut tables = others.flat_map(|(_, text)| table_texts_by_topic(text));
    tables.any(|(name, table)| {
        name == topic
            && parse_paper_table(&table)
                .is_some_and(|table| table.lines.iter().any(|line| line.key.is_some()))
    })
}

fn parse_tables_of_topic<'s>(files: &'s [TableTextsByTopic<'_>], topic: &str) -> TablePerFile<'s> {
    let texts = files.iter().map(|tables| tables.iter().find(|(name, _)| *name == topic));
    texts.map(|table| parse_paper_table(&table?.1)).collect()
}

/// The tables of a file, with plain line ends.
pub(super) fn table_texts_by_topic(text: &str) -> TableTextsByTopic<'_> {
    let blocks = texts_between_valid_markers(text).into_iter();
    blocks.map(|(topic, block)| (topic, with_lf_line_ends(block))).collect()
}

/// What git writes around the two sides of a conflict. Source: <https://git-scm.com/docs/git-merge>.
const CONFLICT_MARKS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// What a person wrote between the markers must be a table of papers, or it could not be kept.
pub(in crate::pipeline) fn check_table_mergeable(
    list: &List<'_>,
    file: &str,
    topic: &str,
    block: &str,
) -> Result<()> {
    if CONFLICT_MARKS.iter().any(|mark| block.lines().any(|line| line.starts_with(mark))) {
        bail!(
            "{}: the table of `{topic}` has a merge that is not resolved, between lines of `{}` and `{}`: resolve it, and \
             the list is kept current again",
            list.file_path(file).display(),
            CONFLICT_MARKS[0].trim(),
            CONFLICT_MARKS[1].trim()
        )
    }
    if block.trim().is_empty() || has_paper_table(&with_lf_line_ends(block)) {
        return Ok(());
    }
    let fault = TableMarkerError::NoTable { topic: topic.to_owned() };
    Err(fault).with_context(|| list.file_path(file).display().to_string())
}

/// How many rows all tables of these topics in the list's own file have.
pub(super) fn count_table_rows(files: &FileTexts, topics: &[String]) -> usize {
    let blocks =
        files.get(LIST_FILE).map(|list_file| texts_between_valid_markers(list_file)).unwrap_or_default();
    let of_topics = blocks.iter().filter(|(name, _)| topics.iter().any(|topic| topic == name));
    let rows = of_topics.filter_map(|(_, block)| {
        Some(parse_paper_table(block)?.lines.iter().filter(|line| line.key.is_some()).count())
    });
    rows.sum()
}

/// The papers of rows that people added: for each topic those that are in a file and that the base did not have, with
/// the text of the table that has them.
pub(in crate::pipeline) fn papers_added_by_people(
    store: &Store,
    base: &[FileTexts],
    edited_files: &FileTexts,
    topics: &[String],
) -> Result<Vec<(String, Vec<PaperId>)>> {
    let mut names = file_names_of_all_texts(base, edited_files, None);
    // A row that is new in one of the other files may be in these, but then the history has its paper.
    names.retain(|name| base.iter().all(|base| base.get(*name) != edited_files.get(*name)));
    let each = ThreeWayTableTexts::read(store, &names, base, edited_files, None);
    let added = topics.iter().map(|topic| {
        let (base, edited, _) = each.topic_tables(topic)?;
        Ok((topic.clone(), table_merge::added_rows(&base, &edited).into_iter().cloned().collect()))
    });
    added.collect()
}

/// A base without the rows of those of these papers that are not in the files. Of a paper that was restored, that its row
/// is missing is no deletion; of one that was dismissed, that it is there again later is a person's wish.
pub(in crate::pipeline) fn base_without_missing_rows(
    store: &Store,
    papers: &[Dismissal],
    base: FileTexts,
    edited_files: &FileTexts,
) -> Result<FileTexts> {
    if papers.is_empty() || base.is_empty() {
        return Ok(base);
    }
    let names = file_names_of_all_texts(&[], edited_files, None);
    let each = ThreeWayTableTexts::read(store, &names, &[], edited_files, None);
    let mut missing: Vec<&Dismissal> = Vec::new();
    for one in papers {
        let (_, edited, _) = each.topic_tables(&one.topic)?;
        if !table_merge::added_rows(&[], &edited).contains(&&one.paper) {
            missing.push(one);
        }
    }
    files_without_dismissed_rows(store, &base, &missing)
}

/// Generated files without the rows of papers that a person took out.
pub(in crate::pipeline) fn files_without_dismissed_rows(
    store: &Store,
    files: &FileTexts,
    dismissed: &[&Dismissal],
) -> Result<FileTexts> {
    let files = files.iter().map(|(file, text)| Ok((file.clone(), without_rows(store, text, dismissed)?)));
    files.collect()
}

/// A file without the rows of these papers.
fn without_rows(store: &Store, text: &str, papers: &[&Dismissal]) -> Result<Arc<str>> {
    let mut tables = table_texts_by_topic(text);
    for (topic, table) in &mut tables {
        let Some(parsed) = parse_paper_table(table) else { continue };
        let displayed =
            store.displayed_ids_by_former_id(parsed.lines.iter().filter_map(|line| line.key.as_ref()))?;
        let is_gone = |key: &PaperId| {
            let key = displayed.get(key).unwrap_or(key);
            papers.iter().any(|one| one.topic == *topic && one.paper == *key)
        };
        if let Some(shorter) = parsed.without_rows(is_gone) {
            *table = Cow::Owned(shorter);
        }
    }
    Ok(splice_tables(Some(text), &tables)?.into())
}
