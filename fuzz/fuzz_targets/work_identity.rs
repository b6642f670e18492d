//! Any two descriptions: the answer is the same the other way round and after it was stored, a work is the same as itself,
//! and two with different arXiv identifiers are never one.
//!
//! An input is text: a description's lines are its identifiers, titles, authors and date, by the letter that they begin
//! with, and an empty line is between the two.
#![no_main]

use std::alloc::System;

use cap::Cap;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use paperwire::domain::{
    KnownWork, PaperId, TitleAndAuthorMatch, WorkChoice, WorkComparison, WorkDescription, WorkIdentifier,
    choose_work, compare_for_same_work, parse_dois_in_field, title_key,
};

/// What a comparison may take, many times over.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 256 << 20);

fuzz_target!(|input: &str| {
    let (one, other) = input.split_once("\n\n").unwrap_or((input, input));
    let (one, other) = (read_description(one), read_description(other));
    let identity = compare_for_same_work(&one, &other);
    assert_eq!(identity, compare_for_same_work(&other, &one), "the answer is the same the other way round");
    if let WorkComparison::SameByEvidence(evidence) = &identity {
        let stored = evidence.to_stored();
        assert_eq!(TitleAndAuthorMatch::from_stored(&stored).as_ref(), Some(evidence), "{stored}");
    }
    if !one.identifiers.is_empty() {
        assert!(compare_for_same_work(&one, &one).is_same_work());
    }
    let known = [KnownWork { descriptions: vec![other] }];
    match choose_work(&one, &known) {
        WorkChoice::Known { at, identity: chosen } => assert!(at == 0 && chosen == identity),
        WorkChoice::New => assert!(!identity.is_same_work()),
        WorkChoice::Ambiguous { .. } => unreachable!("there is one work to choose from"),
    }
});

fn read_description(text: &str) -> WorkDescription {
    let mut read =
        WorkDescription { identifiers: Vec::new(), titles: Vec::new(), authors: Vec::new(), appeared: None };
    for line in text.lines() {
        let Some(kind) = line.chars().next() else { continue };
        let rest = line[kind.len_utf8()..].trim();
        match kind {
            'k' => match PaperId::from_link(rest) {
                Some(id) => read.identifiers.push(WorkIdentifier::from(&id)),
                None => {
                    read.identifiers.extend(parse_dois_in_field(rest).iter().map(WorkIdentifier::from_doi))
                }
            },
            't' => read.titles.push(rest.to_owned()),
            'a' => read.authors.push(rest.to_owned()),
            'd' => read.appeared = rest.parse::<i64>().ok().and_then(|at| Timestamp::from_second(at).ok()),
            _ => {}
        }
        if let Some(key) = title_key(rest) {
            assert_eq!(title_key(key.as_str()).as_ref(), Some(&key), "a title's key is its own key");
        }
    }
    read
}
