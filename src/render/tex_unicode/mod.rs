//! TeX in a title or an abstract as a reader sees it: `$\ell_2$` as `ℓ₂`. A formula becomes Unicode as a whole or
//! stays as its author wrote it; what is no TeX stays byte for byte.

mod accent;
mod argument;
mod argument_reader;
mod braced_group;
mod braced_script;
mod formula;
mod name_table_lookup;
mod quotation;
mod script_letters;
mod sub_superscript;
mod symbol;
mod text_command;
mod text_macro;
mod text_symbol;

use std::borrow::Cow;

use argument_reader::ArgumentReader;
use text_command::write_tex_text_command;

pub(super) use accent::ACCENTS;
pub(super) use argument::split_braced;
pub(super) use name_table_lookup::{name_table_entries, word_list_contains};
pub(super) use sub_superscript::{ScriptPosition, plain_form_of_small_character};
pub(super) use symbol::{is_kernel_command, kernel_command_of_sign};
pub(super) use text_symbol::LETTERS;

/// A longer formula is an equation that no line shows well.
const FORMULA_BYTES_MAX: usize = 400;

/// The text with its formulas and TeX's commands as Unicode, as far as that can be.
pub(crate) fn tex_to_unicode(text: &str) -> Cow<'_, str> {
    if text.contains(is_tex_sign) {
        text_to_unicode(text, ArgumentReader::new(text_to_unicode)).into()
    } else {
        text.into()
    }
}

/// Shows the command that the text begins with, behind what is shown already; what follows it.
pub(super) fn write_tex_command<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    write_tex_text_command(text, ArgumentReader::new(text_to_unicode), out)
}

/// Where TeX may begin: anything else is text.
fn is_tex_sign(c: char) -> bool {
    matches!(c, '$' | '\\' | '{' | '^' | '_' | '~' | '`' | '\'')
}

/// A text, or what a command is given.
fn text_to_unicode(text: &str, reader: ArgumentReader) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quotes = quotation::OpenQuotes::default();
    while let Some(at) = rest.find(is_tex_sign) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = match after.as_bytes()[0] {
            b'$' => write_formula(after, reader, &mut out),
            b'\\' => write_formula(after, reader, &mut out)
                .or_else(|| write_tex_text_command(after, reader, &mut out)),
            b'{' => braced_group::write_command_group(after, reader, &mut out),
            b'^' | b'_' => braced_script::write_braced_script(after, reader, &mut out),
            b'~' => quotation::write_tie(after, &mut out),
            _ => quotes.write_quote(after, &mut out),
        }
        .unwrap_or_else(|| {
            out.push_str(&after[..1]);
            &after[1..]
        });
    }
    out.push_str(rest);
    out
}

/// Shows the formula that the text begins with; what follows it.
fn write_formula<'t>(text: &'t str, reader: ArgumentReader, out: &mut String) -> Option<&'t str> {
    let (inside, behind) = split_formula(text)?;
    if let Some(apostrophe) = quotation::apostrophe_of_formula(inside, out, behind) {
        out.push_str(apostrophe);
        return Some(behind);
    }
    match formula::formula_to_unicode(inside, reader) {
        Some(formula) => out.push_str(&formula),
        None => out.push_str(&text[..text.len() - behind.len()]),
    }
    Some(behind)
}

/// The formula that the text begins with: its inside, and what follows it.
pub(super) fn split_formula(text: &str) -> Option<(&str, &str)> {
    for (opening, closing) in [("\\(", "\\)"), ("\\[", "\\]")] {
        if let Some(rest) = text.strip_prefix(opening) {
            return rest.split_once(closing).filter(|(inside, _)| inside.len() <= FORMULA_BYTES_MAX);
        }
    }
    let (inside, behind) = match text.strip_prefix("$$") {
        Some(rest) => rest.split_once("$$")?,
        None => split_at_dollar(text.strip_prefix('$')?)?,
    };
    let is_formula = !inside.trim().is_empty() && inside.len() <= FORMULA_BYTES_MAX;
    is_formula.then_some((inside, behind))
}

/// What is before the next dollar sign, and behind it. An amount of money is no formula: there a space
/// precedes the second sign or a digit follows it.
fn split_at_dollar(rest: &str) -> Option<(&str, &str)> {
    let mut end = 0;
    loop {
        end += rest[end..].find('$')?;
        if !rest[..end].ends_with('\\') {
            break;
        }
        end += 1;
    }
    let (inside, behind) = (&rest[..end], &rest[end + 1..]);
    let is_money = inside.starts_with(|c: char| c.is_ascii_digit())
        && (inside.ends_with(' ') || behind.starts_with(|c: char| c.is_ascii_digit()));
    (!is_money).then_some((inside, behind))
}

#[cfg(test)]
mod tests;
