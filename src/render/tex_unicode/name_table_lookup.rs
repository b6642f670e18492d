//! Tables that are one text: names, or names and their values in turn, with white space between them.

/// Whether a name is one of these.
pub(in crate::render) fn word_list_contains(names: &str, name: &str) -> bool {
    names.split_whitespace().any(|known| known == name)
}

/// The value that follows a name.
pub(super) fn name_table_value(table: &'static str, name: &str) -> Option<&'static str> {
    name_table_entries(table).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Each name with its value.
pub(in crate::render) fn name_table_entries(
    table: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut words = table.split_whitespace();
    std::iter::from_fn(move || Some((words.next()?, words.next()?)))
}
