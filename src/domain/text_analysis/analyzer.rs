//! arXiv's analyzers: from a text to its tokens.

use std::ops::Range;

use super::icu_folding::fold_accents_and_case;
use super::name_folding::fold_name_spelling_variants;
use super::porter_stemmer::porter_stem;
use super::stop_words::is_stop_word;
use super::word_breaks::{tex_formulas, uax29_word_ranges, whitespace_words};

/// A word in the form that is compared, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) struct TextToken {
    /// The form that is compared.
    pub(in crate::domain) text: String,
    /// Its number among the words of its text; a stop word that was taken out has one, too.
    pub(in crate::domain) position: usize,
    /// The bytes of the text that it was made from.
    pub(in crate::domain) place: Range<usize>,
}

/// One of the analyzers of arXiv's index. Source: `mappings/DocumentMapping.json`, and for the first and the third
/// Lucene's `StandardAnalyzer` and `EnglishAnalyzer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum Analyzer {
    /// Words in lower case.
    Standard,
    /// The same without stop words.
    Simple,
    /// English stems without stop words and possessives.
    English,
    /// What is between white space, folded, without stop words: the field that has all fields.
    Combined,
    /// What is between white space, folded: `author_folding`.
    AuthorName,
    /// The same without the spellings of German, Scandinavian and Serbian names: `author_simple`.
    AuthorInitials,
    /// The formulas `$…$` as they are written.
    Tex,
}

impl Analyzer {
    /// The tokens of a text.
    pub(in crate::domain) fn analyze(self, text: &str) -> Vec<TextToken> {
        let words: Vec<(Range<usize>, String)> = match self {
            Self::Standard | Self::Simple => standard_word_tokens(text, lower_case),
            Self::English => standard_word_tokens(text, |word| lower_case(without_possessive(word))),
            Self::Combined | Self::AuthorName | Self::AuthorInitials => {
                let words = whitespace_words(text).map(|place| trim_points_from_token_range(text, place));
                let words = words.filter(|place| !place.is_empty());
                words
                    .map(|place| {
                        (place.clone(), fold_accents_and_case(&remove_dots_and_commas(&text[place])))
                    })
                    .collect()
            }
            Self::Tex => {
                tex_formulas(text).into_iter().map(|place| (place.clone(), text[place].to_owned())).collect()
            }
        };
        let words = words
            .into_iter()
            .enumerate()
            .filter(|(_, (_, word))| !(self.has_stop_words() && is_stop_word(word)));
        words
            .map(|(position, (place, word))| TextToken {
                text: self.stem_or_unify_spelling(word),
                position,
                place,
            })
            .collect()
    }

    /// A word with wildcards in the form in which it meets the tokens: it is not parted, stopped or stemmed. Source:
    /// the `normalize` of Lucene's analyzers; Elasticsearch's `query_string` with `analyze_wildcard` off.
    pub(in crate::domain) fn normalize_wildcard_word(self, word: &str) -> String {
        match self {
            Self::Standard | Self::Simple | Self::English => lower_case(word),
            Self::Combined | Self::AuthorName => {
                fold_name_spelling_variants(&fold_accents_and_case(&remove_dots_and_commas(word)))
            }
            Self::AuthorInitials => fold_accents_and_case(&remove_dots_and_commas(word)),
            Self::Tex => word.to_owned(),
        }
    }

    fn has_stop_words(self) -> bool {
        match self {
            Self::Simple | Self::English | Self::Combined => true,
            Self::Standard | Self::AuthorName | Self::AuthorInitials | Self::Tex => false,
        }
    }

    /// What comes after the stop words are out.
    fn stem_or_unify_spelling(self, word: String) -> String {
        match self {
            Self::English => porter_stem(&word),
            Self::Combined | Self::AuthorName => fold_name_spelling_variants(&word),
            Self::Standard | Self::Simple | Self::AuthorInitials | Self::Tex => word,
        }
    }
}

fn standard_word_tokens(text: &str, form: impl Fn(&str) -> String) -> Vec<(Range<usize>, String)> {
    uax29_word_ranges(text).map(|place| (place.clone(), form(&text[place]))).collect()
}

/// Each character in the one lower-case form that Java gives it: `İ` is `i`, and a final sigma is no other letter.
fn lower_case(word: &str) -> String {
    word.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// Source: Lucene's `EnglishPossessiveFilter`.
fn without_possessive(word: &str) -> &str {
    let stem =
        word.strip_suffix(['s', 'S']).and_then(|word| word.strip_suffix(['\'', '\u{2019}', '\u{ff07}']));
    stem.unwrap_or(word)
}

/// Source: the character filter `strip_dots_commas`.
const POINTS: [char; 3] = ['.', ',', ';'];

fn remove_dots_and_commas(word: &str) -> String {
    word.replace(POINTS, "")
}

/// The place without the points at its ends, which nobody wants to see marked.
fn trim_points_from_token_range(text: &str, place: Range<usize>) -> Range<usize> {
    let word = &text[place.clone()];
    let start = place.start + (word.len() - word.trim_start_matches(POINTS).len());
    start..start + word.trim_matches(POINTS).len()
}
