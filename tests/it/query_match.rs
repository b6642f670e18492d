//! Queries matched here, compared with arXiv's own answers to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use paperwire::domain::{
    Paper, PaperId, PreparedQuery, Query, ResultEntry, SearchDocument, SearchablePaperFields,
};
use paperwire::source::arxiv::atom::parse_result_page;
use regex::Regex;

use crate::support::fake_arxiv::AtomDialect;
use crate::support::fake_arxiv::page::{AtomPage, entry_xml};
use crate::support::sample_papers::sample_papers;

/// An answer of arXiv's whose query is known.
struct RecordedAnswer {
    name: String,
    query: PreparedQuery,
    stamp: Timestamp,
    papers: Vec<Paper>,
}

impl RecordedAnswer {
    /// The answer in a file, if it is one to a query.
    fn parse_answer(name: &str, body: &str) -> Option<Self> {
        let title =
            Regex::new(r"<title[^>]*>\s*[aA]r[xX]iv Query: search_query=(.*?)&amp;id_list=&amp;").unwrap();
        let text = title.captures(body)?[1].replace("&quot;", "\"");
        let query =
            Query::parse(&text).unwrap_or_else(|error| panic!("{name}: {}", error.with_query_excerpt(&text)));
        let page = parse_result_page(body.as_bytes()).ok()?;
        let papers = page.entries.into_iter().filter_map(|entry| match entry {
            ResultEntry::Complete(paper) => Some(*paper),
            ResultEntry::Flawed { .. } => None,
        });
        let (query, papers) = (PreparedQuery::new(&query), papers.collect());
        Some(Self { name: name.to_owned(), query, stamp: page.stamp?, papers })
    }

    /// Whether it has the newest papers in order, without a gap between the first and the last.
    fn is_by_date(&self) -> bool {
        self.papers.len() > 1 && self.papers.is_sorted_by_key(|paper| std::cmp::Reverse(paper.published))
    }

    /// Whether arXiv would have shown this paper here if it matched: it was there before, and is between the first and
    /// the last.
    fn would_have(&self, paper: &Paper, seen: Timestamp) -> bool {
        let first = self.papers.first().and_then(|paper| paper.published);
        let last = self.papers.last().and_then(|paper| paper.published);
        self.is_by_date() && seen <= self.stamp && last < paper.published && paper.published < first
    }
}

/// A page in arXiv's shape, and the real answers if there are any.
fn recorded_answers() -> Vec<RecordedAnswer> {
    let mut bodies = vec![("own".to_owned(), own_page())];
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        let folder = fs::read_dir(Path::new(&shared).join("corpus/api")).unwrap();
        let mut paths: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
        paths.sort();
        let xml = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "xml"));
        bodies.extend(xml.map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        }));
    }
    bodies.iter().filter_map(|(name, body)| RecordedAnswer::parse_answer(name, body)).collect()
}

/// Papers that arXiv would give to this query, by what they have in common.
fn own_page() -> String {
    let papers = sample_papers(20);
    let page = AtomPage {
        dialect: AtomDialect::Current,
        stamp: "2025-03-27T00:00:00Z".parse().unwrap(),
        query: "all:\"image classification\" OR cat:cs.*".to_owned(),
        total: papers.len(),
        start: 0,
        max_results: papers.len(),
        entries: papers.iter().map(|paper| entry_xml(paper, AtomDialect::Current)).collect(),
    };
    page.to_xml()
}

fn search_document(paper: &Paper) -> SearchDocument {
    SearchDocument::new(&SearchablePaperFields::from(paper))
}

#[test]
fn every_paper_of_a_real_answer_matches_its_query() {
    let mut count = 0;
    for answer in recorded_answers() {
        for paper in &answer.papers {
            let document = search_document(paper);
            assert!(answer.query.matches(&document), "{}: {paper:#?}", answer.name);
            assert!(answer.query.find_matches(&document).is_some_and(|found| !found.is_empty()));
            count += 1;
        }
    }
    println!("{count} papers match their queries");
    assert!(count >= if std::env::var_os("PAPERWIRE_SHARED").is_some() { 576 } else { 20 }, "{count}");
}

#[test]
fn a_paper_that_a_real_answer_left_out_does_not_match() {
    let answers = recorded_answers();
    let mut papers: BTreeMap<&PaperId, (Timestamp, &Paper)> = BTreeMap::new();
    for answer in &answers {
        for paper in &answer.papers {
            let seen = papers.entry(&paper.id).or_insert((answer.stamp, paper));
            seen.0 = seen.0.min(answer.stamp);
        }
    }
    let mut count = 0;
    for answer in &answers {
        let others = papers.values().filter(|(seen, paper)| {
            answer.would_have(paper, *seen) && !answer.papers.iter().any(|own| own.id == paper.id)
        });
        for (_, paper) in others {
            assert!(!answer.query.matches(&search_document(paper)), "{}: {paper:#?}", answer.name);
            count += 1;
        }
    }
    println!("{count} papers of other queries do not match");
}

/// The row of a list: title and abstract.
fn table_rows(table: &str) -> Vec<(String, String)> {
    let row = Regex::new(r"^\| \*\*\[(.*)\]\(http.*<details><summary>Show</summary><p>(.*?)</p></details>")
        .unwrap();
    let rows = table.lines().filter_map(|line| row.captures(line));
    rows.map(|cells| (cells[1].to_owned(), cells[2].to_owned())).collect()
}

const TABLE: &str = "\
| **[On Imaging Classifications](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | <details><summary>Show</summary><p>Nets.</p></details> |  | None |
| **[Nets](http://arxiv.org/abs/2503.20247v1)** | 2025-03-26 | <details><summary>Show</summary><p>For image-classification.</p></details> |  | None |
";

#[test]
fn every_row_of_a_real_list_matches_its_topic() {
    let mut tables = vec![(TABLE.to_owned(), 2)];
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        let seed = Path::new(&shared).join("seed/image-classification.md");
        tables.push((fs::read_to_string(seed).unwrap(), 200));
    }
    let query = Query::parse(r#"ti:"image classification" OR abs:"image classification""#).unwrap();
    let query = PreparedQuery::new(&query);
    for (table, expected) in tables {
        let rows = table_rows(&table);
        assert_eq!(rows.len(), expected);
        for (title, abstract_) in &rows {
            let fields = SearchablePaperFields { title, abstract_, ..SearchablePaperFields::default() };
            assert!(query.matches(&SearchDocument::new(&fields)), "{title}\n{abstract_}");
        }
    }
}
