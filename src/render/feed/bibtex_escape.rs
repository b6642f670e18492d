//! A text as TeX prints it: what is TeX already stays, what TeX would act on is escaped, and an accented letter is
//! an accent and its letter, for the BibTeX that knows ASCII alone.

use std::fmt::Write as _;

use unicode_normalization::char::decompose_canonical;

use crate::render::tex_unicode::{ACCENTS, LETTERS, name_table_entries};

/// How TeX writes signs that are no letters.
const SIGNS: &[(char, &str)] = &[
    ('–', "--"),
    ('—', "---"),
    ('‘', "`"),
    ('’', "'"),
    ('“', "``"),
    ('”', "''"),
    ('…', "{\\ldots}"),
    ('\u{a0}', "~"),
    ('\u{2010}', "-"),
    ('\u{2011}', "-"),
];

/// The text for a field in braces. Its own braces pair, whatever was written.
pub(super) fn escape_tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let is_paired = are_braces_balanced(text);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '$' => rest = copy_tex_formula(rest, &mut out),
            '\\' => rest = copy_tex_command(rest, is_paired, &mut out),
            '{' | '}' if is_paired => out.push(c),
            // BibTeX counts a brace behind a backslash too.
            '{' => out.push_str("\\textbraceleft "),
            '}' => out.push_str("\\textbraceright "),
            '%' | '&' | '#' | '_' => out.extend(['\\', c]),
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            c if c.is_control() => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => push_letter_as_tex(c, &mut out),
        }
    }
    out
}

/// A formula stays as it is, if it ends and its braces pair, but for what would begin a comment; else its sign is one to
/// print.
fn copy_tex_formula<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let whole = rest.split_once('$').filter(|(inside, _)| !inside.is_empty() && are_braces_balanced(inside));
    let Some((inside, behind)) = whole else {
        out.push_str("\\$");
        return rest;
    };
    out.push('$');
    let mut is_escaped = false;
    for c in inside.chars() {
        if c == '%' && !is_escaped {
            out.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        out.push(if c.is_control() { ' ' } else { c });
    }
    out.push('$');
    behind
}

/// An address or an identifier for a field that is read letter by letter: as it is, if its braces pair.
pub(super) fn verbatim_or_escaped_tex(text: &str) -> String {
    let is_plain = are_braces_balanced(text) && !text.contains(char::is_control);
    if is_plain { text.to_owned() } else { escape_tex(text) }
}

/// A command stays; a backslash before anything else is one to print.
fn copy_tex_command<'t>(rest: &'t str, is_paired: bool, out: &mut String) -> &'t str {
    match rest.chars().next() {
        Some(c @ ('{' | '}')) if !is_paired => {
            out.push_str(if c == '{' { "\\textbraceleft " } else { "\\textbraceright " });
            &rest[1..]
        }
        Some(c) if c.is_ascii_alphabetic() => {
            out.push('\\');
            rest
        }
        Some(c) if c.is_ascii_punctuation() => {
            out.extend(['\\', c]);
            &rest[1..]
        }
        Some(_) | None => {
            out.push_str("\\textbackslash{}");
            rest
        }
    }
}

fn push_letter_as_tex(c: char, out: &mut String) {
    if let Some((_, sign)) = SIGNS.iter().find(|(sign, _)| *sign == c) {
        return out.push_str(sign);
    }
    if let [base @ ('a'..='z' | 'A'..='Z'), mark] = *decompose_accents(c)
        && let Some((accent, _)) = ACCENTS.iter().find(|(_, combining)| *combining == mark)
    {
        // An accent that is a letter ends with a space; above an i the others take the place of its dot.
        let (space, dotless) = if accent.is_ascii_alphabetic() { (" ", "") } else { ("", "\\") };
        let dotless = if base == 'i' { dotless } else { "" };
        let _ = write!(out, "{{\\{accent}{space}{dotless}{base}}}");
    } else if let Some(name) = tex_command_for_letter(c) {
        out.extend(["{\\", name, "}"]);
    } else {
        out.push(c);
    }
}

