//! What is replaced by a date in the names of an archive's files.

/// The placeholder for the four digits of a year.
pub(super) const YEAR: &str = "{year}";

/// The placeholder for the two digits of a month.
pub(super) const MONTH: &str = "{month}";
