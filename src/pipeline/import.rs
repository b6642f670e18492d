//! Reading a history out of an existing list: every row is filled in silently.

use std::collections::HashMap;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::poll::latest;
use crate::domain::{Abstract, Origin, Paper, PaperId, Version, estimated_date, judge_listed, merge};
use crate::render::{PaperLink, Row};
use crate::store::{Filled, Known, PollRecord, Shown, Store};

/// Fills a topic's history with the rows of a list, in their order. First contact ends with it: what the
/// next poll finds beside them is news.
pub fn import(store: &mut Store, topic: &str, rows: &[Row], now: Timestamp) -> Result<Filled> {
    let record = store.topic(topic)?;
    let papers = combined(rows.iter().filter_map(|row| paper(row, now)).collect());
    let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
    let known = store.known_each(&record, &ids)?;
    let listed = papers.into_iter().zip(known).map(|(paper, known)| listed(paper, known));
    store.record(&record, &PollRecord::of_import(now, listed.collect()))
}

/// A paper that stands in a list, with what was known of it and what that means.
pub(super) fn listed(paper: Paper, known: Known) -> Shown {
    let finding = judge_listed(&paper, known.recorded.as_ref(), known.sighting);
    Shown { paper, known, finding }
}

/// Each paper once, in its latest version, with what any of its rows says of it.
pub(super) fn combined(papers: Vec<Paper>) -> Vec<Paper> {
    let order: Vec<PaperId> = latest(papers.clone()).into_iter().map(|paper| paper.id).collect();
    let mut each: HashMap<PaperId, Paper> = HashMap::new();
    for paper in papers {
        let paper = match each.remove(&paper.id) {
            None => paper,
            Some(other) if paper.version > other.version => merge(other, paper, Origin::List),
            Some(other) => merge(paper, other, Origin::List),
        };
        each.insert(paper.id.clone(), paper);
    }
    order.iter().filter_map(|id| each.remove(id)).collect()
}

/// What a date may be ahead of our present: it is tomorrow already where somebody lives.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The paper that a row tells of, if it links to one on arXiv. Its date is a day, or an estimate if the row names none that
/// can be; the source's next answer adds the time and the rest.
pub(super) fn paper(row: &Row, now: Timestamp) -> Option<Paper> {
    let PaperLink::Arxiv { id, version } = &row.link else { return None };
    let updated =
        moment(row).filter(|date| *date <= now + AHEAD_MAX).unwrap_or_else(|| estimated_date(id, now));
    Some(Paper { version: version.unwrap_or(Version::FIRST), ..described(PaperId::arxiv(id), row, updated) })
}

/// The beginning of the day that a row names.
pub(super) fn moment(row: &Row) -> Option<Timestamp> {
    Some(row.date?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A paper of which nothing is known but what its row says.
pub(super) fn described(id: PaperId, row: &Row, updated: Timestamp) -> Paper {
    Paper {
        id,
        version: Version::FIRST,
        title: row.title.to_string(),
        abstract_: Abstract(row.abstract_.to_string()),
        authors: Vec::new(),
        primary: None,
        categories: Vec::new(),
        published: None,
        updated,
        comment: row.comment.as_ref().map(ToString::to_string),
        journal_ref: None,
        doi: None,
        links: Vec::new(),
    }
}
