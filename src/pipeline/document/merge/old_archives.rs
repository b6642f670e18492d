//! Archive files of an earlier configuration, whose pattern is another one now, or gone: their rows stay, each
//! paper until it has a row elsewhere.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::Result;

use super::attempt::MergeAttempt;
use super::blocked_topics::with_blocked_tables;
use crate::pipeline::document::generate::GeneratedTables;
use crate::pipeline::document::list::LIST_FILE;
use crate::render::{parse_table, valid_table_blocks, with_lf_line_ends};
use crate::store::{Dismissal, FileTexts, PaperRowId};

/// For each topic of the list the papers that have their place.
type PlacedPapers = BTreeMap<String, HashSet<PaperRowId>>;

impl MergeAttempt<'_> {
    /// The former archive files that still exist, as they would be if nobody had touched their tables.
    pub(super) fn old_archives(
        &self,
        generated: &GeneratedTables,
        edited_files: &FileTexts,
        dismissed: &[Dismissal],
    ) -> Result<FileTexts> {
        let now: HashSet<&str> = generated.files().collect();
        let former = |file: &&String| !now.contains(file.as_str()) && *file != LIST_FILE;
        let mut files = FileTexts::new();
        let mut placed = None;
        for file in self.base.files.iter().flat_map(|base| base.keys()).filter(former) {
            let base = self.base.files.iter().rev().find_map(|base| base.get(file));
            let (Some(base), Some(edited), false) = (base, edited_files.get(file), files.contains_key(file))
            else {
                continue;
            };
            let placed = match &mut placed {
                Some(placed) => placed,
                none => none.insert(self.placed_papers(generated, dismissed)?),
            };
            files.insert(file.clone(), self.file_without_placed(file, base, edited, placed)?);
        }
        Ok(files)
    }

    /// The tables in a former archive file of topics that the list does not have, as they are.
    pub(super) fn tables_of_other_topics<'s>(
        &self,
        generated: &GeneratedTables,
        file: &str,
        edited_files: Option<&'s Arc<str>>,
    ) -> Vec<(&'s str, String)> {
        let is_former = file != LIST_FILE && generated.files().all(|now| now != file);
        let blocks =
            edited_files.filter(|_| is_former).map(|text| valid_table_blocks(text)).unwrap_or_default();
        let others = blocks.into_iter().filter(|(topic, _)| self.list.topics.iter().all(|own| own != topic));
        others.map(|(topic, text)| (topic, with_lf_line_ends(text).into_owned())).collect()
    }

    /// The papers that have their place in what is generated now, and those that are to have none.
    fn placed_papers(&self, generated: &GeneratedTables, dismissed: &[Dismissal]) -> Result<PlacedPapers> {
        let each = self.list.topics.iter().map(|topic| {
            let dismissed = dismissed.iter().filter(|dismissed| dismissed.topic == *topic);
            let mut placed = self.store.paper_row_ids(dismissed.map(|dismissed| &dismissed.paper))?;
            placed.extend(generated.papers(topic));
            Ok((topic.clone(), placed))
        });
        each.collect()
    }

    /// A file with the base's tables, without the rows of papers that have one elsewhere. The tables of topics that
    /// are not written now stay as they were.
    fn file_without_placed(
        &self,
        file: &str,
        base: &str,
        edited: &Arc<str>,
        placed: &PlacedPapers,
    ) -> Result<Arc<str>> {
        let base = valid_table_blocks(base);
        let tables = valid_table_blocks(edited).into_iter().map(|(topic, edited)| {
            let base = base.iter().find(|(name, _)| *name == topic).map(|(_, text)| with_lf_line_ends(text));
            let text = match (base, placed.get(topic)) {
                (Some(base), Some(placed)) => {
                    self.table_without_placed(&base, placed)?.unwrap_or_else(|| base.into_owned())
                }
                (Some(base), None) => base.into_owned(),
                (None, _) => with_lf_line_ends(edited).into_owned(),
            };
            Ok((topic, text))
        });
        let tables = tables.collect::<Result<Vec<_>>>()?;
        let tables: Vec<_> = tables.iter().map(|(topic, text)| (*topic, &**text)).collect();
        Ok(with_blocked_tables(
            self.base,
            self.list,
            self.blocked,
            file,
            self.splice_file(file, Some(edited), &tables)?,
        ))
    }

    /// A table without the rows of these papers; none if it has none of them.
    fn table_without_placed(&self, table: &str, placed: &HashSet<PaperRowId>) -> Result<Option<String>> {
        let Some(table) = parse_table(table) else { return Ok(None) };
        let keys = table.lines.iter().filter_map(|line| line.key.as_ref());
        let mut gone = HashSet::new();
        for paper in keys {
            if !self.store.paper_row_ids([paper])?.is_disjoint(placed) {
                gone.insert(paper);
            }
        }
        Ok(table.without_rows(|key| gone.contains(key)))
    }
}
