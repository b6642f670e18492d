//! Papers for an arXiv to show.

use jiff::SignedDuration;
use paperwire::domain::{Paper, PaperId, Revision, Version};

use crate::support::fake_arxiv::page::sample_paper;

pub(crate) fn sample_papers(count: usize) -> Vec<Paper> {
    (0..count).map(sample_paper).collect()
}

/// The next version of a paper, so many hours later than this one.
pub(crate) fn next_version(paper: &Paper, hours: i64) -> Paper {
    Paper {
        revision: Revision::Numbered(Version::new(paper.revision.version_number().unwrap() + 1).unwrap()),
        updated: paper.updated + SignedDuration::from_hours(hours),
        ..paper.clone()
    }
}

/// A paper that arXiv shows with that date.
pub(crate) fn paper_of_date(id: &str, updated: &str) -> Paper {
    Paper {
        id: PaperId::from_arxiv_id(&id.parse().unwrap()),
        revision: Revision::FIRST,
        updated: updated.parse().unwrap(),
        ..sample_paper(0)
    }
}

/// What arXiv shows: newest first.
pub(crate) fn newest_first(mut papers: Vec<Paper>) -> Vec<Paper> {
    papers.sort_by_key(|paper| std::cmp::Reverse(paper.updated));
    papers
}

pub(crate) fn versioned_id(paper: &Paper) -> String {
    format!("{}{}", paper.id.as_arxiv_id().unwrap(), paper.revision)
}

pub(crate) fn versioned_ids(papers: &[Paper]) -> Vec<String> {
    papers.iter().map(versioned_id).collect()
}
