//! TeX outside of formulas: accents, escaped signs, and the commands that authors use in running text.

use super::accent::write_accent;
use super::argument::{skip_name_end, skip_option, split_name};
use super::argument_reader::ArgumentReader;
use super::text_symbol::{abbreviation_of_name, text_sign_of_name};
use super::{braced_group, formula, text_macro};

/// Shows what the text, which begins with `\`, has there; what follows it, or nothing if that is no TeX that this
/// file knows.
pub(super) fn write_tex_text_command<'t>(
    text: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let rest = text.strip_prefix('\\')?;
    write_escaped_sign(rest, out)
        .or_else(|| write_accent(rest, reader, out))
        .or_else(|| write_named_sign(rest, out))
        .or_else(|| text_macro::write_command_with_argument(rest, reader, out))
        .or_else(|| braced_group::skip_declaration(rest))
        .or_else(|| formula::write_command_of_formula(rest, reader, out))
        .or_else(|| text_macro::write_authors_command(rest, reader, out))
}

/// A command of one sign: `\%`, `\,`.
fn write_escaped_sign<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let sign = rest.chars().next()?;
    let behind = &rest[sign.len_utf8()..];
    match sign {
        '%' | '&' | '#' | '$' | '_' | '{' | '}' => out.push(sign),
        ',' | ':' | ';' | '>' | ' ' => push_space(out),
        '-' | '/' | '!' | '@' => {}
        // A line's end, unless somebody's program doubled the backslash of a command.
        '\\' if !behind.starts_with(|c: char| c.is_alphabetic() || c == '\\') => {
            push_space(out);
            return Some(skip_option(behind.strip_prefix('*').unwrap_or(behind)).trim_start_matches(' '));
        }
        '\\' if !behind.starts_with('\\') => return Some(rest),
        // arXiv's interface shows `\'e` as `\é` now and then, and `\mu` as `\μ`.
        c if !c.is_ascii() => out.push(c),
        _ => return None,
    }
    Some(behind)
}

/// One space, however many are asked for.
fn push_space(out: &mut String) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// `ss `, `o{}`, `deg`: a letter or a sign by its name.
fn write_named_sign<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let (name, behind) = split_name(rest);
    if let Some(abbreviation) = abbreviation_of_name(name, skip_name_end(behind)) {
        out.push_str(abbreviation);
        // The space behind it is one that the author meant.
        return Some(behind.strip_prefix("{}").or_else(|| behind.strip_prefix('\\')).unwrap_or(behind));
    }
    out.push_str(text_sign_of_name(name)?);
    Some(if name == "item" { behind } else { skip_name_end(behind) })
}
