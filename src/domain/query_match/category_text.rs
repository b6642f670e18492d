//! A category as arXiv's index has it: by its identifiers and by its names.

use super::super::arxiv_taxonomy::{arxiv_categories, arxiv_subject_name};
use super::indexed_text::IndexedText;
use super::term_match_result::SearchedField;
use super::wildcard::WildcardPattern;

/// The categories of arXiv's that `cat:` with this text finds: it may have wildcards, and arXiv does not look at capitals.
pub fn arxiv_categories_found_by(text: &str) -> impl Iterator<Item = &'static str> + use<> {
    let pattern = WildcardPattern::new(&text.to_lowercase());
    arxiv_categories().filter(move |category| pattern.matches(&category.to_lowercase()))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_found_by_its_identifier_in_any_capitals_and_by_a_pattern() {
        for (text, found) in [
            ("cs.CV", &["cs.CV"][..]),
            ("cs.cv", &["cs.CV"]),
            ("econ.*", &["econ.EM", "econ.GN", "econ.TH"]),
            ("HEP-*", &["hep-ex", "hep-lat", "hep-ph", "hep-th"]),
            ("cs.?V", &["cs.CV"]),
            ("astro-ph", &["astro-ph"]),
            ("cs", &[]),
            ("CV", &[]),
            ("cs.XX", &[]),
            ("cs.X*", &[]),
        ] {
            assert_eq!(arxiv_categories_found_by(text).collect::<Vec<_>>(), found, "{text}");
        }
    }
}
