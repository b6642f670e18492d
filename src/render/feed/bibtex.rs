//! BibTeX, for classic BibTeX and for biber: <https://ctan.org/pkg/bibtex>, arXiv's own fields by
//! <https://info.arxiv.org/help/hypertex/bibstyles/index.html>.

use std::collections::HashSet;
use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::bibtex_escape::{escape_tex, fold_to_ascii, verbatim_or_escaped_tex};
use crate::domain::{Author, Paper, is_estimated};
use crate::render::safe_url::safe_external_paper_url;

/// Letters of a key's name.
const NAME_CHARS_MAX: usize = 30;

/// From more authors than this the first are named and the others are "others", which every style knows.
const AUTHORS_MAX: usize = 200;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// One entry for each paper, in their order; a paper's key is the same whatever is next to it.
pub fn render_bibtex_entries(papers: &[Paper]) -> String {
    let mut out = String::from("% Thank you to arXiv for use of its open access interoperability.\n");
    let mut taken = HashSet::new();
    for paper in papers {
        let mut key = citation_key(paper);
        // Two identities may differ in nothing but signs that a key cannot have; BibTeX knows no capitals in keys.
        while !taken.insert(key.to_ascii_lowercase()) {
            key.push('x');
        }
        write_bibtex_entry(&mut out, &key, paper);
    }
    out
}

/// `lovelace2025-2503.20246`
fn citation_key(paper: &Paper) -> String {
    let name = paper.authors.first().and_then(|author| author.name.split_whitespace().next_back());
    let mut name =
        fold_to_ascii(name.or(paper.title.split_whitespace().next()).unwrap_or_default()).to_lowercase();
    name.truncate(NAME_CHARS_MAX);
    let id = paper.id.as_arxiv_id().map_or_else(|| paper.id.to_string(), |id| id.to_string());
    let is_kept = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let id: String = id.chars().map(|c| if is_kept(c) { c } else { '-' }).collect();
    let year = year_and_month(paper).map(|(year, _)| year.to_string());
    format!("{name}{}-{id}", year.unwrap_or_default())
}

/// A paper's year is the one of its first version, as everybody cites it. arXiv's identifiers name it too; of another
/// paper it may be unknown.
fn year_and_month(paper: &Paper) -> Option<(i16, &'static str)> {
    if paper.published.is_none() && paper.id.as_arxiv_id().is_none() && is_estimated(paper.updated) {
        return None;
    }
    let date = paper.published.unwrap_or(paper.updated).to_zoned(TimeZone::UTC);
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month));
    Some((date.year(), month.copied().unwrap_or(MONTHS[0])))
}

fn write_bibtex_entry(out: &mut String, key: &str, paper: &Paper) {
    let title = if paper.title.trim().is_empty() { paper.id.as_str() } else { &paper.title };
    let _ = writeln!(out, "\n@misc{{{key},");
    // The second braces keep a style from making its capitals small.
    write_bibtex_field(out, "title", &format!("{{{}}}", escape_tex(title)));
    if let Some(authors) = bibtex_author_field(&paper.authors) {
        write_bibtex_field(out, "author", &authors);
    }
    if let Some((year, month)) = year_and_month(paper) {
        write_bibtex_field(out, "year", &year.to_string());
        let _ = writeln!(out, "  month = {month},");
    }
    if let Some(id) = paper.id.as_arxiv_id() {
        write_bibtex_field(out, "eprint", &id.to_string());
        write_bibtex_field(out, "archivePrefix", "arXiv");
        if let Some(primary) = paper.primary.as_ref().or(paper.categories.first()) {
            write_bibtex_field(out, "primaryClass", &escape_tex(&primary.0));
        }
    }
    // A preprint is cited with the article that it became.
    let doi = paper.article_doi().map(|doi| doi.to_string()).or_else(|| paper.doi.clone());
    let journal = paper.article_journal().or(paper.journal_ref.as_deref());
    if let Some(doi) = doi.filter(|doi| !doi.trim().is_empty()) {
        write_bibtex_field(out, "doi", &verbatim_or_escaped_tex(&doi));
    }
    for (name, value) in [("howpublished", journal), ("note", paper.comment.as_deref())] {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            write_bibtex_field(out, name, &escape_tex(value));
        }
    }
    if let Some(address) = safe_external_paper_url(paper) {
        write_bibtex_field(out, "url", &verbatim_or_escaped_tex(&address));
    }
    out.push_str("}\n");
}

