//! What a source says of a work.

use jiff::Timestamp;

use super::super::{Paper, PaperId, is_estimated};
use super::work_identifier::{WorkIdentifier, parse_dois_in_field};

/// What one source says of a work, as far as it says which work it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDescription {
    /// The work's own identifiers, and those that the source names as the same work's: the DOI of an arXiv record.
    pub identifiers: Vec<WorkIdentifier>,
    /// The titles of all its versions, in any order, as they are written.
    pub titles: Vec<String>,
    /// In the order of the title page, as they are written: `Wei Zhang` or `Zhang, W.`; empty if the source does not say.
    pub authors: Vec<String>,
    /// When it first appeared there, if the source says.
    pub appeared: Option<Timestamp>,
}

impl From<&Paper> for WorkDescription {
    /// What a paper says of itself in the one version that it is in.
    fn from(paper: &Paper) -> Self {
        let later = paper.later_article.as_ref().and_then(|article| article.doi.as_deref());
        let fields = paper.doi.as_deref().into_iter().chain(later);
        Self {
            identifiers: own_and_named_paper_ids(&paper.id, fields)
                .iter()
                .map(WorkIdentifier::from)
                .collect(),
            titles: vec![paper.title.clone()],
            authors: paper.authors.iter().map(|author| author.name.clone()).collect(),
            appeared: paper.published.or_else(|| Some(paper.updated).filter(|date| !is_estimated(*date))),
        }
    }
}

/// The identities that a paper's own record names, each once: its own, and the DOIs under which it appeared.
pub fn ids_named_by_paper(paper: &Paper) -> Vec<PaperId> {
    own_and_named_paper_ids(&paper.id, paper.doi.as_deref().into_iter())
}

/// A paper's own identity and those of these fields. arXiv gives each work one identifier, so another one of arXiv's in the
/// record of an arXiv paper is another work's.
fn own_and_named_paper_ids<'f>(own: &PaperId, fields: impl Iterator<Item = &'f str>) -> Vec<PaperId> {
    let mut ids = vec![own.clone()];
    for id in fields.flat_map(parse_dois_in_field).filter_map(|doi| PaperId::from_link(doi.as_str())) {
        let is_other_work = id.as_arxiv_id().is_some() && own.as_arxiv_id().is_some();
        if !is_other_work && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
