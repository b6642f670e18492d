//! arXiv's Atom as it was written in three periods.

use std::fmt::Write as _;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Abstract, ArxivId, Author, Category, Paper, PaperId, Revision, Version};

/// How arXiv wrote its answers. The older two bind their prefixes on each element that uses them and wrap
/// lines; they differ in nothing but the stamp's offset, summer's in the one and winter's in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtomDialect {
    Y2016,
    Pre2025,
    Current,
}

impl AtomDialect {
    pub(crate) const ALL: [Self; 3] = [Self::Y2016, Self::Pre2025, Self::Current];
}

/// One page to be written.
#[derive(Debug, Clone)]
pub(crate) struct AtomPage {
    pub(crate) dialect: AtomDialect,
    pub(crate) stamp: Timestamp,
    pub(crate) query: String,
    pub(crate) total: usize,
    pub(crate) start: usize,
    pub(crate) max_results: usize,
    /// Each entry in XML, by [`entry`] or otherwise.
    pub(crate) entries: Vec<String>,
}

const ARXIV: &str = r#" xmlns:arxiv="http://arxiv.org/schemas/atom""#;
const OPENSEARCH: &str = r#" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/""#;

impl AtomPage {
    pub(crate) fn to_xml(&self) -> String {
        let head = match self.dialect {
            AtomDialect::Y2016 | AtomDialect::Pre2025 => self.old_head(),
            AtomDialect::Current => self.current_head(),
        };
        format!("{head}{}</feed>\n", self.entries.concat())
    }

    fn old_head(&self) -> String {
        let query = escape_xml(&self.query);
        let offset =
            if self.dialect == AtomDialect::Y2016 { Offset::constant(-4) } else { Offset::constant(-5) };
        let stamp = self.stamp.to_zoned(TimeZone::fixed(offset));
        let stamp = stamp.strftime("%Y-%m-%dT%H:%M:%S%:z");
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="http://arxiv.org/api/query?search_query%3D" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: search_query={query}&amp;id_list=&amp;start={}&amp;max_results={}</title>
  <id>http://arxiv.org/api/VQIAl76NSsUAVMxIWuZHfsSl2Fs</id>
  <updated>{stamp}</updated>
  <opensearch:totalResults{OPENSEARCH}>{}</opensearch:totalResults>
  <opensearch:startIndex{OPENSEARCH}>{}</opensearch:startIndex>
  <opensearch:itemsPerPage{OPENSEARCH}>{}</opensearch:itemsPerPage>
"#,
            self.start, self.max_results, self.total, self.start, self.max_results
        )
    }

    fn current_head(&self) -> String {
        let query = escape_xml(&self.query);
        format!(
            r#"<?xml version='1.0' encoding='UTF-8'?>
<feed{OPENSEARCH}{ARXIV} xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/oqaUC9OB2SccftmJHZqrxySXrao</id>
  <title>arXiv Query: search_query={query}&amp;id_list=&amp;start={}&amp;max_results={}</title>
  <updated>{}</updated>
  <link href="https://arxiv.org/api/query?search_query={query}&amp;id_list=" type="application/atom+xml"/>
  <opensearch:itemsPerPage>{}</opensearch:itemsPerPage>
  <opensearch:totalResults>{}</opensearch:totalResults>
  <opensearch:startIndex>{}</opensearch:startIndex>
"#,
            self.start, self.max_results, self.stamp, self.max_results, self.total, self.start
        )
    }
}

/// The first `count` sample papers on one page.
pub(crate) fn first_page(dialect: AtomDialect, count: usize) -> String {
    let page = AtomPage {
        dialect,
        stamp: "2025-03-26T18:00:00Z".parse().unwrap(),
        query: "ti:\"a & b\"".to_owned(),
        total: count,
        start: 0,
        max_results: count,
        entries: (0..count).map(|n| entry_xml(&sample_paper(n), dialect)).collect(),
    };
    page.to_xml()
}

/// One paper as an entry.
pub(crate) fn entry_xml(paper: &Paper, dialect: AtomDialect) -> String {
    match dialect {
        AtomDialect::Y2016 | AtomDialect::Pre2025 => old_entry(paper),
        AtomDialect::Current => current_entry(paper),
    }
}

