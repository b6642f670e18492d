//! Unicode's own small letters and digits above and below the line.

/// Each character before the one that stands for it above the line.
const ABOVE: &str = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻ\
                     AᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶKᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂαᵅβᵝγᵞδᵟθᶿ∘°′′**";

/// Each character before the one that stands for it below the line.
const BELOW: &str = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨφᵩχᵪ";

/// On which side of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScriptPosition {
    Superscript,
    Subscript,
}

/// The text in small characters above or below the line; where there are none for it, behind the sign that TeX
/// has for that, if it is one plain word.
pub(super) fn to_sub_or_superscript(side: ScriptPosition, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    if text == "′" || text == "″" {
        return Some(text.to_owned());
    }
    let (pairs, sign) = match side {
        ScriptPosition::Superscript => (ABOVE, '^'),
        ScriptPosition::Subscript => (BELOW, '_'),
    };
    let small = |c: char| {
        let mut pairs = pairs.chars();
        std::iter::from_fn(|| Some((pairs.next()?, pairs.next()?))).find(|(plain, _)| *plain == c)
    };
    let whole: Option<String> = text.chars().map(|c| small(c).map(|(_, small)| small)).collect();
    let is_one_word = text.chars().all(char::is_alphanumeric) || text.chars().count() == 1;
    whole.or_else(|| is_one_word.then(|| format!("{sign}{text}")))
}
