//! The tables of a list's files, merged with what people did to them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::deletions::DismissalChanges;
use super::list_merger::ListMerger;
use super::topic_tables::{
    TableTextsByTopic, ThreeWayTableTexts, ThreeWayTopicTables, count_table_rows, file_names_of_all_texts,
    has_edited_rows, has_rows_from_elsewhere,
};
use crate::domain::table_merge::{CellConflict, MergeInput, MergedTables, ParsedTable, TablePerFile};
use crate::domain::{PaperId, table_merge};
use crate::pipeline::document::generate_tables::GeneratedTables;
use crate::pipeline::document::list_settings_and_report::CellConflictReport;
use crate::pipeline::document::merged_list::MergedList;
use crate::render::{are_cells_equivalent, parse_paper_table, plain_cell_text, plain_title_text};
use crate::store::{Dismissal, FileTexts, ManualRow, Store};

impl ListMerger<'_> {
    /// The generated files with what people did to them.
    pub(super) fn merge_edits(
        &self,
        generated_tables: &GeneratedTables,
        generated: FileTexts,
        edited_files: &FileTexts,
        changes: DismissalChanges,
    ) -> Result<MergedList> {
        let mut names = self.files_to_merge(edited_files, Some(&generated));
        let mut texts =
            ThreeWayTableTexts::read(self.store, &names, &self.base.files, edited_files, Some(&generated));
        let mut topic_tables = texts.tables_by_topic(self.list.topics)?;
        if topic_tables.iter().any(has_rows_from_elsewhere) {
            names = file_names_of_all_texts(&self.base.files, edited_files, Some(&generated));
            texts = ThreeWayTableTexts::read(
                self.store,
                &names,
                &self.base.files,
                edited_files,
                Some(&generated),
            );
            topic_tables = texts.tables_by_topic(self.list.topics)?;
        }
        let (mut merged, tables) = self.merge_tables_of_topics(&names, &topic_tables, &changes)?;
        merged.files = generated.clone();
        for (file, mut tables) in names.into_iter().zip(tables) {
            let edited = edited_files.get(file);
            let text = match edited {
                // A person deleted it, and nothing is to be written there.
                None if tables.is_empty() => continue,
                Some(edited) if tables.is_empty() => Arc::clone(edited),
                Some(_) | None => {
                    tables.extend(self.tables_of_other_topics(generated_tables, file, edited));
                    self.splice_tables_into_file(file, edited, &tables)?
                }
            };
            merged.files.insert(file.clone(), text);
        }
        Ok(MergedList {
            rows: count_table_rows(&merged.files, self.list.topics),
            regenerated_archive_volumes: generated_tables.regenerated_archive_volumes(&generated),
            generated,
            dismissed: changes.new,
            restored: changes.restored,
            ..merged
        })
    }

    /// The tables of each of the files, merged, with what there is to note and to report of that.
    fn merge_tables_of_topics(
        &self,
        names: &[&String],
        topic_tables: &[ThreeWayTopicTables<'_>],
        changes: &DismissalChanges,
    ) -> Result<(MergedList, Vec<TableTextsByTopic<'_>>)> {
        let none = FileTexts::new();
        let proposed: &[FileTexts] =
            if topic_tables.iter().any(has_edited_rows) { &self.base.proposed } else { &[] };
        let proposed = ThreeWayTableTexts::read(self.store, names, proposed, &none, None);
        let mut restored = self.store.restored_dismissals(self.list.name)?;
        restored.extend(changes.restored.iter().cloned());
        let (mut merged, mut tables) = (MergedList::default(), vec![TableTextsByTopic::new(); names.len()]);
        for (topic, (base, edited, desired)) in self.list.topics.iter().zip(topic_tables) {
            let input = MergeInput {
                base,
                is_base_known: self.base.is_known,
                other_bases: &other_possible_base_tables(topic, &proposed, &restored)?,
                dismissed: &self.dismissed_keys(topic, changes),
                edited,
                desired,
            };
            let MergedTables { tables: of_topic, conflicts } =
                table_merge::merge_tables(&input, &are_cells_equivalent);
            let added: Vec<PaperId> = table_merge::added_rows(base, edited).into_iter().cloned().collect();
            // Of a base that is not known it cannot be said what is in it by hand.
            let seen = if self.base.is_known { added.as_slice() } else { &[] };
            let by_hand = manual_rows(self.store, topic, names, &of_topic, desired, seen)?;
            merged.rows_by_hand.extend(self.keep_rows_of_papers(by_hand)?);
            merged.added.push((topic.clone(), added));
            let reports = conflicts.into_iter().map(|conflict| conflict_report(topic, conflict));
            // A person who only changed the markup of a title or its link has written nothing else.
            merged.conflicts.extend(reports.filter(|conflict| conflict.edited != conflict.desired));
            for (tables, table) in tables.iter_mut().zip(of_topic) {
                tables.extend(table.map(|table| (topic.as_str(), Cow::Owned(table))));
            }
        }
        merged.rows_by_hand.sort();
        Ok((merged, tables))
    }

    /// Of manual rows those of papers: a person's row of another page is not the program's business.
    fn keep_rows_of_papers(&self, rows: Vec<ManualRow>) -> Result<Vec<ManualRow>> {
        let mut papers = Vec::with_capacity(rows.len());
        for row in rows {
            if row.paper.is_surely_paper() || !self.store.database_row_ids_of_papers([&row.paper])?.is_empty()
            {
                papers.push(row);
            }
        }
        Ok(papers)
    }

    /// The papers whose rows a person deleted from a topic's tables.
    fn dismissed_keys(&self, topic: &str, changes: &DismissalChanges) -> Vec<PaperId> {
        let known = self.known_dismissed.iter().filter(|known| !changes.restored.contains(known));
        let all = known.chain(&changes.new).filter(|one| one.topic == topic);
        all.map(|one| one.paper.clone()).collect()
    }
}

