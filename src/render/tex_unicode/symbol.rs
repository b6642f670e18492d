//! TeX's names for signs that Unicode has.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::name_table_lookup::name_table_entries;

/// The tables below by their names: a text has many formulas.
static SIGN_TABLE: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| name_table_entries(SIGNS).collect());
static APART_TABLE: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| name_table_entries(APART).collect());

/// Names without their backslash, each before its sign.
const SIGNS: &str = "
alpha α  beta β  gamma γ  delta δ  epsilon ϵ  varepsilon ε  zeta ζ  eta η  theta θ  vartheta ϑ  iota ι  kappa κ
lambda λ  mu μ  nu ν  xi ξ  pi π  rho ρ  varrho ϱ  sigma σ  tau τ  upsilon υ  phi ϕ  varphi φ  chi χ  psi ψ
omega ω  Gamma Γ  Delta Δ  Theta Θ  Lambda Λ  Xi Ξ  Pi Π  Sigma Σ  Upsilon Υ  Phi Φ  Psi Ψ  Omega Ω
ell ℓ  hbar ℏ  infty ∞  partial ∂  nabla ∇  prime ′  emptyset ∅  varnothing ∅  Re ℜ  Im ℑ  aleph ℵ
odot ⊙  oplus ⊕  otimes ⊗  bullet •  circ ∘  degree °  star ⋆  ast ∗  dagger †  sun ☉
langle ⟨  rangle ⟩  lceil ⌈  rceil ⌉  lfloor ⌊  rfloor ⌋  vert |  Vert ‖
ldots …  dots …  cdots ⋯  cdot ·  colon :  backslash \\
sum ∑  prod ∏  int ∫  forall ∀  exists ∃  neg ¬  angle ∠  triangle △  square □  checkmark ✓  AA Å
";

/// Names of relations and operators, which stand apart from what they are between.
const APART: &str = "
times ×  pm ±  mp ∓  div ÷
leq ≤  le ≤  geq ≥  ge ≥  neq ≠  ne ≠  ll ≪  gg ≫  lt <  gt >  leqslant ⩽  geqslant ⩾  lesssim ≲  gtrsim ≳
approx ≈  sim ∼  simeq ≃  cong ≅  equiv ≡  propto ∝  colonequals ≔
in ∈  notin ∉  subset ⊂  subseteq ⊆  supset ⊃  cup ∪  cap ∩  setminus ∖
to →  rightarrow →  leftarrow ←  leftrightarrow ↔  Rightarrow ⇒  Leftrightarrow ⇔  longrightarrow ⟶  mapsto ↦
uparrow ↑  downarrow ↓
wedge ∧  land ∧  vee ∨  lor ∨  perp ⊥  parallel ∥  mid |  models ⊨  vdash ⊢
";

/// Functions, which TeX sets in upright letters.
const FUNCTIONS: &[&str] = &[
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "max", "min", "sup",
    "inf", "lim", "arg", "det", "dim", "ker", "deg", "gcd", "Pr",
];

/// Capitals with a double line, in the order of the alphabet.
const DOUBLE: &str = "𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ";

/// Capitals of a script.
const SCRIPT: &str = "𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵";

/// A sign by its name.
pub(super) fn unicode_symbol_of_command(name: &str) -> Option<&'static str> {
    SIGN_TABLE.get(name).copied().or_else(|| FUNCTIONS.iter().find(|known| **known == name).copied())
}

/// A sign that stands apart, by its name.
pub(super) fn unicode_operator_of_command(name: &str) -> Option<&'static str> {
    APART_TABLE.get(name).copied()
}

/// Whether a space belongs behind the sign of that name before a letter: `log n`.
pub(super) fn is_math_function(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}

/// The text in capitals with a double line; none if one of its characters has no such form.
pub(super) fn double_struck(text: &str) -> Option<String> {
    text.chars().map(|c| if c == '1' { Some('𝟙') } else { styled_capital(DOUBLE, c) }).collect()
}

/// The text in a script's capitals.
pub(super) fn script_capitals(text: &str) -> Option<String> {
    text.chars().map(|c| styled_capital(SCRIPT, c)).collect()
}

fn styled_capital(alphabet: &str, c: char) -> Option<char> {
    let at = u32::from(c).checked_sub(u32::from('A')).filter(|at| *at < 26)?;
    alphabet.chars().nth(usize::try_from(at).ok()?)
}
