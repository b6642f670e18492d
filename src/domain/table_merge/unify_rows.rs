//! Rows under different identities that are rows of one paper since these turned out to be one work.

use std::collections::{BTreeMap, BTreeSet};

use super::PaperId;
use super::parsed_table::{FileTables, TableLine};

/// Reads the rows of papers that have another identity now as rows of that one, so that each is followed in its place:
/// `displayed` has the new identity for each old one. If people left rows of both, the one that a person wrote in counts,
/// and the other goes. What a person wrote into both, or added by hand, stays as it is, under its own identity.
pub fn unify_rows<'t>(
    base: &mut [FileTables<'t>],
    edited: &mut FileTables<'t>,
    desired: &mut FileTables<'t>,
    displayed: &BTreeMap<PaperId, PaperId>,
) {
    let papers: BTreeSet<&PaperId> = displayed.values().collect();
    for paper in papers {
        let mut ids: Vec<&PaperId> =
            displayed.iter().filter(|(_, own)| *own == paper).map(|(id, _)| id).collect();
        ids.sort();
        ids.insert(0, paper);
        let choice = RowChoice::among(&ids, base, edited);
        choice.unify_edited(edited);
        for tables in base.iter_mut().chain([&mut *desired]) {
            choice.unify_generated(tables);
        }
    }
}

/// Which row of a paper with several identities is followed.
struct RowChoice<'i> {
    ids: &'i [&'i PaperId],
    /// The identity of that row; none if there is no row of the paper.
    followed: Option<&'i PaperId>,
    /// The identities of rows that are a person's own.
    own: Vec<&'i PaperId>,
}

impl<'i> RowChoice<'i> {
    fn among(ids: &'i [&'i PaperId], base: &[FileTables<'_>], edited: &FileTables<'_>) -> Self {
        let present: Vec<&PaperId> =
            ids.iter().copied().filter(|id| rows(edited, id).next().is_some()).collect();
        let was_generated = |id: &&PaperId| base.iter().any(|tables| rows(tables, id).next().is_some());
        let (generated, added): (Vec<_>, Vec<_>) = present.into_iter().partition(was_generated);
        let is_written_in = |id: &&PaperId| {
            let is_as_generated = |row: &TableLine<'_>| {
                base.iter().any(|tables| rows(tables, id).any(|known| known.cells == row.cells))
            };
            rows(edited, id).any(|row| !is_as_generated(row))
        };
        let written_in: Vec<&PaperId> = generated.iter().copied().filter(is_written_in).collect();
        let followed = written_in.first().or(generated.first()).or(added.first()).copied();
        let own = written_in.into_iter().chain(added).filter(|id| Some(*id) != followed).collect();
        Self { ids, followed, own }
    }

    /// Whether a row is to be read as one of the paper.
    fn is_of_paper(&self, line: &TableLine<'_>) -> bool {
        line.key.as_ref().is_some_and(|key| self.ids.contains(&key) && !self.own.contains(&key))
    }

    fn is_followed(&self, line: &TableLine<'_>) -> bool {
        line.key.is_some() && line.key.as_ref() == self.followed
    }

    fn unify_edited(&self, tables: &mut FileTables<'_>) {
        for table in tables.iter_mut().flatten() {
            table.lines.retain(|line| !self.is_of_paper(line) || self.is_followed(line));
        }
        self.rename(tables);
    }

    /// Of the rows that were generated the one is left that is followed; if that was not generated, any.
    fn unify_generated(&self, tables: &mut FileTables<'_>) {
        let has_followed =
            tables.iter().flatten().any(|table| table.lines.iter().any(|line| self.is_followed(line)));
        if has_followed {
            self.unify_edited(tables);
        } else {
            self.rename(tables);
        }
    }

    fn rename(&self, tables: &mut FileTables<'_>) {
        let lines = tables.iter_mut().flatten().flat_map(|table| &mut table.lines);
        for line in lines {
            if self.is_of_paper(line) {
                line.key = self.ids.first().map(|paper| (*paper).clone());
            }
        }
    }
}

