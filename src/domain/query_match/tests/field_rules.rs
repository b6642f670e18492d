//! The rules for names, identifiers, categories and dates, and what is reported of a match.

use jiff::Timestamp;

use super::super::super::{Abstract, Author, Category, Paper, PaperId, Version};
use super::super::author_text::NameParts;
use super::*;
use crate::domain::paper_fixture::paper_with_only_id;

#[test]
fn authors_are_found_by_the_words_of_their_names() {
    let fields = SearchablePaperFields {
        authors: vec!["Adrian Del Maestro", "Xu-Dong Müller", "J. R. Łukasz"],
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("au:maestro", true),
            ("au:del_maestro", true),
            ("au:\"maestro adrian\"", true),
            ("au:\"adrian müller\"", false),
            ("au:\"del mae*\"", true),
            ("au:\"del *ro\"", false),
            ("au:del_mae*", false),
            ("au:mae*", true),
            ("au:mueller", true),
            ("au:MULLER", true),
            ("au:xu-dong", true),
            ("au:dong", false),
            ("au:lukasz", true),
            ("au:jr", false),
            ("au:d", true),
            ("au:\"a d\"", false),
            ("au:maestro,a", true),
            ("au:maestro,", true),
            ("au:adrian,", false),
            ("au:del-maestro,", false),
            ("au:Müller,Xu", true),
            ("au:Müller,X", true),
            ("au:Müller,dong", false),
            ("au:Müller,x*g", true),
            ("au:Łukasz,j,r", true),
            ("au:Łukasz,j.r.", false),
            ("au:Łukasz,r", true),
            ("au:müller;lukasz", true),
            ("au:müller;smith", false),
            ("au:müller,x;łukasz,j", true),
            // Quotes come first, so the comma is only a sign.
            ("au:\"Müller, Xu-Dong\"", true),
            ("au:\"Müller, X\"", false),
        ],
    );
}

#[test]
fn a_surname_has_its_particles() {
    for (name, forename, surname) in [
        ("Adrian Del Maestro", "Adrian", "Del Maestro"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("van der Berg", "van", "der Berg"),
        ("de Sitter", "de", "Sitter"),
        ("Wei Zhang", "Wei", "Zhang"),
        ("Plato", "", "Plato"),
        ("John Q. Public Jr.", "John Q.", "Public"),
        ("Henry Ford II", "Henry", "Ford"),
        ("", "", ""),
    ] {
        let parts = NameParts::from_person_name(name);
        assert_eq!((parts.forename, parts.surname), (forename, surname), "{name}");
    }
    assert_eq!(NameParts::from_person_name("Adrian Del Maestro").with_initials(), "A D Maestro");
}

#[test]
fn a_group_in_front_has_no_forename() {
    let fields = SearchablePaperFields {
        authors: vec!["The ATLAS Collaboration", "Wei Zhang", "Ann Team"],
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("au:\"atlas collaboration\"", true),
            ("au:atlas,", true),
            ("au:\"atlas\"", true),
            ("au:ann,", false),
            ("au:collaboration,", true),
            ("au:team,ann", true),
        ],
    );
}

#[test]
fn a_category_may_be_a_pattern() {
    let fields = SearchablePaperFields {
        id: Some(arxiv_id("2503.20246")),
        categories: vec!["cs.CV", "hep-th"],
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("cat:cs.CV", true),
            ("cat:cs.cv", true),
            ("cat:\"cs.CV\"", true),
            ("cat:cs.*", true),
            ("cat:cs", false),
            ("cat:cs.C?", true),
            ("cat:hep-*", true),
            ("cat:hep-th", true),
            ("cat:math*", false),
            ("all:cs.CV", true),
            ("all:vision", true),
            ("all:\"computer vision\"", true),
            ("all:\"computer science\"", true),
            ("all:\"high energy\"", true),
            ("all:topology", false),
        ],
    );
}

#[test]
fn identifiers_are_compared_whole() {
    let new = SearchablePaperFields {
        id: Some(arxiv_id("2503.20246")),
        version: Version::new(2),
        dois: vec!["10.1038/418838A", "10.1000/b"],
        ..SearchablePaperFields::default()
    };
    check_matches(
        &new,
        &[
            ("id:2503.20246", true),
            ("id:2503.20246v2", true),
            ("id:2503.20246v1", false),
            ("id:2503.*", true),
            ("id:\"2503.20246\"", false),
            ("id:2503", false),
            ("doi:10.1038/418838A", true),
            ("doi:\"10.1038/418838A\"", true),
            ("doi:10.1038/418838a", false),
            ("doi:10.1000/b", true),
            ("doi:10.1000/*", true),
            ("doi:10.1038/418838A*", false),
            ("all:2503.20246", true),
            ("all:10.1000/b", true),
            ("all:10.1000/c", false),
        ],
    );
    let old =
        SearchablePaperFields { id: Some(arxiv_id("hep-ex/0307015")), ..SearchablePaperFields::default() };
    check_matches(
        &old,
        &[
            ("id:0307015", true),
            ("id:0307016", false),
            ("id:hep-ex/03070*", true),
            // arXiv escapes what it then compares as it is.
            ("id:hep-ex/0307015", false),
        ],
    );
}

