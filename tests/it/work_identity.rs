//! The rule of identity on real papers: arXiv's own records of them, in which each identifier is one work.

mod preprint_pairs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use paperwire::domain::{
    ArxivId, FeedItemKindsToKeep, ResultEntry, WorkDescription, WorkIdentifier, compare_for_same_work,
    parse_dois_in_field, title_key,
};
use paperwire::source::arxiv::atom::parse_result_page;
use paperwire::source::feed::{papers_from_items, parse_feed};
use roxmltree::{Document, Node};
use serde_json::Value;

/// Every description of an arXiv work, by its identifier.
type Descriptions = BTreeMap<ArxivId, Vec<WorkDescription>>;

#[test]
fn no_two_papers_of_arxiv_are_taken_for_one() {
    let works = real_descriptions();
    let all: Vec<WorkDescription> = works.values().flatten().cloned().collect();
    let joined = joined_pairs(&all, |one, other| one.identifiers[0] != other.identifiers[0]);
    assert_eq!(joined, [], "each identifier is one work");
    if std::env::var_os("PAPERWIRE_SHARED").is_some() {
        println!("{} descriptions of {} papers", all.len(), works.len());
        assert!(works.len() > 6_000, "only {} papers", works.len());
    }
}

#[test]
fn two_records_of_one_paper_are_known_for_one_without_their_identifiers() {
    let works = real_descriptions();
    let (mut same, mut missed) = (0, Vec::new());
    for descriptions in works.values() {
        for (number, one) in descriptions.iter().enumerate() {
            let written_otherwise =
                descriptions[number + 1..].iter().filter(|other| other.authors != one.authors);
            for other in
                written_otherwise.filter(|other| title_key(&other.titles[0]) == title_key(&one.titles[0]))
            {
                // Only one form says when the first version came. A notice is not even known for itself.
                let one = WorkDescription { identifiers: vec![], ..one.clone() };
                let other = WorkDescription { identifiers: vec![], appeared: one.appeared, ..other.clone() };
                if compare_for_same_work(&one, &other).is_same_work() {
                    same += 1;
                } else if compare_for_same_work(&one, &one).is_same_work() {
                    missed.push((one, other));
                }
            }
        }
    }
    println!("{same} pairs with authors in two writings are one, {} are not", missed.len());
    assert!(same >= if std::env::var_os("PAPERWIRE_SHARED").is_some() { 200 } else { 1 }, "{same}");
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn an_item_of_a_feed_is_only_the_preprint_whose_record_names_it() {
    let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else { return };
    let items = feed_descriptions(&Path::new(&shared).join("corpus"));
    let preprints: Vec<WorkDescription> = real_descriptions().into_values().flatten().collect();
    let is_item = |work: &WorkDescription| items.contains(work);
    let all: Vec<WorkDescription> = items.iter().chain(&preprints).cloned().collect();
    let joined = joined_pairs(&all, |one, other| is_item(one) != is_item(other));
    let names_both = |(one, other): &(WorkDescription, WorkDescription)| {
        one.identifiers.iter().any(|key| other.identifiers.contains(key))
    };
    let (named, by_evidence): (Vec<_>, Vec<_>) = joined.into_iter().partition(names_both);
    println!(
        "{} items of feeds and {} descriptions of arXiv's: {} pairs by a key, {} by evidence",
        items.len(),
        preprints.len(),
        named.len(),
        by_evidence.len()
    );
    assert!(items.len() > 20, "only {} items", items.len());
    assert_eq!(by_evidence, [], "none of these is a preprint of an item");
}

/// What the recorded feeds of journals and of other servers say of papers that are not arXiv's.
fn feed_descriptions(corpus: &Path) -> Vec<WorkDescription> {
    let mut items = Vec::new();
    for file in ["journals", "feeds", "rss"].iter().flat_map(|folder| files(&corpus.join(folder), "xml")) {
        let Ok(feed) = parse_feed(fs::read(file).unwrap(), None, None) else { continue };
        let now = "2026-11-22T08:00:00Z".parse().unwrap();
        let papers = papers_from_items(feed.items, FeedItemKindsToKeep::Papers, now).papers.into_iter();
        let others = papers.filter(|item| item.paper.id.as_arxiv_id().is_none());
        items.extend(others.map(|item| WorkDescription::from(&item.paper)));
    }
    items
}

/// Pairs that are taken for one work. Only with a key or a title in common can they be.
fn joined_pairs(
    all: &[WorkDescription],
    is_asked: impl Fn(&WorkDescription, &WorkDescription) -> bool,
) -> Vec<(WorkDescription, WorkDescription)> {
    let mut groups: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (at, work) in all.iter().enumerate() {
        let titles =
            work.titles.iter().filter_map(|title| title_key(title)).map(|key| key.as_str().to_owned());
        for group in titles.chain(work.identifiers.iter().map(WorkIdentifier::to_string)) {
            groups.entry(group).or_default().insert(at);
        }
    }
    let mut joined = BTreeSet::new();
    for group in groups.values() {
        for one in group {
            for other in group.range(one + 1..) {
                if is_asked(&all[*one], &all[*other])
                    && compare_for_same_work(&all[*one], &all[*other]).is_same_work()
                {
                    joined.insert((*one, *other));
                }
            }
        }
    }
    joined.into_iter().map(|(one, other)| (all[one].clone(), all[other].clone())).collect()
}

/// What the recorded answers say of papers; without them, a few of the same shapes.
fn real_descriptions() -> Descriptions {
    let mut works = Descriptions::new();
    let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else {
        read_records(OWN_RECORDS, &mut works);
        return works;
    };
    let corpus = Path::new(&shared).join("corpus");
    for file in files(&corpus.join("oai"), "xml") {
        read_records(&fs::read_to_string(file).unwrap(), &mut works);
    }
    for file in files(&corpus.join("api"), "xml") {
        for entry in parse_result_page(&fs::read(file).unwrap()).map(|page| page.entries).unwrap_or_default()
        {
            if let ResultEntry::Complete(paper) = entry {
                let id = paper.id.as_arxiv_id().unwrap();
                works.entry(id).or_default().push(WorkDescription::from(&*paper));
            }
        }
    }
    for file in files(&corpus.join("rank"), "gz") {
        let mut text = String::new();
        GzDecoder::new(fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
        for line in text.lines() {
            read_line(&serde_json::from_str(line).unwrap(), &mut works);
        }
    }
    for descriptions in works.values_mut() {
        descriptions.sort_by_key(|one| format!("{one:?}"));
        descriptions.dedup();
    }
    works
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == extension));
    files.sort();
    files
}

