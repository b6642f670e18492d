//! Unicode's own small letters and digits above and below the line.

/// Each character before the one that stands for it above the line.
const ABOVE: &str = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻ\
                     AᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶKᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂαᵅβᵝγᵞδᵟθᶿ∘°′′**";

/// Each character before the one that stands for it below the line.
const BELOW: &str = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ";

/// On which side of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum ScriptPosition {
    Superscript,
    Subscript,
}

/// The text in small characters above or below the line; where there are none for it, behind the sign that TeX
/// has for that, and in parentheses unless it is one word.
pub(super) fn to_sub_or_superscript(side: ScriptPosition, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    if matches!(text, "′" | "″" | "‴" | "°") {
        return Some(text.to_owned());
    }
    if side == ScriptPosition::Superscript && text == "deg" {
        return Some("°".to_owned());
    }
    let sign = match side {
        ScriptPosition::Superscript => '^',
        ScriptPosition::Subscript => '_',
    };
    let is_one_word = text.chars().all(char::is_alphanumeric) || text.chars().count() == 1;
    let words = || if is_one_word { format!("{sign}{text}") } else { format!("{sign}({text})") };
    Some(small_characters(side, text).unwrap_or_else(words))
}

/// The text in small characters, if there is one for each of its own. A number's point has no small form, and is
/// small enough.
fn small_characters(side: ScriptPosition, text: &str) -> Option<String> {
    let pairs = match side {
        ScriptPosition::Superscript => ABOVE,
        ScriptPosition::Subscript => BELOW,
    };
    let small = |c: char| {
        let mut pairs = pairs.chars();
        std::iter::from_fn(|| Some((pairs.next()?, pairs.next()?))).find(|(plain, _)| *plain == c)
    };
    let is_number =
        text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
    text.chars()
        .map(|c| if c == '.' && is_number { Some(c) } else { small(c).map(|(_, small)| small) })
        .collect()
}

/// Whether a character is one of the small ones.
pub(super) fn is_small_character(c: char) -> bool {
    !c.is_ascii()
        && [ABOVE, BELOW].iter().any(|pairs| pairs.chars().skip(1).step_by(2).any(|small| small == c))
}

/// The side of a small character, and what it is on the line.
pub(in crate::render) fn plain_form_of_small_character(c: char) -> Option<(ScriptPosition, char)> {
    let find = |pairs: &str| {
        let mut pairs = pairs.chars();
        std::iter::from_fn(|| Some((pairs.next()?, pairs.next()?))).find(|(_, small)| *small == c)
    };
    // The sign of degrees, primes and asterisks are signs of their own.
    if c.is_ascii() || matches!(c, '°' | '′' | '″') {
        return None;
    }
    find(ABOVE)
        .map(|(plain, _)| (ScriptPosition::Superscript, plain))
        .or_else(|| find(BELOW).map(|(plain, _)| (ScriptPosition::Subscript, plain)))
}
