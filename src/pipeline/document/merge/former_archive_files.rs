//! Archive files of an earlier configuration, whose pattern is another one now, or gone: their rows stay, each
//! paper until it has a row elsewhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::Result;

use super::blocked_topics::append_missing_blocked_tables;
use super::list_merger::ListMerger;
use super::topic_tables::{TableTextsByTopic, table_texts_by_topic};
use crate::pipeline::document::generate_tables::GeneratedTables;
use crate::pipeline::document::list_settings_and_report::LIST_FILE;
use crate::render::parse_paper_table;
use crate::store::{Dismissal, FileTexts, PaperDatabaseRowId};

/// For each topic of the list the papers that have their place.
type PapersPlacedElsewhere = BTreeMap<String, HashSet<PaperDatabaseRowId>>;

impl ListMerger<'_> {
    /// The former archive files that still exist, as they would be if nobody had touched their tables.
    pub(super) fn former_archive_files(
        &self,
        generated: &GeneratedTables,
        edited_files: &FileTexts,
        dismissed: &[Dismissal],
    ) -> Result<FileTexts> {
        let now: HashSet<&str> = generated.file_names().collect();
        let is_former = |file: &&String| !now.contains(file.as_str()) && *file != LIST_FILE;
        let all = self.base.files.iter().flat_map(|base| base.keys());
        let former: BTreeSet<&String> = all.filter(is_former).collect();
        if former.is_empty() {
            return Ok(FileTexts::new());
        }
        let placed = self.papers_placed_now_or_dismissed(generated, dismissed)?;
        let mut files = FileTexts::new();
        for file in former {
            let base = self.base.files.iter().rev().find_map(|base| base.get(file));
            if let (Some(base), Some(edited)) = (base, edited_files.get(file)) {
                files.insert(file.clone(), self.file_without_placed_papers(file, base, edited, &placed)?);
            }
        }
        Ok(files)
    }

    /// The tables in a former archive file of topics that the list does not have, as they are.
    pub(super) fn tables_of_other_topics<'s>(
        &self,
        generated: &GeneratedTables,
        file: &str,
        edited: Option<&'s Arc<str>>,
    ) -> TableTextsByTopic<'s> {
        let is_former = file != LIST_FILE && generated.file_names().all(|now| now != file);
        let mut tables =
            edited.filter(|_| is_former).map_or_else(Vec::new, |text| table_texts_by_topic(text));
        tables.retain(|(topic, _)| !self.list.has_topic(topic));
        tables
    }

    /// The papers that have their place in what is generated now, and those that are to have none.
    fn papers_placed_now_or_dismissed(
        &self,
        generated: &GeneratedTables,
        dismissed: &[Dismissal],
    ) -> Result<PapersPlacedElsewhere> {
        let each = self.list.topics.iter().map(|topic| {
            let dismissed = dismissed.iter().filter(|dismissed| dismissed.topic == *topic);
            let mut placed =
                self.store.database_row_ids_of_papers(dismissed.map(|dismissed| &dismissed.paper))?;
            placed.extend(generated.tabled_papers_of_topic(topic));
            Ok((topic.clone(), placed))
        });
        each.collect()
    }

    /// A file with the base's tables, without the rows of papers that have one elsewhere. The tables of topics that
    /// are not written now stay as they were.
    fn file_without_placed_papers(
        &self,
        file: &str,
        base: &str,
        edited: &Arc<str>,
        placed: &PapersPlacedElsewhere,
    ) -> Result<Arc<str>> {
        let base = table_texts_by_topic(base);
        let mut tables = table_texts_by_topic(edited);
        for (topic, table) in &mut tables {
            let Some((_, base)) = base.iter().find(|(name, _)| name == topic) else { continue };
            let shorter = match placed.get(*topic) {
                Some(placed) => self.table_without_placed_papers(base, placed)?,
                None => None,
            };
            *table = shorter.map_or_else(|| base.clone(), Cow::Owned);
        }
        Ok(append_missing_blocked_tables(
            self.base,
            self.list,
            self.blocked,
            file,
            self.splice_tables_into_file(file, Some(edited), &tables)?,
        ))
    }

    /// A table without the rows of these papers; none if it has none of them.
    fn table_without_placed_papers(
        &self,
        table: &str,
        placed: &HashSet<PaperDatabaseRowId>,
    ) -> Result<Option<String>> {
        let Some(table) = parse_paper_table(table) else { return Ok(None) };
        let keys = table.lines.iter().filter_map(|line| line.key.as_ref());
        let mut gone = HashSet::new();
        for paper in keys {
            if !self.store.database_row_ids_of_papers([paper])?.is_disjoint(placed) {
                gone.insert(paper);
            }
        }
        Ok(table.without_rows(|key| gone.contains(key)))
    }
}
