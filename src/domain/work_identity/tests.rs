use super::*;

mod near_misses;
mod properties;
mod titles;
mod true_pairs;

/// A title that is long enough, and its authors.
const TITLE: &str = "Notes on the Weaving of Algebraic Patterns";
const AUTHORS: &str = "Ada Lovelace; Charles Babbage; Luigi Menabrea; Mary Somerville";

/// A description from its parts: identifiers, parted by spaces; titles, parted by `|`; authors, parted by `;`; a day.
fn work(identifiers: &str, titles: &str, authors: &str, day: &str) -> WorkDescription {
    let identifier = |word: &str| match word.strip_prefix("other:") {
        Some(other) => WorkIdentifier::from_other_identifier(other),
        None => WorkIdentifier::from(&super::super::PaperId::from_link(word).unwrap()),
    };
    let parts = |text: &str, separator: char| -> Vec<String> {
        text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    WorkDescription {
        identifiers: identifiers.split_whitespace().map(identifier).collect(),
        titles: parts(titles, '|'),
        authors: parts(authors, ';'),
        appeared: (!day.is_empty()).then(|| format!("{day}T00:00:00Z").parse().unwrap()),
    }
}

/// An arXiv preprint of March 2025.
fn preprint(titles: &str, authors: &str) -> WorkDescription {
    work("2503.20246", titles, authors, "2025-03-26")
}

/// A journal's article of October 2025.
fn article(titles: &str, authors: &str) -> WorkDescription {
    work("10.1000/182", titles, authors, "2025-10-26")
}

/// The answer, which must be the same the other way round.
fn answer(one: &WorkDescription, other: &WorkDescription) -> WorkComparison {
    let identity = compare_for_same_work(one, other);
    assert_eq!(compare_for_same_work(other, one), identity, "the other way round: {one:?} {other:?}");
    identity
}

fn is_same_by_evidence(one: &WorkDescription, other: &WorkDescription) -> bool {
    matches!(answer(one, other), WorkComparison::SameByEvidence(_))
}
