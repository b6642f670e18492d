//! BibTeX of real and of hostile papers goes through a real pdflatex without an error: by way of bibtex, and by way of
//! biber, which makes UTF-8 of what it knows. The document loads no package but the two of its encodings.
//!
//! Whoever has these programs runs it; to install them takes minutes, so that `.ci/run` does not. `PAPERWIRE_SHARED` names
//! the folder with the papers.

use std::collections::HashSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use paperwire::domain::{Abstract, ArxivId, Author, Category, Paper, PaperId, Revision};
use paperwire::render::feed::render_bibtex_entries;

/// Of the corpus's papers, those that have more than ASCII and words are taken first.
const CORPUS_PAPERS_MAX: usize = 400;

/// What each kind of text is that has stopped pdflatex.
const TITLES: [&str; 26] = [
    "β-VAE and Σ over ΔT, ά, Παπαδόπουλος",
    "CO₂, ℓ₂, x⁻¹², ₂³₂ and ᵢ",
    "Nguyễn, Trần Thị Thảo, Việt, ướt, Ẩn",
    "o\u{308} q\u{301} x\u{304}\u{323} \u{301}alone",
    "Глубокое обучение и Ђорђе",
    "深度学习用于图像分类的综述 日本語 한국어",
    "تعلم عميق עברית ไทย हिन्दी",
    "$50%$ and 50% of $5 & #1_a ^b~c",
    "$\\mathbb{R}^{d \\times d}$, $\\text{if } x$, $\\bm{x}$, $\\lesssim$, $\\unknown{x}$, $\\eps$",
    "$x^2^3$, $x'^2$, $x_1_2$, $x^{$, $}{$, $\\left(x$, $\\frac$, $\\sqrt[3]{x}$, $a \\over b \\over c$",
    "$α + ℝ² ≤ 深 é$ and $\\\\$ and $x & y # z$",
    "\\textbf{10.3\\%} \\textbf \\emph{a \\url{http://a_b} c} \\href{http://a_b}{c} \\footnote{d}",
    "\\cite{a} \\method \\foo{bar} \\' \\\"o \\\"{} \\v \\c{c} \\'{\\^e} \\d e \\i \\'\\i",
    "{\\em a} {\\deg} {\\bf b {c}} { \\} } \\{ \\{",
    "a } b { c \\",
    "\\(x_i\\) \\[y\\] \\) \\] \\begin{x} \\end{document} \\item \\par",
    "€ £ ¥ © ® ™ ° ± × ÷ § ¶ « » „ “ ” ‘ ’ – — … • ‰ ½ ¼ № ƒ ¬ µ ′ ″",
    "← → ↔ ⇒ ∀ ∃ ∈ ∉ ⊂ ⊆ ⊊ ∪ ∩ ∞ ∂ ∇ ∑ ∏ ∫ √ ≈ ≠ ≤ ≥ ≲ ⟨⟩ ∥ ⊗ ⊕ ⊥ ★ ☆ ✓ □ △",
    "👩\u{200d}🔬 🚀 ℵ ℏ 𝔸 𝒜 𝐱 𝑓 𝕏 𝟙 ① ﬁ Ａ ½ ㎡",
    "a\u{200b}b\u{feff}c\u{ad}d\u{a0}e\u{202f}f\u{3000}g\u{2028}h",
    "ĦħŦŧĸŋŊðÞþßẞæÆœŒøØłŁđĐıȷĳǄǣǽƏəɛɔ",
    "ạ ẽ ỹ ẋ ẅ ḧ ǵ ǰ ṽ ẁ ḱ ṕ ẃ ǹ ḿ",
    "\\usepackage{x} \\input{x} \\def\\x{} \\catcode`\\%=12 \\csname x\\endcsname ^^41",
    "$\\begin{matrix}a & b\\end{matrix}$ $$E = mc^2$$ $ $ $$",
    "\\textsuperscript{2} \\textsubscript{2} \\, \\; \\: \\! \\quad \\- \\/ \\ x \\\\ y",
    "it\\'s \\\"quoted\\\" ``so'' '",
];

