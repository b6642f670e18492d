//! A list's files with what is new in them and what people did to them: generated from the history, compared with
//! what was generated before and with what stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::beside::beside;
use super::project::List;
use super::tables::{Drafts, FILE_BYTES_MAX, Lengths, Made, OWN, Tables};
use crate::domain::PaperId;
use crate::domain::curation::{self, Conflict, Curated, Key, Sheets, Texts};
use crate::render::{
    archive_page, blocks, mean_the_same, read_sheet, splice, table, title_words, with_places,
    with_plain_ends, words,
};
use crate::store::{Archived, Dismissed, Files, Store};

/// What becomes of a list's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Curation {
    /// The files as the history has them, in the places that they stand in.
    pub generated: Files,
    /// The files as they are to read.
    pub wanted: Files,
    /// Rows in all tables of the list's own file.
    pub rows: usize,
    /// The papers that a person took out since the last time.
    pub dismissed: Vec<Dismissed>,
    /// What a person edited and what changed since, in words.
    pub conflicts: Vec<ConflictTold>,
    /// For each topic the papers of rows that people added.
    pub added: Vec<(String, Vec<PaperId>)>,
    /// Whatever else there is to tell.
    pub notes: Vec<String>,
    /// What was made anew of the archive, by the names that its files share.
    pub archived: BTreeMap<String, Archived>,
}

/// A cell of which a person and a new version of the paper have two texts; the person's stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictTold {
    /// The topic.
    pub topic: String,
    /// The paper, or the address that the row leads to.
    pub paper: String,
    /// The column, in lower case.
    pub column: String,
    /// What the person wrote.
    pub theirs: String,
    /// What would stand there without that.
    pub wanted: String,
}

/// Reads a file of a list; none where there is none.
pub type ReadFile<'a> = dyn FnMut(&str) -> Result<Option<Arc<str>>> + 'a;

/// How often a list is made shorter until it fits.
const SHORTER_MAX: usize = 8;

/// Works out what becomes of a list's files; `ours` is what is known to have been generated for them before.
pub fn curate(
    store: &Store,
    list: &List<'_>,
    ours: &[&Files],
    drafts: &mut Drafts,
    read: &mut ReadFile<'_>,
    now: Timestamp,
) -> Result<Curation> {
    let mut curation = fitting(store, list, ours, drafts, read, now)?;
    for (file, text) in beside(store, list, &curation.wanted)? {
        // What stands there is read to be compared: nothing in it is a person's.
        read(&file)?;
        curation.wanted.insert(file, text);
    }
    Ok(curation)
}

/// The same without what is kept beside the list; made shorter until it fits.
fn fitting(
    store: &Store,
    list: &List<'_>,
    ours: &[&Files],
    drafts: &mut Drafts,
    read: &mut ReadFile<'_>,
    now: Timestamp,
) -> Result<Curation> {
    let known = store.dismissed(list.name)?;
    let mut rows_max = list.rows_max;
    let mut shorter = 0;
    loop {
        let mut round = Round { store, list, ours, drafts, rows_max, known: &known, now };
        let fewer = match round.curate(read)? {
            Made::Fits((curation, lengths)) => {
                let own = curation.wanted.get(OWN).map_or("", AsRef::as_ref);
                if own.len() <= FILE_BYTES_MAX || rows_max <= 1 {
                    return Ok(curation.with_notes_on_length(list, rows_max));
                }
                let around = around(own);
                lengths.rows_that_fit(around, Some(own.len() - around))
            }
            Made::TooLong(lengths) => lengths.rows_that_fit(read(OWN)?.map_or(0, |own| around(&own)), None),
        };
        let fewer = fewer.min(rows_max.saturating_sub(1)).max(1);
        shorter += 1;
        rows_max = if shorter < SHORTER_MAX { fewer } else { 1 };
    }
}

/// How much of a list's own file stands around its tables, in bytes.
fn around(own: &str) -> usize {
    let tables: usize = blocks(own).unwrap_or_default().iter().map(|(_, table)| table.len()).sum();
    own.len() - tables
}

impl Curation {
    fn with(self, archived: BTreeMap<String, Archived>) -> Self {
        Self { archived, ..self }
    }