/// The tables of a topic that were generated at other times: what is proposed, and the rows that a person deleted and
/// restored.
fn other_possible_base_tables<'s>(
    topic: &str,
    proposed: &'s ThreeWayTableTexts<'_>,
    restored: &'s [Dismissal],
) -> Result<Vec<TablePerFile<'s>>> {
    let (mut others, _, _) = proposed.topic_tables(topic)?;
    for one in restored.iter().filter(|one| one.topic == topic) {
        let Some(mut table) = parse_paper_table(&one.excerpt) else { continue };
        // It may have been written under another identity.
        table.lines.iter_mut().for_each(|line| line.key = line.key.as_ref().map(|_| one.paper.clone()));
        others.push(vec![Some(table)]);
    }
    Ok(others)
}

/// The rows of a topic that stay although they are not generated, and those that a person was seen to have added: whether
/// they are generated now or not, until the base has them, only this shows that one was deleted again.
fn manual_rows(
    store: &Store,
    topic: &str,
    names: &[&String],
    tables: &[Option<String>],
    generated: &TablePerFile<'_>,
    seen: &[PaperId],
) -> Result<Vec<ManualRow>> {
    let mut merged: TablePerFile<'_> =
        tables.iter().map(|table| table.as_deref().and_then(parse_paper_table)).collect();
    let keys = merged.iter().flatten().flat_map(|table| &table.lines).filter_map(|line| line.key.as_ref());
    let displayed = store.displayed_ids_by_former_id(keys)?;
    table_merge::unify_rows(&mut [], &mut merged, &mut Vec::new(), &displayed);
    let not_generated = table_merge::added_rows(std::slice::from_ref(generated), &merged);
    let keys: BTreeSet<&PaperId> = not_generated.into_iter().chain(seen).collect();
    let has = |table: &Option<ParsedTable<'_>>, key: &PaperId| {
        table.iter().flat_map(|table| &table.lines).any(|line| line.key.as_ref() == Some(key))
    };
    let rows = keys.into_iter().filter_map(|paper| {
        let file = merged.iter().position(|table| has(table, paper))?;
        Some(ManualRow { file: names[file].clone(), topic: topic.to_owned(), paper: paper.clone() })
    });
    Ok(rows.collect())
}

/// What there is to say of a conflict in a topic's table.
fn conflict_report(topic: &str, conflict: CellConflict) -> CellConflictReport {
    let plain =
        |cell: &str| if conflict.column == "title" { plain_title_text(cell) } else { plain_cell_text(cell) };
    CellConflictReport {
        topic: topic.to_owned(),
        paper: conflict.key.to_string(),
        edited: plain(&conflict.edited),
        desired: plain(&conflict.desired),
        column: conflict.column,
    }
}
