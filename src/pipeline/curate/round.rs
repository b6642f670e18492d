//! One way to fill a list's tables: what would be generated, and that with what people did to it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::doubt::Sweeping;
use super::sheets::{
    Plain, TopicSheets, all_names, can_be_kept, has_rows_elsewhere, has_strangers, papers, rows,
};
use super::waiting::WaitingTopic;
use super::{ConflictTold, Curation, Ours, ReadFile};
use crate::domain::curation::{self, Curated, Key, Sheet, Sheets, Texts};
use crate::pipeline::project::List;
use crate::pipeline::tables::{Drafts, Lengths, Made, OWN, Tables};
use crate::render::{
    MarkerFault, archive_page, mean_the_same, read_sheet, sound_blocks, splice, table, with_places,
};
use crate::store::{Dismissed, Files, RowByHand, Store, TopicRecord};

/// One way to fill the tables.
pub(super) struct Round<'a> {
    pub(super) store: &'a Store,
    pub(super) list: &'a List<'a>,
    pub(super) ours: Ours<'a>,
    pub(super) drafts: &'a mut Drafts,
    /// The topics of the list that are written now, and those of it that wait.
    pub(super) topics: &'a [TopicRecord],
    pub(super) waiting: &'a [WaitingTopic],
    pub(super) rows_max: u32,
    /// Whether tables that are too long for a file need not be made.
    pub(super) may_be_cut: bool,
    pub(super) known: &'a [Dismissed],
    /// What stood by a person's hand the last time. A branch may not have it yet, and the past had it not.
    pub(super) by_hand: &'a [RowByHand],
    pub(super) now: Timestamp,
}

/// What a person's deletions and their undoing change in what is known to be dismissed.
struct DismissalChanges {
    new: Vec<Dismissed>,
    ended: Vec<Dismissed>,
}

