//! The tables of a list's files, read row by row.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::domain::PaperId;
use crate::domain::curation::{self, Key, Sheets};
use crate::pipeline::project::List;
use crate::pipeline::tables::OWN;
use crate::render::{MarkerFault, has_sheet, read_sheet, sound_blocks, splice, with_plain_ends};
use crate::store::{Dismissed, Files};

/// The names of all files, the list's own first.
pub(super) fn all_names<'a>(ours: &[&'a Files], theirs: &'a Files, wanted: &'a Files) -> Vec<&'a String> {
    let all = ours.iter().copied().chain([theirs, wanted]).flat_map(|files| files.keys());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// One topic's tables: ours, theirs, wanted.
pub(super) type TopicSheets<'a> = (Vec<Sheets<'a>>, Sheets<'a>, Sheets<'a>);

/// The tables of all texts, by file and topic, with plain line ends.
pub(super) struct Plain<'a> {
    ours: Vec<Vec<Vec<(&'a str, String)>>>,
    theirs: Vec<Vec<(&'a str, String)>>,
    wanted: Vec<Vec<(&'a str, String)>>,
}

impl<'a> Plain<'a> {
    /// Reads those of these files.
    pub(super) fn of(names: &[&String], ours: &[&'a Files], theirs: &'a Files, wanted: &'a Files) -> Self {
        let read = |files: &'a Files| names.iter().map(|name| plain(files.get(*name))).collect::<Vec<_>>();
        let ours = ours.iter().map(|files| read(files)).collect();
        Self { ours, theirs: read(theirs), wanted: read(wanted) }
    }

    /// The tables of each topic.
    pub(super) fn all_sheets(&self, topics: &[String]) -> Vec<TopicSheets<'_>> {
        topics.iter().map(|topic| self.sheets(topic)).collect()
    }

    /// The tables of one topic.
    pub(super) fn sheets(&self, topic: &str) -> TopicSheets<'_> {
        let of = |files: &'_ [Vec<(&'a str, String)>]| -> Vec<Option<usize>> {
            files.iter().map(|blocks| blocks.iter().position(|(name, _)| *name == topic)).collect()
        };
        let ours = self.ours.iter().map(|files| sheets(files, &of(files))).collect();
        (ours, sheets(&self.theirs, &of(&self.theirs)), sheets(&self.wanted, &of(&self.wanted)))
    }
}

/// Whether a row stands that is neither ours nor wanted: it may have been taken from another file.
pub(super) fn has_strangers((ours, theirs, wanted): &TopicSheets<'_>) -> bool {
    let new = curation::added(ours, theirs);
    let unwanted = curation::added(std::slice::from_ref(wanted), theirs);
    new.iter().any(|key| unwanted.contains(key))
}

/// Whether a topic has a row in a file that is none of these.
pub(super) fn has_rows_elsewhere(topic: &str, files: &Files, names: &[&String]) -> bool {
    let others = files.iter().filter(|(file, _)| !names.contains(file));
    let mut tables = others.flat_map(|(_, text)| sound_blocks(text));
    tables.any(|(its, table)| {
        let table = with_plain_ends(table);
        its == topic
            && read_sheet(&table).is_some_and(|sheet| sheet.lines.iter().any(|line| line.key.is_some()))
    })
}

fn sheets<'s>(files: &'s [Vec<(&str, String)>], places: &[Option<usize>]) -> Sheets<'s> {
    let each = files.iter().zip(places);
    each.map(|(blocks, place)| read_sheet(&blocks.get((*place)?)?.1)).collect()
}

fn plain(text: Option<&Arc<str>>) -> Vec<(&str, String)> {
    let blocks = text.map(|text| sound_blocks(text)).unwrap_or_default();
    blocks.into_iter().map(|(topic, block)| (topic, with_plain_ends(block).into_owned())).collect()
}