/// The `n`th of any number of papers, the newest first, each with something that another one lacks.
pub(crate) fn sample_paper(n: usize) -> Paper {
    let version = u32::try_from(n % 3).unwrap() + 1;
    let id = if n % 17 == 16 { format!("hep-ex/03{n:05}") } else { format!("2503.{:05}", 20_000 - n) };
    let newest: Timestamp = "2025-03-26T17:59:59Z".parse().unwrap();
    let updated = newest - SignedDuration::from_mins(37 * i64::try_from(n).unwrap());
    Paper {
        id: PaperId::from_arxiv_id(&id.parse::<ArxivId>().unwrap()),
        revision: Revision::Numbered(Version::new(version).unwrap()),
        title: format!("Image classification & the {n} < {} problem: a naïve “study”", n + 1),
        abstract_: sample_abstract(n),
        authors: (0..=n % 5).map(|k| sample_author(n, k)).collect(),
        primary: Some(Category("cs.CV".to_owned())),
        categories: ["cs.CV", "cs.LG", "stat.ML"][..=n % 3]
            .iter()
            .map(|c| Category((*c).to_owned()))
            .collect(),
        published: Some(updated - SignedDuration::from_hours(24 * i64::from(version - 1))),
        updated,
        comment: n
            .is_multiple_of(2)
            .then(|| format!("{n} pages, 3 figures; code at https://github.com/owner{n}/name")),
        journal_ref: (n % 7 == 3).then(|| format!("Phys. Rev. B 85, {n} (2025)")),
        doi: (n % 7 >= 3).then(|| format!("10.1103/PhysRevB.85.{n}")),
        later_article: None,
        links: Vec::new(),
    }
}

fn sample_abstract(n: usize) -> Abstract {
    let words =
        "We classify images with far fewer labels than before, and say why that works & when it does not. ";
    let first = words.repeat(8 + n % 5);
    if n % 4 == 1 {
        return Abstract(format!("{}\nThe code is at github.com/owner{n}/name.", first.trim()));
    }
    Abstract(first.trim().to_owned())
}

fn sample_author(n: usize, k: usize) -> Author {
    let affiliations = if k == 1 { vec![format!("Institute {n} of Søren's")] } else { Vec::new() };
    Author { name: format!("Ada {n} Lovelace-{k}"), affiliations }
}

