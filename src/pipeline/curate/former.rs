//! Archive files of an earlier configuration, whose pattern is another one now, or gone: what stands in them stays, each
//! paper until it stands elsewhere.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::Result;

use super::round::Round;
use super::sheets::papers;
use crate::domain::curation::Key;
use crate::pipeline::tables::{OWN, Tables};
use crate::render::{read_sheet, sound_blocks, with_plain_ends};
use crate::store::{Dismissed, Files, PaperRow};

/// For each topic of the list the papers that have their place.
type Placed = BTreeMap<String, HashSet<PaperRow>>;

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
            let placed = match &mut placed {
                Some(placed) => placed,
                none => none.insert(self.placed(made, dismissed)?),
            };
            files.insert(file.clone(), self.without(file, ours, stands, placed)?);
        }
        Ok(files)
    }

    /// The tables in a former archive file of topics that the list does not have, as they stand.
    pub(super) fn of_other_topics<'s>(
        &self,
        made: &Tables,
        file: &str,
        standing: Option<&'s Arc<str>>,
    ) -> Vec<(&'s str, String)> {
        let is_former = file != OWN && made.files().all(|now| now != file);
        let places = standing.filter(|_| is_former).map(|text| sound_blocks(text)).unwrap_or_default();
        let others = places.into_iter().filter(|(topic, _)| self.list.topics.iter().all(|its| its != topic));
        others.map(|(topic, text)| (topic, with_plain_ends(text).into_owned())).collect()
    }

    /// The papers that have their place in what is made now, and those that are to have none.
    fn placed(&self, made: &Tables, dismissed: &[Dismissed]) -> Result<Placed> {
        let each = self.list.topics.iter().map(|topic| {
            let dismissed = dismissed.iter().filter(|dismissed| dismissed.topic == *topic);
            let mut placed = self.store.rows(dismissed.map(|dismissed| &dismissed.paper))?;
            placed.extend(made.papers(topic));
            Ok((topic.clone(), placed))
        });
        each.collect()
    }

    /// A file with what is ours in its tables, without the rows of papers that stand elsewhere. The tables of topics that
    /// are not written now stay as they were.
    fn without(&self, file: &str, ours: &str, stands: &Arc<str>, placed: &Placed) -> Result<Arc<str>> {
        let ours = sound_blocks(ours);
        let tables = sound_blocks(stands).into_iter().map(|(topic, stands)| {
            let ours = ours.iter().find(|(its, _)| *its == topic).map(|(_, text)| with_plain_ends(text));
            let text = match (ours, placed.get(topic)) {
                (Some(ours), Some(placed)) => {
                    self.without_placed(&ours, placed)?.unwrap_or_else(|| ours.into_owned())
                }
                (Some(ours), None) => ours.into_owned(),
                (None, _) => with_plain_ends(stands).into_owned(),
            };
            Ok((topic, text))
        });
        let tables = tables.collect::<Result<Vec<_>>>()?;
        let tables: Vec<_> = tables.iter().map(|(topic, text)| (*topic, &**text)).collect();
        Ok(self.with_waiting(file, self.spliced(file, Some(stands), &tables)?))
    }

    /// A table without the rows of these papers; none where it has none of them.
    fn without_placed(&self, table: &str, placed: &HashSet<PaperRow>) -> Result<Option<String>> {
        let Some(sheet) = read_sheet(table) else { return Ok(None) };
        let keys = sheet.lines.iter().filter_map(|line| line.key.as_ref());
        let mut gone = HashSet::new();
        for paper in papers(keys.collect()) {
            if !self.store.rows([&paper])?.is_disjoint(placed) {
                gone.insert(Key::Paper(paper));
            }
        }
        Ok(sheet.without(|key| gone.contains(key)))
    }
}