impl Round<'_> {
    /// What becomes of the files in this way, and how long each table is.
    pub(super) fn curate(&mut self, read: &mut ReadFile<'_>) -> Result<Made<(Curation, Arc<Lengths>)>> {
        let mut dismissed = self.known.to_vec();
        let own = read(OWN)?;
        let is_as_ours = |ours: &&Files| ours.get(OWN) == own.as_ref();
        // What a person has made shorter may fit although what would be generated does not.
        let may_be_cut = self.may_be_cut && (own.is_none() || self.ours.files.iter().any(is_as_ours));
        let made = match self.tables(&dismissed, may_be_cut)? {
            Made::Fits(made) => made,
            Made::TooLong(lengths) => return Ok(Made::TooLong(lengths)),
        };
        let mut standing = Files::new();
        self.read_standing(&made, read, &mut standing)?;
        let generated = self.generated(&made, &standing, &dismissed)?;
        if self.is_untouched(&generated, &standing) {
            let curation = Curation {
                archived: made.archived(&generated),
                wanted: generated.clone(),
                generated,
                rows: made.rows,
                ..Curation::default()
            };
            return Ok(Made::Fits((curation, Arc::clone(&made.lengths))));
        }
        self.all_can_be_kept(&standing)?;
        let changes =
            DismissalChanges { new: self.newly_dismissed(&standing)?, ended: self.put_back(&standing) };
        if changes.new.is_empty() && changes.ended.is_empty() {
            let curation = self.put_together(&made, generated, &standing, changes)?;
            return Ok(Made::Fits((curation, Arc::clone(&made.lengths))));
        }
        dismissed.retain(|known| !changes.ended.contains(known));
        dismissed.extend(changes.new.iter().cloned());
        let made = match self.tables(&dismissed, false)? {
            Made::Fits(made) => made,
            Made::TooLong(lengths) => return Ok(Made::TooLong(lengths)),
        };
        self.read_standing(&made, read, &mut standing)?;
        let generated = self.generated(&made, &standing, &dismissed)?;
        let curation = self.put_together(&made, generated, &standing, changes)?;
        Ok(Made::Fits((curation, Arc::clone(&made.lengths))))
    }

    fn tables(&mut self, dismissed: &[Dismissed], may_be_cut: bool) -> Result<Made<Arc<Tables>>> {
        self.drafts.tables(self.store, self.list, self.topics, self.rows_max, dismissed, may_be_cut)
    }

    /// Reads the files that have a table, had one, or are to have one. Where one cannot be read the others are asked for
    /// nevertheless, so that whoever reads them learns of all.
    fn read_standing(&self, made: &Tables, read: &mut ReadFile<'_>, standing: &mut Files) -> Result<()> {
        let earlier = self.ours.files.iter().flat_map(|files| files.keys()).map(String::as_str);
        let names: BTreeSet<&str> = made.files().chain(earlier).collect();
        let mut read_all = Ok(());
        for name in names.into_iter().filter(|name| !standing.contains_key(*name)).collect::<Vec<_>>() {
            match read(name) {
                Ok(Some(text)) => drop(standing.insert(name.to_owned(), text)),
                Ok(None) => {}
                Err(error) => read_all = read_all.and(Err(error)),
            }
        }
        read_all
    }

    /// What a person wrote between the markers of the list's topics must be such that it can be kept.
    fn all_can_be_kept(&self, standing: &Files) -> Result<()> {
        for (file, text) in
            self.names(standing, None).into_iter().filter_map(|name| standing.get_key_value(name))
        {
            let blocks = sound_blocks(text).into_iter();
            let mut of_ours = blocks.filter(|(topic, _)| self.list.topics.iter().any(|own| own == topic));
            of_ours.try_for_each(|(topic, block)| can_be_kept(self.list, file, topic, block))?;
        }
        Ok(())
    }

    /// The files as they would be if nobody had touched the tables.
    fn generated(&self, made: &Tables, standing: &Files, dismissed: &[Dismissed]) -> Result<Files> {
        let mut files = self.former(made, standing, dismissed)?;
        for file in made.files().collect::<BTreeSet<_>>() {
            let text = match standing.get(file) {
                Some(standing) if made.is_as_generated(file, standing) => Arc::clone(standing),
                standing => {
                    let mut tables = made.of(self.store, self.list, file)?;
                    let emptied = self.emptied(file, standing, &tables);
                    tables.extend(emptied.iter().map(|(topic, text)| (*topic, &**text)));
                    let others = self.of_others(file, standing);
                    tables.extend(others.iter().map(|(topic, text)| (*topic, &**text)));
                    self.with_waiting(file, self.spliced(file, standing, &tables)?)
                }
            };
            files.insert(file.to_owned(), text);
        }
        Ok(files)
    }

    /// The tables of topics that have a place in an archive file and no paper there any more.
    fn emptied<'s>(
        &'s self,
        file: &str,
        standing: Option<&Arc<str>>,
        tables: &[(&str, &str)],
    ) -> Vec<(&'s str, String)> {
        let places = standing.filter(|_| file != OWN).map(|text| sound_blocks(text)).unwrap_or_default();
        let is_emptied = |topic: &&String| {
            let is_it = |(its, _): &(&str, &str)| its == topic;
            places.iter().any(is_it) && !tables.iter().any(is_it)
        };
        let emptied = self.list.topics.iter().filter(is_emptied);
        emptied.map(|topic| (topic.as_str(), table(topic, self.list.columns, &[]))).collect()
    }

    /// A file with these tables in their places.
    pub(super) fn spliced(
        &self,
        file: &str,
        standing: Option<&Arc<str>>,
        named: &[(&str, &str)],
    ) -> Result<Arc<str>> {
        let spliced = if file == OWN {
            splice(standing.map(AsRef::as_ref), named)
        } else {
            let label = self.list.archive.map_or(file, |pattern| pattern.label(file));
            let page = standing.filter(|text| !text.trim().is_empty()).map_or_else(
                || Cow::Owned(archive_page(file, label, &self.list.own_name())),
                |standing| Cow::Borrowed(&**standing),
            );
            let topics: Vec<&str> = named.iter().map(|(topic, _)| *topic).collect();
            splice(Some(&page), named)
                .or_else(|_| with_places(page, &topics).and_then(|page| splice(Some(&page), named)))
        };
        let spliced = spliced.with_context(|| self.list.path(file).display().to_string())?;
        Ok(match standing {
            Some(standing) if **standing == *spliced => Arc::clone(standing),
            Some(_) | None => spliced.into(),
        })
    }

    /// Whether nobody has touched the tables: then all is to stand as it is generated, and no row need be read.
    fn is_untouched(&self, generated: &Files, standing: &Files) -> bool {
        let is_as_written = self.ours.is_known && self.names(standing, None).is_empty();
        is_as_written
            || generated == standing && self.by_hand.is_empty()
            || (standing.is_empty() && self.ours.files.is_empty())
    }

    /// The papers whose rows a person deleted since.
    fn newly_dismissed(&self, standing: &Files) -> Result<Vec<Dismissed>> {
        if !self.ours.is_known {
            return Ok(Vec::new());
        }
        let none = Files::new();
        let names = self.names(standing, None);
        let each = Plain::of(&names, self.ours.files, standing, &none);
        let (mut dismissed, mut sweeping) = (Vec::new(), Sweeping::default());
        for topic in self.list.topics {
            let (ours, theirs, _) = each.sheets(topic);
            let is_known = |key: &Key| {
                self.known
                    .iter()
                    .any(|old| old.topic == *topic && matches!(key, Key::Paper(id) if *id == old.paper))
            };
            let mut gone = curation::deleted(&ours, &theirs, &is_known);
            let of_topic: Vec<_> = self.by_hand.iter().filter(|row| row.topic == *topic).collect();
            let gone_by_hand = gone_by_hand(&of_topic, &names, &theirs);
            gone.is_sweeping |= gone_by_hand.len() > 1 && 2 * gone_by_hand.len() > of_topic.len();
            let is_new = |key: &Key| !is_known(key) && !gone.rows.contains(key);
            let gone_by_hand: Vec<Key> = gone_by_hand.into_iter().filter(is_new).collect();
            gone.rows.extend(gone_by_hand);
            // One row by itself is the last of a table sooner or later; of a topic with others it may go.
            let is_much = || gone.rows.len() > 1 || !has_rows_elsewhere(topic, standing, &names);
            if gone.is_sweeping && !self.ours.is_past && is_much() {
                if has_lost_its_links(&theirs, gone.rows.len()) {
                    let fault = MarkerFault::NoLinks { topic: topic.clone() };
                    return Err(fault).with_context(|| self.list.path(OWN).display().to_string());
                }
                sweeping.add(topic, &gone.rows);
            }
            let excerpt = |key: &Key| ours.iter().flatten().flatten().find_map(|sheet| sheet.excerpt(key));
            let papers = gone.rows.into_iter().filter_map(|key| {
                let excerpt = excerpt(&key).unwrap_or_default();
                let Key::Paper(paper) = key else { return None };
                Some(Dismissed { topic: topic.clone(), paper, seen: self.now, excerpt })
            });
            dismissed.extend(papers);
        }
        sweeping.believe(self.store, self.list, self.ours.branch, self.now)?;
        Ok(dismissed)
    }

    /// The dismissed papers whose rows a person put back, as one does who undoes a deletion: they stand, and ours, which is
    /// known to have been written, had them no more.
    fn put_back(&self, standing: &Files) -> Vec<Dismissed> {
        if !self.ours.is_known || self.ours.is_past || self.known.is_empty() {
            return Vec::new();
        }
        let none = Files::new();
        let each = Plain::of(&self.names(standing, None), self.ours.files, standing, &none);
        let put_back = self.list.topics.iter().flat_map(|topic| {
            let (ours, theirs, _) = each.sheets(topic);
            // Of a table that ours did not have at all nothing is known.
            let had_table = !ours.is_empty() && ours.iter().all(|sheets| sheets.iter().any(Option::is_some));
            let added = if had_table { papers(curation::added(&ours, &theirs)) } else { Vec::new() };
            self.known.iter().filter(move |one| one.topic == *topic && added.contains(&one.paper)).cloned()
        });
        put_back.collect()
    }

    /// What a person has taken out of a topic's tables for good.
    fn dismissed(&self, topic: &str, changes: &DismissalChanges) -> Vec<Key> {
        let known = self.known.iter().filter(|known| !changes.ended.contains(known));
        let all = known.chain(&changes.new).filter(|one| one.topic == topic);
        all.map(|one| Key::Paper(one.paper.clone())).collect()
    }

    fn put_together(
        &self,
        made: &Tables,
        generated: Files,
        standing: &Files,
        changes: DismissalChanges,
    ) -> Result<Curation> {
        let mut names = self.names(standing, Some(&generated));
        let mut plain = Plain::of(&names, self.ours.files, standing, &generated);
        let mut sheets = plain.all_sheets(self.list.topics);
        if sheets.iter().any(has_strangers) {
            names = all_names(self.ours.files, standing, &generated);
            plain = Plain::of(&names, self.ours.files, standing, &generated);
            sheets = plain.all_sheets(self.list.topics);
        }
        let none = Files::new();
        let proposed: &[&Files] = if sheets.iter().any(has_added) { self.ours.proposed } else { &[] };
        let proposed = Plain::of(&names, proposed, &none, &none);
        let mut tables: Vec<Vec<(String, String)>> = vec![Vec::new(); names.len()];
        let (mut conflicts, mut added, mut by_hand) = (Vec::new(), Vec::new(), Vec::new());
        for (topic, (ours, theirs, wanted)) in self.list.topics.iter().zip(&sheets) {
            let others = others(topic, &proposed, &changes.ended);
            let dismissed = self.dismissed(topic, &changes);
            let is_known = self.ours.is_known;
            let texts = Texts { ours, is_known, others: &others, dismissed: &dismissed, theirs, wanted };
            added.push((topic.clone(), papers(curation::added(ours, theirs))));
            let Curated { sheets, conflicts: new } = curation::curate(&texts, &mean_the_same);
            by_hand.extend(rows_by_hand(topic, &names, &sheets, wanted));
            for (tables, sheet) in tables.iter_mut().zip(sheets) {
                tables.extend(sheet.map(|sheet| (topic.clone(), sheet)));
            }
            let told = new.into_iter().map(|conflict| ConflictTold::of(topic, conflict));
            // Who dressed a title or its link in another way has not said anything else.
            conflicts.extend(told.filter(|conflict| conflict.theirs != conflict.wanted));
        }
        let mut wanted = generated.clone();
        for (file, tables) in names.iter().zip(&tables) {
            let text = match (standing.get(*file), tables.is_empty()) {
                (Some(standing), true) => standing.clone(),
                // A person took it away, and nothing is to stand there.
                (None, true) => continue,
                (standing, _) => {
                    let others = self.of_other_topics(made, file, standing);
                    let tables = tables.iter().map(|(topic, text)| (&**topic, &**text));
                    let others = others.iter().map(|(topic, text)| (*topic, &**text));
                    self.spliced(file, standing, &tables.chain(others).collect::<Vec<_>>())?
                }
            };
            wanted.insert((*file).clone(), text);
        }
        let (rows, archived) = (rows(&wanted, self.list.topics), made.archived(&generated));
        let (waits, notes) = (Vec::new(), Vec::new());
        by_hand.sort();
        let DismissalChanges { new: dismissed, ended: restored } = changes;
        Ok(Curation {
            generated,
            wanted,
            rows,
            dismissed,
            restored,
            by_hand,
            conflicts,
            added,
            waits,
            notes,
            archived,
        })
    }

    /// The files to be read row by row: all but those that stand just as they were written and are to be. What one of
    /// those has is in no other file, unless a person put it there.
    fn names<'n>(&'n self, standing: &'n Files, generated: Option<&'n Files>) -> Vec<&'n String> {
        let mut names = all_names(self.ours.files, standing, generated.unwrap_or(standing));
        names.retain(|name| {
            let stands = standing.get(*name);
            let had_more = self.by_hand.iter().any(|row| row.file == **name);
            let as_ours = !had_more
                && !self.ours.files.is_empty()
                && self.ours.files.iter().all(|ours| ours.get(*name) == stands);
            !as_ours || generated.is_some_and(|generated| generated.get(*name) != stands)
        });
        names
    }
}

