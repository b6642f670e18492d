//! One attempt to merge a list's tables: what would be generated, and that with what people did to it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::blocked_topics::{BlockedTopic, append_missing_blocked_tables, base_tables_of_unwritten_topics};
use super::topic_tables::{TableTextsByTopic, check_table_mergeable, file_names_of_all_texts};
use crate::pipeline::document::generate_tables::{
    GeneratedTableCache, GeneratedTables, RowSelection, TableBytesByRowCount,
};
use crate::pipeline::document::list_settings_and_report::{LIST_FILE, List};
use crate::pipeline::document::merged_list::{GeneratedMergeBase, ListFileReader, MergedList};
use crate::render::{
    append_missing_markers, empty_archive_file, render_table, splice_tables, texts_between_valid_markers,
};
use crate::store::{Dismissal, FileTexts, ManualRow, Store};

/// One way to fill the tables.
pub(super) struct ListMerger<'a> {
    pub(super) store: &'a Store,
    pub(super) list: &'a List<'a>,
    pub(super) base: &'a GeneratedMergeBase,
    pub(super) table_cache: &'a mut GeneratedTableCache,
    /// The topics that are not among the list's for now.
    pub(super) blocked: &'a [BlockedTopic],
    pub(super) known_dismissed: Vec<Dismissal>,
    /// The rows that people kept or added by hand, as of the last time. A branch may not have them yet, nor had the past.
    pub(super) rows_by_hand: Vec<ManualRow>,
    pub(super) now: Timestamp,
}