    fn with_notes_on_length(mut self, list: &List<'_>, rows_max: u32) -> Self {
        if rows_max < list.rows_max {
            self.notes.push(format!(
                "shortened to {rows_max} rows in each table: with {} it would pass the {FILE_BYTES_MAX} bytes that \
                 GitHub shows of a file",
                list.rows_max
            ));
        }
        // Room is left for what people write, and they may need more.
        for (file, text) in self.wanted.iter().filter(|(_, text)| text.len() > FILE_BYTES_MAX) {
            let path = list.path(file);
            let (path, bytes) = (path.display(), text.len());
            self.notes.push(format!("{path} has {bytes} bytes, of which GitHub shows {FILE_BYTES_MAX}"));
        }
        self
    }
}

/// One way to fill the tables.
struct Round<'a> {
    store: &'a Store,
    list: &'a List<'a>,
    ours: &'a [&'a Files],
    drafts: &'a mut Drafts,
    rows_max: u32,
    known: &'a [Dismissed],
    now: Timestamp,
}

impl Round<'_> {
    fn curate(&mut self, read: &mut ReadFile<'_>) -> Result<Made<(Curation, Arc<Lengths>)>> {
        let mut dismissed = self.known.to_vec();
        let own = read(OWN)?;
        let is_as_ours = |ours: &&Files| ours.get(OWN) == own.as_ref();
        // What a person has made shorter may fit although what would be generated does not.
        let may_be_cut = own.is_none() || self.ours.iter().any(is_as_ours);
        let made = match self.tables(&dismissed, may_be_cut)? {
            Made::Fits(made) => made,
            Made::TooLong(lengths) => return Ok(Made::TooLong(lengths)),
        };
        let mut standing = Files::new();
        self.read_standing(&made, read, &mut standing)?;
        let generated = self.generated(&made, &standing)?;
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
        let new = self.newly_dismissed(&standing)?;
        if new.is_empty() {
            let archived = made.archived(&generated);
            let curation = self.put_together(generated, &standing, new)?.with(archived);
            return Ok(Made::Fits((curation, Arc::clone(&made.lengths))));
        }
        dismissed.extend(new.iter().cloned());
        let made = match self.tables(&dismissed, false)? {
            Made::Fits(made) => made,
            Made::TooLong(lengths) => return Ok(Made::TooLong(lengths)),
        };
        self.read_standing(&made, read, &mut standing)?;
        let generated = self.generated(&made, &standing)?;
        let archived = made.archived(&generated);
        let curation = self.put_together(generated, &standing, new)?.with(archived);
        Ok(Made::Fits((curation, Arc::clone(&made.lengths))))
    }

    fn tables(&mut self, dismissed: &[Dismissed], may_be_cut: bool) -> Result<Made<Arc<Tables>>> {
        self.drafts.tables(self.store, self.list, self.rows_max, dismissed, may_be_cut)
    }

    /// Reads the files that have a table, had one, or are to have one. Where one cannot be read the others are asked for
    /// nevertheless, so that whoever reads them learns of all.
    fn read_standing(&self, made: &Tables, read: &mut ReadFile<'_>, standing: &mut Files) -> Result<()> {
        let earlier = self.ours.iter().flat_map(|files| files.keys()).map(String::as_str);
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

    /// The files as they would be if nobody had touched the tables.
    fn generated(&self, made: &Tables, standing: &Files) -> Result<Files> {
        let mut files = Files::new();
        for file in made.files().collect::<BTreeSet<_>>() {
            let text = match standing.get(file) {
                Some(standing) if made.is_as_generated(file, standing) => Arc::clone(standing),
                standing => {
                    let mut tables = made.of(self.store, self.list, file)?;
                    let emptied = self.emptied(file, standing, &tables);
                    tables.extend(emptied.iter().map(|(topic, text)| (*topic, &**text)));
                    self.spliced(file, standing, &tables)?
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
        let places = standing.filter(|_| file != OWN).and_then(|text| blocks(text).ok()).unwrap_or_default();
        let is_emptied = |topic: &&String| {
            let is_it = |(its, _): &(&str, &str)| its == topic;
            places.iter().any(is_it) && !tables.iter().any(is_it)
        };
        let emptied = self.list.topics.iter().filter(is_emptied);
        emptied.map(|topic| (topic.as_str(), table(topic, self.list.columns, &[]))).collect()
    }

    fn spliced(&self, file: &str, standing: Option<&Arc<str>>, named: &[(&str, &str)]) -> Result<Arc<str>> {
        let spliced = if file == OWN {
            splice(standing.map(AsRef::as_ref), named)
        } else {
            let page = standing.map_or_else(
                || Cow::Owned(archive_page(file, &self.list.own_name())),
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

    fn is_untouched(&self, generated: &Files, standing: &Files) -> bool {
        generated == standing || (standing.is_empty() && self.ours.is_empty())
    }

    /// The papers whose rows a person deleted since.
    fn newly_dismissed(&self, standing: &Files) -> Result<Vec<Dismissed>> {
        let none = Files::new();
        let names = self.names(standing, None);
        let each = Plain::of(&names, self.ours, standing, &none)?;
        let mut dismissed = Vec::new();
        for topic in self.list.topics {
            let (ours, theirs, _) = each.sheets(topic);
            for key in curation::deleted(&ours, &theirs) {
                if let Key::Paper(paper) = key {
                    dismissed.push(Dismissed { topic: topic.clone(), paper, seen: self.now });
                }
            }
        }
        dismissed
            .retain(|new| !self.known.iter().any(|old| (&old.topic, &old.paper) == (&new.topic, &new.paper)));
        Ok(dismissed)
    }

    fn put_together(
        &self,
        generated: Files,
        standing: &Files,
        dismissed: Vec<Dismissed>,
    ) -> Result<Curation> {
        let mut names = self.names(standing, Some(&generated));
        let mut plain = Plain::of(&names, self.ours, standing, &generated)?;
        let mut sheets = plain.all_sheets(self.list.topics);
        if sheets.iter().any(has_strangers) {
            names = all_names(self.ours, standing, &generated);
            plain = Plain::of(&names, self.ours, standing, &generated)?;
            sheets = plain.all_sheets(self.list.topics);
        }
        let mut tables: Vec<Vec<(String, String)>> = vec![Vec::new(); names.len()];
        let (mut conflicts, mut added) = (Vec::new(), Vec::new());
        for (topic, (ours, theirs, wanted)) in self.list.topics.iter().zip(&sheets) {
            let texts = Texts { ours, theirs, wanted };
            added.push((topic.clone(), papers(curation::added(ours, theirs))));
            let Curated { sheets, conflicts: new } = curation::curate(&texts, &mean_the_same);
            for (tables, sheet) in tables.iter_mut().zip(sheets) {
                tables.extend(sheet.map(|sheet| (topic.clone(), sheet)));
            }
            conflicts.extend(new.into_iter().map(|conflict| told(topic, conflict)));
        }
        let mut wanted = generated.clone();
        for (file, tables) in names.iter().zip(&tables) {
            let text = match (standing.get(*file), tables.is_empty()) {
                (Some(standing), true) => standing.clone(),
                (standing, _) => {
                    let tables: Vec<_> = tables.iter().map(|(topic, text)| (&**topic, &**text)).collect();
                    self.spliced(file, standing, &tables)?
                }
            };
            wanted.insert((*file).clone(), text);
        }
        let rows = rows(&wanted)?;
        Ok(Curation { generated, wanted, rows, dismissed, conflicts, added, ..Curation::default() })
    }

    /// The files to be read row by row: all but those that stand just as they were written and are to be. What one of
    /// those has is in no other file, unless a person put it there.
    fn names<'n>(&'n self, standing: &'n Files, generated: Option<&'n Files>) -> Vec<&'n String> {
        let mut names = all_names(self.ours, standing, generated.unwrap_or(standing));
        names.retain(|name| {
            let stands = standing.get(*name);
            let as_ours = !self.ours.is_empty() && self.ours.iter().all(|ours| ours.get(*name) == stands);
            !as_ours || generated.is_some_and(|generated| generated.get(*name) != stands)
        });
        names
    }
}

/// The names of all files, the list's own first.
fn all_names<'a>(ours: &[&'a Files], theirs: &'a Files, wanted: &'a Files) -> Vec<&'a String> {
    let all = ours.iter().copied().chain([theirs, wanted]).flat_map(|files| files.keys());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// One topic's tables: ours, theirs, wanted.
type TopicSheets<'a> = (Vec<Sheets<'a>>, Sheets<'a>, Sheets<'a>);

/// The tables of all texts, by file and topic, with plain line ends.
struct Plain<'a> {
    ours: Vec<Vec<Vec<(&'a str, String)>>>,
    theirs: Vec<Vec<(&'a str, String)>>,
    wanted: Vec<Vec<(&'a str, String)>>,
}

impl<'a> Plain<'a> {
    fn of(names: &[&String], ours: &[&'a Files], theirs: &'a Files, wanted: &'a Files) -> Result<Self> {
        let read =
            |files: &'a Files| names.iter().map(|name| plain(files.get(*name))).collect::<Result<Vec<_>>>();
        let ours = ours.iter().map(|files| read(files)).collect::<Result<_>>()?;
        Ok(Self { ours, theirs: read(theirs)?, wanted: read(wanted)? })
    }

    fn all_sheets(&self, topics: &[String]) -> Vec<TopicSheets<'_>> {
        topics.iter().map(|topic| self.sheets(topic)).collect()
    }

    fn sheets(&self, topic: &str) -> TopicSheets<'_> {
        let of = |files: &'_ [Vec<(&'a str, String)>]| -> Vec<Option<usize>> {
            files.iter().map(|blocks| blocks.iter().position(|(name, _)| *name == topic)).collect()
        };
        let ours = self.ours.iter().map(|files| sheets(files, &of(files))).collect();
        (ours, sheets(&self.theirs, &of(&self.theirs)), sheets(&self.wanted, &of(&self.wanted)))
    }
}

