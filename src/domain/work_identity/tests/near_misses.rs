//! Pairs that look like one work and are two, or of which nobody can say.

use super::*;

/// Titles of different works of the same authors.
const TITLES: [(&str, &str); 41] = [
    ("Findings of the Shared Task on Looms 2025", "Findings of the Shared Task on Looms 2026"),
    (
        "Overview of TalentCLEF 2025: skill and job title intelligence",
        "Overview of TalentCLEF 2026: skill and job title intelligence",
    ),
    ("A theory of weaving machines, Part I", "A theory of weaving machines, Part II"),
    ("A theory of weaving machines I: the loom", "A theory of weaving machines II: the loom"),
    ("A theory of weaving machines (Part 1)", "A theory of weaving machines (Part 2)"),
    ("Nemotron Nano: an open model for small machines", "Nemotron Ultra: an open model for small machines"),
    ("LongCat-Flash Technical Report of the Team", "LongCat-Flash-Thinking Technical Report of the Team"),
    ("Fair allocation of indivisible goods on graphs", "Efficient allocation of indivisible goods on graphs"),
    ("Decoding BCH codes beyond half the distance", "Decoding Goppa codes beyond half the distance"),
    ("Detection of AI-generated text at scale", "Detection of AI-generated images at scale"),
    (TITLE, "Notes on the Weaving of Algebraic Patterns: A Survey"),
    (TITLE, "Weaving: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Notes on Weaving of Algebraic Patterns"),
    (TITLE, "Notes on the Weaving of Geometric Patterns"),
    (TITLE, "On the Weaving of Algebraic Patterns: Notes"),
    (TITLE, "Supplementary material for Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Correction: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Author Correction: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Publisher Correction: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Erratum to “Notes on the Weaving of Algebraic Patterns”"),
    (TITLE, "Corrigendum to: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Retraction: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Withdrawn: Notes on the Weaving of Algebraic Patterns"),
    (TITLE, "Reply to “Notes on the Weaving of Algebraic Patterns”"),
    (TITLE, "Comment on “Notes on the Weaving of Algebraic Patterns”"),
    (TITLE, "Response to “Notes on the Weaving of Algebraic Patterns”"),
    ("A fast C library for sparse matrix products", "A fast C++ library for sparse matrix products"),
    ("A fast C library for sparse matrix products", "A fast C# library for sparse matrix products"),
    ("Rigidity of nuclear C-algebras of free groups", "Rigidity of nuclear C*-algebras of free groups"),
    (
        "The restriction conjecture for p < 2 in the plane",
        "The restriction conjecture for p > 2 in the plane",
    ),
    (
        "The restriction conjecture for p = 2 in the plane",
        "The restriction conjecture for p ≠ 2 in the plane",
    ),
    (
        r"The restriction conjecture for $p\leq2$ in the plane",
        r"The restriction conjecture for $p\geq2$ in the plane",
    ),
    ("Surfaces of constant mean curvature -1", "Surfaces of constant mean curvature 1"),
    ("Effects of interferon-α on chronic hepatitis", "Effects of interferon-β on chronic hepatitis"),
    (
        r"Effects of interferon-$\alpha$ on chronic hepatitis",
        r"Effects of interferon-$\beta$ on chronic hepatitis",
    ),
    ("Electroreduction of CO on copper at scale", "Electroreduction of CO<sub>2</sub> on copper at scale"),
    ("Random walks on the integers ℤ of order 2", "Random walks on the reals ℝ of order 2"),
    ("GPT-4.5 as a judge of student essays", "GPT-45 as a judge of student essays"),
    ("Learning with 3×3 filters in deep networks", "Learning with 5×5 filters in deep networks"),
    ("Anti-tumour effects of vitamin D in mice", "Antitumour effects of vitamin D in rats"),
    (
        "基于深度学习与多尺度特征融合的遥感图像语义分割方法研究综述",
        "基于深度学习与多尺度特征融合的医学图像语义分割方法研究综述",
    ),
];

