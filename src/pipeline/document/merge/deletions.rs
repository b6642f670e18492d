//! What a person deleted from a list's tables since they were generated, and what they restored.

use anyhow::{Context, Result};

use super::list_merger::ListMerger;
use super::mass_deletion::SuspectedMassDeletion;
use super::topic_tables::{ThreeWayTableTexts, file_names_of_all_texts, has_rows_in_other_files};
use crate::domain::table_merge::{DeletedRows, TablePerFile};
use crate::domain::{PaperId, table_merge};
use crate::pipeline::document::list_settings_and_report::LIST_FILE;
use crate::render::TableMarkerError;
use crate::store::{Dismissal, FileTexts, ManualRow};

/// What a person's deletions and their undoing change in what is known to be dismissed.
#[derive(Default)]
pub(super) struct DismissalChanges {
    pub(super) new: Vec<Dismissal>,
    pub(super) restored: Vec<Dismissal>,
}

impl ListMerger<'_> {
    /// What people deleted and restored since the tables were generated.
    pub(super) fn find_dismissal_changes(&self, edited_files: &FileTexts) -> Result<DismissalChanges> {
        if !self.base.is_known {
            return Ok(DismissalChanges::default());
        }
        let names = self.files_to_merge(edited_files, None);
        let texts = ThreeWayTableTexts::read(self.store, &names, &self.base.files, edited_files, None);
        let new = self.find_newly_dismissed_papers(&names, &texts, edited_files)?;
        Ok(DismissalChanges { new, restored: self.find_restored_papers(&texts)? })
    }

    /// The papers whose rows a person deleted since.
    fn find_newly_dismissed_papers(
        &self,
        names: &[&String],
        texts: &ThreeWayTableTexts<'_>,
        edited_files: &FileTexts,
    ) -> Result<Vec<Dismissal>> {
        let (mut dismissed, mut sweeping) = (Vec::new(), SuspectedMassDeletion::default());
        for topic in self.list.topics {
            let (base, edited, _) = texts.topic_tables(topic)?;
            let gone = self.find_deleted_rows(topic, names, edited_files, &base, &edited)?;
            // One row by itself is the last of a table sooner or later; of a topic with others it may go.
            let is_much = || gone.rows.len() > 1 || !has_rows_in_other_files(topic, edited_files, names);
            if gone.is_sweeping && !self.base.is_past && is_much() {
                if has_lost_most_title_links(&edited, gone.rows.len()) {
                    let fault = TableMarkerError::NoLinks { topic: topic.clone() };
                    return Err(fault).with_context(|| self.list.file_path(LIST_FILE).display().to_string());
                }
                sweeping.add_gone_rows_of_topic(topic, &gone.rows);
            }
            let excerpt = |key: &PaperId| {
                base.iter().flatten().flatten().find_map(|table| table.header_and_row_of_paper(key))
            };
            dismissed.extend(gone.rows.into_iter().map(|paper| {
                let excerpt = excerpt(&paper).unwrap_or_default();
                Dismissal { topic: topic.clone(), paper, noticed_at: self.now, excerpt }
            }));
        }
        sweeping.confirm_by_previous_run(self.store, self.list, self.base.branch.as_ref(), self.now)?;
        Ok(dismissed)
    }

    /// The rows of a topic that a person deleted since, also those that were there although the base did not have them.
    fn find_deleted_rows(
        &self,
        topic: &str,
        names: &[&String],
        edited_files: &FileTexts,
        base: &[TablePerFile<'_>],
        edited: &TablePerFile<'_>,
    ) -> Result<DeletedRows> {
        let is_known =
            |key: &PaperId| self.known_dismissed.iter().any(|old| old.topic == topic && old.paper == *key);
        let mut deleted = table_merge::deleted_rows(base, edited, &is_known);
        let manual: Vec<_> = self.rows_by_hand.iter().filter(|row| row.topic == topic).collect();
        let mut gone = deleted_manual_rows(&manual, names, edited);
        if !gone.is_empty() {
            let all_files = file_names_of_all_texts(&[], edited_files, None);
            let each = ThreeWayTableTexts::read(self.store, &all_files, &[], edited_files, None);
            let (_, everywhere, _) = each.topic_tables(topic)?;
            let present = table_merge::added_rows(&[], &everywhere);
            // Its row may be read as that of the paper that it is part of by now, and may have moved to another file.
            let displayed = self.store.displayed_ids_by_former_id(&gone)?;
            gone.retain(|key| !present.contains(&displayed.get(key).unwrap_or(key)));
        }
        deleted.is_sweeping |= gone.len() > 1 && 2 * gone.len() > manual.len();
        gone.retain(|key| !is_known(key) && !deleted.rows.contains(key));
        deleted.rows.extend(gone);
        Ok(deleted)
    }

    /// The dismissed papers whose rows a person restored, as one does who undoes a deletion: they are there, and the base,
    /// which is known to have been written, no longer had them.
    fn find_restored_papers(&self, texts: &ThreeWayTableTexts<'_>) -> Result<Vec<Dismissal>> {
        if self.base.is_past || self.known_dismissed.is_empty() {
            return Ok(Vec::new());
        }
        let mut restored = Vec::new();
        for topic in self.list.topics {
            let (base, edited, _) = texts.topic_tables(topic)?;
            // Nothing is known of a table that the base did not have at all.
            if base.is_empty() || !base.iter().all(|tables| tables.iter().any(Option::is_some)) {
                continue;
            }
            let added = table_merge::added_rows(&base, &edited);
            let back =
                self.known_dismissed.iter().filter(|one| one.topic == *topic && added.contains(&&one.paper));
            restored.extend(back.cloned());
        }
        Ok(restored)
    }
}

/// Whether so many rows seem to be gone because the titles of most of them are no links any more.
fn has_lost_most_title_links(edited: &TablePerFile<'_>, gone: usize) -> bool {
    let lines = edited.iter().flatten().flat_map(|table| &table.lines);
    let (with_link, without): (Vec<_>, Vec<_>) =
        lines.filter(|line| !line.cells.is_empty()).partition(|line| line.key.is_some());
    with_link.is_empty() && 2 * without.len() > gone
}

/// The keys of a topic's manual rows that are gone: they are nowhere, and the table that had them is there.
fn deleted_manual_rows(rows: &[&ManualRow], names: &[&String], edited: &TablePerFile<'_>) -> Vec<PaperId> {
    let present = table_merge::added_rows(&[], edited);
    let gone = rows.iter().filter(|row| {
        let file = names.iter().position(|name| **name == row.file);
        let has_table = file.is_some_and(|file| edited.get(file).is_some_and(Option::is_some));
        has_table && !present.contains(&&row.paper)
    });
    gone.map(|row| row.paper.clone()).collect()
}