impl ListMerger<'_> {
    /// How long the tables would be, if the list's own file is as we wrote it. What a person made shorter may fit although
    /// what would be generated does not.
    pub(super) fn measure_tables_if_unedited(
        &mut self,
        list_file: Option<&Arc<str>>,
    ) -> Result<Option<TableBytesByRowCount>> {
        let is_as_written = |base: &FileTexts| base.get(LIST_FILE) == list_file;
        if list_file.is_some() && !self.base.files.iter().any(is_as_written) {
            return Ok(None);
        }
        let selection =
            RowSelection { rows_max: self.list.rows_max, dismissed: self.known_dismissed.clone() };
        self.table_cache.measure_tables(self.store, self.list, selection).map(Some)
    }

    /// What becomes of the files with so many rows in each table, and the tables that were generated for them.
    pub(super) fn merge_with_row_limit(
        &mut self,
        rows_max: u32,
        read: &mut ListFileReader<'_>,
    ) -> Result<(MergedList, Arc<GeneratedTables>)> {
        let mut selection = RowSelection { rows_max, dismissed: self.known_dismissed.clone() };
        let mut edited_files = FileTexts::new();
        let (mut tables, mut generated) =
            self.generate_tables_and_files(&selection, read, &mut edited_files)?;
        if self.are_tables_untouched(&generated, &edited_files) {
            let merged = MergedList {
                regenerated_archive_volumes: tables.regenerated_archive_volumes(&generated),
                files: generated.clone(),
                generated,
                rows: tables.rows,
                ..MergedList::default()
            };
            return Ok((merged, tables));
        }
        self.check_edits_mergeable(&edited_files)?;
        let changes = self.find_dismissal_changes(&edited_files)?;
        if !changes.new.is_empty() || !changes.restored.is_empty() {
            selection.dismissed.retain(|known| !changes.restored.contains(known));
            selection.dismissed.extend(changes.new.iter().cloned());
            (tables, generated) = self.generate_tables_and_files(&selection, read, &mut edited_files)?;
        }
        let merged = self.merge_edits(&tables, generated, &edited_files, changes)?;
        Ok((merged, tables))
    }

    /// The tables without the papers that were dismissed, and the files as they would be if nobody had touched them.
    fn generate_tables_and_files(
        &mut self,
        selection: &RowSelection,
        read: &mut ListFileReader<'_>,
        edited_files: &mut FileTexts,
    ) -> Result<(Arc<GeneratedTables>, FileTexts)> {
        let tables = self.table_cache.get_or_generate_tables(self.store, self.list, selection.clone())?;
        self.read_edited_files(&tables, read, edited_files)?;
        let files = self.generate_archive_volume_files(&tables, edited_files, &selection.dismissed)?;
        Ok((tables, files))
    }

    /// Reads the files that have a table, had one, or are to have one. If one cannot be read, the others are read
    /// nevertheless, so that the reader learns of all that it lacks.
    fn read_edited_files(
        &self,
        generated_tables: &GeneratedTables,
        read: &mut ListFileReader<'_>,
        edited_files: &mut FileTexts,
    ) -> Result<()> {
        let earlier = self.base.files.iter().flat_map(|files| files.keys()).map(String::as_str);
        let names: BTreeSet<&str> = generated_tables.file_names().chain(earlier).collect();
        let mut read_all = Ok(());
        for name in names.into_iter().filter(|name| !edited_files.contains_key(*name)).collect::<Vec<_>>() {
            match read(name) {
                Ok(Some(text)) => drop(edited_files.insert(name.to_owned(), text)),
                Ok(None) => {}
                Err(error) => read_all = read_all.and(Err(error)),
            }
        }
        read_all
    }

    /// What a person wrote between the markers of the list's topics must be mergeable, or it could not be preserved.
    fn check_edits_mergeable(&self, edited_files: &FileTexts) -> Result<()> {
        for file in self.files_to_merge(edited_files, None) {
            let blocks =
                edited_files.get(file).map(|text| texts_between_valid_markers(text)).unwrap_or_default();
            let mut of_list = blocks.into_iter().filter(|(topic, _)| self.list.has_topic(topic));
            of_list.try_for_each(|(topic, block)| check_table_mergeable(self.list, file, topic, block))?;
        }
        Ok(())
    }

    /// The files as they would be if nobody had touched the tables.
    fn generate_archive_volume_files(
        &self,
        generated_tables: &GeneratedTables,
        edited_files: &FileTexts,
        dismissed: &[Dismissal],
    ) -> Result<FileTexts> {
        let mut files = self.former_archive_files(generated_tables, edited_files, dismissed)?;
        for file in generated_tables.file_names().collect::<BTreeSet<_>>() {
            let text = match edited_files.get(file) {
                Some(edited) if generated_tables.is_as_generated(file, edited) => Arc::clone(edited),
                edited => {
                    let mut tables = generated_tables.tables_of_file(self.store, self.list, file)?;
                    tables.extend(self.emptied_archive_tables(file, edited, &tables));
                    tables.extend(base_tables_of_unwritten_topics(self.base, self.list, file, edited));
                    let text = self.splice_tables_into_file(file, edited, &tables)?;
                    append_missing_blocked_tables(self.base, self.list, self.blocked, file, text)
                }
            };
            files.insert(file.to_owned(), text);
        }
        Ok(files)
    }

    /// The tables of topics that have a place in an archive file and no paper there any more.
    fn emptied_archive_tables<'s>(
        &'s self,
        file: &str,
        edited: Option<&Arc<str>>,
        tables: &[(&str, Cow<'_, str>)],
    ) -> TableTextsByTopic<'s> {
        let blocks = edited.filter(|_| file != LIST_FILE).map(|text| texts_between_valid_markers(text));
        let blocks = blocks.unwrap_or_default();
        let is_emptied = |topic: &&String| {
            blocks.iter().any(|(name, _)| name == topic) && !tables.iter().any(|(name, _)| name == topic)
        };
        let emptied = self.list.topics.iter().filter(is_emptied);
        emptied.map(|topic| (topic.as_str(), render_table(topic, self.list.columns, &[]).into())).collect()
    }

    /// A file with these tables in their places.
    pub(super) fn splice_tables_into_file(
        &self,
        file: &str,
        edited: Option<&Arc<str>>,
        tables: &[(&str, Cow<'_, str>)],
    ) -> Result<Arc<str>> {
        let spliced = if file == LIST_FILE {
            splice_tables(edited.map(AsRef::as_ref), tables)
        } else {
            let label = self.list.archive.map_or(file, |pattern| pattern.archive_file_label(file));
            let page = edited.filter(|text| !text.trim().is_empty()).map_or_else(
                || Cow::Owned(empty_archive_file(file, label, &self.list.list_file_name())),
                |text| Cow::Borrowed(&**text),
            );
            let topics: Vec<&str> = tables.iter().map(|(topic, _)| *topic).collect();
            splice_tables(Some(&page), tables).or_else(|_| {
                append_missing_markers(page, &topics).and_then(|page| splice_tables(Some(&page), tables))
            })
        };
        let spliced = spliced.with_context(|| self.list.file_path(file).display().to_string())?;
        Ok(match edited {
            Some(edited) if **edited == *spliced => Arc::clone(edited),
            Some(_) | None => spliced.into(),
        })
    }

    /// Whether nobody has touched the tables: then everything stays as it is generated, and no row need be read.
    fn are_tables_untouched(&self, generated: &FileTexts, edited_files: &FileTexts) -> bool {
        let is_unedited = self.base.is_known && self.files_to_merge(edited_files, None).is_empty();
        is_unedited
            || generated == edited_files && self.rows_by_hand.is_empty()
            || (edited_files.is_empty() && self.base.files.is_empty())
    }

    /// The files to read row by row: all but those that are as they were written and are to stay so. What one of
    /// those has is in no other file, unless a person put it there.
    pub(super) fn files_to_merge<'n>(
        &'n self,
        edited_files: &'n FileTexts,
        generated: Option<&'n FileTexts>,
    ) -> Vec<&'n String> {
        let mut names = file_names_of_all_texts(&self.base.files, edited_files, generated);
        names.retain(|name| {
            let edited = edited_files.get(*name);
            let has_manual_rows = self.rows_by_hand.iter().any(|row| row.file == **name);
            let is_unchanged = !has_manual_rows
                && !self.base.files.is_empty()
                && self.base.files.iter().all(|base| base.get(*name) == edited);
            !is_unchanged || generated.is_some_and(|generated| generated.get(*name) != edited)
        });
        names
    }
}
