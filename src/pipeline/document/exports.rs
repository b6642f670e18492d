//! The exports of a list: the papers that it shows as a feed, as BibTeX, as one page. Among the list's files each goes by
//! its form's name, which no archive has, for theirs have a year in them. Nothing in them is a person's.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::list_settings_and_report::{LIST_FILE, List};
use crate::domain::{ExportFormat, Paper, PaperId, PublishedFeedEntry};
use crate::pipeline::import;
use crate::render::feed::{PublishedFeed, render_atom_feed, render_bibtex_entries};
use crate::render::page::{HtmlExportTopic, PageTemplates, html_export};
use crate::render::{TableRow, parse_paper_rows, texts_between_valid_markers, with_lf_line_ends};
use crate::store::{FileTexts, Store};

/// Entries of a feed: more than any reader misses between two visits.
const ENTRIES_MAX: usize = 100;

/// From more topics than this a title does not name them.
const TOPICS_NAMED: usize = 3;

/// Whether one of a list's files is an export.
pub(super) fn is_export_file(file: &str) -> bool {
    ExportFormat::from_name(file).is_some()
}

/// The rows of a topic's tables in a file.
pub(super) fn table_rows_of_topic(topic: &str, text: &str) -> Vec<TableRow> {
    let blocks = texts_between_valid_markers(text);
    let of_topic = blocks.into_iter().filter(|(name, _)| *name == topic);
    of_topic.flat_map(|(_, block)| parse_paper_rows(&with_lf_line_ends(block))).collect()
}

/// Notes when those rows were seen whose papers the history cannot have, as far as the exports date them.
pub(super) fn note_rows_seen(
    store: &mut Store,
    list: &List<'_>,
    files: &FileTexts,
    now: Timestamp,
) -> Result<()> {
    let Some(list_file) = files.get(LIST_FILE).filter(|_| !list.exports.is_empty()) else { return Ok(()) };
    let rows = list.topics.iter().flat_map(|topic| table_rows_of_topic(topic, list_file));
    let papers = rows.filter_map(|row| Some(row.link?.paper));
    let papers: Vec<_> = papers.filter(|paper| !paper.is_surely_paper()).collect();
    if papers.is_empty() { Ok(()) } else { store.note_rows_seen(list.name, &papers, now) }
}

/// The exports of a list whose own files are these: the papers of its tables, in their order.
pub(super) fn generate_exports(
    store: &Store,
    list: &List<'_>,
    files: &FileTexts,
    now: Timestamp,
) -> Result<FileTexts> {
    let list_file = files.get(LIST_FILE).map_or("", |text| text);
    let shown = list.topics.iter().map(|name| export_entries_of_topic(store, list, name, list_file, now));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    let title = export_title(list);
    let entries = merge_entries_of_topics(&shown);
    let each = list.exports.iter().map(|(form, _)| {
        let text = match form {
            ExportFormat::Feed => {
                render_atom_feed(&PublishedFeed { title: &title, entries: &newest_export_entries(&entries) })
            }
            ExportFormat::Bibtex => render_bibtex_entries(&papers_of_entries(&entries)),
            ExportFormat::HtmlPage => html_export_text(list, &title, &shown)?,
        };
        Ok((form.name().to_owned(), text.into()))
    });
    each.collect()
}

fn html_export_text(list: &List<'_>, title: &str, shown: &[Vec<PublishedFeedEntry>]) -> Result<String> {
    let papers: Vec<_> = shown.iter().map(|entries| papers_of_entries(entries)).collect();
    let topics = list.topics.iter().zip(&papers).map(|(name, papers)| HtmlExportTopic { name, papers });
    let topics: Vec<_> = topics.collect();
    let page = PageTemplates::new().and_then(|pages| html_export(&pages, title, &topics));
    page.context("the page's own template cannot be filled in")
}