#[test]
fn pdflatex_takes_every_entry_by_way_of_bibtex_and_of_biber() {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !["pdflatex", "bibtex", "biber"].into_iter().all(is_there) {
        return;
    }
    let mut papers: Vec<Paper> =
        TITLES.iter().enumerate().map(|(at, text)| paper_of_text(at, text)).collect();
    if let Some(shared) = env::var_os("PAPERWIRE_SHARED") {
        let texts = corpus_texts(&Path::new(&shared).join("corpus"));
        assert!(texts.len() == CORPUS_PAPERS_MAX, "{}", texts.len());
        papers.extend(texts.iter().enumerate().map(|(at, text)| paper_of_text(1_000 + at, text)));
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("papers.bib"), render_bibtex_entries(&papers)).unwrap();
    let decoded = ["--quiet", "--tool", "--output-file=decoded.bib", "papers.bib"];
    let biber = Command::new("biber").args(decoded).current_dir(folder.path()).output().unwrap();
    assert!(biber.status.success(), "{biber:?}");
    for style in ["plain", "abbrv"] {
        assert_eq!(errors_of_latex(folder.path(), "papers", style), "", "{style}");
    }
}

/// The lines with which pdflatex and bibtex reject a bibliography.
fn errors_of_latex(folder: &Path, bibliography: &str, style: &str) -> String {
    let document = format!(
        "\\documentclass{{article}}\\usepackage[utf8]{{inputenc}}\\usepackage[T1]{{fontenc}}\\begin{{document}}\
         \\nocite{{*}}\\bibliographystyle{{{style}}}\\bibliography{{{bibliography}}}\\end{{document}}"
    );
    fs::write(folder.join("document.tex"), document).unwrap();
    let latex = ["-draftmode", "-interaction=nonstopmode", "-file-line-error", "document"];
    let mut errors = String::new();
    for (program, arguments) in
        [("pdflatex", &latex[..]), ("bibtex", &["document"][..]), ("pdflatex", &latex[..])]
    {
        let run = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        let is_complaint = |line: &&str| {
            line.starts_with('!') || line.contains("error message") || line.contains("---line ")
        };
        let wrong = said.lines().filter(is_complaint);
        wrong.for_each(|line| writeln!(errors, "{program}: {line}").unwrap());
        if !run.status.success() {
            let places = said.lines().filter(|line| line.contains(".bbl:") || line.starts_with("l."));
            places.take(20).for_each(|line| writeln!(errors, "{program}: {line}").unwrap());
        }
    }
    errors
}

/// A paper that has a text in each of its fields.
fn paper_of_text(at: usize, text: &str) -> Paper {
    let id: ArxivId = format!("2503.{at:05}").parse().unwrap();
    let updated = "2025-03-25T17:00:00Z".parse().unwrap();
    let words = text.split_whitespace().filter(|word| !word.contains(['$', '\\', '{', '}']));
    let names = words.take(12).map(|word| format!("{word} {word}son"));
    Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::FIRST,
        title: text.to_owned(),
        abstract_: Abstract(String::new()),
        authors: names.map(|name| Author { name, affiliations: vec![] }).collect(),
        primary: Some(Category("cs.CV".into())),
        categories: vec![],
        published: Some(updated),
        updated,
        comment: Some(text.to_owned()),
        journal_ref: Some(text.to_owned()),
        doi: Some("10.1000/a_b".to_owned()),
        later_article: None,
        links: vec![],
    }
}

/// Titles, comments and abstracts of the corpus, those first that are more than plain words.
fn corpus_texts(corpus: &Path) -> Vec<String> {
    let mut texts = HashSet::new();
    for folder in ["api", "oai"] {
        for file in fs::read_dir(corpus.join(folder)).expect("PAPERWIRE_SHARED has a corpus") {
            let Ok(text) = fs::read_to_string(file.unwrap().path()) else { continue };
            let Ok(page) = roxmltree::Document::parse(&text) else { continue };
            let is_text =
                |name: &str| ["title", "summary", "comment", "comments", "abstract"].contains(&name);
            let nodes = page.descendants().filter(|node| is_text(node.tag_name().name()));
            texts.extend(nodes.filter_map(|node| node.text()).map(|text| text.trim().to_owned()));
        }
    }
    let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.sort_by_cached_key(|text| {
        let strange = text.chars().filter(|c| !c.is_ascii() || "$\\{}^_%&#~".contains(*c)).count();
        (std::cmp::Reverse(strange), text.clone())
    });
    texts.truncate(CORPUS_PAPERS_MAX);
    texts
}
