//! TeX's quotation marks, ties and apostrophes, which are plain signs to everybody else.

use super::argument::split_name;

/// Quotations that have begun.
#[derive(Debug, Default)]
pub(super) struct OpenQuotes(u32);

impl OpenQuotes {
    /// A pair of backquotes or apostrophes, if it begins or ends a quotation; else it is none of TeX's.
    pub(super) fn write_quote<'t>(&mut self, text: &'t str, out: &mut String) -> Option<&'t str> {
        let sign = text.chars().next()?;
        let count = text.chars().take_while(|c| *c == sign).count();
        let behind = &text[count..];
        let begins = sign == '`' && !behind.starts_with(char::is_whitespace) && !behind.is_empty();
        let ends = sign == '\'' && self.0 > 0;
        if count == 2 && begins && !out.ends_with('`') {
            self.0 += 1;
            out.push('“');
        } else if count == 2 && ends {
            self.0 -= 1;
            out.push('”');
        } else {
            // All of them, or the last two of three would be taken for a pair.
            out.push_str(&text[..count]);
        }
        Some(behind)
    }
}

/// A tie between two words, `Fig.~1`, is a space. Other programs have the sign too: `~10 ms`, `5~10`, `/~name`.
pub(super) fn write_tie<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let behind = text.strip_prefix('~')?;
    let follows_word = out.ends_with(|c: char| c.is_alphabetic() || matches!(c, '.' | ',' | ')' | '”'));
    let precedes_word =
        behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '$' | '(' | '`'));
    (follows_word && precedes_word && !is_inside_address(out)).then(|| {
        out.push(' ');
        behind
    })
}

fn is_inside_address(out: &str) -> bool {
    out.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("://") || word.contains("www."))
}

/// The apostrophe that an author wrote as a formula: `don$'$t`, `model$^\prime$s`. A prime follows a letter that is
/// alone, and no letter follows it.
pub(super) fn apostrophe_of_formula(inside: &str, before: &str, behind: &str) -> Option<&'static str> {
    let inside: String = inside.chars().filter(|c| !c.is_whitespace() && !matches!(c, '{' | '}')).collect();
    let is_prime = matches!(inside.as_str(), "'" | "^'" | "\\prime" | "^\\prime" | "’");
    let mut letters = before.chars().rev().take_while(|c| c.is_alphabetic());
    let (is_behind_letter, is_behind_word) = (letters.next().is_some(), letters.next().is_some());
    let is_within_word = is_behind_letter && behind.starts_with(char::is_alphabetic);
    let ends_word = is_behind_word && inside == "'";
    (is_prime && (is_within_word || ends_word)).then_some("'")
}

/// `it\'s`: an apostrophe that somebody's program escaped, and no accent.
pub(super) fn is_escaped_apostrophe(before: &str, behind: &str) -> bool {
    const ENDINGS: [&str; 7] = ["s", "t", "d", "m", "re", "ve", "ll"];
    let follows_word = before.ends_with(char::is_alphabetic);
    (follows_word && ENDINGS.contains(&split_name(behind).0)) || behind.starts_with(char::is_whitespace)
}

/// `\"word\"`: a quotation mark that somebody's program escaped, and no accent.
pub(super) fn is_escaped_quote(before: &str, behind: &str) -> bool {
    let is_umlaut = |c: char| "aeiouwxyhtAEIOUWXYH".contains(c) || !c.is_ascii();
    match behind.chars().next() {
        Some('{' | '\\') => false,
        Some(c) if !c.is_alphabetic() || !is_umlaut(c) => true,
        // The next one may be the end of a quotation, which no letter follows.
        Some(_) if !before.ends_with(char::is_alphabetic) => {
            let mut next = behind.split("\\\"").skip(1);
            next.next()
                .is_some_and(|text| !text.starts_with(|c: char| c.is_alphabetic() || c == '{' || c == '\\'))
        }
        Some(_) => false,
        None => true,
    }
}
