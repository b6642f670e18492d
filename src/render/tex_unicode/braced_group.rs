//! `{\em words}`: a group in braces that begins with a command, which holds up to its end.

use super::argument::{skip_name_end, split_braced, split_name};
use super::argument_reader::ArgumentReader;
use super::name_table_lookup::word_list_contains;

/// Commands that change how what follows them looks, and show nothing themselves.
const DECLARATIONS: &str = "em it bf tt rm sc sf sl cal boldmath itshape bfseries ttfamily rmfamily sffamily scshape
    slshape upshape normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge centering
    raggedright noindent protect relax displaystyle textstyle scriptstyle xspace unskip ignorespaces selectfont";

/// Shows the group that the text begins with, without its braces, if it begins with a command.
pub(super) fn write_command_group<'t>(
    text: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let (inside, behind) = split_braced(text)?;
    let begins_with_command = inside.trim_start().starts_with('\\');
    if !begins_with_command || reader.is_at_its_end() {
        return None;
    }
    let shown = reader.read(inside);
    // A command that nobody knows may need its braces.
    if shown.trim_start().starts_with('\\') {
        out.extend(["{", &shown, "}"]);
    } else {
        out.push_str(&shown);
    }
    Some(behind)
}

/// What follows a declaration at the beginning of the text.
pub(super) fn skip_declaration(text: &str) -> Option<&str> {
    let (name, behind) = split_name(text);
    is_declaration(name).then(|| skip_name_end(behind))
}

/// Whether a command shows nothing itself.
pub(super) fn is_declaration(name: &str) -> bool {
    word_list_contains(DECLARATIONS, name)
}
