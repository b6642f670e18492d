//! What a person and the program keep together: how a list's table reads after both have changed it.
//!
//! Three texts are known: *ours*, what was generated last time, before a person's changes were put on it; *theirs*,
//! what stands now; *wanted*, what would be generated now. Where theirs is as ours was, it becomes what is wanted;
//! where it is not, a person wrote it, and it stays.

mod alignment;
mod head;
mod order;
mod row;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use head::Head;
use order::{Standing, in_order};
pub use row::Conflict;
use row::{Merging, merged};
pub use sheet::{Key, Line, Sheet};

/// One topic's table in each file of a list, the list itself first; none in a file that has no such table.
pub type Sheets<'a> = Vec<Option<Sheet<'a>>>;

/// The three texts of one topic, in the same files.
#[derive(Debug)]
pub struct Texts<'a> {
    /// What was generated: the text that is known to have been written, and behind it those that were about to be
    /// and may have been.
    pub ours: &'a [Sheets<'a>],
    /// Whether the first of these is known to have been written. Where it is not, the list may stand as others left it,
    /// and is taken over.
    pub is_known: bool,
    /// What was generated at other times: written before, or proposed. Where ours lacks a row that stands, its cells are
    /// the program's as far as they are as in one of these, for somebody took it from there.
    pub others: &'a [Sheets<'a>],
    /// What a person took out for good, here or in another text of the list.
    pub dismissed: &'a [Key],
    /// What stands.
    pub theirs: &'a Sheets<'a>,
    /// What would be generated, without the papers that were dismissed.
    pub wanted: &'a Sheets<'a>,
}

/// How one topic's tables are to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curated {
    /// The text between the markers of each file, with `\n` for line ends; none in a file that gets no such table.
    pub sheets: Vec<Option<String>>,
    /// What both sides changed.
    pub conflicts: Vec<Conflict>,
}

/// The rows that have gone from a topic's tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// Their keys.
    pub rows: Vec<Key>,
    /// Whether they are more than half of the rows of a table.
    pub is_sweeping: bool,
}

/// The rows that a person deleted: those that ours had, of which the first is known to have been written, and that stand
/// nowhere now. A file whose table is gone altogether was lost, not edited: nothing is concluded from it. What is known to
/// be deleted does not count.
pub fn deleted(ours: &[Sheets<'_>], theirs: &Sheets<'_>, is_known: &dyn Fn(&Key) -> bool) -> Deleted {
    let standing: HashSet<&Key> = rows(theirs).map(|(_, key, _)| key).collect();
    let known = installed(ours, &standing);
    let Some((last, earlier)) = known.split_last() else { return Deleted::default() };
    let is_gone = |file: usize, key: &Key| {
        theirs.get(file).is_some_and(Option::is_some) && !standing.contains(key) && !is_known(key)
    };
    // It may have been on its way from another file.
    let gone_of = |sheets: &'_ Sheets<'_>| -> HashSet<Key> {
        rows(sheets).filter(|(file, key, _)| is_gone(*file, key)).map(|(_, key, _)| key.clone()).collect()
    };
    let gone_earlier: Vec<HashSet<Key>> = earlier.iter().map(gone_of).collect();
    let mut deleted = Deleted::default();
    let mut counts: HashMap<usize, (usize, usize)> = HashMap::new();
    for (file, key, _) in rows(last).filter(|(_, key, _)| !is_known(key)) {
        let (gone, all) = counts.entry(file).or_default();
        *all += 1;
        if is_gone(file, key) && gone_earlier.iter().all(|gone| gone.contains(key)) {
            *gone += 1;
            deleted.rows.push(key.clone());
        }
    }
    deleted.is_sweeping = counts.values().any(|(gone, all)| 2 * gone > *all);
    deleted
}

/// The rows that a person added: papers that stand and that ours did not have.
pub fn added<'a>(ours: &[Sheets<'_>], theirs: &'a Sheets<'_>) -> Vec<&'a Key> {
    let known: HashSet<&Key> = ours.iter().flat_map(|sheets| rows(sheets)).map(|(_, key, _)| key).collect();
    rows(theirs).map(|(_, key, _)| key).filter(|key| !known.contains(key)).collect()
}

