//! `PM_{2.5}`: a script in running text.

use super::argument::split_braced;
use super::argument_reader::ArgumentReader;
use super::formula::formula_to_unicode;
use super::sub_superscript::{ScriptPosition, to_sub_or_superscript};

/// A script that is longer than this is none: `{` may be anybody's.
const SCRIPT_BYTES_MAX: usize = 30;

/// Shows `_{2.5}` and `^{-3}` behind what they belong to.
pub(super) fn write_braced_script<'t>(
    text: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let side = if text.starts_with('^') { ScriptPosition::Superscript } else { ScriptPosition::Subscript };
    let (inside, behind) = split_braced(&text[1..]).filter(|(inside, _)| inside.len() <= SCRIPT_BYTES_MAX)?;
    let follows_something =
        out.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '}' | '|'));
    let shown = formula_to_unicode(inside, reader).filter(|_| follows_something)?;
    out.push_str(&to_sub_or_superscript(side, &shown)?);
    Some(behind)
}
