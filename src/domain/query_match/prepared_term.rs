//! One term of a query, made ready for the field that it is for.

use super::super::query::{QueryField, SearchedWordOrPhrase};
use super::super::text_analysis::Analyzer;
use super::author_query::AuthorQuery;
use super::every_field_query::AllFieldsTerm;
use super::identifier_query::KeywordFieldQuery;
use super::search_document::SearchDocument;
use super::stemmed_query::{StemmedQuery, tex_formula_query};
use super::term_match_result::{MatchPlace, SearchedField};
use super::text_query::{TextQuery, WordMatchMode};
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
    Id(KeywordFieldQuery),
    Doi(KeywordFieldQuery),
    All(AllFieldsTerm),
}

impl PreparedTerm {
    pub(super) fn new(field: QueryField, text: &SearchedWordOrPhrase) -> Self {
        match field {
            QueryField::Title => match tex_formula_query(text) {
                Some(formulas) => Self::TitleFormulas(formulas),
                None => Self::Title(StemmedQuery::for_title(text)),
            },
            QueryField::Abstract => Self::Abstract(StemmedQuery::query_of_abstract_field(text)),
            QueryField::Author => Self::Author(AuthorQuery::for_author_field(text)),
            // The index has no stop words, but a word keeps its own: `co:to-appear` never matches. Source:
            // `comments` in `DocumentMapping.json`.
            QueryField::Comment => {
                Self::Comment(TextQuery::with_analyzers(text, Analyzer::Standard, Analyzer::Simple))
            }
            QueryField::JournalRef => Self::JournalRef(TextQuery::new(text, Analyzer::Simple)),
            QueryField::ReportNumber => Self::ReportNumber(TextQuery::new(text, Analyzer::Simple)),
            QueryField::Category => Self::Category(WildcardPattern::new(&text.as_str().to_lowercase())),
            QueryField::Id => Self::Id(KeywordFieldQuery::query_for_arxiv_id(text)),
            QueryField::Doi => Self::Doi(KeywordFieldQuery::keyword_query_for_doi(text)),
            QueryField::All => Self::All(AllFieldsTerm::new(text)),
        }
    }

    /// Where a paper has it.
    pub(super) fn find_match_places(&self, document: &SearchDocument) -> Option<Vec<MatchPlace>> {
        let every = WordMatchMode::Every;
        match self {
            Self::Title(query) => query.find_match_places(&document.title, every),
            Self::TitleFormulas(query) => {
                query.find_match_places(&document.title.formulas, WordMatchMode::Any)
            }
            Self::Abstract(query) => query.find_match_places(&document.abstract_, every),
            Self::Author(query) => query.find_match_places(document, every),
            Self::Comment(query) => query.find_match_places(&document.comment, every),
            Self::JournalRef(query) => query.find_match_places(&document.journal_ref, every),
            Self::ReportNumber(query) => query.find_match_places(&document.report_number, every),
            Self::Category(pattern) => {
                first_matching_keyword_place(&document.categories, SearchedField::Category, |word| {
                    pattern.matches(word)
                })
            }
            Self::Id(query) => {
                first_matching_keyword_place(&document.ids, |_| SearchedField::Id, |word| query.matches(word))
            }
            Self::Doi(query) => {
                first_matching_keyword_place(&document.dois, SearchedField::Doi, |word| query.matches(word))
            }
            Self::All(query) => query.find_match_places(document),
        }
    }
}

fn first_matching_keyword_place(
    keywords: &[String],
    field: impl Fn(usize) -> SearchedField,
    is_match: impl Fn(&str) -> bool,
) -> Option<Vec<MatchPlace>> {
    let number = keywords.iter().position(|keyword| is_match(keyword))?;
    Some(vec![MatchPlace { field: field(number), bytes: 0..keywords[number].len() }])
}
