//! One line of an explanation.

use std::fmt;

/// One line: what it is about, in a column of its own, and what is so.
pub(super) fn write_explanation_line(
    f: &mut fmt::Formatter<'_>,
    about: &str,
    words: impl fmt::Display,
) -> fmt::Result {
    writeln!(f, "{about:<12}{words}")
}
