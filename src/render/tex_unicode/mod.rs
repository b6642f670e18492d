//! TeX in a title or an abstract as a reader sees it: `$\ell_2$` as `ℓ₂`. A formula becomes Unicode as a whole or
//! stays as its author wrote it; what is no TeX stays byte for byte.

mod formula;
mod name_table_lookup;
mod sub_superscript;
mod symbol;
mod text_command;

use std::borrow::Cow;

pub(super) use name_table_lookup::name_table_entries;
pub(super) use text_command::{ACCENTS, LETTERS};

/// A longer formula is an equation that no line shows well.
const FORMULA_BYTES_MAX: usize = 400;

/// The text with its formulas and TeX's accents as Unicode, as far as that can be.
pub(crate) fn tex_to_unicode(text: &str) -> Cow<'_, str> {
    if !text.contains(['$', '\\']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\\']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = if let Some((inside, behind)) = split_formula(after) {
            match formula::formula_to_unicode(inside) {
                Some(formula) => out.push_str(&formula),
                None => out.push_str(&after[..after.len() - behind.len()]),
            }
            behind
        } else if let Some(behind) = text_command::write_tex_text_command(after, &mut out) {
            behind
        } else {
            out.push_str(&after[..1]);
            &after[1..]
        };
    }
    out.push_str(rest);
    out.into()
}

/// The formula that the text begins with: its inside, and what follows it.
fn split_formula(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix("\\(") {
        return rest.split_once("\\)").filter(|(inside, _)| inside.len() <= FORMULA_BYTES_MAX);
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