fn papers_of_entries(entries: &[PublishedFeedEntry]) -> Vec<Paper> {
    entries.iter().map(|entry| entry.paper.clone()).collect()
}

/// The papers of a topic's table: which they are its rows say, what they are the history, and of those that it does not
/// have the row itself.
fn export_entries_of_topic(
    store: &Store,
    list: &List<'_>,
    name: &str,
    list_file: &str,
    now: Timestamp,
) -> Result<Vec<PublishedFeedEntry>> {
    let rows = table_rows_of_topic(name, list_file)
        .into_iter()
        .filter_map(|row| Some((row.link.as_ref()?.paper.clone(), row)));
    let rows: Vec<(PaperId, TableRow)> = rows.collect();
    let ids: Vec<PaperId> = rows.iter().map(|(id, _)| id.clone()).collect();
    let mut known = store.published_feed_entries(name, &ids)?;
    let mut seen_ids = HashSet::new();
    let once = rows.into_iter().filter(|(id, _)| seen_ids.insert(id.clone()));
    let entries = once.map(|(id, row)| match known.remove(&id) {
        Some(entry) => Ok(Some(entry)),
        None => export_entry_from_table_row(store, list, &id, &row, now),
    });
    entries.filter_map(Result::transpose).collect()
}

/// The paper as its row says; it came when the row was first seen.
fn export_entry_from_table_row(
    store: &Store,
    list: &List<'_>,
    id: &PaperId,
    row: &TableRow,
    now: Timestamp,
) -> Result<Option<PublishedFeedEntry>> {
    let seen = store.row_first_seen(list.name, id)?.unwrap_or(now);
    let paper = import::paper_from_table_row(row, seen)
        .map(|paper| Paper { updated: import::date_of_table_row(row).unwrap_or(paper.updated), ..paper });
    Ok(paper.map(|paper| PublishedFeedEntry { paper, first_seen: seen, version_seen: seen }))
}

/// The topics' names; of many, the list's own.
fn export_title(list: &List<'_>) -> String {
    if list.topics.len() <= TOPICS_NAMED { list.topics.join(", ") } else { list.name.to_owned() }
}

/// The papers of all topics, each once, newest first. One of several topics came with the first of them.
fn merge_entries_of_topics(shown: &[Vec<PublishedFeedEntry>]) -> Vec<PublishedFeedEntry> {
    let mut merged: Vec<PublishedFeedEntry> = Vec::new();
    let mut positions = HashMap::new();
    for entry in shown.iter().flatten() {
        let position = *positions.entry(&entry.paper.id).or_insert(merged.len());
        match merged.get_mut(position) {
            Some(known) => {
                known.first_seen = known.first_seen.min(entry.first_seen);
                known.version_seen = known.version_seen.min(entry.version_seen);
            }
            None => merged.push(entry.clone()),
        }
    }
    merged.sort_by_key(|entry| Reverse(entry.paper.updated));
    merged
}

/// The entries that came last.
fn newest_export_entries(entries: &[PublishedFeedEntry]) -> Vec<PublishedFeedEntry> {
    let mut latest = entries.to_vec();
    latest.sort_by_key(|entry| Reverse(entry.version_seen));
    latest.truncate(ENTRIES_MAX);
    latest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_the_topics_unless_they_are_many() {
        let topics = ["A", "B", "C", "D"].map(str::to_owned);
        let of = |topics| {
            export_title(&List {
                name: "list.md",
                file: "list.md".as_ref(),
                topics,
                rows_max: 1,
                columns: &[],
                archive: None,
                code_hosts: &[],
                exports: &[],
            })
        };
        assert_eq!((of(&topics[..2]), of(&topics)), ("A, B".to_owned(), "list.md".to_owned()));
    }

    #[test]
    fn no_archive_is_called_like_a_file_beside_the_list() {
        assert!(ExportFormat::ALL.iter().all(|form| !form.name().contains(|c: char| c.is_ascii_digit())));
    }
}
