//! The reading of arXiv's Atom next to an independent reader, on real answers and on pages in their shapes.

use std::fs;
use std::path::{Path, PathBuf};

use paperwire::domain::{
    Abstract, ArxivId, Author, Category, EntryFlaw, FetchErrorKind, Link, Paper, PaperId, ResultEntry,
    ResultPage, Revision,
};
use paperwire::source::arxiv::atom::parse_result_page;
use regex::Regex;
use roxmltree::{Document, Node};

use crate::support::fake_arxiv::AtomDialect;
use crate::support::fake_arxiv::page::first_page;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const ARXIV: &str = "http://arxiv.org/schemas/atom";
const OPENSEARCH: &str = "http://a9.com/-/spec/opensearch/1.1/";

#[test]
fn real_answers_are_read_as_an_independent_reader_reads_them() {
    let mut files = made_up_pages();
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        files.extend(recorded_pages(&Path::new(&shared).join("corpus/api")));
    }
    for (name, body) in files {
        match (parse_result_page(&body), expected_error(&name, &body)) {
            (Ok(answer), None) => assert_eq!(answer, parse_with_roxmltree(&body), "{name}"),
            (Err(fault), Some(kind)) => assert_eq!(fault.kind, kind, "{name}: {fault}"),
            (result, expected) => panic!("{name}: {result:?}, but expected was {expected:?}"),
        }
    }
}

/// Pages in the shapes of the real ones, refused and taken.
fn made_up_pages() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = AtomDialect::ALL
        .iter()
        .map(|dialect| (format!("own_{dialect:?}.xml"), first_page(*dialect, 40).into()))
        .collect();
    let current = first_page(AtomDialect::Current, 2).into_bytes();
    files.push(("own_two_feeds.xml".to_owned(), [&current[..], &current[..]].concat()));
    files.push(("own_rate.txt".to_owned(), b"Rate exceeded.".to_vec()));
    files
}

fn recorded_pages(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let listing = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = listing.map(|file| file.unwrap().path());
    let is_answer = |path: &PathBuf| matches!(extension(path), "xml" | "txt");
    let files: Vec<_> = paths
        .filter(is_answer)
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    assert!(files.len() > 80, "{}: only {} answers", folder.display(), files.len());
    files
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|kind| kind.to_str()).unwrap_or_default()
}

/// The fault that the file is to come to, by its name, or by what a plain search finds in it.
fn expected_error(name: &str, body: &[u8]) -> Option<FetchErrorKind> {
    let count = |text: &str| body.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    if extension(Path::new(name)) == "txt" {
        Some(FetchErrorKind::NotAFeed)
    } else if name.starts_with("GENERATED_apierr_") || count("<title>Error</title>") > 0 {
        Some(FetchErrorKind::Refused)
    } else if count("<feed ") > 1 {
        Some(FetchErrorKind::BrokenXml)
    } else {
        None
    }
}

/// Reads a page with another parser and another way of normalising, and without any care for speed.
fn parse_with_roxmltree(body: &[u8]) -> ResultPage {
    let document = Document::parse(std::str::from_utf8(body).unwrap()).unwrap();
    let feed = document.root_element();
    let entries: Vec<_> = child_elements(feed, ATOM, "entry").map(parse_entry).collect();
    let number = |name| child_text(feed, OPENSEARCH, name).map(|text| text.parse().unwrap());
    ResultPage {
        stamp: child_text(feed, ATOM, "updated").map(|text| text.parse().unwrap()),
        total: number("totalResults").unwrap_or(entries.len() as u64),
        is_total_stated: number("totalResults").is_some(),
        start: number("startIndex").unwrap_or(0),
        entries,
        notes: Vec::new(),
    }
}

fn parse_entry(node: Node<'_, '_>) -> ResultEntry {
    let (id, version) = ArxivId::parse_with_version(&child_text(node, ATOM, "id").unwrap()).unwrap();
    let version = version.unwrap();
    let Some(title) = child_text(node, ATOM, "title") else {
        return ResultEntry::Flawed {
            id: Some((PaperId::from_arxiv_id(&id), Revision::Numbered(version))),
            flaw: EntryFlaw::NoTitle,
        };
    };
    let term = |node: Node<'_, '_>| Category(node.attribute("term").unwrap().to_owned());
    let primary = child_elements(node, ARXIV, "primary_category").next().map(term);
    ResultEntry::Complete(Box::new(Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::Numbered(version),
        title,
        abstract_: expected_abstract(&child_elements(node, ATOM, "summary").next().map(whole_text).unwrap()),
        authors: child_elements(node, ATOM, "author").map(parse_author).collect(),
        primary,
        categories: child_elements(node, ATOM, "category").map(term).collect(),
        published: child_text(node, ATOM, "published").map(|text| text.parse().unwrap()),
        updated: child_text(node, ATOM, "updated").unwrap().parse().unwrap(),
        comment: child_text(node, ARXIV, "comment"),
        journal_ref: child_text(node, ARXIV, "journal_ref"),
        doi: child_text(node, ARXIV, "doi"),
        later_article: None,
        links: child_elements(node, ATOM, "link").map(parse_link).collect(),
    }))
}

fn parse_author(node: Node<'_, '_>) -> Author {
    let affiliations =
        child_elements(node, ARXIV, "affiliation").map(|node| collapse_whitespace(&whole_text(node)));
    Author { name: child_text(node, ATOM, "name").unwrap(), affiliations: affiliations.collect() }
}

fn parse_link(node: Node<'_, '_>) -> Link {
    let attribute = |name| node.attribute(name).map(str::to_owned);
    Link {
        href: attribute("href").unwrap(),
        rel: attribute("rel"),
        media_type: attribute("type"),
        title: attribute("title"),
    }
}

fn expected_abstract(text: &str) -> Abstract {
    let borders = Regex::new(r"\n(?: {2,}|\s*\n)").unwrap();
    let paragraphs = borders.split(text).map(collapse_whitespace).filter(|paragraph| !paragraph.is_empty());
    Abstract(paragraphs.collect::<Vec<_>>().join("\n"))
}

fn child_elements<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    space: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name((space, name)))
}

/// A child's text as one line, if there is any.
fn child_text(node: Node<'_, '_>, space: &'static str, name: &'static str) -> Option<String> {
    let text = collapse_whitespace(&whole_text(child_elements(node, space, name).next()?));
    Some(text).filter(|text| !text.is_empty())
}

fn whole_text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn collapse_whitespace(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
