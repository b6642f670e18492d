//! A list's checkpoint: while nothing that it depends on changes and its files are as they were written, there is nothing
//! to do about it.

use anyhow::Result;

use super::list_settings_and_report::List;
use super::merged_list::MergedList;
use crate::domain::Fingerprint;
use crate::list;
use crate::render::FORM;
use crate::store::{Checkpoint, Store, TopicRecord};

/// The fingerprint of all that a list depends on: the history, what was deleted from the list, its configuration, and the
/// form of tables. Two may describe the same state; then the list is only worked out once more.
pub(super) fn input_fingerprint(
    store: &Store,
    list: &List<'_>,
    topics: &[TopicRecord],
) -> Result<Fingerprint> {
    let contacts: Vec<_> = topics.iter().map(|topic| topic.contact).collect();
    let (revision, dismissed) = (store.list_tables_revision()?, store.dismissals(list.name)?);
    Ok(Fingerprint::of_text(format!("{FORM} {revision} {contacts:?} {dismissed:?} {list:?}")))
}

/// The list's checkpoint, if the list is unchanged since.
pub(super) fn unchanged_list_checkpoint(
    store: &Store,
    list: &List<'_>,
    inputs: Fingerprint,
) -> Result<Option<Checkpoint>> {
    let checkpoint =
        store.find_list_checkpoint(list.name)?.filter(|checkpoint| checkpoint.inputs_fingerprint == inputs);
    Ok(checkpoint.filter(|checkpoint| files_match_checkpoint(list, checkpoint)))
}

/// Makes the checkpoint of a list that was just written.
pub(super) fn checkpoint_of_written_list(merged: &MergedList, inputs: Fingerprint) -> Checkpoint {
    let fingerprints =
        merged.files.iter().map(|(file, text)| (file.clone(), Fingerprint::of_text(text.as_bytes())));
    let (rows, notes) = (merged.rows, merged.notes.clone());
    Checkpoint { inputs_fingerprint: inputs, rows, notes, file_fingerprints: fingerprints.collect() }
}

fn files_match_checkpoint(list: &List<'_>, checkpoint: &Checkpoint) -> bool {
    let mut text = Vec::new();
    checkpoint.file_fingerprints.iter().all(|(file, fingerprint)| {
        let is_there = list::read_file_into(&list.file_path(file), &mut text).unwrap_or(false);
        is_there && Fingerprint::of_text(&text) == *fingerprint
    })
}