/// Of ours, those of which one must stand: once a row stands that only a later one had, no earlier one does.
fn installed<'a, 'b>(ours: &'a [Sheets<'b>], standing: &HashSet<&Key>) -> &'a [Sheets<'b>] {
    let mut before: HashSet<&Key> = HashSet::new();
    let mut first = 0;
    for (place, sheets) in ours.iter().enumerate() {
        let is_there = rows(sheets).any(|(_, key, _)| !before.contains(key) && standing.contains(key));
        if place > 0 && is_there {
            first = place;
        }
        before.extend(rows(sheets).map(|(_, key, _)| key));
    }
    &ours[first..]
}

fn rows<'a>(sheets: &'a Sheets<'_>) -> impl Iterator<Item = (usize, &'a Key, &'a Line<'a>)> {
    let sheets = sheets.iter().enumerate().filter_map(|(file, sheet)| Some((file, sheet.as_ref()?)));
    sheets.flat_map(|(file, sheet)| {
        sheet.lines.iter().filter_map(move |line| Some((file, line.key.as_ref()?, line)))
    })
}

/// Where a row stands: its file, and its line in that file's sheet.
type Place = (usize, usize);

/// Puts wanted's changes on theirs. `same` tells for a column whether two cells mean the same; it is asked only where a
/// list is taken over, as far as its rows say what is wanted.
pub fn curate(texts: &Texts<'_>, same: &dyn Fn(&str, &str, &str) -> bool) -> Curated {
    let theirs = alignment::aligned(texts);
    let texts = &Texts { theirs: &theirs, ..*texts };
    let whole = Whole::of(texts, same);
    let mut conflicts = Vec::new();
    let files = texts.wanted.len().max(texts.theirs.len());
    let sheets = (0..files).map(|file| whole.sheet(file, &mut conflicts)).collect();
    Curated { sheets, conflicts }
}

/// The three texts with where each paper stands in them.
struct Whole<'a> {
    texts: &'a Texts<'a>,
    same: &'a dyn Fn(&str, &str, &str) -> bool,
    ours: Vec<HashMap<&'a Key, Place>>,
    others: Vec<HashMap<&'a Key, Place>>,
    wanted: HashMap<&'a Key, Place>,
    /// The first row of each paper that stands, and the file in which it is to stand.
    theirs: HashMap<&'a Key, (Place, usize)>,
}

impl<'a> Whole<'a> {
    fn of(texts: &'a Texts<'a>, same: &'a dyn Fn(&str, &str, &str) -> bool) -> Self {
        let ours: Vec<_> = texts.ours.iter().map(places).collect();
        let others = texts.others.iter().map(places).collect();
        let wanted = places(texts.wanted);
        let theirs = standing_places(&ours, texts);
        let settled = theirs.into_iter().map(|(key, place)| {
            // A row that a person put into a file, or moved to another, stays there.
            let is_elsewhere = |ours: &HashMap<_, Place>| ours.get(key).is_none_or(|ours| ours.0 != place.0);
            let by_hand = texts.is_known && ours.iter().all(is_elsewhere);
            let file = match wanted.get(key) {
                Some(wanted) if !by_hand => wanted.0,
                Some(_) | None => place.0,
            };
            (key, (place, file))
        });
        let theirs = settled.collect();
        Self { texts, same, ours, others, wanted, theirs }
    }

    /// How one file's table is to read.
    fn sheet(&self, file: usize, conflicts: &mut Vec<Conflict>) -> Option<String> {
        let standing = self.texts.theirs.get(file).and_then(Option::as_ref);
        let wanted = self.texts.wanted.get(file).and_then(Option::as_ref);
        let ours: Vec<&Sheet<'_>> =
            self.texts.ours.iter().filter_map(|sheets| sheets.get(file)?.as_ref()).collect();
        let (Some(theirs), Some(shape)) = (standing, wanted.or(standing)) else {
            return wanted.map(|wanted| self.fresh(file, wanted, conflicts));
        };
        let is_ours_tail =
            ours.is_empty() && theirs.tail == shape.tail || ours.iter().any(|ours| ours.tail == theirs.tail);
        let head = self.with_needed(file, Head::merged(&ours, theirs, shape));
        let is_ours_below = is_ours_tail || !self.texts.is_known && theirs.has_plain_tail;
        let tail = if is_ours_below { shape.tail } else { theirs.tail };
        let lines = self.lines(file, Some(theirs), wanted, &head, conflicts);
        Some(sheet::written(&head.text, &lines, tail))
    }

