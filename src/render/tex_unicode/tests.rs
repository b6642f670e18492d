use super::tex_to_unicode;

/// Shapes of titles and abstracts, each as it is shown.
const SHOWN: &[(&str, &str)] = &[
    ("no TeX at all", "no TeX at all"),
    ("An $\\ell_2$ bound", "An ℓ₂ bound"),
    ("$\\ell_{2}$-norm and $\\ell_\\infty$", "ℓ₂-norm and ℓ_∞"),
    ("$\\ell_{p}$ balls", "ℓₚ balls"),
    ("$O(n^2)$ time", "O(n²) time"),
    ("$O(n \\log n)$", "O(n log n)"),
    ("$\\mathcal{O}(1/\\sqrt{T})$", "𝒪(1/√T)"),
    ("$\\tilde{O}(\\sqrt{n})$", "Õ(√n)"),
    ("$M^3$amba", "M³amba"),
    ("M$^3$amba", "M³amba"),
    ("Mip-NeRF 360$^\\circ$", "Mip-NeRF 360°"),
    ("U$^2$-Net, H$_2$O", "U²-Net, H₂O"),
    ("C$^{2}$DFNet", "C²DFNet"),
    ("$\\alpha$-divergence and $\\beta$-VAE", "α-divergence and β-VAE"),
    ("$\\epsilon$ and $\\varepsilon$", "ϵ and ε"),
    ("$(\\varepsilon, \\delta)$-DP", "(ε, δ)-DP"),
    ("$\\mathbb{R}^n$", "ℝⁿ"),
    ("$\\mathbb{R}^{d \\times d}$", "ℝ^(d × d)"),
    ("$\\mathrm{SO}(3)$ and $SE(3)$", "SO(3) and SE(3)"),
    ("$10\\times$ faster", "10 × faster"),
    ("$224 \\times 224$ pixels", "224 × 224 pixels"),
    ("$\\sim$10 ms", "∼10 ms"),
    ("$\\approx 3\\%$", "≈ 3%"),
    ("95.3\\% accuracy, 1\\,\\% more", "95.3% accuracy, 1 % more"),
    ("$95\\%$", "95%"),
    ("R\\&D at 50\\%", "R&D at 50%"),
    ("snake\\_case and \\#1", "snake_case and #1"),
    ("costs $5 and $10 a day", "costs $5 and $10 a day"),
    ("from $1,000 to $2,000", "from $1,000 to $2,000"),
    ("US\\$ 5", "US$ 5"),
    ("a lone $ sign", "a lone $ sign"),
    ("$p<0.05$", "p<0.05"),
    ("$p \\leq 0.05$", "p ≤ 0.05"),
    ("$x \\in X$", "x ∈ X"),
    ("$f: X \\to Y$", "f: X → Y"),
    ("Image$\\rightarrow$Text", "Image→Text"),
    ("$A \\rightarrow B$", "A → B"),
    ("$\\pm 0.1$", "± 0.1"),
    ("$10^{-3}$ and $10^5$", "10⁻³ and 10⁵"),
    ("$-1$", "−1"),
    ("$x_i$ and $x_{i+1}$", "xᵢ and xᵢ₊₁"),
    ("$x_{i,j}$", "x_(i,j)"),
    ("$L_{CE}$ loss", "L_CE loss"),
    ("$T_{\\mathrm{eff}}$", "T_eff"),
    ("$\\mathcal{L}_{\\text{rec}}$", "ℒ_rec"),
    ("$n_{max}$", "nₘₐₓ"),
    ("$\\hat{y}$ and $\\bar x$", "ŷ and x̄"),
    ("$\\hat{xy}$", "$\\hat{xy}$"),
    ("$\\frac{1}{2}$", "1/2"),
    ("$\\frac{n+1}{2}$", "(n+1)/2"),
    ("$\\{0,1\\}^n$", "{0,1}ⁿ"),
    ("$\\left(x\\right)^2$", "(x)²"),
    ("$\\|x\\|_2$", "‖x‖₂"),
    ("$1, \\ldots, k$", "1, …, k"),
    ("$D_4$ symmetry, $k$-means, $t$-SNE", "D₄ symmetry, k-means, t-SNE"),
    ("$f'$", "f′"),
    ("$\\sum_{i=1}^n x_i$", "∑ᵢ₌₁ⁿ xᵢ"),
    ("$\\Lambda$CDM", "ΛCDM"),
    ("$B \\to K^* \\mu^+ \\mu^-$", "B → K* μ⁺ μ⁻"),
    ("$\\sqrt{s}=13$ TeV", "√s=13 TeV"),
    ("$\\textbf{Net}$ and $\\text{a-b}$", "Net and a-b"),
    ("\\textit{in vitro} and \\emph{so}", "in vitro and so"),
    ("$\\begin{matrix}a\\end{matrix}$", "$\\begin{matrix}a\\end{matrix}$"),
    ("$\\unknown{x}$ beside $\\pi$", "$\\unknown{x}$ beside π"),
    ("$$E = mc^2$$", "E = mc²"),
    ("\\(\\lambda\\)-calculus", "λ-calculus"),
    ("$$", "$$"),
    ("$ $", "$ $"),
    ("$}{$", "$}{$"),
    ("$x^{$", "$x^{$"),
    ("Erd\\H{o}s, G\\\"odel, Poincar\\'e", "Erdős, Gödel, Poincaré"),
    ("Schr\\\"{o}dinger, Fran\\c{c}ois, \\v{C}ech", "Schrödinger, François, Čech"),
    ("Na\\\"\\i ve", "Naïve"),
    ("\\^{G}o\\^je, \\.{x}", "Ĝoĵe, x\u{307}"),
    ("\\cite{a} and \\ref{b}", "[a] and [b]"),
    ("Stra\\ss e, \\O{}re", "Straße, Øre"),
    ("Nguy\\~{\\^e}n, Vi\\d{\\^e}t, \\DJ\\'{\\u{a}}c", "Nguyễn, Việt, Đắc"),
    ("Fr\\échet and the scale \\μ", "Fréchet and the scale μ"),
    ("it\\'s \\\"good\\\" and \\\"odd\\\"", "it's \"good\" and \"odd\""),
    ("\\\"Ozg\\\"ur", "Özgür"),
    ("the 1\\textsuperscript{st}, CO\\textsubscript{2}, X\\textsuperscript{Q}", "the 1ˢᵗ, CO₂, XQ"),
    ("PM_{2.5} and PM$_{2.5}$, 10^{-3}", "PM₂.₅ and PM₂.₅, 10⁻³"),
    ("a set_{of names} and {0,1}", "a set_(of names) and {0,1}"),
    ("by \\textbf{10.3\\%} and $\\textbf{3.1\\%}$", "by 10.3% and 3.1%"),
    ("\\textbf{\\textit{deep} $\\ell_2$}", "deep ℓ₂"),
    ("at \\href{https://e.org/a\\_b}{our page}.", "at our page (https://e.org/a_b)."),
    ("\\href{https://e.org}{\\texttt{e.org}}", "https://e.org"),
    ("$\\href{https://e.org/a}{\\text{this https URL}}$", "this https URL (https://e.org/a)"),
    ("\\url{https://e.org/a\\_b}", "https://e.org/a_b"),
    ("models\\footnote{Code: \\url{https://e.org}}.", "models (Code: https://e.org)."),
    ("by GAN~\\cite{a,b} and \\citep[p.~2]{c}", "by GAN [a, b] and [c]"),
    ("in Fig.~1 and \\S 2, ~10 ms, 5~10, http://a.org/~b", "in Fig. 1 and §2, ~10 ms, 5~10, http://a.org/~b"),
    ("360{\\deg} and 90\\textdegree{} at 5$^{\\deg}$", "360° and 90° at 5°"),
    ("don$'$t, author$^\\prime$s, models$'$ $f$, $f'$, x$^\\prime$", "don't, author's, models' f, f′, x′"),
    ("10\\,000\\;kg, e.g.\\ so, a\\-b, end\\\\ next\\quad one", "10 000 kg, e.g. so, ab, end next one"),
    ("{\\em so} and {\\bf\\it that}, {BERT}", "so and that, {BERT}"),
    ("``so'' and ``that\", it''s ```code```", "“so” and “that\", it”s ```code```"),
    ("\\textcolor{red}{Warning}: \\color{blue}{so}", "Warning: {so}"),
    ("a$\\unicode{x2013}$b", "a–b"),
    ("O(\\log n) and \\Omega(\\sqrt{n}) \\leq 1", "O(log n) and Ω(√n) ≤ 1"),
    ("the risk (\\eg, harm), \\etal.", "the risk (e.g., harm), et al."),
    (
        "We propose \\method, which; \\ours{} and \\rev{new words}",
        "We propose method, which; ours and new words",
    ),
    ("\\begin{itemize} \\item one \\item two \\end{itemize}", " • one • two "),
    ("$2^{\\log n}$ and $n^{1-\\epsilon}$", "2^(log n) and n^(1−ϵ)"),
    ("$\\mathfrak{g}$ and ${a \\over b+1}$", "𝔤 and a/(b+1)"),
    ("$50%$ and $\\overset{d}{\\to}$, $\\hat{x}_i$, $\\not\\in$", "50% and → ᵈ, x̂ᵢ, ∉"),
    ("C:\\Users", "C:\\Users"),
    ("ends \\", "ends \\"),
    ("ends $", "ends $"),
    ("é$é$é", "ééé"),
];

