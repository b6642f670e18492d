//! Text as arXiv's search index has it: from a text to its tokens, by the analyzers that
//! arXiv/arxiv-search@764d7eb names in `mappings/DocumentMapping.json`. Its engine is Elasticsearch 6.2
//! (`Dockerfile-elasticsearch`), which is Lucene 7.2.
//!
//! Known differences from it: the word breaks are those of a newer Unicode; Thai, Lao, Khmer and
//! Burmese break at each letter and not into runs; digits of other scripts are not folded to 0–9, and
//! of the rarer letters of phonetic scripts only those are folded that names have.

mod analyzer;
mod icu_folding;
mod name_folding;
mod porter_stemmer;
mod stop_words;
mod word_breaks;

pub(super) use analyzer::{Analyzer, TextToken};
pub(super) use icu_folding::fold_accents_and_case;
pub(super) use name_folding::fold_name_spelling_variants;

#[cfg(test)]
mod tests;
