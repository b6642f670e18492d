use super::super::ArxivId;
use super::*;

mod field_rules;
mod reference_matcher;
mod text_rules;

/// A paper with this title alone.
fn paper_with_title(title: &str) -> SearchablePaperFields<'_> {
    SearchablePaperFields { title, ..SearchablePaperFields::default() }
}

fn parse_query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{}", error.with_query_excerpt(text)))
}

fn prepare_query(text: &str) -> PreparedQuery {
    PreparedQuery::new(&parse_query(text))
}

/// Holds that each query has that answer for the paper, by all ways that ask.
fn check_matches(fields: &SearchablePaperFields<'_>, cases: &[(&str, bool)]) {
    let document = SearchDocument::new(fields);
    for (text, expected) in cases {
        let query = prepare_query(text);
        assert_eq!(query.matches(&document), *expected, "{text} in {fields:?}");
        assert_eq!(query.find_matches(&document).is_some(), *expected, "{text} in {fields:?}");
        assert_eq!(parse_query(text).matches(fields), *expected, "{text} in {fields:?}");
    }
}

fn arxiv_id(text: &str) -> ArxivId {
    text.parse().unwrap()
}
