//! One term of a query, made ready for the field that it is for.

use super::super::query::{Field, SearchText};
use super::super::text_analysis::Analyzer;
use super::author_query::AuthorQuery;
use super::every_field_query::AllFieldsTerm;
use super::evidence::{MatchPlace, SearchedField};
use super::field_query::{StemmedQuery, formula_query};
use super::keyword_query::KeywordQuery;
use super::search_document::SearchDocument;
use super::text_query::{TextQuery, WordRule};
use super::wildcard::WildcardPattern;

/// A term by the field that it is for. Source: `FIELD_TERM_MAPPING` in `classic_api/query_builder.py`.
#[derive(Debug)]
pub(super) enum PreparedTerm {
    Title(StemmedQuery),
    /// A formula in the title. The field `abs` has no such search.
    TitleFormulas(TextQuery),
    Abstract(StemmedQuery),
    Author(AuthorQuery),
    Comment(TextQuery),
    JournalRef(TextQuery),
    ReportNumber(TextQuery),
    /// Source: `query_legacy_cat`; a category's capitals do not count, as the index has the normalizer `simple`.
    Category(WildcardPattern),
    Id(KeywordQuery),
    Doi(KeywordQuery),
    All(AllFieldsTerm),
}

impl PreparedTerm {
    pub(super) fn new(field: Field, text: &SearchText) -> Self {
        match field {
            Field::Title => match formula_query(text) {
                Some(formulas) => Self::TitleFormulas(formulas),
                None => Self::Title(StemmedQuery::for_title(text)),
            },
            Field::Abstract => Self::Abstract(StemmedQuery::for_abstract(text)),
            Field::Author => Self::Author(AuthorQuery::for_author_field(text)),
            // The index has no stop words, but a word keeps its own: `co:to-appear` never matches. Source:
            // `comments` in `DocumentMapping.json`.
            Field::Comment => {
                Self::Comment(TextQuery::with_analyzers(text, Analyzer::Standard, Analyzer::Simple))
            }
            Field::JournalRef => Self::JournalRef(TextQuery::new(text, Analyzer::Simple)),
            Field::ReportNumber => Self::ReportNumber(TextQuery::new(text, Analyzer::Simple)),
            Field::Category => Self::Category(WildcardPattern::new(&text.as_str().to_lowercase())),
            Field::Id => Self::Id(KeywordQuery::id(text)),
            Field::Doi => Self::Doi(KeywordQuery::doi(text)),
            Field::All => Self::All(AllFieldsTerm::new(text)),
        }
    }

    /// Where a paper has it.
    pub(super) fn find(&self, document: &SearchDocument) -> Option<Vec<MatchPlace>> {
        let every = WordRule::Every;
        match self {
            Self::Title(query) => query.find(&document.title, every),
            Self::TitleFormulas(query) => query.find(&document.title.formulas, WordRule::Any),
            Self::Abstract(query) => query.find(&document.abstract_, every),
            Self::Author(query) => query.find(document, every),
            Self::Comment(query) => query.find(&document.comment, every),
            Self::JournalRef(query) => query.find(&document.journal_ref, every),
            Self::ReportNumber(query) => query.find(&document.report_number, every),
            Self::Category(pattern) => {
                find_keyword(&document.categories, SearchedField::Category, |word| pattern.matches(word))
            }
            Self::Id(query) => find_keyword(&document.ids, |_| SearchedField::Id, |word| query.matches(word)),
            Self::Doi(query) => find_keyword(&document.dois, SearchedField::Doi, |word| query.matches(word)),
            Self::All(query) => query.find(document),
        }
    }
}

fn find_keyword(
    keywords: &[String],
    field: impl Fn(usize) -> SearchedField,
    is_match: impl Fn(&str) -> bool,
) -> Option<Vec<MatchPlace>> {
    let number = keywords.iter().position(|keyword| is_match(keyword))?;
    Some(vec![MatchPlace { field: field(number), bytes: 0..keywords[number].len() }])
}