/// Titles of many works, under which two are of one author.
const COMMON_TITLES: [&str; 12] = [
    "Introduction",
    "Editorial",
    "Preface to this issue",
    "Deep learning",
    "Foreword by the editors",
    "Book review",
    "Attention mechanisms in transformers",
    "A note on primes",
    "Internationalisation considerations everywhere",
    "Obituary",
    "引言",
    "基于深度学习的图像分类",
];

/// Titles of notices. Two sources of one notice would have an identifier in common.
const NOTICES: [&str; 13] = [
    "Correction to the weaving of algebraic patterns",
    "Corrections to the weaving of algebraic patterns",
    "Erratum: the weaving of algebraic patterns",
    "Corrigendum to the weaving of algebraic patterns",
    "Retraction note: the weaving of algebraic patterns",
    "WITHDRAWN: the weaving of algebraic patterns",
    "Reply to the critics of algebraic weaving patterns",
    "Comment on the weaving of algebraic patterns",
    "Response to the critics of algebraic weaving",
    "Editorial: the weaving of algebraic patterns",
    "Author Correction: the weaving of algebraic patterns",
    "<i>Publisher Correction</i>: the weaving of patterns",
    "Supplement to the weaving of algebraic patterns",
];

/// Names of different people who are alone under one title.
const NAMES: [(&str, &str); 36] = [
    ("Wei Zhang", "Li Zhang"),
    ("Wei Zhang", "Wei Li"),
    ("Wei Zhang", "Zhang, L."),
    ("Wei Li", "Li Wang"),
    ("Wei Li", "Li, X."),
    ("Zhang Wei", "Zhang Xiaoming"),
    ("Li Wei", "Wei, X."),
    ("Ada Lovelace", "Ada Byron"),
    ("Ada Lovelace", "Bertha Lovelace"),
    ("Ada Lovelace", "Lovelace, B. A."),
    ("A. Lovelace", "A. Loveless"),
    ("Jan van der Berg", "Piet van der Berg"),
    ("Jan van der Berg", "Jan van der Meer"),
    ("van der Berg, J.", "van der Veen, J."),
    ("Maria Garcia Lopez", "Maria Garcia Perez"),
    ("Garcia Lopez, M.", "Garcia Perez, M."),
    ("Garcia Lopez, M.", "Lopez Garcia, M."),
    ("Anne Lefèvre-Dupont", "Anne Lefèvre-Martin"),
    ("Jean-Pierre Müller", "Marie-Pierre Müller"),
    ("Quoc V. Le", "Tri V. Le"),
    ("Quoc Le", "Quoc Du"),
    ("John Smith, Jr.", "Jones, Jr."),
    ("John Smith III", "James Jones III"),
    ("Rowling JK", "Rowling T"),
    ("Rowling JK", "Tolkien JRR"),
    ("J. van Dyk", "K. van Dyk"),
    ("张伟", "张维"),
    ("张伟", "王伟"),
    ("김철수", "김영희"),
    ("ATLAS Collaboration", "ALICE Collaboration"),
    ("ATLAS Collaboration", "Ada Collaboration"),
    ("Google Research", "Gemini Team"),
    ("The Team of Alpha", "The Team of Beta"),
    ("Plato", "Aristotle"),
    ("O'Brien, S.", "O'Connor, S."),
    ("Al-Rashid, O.", "Al-Hamid, O."),
];

/// Lists that say too little.
const LISTS: [(&str, &str); 14] = [
    ("", ""),
    (AUTHORS, ""),
    ("", AUTHORS),
    ("Anonymous", "Anonymous"),
    ("Anonymous Authors", "Anonymous Authors"),
    ("Anonymous Author(s)", "Anonymous Author(s)"),
    ("et al.", "et al."),
    ("null", "null"),
    ("1; 2; 3", "1; 2; 3"),
    ("A. One; B. Two; C. Three", "E. Five; B. Two; F. Six"),
    ("A. One; B. Two; C. Three; D. Four; E. Five", "F. Six; B. Two; G. Seven; E. Five; H. Eight"),
    ("A. One; B. Two", "E. Five; F. Six; G. Seven; H. Eight"),
    ("ATLAS Collaboration", "CMS Collaboration; LHCb Collaboration"),
    ("Wei Zhang; Li Wang; Xin Chen", "Xin Wang; Wei Chen; Li Zhang"),
];