#[test]
fn a_formula_is_shown_as_a_reader_sees_it_or_as_its_author_wrote_it() {
    assert!(SHOWN.len() >= 60, "{}", SHOWN.len());
    let wrong: Vec<_> = SHOWN
        .iter()
        .map(|(text, shown)| (*text, *shown, tex_to_unicode(text)))
        .filter(|(_, shown, got)| got != shown)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_shown_once_is_not_read_again() {
    for (_, shown) in SHOWN.iter().filter(|(_, shown)| !shown.contains(['$', '\\'])) {
        assert_eq!(tex_to_unicode(shown), *shown);
    }
}

/// Abstracts and titles of the corpus in `PAPERWIRE_SHARED`.
fn corpus_texts() -> Vec<String> {
    let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else { return Vec::new() };
    let element =
        regex::Regex::new(r"(?s)<(?:summary|title|abstract)>(.*?)</(?:summary|title|abstract)>").unwrap();
    let mut texts = std::collections::BTreeSet::new();
    for folder in ["corpus/api", "corpus/oai", "corpus/rss"] {
        let folder = std::path::Path::new(&shared).join(folder);
        for file in std::fs::read_dir(folder).expect("PAPERWIRE_SHARED has a corpus") {
            let Ok(page) = std::fs::read_to_string(file.unwrap().path()) else { continue };
            texts.extend(
                element.captures_iter(&page).map(|text| html_escape::decode_html_entities(&text[1]).into()),
            );
        }
    }
    texts.into_iter().collect()
}

#[test]
fn of_a_hundred_real_texts_with_tex_at_most_six_show_some() {
    let tex = regex::Regex::new(r"\\[A-Za-z]+|\\[^A-Za-z0-9\s]|\$[^$\s][^$]*\$|[\^_]\{").unwrap();
    let texts = corpus_texts();
    let with_tex = texts.iter().filter(|text| tex.is_match(text));
    let shown: Vec<_> = with_tex.map(|text| tex_to_unicode(text)).collect();
    let left: Vec<_> = shown.iter().filter(|text| tex.is_match(text)).collect();
    assert!(left.len() * 100 <= shown.len() * 6, "{} of {}: {left:#?}", left.len(), shown.len());
    if std::env::var_os("PAPERWIRE_SHARED").is_some() {
        assert!(shown.len() > 500, "{}", shown.len());
    }
}

#[test]
fn a_long_or_hostile_text_is_read_in_its_length() {
    for unit in [
        "$",
        "\\",
        "$x",
        "{",
        "$\\frac{",
        "\\'",
        "$^",
        "\\c{",
        "é$",
        "$$x",
        "{\\em ",
        "\\textbf{",
        "_{",
        "``a",
        "\\\"a",
    ] {
        let text = unit.repeat(20_000);
        assert!(tex_to_unicode(&text).len() <= text.len() * 4, "{unit}");
    }
}

proptest::proptest! {
    #![proptest_config(crate::seeds::proptest_config(256))]

    #[test]
    fn no_text_is_too_strange(text in "[$\\\\{}^_a-z'\"é ]{0,60}") {
        let _ = tex_to_unicode(&text);
    }
}