fn write_bibtex_field(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {name} = {{{value}}},");
}

/// `Ada Lovelace and Bo Li`; a group's name in braces, so that no part of it is taken for a first name.
fn bibtex_author_field(authors: &[Author]) -> Option<String> {
    let known = authors.iter().filter(|author| !author.name.trim().is_empty());
    let mut names: Vec<String> =
        known.take(AUTHORS_MAX).map(|author| bibtex_author_name(&author.name)).collect();
    if authors.len() > AUTHORS_MAX {
        names.push("others".to_owned());
    }
    (!names.is_empty()).then(|| names.join(" and "))
}

fn bibtex_author_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = name.split(' ').collect::<Vec<_>>();
    let is_group = name.contains([',', ':', '('])
        || words.iter().any(|word| {
            ["and", "collaboration", "team", "group", "consortium", "others"]
                .iter()
                .any(|group| word.eq_ignore_ascii_case(group))
        });
    if is_group { format!("{{{}}}", escape_tex(&name)) } else { escape_tex(&name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleOfPreprint, PaperId};
    use crate::render::digest_fixtures;

    #[test]
    fn a_work_is_cited_as_arxiv_asks() {
        let mut paper = digest_fixtures::sample_paper("An $\\ell_2$ bound for M\u{fc}ller & Co.");
        paper.authors[1].name = "The CMS and ATLAS Collaborations".to_owned();
        paper.authors[2].name = "Kurt G\u{f6}del".to_owned();
        paper.doi = Some("10.1000/a_b".to_owned());
        insta::assert_snapshot!(render_bibtex_entries(&[paper]), @r#"
% Thank you to arXiv for use of its open access interoperability.

@misc{lovelace2025-2503.20246,
  title = {{An $\ell_2$ bound for M{\"u}ller \& Co.}},
  author = {Ada Lovelace and {The CMS and ATLAS Collaborations} and Kurt G{\"o}del and Di Wu and Ed Poe},
  year = {2025},
  month = mar,
  eprint = {2503.20246},
  archivePrefix = {arXiv},
  primaryClass = {cs.CV},
  doi = {10.1000/a_b},
  note = {12 pages},
  url = {https://arxiv.org/abs/2503.20246v1},
}
"#);
    }

    #[test]
    fn a_preprint_is_cited_with_the_article_that_it_became() {
        let paper = Paper {
            doi: None,
            journal_ref: None,
            later_article: Some(ArticleOfPreprint {
                doi: Some("10.1000/a_b".to_owned()),
                journal_ref: Some("J. of {\\} & 50% $x".to_owned()),
            }),
            ..digest_fixtures::sample_paper("A title")
        };
        let text = render_bibtex_entries(&[paper]);
        for field in ["doi = {10.1000/a_b},", "howpublished = {J. of ", "eprint = {2503.20246},"] {
            assert!(text.contains(field), "{field}: {text}");
        }
        assert!(text.contains("50\\% "), "{text}");
    }

    #[test]
    fn no_two_works_have_one_key() {
        let with = |id: &str| Paper {
            id: PaperId::from_stored(id.to_owned()),
            ..digest_fixtures::sample_paper("t")
        };
        let text = render_bibtex_entries(&[
            with("doi:10/a_b"),
            with("doi:10/a+b"),
            with("doi:10/A-b"),
            with("arxiv:hep-ex/0307015"),
        ]);
        let keys: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("@misc{")).collect();
        assert_eq!(
            keys,
            [
                "lovelace2025-doi-10-a-b,",
                "lovelace2025-doi-10-a-bx,",
                "lovelace2025-doi-10-A-bxx,",
                "lovelace2025-hep-ex-0307015,"
            ]
        );
    }
}