    /// A table that does not stand yet, with the rows that come into it from other files.
    fn fresh(&self, file: usize, wanted: &Sheet<'a>, conflicts: &mut Vec<Conflict>) -> String {
        let head = self.with_needed(file, Head::of(wanted));
        let lines = self.lines(file, None, Some(wanted), &head, conflicts);
        sheet::written(&head.text, &lines, wanted.tail)
    }

    /// The head of a file's table with the columns that it has not and in which a person wrote something that is to stand
    /// in the file.
    fn with_needed<'h>(&self, file: usize, mut head: Head<'h>) -> Head<'h> {
        for sheet in self.texts.theirs.iter().flatten() {
            for (at, name) in sheet.columns.iter().enumerate() {
                let is_needed = |line: &Line<'_>| {
                    let key =
                        line.key.as_ref().filter(|_| line.cells.get(at).is_some_and(|cell| !cell.is_empty()));
                    key.is_some_and(|key| {
                        self.comes(file, key, line) && self.is_persons(key, name, line.cells[at])
                    })
                };
                if !head.has(name) && sheet.lines.iter().any(is_needed) {
                    head.add(name, sheet.titles.get(at).copied().unwrap_or_default());
                }
            }
        }
        head
    }

    /// Whether this very line is the row of a paper that is to stand in this file.
    fn comes(&self, file: usize, key: &Key, line: &Line<'_>) -> bool {
        let Some((place, settled)) = self.theirs.get(key) else { return false };
        let row = row_at(self.texts.theirs, *place);
        *settled == file && row.is_some_and(|(row, _)| std::ptr::eq(row, line))
    }

    /// Whether a cell is not as the program is known to have written it.
    fn is_persons(&self, key: &Key, column: &str, text: &str) -> bool {
        !self.ours_of(key).into_iter().any(|ours| row::has(ours, column, text))
    }

    fn lines(
        &self,
        file: usize,
        theirs: Option<&Sheet<'a>>,
        wanted: Option<&Sheet<'a>>,
        head: &Head<'_>,
        conflicts: &mut Vec<Conflict>,
    ) -> Vec<String> {
        let standing: Vec<Standing<'_>> = theirs.map_or(Vec::new(), |theirs| {
            let lines = theirs.lines.iter().enumerate();
            lines.filter_map(|(at, line)| self.standing((file, at), line)).collect()
        });
        let coming = wanted.map_or(Vec::new(), |wanted| {
            wanted.lines.iter().filter(|line| self.belongs(file, line)).collect::<Vec<_>>()
        });
        let by_place = self.ours.iter().map(|ours| {
            move |line: &Line<'_>| {
                let (own, at) = ours.get(line.key.as_ref()?)?;
                (*own == file).then_some(i64::try_from(*at).unwrap_or(i64::MAX))
            }
        });
        let by_place: Vec<_> = by_place.collect();
        let by_date = |line: &Line<'_>| {
            line.date.map(|date| -i64::from(date.year()) * 512 - i64::from(date.day_of_year()))
        };
        let ranks: Vec<&order::Rank<'_>> = if self.texts.is_known {
            by_place.iter().map(|rank| rank as &order::Rank<'_>).collect()
        } else {
            // Whoever wrote a list that is taken over had the newest on top.
            vec![&by_date]
        };
        in_order(&standing, &coming, &ranks)
            .into_iter()
            .filter_map(|line| self.line(line, head, conflicts))
            .collect()
    }

    /// Whether a wanted row is to stand in this file: where nothing of it stands, or what stands is to come here.
    fn belongs(&self, file: usize, line: &Line<'_>) -> bool {
        let settled = line.key.as_ref().and_then(|key| self.theirs.get(key));
        settled.is_none_or(|(_, settled)| *settled == file)
    }

    /// A line that stands in a file and is to stay in it, in its place or where its date puts it.
    fn standing<'b>(&self, place: Place, line: &'b Line<'a>) -> Option<Standing<'b>> {
        let Some(key) = &line.key else { return Some(Standing { line, is_wanted: false }) };
        let (first, file) = self.theirs.get(key).copied()?;
        if first != place {
            let is_copy = self.is_ours(key, place) || line.text == row_at(self.texts.theirs, first)?.0.text;
            return (!is_copy).then_some(Standing { line, is_wanted: false });
        }
        if file != place.0 {
            return None;
        }
        // Whoever took it out knew that others may have written in it.
        if self.is_known(key) && self.texts.dismissed.contains(key) {
            return None;
        }
        let is_wanted = self.wanted.get(key).is_some_and(|wanted| wanted.0 == file);
        // What is wanted in another file and settled in this one was moved here by a person.
        let stays = self.wanted.contains_key(key) || !self.is_known(key) || !self.is_ours(key, place);
        stays.then_some(Standing { line, is_wanted })
    }

    fn is_known(&self, key: &Key) -> bool {
        self.ours.iter().any(|ours| ours.contains_key(key))
    }

    /// Whether a row that stands is as the program wrote it, however it is laid out.
    fn is_ours(&self, key: &Key, place: Place) -> bool {
        let theirs = row_at(self.texts.theirs, place);
        theirs.is_some_and(|theirs| self.ours_of(key).into_iter().any(|ours| row::is_all_of(ours, theirs)))
    }

    /// What the program is known to have written for a paper, with the columns it had; else what it wrote elsewhere.
    fn ours_of(&self, key: &Key) -> Vec<(&'a Line<'a>, &'a [String])> {
        let rows = |places: &[HashMap<&'a Key, Place>], sheets: &'a [Sheets<'a>]| -> Vec<_> {
            let each = places.iter().zip(sheets);
            each.filter_map(|(places, sheets)| row_at(sheets, *places.get(key)?)).collect()
        };
        let ours = rows(&self.ours, self.texts.ours);
        if ours.is_empty() { rows(&self.others, self.texts.others) } else { ours }
    }

    /// The text of one line: as it stands, as it is wanted, or cell by cell of both.
    fn line(&self, line: &Line<'_>, head: &Head<'_>, conflicts: &mut Vec<Conflict>) -> Option<String> {
        let Some(key) = &line.key else { return Some(line.text.to_owned()) };
        let wanted = self.wanted.get(key).and_then(|place| row_at(self.texts.wanted, *place));
        let Some((first, _)) = self.theirs.get(key) else { return Some(row::kept(wanted?, &head.columns)) };
        let theirs = row_at(self.texts.theirs, *first)?;
        let is_either = |row: row::Named<'_>| std::ptr::eq(row.0, line);
        if !is_either(theirs) && !wanted.is_some_and(is_either) {
            return Some(line.text.to_owned());
        }
        let ours = self.ours_of(key);
        let takes_over = !self.texts.is_known;
        match wanted {
            Some(wanted) if takes_over || !ours.is_empty() => {
                let merging = Merging { key, head, ours: &ours, theirs, wanted, takes_over, same: self.same };
                Some(merged(&merging, conflicts))
            }
            Some(_) | None => Some(row::kept(theirs, &head.columns)),
        }
    }
}

