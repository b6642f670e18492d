//! Rows on their way from one file into another while somebody changed a file: what a person wrote in them stands in no
//! file any more.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};

use super::beside::is_beside;
use super::curate::can_be_kept;
use super::project::{List, standing};
use super::rewriting::Waiting;
use super::tables::OWN;
use crate::domain::curation::{Key, Line, Sheet, Texts, curate};
use crate::render::{MarkerFault, blocks, read_sheet, splice, with_places, with_plain_ends};
use crate::store::{Rewrite, Store};

/// Rows by their topics and their keys.
type Rows = BTreeSet<(String, Key)>;

/// How those of the files are to read into which a row comes that has left another one already, and stands nowhere now: as
/// they stand, with these rows. A row that stood in a file which was not rewritten yet was taken out by a person.
pub(super) fn with_arrivals(
    store: &Store,
    list: &List<'_>,
    waiting: &[Waiting],
) -> Result<BTreeMap<String, String>> {
    let rows_of = |file: &str, text: &str| rows(text).with_context(|| list.path(file).display().to_string());
    let (mut files, ours) = standing(store, list)?;
    let waiting = || waiting.iter().filter(|one| !is_beside(&one.rewrite.file));
    let (mut left, mut standing) = (Rows::new(), Rows::new());
    for one in waiting() {
        let file = &one.rewrite.file;
        if let Some(before) = ours.written.get(file) {
            let rows_left = rows_left(one, &rows_of(file, before)?);
            left.extend(rows_left.with_context(|| list.path(file).display().to_string())?);
        }
        match &one.standing {
            Some(text) => drop(files.insert(file.clone(), text.as_str().into())),
            None => drop(files.remove(file)),
        }
    }
    for (file, text) in &files {
        standing.extend(rows_of(file, text)?);
    }
    let mut joined_files = BTreeMap::new();
    for one in waiting().filter(|one| !one.is_done()) {
        let Rewrite { file, text, .. } = &one.rewrite;
        let mut coming = rows_of(file, text)?;
        coming.retain(|row| list.topics.contains(&row.0) && left.contains(row) && !standing.contains(row));
        if !coming.is_empty() {
            joined_files.insert(file.clone(), with_coming(list, one, &coming)?);
            standing.extend(coming);
        }
    }
    Ok(joined_files)
}

/// Those of a file's rows that have left it because it was rewritten. Somebody may have changed it after that: then all of
/// them are gone.
fn rows_left(one: &Waiting, before: &Rows) -> Result<Rows, MarkerFault> {
    let after = rows(&one.rewrite.text)?;
    let left: Rows = before.difference(&after).cloned().collect();
    let stands = one.standing.as_deref().map_or_else(|| Ok(Rows::new()), rows)?;
    let was_done = one.is_done() || one.is_reached && one.is_changed() && left.is_disjoint(&stands);
    Ok(if was_done { left } else { Rows::new() })
}

/// A file as it stands with these rows; where nothing stands, as it was to be.
fn with_coming(list: &List<'_>, waiting: &Waiting, coming: &Rows) -> Result<String> {
    let Rewrite { file, text, .. } = &waiting.rewrite;
    let Some(stands) = waiting.standing.as_deref().filter(|text| !text.trim().is_empty()) else {
        return Ok(text.clone());
    };
    let context = || list.path(file).display().to_string();
    for (topic, block) in blocks(stands).with_context(context)? {
        if coming.iter().any(|(its, _)| its == topic) {
            can_be_kept(list, file, topic, block)?;
        }
    }
    joined(file, stands, text, coming).with_context(context)
}

fn rows(text: &str) -> Result<Rows, MarkerFault> {
    let mut rows = Rows::new();
    for (topic, block) in blocks(text)? {
        let block = with_plain_ends(block);
        let lines = read_sheet(&block).map(|sheet| sheet.lines).unwrap_or_default();
        rows.extend(lines.into_iter().filter_map(|line| Some((topic.to_owned(), line.key?))));
    }
    Ok(rows)
}

/// What stands in a file with those rows of another text for it that are coming.
fn joined(file: &str, stands: &str, text: &str, coming: &Rows) -> Result<String, MarkerFault> {
    let topics: BTreeSet<&str> = coming.iter().map(|(topic, _)| topic.as_str()).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let stands = match file {
        OWN => Cow::Borrowed(stands),
        _ => with_places(Cow::Borrowed(stands), &topics)?,
    };
    let mut tables = plain(&stands)?;
    for (topic, with_all) in plain(text)?.into_iter().filter(|(topic, _)| topics.contains(topic)) {
        let is_coming = |key: &Key| coming.iter().any(|(its, coming)| its == topic && coming == key);
        match tables.iter_mut().find(|(its, _)| *its == topic) {
            Some((_, table)) => *table = with_rows(table, &with_all, is_coming),
            None => tables.push((topic, with_all)),
        }
    }
    let tables: Vec<_> = tables.iter().map(|(topic, table)| (*topic, &**table)).collect();
    splice(Some(&stands), &tables)
}

fn plain(text: &str) -> Result<Vec<(&str, String)>, MarkerFault> {
    let blocks = blocks(text)?.into_iter();
    Ok(blocks.map(|(topic, block)| (topic, with_plain_ends(block).into_owned())).collect())
}

