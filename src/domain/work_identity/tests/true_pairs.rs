//! Pairs that are one work.

use super::*;

/// Two writings of one title.
const TITLES: [(&str, &str); 27] = [
    (TITLE, TITLE),
    (TITLE, "Notes on the weaving of algebraic patterns."),
    (TITLE, "NOTES ON THE WEAVING OF ALGEBRAIC PATTERNS"),
    ("Robust $k$-means for noisy data streams", "Robust k-means for noisy data streams"),
    ("Robust $k$-means for noisy data streams", "Robust <i>k</i>-means for noisy data streams"),
    (r"\textit{In vivo} imaging of the zebrafish brain", "In vivo imaging of the zebrafish brain"),
    ("Schrödinger operators on compact metric graphs", r#"Schr\"odinger operators on compact metric graphs"#),
    ("Schrödinger operators on compact metric graphs", "Schrodinger operators on compact metric graphs"),
    ("Time-Series Forecasting: A Survey of Methods", "Time Series Forecasting – a survey of methods"),
    ("Search & Rescue with Swarms of Small Robots", "Search and rescue with swarms of small robots"),
    ("Search &amp; Rescue with Swarms of Small Robots", r"Search \& Rescue with Swarms of Small Robots"),
    ("Role of TNF-α in chronic liver disease", r"Role of TNF-$\alpha$ in chronic liver disease"),
    ("Role of TNF-α in chronic liver disease", "Role of TNF-alpha in chronic liver disease"),
    ("Electroreduction of CO2 on copper at scale", "Electroreduction of CO<sub>2</sub> on copper at scale"),
    ("Electroreduction of CO₂ on copper at scale", "Electroreduction of CO$_2$ on copper at scale"),
    ("Efﬁcient ﬂow matching for large molecules", "Efficient flow matching for large molecules"),
    ("“Why” questions in dialogue with older adults", "``Why'' questions in dialogue with older adults"),
    ("It's about time: clocks in distributed systems", "It’s about time: clocks in distributed systems"),
    (r"On $C^*$-algebras of locally finite groups", "On C*-algebras of locally finite groups"),
    ("Learning with $3\\times3$ filters in deep networks", "Learning with 3×3 filters in deep networks"),
    (r"Bounds for $\ell_p$ norms of random matrices", "Bounds for ℓp norms of random matrices"),
    (r"The case $p\leq2$ of a conjecture of Erd\H{o}s", "The case p ≤ 2 of a conjecture of Erdős"),
    (
        "Gaussian processes over ℝⁿ for the impatient",
        r"Gaussian processes over $\mathbb{R}^n$ for the impatient",
    ),
    ("Large Language Models as Zero-Shot Planners*", "Large language models as zero-shot planners"),
    ("Work in progress on looms | Notes on the Weaving of Algebraic Patterns", TITLE),
    ("A new title of the second version | Notes on the Weaving of Algebraic Patterns", TITLE),
    (
        "基于深度学习与多尺度特征融合的遥感图像语义分割方法研究综述",
        "基于深度学习与多尺度特征融合的遥感图像语义分割方法研究综述。",
    ),
];

/// Two writings of one author's name, who is alone.
const NAMES: [(&str, &str); 41] = [
    ("Wei Zhang", "Wei Zhang"),
    ("Wei Zhang", "Zhang, Wei"),
    ("Wei Zhang", "Zhang, W."),
    ("Wei Zhang", "W. Zhang"),
    ("Wei Zhang", "Zhang W"),
    ("Wei Zhang", "Zhang Wei"),
    ("Wei Zhang", "ZHANG Wei"),
    ("Wei Zhang", "Wei ZHANG"),
    ("Ada A. Lovelace", "A. A. Lovelace"),
    ("Ada A. Lovelace", "Lovelace AA"),
    ("Ada A. Lovelace", "A.A. Lovelace"),
    ("Jan van der Berg", "van der Berg, Jan"),
    ("Jan van der Berg", "van der Berg, J."),
    ("Jan van der Berg", "Berg, J. van der"),
    ("Jan van der Berg", "van der Berg J"),
    ("Maria Garcia Lopez", "Garcia Lopez, Maria"),
    ("Maria Garcia Lopez", "Garcia Lopez, M."),
    ("Maria Garcia Lopez", "Garcia-Lopez, M."),
    ("Maria Garcia Lopez", "García López M"),
    ("Maria Garcia Lopez", "Lopez, Maria Garcia"),
    ("María García-López", "Maria Garcia Lopez"),
    ("João da Silva Santos", "da Silva Santos, J."),
    ("Jean-Pierre Müller", "Müller, J.-P."),
    ("Jean-Pierre Müller", "Mueller JP"),
    ("Anne Lefèvre-Dupont", "Lefevre-Dupont, A."),
    ("Siobhán O'Brien", "O’Brien, S."),
    ("Søren Bjørn", "Bjorn, S."),
    ("Omar Al-Rashid", "Al Rashid, O."),
    ("Quoc V. Le", "Le, Quoc V."),
    ("Anh Van Nguyen", "Nguyen Van Anh"),
    ("John Smith, Jr.", "Smith, J."),
    ("John Smith III", "Smith, John"),
    ("Prof. Ada Lovelace", "Lovelace, A."),
    ("and Ada Lovelace", "Lovelace, A."),
    (r"P\éter V\án", "Ván, P."),
    ("Ada Lovelace (MIT)", "Lovelace, A."),
    (r#"J\"urgen M\"uller"#, "Müller, J."),
    ("张伟", "张 伟"),
    ("Wei Zhang 张伟", "Zhang, W."),
    ("The ATLAS Collaboration", "ATLAS Collaboration"),
    ("on behalf of the ATLAS Collaboration", "ATLAS Collaboration"),
];

/// Lists of which the first authors differ.
const LISTS: [(&str, &str); 5] = [
    ("Ada Lovelace; Charles Babbage", "Charles Babbage; Ada Lovelace"),
    ("Ada Lovelace; Charles Babbage", "Mary Somerville; C. Babbage"),
    ("A. One; B. Two; C. Three; D. Four", "E. Five; Two, B.; Three, C.; F. Six"),
    ("ATLAS Collaboration", "G. Aad; B. Abbott; ATLAS Collaboration"),
    ("A. One; B. Two; C. Three", "C. Three; D. Four; B. Two; E. Five; F. Six; G. Seven"),
];

/// Keys and days of two descriptions that fit one work.
const OCCASIONS: [(&str, &str, &str, &str); 15] = [
    ("2503.20246", "2025-03-26", "10.1000/182", "2025-03-26"),
    ("2503.20246", "2025-03-26", "10.1000/182", "2029-03-26"),
    ("2503.20246", "2025-03-26", "10.1000/182", "2025-01-25"),
    ("hep-ex/0307015", "2003-07-08", "10.1000/182", "2004-01-01"),
    ("2503.20246", "2025-03-26", "10.1101/2025.03.01.123456v2", "2024-01-01"),
    ("10.1101/743294v1", "2019-08-22", "10.1000/182", "2020-05-01"),
    ("10.1101/743294v1", "2019-08-22", "10.26434/chemrxiv-2019-abcde", "2019-01-01"),
    ("10.5281/zenodo.5", "2025-03-26", "2503.20246", "2025-03-26"),
    ("https://jmlr.org/papers/v26/1.html", "2025-06-01", "2503.20246", "2025-03-26"),
    ("https://jmlr.org/papers/v26/1.html", "2025-06-01", "10.1000/182", "2022-06-02"),
    ("https://a.example/1", "2025-06-01", "https://b.example/2", "2025-06-02"),
    ("2503.20246 10.1101/743294", "2025-03-26", "10.1000/182", "2025-06-01"),
    ("2503.20246 10.1000/182", "2025-03-26", "https://a.example/1", "2025-06-01"),
    ("2503.20246 10.1000/182", "2025-03-26", "10.1101/743294", "2025-06-01"),
    ("", "2025-06-01", "2503.20246", "2025-06-01"),
];

/// Keys of two descriptions that have one in common.
const COMMON_IDENTIFIERS: [(&str, &str, &str); 12] = [
    ("2503.20246v1", "2503.20246v3", "arxiv:2503.20246"),
    ("2503.20246", "10.48550/arXiv.2503.20246", "arxiv:2503.20246"),
    ("2503.20246 10.1000/182", "10.1000/182", "doi:10.1000/182"),
    ("2503.20246 10.1000/182 10.1000/183", "10.1000/183", "doi:10.1000/183"),
    ("10.1126/SCIENCE.ADX1234", "https://doi.org/10.1126/science.adx1234", "doi:10.1126/science.adx1234"),
    ("10.1101/743294v1", "10.1101/743294v2", "doi:10.1101/743294"),
    ("10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde", "doi:10.26434/chemrxiv-2024-abcde"),
    ("10.21203/rs.3.rs-1/v1", "10.21203/rs.3.rs-1/v2", "doi:10.21203/rs.3.rs-1"),
    ("10.7554/eLife.12345.2", "10.7554/eLife.12345", "doi:10.7554/elife.12345"),
    ("https://a.example/1", "https://a.example/1 10.1000/182", "other:url:https://a.example/1"),
    ("other:pii:S0278431926001970", "other:pii:S0278431926001970 10.1000/1", "other:pii:S0278431926001970"),
    ("2503.20246 10.1000/182", "10.1000/182 2503.20246", "arxiv:2503.20246"),
];

#[test]
fn two_writings_of_one_title_are_one_work() {
    for (one, other) in TITLES {
        assert!(is_same_by_evidence(&preprint(one, AUTHORS), &article(other, AUTHORS)), "{one} | {other}");
        let key = |title: &str| title_key(title.rsplit('|').next().unwrap());
        assert_eq!(key(one), key(other), "a history is asked by the key: {one} | {other}");
        assert!(key(one).is_some(), "{one}");
    }
}

#[test]
fn two_writings_of_one_name_are_one_author() {
    for (one, other) in NAMES {
        assert!(is_same_by_evidence(&preprint(TITLE, one), &article(TITLE, other)), "{one} | {other}");
    }
}

#[test]
fn half_of_the_shorter_list_is_enough() {
    for (one, other) in LISTS {
        assert!(is_same_by_evidence(&preprint(TITLE, one), &article(TITLE, other)), "{one} | {other}");
    }
}

#[test]
fn keys_and_dates_may_fit_one_work() {
    for (identifiers, day, other_identifiers, other_day) in OCCASIONS {
        let (one, other) =
            (work(identifiers, TITLE, AUTHORS, day), work(other_identifiers, TITLE, AUTHORS, other_day));
        assert!(is_same_by_evidence(&one, &other), "{identifiers} {day} | {other_identifiers} {other_day}");
    }
}

#[test]
fn a_common_key_is_certain_whatever_else_is_said() {
    for (one, other, identifier) in COMMON_IDENTIFIERS {
        let identity = answer(
            &work(one, "Correction: one thing", "Ada Lovelace", "2001-01-01"),
            &work(other, "Another thing", "", ""),
        );
        let WorkComparison::SameByIdentifier(known) = identity else {
            panic!("{one} | {other}: {identity:?}")
        };
        assert_eq!(known.to_string(), identifier, "{one} | {other}");
    }
}

#[test]
fn the_evidence_says_what_the_two_have_in_common() {
    for (one, other, sentence) in [
        (
            preprint(TITLE, "A. Lovelace; C. Babbage"),
            article(TITLE, "Lovelace, Ada"),
            "same title, first author Lovelace, Ada, 7 months later",
        ),
        (
            preprint(TITLE, "A. One; B. Two; C. Three"),
            article(TITLE, "C. Three; D. Four; B. Two; E. Five"),
            "same title, 2 of 3 authors shared, 7 months later",
        ),
        (
            work("2503.20246", TITLE, AUTHORS, "2025-03-26"),
            work("10.1000/182", TITLE, AUTHORS, "2025-03-06"),
            "same title, first author Ada Lovelace, 20 days earlier",
        ),
    ] {
        let WorkComparison::SameByEvidence(evidence) = answer(&one, &other) else {
            panic!("{one:?} {other:?}")
        };
        assert_eq!(evidence.to_string(), sentence);
        assert_eq!(evidence.title, "notes on the weaving of algebraic patterns");
        assert_eq!(TitleAndAuthorMatch::from_stored(&evidence.to_stored()), Some(evidence));
    }
}