/// A letter without its accents, and each of these.
fn decompose_accents(c: char) -> Vec<char> {
    let mut parts = Vec::new();
    decompose_canonical(c, |part| parts.push(part));
    parts
}

/// What TeX calls a letter that is not ASCII.
fn tex_command_for_letter(c: char) -> Option<&'static str> {
    let is_it = |letter: &str| letter.chars().eq([c]);
    name_table_entries(LETTERS).find(|(_, letter)| c.is_alphabetic() && is_it(letter)).map(|(name, _)| name)
}

/// Whether every brace that opens is closed, as BibTeX counts them: those behind a backslash too.
fn are_braces_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The text in plain ASCII letters and digits, accents taken away, for a key.
pub(super) fn fold_to_ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match decompose_accents(c).first() {
            Some(base) if base.is_ascii_alphanumeric() => out.push(*base),
            Some(_) | None => out.push_str(tex_command_for_letter(c).unwrap_or_default()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tex_stays_and_what_would_act_is_escaped() {
        for (text, expected) in [
            ("Nets & more: 50% of #1_a", "Nets \\& more: 50\\% of \\#1\\_a"),
            ("already \\& and 5\\%", "already \\& and 5\\%"),
            ("$\\ell_2$ & $x^{2}$", "$\\ell_2$ \\& $x^{2}$"),
            ("costs $5", "costs \\$5"),
            ("$50%$, $5\\%$ and $\\\\%$", "$50\\%$, $5\\%$ and $\\\\\\%$"),
            ("$x^{$ y", "\\$x\\textasciicircum{}\\textbraceleft \\$ y"),
            ("Gödel, Erdős, Čech, naïve", "G{\\\"o}del, Erd{\\H o}s, {\\v C}ech, na{\\\"\\i}ve"),
            ("Ĝoĵe, ẋ, ά, й", "{\\^G}o{\\^j}e, {\\.x}, ά, й"),
            ("Poincar\\'e and G\\\"odel", "Poincar\\'e and G\\\"odel"),
            ("{BERT} stays", "{BERT} stays"),
            ("a } b { c", "a \\textbraceright  b \\textbraceleft  c"),
            ("a \\} b", "a \\textbraceright  b"),
            ("ends \\", "ends \\textbackslash{}"),
            ("C:\\ D", "C:\\textbackslash{} D"),
            ("a^b~c", "a\\textasciicircum{}b\\textasciitilde{}c"),
            ("“so” – yes…", "``so'' -- yes{\\ldots}"),
            ("李 α", "李 α"),
            ("a\nb", "a b"),
        ] {
            assert_eq!(escape_tex(text), expected, "{text}");
        }
    }

    #[test]
    fn an_identifier_stays_as_it_is() {
        for text in
            ["10.1007/978_3-030_1", "10.1002/(sici)1097%3C1::aid-x{1}", "https://e.org/a_b?c=1&d=~e#f"]
        {
            assert_eq!(verbatim_or_escaped_tex(text), text);
        }
        assert_eq!(verbatim_or_escaped_tex("10.1/a}b_c"), "10.1/a\\textbraceright b\\_c");
    }

    #[test]
    fn a_name_becomes_letters_of_a_key() {
        assert_eq!(fold_to_ascii("Müller-Łoś Ø'Hara"), "MullerLosOHara");
        assert_eq!(fold_to_ascii("Straße… Ǚ"), "StrasseU");
    }

    proptest::proptest! {
        #![proptest_config(crate::seeds::proptest_config(256))]

        #[test]
        fn braces_of_a_field_always_pair(text in "[{}\\\\$a_é%]{0,40}") {
            let written = escape_tex(&text);
            proptest::prop_assert!(are_braces_balanced(&written), "{written}");
        }
    }
}
