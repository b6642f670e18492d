//! Letters without accents, case and variants: Lucene's `ICUFoldingFilter` (UTR #30).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Letters that do not decompose into a letter and a mark, and what they become. Source: Lucene's
/// `utr30/DiacriticFolding.txt`, which has them from `ASCIIFoldingFilter`; here are those that names and words have.
const LETTERS: [(char, &str); 28] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('ð', "d"),
    ('ø', "o"),
    ('þ', "th"),
    ('đ', "d"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ĸ', "q"),
    ('ł', "l"),
    ('ŋ', "n"),
    ('œ', "oe"),
    ('ŧ', "t"),
    ('ƀ', "b"),
    ('ƒ', "f"),
    ('ƙ', "k"),
    ('ƚ', "l"),
    ('ɓ', "b"),
    ('ɔ', "o"),
    ('ɖ', "d"),
    ('ɗ', "d"),
    ('ə', "a"),
    ('ɛ', "e"),
    ('ɡ', "g"),
    ('ɨ', "i"),
    ('ʉ', "u"),
    ('ς', "σ"),
    ('ґ', "г"),
];

/// A word without accents, in lower case, its letters, dashes and quotes in their plain forms. Source: Lucene's
/// `utr30/BasicFoldings.txt` and `DiacriticFolding.txt` over NFKC with its case folding.
pub(in crate::domain) fn fold_accents_and_case(word: &str) -> String {
    if word.is_ascii() && !word.contains(['^', '`']) {
        return word.to_ascii_lowercase();
    }
    let lower = word.nfkd().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(word.len());
    for c in lower.filter(|c| !is_diacritic(*c) && !is_dropped_by_case_folding(*c)) {
        match LETTERS.iter().find(|(letter, _)| *letter == c) {
            Some((_, plain)) => folded.push_str(plain),
            None => folded.push(fold_punctuation(c)),
        }
    }
    // What is left of a syllable or a letter with its own code is put together again.
    folded.nfc().collect()
}

/// Whether a character is one with the property `Diacritic`, as far as it is a mark with a place on a letter, or an
/// accent that is written alone.
fn is_diacritic(c: char) -> bool {
    canonical_combining_class(c) != 0
        || matches!(c, '^' | '`' | '¨' | '¯' | '´' | '·' | '¸' | '\u{2b0}'..='\u{34e}' | '\u{1d2c}'..='\u{1d6a}')
}

/// Whether a character is dropped by NFKC's case folding.
fn is_dropped_by_case_folding(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn fold_punctuation(c: char) -> char {
    match c {
        '\u{58a}' | '\u{5be}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{301c}' | '\u{3030}' => '-',
        '«' | '»' | '\u{201c}'..='\u{201e}' => '"',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{2039}' | '\u{203a}' => '\'',
        '\u{2044}' => '/',
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
        _ => c,
    }
}
