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
    let mut name = key_word(paper).to_lowercase();
    name.truncate(NAME_CHARS_MAX);
    let id = paper.id.as_arxiv_id().map_or_else(|| paper.id.to_string(), |id| id.to_string());
    let is_kept = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let id: String = id.chars().map(|c| if is_kept(c) { c } else { '-' }).collect();
    let year = year_and_month(paper).map(|(year, _)| year.to_string());
    format!("{name}{}-{id}", year.unwrap_or_default())
}

/// The first author's last name, in ASCII letters; without such letters another of the names, or a word of the title.
fn key_word(paper: &Paper) -> String {
    let author = paper.authors.first().map(|author| author.name.as_str()).unwrap_or_default();
    let (author, _) = split_name_suffix(author);
    let names = author.split_whitespace().rev().map(fold_to_ascii);
    let title = paper.title.split_whitespace().map(fold_to_ascii);
    names.chain(title).find(|word| !word.is_empty()).unwrap_or_else(|| "paper".to_owned())
}

/// A name and what follows it: `Jr.`, `III`.
fn split_name_suffix(name: &str) -> (&str, Option<&str>) {
    const SUFFIXES: [&str; 8] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd"];
    let name = name.trim();
    let Some((before, last)) = name.rsplit_once(char::is_whitespace) else { return (name, None) };
    let before = before.trim_end().trim_end_matches(',');
    let is_suffix = SUFFIXES.iter().any(|suffix| last.eq_ignore_ascii_case(suffix));
    // `Vu II` may be a whole name, and so may `Li, Jr`: a first name and a last one come before a suffix.
    let is_whole = before.split_whitespace().nth(1).is_some();
    if is_suffix && is_whole { (before, Some(last)) } else { (name, None) }
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
    if let (whole, Some(suffix)) = split_name_suffix(&name)
        && !is_group_name(whole)
    {
        let (first, last) = split_first_names(whole);
        return [last, suffix, first].map(escape_name).join(", ");
    }
    if is_group_name(&name) { format!("{{{}}}", escape_tex(&name)) } else { escape_name(&name) }
}

/// A part of a name. BibTeX makes an initial of its first letter, and a formula, which may not be cut, is one letter to
/// it in this form.
fn escape_name(name: &str) -> String {
    let escaped = escape_tex(name);
    let mut out = String::with_capacity(escaped.len());
    let (mut is_formula, mut is_escaped) = (false, false);
    for c in escaped.chars() {
        if c == '$' && !is_escaped {
            is_formula = !is_formula;
            out.push_str(if is_formula { "{\\ensuremath{" } else { "}}" });
        } else {
            out.push(c);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

/// Where BibTeX begins a last name: at the first small letter, `Oscar | de la Cruz`, or else at the last word.
fn split_first_names(name: &str) -> (&str, &str) {
    let mut words = name.match_indices(' ').map(|(at, _)| at);
    let particle = words.find(|at| name[at + 1..].starts_with(char::is_lowercase));
    let at = particle.or_else(|| name.rfind(' ')).unwrap_or_default();
    (name[..at].trim(), name[at..].trim())
}

fn is_group_name(name: &str) -> bool {
    const GROUPS: [&str; 6] = ["and", "collaboration", "team", "group", "consortium", "others"];
    name.contains([',', ':', '('])
        || name.split(' ').any(|word| GROUPS.iter().any(|group| word.eq_ignore_ascii_case(group)))
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
    fn a_key_begins_with_a_name_in_ascii() {
        for (name, title, expected) in [
            ("Nguy\u{1ec5}n V\u{103}n \u{110}\u{1ee9}c", "t", "duc"),
            ("Martin Luther King Jr.", "t", "king"),
            ("Martin Luther King, Jr.", "t", "king"),
            ("Ada King III", "t", "king"),
            ("Van Vu II", "t", "vu"),
            ("Bo Jr", "t", "jr"),
            ("\u{674e}\u{660e}", "Deep Nets", "deep"),
            ("\u{674e}\u{660e} Li", "t", "li"),
            ("\u{674e}\u{660e}", "\u{6df1}\u{5ea6}", "paper"),
            (
                "\u{418}\u{432}\u{430}\u{43d} \u{429}\u{451}\u{433}\u{43e}\u{43b}\u{435}\u{432}",
                "t",
                "shchegolev",
            ),
            ("\u{3a3}. \u{3a0}\u{3b1}\u{3c0}\u{3ac}\u{3c2}", "t", "papas"),
            ("\\v{C}ech", "t", "cech"),
            ("J. Ma\u{142}ecki", "t", "malecki"),
            ("", "", "paper"),
        ] {
            let mut paper = digest_fixtures::sample_paper(title);
            name.clone_into(&mut paper.authors[0].name);
            let key = citation_key(&paper);
            assert_eq!(key, format!("{expected}2025-2503.20246"), "{name}");
        }
    }

    #[test]
    fn what_follows_a_name_is_no_last_name() {
        for (name, expected) in [
            ("Martin Luther King Jr.", "King, Jr., Martin Luther"),
            ("Martin Luther King, Jr.", "King, Jr., Martin Luther"),
            ("Oscar de la Cruz III", "de la Cruz, III, Oscar"),
            ("Bo Jr", "Bo Jr"),
            ("\u{3c0}\u{3cc} Bo $", "{\\ensuremath{\\pi\\acute{o}}} Bo \\$"),
            ("Kurt G\u{f6}del", "Kurt G{\\\"o}del"),
            ("The CMS Group II", "{The CMS Group II}"),
        ] {
            assert_eq!(bibtex_author_name(name), expected, "{name}");
        }
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
