use super::super::super::{Author, Paper, PaperId};
use super::super::normalized_title::NormalizedTitle;
use super::*;
use crate::domain::paper_fixture::paper_with_only_id;

#[test]
fn a_title_has_one_form_however_it_is_written() {
    for (title, form) in [
        ("Notes on the Weaving", "notes on the weaving"),
        ("  Notes:\ton – the \u{201c}Weaving\u{201d}!  ", "notes on the weaving"),
        ("Schrödinger’s Ø and ß", "schrodinger s o and ss"),
        (r#"Schr\"odinger's \O{} and \ss"#, "schrodinger s o and ss"),
        ("e\u{301}tude", "etude"),
        ("ﬁnding ﬂows", "finding flows"),
        ("time-series, time–series, time—series", "time series time series time series"),
        ("$k$-means & $\\alpha$-cuts", "k means and alpha cuts"),
        ("k-means and α-cuts", "k means and alpha cuts"),
        ("TNFα, TNF-α, TNF-alpha", "tnf alpha tnf alpha tnf alpha"),
        ("ΔΣ modulators", "delta sigma modulators"),
        (r"$\Delta\Sigma$ modulators", "delta sigma modulators"),
        ("Ανάλυση", "αναλυση"),
        ("CO₂, CO<sub>2</sub>, CO$_2$", "co2 co2 co2"),
        ("Ca²⁺, Ca<sup>2+</sup>, Ca$^{2+}$", "ca2 plus ca2 plus ca2 plus"),
        ("ℝⁿ, $\\mathbb{R}^n$", "rn rn"),
        ("3×3, $3\\times 3$, 3x3", "3x3 3x3 3x3"),
        ("C++ and C", "c plus plus and c"),
        ("C*-algebras", "c star algebras"),
        ("On lambda calculus*", "on lambda calculus"),
        ("p ≤ 2, $p \\leq 2$", "p atmost 2 p atmost 2"),
        ("p < 2, p ≠ 2", "p less 2 p unequal 2"),
        ("k = -1, k=−1", "k equals minus 1 k equals minus 1"),
        ("COVID-19", "covid 19"),
        ("soft\u{ad}ware", "software"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("基于深度学习", "基于深度学习"),
        ("", ""),
        ("***", ""),
    ] {
        assert_eq!(NormalizedTitle::new(title).as_str(), form, "{title}");
    }
}

#[test]
fn only_a_long_enough_title_has_a_key() {
    for (title, has_key) in [
        ("Introduction", false),
        ("Deep learning for computer vision", true),
        ("Deep learning for vision", false),
        ("Attention is all you need", true),
        ("Attention is all you met", false),
        ("Attention-is/all: you need", true),
        ("Internationalisation considerations everywhere", false),
        ("基于深度学习的图像分类", false),
        ("基于深度学习与多尺度特征融合的遥感图像语义分割方法研究综述", true),
        ("", false),
    ] {
        assert_eq!(title_key(title).is_some(), has_key, "{title}");
    }
    assert_eq!(title_key("Attention Is All You Need.").unwrap().as_str(), "attention is all you need");
}

#[test]
fn a_paper_is_described_by_all_that_it_says() {
    let paper = Paper {
        title: TITLE.to_owned(),
        authors: vec![Author { name: "Ada Lovelace".to_owned(), affiliations: vec![] }],
        published: Some("2025-03-26T00:00:00Z".parse().unwrap()),
        updated: "2025-05-01T00:00:00Z".parse().unwrap(),
        doi: Some("10.1000/182, 10.1000/183".to_owned()),
        ..paper_with_only_id(PaperId::from_link("2503.20246").unwrap())
    };
    let expected = work("2503.20246 10.1000/182 10.1000/183", TITLE, "Ada Lovelace", "2025-03-26");
    assert_eq!(WorkDescription::from(&paper), expected);
    let without_date = Paper { published: None, ..paper.clone() };
    assert_eq!(WorkDescription::from(&without_date).appeared, Some(paper.updated));
    let estimated = super::super::super::mark_estimated(paper.updated);
    let guessed = Paper { published: None, updated: estimated, ..paper };
    assert_eq!(WorkDescription::from(&guessed).appeared, None);
}
