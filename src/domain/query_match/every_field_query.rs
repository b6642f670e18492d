//! A term searched for in all fields.
//!
//! Source for all of it: `_query_all_fields` in `prepare.py`. A paper matches if all words are in the field that has
//! all fields' words, or if one field alone matches; and in either case some field must match for some word. The second
//! condition counts: the field of all fields has no accents and no stems, so there may be a match in it that no field
//! has, and that is none (`all:erdos` with "Erdős" in the title alone).

use super::super::query::SearchedWordOrPhrase;
use super::super::text_analysis::Analyzer;
use super::author_query::AuthorQuery;
use super::identifier_query::KeywordFieldQuery;
use super::search_document::{SearchDocument, YearAndMonth};
use super::stemmed_query::{StemmedQuery, tex_formula_query};
use super::term_match_result::{MatchPlace, SearchedField};
use super::text_query::{TextQuery, WordMatchMode};

/// The first year that is taken for one. Source: `START_YEAR` in `prepare.py`.
const FIRST_YEAR: u16 = 1991;

/// A term for all fields.
#[derive(Debug)]
pub(super) enum AllFieldsTerm {
    /// A formula, which is searched for in title and abstract alone.
    Formulas(TextQuery),
    /// Words, perhaps with a date among them.
    Text { text: Box<EveryFieldQuery>, dated: Option<Box<MonthAndTextQuery>> },
}

/// A text in every field.
#[derive(Debug)]
pub(super) struct EveryFieldQuery {
    combined: TextQuery,
    id: KeywordFieldQuery,
    author: AuthorQuery,
    title: StemmedQuery,
    abstract_: StemmedQuery,
    /// The comment, the journal reference and the report number break words alike, but the comment's stop words are
    /// left in a word that is searched for.
    comment: TextQuery,
    reference: TextQuery,
    doi: KeywordFieldQuery,
    subject_class: KeywordFieldQuery,
    subject: TextQuery,
}

/// A month or year, and the text without it.
#[derive(Debug)]
pub(super) struct MonthAndTextQuery {
    months: Vec<YearAndMonth>,
    year: Option<u16>,
    rest: Option<EveryFieldQuery>,
}

impl AllFieldsTerm {
    pub(super) fn new(text: &SearchedWordOrPhrase) -> Self {
        match tex_formula_query(text) {
            Some(formulas) => Self::Formulas(formulas),
            None => Self::Text {
                text: Box::new(EveryFieldQuery::new(text)),
                dated: MonthAndTextQuery::new(text).map(Box::new),
            },
        }
    }

    pub(super) fn find_match_places(&self, document: &SearchDocument) -> Option<Vec<MatchPlace>> {
        match self {
            Self::Formulas(formulas) => {
                let in_title = formulas.find_match_places(&document.title.formulas, WordMatchMode::Every);
                in_title.or_else(|| {
                    formulas.find_match_places(&document.abstract_.formulas, WordMatchMode::Every)
                })
            }
            Self::Text { text, dated } => {
                let dated = dated.as_ref().filter(|dated| dated.is_announced_in_month(document));
                let places = match text.find_match_places(document) {
                    Some(places) => places,
                    None => dated?.find_matches_ignoring_month(document)?,
                };
                let is_partly_found =
                    dated.is_some() || text.find_in_fields(document, WordMatchMode::Any).is_some();
                is_partly_found.then_some(places)
            }
        }
    }
}

impl EveryFieldQuery {
    fn new(text: &SearchedWordOrPhrase) -> Self {
        Self {
            combined: TextQuery::new(text, Analyzer::Combined),
            id: KeywordFieldQuery::query_for_arxiv_id(text),
            author: AuthorQuery::new(text),
            title: StemmedQuery::for_title(text),
            abstract_: StemmedQuery::query_of_abstract_field(text),
            comment: TextQuery::with_analyzers(text, Analyzer::Standard, Analyzer::Simple),
            reference: TextQuery::new(text, Analyzer::Simple),
            doi: KeywordFieldQuery::keyword_query_for_doi(text),
            subject_class: KeywordFieldQuery::for_acm_or_msc_class(text),
            subject: TextQuery::from_words(text.as_str(), Analyzer::Simple),
        }
    }

    /// Where one field matches, or all fields together.
    fn find_match_places(&self, document: &SearchDocument) -> Option<Vec<MatchPlace>> {
        let combined = || self.combined.find_match_places(&document.combined, WordMatchMode::Every);
        self.find_in_fields(document, WordMatchMode::Every).or_else(combined)
    }

