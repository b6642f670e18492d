//! The files beside a list: the papers that it shows as a feed, as BibTeX, as one page. Among the list's files each goes by
//! its form's word, which no archive has, for theirs have a year in them. Nothing in them is a person's.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::import;
use super::project::List;
use super::tables::OWN;
use crate::domain::{Beside, FeedEntry, Link, Paper, PaperId, estimated};
use crate::render::feed::{Feed, atom, bibtex};
use crate::render::page::{FileTopic, Pages, file};
use crate::render::{PaperLink, Row, read_rows, sound_blocks, with_plain_ends};
use crate::store::{Files, Store};

/// Entries of a feed: more than any reader misses between two looks.
const ENTRIES_MAX: usize = 100;

/// From more topics than this a title does not name them.
const TOPICS_NAMED: usize = 3;

/// Whether one of a list's files is beside it.
pub(super) fn is_beside(file: &str) -> bool {
    Beside::called(file).is_some()
}

/// The rows of a topic's tables in a file.
pub(super) fn rows_of(topic: &str, text: &str) -> Vec<Row> {
    let blocks = sound_blocks(text);
    let of_topic = blocks.into_iter().filter(|(name, _)| *name == topic);
    of_topic.flat_map(|(_, block)| read_rows(&with_plain_ends(block))).collect()
}

/// Notes when those rows were seen whose papers the history cannot have, as far as the files beside the list date them.
pub(super) fn note_rows_seen(
    store: &mut Store,
    list: &List<'_>,
    files: &Files,
    now: Timestamp,
) -> Result<()> {
    let Some(own) = files.get(OWN).filter(|_| !list.beside.is_empty()) else { return Ok(()) };
    let rows = list.topics.iter().flat_map(|topic| rows_of(topic, own));
    let elsewhere = rows.filter(|row| matches!(row.link, PaperLink::Elsewhere(_)));
    let papers: Vec<_> = elsewhere.filter_map(|row| identity(&row.link)).collect();
    if papers.is_empty() { Ok(()) } else { store.note_rows_seen(list.name, &papers, now) }
}

/// The files beside a list whose own files are these: the papers of its tables, in their order.
pub(super) fn beside(store: &Store, list: &List<'_>, files: &Files, now: Timestamp) -> Result<Files> {
    if list.beside.is_empty() {
        return Ok(Files::new());
    }
    let own = files.get(OWN).map_or("", |text| text);
    let shown = list.topics.iter().map(|name| shown(store, list, name, own, now));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    let title = title(list);
    let entries = merged(&shown);
    let each = list.beside.iter().map(|(form, _)| {
        let text = match form {
            Beside::Feed => atom(&Feed { title: &title, entries: &latest(&entries) }),
            Beside::Bibtex => bibtex(&papers(&entries)),
            Beside::Page => page(list, &title, &shown)?,
        };
        Ok((form.word().to_owned(), text.into()))
    });
    each.collect()
}

fn page(list: &List<'_>, title: &str, shown: &[Vec<FeedEntry>]) -> Result<String> {
    let papers: Vec<_> = shown.iter().map(|entries| papers(entries)).collect();
    let topics = list.topics.iter().zip(&papers).map(|(name, papers)| FileTopic { name, papers });
    let topics: Vec<_> = topics.collect();
    let page = Pages::new().and_then(|pages| file(&pages, title, &topics));
    page.context("the page's own template cannot be filled in")
}

fn papers(entries: &[FeedEntry]) -> Vec<Paper> {
    entries.iter().map(|entry| entry.paper.clone()).collect()
}

/// The papers of a topic's table: which they are its rows say, what they are the history, and of those that it does not
/// have the row itself.
fn shown(store: &Store, list: &List<'_>, name: &str, own: &str, now: Timestamp) -> Result<Vec<FeedEntry>> {
    let rows = rows_of(name, own).into_iter().filter_map(|row| Some((identity(&row.link)?, row)));
    let rows: Vec<(PaperId, Row)> = rows.collect();
    let ids: Vec<PaperId> = rows.iter().map(|(id, _)| id.clone()).collect();
    let mut known = store.entries(name, &ids)?;
    let mut taken = HashSet::new();
    let once = rows.into_iter().filter(|(id, _)| taken.insert(id.clone()));
    let entries = once.map(|(id, row)| match known.remove(&id) {
        Some(entry) => Ok(entry),
        None => described_by(store, list, id, &row, now),
    });
    entries.collect()
}

/// What the history calls the paper that a row links.
fn identity(link: &PaperLink) -> Option<PaperId> {
    match link {
        PaperLink::Arxiv { id, .. } => Some(PaperId::arxiv(id)),
        PaperLink::Elsewhere(address) => {
            let id = doi(address).map_or_else(|| address.clone(), |doi| format!("doi:{doi}"));
            Some(PaperId::from_stored(id))
        }
        PaperLink::Nowhere => None,
    }
}

/// The DOI that an address of the resolver ends with: <https://www.doi.org/doi-handbook/HTML/resolution.html>.
fn doi(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let (host, doi) = rest.split_once('/')?;
    let is_resolver =
        ["doi.org", "dx.doi.org", "www.doi.org"].iter().any(|known| host.eq_ignore_ascii_case(known));
    Some(doi).filter(|doi| is_resolver && doi.starts_with("10."))
}

/// The paper as its row says; it came when the row was seen first.
fn described_by(store: &Store, list: &List<'_>, id: PaperId, row: &Row, now: Timestamp) -> Result<FeedEntry> {
    let seen = store.row_seen(list.name, &id)?.unwrap_or(now);
    let paper = import::paper(row, now).unwrap_or_else(|| {
        let updated = import::moment(row).unwrap_or_else(|| estimated(seen));
        let PaperLink::Elsewhere(href) = row.link.clone() else { return import::described(id, row, updated) };
        let links = vec![Link { href, rel: None, media_type: None, title: None }];
        let doi = id.as_str().strip_prefix("doi:").map(str::to_owned);
        Paper { doi, links, ..import::described(id, row, updated) }
    });
    Ok(FeedEntry { paper, first_seen: seen, version_seen: seen })
}

/// The topics' names; of many, the list's own.
fn title(list: &List<'_>) -> String {
    if list.topics.len() <= TOPICS_NAMED { list.topics.join(", ") } else { list.name.to_owned() }
}

/// The papers of all topics, each once, newest first. One of several topics came with the first of them.
fn merged(shown: &[Vec<FeedEntry>]) -> Vec<FeedEntry> {
    let mut merged: Vec<FeedEntry> = Vec::new();
    let mut places = HashMap::new();
    for entry in shown.iter().flatten() {
        let place = *places.entry(&entry.paper.id).or_insert(merged.len());
        match merged.get_mut(place) {
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

/// Those that came last.
fn latest(entries: &[FeedEntry]) -> Vec<FeedEntry> {
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
            title(&List {
                name: "list.md",
                file: "list.md".as_ref(),
                topics,
                rows_max: 1,
                columns: &[],
                archive: None,
                code_hosts: &[],
                beside: &[],
            })
        };
        assert_eq!((of(&topics[..2]), of(&topics)), ("A, B".to_owned(), "list.md".to_owned()));
    }

    #[test]
    fn no_archive_is_called_like_a_file_beside_the_list() {
        assert!(Beside::ALL.iter().all(|form| !form.word().contains(|c: char| c.is_ascii_digit())));
    }
}