/// Keys and days that do not fit one work.
const OCCASIONS: [(&str, &str, &str, &str); 25] = [
    ("2503.20246", "2025-03-26", "2503.20247", "2025-03-26"),
    ("2503.20246v1", "2025-03-26", "2504.00001v1", "2025-04-01"),
    ("hep-ex/0307015", "2003-07-08", "2503.20246", "2003-07-08"),
    ("2503.20246", "2025-03-26", "10.48550/arXiv.2503.20247", "2025-03-26"),
    ("10.1000/182", "2025-03-26", "10.1000/183", "2025-03-27"),
    ("10.1000/182", "2025-03-26", "10.1038/s41586-024-07956-2", "2025-03-27"),
    ("2503.20246 10.1000/182", "2025-03-26", "10.1000/183", "2025-03-27"),
    ("10.1101/743294v1", "2025-03-26", "10.1101/743295v1", "2025-03-27"),
    ("10.5281/zenodo.5", "2025-03-26", "10.5281/zenodo.6", "2025-03-27"),
    ("2503.20246", "2025-03-26", "10.1000/182", "2029-03-27"),
    ("2503.20246", "2025-03-26", "10.1000/182", "2024-06-28"),
    ("2503.20246", "2025-03-26", "10.1000/182", "2021-03-26"),
    ("2503.20246", "2025-03-26", "https://a.example/1", "2024-06-28"),
    ("10.1101/743294v1", "2019-08-22", "10.1000/182", "2018-11-24"),
    ("2503.20246", "2025-03-26", "10.1101/743294v1", "2019-08-22"),
    ("https://a.example/1", "2025-06-01", "https://b.example/2", "2020-06-01"),
    ("https://a.example/1", "2025-06-01", "https://a.example/2", "2025-06-08"),
    ("https://a.example/1 10.1000/182", "2025-06-01", "https://a.example/2", "2025-06-08"),
    ("2503.20246", "2025-03-26", "10.1000/182", ""),
    ("2503.20246", "", "10.1000/182", "2025-03-26"),
    ("2503.20246", "", "10.1000/182", ""),
    ("2503.20246 10.1000/182", "2025-03-26", "2503.20247 10.1000/182", "2025-03-26"),
    ("2503.20246 10.1000/182", "2025-03-26", "2504.00001", "2025-03-26"),
    ("10.1101/gr.1", "2025-03-26", "10.1101/gr.2", "2025-03-27"),
    ("10.1000/1v1", "2025-03-26", "10.1000/1v2", "2025-03-27"),
];

#[test]
fn titles_that_are_not_equal_are_of_two_works() {
    for (one, other) in TITLES {
        let identity = answer(&preprint(one, AUTHORS), &article(other, AUTHORS));
        assert!(!identity.is_same_work(), "{one} | {other}: {identity:?}");
        assert_ne!(title_key(one).unwrap(), title_key(other).unwrap(), "{one} | {other}");
    }
}

#[test]
fn a_title_that_many_works_have_says_nothing() {
    for title in COMMON_TITLES {
        assert_eq!(
            answer(&preprint(title, AUTHORS), &article(title, AUTHORS)),
            WorkComparison::Different,
            "{title}"
        );
        assert_eq!(title_key(title), None, "{title}");
    }
}

#[test]
fn a_notice_is_of_another_work() {
    for title in NOTICES {
        let identity = answer(&preprint(title, AUTHORS), &article(title, AUTHORS));
        assert!(!identity.is_same_work(), "{title}: {identity:?}");
        assert!(title_key(title).is_some(), "it is not its length that says so: {title}");
        let withdrawn = format!("{TITLE} | {title}");
        assert!(!answer(&preprint(&withdrawn, AUTHORS), &article(TITLE, AUTHORS)).is_same_work(), "{title}");
    }
}

