//! Archive files of an earlier configuration, whose pattern is another one now, or gone: what stands in them stays, each
//! paper until it stands elsewhere.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::round::Round;
use crate::domain::curation::{Key, Sheet};
use crate::pipeline::tables::{OWN, Tables};
use crate::render::{blocks, read_sheet, with_plain_ends};
use crate::store::{Dismissed, Files};

/// For each topic the papers that have their place.
type Placed = BTreeMap<String, HashSet<Key>>;

impl Round<'_> {
    /// The former archive files that still stand, as they would be if nobody had touched their tables.
    pub(super) fn former(&self, made: &Tables, standing: &Files, dismissed: &[Dismissed]) -> Result<Files> {
        let now: HashSet<&str> = made.files().collect();
        let former = |file: &&String| !now.contains(file.as_str()) && *file != OWN;
        let mut files = Files::new();
        let mut placed = None;
        for file in self.ours.files.iter().flat_map(|ours| ours.keys()).filter(former) {
            let ours = self.ours.files.iter().rev().find_map(|ours| ours.get(file));
            let (Some(ours), Some(stands), false) = (ours, standing.get(file), files.contains_key(file))
            else {
                continue;
            };
            let tables = tables(ours).with_context(|| self.list.path(file).display().to_string())?;
            let has_rows =
                tables.iter().any(|(_, text)| read_sheet(text).is_some_and(|sheet| !sheet.lines.is_empty()));
            if has_rows && placed.is_none() {
                placed = Some(self.placed(made, dismissed)?);
            }
            let none = Placed::new();
            let text = self.without(file, &tables, stands, placed.as_ref().unwrap_or(&none))?;
            files.insert(file.clone(), text);
        }
        Ok(files)
    }

    /// The papers that have their place in what is made now, and those that are to have none.
    fn placed(&self, made: &Tables, dismissed: &[Dismissed]) -> Result<Placed> {
        let mut placed = Placed::new();
        for Dismissed { topic, paper, .. } in dismissed {
            placed.entry(topic.clone()).or_default().insert(Key::Paper(paper.clone()));
        }
        for file in made.files().collect::<HashSet<_>>() {
            for (topic, text) in made.of(self.store, self.list, file)? {
                let keys = read_sheet(text)
                    .into_iter()
                    .flat_map(|Sheet { lines, .. }| lines)
                    .filter_map(|line| line.key);
                placed.entry(topic.to_owned()).or_default().extend(keys);
            }
        }
        Ok(placed)
    }

    /// A file with these tables in their places, without the rows of papers that stand elsewhere.
    fn without(
        &self,
        file: &str,
        ours: &[(&str, String)],
        stands: &Arc<str>,
        placed: &Placed,
    ) -> Result<Arc<str>> {
        let context = || self.list.path(file).display().to_string();
        let tables = blocks(stands).with_context(context)?.into_iter().map(|(topic, stands)| {
            let ours = ours.iter().find(|(its, _)| *its == topic).map(|(_, text)| text);
            let is_placed = |key: &Key| placed.get(topic).is_some_and(|placed| placed.contains(key));
            let fewer = ours.and_then(|text| read_sheet(text)?.without(is_placed));
            (topic, fewer.or_else(|| ours.cloned()).unwrap_or_else(|| with_plain_ends(stands).into_owned()))
        });
        let tables: Vec<_> = tables.collect();
        let tables: Vec<_> = tables.iter().map(|(topic, text)| (*topic, &**text)).collect();
        self.spliced(file, Some(stands), &tables)
    }
}

fn tables(text: &str) -> Result<Vec<(&str, String)>> {
    Ok(blocks(text)?.into_iter().map(|(topic, table)| (topic, with_plain_ends(table).into_owned())).collect())
}
