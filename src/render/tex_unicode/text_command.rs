//! TeX outside of formulas: accents, escaped signs, and the few commands that authors use in running text.

use unicode_normalization::char::compose;

use super::name_table_lookup::{name_table_value, word_list_contains};

/// Accents, with the combining character that follows its letter in Unicode.
pub(in crate::render) const ACCENTS: &[(char, char)] = &[
    ('\'', '\u{301}'),
    ('`', '\u{300}'),
    ('^', '\u{302}'),
    ('"', '\u{308}'),
    ('~', '\u{303}'),
    ('=', '\u{304}'),
    ('.', '\u{307}'),
    ('c', '\u{327}'),
    ('v', '\u{30c}'),
    ('u', '\u{306}'),
    ('H', '\u{30b}'),
    ('r', '\u{30a}'),
    ('k', '\u{328}'),
];

/// Letters that TeX names, each behind its name.
pub(in crate::render) const LETTERS: &str =
    "ss ß  ae æ  AE Æ  oe œ  OE Œ  aa å  AA Å  o ø  O Ø  l ł  L Ł  i ı
    dots …  ldots …  textendash –  textemdash —  LaTeX LaTeX  TeX TeX";

/// Commands of which only what they are given is shown.
const BARE: &str = "emph textit textbf textsc texttt textrm textsf text mbox url underline";

/// Shows what the text, which begins with `\` or `$`, has there; what follows it, or nothing if that is no TeX
/// that this file knows.
pub(super) fn write_tex_text_command<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let rest = text.strip_prefix('\\')?;
    let sign = rest.chars().next()?;
    if matches!(sign, '%' | '&' | '#' | '$' | '_' | '{' | '}') {
        out.push(sign);
        return Some(&rest[1..]);
    }
    parse_accent(rest, out)
        .or_else(|| parse_named_letter(rest, out))
        .or_else(|| parse_style_command(rest, out))
}

/// `'e`, `'{e}`, `c{c}`, `"\i`: an accent and its letter.
fn parse_accent<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let sign = rest.chars().next()?;
    let (_, mark) = ACCENTS.iter().find(|(accent, _)| *accent == sign)?;
    let rest = &rest[1..];
    // An accent that is a letter needs a brace or a space, else it begins a word: `\cite`.
    let needs_end = sign.is_ascii_alphabetic();
    let (letter, behind) = match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}')?,
        None if needs_end => split_first_letter(rest.strip_prefix(' ')?)?,
        None => split_first_letter(rest)?,
    };
    let letter = letter.strip_prefix('\\').unwrap_or(letter).trim_end();
    let mut chars = letter.chars();
    let (first, more) = (chars.next()?, chars.next());
    if more.is_some() || !first.is_alphabetic() {
        return None;
    }
    out.push_str(&compose_accent(first, *mark));
    // A space ends the name of a letter that is alone, and is not shown.
    let is_alone = rest.starts_with('\\');
    Some(behind.strip_prefix(' ').filter(|_| is_alone).unwrap_or(behind))
}

fn split_first_letter(text: &str) -> Option<(&str, &str)> {
    let backslash = usize::from(text.starts_with('\\'));
    let letter = text[backslash..].chars().next()?;
    Some(text.split_at(backslash + letter.len_utf8()))
}

/// `ss `, `o{}`: a letter by its name.
fn parse_named_letter<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    out.push_str(name_table_value(LETTERS, name)?);
    Some(behind.strip_prefix("{}").or_else(|| behind.strip_prefix(' ')).unwrap_or(behind))
}

/// `emph{words}`: the words.
fn parse_style_command<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let (name, inside) = rest.split_once('{')?;
    let (words, behind) = word_list_contains(BARE, name).then(|| inside.split_once('}'))??;
    if words.contains(['{', '\\', '$']) {
        return None;
    }
    out.push_str(words);
    Some(behind)
}

/// The last of Unicode's blocks of composed letters that every font has ends before this: Latin Extended-B.
const COMPOSED_END: char = '\u{250}';

/// A letter with its accent, as one character if there is one that every font has.
pub(super) fn compose_accent(letter: char, mark: char) -> String {
    let composed = compose(letter, mark).filter(|composed| *composed < COMPOSED_END);
    composed.map_or_else(|| format!("{letter}{mark}"), String::from)
}