/// A line of a stream of candidates.
fn read_line(line: &Value, works: &mut Descriptions) {
    let text = |key: &str| line[key].as_str().unwrap().to_owned();
    let authors = line["authors"].as_array().unwrap();
    let authors = authors.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    add(&text("id"), &text("title"), authors, &text("day"), "", works);
}

/// The records of an answer of OAI-PMH, in either form that has a list of authors.
fn read_records(xml: &str, works: &mut Descriptions) {
    let document = Document::parse(xml).unwrap();
    for record in document.descendants().filter(|node| node.has_tag_name_in("arXiv")) {
        let authors = record.descendants().filter(|node| node.has_tag_name_in("author"));
        let name = |author: Node<'_, '_>| {
            let parts = ["forenames", "keyname", "suffix"].map(|name| author.text_of(name));
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let authors = authors.map(name).collect();
        let [id, title, day, dois] = ["id", "title", "created", "doi"].map(|name| record.text_of(name));
        add(&id, &title, authors, &day, &dois, works);
    }
    for record in document.descendants().filter(|node| node.has_tag_name_in("dc")) {
        let names = record.children().filter(|node| node.has_tag_name_in("creator"));
        let names = names.filter_map(|node| node.text()).map(str::to_owned).collect();
        let [id, title, day] = ["identifier", "title", "date"].map(|name| record.text_of(name));
        add(&id, &title, names, &day, "", works);
    }
}

fn add(id: &str, title: &str, authors: Vec<String>, day: &str, dois: &str, works: &mut Descriptions) {
    let Ok((id, _)) = ArxivId::parse_with_version(id) else { return };
    let dois = parse_dois_in_field(dois);
    let identifiers = [WorkIdentifier::from_arxiv_id(&id)]
        .into_iter()
        .chain(dois.iter().map(WorkIdentifier::from_doi))
        .collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let appeared = format!("{day}T00:00:00Z").parse().ok();
    works.entry(id).or_default().push(WorkDescription {
        identifiers,
        titles: vec![title],
        authors,
        appeared,
    });
}

/// Reading XML without its namespaces.
trait NodeText {
    fn has_tag_name_in(&self, name: &str) -> bool;
    fn text_of(&self, name: &str) -> String;
}

impl NodeText for Node<'_, '_> {
    fn has_tag_name_in(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }

    /// The text of the first child of this name.
    fn text_of(&self, name: &str) -> String {
        let child = self.children().find(|child| child.has_tag_name_in(name));
        child.and_then(|child| child.text()).unwrap_or_default().trim().to_owned()
    }
}

/// Two records of one paper, and one of another that names the same DOI.
const OWN_RECORDS: &str = "<OAI-PMH>
  <arXiv><id>1102.0497</id><created>2011-03-11</created><doi>10.1000/1</doi>
    <authors><author><keyname>van der Berg</keyname><forenames>Jan</forenames></author>
      <author><keyname>Smith</keyname><forenames>Ada B.</forenames><suffix>Jr</suffix></author></authors>
    <title>The $K$-theory of weighted
      complexes of rings</title></arXiv>
  <dc><title>The $K$-theory of weighted complexes of rings</title><creator>van der Berg, Jan</creator>
    <creator>Smith, Ada B., Jr</creator><date>2011-03-11</date>
    <identifier>http://arxiv.org/abs/1102.0497</identifier></dc>
  <arXiv><id>1102.0498</id><created>2011-03-12</created><doi>10.1000/1</doi>
    <authors><author><keyname>van der Berg</keyname><forenames>Jan</forenames></author></authors>
    <title>The $K$-theory of weighted complexes of rings</title></arXiv>
</OAI-PMH>";
