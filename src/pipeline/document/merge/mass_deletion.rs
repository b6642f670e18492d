//! Rows that seem to have gone all at once. It may be the reading that is wrong, or a file cut short by an accident: the
//! list is left as it is, and what the next run finds gone again was deleted by a person.

use anyhow::Result;
use jiff::Timestamp;

use crate::domain::{Branch, Fingerprint, PaperId, count_of};
use crate::pipeline::document::list_settings_and_report::List;
use crate::store::{Store, SuspectDeletions};

/// Why a list is left as it is for now.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(in crate::pipeline) struct MassDeletionError {
    message: String,
    branch: Option<Branch>,
    doubts: SuspectDeletions,
    now: Timestamp,
}

/// The topics of which more than half of a table has gone at once.
#[derive(Debug, Default)]
pub(super) struct SuspectedMassDeletion {
    doubts: SuspectDeletions,
    rows: Vec<(String, usize)>,
}

impl SuspectedMassDeletion {
    /// Adds a topic with the rows that have gone.
    pub(super) fn add_gone_rows_of_topic(&mut self, topic: &str, gone: &[PaperId]) {
        let mut keys: Vec<&PaperId> = gone.iter().collect();
        keys.sort();
        self.doubts.insert(topic.to_owned(), Fingerprint::of_text(format!("{keys:?}")));
        self.rows.push((topic.to_owned(), gone.len()));
    }

    /// Believes them if the run before found the same there.
    pub(super) fn confirm_by_previous_run(
        self,
        store: &Store,
        list: &List<'_>,
        branch: Option<&Branch>,
        now: Timestamp,
    ) -> Result<()> {
        let before = store.stored_suspect_deletions(list.name, branch)?;
        if self.doubts.iter().all(|(topic, fingerprint)| before.get(topic) == Some(fingerprint)) {
            return Ok(());
        }
        let rows = self.rows.iter().map(|(topic, rows)| format!("{} of `{topic}`", count_of(*rows, "row")));
        let rows = rows.collect::<Vec<_>>().join(", ");
        let message = format!(
            "{}: {rows} seem to be gone at once, more than half of a table. The list is left as it is until the next run: \
             what is still gone then counts as deleted by hand. If this was not intended, undo the change or repair the \
             header of the table",
            list.file_path("").display()
        );
        Err(MassDeletionError { message, branch: branch.cloned(), doubts: self.doubts, now }.into())
    }
}

/// What became of a list, with what is in doubt noted for a later run. Nothing is in doubt once it was worked out; until
/// then what was found at another of its branches stays noted.
pub(in crate::pipeline) fn note_suspect_deletions<T>(
    store: &mut Store,
    list: &str,
    done: Result<T>,
) -> Result<T> {
    match &done {
        Ok(_) => store.forget_suspect_deletions(list)?,
        Err(error) => {
            if let Some(doubt) = error.downcast_ref::<MassDeletionError>() {
                store.note_suspect_deletions(list, doubt.branch.as_ref(), &doubt.doubts, doubt.now)?;
            }
        }
    }
    done
}
