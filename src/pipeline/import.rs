//! Reading a history out of an existing list: every row is filled in silently.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::poll::{judged, latest};
use crate::domain::{Abstract, Contact, Paper, PaperId, Version};
use crate::render::{PaperLink, Row};
use crate::store::{Filled, PollRecord, Store};

/// Fills a topic's history with the rows of a list, in their order. First contact ends with it: what the
/// next poll finds beside them is news.
pub fn import(store: &mut Store, topic: &str, rows: &[Row], now: Timestamp) -> Result<Filled> {
    let record = store.topic(topic)?;
    let papers = latest(rows.iter().filter_map(paper).collect());
    let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
    let mut recorded: HashMap<_, _> =
        store.papers(&ids)?.into_iter().map(|paper| (paper.id.clone(), paper)).collect();
    let known = store.known_each(&record, &ids)?;
    let known: HashMap<_, _> = ids.into_iter().zip(known).collect();
    let papers = papers.into_iter().map(|paper| match recorded.remove(&paper.id) {
        Some(recorded) => completed(paper, recorded),
        None => paper,
    });
    let shown = judged(papers.collect(), known, Contact::First);
    store.record(&record, &PollRecord::of_import(now, shown))
}

/// The paper of a row with what the history has of it and no row can tell.
fn completed(paper: Paper, recorded: Paper) -> Paper {
    let Paper { authors, primary, categories, published, journal_ref, doi, links, .. } = recorded;
    Paper { authors, primary, categories, published, journal_ref, doi, links, ..paper }
}

/// The paper that a row tells of, if it links to one on arXiv. Its date is a day; the source's next
/// answer adds the time and the rest.
pub(super) fn paper(row: &Row) -> Option<Paper> {
    let PaperLink::Arxiv { id, version } = &row.link else { return None };
    Some(Paper {
        id: PaperId::arxiv(id),
        version: version.unwrap_or(Version::FIRST),
        title: row.title.to_string(),
        abstract_: Abstract(row.abstract_.to_string()),
        authors: Vec::new(),
        primary: None,
        categories: Vec::new(),
        published: None,
        updated: row.date.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        comment: row.comment.as_ref().map(ToString::to_string),
        journal_ref: None,
        doi: None,
        links: Vec::new(),
    })
}
