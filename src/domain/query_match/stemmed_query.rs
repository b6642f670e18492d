//! A term searched for in the title or the abstract.

use super::super::query::SearchedWordOrPhrase;
use super::super::text_analysis::Analyzer;
use super::search_document::StemmedText;
use super::term_match_result::MatchPlace;
use super::text_query::{TextQuery, WordMatchMode};

/// A term by its stems or, if it is a phrase, also by its words as they are. Source: `_query_title` and
/// `_query_abstract` in `prepare.py`, which take in the plain field for a quoted term alone.
#[derive(Debug)]
pub(super) struct StemmedQuery {
    stems: TextQuery,
    words: Option<TextQuery>,
}

impl StemmedQuery {
    /// A term for the title, whose plain field reads phrases without stop words (`search_quote_analyzer`).
    pub(super) fn for_title(text: &SearchedWordOrPhrase) -> Self {
        Self::new(text, Analyzer::Simple)
    }

    /// A term for the abstract, whose plain field has no such exception: `abs:"to be or not to be"` is found.
    pub(super) fn query_of_abstract_field(text: &SearchedWordOrPhrase) -> Self {
        Self::new(text, Analyzer::Standard)
    }

    fn new(text: &SearchedWordOrPhrase, for_phrases: Analyzer) -> Self {
        let words = match text {
            SearchedWordOrPhrase::Phrase(_) => Some(TextQuery::new(text, for_phrases)),
            SearchedWordOrPhrase::Word(_) => None,
        };
        Self { stems: TextQuery::new(text, Analyzer::English), words }
    }

    pub(super) fn find_match_places(
        &self,
        text: &StemmedText,
        rule: WordMatchMode,
    ) -> Option<Vec<MatchPlace>> {
        let by_words = || self.words.as_ref().and_then(|words| words.find_match_places(&text.words, rule));
        self.stems.find_match_places(&text.stems, rule).or_else(by_words)
    }
}

/// The formulas of a word that begins with one: `$x^2$`. Source: `is_tex_query` in `util.py`. A phrase begins with its
/// quote, so it is never one.
pub(super) fn tex_formula_query(text: &SearchedWordOrPhrase) -> Option<TextQuery> {
    let SearchedWordOrPhrase::Word(word) = text else { return None };
    let formula = word.strip_prefix('$')?;
    let formula = formula.strip_prefix('$').unwrap_or(formula);
    let has_formula = formula.find('$').is_some_and(|end| end > 0);
    has_formula.then(|| TextQuery::from_words(word, Analyzer::Tex))
}
