//! What a source says of a work.

use jiff::Timestamp;

use super::super::{Paper, is_estimated};
use super::work_key::{WorkKey, dois_of_field};

/// What one source says of a work, as far as it says which work it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDescription {
    /// Its own identifiers, and those that the source names as the same work's: the DOI of an arXiv record.
    pub keys: Vec<WorkKey>,
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
        let mut keys = vec![WorkKey::from(&paper.id)];
        let later = paper.later_article.as_ref().and_then(|article| article.doi.as_deref());
        let fields = paper.doi.as_deref().into_iter().chain(later);
        let named: Vec<_> = fields.flat_map(dois_of_field).collect();
        for key in named.iter().map(WorkKey::doi) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self {
            keys,
            titles: vec![paper.title.clone()],
            authors: paper.authors.iter().map(|author| author.name.clone()).collect(),
            appeared: paper.published.or_else(|| Some(paper.updated).filter(|date| !is_estimated(*date))),
        }
    }
}
