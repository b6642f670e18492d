//! One attempt to merge a list's tables: what would be generated, and that with what people did to it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::blocked_topics::{BlockedTopic, base_tables_in_place, with_blocked_tables};
use super::conflict::conflict_report;
use super::mass_deletion::MassDeletion;
use super::tables::{
    TableTexts, TopicTables, check_mergeable, count_rows, file_names, has_rows_elsewhere, has_unknown_rows,
};
use crate::domain::table_merge::{FileTables, MergeInput, MergedTables, ParsedTable};
use crate::domain::{PaperId, table_merge};
use crate::pipeline::document::generate::{FileFit, GeneratedTables, TableCache, TableLengths};
use crate::pipeline::document::list::{LIST_FILE, List};
use crate::pipeline::document::merged_list::{FileReader, MergeBase, MergedList};
use crate::render::{
    MarkerError, append_missing_markers, archive_page, is_same_cell, parse_table, render_table,
    splice_tables, valid_table_blocks,
};
use crate::store::{Dismissal, FileTexts, ManualRow, Store, TopicRecord};

/// One way to fill the tables.
pub(super) struct MergeAttempt<'a> {
    pub(super) store: &'a Store,
    pub(super) list: &'a List<'a>,
    pub(super) base: &'a MergeBase,
    pub(super) table_cache: &'a mut TableCache,
    /// The topics of the list that are written now, and those of it that are blocked.
    pub(super) topics: &'a [TopicRecord],
    pub(super) blocked: &'a [BlockedTopic],
    pub(super) rows_max: u32,
    /// Whether tables that are too long for a file need not be generated.
    pub(super) may_be_cut: bool,
    pub(super) known_dismissed: &'a [Dismissal],
    /// The rows that people kept or added by hand, as of the last time. A branch may not have them yet, nor had the past.
    pub(super) rows_by_hand: &'a [ManualRow],
    pub(super) now: Timestamp,
}

/// What a person's deletions and their undoing change in what is known to be dismissed.
struct DismissalChanges {
    new: Vec<Dismissal>,
    restored: Vec<Dismissal>,
}

