//! Papers for tests.

use jiff::Timestamp;

use super::{Abstract, Paper, PaperId, Revision};

/// A paper of which nothing is known but its identity.
pub(crate) fn paper_with_only_id(id: PaperId) -> Paper {
    Paper {
        id,
        revision: Revision::FIRST,
        title: "A title".to_owned(),
        abstract_: Abstract::default(),
        authors: vec![],
        primary: None,
        categories: vec![],
        published: None,
        updated: Timestamp::UNIX_EPOCH,
        comment: None,
        journal_ref: None,
        doi: None,
        later_article: None,
        links: vec![],
    }
}
