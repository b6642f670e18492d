//! The words that are not searched for.

/// The stop words of Lucene's English analyzer, which are also those of `_english_` in a stop filter. Source:
/// `EnglishAnalyzer.ENGLISH_STOP_WORDS_SET`, in Lucene 7 `StopAnalyzer.ENGLISH_STOP_WORDS_SET`.
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no",
    "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to",
    "was", "will", "with",
];

/// Whether a word in lower case is a stop word.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}
