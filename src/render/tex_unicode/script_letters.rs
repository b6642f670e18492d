//! Letters of mathematical alphabets: `\mathbb{R}`, `\mathcal{L}`, `\mathfrak{g}`.

/// Capitals with a double line, in the order of the alphabet.
const DOUBLE: &str = "𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ";

/// Capitals of a script.
const SCRIPT: &str = "𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵";

/// Capitals in black letters.
const FRAKTUR: &str = "𝔄𝔅ℭ𝔇𝔈𝔉𝔊ℌℑ𝔍𝔎𝔏𝔐𝔑𝔒𝔓𝔔ℜ𝔖𝔗𝔘𝔙𝔚𝔛𝔜ℨ";

/// The first of Unicode's small letters in black letters; the others follow it.
const FRAKTUR_SMALL: u32 = 0x1_d51e;

/// The text with capitals that have a double line; what has no such form stays plain.
pub(super) fn double_struck(text: &str) -> String {
    text.chars().map(|c| if c == '1' { '𝟙' } else { styled_capital(DOUBLE, c) }).collect()
}

/// The text in a script's capitals.
pub(super) fn script_capitals(text: &str) -> String {
    // A word is a name, which a script would make hard to read.
    let is_word = text.chars().filter(|c| c.is_alphabetic()).count() > 2;
    if is_word { text.to_owned() } else { text.chars().map(|c| styled_capital(SCRIPT, c)).collect() }
}

/// The text in black letters.
pub(super) fn fraktur(text: &str) -> String {
    let small = |c: char| char::from_u32(FRAKTUR_SMALL + u32::from(c) - u32::from('a')).unwrap_or(c);
    text.chars().map(|c| if c.is_ascii_lowercase() { small(c) } else { styled_capital(FRAKTUR, c) }).collect()
}

fn styled_capital(alphabet: &str, c: char) -> char {
    let at = u32::from(c).checked_sub(u32::from('A')).filter(|at| *at < 26);
    at.and_then(|at| alphabet.chars().nth(usize::try_from(at).ok()?)).unwrap_or(c)
}
