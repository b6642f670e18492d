//! A query made ready to be compared with papers.

use super::super::query::{DateRange, Query, QueryNode};
use super::prepared_term::PreparedTerm;
use super::search_document::SearchDocument;
use super::term_match_result::{MatchPlace, SearchedField, TermMatch};

/// A query whose terms are broken into their words, once for any number of papers.
#[derive(Debug)]
pub struct PreparedQuery {
    root: PreparedNode,
}

/// A node of the query's tree. Source for AND, OR and ANDNOT: `classic_api/query_builder.py`.
#[derive(Debug)]
enum PreparedNode {
    Term { shown: String, term: PreparedTerm },
    Submitted { shown: String, range: DateRange },
    All { with: Vec<PreparedNode>, without: Vec<PreparedNode> },
    Any(Vec<PreparedNode>),
}

impl PreparedQuery {
    /// Prepares the terms of a query.
    pub fn new(query: &Query) -> Self {
        Self { root: PreparedNode::new(query.root_node()) }
    }

    /// Whether a paper matches.
    pub fn matches(&self, document: &SearchDocument) -> bool {
        self.root.matches(document)
    }

    /// The terms that a paper matches by, in the query's order, each with its places; `None` if it does not match. Of
    /// an OR, every side that matches is given.
    pub fn find_matches(&self, document: &SearchDocument) -> Option<Vec<TermMatch>> {
        let mut found = Vec::new();
        self.root.find_matches(document, &mut found).then_some(found)
    }
}

impl PreparedNode {
    fn new(node: &QueryNode) -> Self {
        let all = |nodes: &[QueryNode]| nodes.iter().map(Self::new).collect();
        match node {
            QueryNode::Term { field, text } => {
                Self::Term { shown: node.to_string(), term: PreparedTerm::new(*field, text) }
            }
            QueryNode::Submitted(range) => Self::Submitted { shown: node.to_string(), range: *range },
            QueryNode::All { with, without } => Self::All { with: all(with), without: all(without) },
            QueryNode::Any(nodes) => Self::Any(all(nodes)),
        }
    }

    fn matches(&self, document: &SearchDocument) -> bool {
        match self {
            Self::Term { term, .. } => term.find_match_places(document).is_some(),
            Self::Submitted { range, .. } => is_submitted_in_range(range, document),
            Self::All { with, without } => {
                with.iter().all(|node| node.matches(document))
                    && !without.iter().any(|node| node.matches(document))
            }
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(document)),
        }
    }

    /// Adds the terms that matched if the whole node matches.
    fn find_matches(&self, document: &SearchDocument, found: &mut Vec<TermMatch>) -> bool {
        let before = found.len();
        let is_match = match self {
            Self::Term { shown, term } => {
                let places = term.find_match_places(document);
                let is_match = places.is_some();
                found.extend(places.map(|places| TermMatch { term: shown.clone(), places }));
                is_match
            }
            Self::Submitted { shown, range } => {
                let is_match = is_submitted_in_range(range, document);
                let place = MatchPlace { field: SearchedField::Published, bytes: 0..0 };
                found.extend(is_match.then(|| TermMatch { term: shown.clone(), places: vec![place] }));
                is_match
            }
            Self::All { with, without } => {
                with.iter().all(|node| node.find_matches(document, found))
                    && !without.iter().any(|node| node.matches(document))
            }
            Self::Any(nodes) => {
                let matched = nodes.iter().filter(|node| node.find_matches(document, found)).count();
                matched > 0
            }
        };
        if !is_match {
            found.truncate(before);
        }
        is_match
    }
}

/// Whether version 1 was submitted in that span. Source: `_query_submittedDate` in `prepare.py`.
fn is_submitted_in_range(range: &DateRange, document: &SearchDocument) -> bool {
    document.published.is_some_and(|instant| range.contains(instant))
}
