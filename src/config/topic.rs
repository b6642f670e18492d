//! The sections `[[topic]]`: what is watched.

use std::collections::HashMap;

use super::mistake::{Mistakes, Wrong};
use super::nearest::{named, nearest};
use super::section::{Kind, Section, printable};
use super::value;
use crate::domain::{Query, Topic};

/// The keys of `[[topic]]`.
pub(super) const KIND: Kind = Kind { title: "[[topic]]", keys: &["name", "query", "archives"], secrets: &[] };

/// What a file without a topic is told.
pub(super) const EXAMPLE: &str = "a topic says what is watched:
    [[topic]]
    name = \"Image Classification\"
    query = 'ti:\"image classification\"'";

/// arXiv's archives, those closed since among them, for papers keep the name that they were filed under.
/// Source: <https://arxiv.org/category_taxonomy> and <https://arxiv.org/archive>.
const ARCHIVES: [&str; 38] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph",
    "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "econ", "eess", "funct-an", "gr-qc", "hep-ex",
    "hep-lat", "hep-ph", "hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol",
    "physics", "plasm-ph", "q-alg", "q-bio", "q-fin", "quant-ph", "solv-int", "stat", "supr-con",
];

/// The topics of a file, and their names: also of a topic whose query is wrong, so that who speaks of it is
/// not blamed for that.
#[derive(Debug)]
pub(super) struct Topics {
    pub(super) topics: Vec<Topic>,
    pub(super) names: Vec<String>,
}

pub(super) fn read(sections: &[Section], mistakes: &mut Mistakes) -> Topics {
    let mut names = Vec::new();
    let mut seen = HashMap::new();
    let topics =
        sections.iter().filter_map(|section| topic(section, &mut seen, &mut names, mistakes)).collect();
    Topics { topics, names }
}

/// The topics that another section names; all of them where it names none.
pub(super) fn chosen(section: &Section, known: &[String], mistakes: &mut Mistakes) -> Vec<String> {
    if section.lists_nothing("topics") {
        let wrong = Wrong::new("names no topic", "leave the key away for all topics");
        mistakes.add(section.place("topics"), &section.whose("topics"), wrong);
    }
    let topic = |text: &str| named(text, "topic", known);
    section.each_text("topics", topic, mistakes).unwrap_or_else(|| known.to_vec())
}

fn topic(
    section: &Section,
    seen: &mut HashMap<String, String>,
    names: &mut Vec<String>,
    mistakes: &mut Mistakes,
) -> Option<Topic> {
    let right = "a heading for the list, as in name = \"Image Classification\"";
    let name = section.required("name", right, value::name, mistakes);
    let right = "arXiv's search expression, as in query = 'ti:\"image classification\"'";
    let query = section.required("query", right, query, mistakes);
    let archives = section.each_text("archives", archive, mistakes).unwrap_or_default();
    let name = name?.into_inner();
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another topic is named \"{}\" already", printable(&earlier));
        let right = "a name of its own, not only in capitals: it is the topic's heading and identity";
        mistakes.add(section.place("name"), &section.whose("name"), Wrong::new(words, right));
    }
    names.push(name.clone());
    Some(Topic { name, query: query?.into_inner(), archives })
}

fn query(text: &str) -> Result<Query, Wrong> {
    let right =
        "fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses";
    Query::parse(text).map_err(|bad| {
        let line_and_caret: Vec<String> = bad.under(text).lines().take(2).map(str::to_owned).collect();
        let picture = Some(format!("which reads\n{}", line_and_caret.join("\n")));
        Wrong { at: Some(bad.at), picture, ..Wrong::new(bad.words, right) }
    })
}

fn archive(text: &str) -> Result<String, Wrong> {
    let right = "an archive of arXiv, as in \"cs\", \"stat\" or \"astro-ph\"";
    let shown = printable(text);
    if is_archive(text) {
        return match nearest(text, ARCHIVES) {
            Some(near) if near != text => Err(Wrong::new(
                format!("`{shown}` is not an archive of arXiv"),
                format!("did you mean \"{near}\"?"),
            )),
            _ => Ok(text.to_owned()),
        };
    }
    let archive = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let wrong = if text.contains('.') && is_archive(&archive) {
        Wrong::new(
            format!("`{shown}` is a category; its archive is {archive}"),
            format!("write \"{archive}\""),
        )
    } else if is_archive(&text.to_ascii_lowercase()) {
        Wrong::new(format!("`{shown}` has capitals in it"), format!("write \"{archive}\""))
    } else {
        Wrong::new(format!("`{shown}` is not an archive of arXiv"), right)
    };
    Err(wrong)
}

/// Whether arXiv had an archive of that name when this was written.
pub(super) fn is_known_archive(archive: &str) -> bool {
    ARCHIVES.contains(&archive)
}

fn is_archive(text: &str) -> bool {
    text.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_archive_of_arxiv_is_accepted_as_it_is_written() {
        for known in ARCHIVES {
            assert_eq!(archive(known), Ok(known.to_owned()));
        }
        assert_eq!(archive("newfield"), Ok("newfield".to_owned()), "arXiv may found one");
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
            assert_eq!(archive(text), Err(Wrong::new(words, right)));
        }
    }
}