/// Whether a row stands that is neither ours nor wanted: it may have been taken from another file.
fn has_strangers((ours, theirs, wanted): &TopicSheets<'_>) -> bool {
    let new = curation::added(ours, theirs);
    let unwanted = curation::added(std::slice::from_ref(wanted), theirs);
    new.iter().any(|key| unwanted.contains(key))
}

fn sheets<'s>(files: &'s [Vec<(&str, String)>], places: &[Option<usize>]) -> Sheets<'s> {
    let each = files.iter().zip(places);
    each.map(|(blocks, place)| read_sheet(&blocks.get((*place)?)?.1)).collect()
}

fn plain(text: Option<&Arc<str>>) -> Result<Vec<(&str, String)>> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let blocks = blocks(text)?;
    Ok(blocks.into_iter().map(|(topic, block)| (topic, with_plain_ends(block).into_owned())).collect())
}

fn rows(files: &Files) -> Result<usize> {
    let Some(own) = files.get(OWN) else { return Ok(0) };
    let blocks = blocks(own)?;
    let rows = blocks.iter().filter_map(|(_, block)| {
        Some(read_sheet(block)?.lines.iter().filter(|line| line.key.is_some()).count())
    });
    Ok(rows.sum())
}

fn told(topic: &str, conflict: Conflict) -> ConflictTold {
    let shown = |cell: &str| if conflict.column == "title" { title_words(cell) } else { words(cell) };
    ConflictTold {
        topic: topic.to_owned(),
        paper: match &conflict.key {
            Key::Paper(paper) => paper.to_string(),
            Key::Address(address) => address.clone(),
        },
        theirs: shown(&conflict.theirs),
        wanted: shown(&conflict.wanted),
        column: conflict.column,
    }
}

/// The papers of rows that people added: for each topic those that stand in a file and that ours did not have, with
/// the text of the table that they stand in.
pub(super) fn added(
    ours: &[&Files],
    standing: &Files,
    topics: &[String],
) -> Result<Vec<(String, Vec<PaperId>)>> {
    let none = Files::new();
    let mut names = all_names(ours, standing, &none);
    // A row that is new in one of the other files may stand in these, but then the history has its paper.
    names.retain(|name| ours.iter().all(|ours| ours.get(*name) != standing.get(*name)));
    let each = Plain::of(&names, ours, standing, &none)?;
    let added = topics.iter().map(|topic| {
        let (ours, theirs, _) = each.sheets(topic);
        (topic.clone(), papers(curation::added(&ours, &theirs)))
    });
    Ok(added.collect())
}

fn papers(keys: Vec<&Key>) -> Vec<PaperId> {
    let papers = keys.into_iter().filter_map(|key| match key {
        Key::Paper(paper) => Some(paper.clone()),
        Key::Address(_) => None,
    });
    papers.collect()
}
