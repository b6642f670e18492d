//! A text searched for in one field.

use super::super::query::SearchedWordOrPhrase;
use super::super::text_analysis::Analyzer;
use super::indexed_text::{IndexedText, PhraseWord};
use super::term_match_result::MatchPlace;
use super::wildcard::{WildcardPattern, begins_with_wildcard, has_wildcard};

/// How many of the words that a term breaks into a field must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordMatchMode {
    Every,
    Any,
}

/// A term as Elasticsearch's `query_string` reads it for one field. `escape` in `util.py` has made all its other signs
/// plain text, so there is no fuzziness, no slop and no range.
#[derive(Debug)]
pub(super) enum TextQuery {
    /// All these words, in any place. None if the term had stop words alone, which matches nothing.
    Words(Vec<String>),
    /// These words, each right after the one before it.
    Phrase(Vec<PhraseWord>),
    /// A word that the pattern fits.
    Pattern(WildcardPattern),
}

impl TextQuery {
    /// A field whose text, words and phrases are all read by one analyzer.
    pub(super) fn new(text: &SearchedWordOrPhrase, analyzer: Analyzer) -> Self {
        Self::with_analyzers(text, analyzer, analyzer)
    }

    /// A field with a `search_analyzer` for words and a `search_quote_analyzer` for phrases.
    pub(super) fn with_analyzers(
        text: &SearchedWordOrPhrase,
        for_words: Analyzer,
        for_phrases: Analyzer,
    ) -> Self {
        match text {
            SearchedWordOrPhrase::Phrase(phrase) => Self::Phrase(phrase_words(phrase, for_phrases)),
            SearchedWordOrPhrase::Word(word) if has_wildcard(word) => {
                Self::Pattern(WildcardPattern::new(&for_words.normalize_wildcard_word(word)))
            }
            SearchedWordOrPhrase::Word(word) if begins_with_wildcard(word) => Self::Words(Vec::new()),
            SearchedWordOrPhrase::Word(word) => Self::from_words(word, for_words),
        }
    }

    /// The words of a text, wildcards and quotes being signs like others: Elasticsearch's `match`.
    pub(super) fn from_words(text: &str, analyzer: Analyzer) -> Self {
        Self::Words(analyzer.analyze(text).into_iter().map(|token| token.text).collect())
    }

    /// Where the field has it.
    pub(super) fn find_match_places(
        &self,
        text: &IndexedText,
        rule: WordMatchMode,
    ) -> Option<Vec<MatchPlace>> {
        match self {
            Self::Words(words) => {
                combine_word_match_places(words.iter().map(|word| text.find_word(word)), rule)
            }
            Self::Phrase(phrase) => text.find_phrase(phrase).map(|place| vec![place]),
            Self::Pattern(pattern) => text.find_word_matching_wildcard(pattern).map(|place| vec![place]),
        }
    }
}

/// The words of a phrase. A stop word that was taken out leaves a hole that any one word fills.
pub(super) fn phrase_words(phrase: &str, analyzer: Analyzer) -> Vec<PhraseWord> {
    let tokens = analyzer.analyze(phrase);
    let first = tokens.first().map_or(0, |token| token.position);
    let words = tokens.into_iter().map(|token| PhraseWord {
        text: token.text,
        offset: token.position - first,
        is_prefix: false,
    });
    words.collect()
}

/// The places of all the words if enough of them were found. No words at all are not enough.
pub(super) fn combine_word_match_places(
    found: impl Iterator<Item = Option<MatchPlace>>,
    rule: WordMatchMode,
) -> Option<Vec<MatchPlace>> {
    let found: Option<Vec<MatchPlace>> = match rule {
        WordMatchMode::Every => found.collect(),
        WordMatchMode::Any => Some(found.flatten().collect()),
    };
    found.filter(|places| !places.is_empty())
}
