//! An accent and its letter: `\'e`, `\'{e}`, `\c{c}`, `\"\i`, `\~{\^e}`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::argument::split_braced;
use super::argument_reader::ArgumentReader;
use super::quotation;
use super::text_symbol::letter_of_name;

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
    ('d', '\u{323}'),
    ('b', '\u{331}'),
];

/// Accents of encodings that few documents load.
const RARE_ACCENTS: &[(char, char)] =
    &[('h', '\u{309}'), ('G', '\u{30f}'), ('U', '\u{30e}'), ('f', '\u{311}')];

/// Accents that are letters, and behind which a space and a letter may be words: `C:\d e`.
const BRACED_ONLY: [char; 6] = ['d', 'b', 'h', 'G', 'U', 'f'];

/// Shows the accent that the text behind a backslash begins with, on its letter; what follows that.
pub(super) fn write_accent<'t>(rest: &'t str, reader: ArgumentReader, out: &mut String) -> Option<&'t str> {
    let sign = rest.chars().next()?;
    let (_, mark) = ACCENTS.iter().chain(RARE_ACCENTS).find(|(accent, _)| *accent == sign)?;
    let rest = &rest[1..];
    let is_escape = match sign {
        '"' => quotation::is_escaped_quote(out, rest),
        '\'' => quotation::is_escaped_apostrophe(out, rest),
        _ => false,
    };
    if is_escape {
        out.push(sign);
        return Some(rest);
    }
    // An accent that is a letter needs a brace or a space, else it begins a word: `\cite`.
    let needs_end = sign.is_ascii_alphabetic();
    let (letter, behind) = match split_braced(rest) {
        Some(braced) => braced,
        None if BRACED_ONLY.contains(&sign) => return None,
        None if needs_end => split_first_letter(rest.strip_prefix([' ', '\\'])?.trim_start())
            .filter(|_| rest.starts_with(' ') || rest.starts_with("\\i") || rest.starts_with("\\j"))?,
        None => split_first_letter(rest)?,
    };
    let (letter, marks) = accented_letter(letter, reader)?;
    let mut text = compose_accent(letter, *mark);
    for mark in marks {
        text = add_mark(&text, mark);
    }
    out.push_str(&text);
    // A space ends the name of a letter that is alone, and is not shown.
    let is_alone = rest.starts_with('\\');
    Some(behind.strip_prefix(' ').filter(|_| is_alone).unwrap_or(behind))
}

/// The one letter of an argument, and the marks that it has already.
fn accented_letter(argument: &str, reader: ArgumentReader) -> Option<(char, Vec<char>)> {
    let argument = argument.trim();
    let name = argument.strip_prefix('\\').unwrap_or(argument);
    let shown = match name {
        "i" | "j" | "" => name.to_owned(),
        _ if !argument.contains(['\\', '{']) => argument.to_owned(),
        _ => match letter_of_name(name) {
            Some(letter) => letter.to_owned(),
            // `\^je` has but a letter behind its backslash.
            None if name.chars().count() == 1 => name.to_owned(),
            None if !reader.is_at_its_end() => {
                let inner = argument.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
                reader.read(inner.unwrap_or(argument))
            }
            None => return None,
        },
    };
    let mut chars = shown.chars();
    let letter = chars.next().filter(|c| c.is_alphabetic())?;
    let marks: Vec<char> = chars.collect();
    marks.iter().all(|c| is_combining_mark(*c)).then_some((letter, marks))
}

fn split_first_letter(text: &str) -> Option<(&str, &str)> {
    let backslash = usize::from(text.starts_with('\\'));
    let letter = text[backslash..].chars().next()?;
    Some(text.split_at(backslash + letter.len_utf8()))
}

/// The last of Unicode's blocks of composed letters that every font has ends before this: Latin Extended-B.
const COMPOSED_END: char = '\u{250}';

/// Unicode's block of Vietnamese letters, which are composed everywhere.
const VIETNAMESE: std::ops::RangeInclusive<char> = '\u{1ea0}'..='\u{1ef9}';

/// A letter with its accent, as one character if there is one that every font has.
pub(super) fn compose_accent(letter: char, mark: char) -> String {
    let apart = format!("{letter}{mark}");
    let composed: String = apart.nfc().collect();
    let is_everywhere = |c: char| c < COMPOSED_END || VIETNAMESE.contains(&c);
    let mut chars = composed.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if is_everywhere(one) => composed,
        _ => apart,
    }
}

fn add_mark(text: &str, mark: char) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(letter), None) => compose_accent(letter, mark),
        _ => format!("{text}{mark}"),
    }
}