fn old_entry(paper: &Paper) -> String {
    let address = versioned_id(paper);
    let mut xml = format!("  <entry>\n    <id>http://arxiv.org/abs/{address}</id>\n");
    write_line(&mut xml, &format!("<updated>{}</updated>", paper.updated));
    if let Some(published) = paper.published {
        write_line(&mut xml, &format!("<published>{published}</published>"));
    }
    write_line(&mut xml, &format!("<title>{}</title>", escape_xml(&wrap_lines(&paper.title, "\n  "))));
    let paragraphs: Vec<_> = paper.abstract_.0.split('\n').map(|text| wrap_lines(text, "\n")).collect();
    write_line(&mut xml, &format!("<summary>  {}\n</summary>", escape_xml(&paragraphs.join("\n  "))));
    write_authors(&mut xml, paper, ARXIV);
    if let Some(doi) = &paper.doi {
        let doi = escape_xml(doi);
        write_line(&mut xml, &format!("<arxiv:doi{ARXIV}>{doi}</arxiv:doi>"));
        write_line(&mut xml, &format!(r#"<link title="doi" href="http://dx.doi.org/{doi}" rel="related"/>"#));
    }
    write_optional(
        &mut xml,
        "comment",
        ARXIV,
        paper.comment.as_deref().map(|text| wrap_lines(text, "\n  ")).as_deref(),
    );
    write_optional(&mut xml, "journal_ref", ARXIV, paper.journal_ref.as_deref());
    write_line(
        &mut xml,
        &format!(r#"<link href="http://arxiv.org/abs/{address}" rel="alternate" type="text/html"/>"#),
    );
    write_line(
        &mut xml,
        &format!(
            r#"<link title="pdf" href="http://arxiv.org/pdf/{address}" rel="related" type="application/pdf"/>"#
        ),
    );
    if let Some(primary) = &paper.primary {
        write_line(&mut xml, &format!(r"<arxiv:primary_category{ARXIV} {}/>", category_term(primary)));
    }
    write_categories(&mut xml, paper);
    xml + "  </entry>\n"
}

fn current_entry(paper: &Paper) -> String {
    let address = versioned_id(paper);
    let mut xml = format!("  <entry>\n    <id>http://arxiv.org/abs/{address}</id>\n");
    write_line(&mut xml, &format!("<title>{}</title>", escape_xml(&paper.title)));
    write_line(&mut xml, &format!("<updated>{}</updated>", paper.updated));
    write_line(
        &mut xml,
        &format!(r#"<link href="https://arxiv.org/abs/{address}" rel="alternate" type="text/html"/>"#),
    );
    write_line(
        &mut xml,
        &format!(
            r#"<link href="https://arxiv.org/pdf/{address}" rel="related" type="application/pdf" title="pdf"/>"#
        ),
    );
    write_line(
        &mut xml,
        &format!("<summary>{}</summary>", escape_xml(&paper.abstract_.0.replace('\n', "\n  "))),
    );
    write_categories(&mut xml, paper);
    if let Some(published) = paper.published {
        write_line(&mut xml, &format!("<published>{published}</published>"));
    }
    write_optional(&mut xml, "comment", "", paper.comment.as_deref());
    if let Some(primary) = &paper.primary {
        write_line(&mut xml, &format!(r#"<arxiv:primary_category term="{}"/>"#, escape_xml(&primary.0)));
    }
    write_optional(&mut xml, "journal_ref", "", paper.journal_ref.as_deref());
    write_authors(&mut xml, paper, "");
    write_optional(&mut xml, "doi", "", paper.doi.as_deref());
    if let Some(doi) = &paper.doi {
        let href = escape_xml(&format!("https://doi.org/{doi}"));
        write_line(&mut xml, &format!(r#"<link rel="related" href="{href}" title="doi"/>"#));
    }
    xml + "  </entry>\n"
}

/// `2503.20246v1`
fn versioned_id(paper: &Paper) -> String {
    let id = paper.id.as_arxiv_id().expect("arXiv serves arXiv's papers only");
    format!("{id}{}", paper.revision)
}

fn write_authors(xml: &mut String, paper: &Paper, bound: &str) {
    for author in &paper.authors {
        write_line(xml, "<author>");
        write_line(xml, &format!("  <name>{}</name>", escape_xml(&author.name)));
        for affiliation in &author.affiliations {
            let affiliation = escape_xml(affiliation);
            write_line(xml, &format!("  <arxiv:affiliation{bound}>{affiliation}</arxiv:affiliation>"));
        }
        write_line(xml, "</author>");
    }
}

fn write_categories(xml: &mut String, paper: &Paper) {
    for category in &paper.categories {
        write_line(xml, &format!("<category {}/>", category_term(category)));
    }
}

fn category_term(category: &Category) -> String {
    format!(r#"term="{}" scheme="http://arxiv.org/schemas/atom""#, escape_xml(&category.0))
}

fn write_optional(xml: &mut String, name: &str, bound: &str, text: Option<&str>) {
    if let Some(text) = text {
        write_line(xml, &format!("<arxiv:{name}{bound}>{}</arxiv:{name}>", escape_xml(text)));
    }
}

fn write_line(xml: &mut String, text: &str) {
    writeln!(xml, "    {text}").unwrap();
}

/// Lines of at most 79 characters where the words allow it, as arXiv stored abstracts.
fn wrap_lines(text: &str, between: &str) -> String {
    let mut wrapped = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width > 0 && width + word.chars().count() > 78 {
            wrapped.push_str(between);
            width = 0;
        } else if width > 0 {
            wrapped.push(' ');
        }
        wrapped.push_str(word);
        width += word.chars().count() + 1;
    }
    wrapped
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