impl MergeAttempt<'_> {
    /// What becomes of the files in this way, and how long each table is.
    pub(super) fn run(
        &mut self,
        read: &mut FileReader<'_>,
    ) -> Result<FileFit<(MergedList, Arc<TableLengths>)>> {
        let mut dismissed = self.known_dismissed.to_vec();
        let list_file = read(LIST_FILE)?;
        let is_as_generated = |base: &FileTexts| base.get(LIST_FILE) == list_file.as_ref();
        // What a person has made shorter may fit although what would be generated does not.
        let may_be_cut =
            self.may_be_cut && (list_file.is_none() || self.base.files.iter().any(is_as_generated));
        let generated_tables = match self.tables(&dismissed, may_be_cut)? {
            FileFit::Fits(generated_tables) => generated_tables,
            FileFit::TooLong(lengths) => return Ok(FileFit::TooLong(lengths)),
        };
        let mut edited_files = FileTexts::new();
        self.read_edited(&generated_tables, read, &mut edited_files)?;
        let generated = self.generate(&generated_tables, &edited_files, &dismissed)?;
        if self.is_untouched(&generated, &edited_files) {
            let merged = MergedList {
                regenerated_volumes: generated_tables.regenerated_volumes(&generated),
                files: generated.clone(),
                generated,
                rows: generated_tables.rows,
                ..MergedList::default()
            };
            return Ok(FileFit::Fits((merged, Arc::clone(&generated_tables.lengths))));
        }
        self.check_all_mergeable(&edited_files)?;
        let changes = DismissalChanges {
            new: self.find_dismissed(&edited_files)?,
            restored: self.find_restored(&edited_files),
        };
        if changes.new.is_empty() && changes.restored.is_empty() {
            let merged = self.merge_edits(&generated_tables, generated, &edited_files, changes)?;
            return Ok(FileFit::Fits((merged, Arc::clone(&generated_tables.lengths))));
        }
        dismissed.retain(|known| !changes.restored.contains(known));
        dismissed.extend(changes.new.iter().cloned());
        let generated_tables = match self.tables(&dismissed, false)? {
            FileFit::Fits(generated_tables) => generated_tables,
            FileFit::TooLong(lengths) => return Ok(FileFit::TooLong(lengths)),
        };
        self.read_edited(&generated_tables, read, &mut edited_files)?;
        let generated = self.generate(&generated_tables, &edited_files, &dismissed)?;
        let merged = self.merge_edits(&generated_tables, generated, &edited_files, changes)?;
        Ok(FileFit::Fits((merged, Arc::clone(&generated_tables.lengths))))
    }

    fn tables(&mut self, dismissed: &[Dismissal], may_be_cut: bool) -> Result<FileFit<Arc<GeneratedTables>>> {
        self.table_cache.get_or_generate(
            self.store,
            self.list,
            self.topics,
            self.rows_max,
            dismissed,
            may_be_cut,
        )
    }

    /// Reads the files that have a table, had one, or are to have one. If one cannot be read, the others are read
    /// nevertheless, so that the reader learns of all that it lacks.
    fn read_edited(
        &self,
        generated_tables: &GeneratedTables,
        read: &mut FileReader<'_>,
        edited_files: &mut FileTexts,
    ) -> Result<()> {
        let earlier = self.base.files.iter().flat_map(|files| files.keys()).map(String::as_str);
        let names: BTreeSet<&str> = generated_tables.files().chain(earlier).collect();
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
    fn check_all_mergeable(&self, edited_files: &FileTexts) -> Result<()> {
        for (file, text) in self
            .files_to_merge(edited_files, None)
            .into_iter()
            .filter_map(|name| edited_files.get_key_value(name))
        {
            let blocks = valid_table_blocks(text).into_iter();
            let mut of_list = blocks.filter(|(topic, _)| self.list.topics.iter().any(|own| own == topic));
            of_list.try_for_each(|(topic, block)| check_mergeable(self.list, file, topic, block))?;
        }
        Ok(())
    }

    /// The files as they would be if nobody had touched the tables.
    fn generate(
        &self,
        generated_tables: &GeneratedTables,
        edited_files: &FileTexts,
        dismissed: &[Dismissal],
    ) -> Result<FileTexts> {
        let mut files = self.old_archives(generated_tables, edited_files, dismissed)?;
        for file in generated_tables.files().collect::<BTreeSet<_>>() {
            let text = match edited_files.get(file) {
                Some(edited_files) if generated_tables.is_as_generated(file, edited_files) => {
                    Arc::clone(edited_files)
                }
                edited_files => {
                    let mut tables = generated_tables.tables_in(self.store, self.list, file)?;
                    let emptied = self.emptied_tables(file, edited_files, &tables);
                    tables.extend(emptied.iter().map(|(topic, text)| (*topic, &**text)));
                    let others = base_tables_in_place(self.base, self.list, file, edited_files);
                    tables.extend(others.iter().map(|(topic, text)| (*topic, &**text)));
                    with_blocked_tables(
                        self.base,
                        self.list,
                        self.blocked,
                        file,
                        self.splice_file(file, edited_files, &tables)?,
                    )
                }
            };
            files.insert(file.to_owned(), text);
        }
        Ok(files)
    }

    /// The tables of topics that have a place in an archive file and no paper there any more.
    fn emptied_tables<'s>(
        &'s self,
        file: &str,
        edited_files: Option<&Arc<str>>,
        tables: &[(&str, &str)],
    ) -> Vec<(&'s str, String)> {
        let blocks = edited_files
            .filter(|_| file != LIST_FILE)
            .map(|text| valid_table_blocks(text))
            .unwrap_or_default();
        let is_emptied = |topic: &&String| {
            let is_topic = |(name, _): &(&str, &str)| name == topic;
            blocks.iter().any(is_topic) && !tables.iter().any(is_topic)
        };
        let emptied = self.list.topics.iter().filter(is_emptied);
        emptied.map(|topic| (topic.as_str(), render_table(topic, self.list.columns, &[]))).collect()
    }

    /// A file with these tables in their places.
    pub(super) fn splice_file(
        &self,
        file: &str,
        edited_files: Option<&Arc<str>>,
        named: &[(&str, &str)],
    ) -> Result<Arc<str>> {
        let spliced = if file == LIST_FILE {
            splice_tables(edited_files.map(AsRef::as_ref), named)
        } else {
            let label = self.list.archive.map_or(file, |pattern| pattern.link_label(file));
            let page = edited_files.filter(|text| !text.trim().is_empty()).map_or_else(
                || Cow::Owned(archive_page(file, label, &self.list.file_name())),
                |edited_files| Cow::Borrowed(&**edited_files),
            );
            let topics: Vec<&str> = named.iter().map(|(topic, _)| *topic).collect();
            splice_tables(Some(&page), named).or_else(|_| {
                append_missing_markers(page, &topics).and_then(|page| splice_tables(Some(&page), named))
            })
        };
        let spliced = spliced.with_context(|| self.list.path(file).display().to_string())?;
        Ok(match edited_files {
            Some(edited_files) if **edited_files == *spliced => Arc::clone(edited_files),
            Some(_) | None => spliced.into(),
        })
    }

    /// Whether nobody has touched the tables: then everything stays as it is generated, and no row need be read.
    fn is_untouched(&self, generated: &FileTexts, edited_files: &FileTexts) -> bool {
        let is_unedited = self.base.is_known && self.files_to_merge(edited_files, None).is_empty();
        is_unedited
            || generated == edited_files && self.rows_by_hand.is_empty()
            || (edited_files.is_empty() && self.base.files.is_empty())
    }

    /// The papers whose rows a person deleted since.
    fn find_dismissed(&self, edited_files: &FileTexts) -> Result<Vec<Dismissal>> {
        if !self.base.is_known {
            return Ok(Vec::new());
        }
        let none = FileTexts::new();
        let names = self.files_to_merge(edited_files, None);
        let each = TableTexts::of(&names, &self.base.files, edited_files, &none);
        let (mut dismissed, mut sweeping) = (Vec::new(), MassDeletion::default());
        for topic in self.list.topics {
            let (base, edited, _) = each.topic_tables(topic);
            let is_known = |key: &PaperId| {
                self.known_dismissed.iter().any(|old| old.topic == *topic && old.paper == *key)
            };
            let mut gone = table_merge::deleted_rows(&base, &edited, &is_known);
            let of_topic: Vec<_> = self.rows_by_hand.iter().filter(|row| row.topic == *topic).collect();
            let gone_manual_rows = deleted_manual_rows(&of_topic, &names, &edited);
            gone.is_sweeping |= gone_manual_rows.len() > 1 && 2 * gone_manual_rows.len() > of_topic.len();
            let is_new = |key: &PaperId| !is_known(key) && !gone.rows.contains(key);
            let gone_manual_rows: Vec<PaperId> = gone_manual_rows.into_iter().filter(is_new).collect();
            gone.rows.extend(gone_manual_rows);
            // One row by itself is the last of a table sooner or later; of a topic with others it may go.
            let is_much = || gone.rows.len() > 1 || !has_rows_elsewhere(topic, edited_files, &names);
            if gone.is_sweeping && !self.base.is_past && is_much() {
                if has_lost_its_links(&edited, gone.rows.len()) {
                    let fault = MarkerError::NoLinks { topic: topic.clone() };
                    return Err(fault).with_context(|| self.list.path(LIST_FILE).display().to_string());
                }
                sweeping.add(topic, &gone.rows);
            }
            let excerpt =
                |key: &PaperId| base.iter().flatten().flatten().find_map(|table| table.excerpt(key));
            let papers = gone.rows.into_iter().map(|paper| {
                let excerpt = excerpt(&paper).unwrap_or_default();
                Dismissal { topic: topic.clone(), paper, noticed_at: self.now, excerpt }
            });
            dismissed.extend(papers);
        }
        sweeping.confirm(self.store, self.list, self.base.branch.as_ref(), self.now)?;
        Ok(dismissed)
    }

    /// The dismissed papers whose rows a person restored, as one does who undoes a deletion: they are there, and the base,
    /// which is known to have been written, no longer had them.
    fn find_restored(&self, edited_files: &FileTexts) -> Vec<Dismissal> {
        if !self.base.is_known || self.base.is_past || self.known_dismissed.is_empty() {
            return Vec::new();
        }
        let none = FileTexts::new();
        let each =
            TableTexts::of(&self.files_to_merge(edited_files, None), &self.base.files, edited_files, &none);
        let restored = self.list.topics.iter().flat_map(|topic| {
            let (base, edited, _) = each.topic_tables(topic);
            // Nothing is known of a table that the base did not have at all.
            let had_table = !base.is_empty() && base.iter().all(|tables| tables.iter().any(Option::is_some));
            let added = if had_table { cloned(&table_merge::added_rows(&base, &edited)) } else { Vec::new() };
            self.known_dismissed
                .iter()
                .filter(move |one| one.topic == *topic && added.contains(&one.paper))
                .cloned()
        });
        restored.collect()
    }

    /// The papers whose rows a person deleted from a topic's tables.
    fn dismissed_keys(&self, topic: &str, changes: &DismissalChanges) -> Vec<PaperId> {
        let known = self.known_dismissed.iter().filter(|known| !changes.restored.contains(known));
        let all = known.chain(&changes.new).filter(|one| one.topic == topic);
        all.map(|one| one.paper.clone()).collect()
    }

    fn merge_edits(
        &self,
        generated_tables: &GeneratedTables,
        generated: FileTexts,
        edited_files: &FileTexts,
        changes: DismissalChanges,
    ) -> Result<MergedList> {
        let mut names = self.files_to_merge(edited_files, Some(&generated));
        let mut plain = TableTexts::of(&names, &self.base.files, edited_files, &generated);
        let mut topic_tables = plain.all_topic_tables(self.list.topics);
        if topic_tables.iter().any(has_unknown_rows) {
            names = file_names(&self.base.files, edited_files, &generated);
            plain = TableTexts::of(&names, &self.base.files, edited_files, &generated);
            topic_tables = plain.all_topic_tables(self.list.topics);
        }
        let none = FileTexts::new();
        let proposed: &[FileTexts] =
            if topic_tables.iter().any(has_added_rows) { &self.base.proposed } else { &[] };
        let proposed = TableTexts::of(&names, proposed, &none, &none);
        let mut tables: Vec<Vec<(String, String)>> = vec![Vec::new(); names.len()];
        let (mut conflicts, mut added, mut kept_rows) = (Vec::new(), Vec::new(), Vec::new());
        for (topic, (base, edited, desired)) in self.list.topics.iter().zip(&topic_tables) {
            let others = tables_of_other_times(topic, &proposed, &changes.restored);
            let dismissed = self.dismissed_keys(topic, &changes);
            let is_known = self.base.is_known;
            let texts = MergeInput {
                base,
                is_base_known: is_known,
                other_bases: &others,
                dismissed: &dismissed,
                edited,
                desired,
            };
            added.push((topic.clone(), cloned(&table_merge::added_rows(base, edited))));
            let MergedTables { tables: merged, conflicts: new } =
                table_merge::merge_tables(&texts, &is_same_cell);
            kept_rows.extend(self.only_papers(manual_rows(topic, &names, &merged, desired))?);
            for (tables, table) in tables.iter_mut().zip(merged) {
                tables.extend(table.map(|table| (topic.clone(), table)));
            }
            let reports = new.into_iter().map(|conflict| conflict_report(topic, conflict));
            // A person who only changed the markup of a title or its link has written nothing else.
            conflicts.extend(reports.filter(|conflict| conflict.edited != conflict.desired));
        }
        let mut desired = generated.clone();
        for (file, tables) in names.iter().zip(&tables) {
            let text = match (edited_files.get(*file), tables.is_empty()) {
                (Some(edited_files), true) => edited_files.clone(),
                // A person deleted it, and nothing is to be written there.
                (None, true) => continue,
                (edited_files, _) => {
                    let others = self.tables_of_other_topics(generated_tables, file, edited_files);
                    let tables = tables.iter().map(|(topic, text)| (&**topic, &**text));
                    let others = others.iter().map(|(topic, text)| (*topic, &**text));
                    self.splice_file(file, edited_files, &tables.chain(others).collect::<Vec<_>>())?
                }
            };
            desired.insert((*file).clone(), text);
        }
        let (rows, archived) =
            (count_rows(&desired, self.list.topics), generated_tables.regenerated_volumes(&generated));
        let (blocked, notes) = (Vec::new(), Vec::new());
        kept_rows.sort();
        let DismissalChanges { new: dismissed, restored } = changes;
        Ok(MergedList {
            generated,
            files: desired,
            rows,
            dismissed,
            restored,
            rows_by_hand: kept_rows,
            conflicts,
            added,
            blocked,
            notes,
            regenerated_volumes: archived,
        })
    }

    /// Of manual rows those of papers: a person's row of another page is not the program's business.
    fn only_papers(&self, rows: Vec<ManualRow>) -> Result<Vec<ManualRow>> {
        let mut papers = Vec::with_capacity(rows.len());
        for row in rows {
            if row.paper.is_surely_paper() || !self.store.paper_row_ids([&row.paper])?.is_empty() {
                papers.push(row);
            }
        }
        Ok(papers)
    }

    /// The files to read row by row: all but those that are as they were written and are to stay so. What one of
    /// those has is in no other file, unless a person put it there.
    fn files_to_merge<'n>(
        &'n self,
        edited_files: &'n FileTexts,
        generated: Option<&'n FileTexts>,
    ) -> Vec<&'n String> {
        let mut names = file_names(&self.base.files, edited_files, generated.unwrap_or(edited_files));
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

