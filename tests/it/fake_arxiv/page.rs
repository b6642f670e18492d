//! arXiv's Atom as it was written in three periods.

use std::fmt::Write as _;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Abstract, ArxivId, Author, Category, Paper, PaperId, Revision, Version};

/// How arXiv wrote its answers. The older two bind their prefixes on each element that uses them and wrap
/// lines; they differ in nothing but the stamp's offset, summer's in the one and winter's in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Y2016,
    Pre2025,
    Current,
}

impl Dialect {
    pub(crate) const ALL: [Self; 3] = [Self::Y2016, Self::Pre2025, Self::Current];
}

/// One page to be written.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) dialect: Dialect,
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

impl Page {
    pub(crate) fn xml(&self) -> String {
        let head = match self.dialect {
            Dialect::Y2016 | Dialect::Pre2025 => self.old_head(),
            Dialect::Current => self.current_head(),
        };
        format!("{head}{}</feed>\n", self.entries.concat())
    }

    fn old_head(&self) -> String {
        let query = escaped(&self.query);
        let offset = if self.dialect == Dialect::Y2016 { Offset::constant(-4) } else { Offset::constant(-5) };
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
        let query = escaped(&self.query);
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
pub(crate) fn first_page(dialect: Dialect, count: usize) -> String {
    let page = Page {
        dialect,
        stamp: "2025-03-26T18:00:00Z".parse().unwrap(),
        query: "ti:\"a & b\"".to_owned(),
        total: count,
        start: 0,
        max_results: count,
        entries: (0..count).map(|n| entry(&paper(n), dialect)).collect(),
    };
    page.xml()
}

/// One paper as an entry.
pub(crate) fn entry(paper: &Paper, dialect: Dialect) -> String {
    match dialect {
        Dialect::Y2016 | Dialect::Pre2025 => old_entry(paper),
        Dialect::Current => current_entry(paper),
    }
}

/// The `n`th of any number of papers, the newest first, each with something that another one lacks.
pub(crate) fn paper(n: usize) -> Paper {
    let version = u32::try_from(n % 3).unwrap() + 1;
    let id = if n % 17 == 16 { format!("hep-ex/03{n:05}") } else { format!("2503.{:05}", 20_000 - n) };
    let newest: Timestamp = "2025-03-26T17:59:59Z".parse().unwrap();
    let updated = newest - SignedDuration::from_mins(37 * i64::try_from(n).unwrap());
    Paper {
        id: PaperId::arxiv(&id.parse::<ArxivId>().unwrap()),
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
    let address = address(paper);
    let mut xml = format!("  <entry>\n    <id>http://arxiv.org/abs/{address}</id>\n");
    line(&mut xml, &format!("<updated>{}</updated>", paper.updated));
    if let Some(published) = paper.published {
        line(&mut xml, &format!("<published>{published}</published>"));
    }
    line(&mut xml, &format!("<title>{}</title>", escaped(&wrapped(&paper.title, "\n  "))));
    let paragraphs: Vec<_> = paper.abstract_.0.split('\n').map(|text| wrapped(text, "\n")).collect();
    line(&mut xml, &format!("<summary>  {}\n</summary>", escaped(&paragraphs.join("\n  "))));
    authors(&mut xml, paper, ARXIV);
    if let Some(doi) = &paper.doi {
        let doi = escaped(doi);
        line(&mut xml, &format!("<arxiv:doi{ARXIV}>{doi}</arxiv:doi>"));
        line(&mut xml, &format!(r#"<link title="doi" href="http://dx.doi.org/{doi}" rel="related"/>"#));
    }
    optional(
        &mut xml,
        "comment",
        ARXIV,
        paper.comment.as_deref().map(|text| wrapped(text, "\n  ")).as_deref(),
    );
    optional(&mut xml, "journal_ref", ARXIV, paper.journal_ref.as_deref());
    line(
        &mut xml,
        &format!(r#"<link href="http://arxiv.org/abs/{address}" rel="alternate" type="text/html"/>"#),
    );
    line(
        &mut xml,
        &format!(
            r#"<link title="pdf" href="http://arxiv.org/pdf/{address}" rel="related" type="application/pdf"/>"#
        ),
    );
    if let Some(primary) = &paper.primary {
        line(&mut xml, &format!(r"<arxiv:primary_category{ARXIV} {}/>", term(primary)));
    }
    categories(&mut xml, paper);
    xml + "  </entry>\n"
}

fn current_entry(paper: &Paper) -> String {
    let address = address(paper);
    let mut xml = format!("  <entry>\n    <id>http://arxiv.org/abs/{address}</id>\n");
    line(&mut xml, &format!("<title>{}</title>", escaped(&paper.title)));
    line(&mut xml, &format!("<updated>{}</updated>", paper.updated));
    line(
        &mut xml,
        &format!(r#"<link href="https://arxiv.org/abs/{address}" rel="alternate" type="text/html"/>"#),
    );
    line(
        &mut xml,
        &format!(
            r#"<link href="https://arxiv.org/pdf/{address}" rel="related" type="application/pdf" title="pdf"/>"#
        ),
    );
    line(&mut xml, &format!("<summary>{}</summary>", escaped(&paper.abstract_.0.replace('\n', "\n  "))));
    categories(&mut xml, paper);
    if let Some(published) = paper.published {
        line(&mut xml, &format!("<published>{published}</published>"));
    }
    optional(&mut xml, "comment", "", paper.comment.as_deref());
    if let Some(primary) = &paper.primary {
        line(&mut xml, &format!(r#"<arxiv:primary_category term="{}"/>"#, escaped(&primary.0)));
    }
    optional(&mut xml, "journal_ref", "", paper.journal_ref.as_deref());
    authors(&mut xml, paper, "");
    optional(&mut xml, "doi", "", paper.doi.as_deref());
    if let Some(doi) = &paper.doi {
        let href = escaped(&format!("https://doi.org/{doi}"));
        line(&mut xml, &format!(r#"<link rel="related" href="{href}" title="doi"/>"#));
    }
    xml + "  </entry>\n"
}

/// `2503.20246v1`
fn address(paper: &Paper) -> String {
    let id = paper.id.as_arxiv().expect("arXiv serves arXiv's papers only");
    format!("{id}{}", paper.revision)
}

fn authors(xml: &mut String, paper: &Paper, bound: &str) {
    for author in &paper.authors {
        line(xml, "<author>");
        line(xml, &format!("  <name>{}</name>", escaped(&author.name)));
        for affiliation in &author.affiliations {
            let affiliation = escaped(affiliation);
            line(xml, &format!("  <arxiv:affiliation{bound}>{affiliation}</arxiv:affiliation>"));
        }
        line(xml, "</author>");
    }
}

fn categories(xml: &mut String, paper: &Paper) {
    for category in &paper.categories {
        line(xml, &format!("<category {}/>", term(category)));
    }
}

fn term(category: &Category) -> String {
    format!(r#"term="{}" scheme="http://arxiv.org/schemas/atom""#, escaped(&category.0))
}

fn optional(xml: &mut String, name: &str, bound: &str, text: Option<&str>) {
    if let Some(text) = text {
        line(xml, &format!("<arxiv:{name}{bound}>{}</arxiv:{name}>", escaped(text)));
    }
}

fn line(xml: &mut String, text: &str) {
    writeln!(xml, "    {text}").unwrap();
}

/// Lines of at most 79 characters where the words allow it, as arXiv stored abstracts.
fn wrapped(text: &str, between: &str) -> String {
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