/// What git writes around the two sides of a conflict. Source: <https://git-scm.com/docs/git-merge>.
const CONFLICT_MARKS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// What a person wrote between the markers must be a table of papers, or it could not be kept.
pub(in crate::pipeline) fn can_be_kept(list: &List<'_>, file: &str, topic: &str, block: &str) -> Result<()> {
    if CONFLICT_MARKS.iter().any(|mark| block.lines().any(|line| line.starts_with(mark))) {
        bail!(
            "{}: in the table of `{topic}` stands a merge that is not resolved, between lines of `{}` and `{}`: resolve it, \
             and the list goes on",
            list.path(file).display(),
            CONFLICT_MARKS[0].trim(),
            CONFLICT_MARKS[1].trim()
        )
    }
    if block.trim().is_empty() || has_sheet(&with_plain_ends(block)) {
        return Ok(());
    }
    let fault = MarkerFault::NoTable { topic: topic.to_owned() };
    Err(fault).with_context(|| list.path(file).display().to_string())
}

/// How many rows all tables of these topics in the list's own file have.
pub(super) fn rows(files: &Files, topics: &[String]) -> usize {
    let blocks = files.get(OWN).map(|own| sound_blocks(own)).unwrap_or_default();
    let of_topics = blocks.iter().filter(|(its, _)| topics.iter().any(|topic| topic == its));
    let rows = of_topics.filter_map(|(_, block)| {
        Some(read_sheet(block)?.lines.iter().filter(|line| line.key.is_some()).count())
    });
    rows.sum()
}

/// The papers of rows that people added: for each topic those that stand in a file and that ours did not have, with
/// the text of the table that they stand in.
pub(in crate::pipeline) fn added(
    ours: &[&Files],
    standing: &Files,
    topics: &[String],
) -> Vec<(String, Vec<PaperId>)> {
    let none = Files::new();
    let mut names = all_names(ours, standing, &none);
    // A row that is new in one of the other files may stand in these, but then the history has its paper.
    names.retain(|name| ours.iter().all(|ours| ours.get(*name) != standing.get(*name)));
    let each = Plain::of(&names, ours, standing, &none);
    let added = topics.iter().map(|topic| {
        let (ours, theirs, _) = each.sheets(topic);
        (topic.clone(), papers(curation::added(&ours, &theirs)))
    });
    added.collect()
}

/// Of these the papers.
pub(super) fn papers(keys: Vec<&Key>) -> Vec<PaperId> {
    let papers = keys.into_iter().filter_map(|key| match key {
        Key::Paper(paper) => Some(paper.clone()),
        Key::Address(_) => None,
    });
    papers.collect()
}

/// What is ours without the rows of restored papers that do not stand: those are to be written again, and that they are
/// not there is no deletion.
pub(in crate::pipeline) fn without_restored(
    restored: &[Dismissed],
    ours: Files,
    standing: &Files,
) -> Result<Files> {
    if restored.is_empty() {
        return Ok(ours);
    }
    let none = Files::new();
    let names = all_names(&[], standing, &none);
    let each = Plain::of(&names, &[], standing, &none);
    let is_missing = |one: &&Dismissed| {
        let (_, theirs, _) = each.sheets(&one.topic);
        !curation::added(&[], &theirs).into_iter().any(|key| is_of(key, one))
    };
    let missing: Vec<&Dismissed> = restored.iter().filter(is_missing).collect();
    let files = ours.into_iter().map(|(file, text)| Ok((file, without(&text, &missing)?)));
    files.collect()
}

fn is_of(key: &Key, one: &Dismissed) -> bool {
    matches!(key, Key::Paper(paper) if *paper == one.paper)
}

/// A file without the rows of these papers.
fn without(text: &str, papers: &[&Dismissed]) -> Result<Arc<str>> {
    let tables = sound_blocks(text).into_iter().map(|(topic, table)| {
        let is_gone = |key: &Key| papers.iter().any(|one| one.topic == topic && is_of(key, one));
        let table = with_plain_ends(table);
        (
            topic,
            read_sheet(&table).and_then(|sheet| sheet.without(is_gone)).unwrap_or_else(|| table.into_owned()),
        )
    });
    let tables: Vec<_> = tables.collect();
    let tables: Vec<_> = tables.iter().map(|(topic, table)| (*topic, &**table)).collect();
    Ok(splice(Some(text), &tables)?.into())
}
