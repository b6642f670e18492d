//! The reading of arXiv's Atom next to an independent reader, on real answers and on pages in their shapes.

use std::fs;
use std::path::{Path, PathBuf};

use paperwire::domain::{
    Abstract, ArxivId, Author, Category, Entry, EntryFlaw, FetchErrorKind, Link, Paper, PaperId, ResultPage,
    Revision,
};
use paperwire::source::arxiv::atom::parse_feed;
use regex::Regex;
use roxmltree::{Document, Node};

use crate::fake_arxiv::Dialect;
use crate::fake_arxiv::page::first_page;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const ARXIV: &str = "http://arxiv.org/schemas/atom";
const OPENSEARCH: &str = "http://a9.com/-/spec/opensearch/1.1/";

#[test]
fn real_answers_are_read_as_an_independent_reader_reads_them() {
    let mut files = own_answers();
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        files.extend(real_answers(&Path::new(&shared).join("corpus/api")));
    }
    for (name, body) in files {
        match (parse_feed(&body), refusal(&name, &body)) {
            (Ok(answer), None) => assert_eq!(answer, careful_reading(&body), "{name}"),
            (Err(fault), Some(kind)) => assert_eq!(fault.kind, kind, "{name}: {fault}"),
            (result, expected) => panic!("{name}: {result:?}, but expected was {expected:?}"),
        }
    }
}

/// Pages in the shapes of the real ones, refused and taken.
fn own_answers() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = Dialect::ALL
        .iter()
        .map(|dialect| (format!("own_{dialect:?}.xml"), first_page(*dialect, 40).into()))
        .collect();
    let current = first_page(Dialect::Current, 2).into_bytes();
    files.push(("own_two_feeds.xml".to_owned(), [&current[..], &current[..]].concat()));
    files.push(("own_rate.txt".to_owned(), b"Rate exceeded.".to_vec()));
    files
}

fn real_answers(folder: &Path) -> Vec<(String, Vec<u8>)> {
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
fn refusal(name: &str, body: &[u8]) -> Option<FetchErrorKind> {
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

/// The same by another parser, another way of normalising, and without any care for speed.
fn careful_reading(body: &[u8]) -> ResultPage {
    let document = Document::parse(std::str::from_utf8(body).unwrap()).unwrap();
    let feed = document.root_element();
    let entries: Vec<_> = children(feed, ATOM, "entry").map(careful_entry).collect();
    let number = |name| text(feed, OPENSEARCH, name).map(|text| text.parse().unwrap());
    ResultPage {
        stamp: text(feed, ATOM, "updated").map(|text| text.parse().unwrap()),
        total: number("totalResults").unwrap_or(entries.len() as u64),
        is_total_stated: number("totalResults").is_some(),
        start: number("startIndex").unwrap_or(0),
        entries,
    }
}

fn careful_entry(node: Node<'_, '_>) -> Entry {
    let (id, version) = ArxivId::parse_with_version(&text(node, ATOM, "id").unwrap()).unwrap();
    let version = version.unwrap();
    let Some(title) = text(node, ATOM, "title") else {
        return Entry::Flawed {
            id: Some((PaperId::arxiv(&id), Revision::Numbered(version))),
            flaw: EntryFlaw::NoTitle,
        };
    };
    let term = |node: Node<'_, '_>| Category(node.attribute("term").unwrap().to_owned());
    let primary = children(node, ARXIV, "primary_category").next().map(term);
    Entry::Complete(Box::new(Paper {
        id: PaperId::arxiv(&id),
        revision: Revision::Numbered(version),
        title,
        abstract_: careful_abstract(&children(node, ATOM, "summary").next().map(whole_text).unwrap()),
        authors: children(node, ATOM, "author").map(careful_author).collect(),
        primary,
        categories: children(node, ATOM, "category").map(term).collect(),
        published: text(node, ATOM, "published").map(|text| text.parse().unwrap()),
        updated: text(node, ATOM, "updated").unwrap().parse().unwrap(),
        comment: text(node, ARXIV, "comment"),
        journal_ref: text(node, ARXIV, "journal_ref"),
        doi: text(node, ARXIV, "doi"),
        links: children(node, ATOM, "link").map(careful_link).collect(),
    }))
}

fn careful_author(node: Node<'_, '_>) -> Author {
    let affiliations = children(node, ARXIV, "affiliation").map(|node| joined(&whole_text(node)));
    Author { name: text(node, ATOM, "name").unwrap(), affiliations: affiliations.collect() }
}

fn careful_link(node: Node<'_, '_>) -> Link {
    let attribute = |name| node.attribute(name).map(str::to_owned);
    Link {
        href: attribute("href").unwrap(),
        rel: attribute("rel"),
        media_type: attribute("type"),
        title: attribute("title"),
    }
}

fn careful_abstract(text: &str) -> Abstract {
    let borders = Regex::new(r"\n(?: {2,}|\s*\n)").unwrap();
    let paragraphs = borders.split(text).map(joined).filter(|paragraph| !paragraph.is_empty());
    Abstract(paragraphs.collect::<Vec<_>>().join("\n"))
}

fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    space: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name((space, name)))
}

/// A child's text as one line, if there is any.
fn text(node: Node<'_, '_>, space: &'static str, name: &'static str) -> Option<String> {
    let text = joined(&whole_text(children(node, space, name).next()?));
    Some(text).filter(|text| !text.is_empty())
}

fn whole_text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