/// A table with the rows of another one that are coming into it; that one whole where no table stands.
fn with_rows(stands: &str, with_all: &str, is_coming: impl Fn(&Key) -> bool) -> String {
    let (Some(stands), Some(mut coming)) = (read_sheet(stands), read_sheet(with_all)) else {
        return with_all.to_owned();
    };
    let wanted = Sheet { lines: in_order(&stands, &coming, &is_coming), ..stands.clone() };
    coming.lines.retain(|line| line.key.as_ref().is_some_and(&is_coming));
    // They are taken for rows of another file of which nothing but the key is ours: then every cell stays.
    let ours = Sheet { lines: coming.lines.iter().map(bare).collect(), ..coming.clone() };
    let texts = Texts {
        ours: &[vec![Some(stands.clone()), Some(ours)]],
        is_known: true,
        others: &[],
        dismissed: &[],
        theirs: &vec![Some(stands), Some(coming)],
        wanted: &vec![Some(wanted), None],
    };
    let joined = curate(&texts, &|_, _, _| false).sheets.into_iter().next();
    joined.flatten().unwrap_or_else(|| with_all.to_owned())
}

/// The rows that stand, with a bare one for each that is coming: behind the row that it follows in the other table, or on
/// top.
fn in_order<'a>(stands: &Sheet<'a>, with_all: &Sheet<'a>, is_coming: impl Fn(&Key) -> bool) -> Vec<Line<'a>> {
    let mut keys = HashSet::new();
    let first = stands.lines.iter().filter(|line| line.key.as_ref().is_some_and(|key| keys.insert(key)));
    let mut lines: Vec<Line<'a>> = first.cloned().collect();
    let mut next = 0;
    for line in with_all.lines.iter().filter(|line| line.key.is_some()) {
        if let Some(at) = lines.iter().position(|standing| standing.key == line.key) {
            next = at + 1;
        } else if line.key.as_ref().is_some_and(&is_coming) {
            lines.insert(next, bare(line));
            next += 1;
        }
    }
    lines
}

/// A row of which only the key is known.
fn bare<'a>(line: &Line<'a>) -> Line<'a> {
    Line { text: "", date: None, cells: Vec::new(), key: line.key.clone(), is_shifted: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PaperId;

    /// A file with these rows, each a number and what stands behind its title.
    fn file(head: &str, rows: &[&str]) -> String {
        let rows = rows.iter().map(|row| {
            let (number, rest) = row.split_once(' ').unwrap();
            format!("| **[T](http://arxiv.org/abs/2503.0000{number}v1)** | {rest} |\n")
        });
        let rows: String = rows.collect();
        format!("x\n<!-- paperwire:begin A -->\n{head}{rows}<!-- paperwire:end A -->\n")
    }

    fn with(file: &str, stands: &str, text: &str, numbers: &[&str]) -> Result<String, MarkerFault> {
        let of = |number: &&str| Key::Paper(PaperId::arxiv(&format!("2503.0000{number}").parse().unwrap()));
        let keys = numbers.iter().map(|number| ("A".to_owned(), of(number)));
        joined(file, stands, text, &keys.collect())
    }

    const HEAD: &str = "| Title | Note |\n| --- | --- |\n";

    #[test]
    fn a_row_comes_behind_the_one_that_it_follows_and_all_else_stays() {
        let text = file(HEAD, &["5 e", "4 d", "3 c", "2 b", "1 a"]);
        for (stands, coming, joined) in [
            (vec!["4 mine", "2 b"], vec!["3"], vec!["4 mine", "3 c", "2 b"]),
            (vec!["4 d", "1 a"], vec!["5", "2"], vec!["5 e", "4 d", "2 b", "1 a"]),
            (vec!["1 a", "9 own"], vec!["4", "3"], vec!["4 d", "3 c", "1 a", "9 own"]),
            (vec![], vec!["4"], vec!["4 d"]),
        ] {
            let (stands, joined) = (file(HEAD, &stands), file(HEAD, &joined));
            assert_eq!(with("", &stands, &text, &coming).as_ref(), Ok(&joined));
            let with_carriage_returns = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(
                with("", &with_carriage_returns(&stands), &text, &coming),
                Ok(with_carriage_returns(&joined))
            );
        }
    }

    #[test]
    fn a_row_brings_the_columns_that_it_needs() {
        let text = file("| Title | Note | Mine |\n| --- | --- | --- |\n", &["3 c |", "2 b | read", "1 a |"]);
        let stands = file(HEAD, &["3 c", "1 a"]).replace("x\n", "y\n");
        let joined = file("| Title | Note | Mine |\n| --- | --- | --- |\n", &["3 c", "2 b | read", "1 a"]);
        let joined = joined.replace("x\n", "y\n");
        assert_eq!(with("", &stands, &text, &["2"]).unwrap(), joined);
    }

    #[test]
    fn an_archive_file_gets_a_place_for_them_and_a_list_is_told_that_it_needs_one() {
        let text = file(HEAD, &["2 b", "1 a"]);
        assert_eq!(with("2025.md", "x\n", &text, &["1"]).unwrap(), text.replacen("x\n", "x\n\n", 1));
        let missing = with(OWN, "x\n", &text, &["1"]);
        assert_eq!(missing, Err(MarkerFault::Missing { topic: "A".to_owned() }));
    }
}
