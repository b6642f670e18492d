//! A category as arXiv's index has it: by its identifiers and by its names.

use super::super::arxiv_taxonomy::arxiv_subject_name;
use super::indexed_text::IndexedText;
use super::term_match_result::SearchedField;

/// Adds a category's identifier, its name, and its archive's. Source: `primary_classification` and
/// `secondary_classification` in `DocumentMapping.json`, which copy all four to `combined`; so `all:vision` finds
/// whatever is in `cs.CV`, "Computer Vision and Pattern Recognition".
pub(super) fn add_category_to_index(text: IndexedText, field: SearchedField, category: &str) -> IndexedText {
    let text = text.append_field_text_tokens(field, category);
    let archive = category.split_once('.').map_or(category, |(archive, _)| archive);
    let (Some(archive_name), Some(name)) = (arxiv_subject_name(archive), arxiv_subject_name(category)) else {
        return text;
    };
    let derived = [archive, archive_name, name];
    derived
        .into_iter()
        .fold(text, |text, value| text.with_tokens_of_derived_text(field, value, category.len()))
}