/// Where each paper stands. Of one that stands in several files, as it does where a program was killed while it moved it,
/// the row counts that a person edited.
fn standing_places<'a>(ours: &[HashMap<&'a Key, Place>], texts: &'a Texts<'a>) -> HashMap<&'a Key, Place> {
    let mut found = places(texts.theirs);
    let is_ours = |key: &Key, place: Place| {
        let each = ours.iter().zip(texts.ours);
        let mut each = each.filter_map(|(places, sheets)| row_at(sheets, *places.get(key)?));
        let theirs = row_at(texts.theirs, place);
        theirs.is_some_and(|theirs| each.any(|ours| row::is_all_of(ours, theirs)))
    };
    for (file, sheet) in texts.theirs.iter().enumerate() {
        for (at, line) in sheet.iter().flat_map(|sheet| sheet.lines.iter().enumerate()) {
            let Some(first) = line.key.as_ref().and_then(|key| found.get_mut(key)) else { continue };
            let is_edited = |key: &Key| is_ours(key, *first) && !is_ours(key, (file, at));
            if first.0 != file && line.key.as_ref().is_some_and(is_edited) {
                *first = (file, at);
            }
        }
    }
    found
}

fn places<'a>(sheets: &'a Sheets<'_>) -> HashMap<&'a Key, Place> {
    let mut places = HashMap::new();
    for (file, sheet) in sheets.iter().enumerate() {
        for (at, line) in sheet.iter().flat_map(|sheet| sheet.lines.iter().enumerate()) {
            if let Some(key) = &line.key {
                places.entry(key).or_insert((file, at));
            }
        }
    }
    places
}

fn row_at<'a>(sheets: &'a Sheets<'a>, (file, at): Place) -> Option<(&'a Line<'a>, &'a [String])> {
    let sheet = sheets.get(file)?.as_ref()?;
    Some((sheet.lines.get(at)?, &sheet.columns))
}
