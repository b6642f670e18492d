//! The files beside a list: the papers that it shows as a feed, as BibTeX, as one page. Among the list's files each goes by
//! its form's word, which no archive has, for theirs have a year in them. Nothing in them is a person's.

use std::collections::HashSet;

use anyhow::{Context, Result};

use super::project::List;
use super::tables::OWN;
use crate::domain::{Beside, Paper, PaperId};
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

/// The files beside a list whose own files are these: the papers of its tables, in their order.
pub(super) fn beside(store: &Store, list: &List<'_>, files: &Files) -> Result<Files> {
    if list.beside.is_empty() {
        return Ok(Files::new());
    }
    let own = files.get(OWN).map_or("", |text| text);
    let shown = list.topics.iter().map(|name| shown(store, name, own));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    let title = title(list);
    let papers = merged(&shown);
    let each = list.beside.iter().map(|(form, _)| {
        let text = match form {
            Beside::Feed => atom(&Feed { title: &title, papers: &papers[..papers.len().min(ENTRIES_MAX)] }),
            Beside::Bibtex => bibtex(&papers),
            Beside::Page => page(list, &title, &shown)?,
        };
        Ok((form.word().to_owned(), text.into()))
    });
    each.collect()
}

fn page(list: &List<'_>, title: &str, shown: &[Vec<Paper>]) -> Result<String> {
    let topics = list.topics.iter().zip(shown).map(|(name, papers)| FileTopic { name, papers });
    let topics: Vec<_> = topics.collect();
    let page = Pages::new().and_then(|pages| file(&pages, title, &topics));
    page.context("the page's own template cannot be filled in")
}

/// The papers of a topic's table, as the history has them.
fn shown(store: &Store, name: &str, own: &str) -> Result<Vec<Paper>> {
    let ids = rows_of(name, own).into_iter().filter_map(|row| match row.link {
        PaperLink::Arxiv { id, .. } => Some(PaperId::arxiv(&id)),
        PaperLink::Elsewhere(_) | PaperLink::Nowhere => None,
    });
    store.papers(&ids.collect::<Vec<_>>())
}

/// The topics' names; of many, the list's own.
fn title(list: &List<'_>) -> String {
    if list.topics.len() <= TOPICS_NAMED { list.topics.join(", ") } else { list.name.to_owned() }
}

/// The papers of all topics, each once, newest first.
fn merged(shown: &[Vec<Paper>]) -> Vec<Paper> {
    let mut taken = HashSet::new();
    let mut papers: Vec<Paper> =
        shown.iter().flatten().filter(|paper| taken.insert(paper.id.as_str())).cloned().collect();
    papers.sort_by_key(|paper| std::cmp::Reverse(paper.updated));
    papers
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
