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
    ("$\\mathbb{R}^{d \\times d}$", "$\\mathbb{R}^{d \\times d}$"),
    ("$\\mathrm{SO}(3)$ and $SE(3)$", "SO(3) and SE(3)"),
    ("$10\\times$ faster", "10 × faster"),
    ("$224 \\times 224$ pixels", "224 × 224 pixels"),
    ("$\\sim$10 ms", "∼10 ms"),
    ("$\\approx 3\\%$", "≈ 3%"),
    ("95.3\\% accuracy, 1\\,\\% more", "95.3% accuracy, 1\\,% more"),
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
    ("$x_{i,j}$", "$x_{i,j}$"),
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
    ("\\cite{a} and \\ref{b}", "\\cite{a} and \\ref{b}"),
    ("Stra\\ss e, \\O{}re", "Straße, Øre"),
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

#[test]
fn a_long_or_hostile_text_is_read_in_its_length() {
    for unit in ["$", "\\", "$x", "{", "$\\frac{", "\\'", "$^", "\\c{", "é$", "$$x"] {
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