/// Whether so many rows seem to be gone because the titles of most of them are no links any more.
fn has_lost_its_links(edited: &FileTables<'_>, gone: usize) -> bool {
    let lines = edited.iter().flatten().flat_map(|table| &table.lines);
    let (with_link, without): (Vec<_>, Vec<_>) =
        lines.filter(|line| !line.cells.is_empty()).partition(|line| line.key.is_some());
    with_link.is_empty() && 2 * without.len() > gone
}

/// The tables of a topic that were generated at other times: what is proposed, and the rows that a person deleted and
/// restored.
fn tables_of_other_times<'s>(
    topic: &str,
    proposed: &'s TableTexts<'_>,
    restored: &'s [Dismissal],
) -> Vec<FileTables<'s>> {
    let (mut others, _, _) = proposed.topic_tables(topic);
    let rows = restored.iter().filter(|one| one.topic == topic);
    others.extend(rows.filter_map(|one| Some(vec![Some(parse_table(&one.excerpt)?)])));
    others
}

/// Whether there is a row that is desired and that the base did not have: somebody took it from elsewhere, or put it back.
fn has_added_rows((base, edited, desired): &TopicTables<'_>) -> bool {
    let not_desired = table_merge::added_rows(std::slice::from_ref(desired), edited);
    table_merge::added_rows(base, edited).iter().any(|key| !not_desired.contains(key))
}

