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
ldots …  dots …  dotsc …  dotsb ⋯  dotsm ⋯  cdots ⋯  vdots ⋮  ddots ⋱  cdot ·  colon :  backslash \\
sum ∑  prod ∏  coprod ∐  int ∫  iint ∬  iiint ∭  oint ∮  bigcup ⋃  bigcap ⋂  bigoplus ⨁  bigotimes ⨂  bigvee ⋁
bigwedge ⋀  bigsqcup ⨆  forall ∀  exists ∃  nexists ∄  neg ¬  lnot ¬  angle ∠  triangle △  square □  Box □
blacksquare ■  Diamond ◇  diamond ⋄  lozenge ◊  checkmark ✓  AA Å  varpi ϖ  varsigma ς  varkappa ϰ  digamma ϝ
imath ı  jmath ȷ  wp ℘  hslash ℏ  eth ð  mho ℧  beth ℶ  gimel ℷ  complement ∁  top ⊤  bot ⊥  flat ♭  natural ♮
sharp ♯  clubsuit ♣  diamondsuit ♢  heartsuit ♡  spadesuit ♠  bigstar ★  bigcirc ◯  blacktriangle ▲  ddagger ‡
dag †  ddag ‡  S §  P ¶  lvert |  rvert |  lVert ‖  rVert ‖  lbrace {  rbrace }  lbrack [  rbrack ]  surd √
nmid ∤  ulcorner ⌜  urcorner ⌝  textdegree °  textmu µ  AE Æ  ae æ  O Ø  o ø  l ł  L ł  ss ß  i ı  j ȷ  eps ε
textless <  textgreater >  lgroup (  rgroup )  varDelta Δ  varGamma Γ  varLambda Λ  varOmega Ω  varPhi Φ  varPi Π
varPsi Ψ  varSigma Σ  varTheta Θ  varXi Ξ  omicron ο  Alpha Α  Beta Β  percent %  micro µ
";

/// Names of relations and operators, which stand apart from what they are between.
const APART: &str = "
times ×  pm ±  mp ∓  div ÷
leq ≤  le ≤  geq ≥  ge ≥  neq ≠  ne ≠  ll ≪  gg ≫  lt <  gt >  leqslant ⩽  geqslant ⩾  lesssim ≲  gtrsim ≳
approx ≈  sim ∼  simeq ≃  cong ≅  equiv ≡  propto ∝  colonequals ≔
in ∈  notin ∉  subset ⊂  subseteq ⊆  supset ⊃  cup ∪  cap ∩  setminus ∖
to →  rightarrow →  leftarrow ←  leftrightarrow ↔  Rightarrow ⇒  Leftrightarrow ⇔  longrightarrow ⟶  mapsto ↦
uparrow ↑  downarrow ↓  updownarrow ↕  Uparrow ⇑  Downarrow ⇓  gets ←  iff ⟺  implies ⟹  impliedby ⟸
longleftarrow ⟵  Longrightarrow ⟹  Longleftarrow ⟸  longleftrightarrow ⟷  Longleftrightarrow ⟺  longmapsto ⟼
hookrightarrow ↪  hookleftarrow ↩  rightharpoonup ⇀  rightharpoondown ⇁  leftharpoonup ↼  rightleftharpoons ⇌
leadsto ⇝  rightsquigarrow ⇝  nearrow ↗  searrow ↘  nwarrow ↖  swarrow ↙  twoheadrightarrow ↠  rightarrowtail ↣
leftrightarrows ⇆  rightrightarrows ⇉  circlearrowleft ↺  circlearrowright ↻  nrightarrow ↛
wedge ∧  land ∧  vee ∨  lor ∨  perp ⊥  parallel ∥  nparallel ∦  mid |  models ⊨  vdash ⊢  dashv ⊣  Vdash ⊩
vDash ⊨  nvdash ⊬  prec ≺  succ ≻  preceq ⪯  succeq ⪰  preccurlyeq ≼  succcurlyeq ≽  precsim ≾  succsim ≿
ni ∋  owns ∋  subsetneq ⊊  supsetneq ⊋  nsubseteq ⊈  supseteq ⊇  sqsubset ⊏  sqsubseteq ⊑  sqsupseteq ⊒  sqcup ⊔
sqcap ⊓  uplus ⊎  amalg ⨿  doteq ≐  coloneqq ≔  coloneq ≔  eqqcolon ≕  triangleq ≜  asymp ≍  bowtie ⋈  smile ⌣
frown ⌢  approxeq ≊  eqsim ≂  gtrless ≷  lessgtr ≶  nless ≮  ngtr ≯  nleq ≰  ngeq ≱  nsim ≁  ncong ≇
lessapprox ⪅  gtrapprox ⪆  leqq ≦  geqq ≧  lll ⋘  ggg ⋙  ltimes ⋉  rtimes ⋊  circledast ⊛  ominus ⊖  oslash ⊘
boxtimes ⊠  boxplus ⊞  wr ≀  trianglelefteq ⊴  trianglerighteq ⊵  triangleleft ◁  triangleright ▷  lhd ◁  rhd ▷
unlhd ⊴  unrhd ⊵  therefore ∴  because ∵  smallsetminus ∖  backsim ∽  vartriangleleft ⊲  bmod mod  multimap ⊸
";

