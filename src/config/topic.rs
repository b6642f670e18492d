//! The sections `[[topic]]`: what is watched.

use std::collections::HashMap;

use super::query_categories::require_known_categories;
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::{nearest_name, require_known_name};
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::domain::{ARXIV_SOURCE, Query, Topic, arxiv_archives};

/// The keys of `[[topic]]`.
pub(super) const SCHEMA: ConfigSectionSchema =
    ConfigSectionSchema { title: "[[topic]]", keys: &["name", "query", "archives", "sources"], secrets: &[] };

/// What is reported of a file without a topic.
pub(super) const EXAMPLE: &str = "a topic says what is watched:
    [[topic]]
    name = \"Image Classification\"
    query = 'ti:\"image classification\"'";

/// The topics of a file, and their names: also of a topic whose query is wrong, so that who speaks of it is
/// not blamed for that.
#[derive(Debug)]
pub(super) struct ParsedTopics {
    pub(super) topics: Vec<Topic>,
    pub(super) names: Vec<String>,
}

pub(super) fn read_topic_sections(
    sections: &[ConfigTable],
    sources: &[String],
    mistakes: &mut Diagnostics,
) -> ParsedTopics {
    let mut names = Vec::new();
    let mut seen = HashMap::new();
    let topics = sections
        .iter()
        .filter_map(|section| read_topic_section(section, sources, &mut seen, &mut names, mistakes))
        .collect();
    ParsedTopics { topics, names }
}

/// The topics that another section names; all of them if it names none.
pub(super) fn read_topic_names(
    section: &ConfigTable,
    known: &[String],
    mistakes: &mut Diagnostics,
) -> Vec<String> {
    if section.is_empty_toml_array("topics") {
        let wrong = InvalidValue::new("names no topic", "leave the key away for all topics");
        section.report_invalid("topics", wrong, mistakes);
    }
    let topic = |text: &str| require_known_name(text, "topic", known);
    section.string_list("topics", topic, mistakes).unwrap_or_else(|| known.to_vec())
}

fn read_topic_section(
    section: &ConfigTable,
    sources: &[String],
    seen: &mut HashMap<String, String>,
    names: &mut Vec<String>,
    mistakes: &mut Diagnostics,
) -> Option<Topic> {
    let right = "a heading for the list, as in name = \"Image Classification\"";
    let name = section.required_value("name", right, value_parsers::parse_topic_or_list_name, mistakes);
    let sources = read_source_names(section, sources, mistakes);
    let query = read_topic_query(section, &sources, mistakes);
    let archives = section.string_list("archives", parse_arxiv_archive, mistakes).unwrap_or_default();
    let name = name?;
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another topic is named \"{}\" already", redacted_excerpt(&earlier));
        let right = "a name of its own, not only in capitals: it is the topic's heading and identity";
        section.report_invalid("name", InvalidValue::new(words, right), mistakes);
    }
    names.push(name.clone());
    Some(Topic { name, query, archives, sources })
}

fn read_source_names(section: &ConfigTable, known: &[String], mistakes: &mut Diagnostics) -> Vec<String> {
    if section.is_empty_toml_array("sources") {
        let wrong = InvalidValue::new("names no source", "leave the key away for arXiv");
        section.report_invalid("sources", wrong, mistakes);
    }
    let source = |text: &str| require_known_name(text, "source", known);
    section.string_list("sources", source, mistakes).unwrap_or_else(|| vec![ARXIV_SOURCE.to_owned()])
}

/// The query, which arXiv must have. What feeds have may be taken whole.
fn read_topic_query(section: &ConfigTable, sources: &[String], mistakes: &mut Diagnostics) -> Option<Query> {
    if !sources.iter().any(|source| source == ARXIV_SOURCE) {
        return section.optional_value("query", parse_query, mistakes);
    }
    let right = "arXiv's search expression, as in query = 'ti:\"image classification\"'";
    section.required_value("query", right, parse_arxiv_query, mistakes)
}

/// A query for arXiv, whose categories are known. Feeds have categories of their own.
fn parse_arxiv_query(text: &str) -> Result<Query, InvalidValue> {
    let query = parse_query(text)?;
    require_known_categories(&query, text)?;
    Ok(query)
}

fn parse_query(text: &str) -> Result<Query, InvalidValue> {
    let right =
        "fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses";
    Query::parse(text).map_err(|bad| {
        let line_and_caret: Vec<String> =
            bad.with_query_excerpt(text).lines().take(2).map(str::to_owned).collect();
        let picture = Some(format!("which reads\n{}", line_and_caret.join("\n")));
        InvalidValue {
            char_index: Some(bad.position),
            value_excerpt: picture,
            ..InvalidValue::new(bad.message, right)
        }
    })
}

fn parse_arxiv_archive(text: &str) -> Result<String, InvalidValue> {
    let right = "an archive of arXiv, as in \"cs\", \"stat\" or \"astro-ph\"";
    let shown = redacted_excerpt(text);
    if is_well_formed_arxiv_archive(text) {
        return match nearest_name(text, arxiv_archives()) {
            Some(near) if near != text => Err(InvalidValue::new(
                format!("`{shown}` is not an archive of arXiv"),
                format!("did you mean \"{near}\"?"),
            )),
            _ => Ok(text.to_owned()),
        };
    }
    let archive = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let wrong = if text.contains('.') && is_well_formed_arxiv_archive(&archive) {
        InvalidValue::new(
            format!("`{shown}` is a category; its archive is {archive}"),
            format!("write \"{archive}\""),
        )
    } else if is_well_formed_arxiv_archive(&text.to_ascii_lowercase()) {
        InvalidValue::new(format!("`{shown}` has capitals in it"), format!("write \"{archive}\""))
    } else {
        InvalidValue::new(format!("`{shown}` is not an archive of arXiv"), right)
    };
    Err(wrong)
}

fn is_well_formed_arxiv_archive(text: &str) -> bool {
    text.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_archive_of_arxiv_is_accepted_as_it_is_written() {
        for known in arxiv_archives() {
            assert_eq!(parse_arxiv_archive(known), Ok(known.to_owned()));
        }
        assert_eq!(parse_arxiv_archive("newfield"), Ok("newfield".to_owned()), "arXiv may found one");
    }

    #[test]
    fn what_would_keep_nothing_is_refused_with_what_may_be_meant() {
        for (text, words, right) in [
            ("cs.CV", "`cs.CV` is a category; its archive is cs", "write \"cs\""),
            ("CS", "`CS` has capitals in it", "write \"cs\""),
            ("astroph", "`astroph` is not an archive of arXiv", "did you mean \"astro-ph\"?"),
            (
                "c s",
                "`c s` is not an archive of arXiv",
                "an archive of arXiv, as in \"cs\", \"stat\" or \"astro-ph\"",
            ),
            (
                "",
                "`` is not an archive of arXiv",
                "an archive of arXiv, as in \"cs\", \"stat\" or \"astro-ph\"",
            ),
        ] {
            assert_eq!(parse_arxiv_archive(text), Err(InvalidValue::new(words, right)));
        }
    }
}