#[test]
fn operators_are_those_of_logic() {
    check_matches(
        &paper_with_title("a1 b2 c3"),
        &[
            ("ti:a1 AND ti:b2", true),
            ("ti:a1 AND ti:x", false),
            ("ti:x OR ti:b2", true),
            ("ti:x OR ti:y", false),
            ("ti:a1 ANDNOT ti:x", true),
            ("ti:a1 ANDNOT ti:b2", false),
            ("ti:a1 ANDNOT (ti:x OR ti:b2)", false),
            ("ti:a1 ANDNOT (ti:x AND ti:b2)", true),
            ("ti:x OR ti:a1 AND ti:b2", true),
            ("ti:(a1 AND (x OR c3))", true),
            // What a paper does not have is no reason to leave it out.
            ("ti:a1 ANDNOT rn:x", true),
            ("ti:a1 ANDNOT submittedDate:[1991 TO 2099]", true),
        ],
    );
}

#[test]
fn a_date_of_submission_is_that_of_version_one() {
    let published: Timestamp = "2022-10-11T14:45:07Z".parse().unwrap();
    let fields = SearchablePaperFields { published: Some(published), ..SearchablePaperFields::default() };
    check_matches(
        &fields,
        &[
            ("submittedDate:[2022 TO 2022]", true),
            ("submittedDate:[202210111445 TO 202210111446]", true),
            ("submittedDate:[202210111400 TO 202210111445]", false),
            ("submittedDate:[202210111446 TO 2023]", false),
            ("submittedDate:[20221012 TO 20221013]", false),
        ],
    );
}

#[test]
fn what_matched_is_reported_with_its_place() {
    let fields = SearchablePaperFields {
        title: "Deep Imaging-Classifications",
        abstract_: "An image.\nClassification of the images",
        authors: vec!["Wei Zhang"],
        ..SearchablePaperFields::default()
    };
    let document = SearchDocument::new(&fields);
    let found = |text: &str| prepare_query(text).find_matches(&document);
    let place = |field, bytes| MatchPlace { field, bytes };
    assert_eq!(
        found(r#"(ti:"image classification" OR abs:deep OR au:zhang,w) ANDNOT co:deep"#),
        Some(vec![
            TermMatch {
                term: r#"ti:"image classification""#.to_owned(),
                places: vec![place(SearchedField::Title, 5..28)]
            },
            TermMatch {
                term: "au:zhang,w".to_owned(),
                places: vec![place(SearchedField::Author(0), 0..9), place(SearchedField::Author(0), 0..9)]
            },
        ])
    );
    assert_eq!(
        found(r#"all:"image classification""#).unwrap()[0].places,
        [place(SearchedField::Title, 5..28), place(SearchedField::Abstract, 3..24)]
    );
    assert_eq!(found("ti:deep AND ti:shallow"), None);
    assert_eq!(found("ti:deep ANDNOT ti:images"), None);
}

#[test]
fn a_paper_is_searched_by_what_its_source_gave() {
    let paper = |id: &str, categories: &[&str]| Paper {
        title: "Deep nets".to_owned(),
        abstract_: Abstract("Nets.".to_owned()),
        authors: vec![Author { name: "Wei Zhang".to_owned(), affiliations: Vec::new() }],
        categories: categories.iter().map(|category| Category((*category).to_owned())).collect(),
        updated: "2025-03-26T00:00:00Z".parse().unwrap(),
        doi: Some("10.1000/a 10.1000/b".to_owned()),
        ..paper_with_only_id(PaperId::from_link(id).unwrap_or_else(|| PaperId::from_stored(id.to_owned())))
    };
    let arxiv = paper("2503.20246", &["cs.CV", "I.2.10; I.4.8", "68T05"]);
    check_matches(
        &SearchablePaperFields::from(&arxiv),
        &[
            ("cat:cs.cv", true),
            ("cat:i.*", false),
            ("cat:68T05", false),
            ("all:68T05", true),
            ("all:vision", true),
            ("doi:10.1000/b", true),
            ("all:2025-03", true),
        ],
    );
    let feed = paper("doi:10.1000/a", &["Machine Learning", "stat.ML"]);
    check_matches(
        &SearchablePaperFields::from(&feed),
        &[
            ("cat:\"machine learning\"", true),
            ("cat:machine*", true),
            ("all:machine", true),
            ("ti:net AND abs:net AND au:zhang", true),
            ("id:10.1000/a", false),
            ("all:2025-03", false),
        ],
    );
}
