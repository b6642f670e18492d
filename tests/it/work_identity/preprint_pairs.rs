//! The rule of identity on real preprints and articles, by titles, authors and dates alone: pairs that are one work,
//! and pairs that only look like one.

use std::collections::BTreeMap;

use paperwire::domain::{ArxivId, Doi, WorkDescription, WorkIdentifier, compare_for_same_work};

use super::joined_pairs;

/// Pairs of records. The head of the file says what it has and where that is from.
const PAIRS: &str = include_str!("preprint_pairs.tsv");

/// The kinds of pairs that are two works.
const NEAR_MISSES: [&str; 4] = ["successor", "part", "notice", "stranger"];

/// A preprint, and an article that is the same work or looks like it.
struct PreprintPair {
    kind: &'static str,
    preprint: WorkDescription,
    article: WorkDescription,
}

impl PreprintPair {
    fn is_taken_for_one(&self) -> bool {
        compare_for_same_work(&self.preprint, &self.article).is_same_work()
    }
}

#[test]
fn a_preprint_is_known_for_its_article_by_title_and_authors() {
    let pairs = preprint_pairs();
    let share_found = |kinds: &[&str]| {
        let asked: Vec<_> = pairs.iter().filter(|pair| kinds.contains(&pair.kind)).collect();
        let found = asked.iter().filter(|pair| pair.is_taken_for_one()).count();
        println!("{found} of {} are one work: {kinds:?}", asked.len());
        assert!(asked.len() >= 200, "only {} pairs", asked.len());
        found * 100 / asked.len()
    };
    assert!(share_found(&["same"]) >= 85);
    // One preprint in eight came more than 60 days after its article.
    assert!(share_found(&["same", "late"]) >= 85);
}

#[test]
fn no_near_miss_is_taken_for_one_work_even_on_one_day() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in preprint_pairs().iter_mut().filter(|pair| NEAR_MISSES.contains(&pair.kind)) {
        assert!(!pair.is_taken_for_one(), "{}: {:?} {:?}", pair.kind, pair.preprint, pair.article);
        pair.preprint.appeared = pair.article.appeared;
        assert!(!pair.is_taken_for_one(), "{}: {:?} {:?}", pair.kind, pair.preprint, pair.article);
        *counts.entry(pair.kind).or_default() += 1;
    }
    println!("{counts:?}");
    assert_eq!(counts.len(), NEAR_MISSES.len());
    assert!(counts.values().sum::<usize>() >= 200, "{counts:?}");
}

#[test]
fn no_preprint_is_taken_for_the_article_of_another() {
    let pairs: Vec<_> =
        preprint_pairs().into_iter().filter(|pair| !NEAR_MISSES.contains(&pair.kind)).collect();
    let all: Vec<_> = pairs.iter().flat_map(|pair| [&pair.preprint, &pair.article]).cloned().collect();
    let is_pair = |one: &WorkDescription, other: &WorkDescription| {
        pairs.iter().any(|pair| pair.preprint == *one && pair.article == *other)
    };
    assert_eq!(joined_pairs(&all, |one, other| !is_pair(one, other)), []);
}

fn preprint_pairs() -> Vec<PreprintPair> {
    PAIRS.lines().filter(|line| !line.starts_with('#')).map(read_pair).collect()
}

fn read_pair(line: &'static str) -> PreprintPair {
    let fields: Vec<&str> = line.split('\t').collect();
    let [kind, id, day, title, authors, doi, article_day, article_title, article_authors] = fields[..] else {
        panic!("{line}");
    };
    let (id, _) = ArxivId::parse_with_version(id).unwrap();
    let doi = Doi::parse(doi).unwrap();
    PreprintPair {
        kind,
        preprint: description(WorkIdentifier::from_arxiv_id(&id), day, title, authors),
        article: description(WorkIdentifier::from_doi(&doi), article_day, article_title, article_authors),
    }
}

fn description(key: WorkIdentifier, day: &str, title: &str, authors: &str) -> WorkDescription {
    WorkDescription {
        identifiers: vec![key],
        titles: vec![title.to_owned()],
        authors: authors.split("; ").map(str::to_owned).collect(),
        appeared: Some(format!("{day}T00:00:00Z").parse().unwrap()),
    }
}