#[test]
fn a_stranger_may_have_the_same_title() {
    for (one, other) in NAMES {
        let identity = answer(&preprint(TITLE, one), &article(TITLE, other));
        assert_eq!(identity, WorkComparison::Similar { percent: 100 }, "{one} | {other}");
    }
}

#[test]
fn fewer_than_half_of_the_authors_are_not_enough() {
    for (one, other) in LISTS {
        let identity = answer(&preprint(TITLE, one), &article(TITLE, other));
        assert_eq!(identity, WorkComparison::Similar { percent: 100 }, "{one} | {other}");
    }
}

#[test]
fn keys_or_dates_may_say_that_there_are_two() {
    for (identifiers, day, other_identifiers, other_day) in OCCASIONS {
        let (one, other) =
            (work(identifiers, TITLE, AUTHORS, day), work(other_identifiers, TITLE, AUTHORS, other_day));
        let identity = answer(&one, &other);
        assert_eq!(
            identity,
            WorkComparison::Similar { percent: 100 },
            "{identifiers} {day} | {other_identifiers} {other_day}"
        );
    }
}

#[test]
fn an_article_of_more_than_two_months_before_has_all_authors_of_its_preprint() {
    let preprint = work("2503.20246", TITLE, AUTHORS, "2025-03-26");
    let same = |authors: &str, day: &str| {
        answer(&preprint, &work("10.1000/182", TITLE, authors, day)).is_same_work()
    };
    assert!(same(AUTHORS, "2024-06-29") && !same(AUTHORS, "2024-06-28"));
    for authors in [
        "Ada Lovelace; Charles Babbage; Luigi Menabrea",
        "Ada Lovelace; Luigi Menabrea; Charles Babbage; Mary Somerville",
        "Ada Lovelace; Charles Babbage; Luigi Menabrea; Mary Shelley",
    ] {
        assert!(same(authors, "2025-01-25") && !same(authors, "2025-01-24"), "{authors}");
    }
}

#[test]
fn only_a_similar_title_is_a_hint() {
    for (one, other, percent) in [
        ("Findings of the Shared Task on Looms 2025", "Findings of the Shared Task on Looms 2026", Some(97)),
        (TITLE, "Notes on the Weaving of Algebraic Pattern", Some(97)),
        (TITLE, "Notes on the Weaving of Geometric Patterns", None),
        (TITLE, "Notes on the Weaving of Algebraic Patterns: A Survey of the Field", None),
        (TITLE, "An entirely different work on the same day", None),
        (TITLE, "", None),
        ("", "", None),
    ] {
        let expected =
            percent.map_or(WorkComparison::Different, |percent| WorkComparison::Similar { percent });
        assert_eq!(answer(&preprint(one, AUTHORS), &article(other, AUTHORS)), expected, "{one} | {other}");
    }
    let long = "word ".repeat(400);
    assert_eq!(
        answer(&preprint(&long, "A B"), &article(&format!("x{long}"), "A B")),
        WorkComparison::Similar { percent: 99 }
    );
}

#[test]
fn two_descriptions_are_unlike_if_neither_a_title_nor_an_author_speaks_for_one_work() {
    let other = "A loom that sings at night";
    for (titles, authors, has_nothing_in_common) in [
        (other, "Grace Hopper", true),
        (other, "Lovelace, A.", false),
        (other, "", false),
        (TITLE, "Grace Hopper", false),
        ("Notes on the Weaving of Algebraic Pattern", "Grace Hopper", false),
        ("A loom that sings at night|Notes on the weaving of algebraic patterns", "Grace Hopper", false),
    ] {
        assert_eq!(
            have_nothing_in_common(&preprint(TITLE, AUTHORS), &article(titles, authors)),
            has_nothing_in_common,
            "{titles}: {authors}"
        );
    }
}
