//! Letters and signs that TeX names in running text.

use super::name_table_lookup::name_table_value;

/// Letters that TeX names, each behind its name.
pub(in crate::render) const LETTERS: &str =
    "ss ß  ae æ  AE Æ  oe œ  OE Œ  aa å  AA Å  o ø  O Ø  l ł  L Ł  i ı  j ȷ
    dj đ  DJ Đ  dh ð  DH Ð  th þ  TH Þ  ng ŋ  NG Ŋ
    dots …  ldots …  textendash –  textemdash —  LaTeX LaTeX  TeX TeX";

/// Signs that TeX names in running text, each behind its name.
const SIGNS: &str = "
deg °  degree °  degrees °  textdegree °  celsius °C  textcelsius ℃  textordmasculine º  textordfeminine ª
textless <  textgreater >  textbar |  textbackslash \\  textasciitilde ~  textasciicircum ^  textunderscore _
textbraceleft {  textbraceright }  textdollar $  textquotesingle '  textquoteleft ‘  textquoteright ’
textquotedblleft “  textquotedblright ”  textquotedbl \"  lq ‘  rq ’  guillemotleft «  guillemotright »
textellipsis …  textperiodcentered ·  textbullet •  textasteriskcentered *  textregistered ®  texttrademark ™
copyright ©  textcopyright ©  S §  textsection §  P ¶  textparagraph ¶  pounds £  textsterling £  texteuro €  euro €
EUR €  dag †  textdagger †  ddag ‡  textdaggerdbl ‡  textmu µ  micro µ  textpm ±  texttimes ×  textdiv ÷
textrightarrow →  textleftarrow ←  textonehalf ½  textonequarter ¼  textthreequarters ¾  textonesuperior ¹
texttwosuperior ²  textthreesuperior ³  textexclamdown ¡  textquestiondown ¿  textminus −  textsurd √
textvisiblespace ␣  textlangle ⟨  textrangle ⟩  slash /  ohm Ω  angstrom Å  textohm Ω  textnumero №  percent %
BibTeX BibTeX  LaTeXe LaTeX  item •
";

/// Abbreviations that the templates of conferences define, each behind its name.
const ABBREVIATIONS: &str =
    "eg e.g.  Eg E.g.  ie i.e.  Ie I.e.  etc etc.  vs vs.  cf cf.  wrt w.r.t.  aka a.k.a.";

/// A letter by its name.
pub(super) fn letter_of_name(name: &str) -> Option<&'static str> {
    name_table_value(LETTERS, name)
}

/// A letter or a sign by its name.
pub(super) fn text_sign_of_name(name: &str) -> Option<&'static str> {
    letter_of_name(name).or_else(|| name_table_value(SIGNS, name))
}

/// An abbreviation by its name; its last point may be the sentence's.
pub(super) fn abbreviation_of_name(name: &str, behind: &str) -> Option<&'static str> {
    let text = if name == "etal" { "et al." } else { name_table_value(ABBREVIATIONS, name)? };
    Some(if behind.starts_with('.') { text.trim_end_matches('.') } else { text })
}