/// The rows of a topic that stay although they are not generated.
fn manual_rows(
    topic: &str,
    names: &[&String],
    tables: &[Option<String>],
    generated: &FileTables<'_>,
) -> Vec<ManualRow> {
    let merged: FileTables<'_> = tables.iter().map(|table| table.as_deref().and_then(parse_table)).collect();
    let keys = table_merge::added_rows(std::slice::from_ref(generated), &merged);
    let has = |table: &Option<ParsedTable<'_>>, key: &PaperId| {
        table.iter().flat_map(|table| &table.lines).any(|line| line.key.as_ref() == Some(key))
    };
    let rows = keys.into_iter().filter_map(|paper| {
        let file = merged.iter().position(|table| has(table, paper))?;
        Some(ManualRow { file: names[file].clone(), topic: topic.to_owned(), paper: paper.clone() })
    });
    rows.collect()
}

/// Those of a topic's manual rows that are gone: they are nowhere, and the table that had them is there.
fn deleted_manual_rows(rows: &[&ManualRow], names: &[&String], edited: &FileTables<'_>) -> Vec<PaperId> {
    let edited_files = table_merge::added_rows(&[], edited);
    let gone = rows.iter().filter(|row| {
        let file = names.iter().position(|name| **name == row.file);
        let has_table = file.is_some_and(|file| edited.get(file).is_some_and(Option::is_some));
        has_table && !edited_files.contains(&&row.paper)
    });
    gone.map(|row| row.paper.clone()).collect()
}

fn cloned(papers: &[&PaperId]) -> Vec<PaperId> {
    papers.iter().copied().cloned().collect()
}