/// Functions, which TeX sets in upright letters.
const FUNCTIONS: &[&str] = &[
    "log", "ln", "lg", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "max", "min", "sup",
    "inf", "lim", "arg", "det", "dim", "ker", "deg", "gcd", "Pr", "cot", "coth", "sec", "csc", "arcsin",
    "arccos", "hom", "limsup", "liminf", "argmin", "argmax", "mod",
];

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

/// Names of the tables that LaTeX has only with packages, or not within a formula.
const NOT_IN_KERNEL: &str = "
varnothing degree sun dotsc dotsb dotsm iint iiint nexists square Box blacksquare Diamond lozenge checkmark varkappa
digamma hslash eth beth gimel mho complement bigstar blacktriangle lvert rvert lVert rVert nmid ulcorner urcorner eps
varDelta varGamma varLambda varOmega varPhi varPi varPsi varSigma varTheta varXi omicron Alpha Beta percent micro lt gt
leqslant geqslant lesssim gtrsim colonequals implies impliedby rightsquigarrow leadsto twoheadrightarrow rightarrowtail
leftrightarrows rightrightarrows circlearrowleft circlearrowright nrightarrow nparallel Vdash vDash nvdash preccurlyeq
succcurlyeq precsim succsim subsetneq supsetneq nsubseteq sqsubset coloneqq coloneq eqqcolon triangleq approxeq eqsim
gtrless lessgtr nless ngtr nleq ngeq nsim ncong lessapprox gtrapprox leqq geqq lll ggg ltimes rtimes circledast boxtimes
boxplus trianglelefteq trianglerighteq lhd rhd unlhd unrhd therefore because smallsetminus backsim vartriangleleft
multimap AA AE ae O o l L ss i j textdegree textmu textless textgreater argmin argmax mod";

/// The kernel's command for a sign, which is no ASCII.
pub(in crate::render) fn kernel_command_of_sign(sign: char) -> Option<&'static str> {
    let mut entries = name_table_entries(SIGNS).chain(name_table_entries(APART));
    entries
        .find(|(name, text)| !sign.is_ascii() && text.chars().eq([sign]) && is_kernel_command(name))
        .map(|(name, _)| name)
}

/// Whether LaTeX's kernel has a sign or a function of this name for formulas.
pub(in crate::render) fn is_kernel_command(name: &str) -> bool {
    let is_known = unicode_symbol_of_command(name).is_some() || unicode_operator_of_command(name).is_some();
    is_known && !NOT_IN_KERNEL.split_whitespace().any(|missing| missing == name)
}
