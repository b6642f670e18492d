//! What is replaced by a date in the names of an archive's files.

/// Where the four digits of a year stand.
pub(super) const YEAR: &str = "{year}";

/// Where the two digits of a month stand.
pub(super) const MONTH: &str = "{month}";