    /// The places in every field that matches by itself.
    fn find_in_fields(&self, document: &SearchDocument, rule: WordMatchMode) -> Option<Vec<MatchPlace>> {
        let texts = [
            self.title.find_match_places(&document.title, rule),
            self.abstract_.find_match_places(&document.abstract_, rule),
            self.author.find_match_places(document, rule),
            self.comment.find_match_places(&document.comment, rule),
            self.reference.find_match_places(&document.journal_ref, rule),
            self.reference.find_match_places(&document.report_number, rule),
        ];
        let subjects =
            document.subjects.iter().filter_map(|subject| self.subject.find_match_places(subject, rule));
        let places: Vec<MatchPlace> = texts
            .into_iter()
            .flatten()
            .chain(subjects)
            .flatten()
            .chain(self.find_keyword_field_matches(document))
            .collect();
        (!places.is_empty()).then_some(places)
    }

    fn find_keyword_field_matches(&self, document: &SearchDocument) -> Vec<MatchPlace> {
        let ids = document.ids.iter().map(|id| (SearchedField::Id, id, &self.id));
        let dois = document.dois.iter().enumerate();
        let dois = dois.map(|(number, doi)| (SearchedField::Doi(number), doi, &self.doi));
        let classes = document.subject_classes.iter().enumerate();
        let classes =
            classes.map(|(number, class)| (SearchedField::SubjectClass(number), class, &self.subject_class));
        let found = ids.chain(dois).chain(classes).filter(|(_, keyword, query)| query.matches(keyword));
        found.map(|(field, keyword, _)| MatchPlace { field, bytes: 0..keyword.len() }).collect()
    }
}

impl MonthAndTextQuery {
    /// The first month `YYYY-MM` in a text, or else the first year, if it is the whole word or has words on both sides:
    /// to arXiv, a phrase begins and ends with its quotes. Source: `parse_date` in `util.py`.
    fn new(text: &SearchedWordOrPhrase) -> Option<Self> {
        match text {
            SearchedWordOrPhrase::Word(word) => Self::query_from_date_and_text(word, None),
            SearchedWordOrPhrase::Phrase(phrase) => {
                let words: Vec<&str> = phrase.split_whitespace().collect();
                let inner = 1..words.len().saturating_sub(1);
                let find = |is_date: fn(&str) -> bool| inner.clone().find(|number| is_date(words[*number]));
                let at = find(is_year_and_month).or_else(|| find(is_year))?;
                let rest = [&words[..at], &words[at + 1..]].concat().join(" ");
                Self::query_from_date_and_text(
                    words[at],
                    Some(EveryFieldQuery::new(&SearchedWordOrPhrase::Phrase(rest))),
                )
            }
        }
    }

    /// A year may also be a month: `2011` is November 2020, too. Source: `parse_date_partial` in `util.py`.
    fn query_from_date_and_text(date: &str, rest: Option<EveryFieldQuery>) -> Option<Self> {
        let year = date.get(..4).filter(|year| is_year(year))?.parse().ok()?;
        let is_arxiv_year = year >= FIRST_YEAR;
        let (months, year): (Vec<_>, _) = if is_year(date) {
            (YearAndMonth::from_yymm(date).into_iter().collect(), is_arxiv_year.then_some(year))
        } else if is_year_and_month(date) && is_arxiv_year {
            let month = date[5..].parse().ok()?;
            (vec![YearAndMonth { year, month }], None)
        } else {
            return None;
        };
        (!months.is_empty() || year.is_some()).then_some(Self { months, year, rest })
    }

    fn is_announced_in_month(&self, document: &SearchDocument) -> bool {
        let is_then = |month: YearAndMonth| self.months.contains(&month) || self.year == Some(month.year);
        document.announced.is_some_and(is_then)
    }

    fn find_matches_ignoring_month(&self, document: &SearchDocument) -> Option<Vec<MatchPlace>> {
        match &self.rest {
            Some(rest) => rest.find_match_places(document),
            None => {
                Some(vec![MatchPlace { field: SearchedField::Id, bytes: 0..document.ids.first()?.len() }])
            }
        }
    }
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_year_and_month(word: &str) -> bool {
    word.split_once('-').is_some_and(|(year, month)| {
        is_year(year) && month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit())
    })
}
