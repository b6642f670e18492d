//! Whether a paper matches a search expression, decided here as arXiv decides it.
//!
//! A paper becomes a [`SearchDocument`] once and a [`Query`] a [`PreparedQuery`] once; then any number of pairs is
//! compared. The rules are those of arXiv/arxiv-search@764d7eb, each with its source at its place: `prepare.py`,
//! `authors.py` and `util.py` (in `search/services/index/`) say which field is asked how, and
//! `mappings/DocumentMapping.json` how a field is indexed.
//!
//! What arXiv does not publish is absent here: the accounts that own a paper, their ORCID and arXiv
//! author identifiers. A field that a paper does not have matches nothing, so `ANDNOT` keeps the paper.

mod author_query;
mod author_text;
mod category_text;
mod every_field_query;
mod identifier_query;
mod indexed_text;
mod prepared_query;
mod prepared_term;
mod search_document;
mod searchable_paper_fields;
mod stemmed_query;
mod term_match_result;
mod text_query;
mod wildcard;

pub use category_text::arxiv_categories_found_by;
pub use prepared_query::PreparedQuery;
pub use search_document::SearchDocument;
pub use searchable_paper_fields::SearchablePaperFields;
pub use term_match_result::{MatchPlace, SearchedField, TermMatch};

use super::Query;

impl Query {
    /// Whether a paper matches; who compares more than one pair prepares both sides once.
    pub fn matches(&self, fields: &SearchablePaperFields<'_>) -> bool {
        PreparedQuery::new(self).matches(&SearchDocument::new(fields))
    }
}

#[cfg(test)]
mod tests;
