//! A field's tokens, to be searched.

use super::super::text_analysis::{Analyzer, TextToken};
use super::term_match_result::{MatchPlace, SearchedField};
use super::wildcard::WildcardPattern;

/// How many words part two values of a field, so that no phrase goes over both. Source: Elasticsearch's
/// `position_increment_gap`.
const GAP: usize = 100;

/// The tokens of one field, which may have many values.
#[derive(Debug)]
pub(super) struct IndexedText {
    analyzer: Analyzer,
    tokens: Vec<IndexedToken>,
    /// The tokens' numbers by text and position.
    order: Vec<usize>,
    next_position: usize,
}

#[derive(Debug)]
struct IndexedToken {
    text: String,
    position: usize,
    place: MatchPlace,
}

/// A word of a phrase, and how many words after its first one it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhraseWord {
    pub(super) text: String,
    pub(super) offset: usize,
    /// Whether the word may be only the beginning of the one that is found.
    pub(super) is_prefix: bool,
}

impl IndexedText {
    pub(super) fn new(analyzer: Analyzer) -> Self {
        Self { analyzer, tokens: Vec::new(), order: Vec::new(), next_position: 0 }
    }

    /// The field of one value.
    pub(super) fn index_field_value(analyzer: Analyzer, field: SearchedField, text: &str) -> Self {
        Self::new(analyzer).append_field_text_tokens(field, text).sort_tokens_for_lookup()
    }

    /// Adds a value that is a field's own text.
    pub(super) fn append_field_text_tokens(self, field: SearchedField, text: &str) -> Self {
        self.append_analyzed_text(text, |token| MatchPlace { field, bytes: token.place.clone() })
    }

    /// Adds a value that was made from a field's text of that many bytes.
    pub(super) fn with_tokens_of_derived_text(self, field: SearchedField, text: &str, bytes: usize) -> Self {
        self.append_analyzed_text(text, |_| MatchPlace { field, bytes: 0..bytes })
    }

    fn append_analyzed_text(mut self, text: &str, place: impl Fn(&TextToken) -> MatchPlace) -> Self {
        let first = self.next_position;
        for token in self.analyzer.analyze(text) {
            let place = place(&token);
            let position = first + token.position;
            self.next_position = position + 1 + GAP;
            self.tokens.push(IndexedToken { text: token.text, position, place });
        }
        self
    }

    /// Makes it ready to be searched.
    pub(super) fn sort_tokens_for_lookup(mut self) -> Self {
        self.order = (0..self.tokens.len()).collect();
        let tokens = &self.tokens;
        self.order.sort_by(|a, b| tokens[*a].text.cmp(&tokens[*b].text).then(a.cmp(b)));
        self
    }

    /// Where the word is first.
    pub(super) fn find_word(&self, word: &str) -> Option<MatchPlace> {
        let token = &self.tokens[*self.order.get(self.lower_bound_of_word(word))?];
        (token.text == word).then(|| token.place.clone())
    }

    /// Where a word that matches the pattern is.
    pub(super) fn find_word_matching_wildcard(&self, pattern: &WildcardPattern) -> Option<MatchPlace> {
        let mut tokens = self.tokens_with_prefix(pattern.literal_prefix());
        tokens.find(|token| pattern.matches(&token.text)).map(|token| token.place.clone())
    }

    /// Where the words come one after another with nothing but the phrase's own holes between them.
    pub(super) fn find_phrase(&self, phrase: &[PhraseWord]) -> Option<MatchPlace> {
        let (first, rest) = phrase.split_first()?;
        self.tokens_matching_word(first).find_map(|start| {
            let mut last = start;
            for word in rest {
                last = self.token_at(word, start.position + word.offset)?;
            }
            let end = start.place.bytes.end.max(last.place.bytes.end);
            Some(MatchPlace { field: start.place.field, bytes: start.place.bytes.start..end })
        })
    }

    fn tokens_matching_word<'t>(&'t self, word: &'t PhraseWord) -> impl Iterator<Item = &'t IndexedToken> {
        self.tokens_with_prefix(&word.text).take_while(|token| word.is_prefix || token.text == word.text)
    }

    /// The token of that position if it is the word's.
    fn token_at<'t>(&'t self, word: &'t PhraseWord, position: usize) -> Option<&'t IndexedToken> {
        if word.is_prefix {
            return self.tokens_matching_word(word).find(|token| token.position == position);
        }
        let wanted = (word.text.as_str(), position);
        let at = |number: &usize| (self.tokens[*number].text.as_str(), self.tokens[*number].position);
        let place = self.order.binary_search_by(|number| at(number).cmp(&wanted)).ok()?;
        Some(&self.tokens[self.order[place]])
    }

    fn tokens_with_prefix<'t>(&'t self, prefix: &'t str) -> impl Iterator<Item = &'t IndexedToken> {
        let tokens =
            self.order[self.lower_bound_of_word(prefix)..].iter().map(|number| &self.tokens[*number]);
        tokens.take_while(move |token| token.text.starts_with(prefix))
    }

    /// The place in the order of the first token that is not before the word.
    fn lower_bound_of_word(&self, word: &str) -> usize {
        self.order.partition_point(|number| self.tokens[*number].text.as_str() < word)
    }
}