/// Whether so many rows seem to be gone because the titles of most of them are no links any more.
fn has_lost_its_links(theirs: &Sheets<'_>, gone: usize) -> bool {
    let lines = theirs.iter().flatten().flat_map(|sheet| &sheet.lines);
    let (with_link, without): (Vec<_>, Vec<_>) =
        lines.filter(|line| !line.cells.is_empty()).partition(|line| line.key.is_some());
    with_link.is_empty() && 2 * without.len() > gone
}

/// The tables of a topic that were generated at other times: what is proposed, and the rows that a person took out and put
/// back.
fn others<'s>(topic: &str, proposed: &'s Plain<'_>, put_back: &'s [Dismissed]) -> Vec<Sheets<'s>> {
    let (mut others, _, _) = proposed.sheets(topic);
    let rows = put_back.iter().filter(|one| one.topic == topic);
    others.extend(rows.filter_map(|one| Some(vec![Some(read_sheet(&one.excerpt)?)])));
    others
}

/// Whether a row stands that is wanted and that ours did not have: somebody took it from elsewhere, or put it back.
fn has_added((ours, theirs, wanted): &TopicSheets<'_>) -> bool {
    let unwanted = curation::added(std::slice::from_ref(wanted), theirs);
    curation::added(ours, theirs).iter().any(|key| !unwanted.contains(key))
}

