use super::super::ArxivId;
use super::*;

mod field_rules;
mod reference_matcher;
mod text_rules;

/// A paper with this title alone.
fn titled(title: &str) -> SearchFields<'_> {
    SearchFields { title, ..SearchFields::default() }
}

fn parsed(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{}", error.with_excerpt(text)))
}

fn prepared(text: &str) -> PreparedQuery {
    PreparedQuery::new(&parsed(text))
}

/// Holds that each query has that answer for the paper, by all ways that ask.
fn check(fields: &SearchFields<'_>, cases: &[(&str, bool)]) {
    let document = SearchDocument::new(fields);
    for (text, expected) in cases {
        let query = prepared(text);
        assert_eq!(query.matches(&document), *expected, "{text} in {fields:?}");
        assert_eq!(query.find_matches(&document).is_some(), *expected, "{text} in {fields:?}");
        assert_eq!(parsed(text).matches(fields), *expected, "{text} in {fields:?}");
    }
}

fn arxiv_id(text: &str) -> ArxivId {
    text.parse().unwrap()
}
