//! What the tables of a list's files have: lines, papers, and by what they are known again.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::domain::{Fingerprint, PaperId};
use crate::pipeline::document::exports::is_export_file;
use crate::render::{parse_paper_table, texts_between_markers, texts_between_valid_markers};
use crate::store::FileTexts;

/// The lines of the tables that files have.
pub(super) fn table_lines(files: &FileTexts) -> HashSet<(&str, &str)> {
    let tables = files.values().flat_map(|text| texts_between_valid_markers(text));
    tables.flat_map(|(topic, table)| table.lines().map(move |line| (topic, line))).collect()
}

/// The papers of the tables that files have, each with its topic.
pub(super) fn papers_by_topic(files: &FileTexts) -> HashSet<(&str, PaperId)> {
    let tables = files.values().flat_map(|text| texts_between_valid_markers(text));
    tables
        .flat_map(|(topic, table)| {
            let lines = parse_paper_table(table).map(|table| table.lines).unwrap_or_default();
            lines.into_iter().filter_map(move |line| Some((topic, line.key?)))
        })
        .collect()
}

/// The fingerprint of the tables that files have in the places of others, whatever is around them; none if one is missing.
pub(super) fn tables_fingerprint(files: &FileTexts, places: &FileTexts) -> Option<Fingerprint> {
    let mut fingerprints = Vec::new();
    let mut add = |part: &str| fingerprints.extend(Fingerprint::of_text(part).to_stored_bytes());
    for file in places.keys().filter(|file| !is_export_file(file)) {
        let text: &Arc<str> = files.get(file)?;
        add(file);
        texts_between_markers(text)
            .ok()?
            .into_iter()
            .flat_map(|(topic, table)| [topic, table])
            .for_each(&mut add);
    }
    Some(Fingerprint::of_text(fingerprints))
}

/// Whether more than half of what a push brought is there: a person amended the push then, and deleted the rest.
pub(super) fn are_most_present<'p, T: Hash + Eq + 'p>(
    brought: impl Iterator<Item = &'p T> + Clone,
    there: &HashSet<T>,
) -> bool {
    2 * brought.clone().filter(|part| there.contains(*part)).count() > brought.count()
}