fn rows<'a>(tables: &'a FileTables<'_>, id: &'a PaperId) -> impl Iterator<Item = &'a TableLine<'a>> {
    tables.iter().flatten().flat_map(|table| &table.lines).filter(move |line| line.key.as_ref() == Some(id))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{merge_parsed, parse_table, web_page_id};
    use super::*;

    /// How one file reads after base, edited and desired, where `d` is an old identity of `k`.
    fn merge(base: &'static str, edited: &'static str, desired: &'static str) -> String {
        let (mut base, mut edited, mut desired) =
            ([vec![parse_table(base)]], vec![parse_table(edited)], vec![parse_table(desired)]);
        let displayed = BTreeMap::from([(web_page_id("d"), web_page_id("k"))]);
        unify_rows(&mut base, &mut edited, &mut desired, &displayed);
        merge_parsed(&base, &edited, &desired)
    }

    #[test]
    fn rows_of_one_work_become_one_row() {
        for (what, base, edited, desired, outcome) in [
            ("it has another identity", "d | x | y", "d | x | y", "k | z | y", "k | z | y"),
            (
                "its place is kept",
                "a | 1 | 1/d | x | y",
                "d | x | y/a | 1 | 1",
                "a | 1 | 1/k | z | y",
                "k | z | y/a | 1 | 1",
            ),
            ("a person wrote in it", "d | x | y", "d | mine | y", "k | x | z", "| k | mine | z |"),
            ("both were there", "d | x | y/k | 1 | 2", "d | x | y/k | 1 | 2", "k | 1 | 2", "k | 1 | 2"),
            (
                "the old one was written in",
                "k | 1 | 2/d | x | y",
                "k | 1 | 2/d | mine | y",
                "k | x | 3",
                "| k | mine | 3 |",
            ),
            (
                "the new one was written in",
                "d | x | y/k | 1 | 2",
                "d | x | y/k | mine | 2",
                "k | 1 | 3",
                "| k | mine | 3 |",
            ),
            (
                "both were written in",
                "k | 1 | 2/d | x | y",
                "k | mine | 2/d | mine too | y",
                "k | 1 | 3",
                "| k | mine | 3 |/d | mine too | y",
            ),
            ("the old one was deleted", "d | x | y/k | 1 | 2", "k | 1 | 2", "k | 1 | 3", "k | 1 | 3"),
            ("the new one was deleted", "k | 1 | 2/d | x | y", "d | x | y", "k | 1 | 3", "k | 1 | 3"),
            (
                "a person added the old one",
                "k | 1 | 2",
                "k | 1 | 2/d | mine | y",
                "k | 1 | 3",
                "k | 1 | 3/d | mine | y",
            ),
            (
                "a person had only the old one",
                "a | 1 | 1",
                "a | 1 | 1/d | mine | y",
                "a | 1 | 1/k | 1 | 3",
                "a | 1 | 1/d | mine | y",
            ),
        ] {
            assert_eq!(merge(base, edited, desired), outcome, "{what}");
        }
    }

    #[test]
    fn a_row_is_deleted_only_if_no_row_of_the_work_is_left() {
        let displayed = BTreeMap::from([(web_page_id("d"), web_page_id("k"))]);
        for (edited, deleted) in
            [("d | x | y", vec![]), ("k | 1 | 2", vec![]), ("a | 1 | 1", vec![web_page_id("k")])]
        {
            let mut base = [vec![parse_table("d | x | y/k | 1 | 2/a | 1 | 1")]];
            let mut edited = vec![parse_table(edited)];
            unify_rows(&mut base, &mut edited, &mut Vec::new(), &displayed);
            let gone = super::super::deleted_rows(&base, &edited, &|id| *id == web_page_id("a")).rows;
            assert_eq!(BTreeSet::from_iter(gone), BTreeSet::from_iter(deleted));
        }
    }
}