/// The rows of a topic that are to stand and are not generated.
fn rows_by_hand(
    topic: &str,
    names: &[&String],
    sheets: &[Option<String>],
    generated: &Sheets<'_>,
) -> Vec<RowByHand> {
    let stands: Sheets<'_> = sheets.iter().map(|sheet| sheet.as_deref().and_then(read_sheet)).collect();
    let keys = curation::added(std::slice::from_ref(generated), &stands);
    let has = |sheet: &Option<Sheet<'_>>, key: &Key| {
        sheet.iter().flat_map(|sheet| &sheet.lines).any(|line| line.key.as_ref() == Some(key))
    };
    let rows = keys.into_iter().filter_map(|key| {
        let file = stands.iter().position(|sheet| has(sheet, key))?;
        let Key::Paper(paper) = key else { return None };
        Some(RowByHand { file: names[file].clone(), topic: topic.to_owned(), paper: paper.clone() })
    });
    rows.collect()
}

/// Those of a topic's rows by hand that have gone: they stand nowhere, and the table in which they stood is there.
fn gone_by_hand(rows: &[&RowByHand], names: &[&String], theirs: &Sheets<'_>) -> Vec<Key> {
    let standing = curation::added(&[], theirs);
    let gone = rows.iter().filter(|row| {
        let file = names.iter().position(|name| **name == row.file);
        let has_table = file.is_some_and(|file| theirs.get(file).is_some_and(Option::is_some));
        has_table && !standing.iter().any(|key| matches!(key, Key::Paper(paper) if *paper == row.paper))
    });
    gone.map(|row| Key::Paper(row.paper.clone())).collect()
}
