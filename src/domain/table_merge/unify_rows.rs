//! Rows under different identities that are rows of one paper since these turned out to be one work.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::PaperId;
use super::parsed_table::{TableLine, TablePerFile};

/// Reads the rows of papers that have another identity now as rows of that one, so that each is followed in its place:
/// `displayed` has the new identity for each old one. If people left rows of both, the one that a person wrote in counts,
/// and the other goes. What a person wrote into both, or added by hand, stays as it is, under its own identity.
pub fn unify_rows<'t>(
    base: &mut [TablePerFile<'t>],
    edited: &mut TablePerFile<'t>,
    desired: &mut TablePerFile<'t>,
    displayed: &BTreeMap<PaperId, PaperId>,
) {
    if displayed.is_empty() {
        return;
    }
    let rows = choose_row_per_paper(base, edited, displayed);
    rows.unify_rows_of_edited_tables(edited);
    for tables in base.iter_mut().chain([desired]) {
        rows.keep_generated(tables);
    }
}

/// The cells of each row of some papers.
type RowCells<'t> = BTreeMap<PaperId, Vec<Vec<&'t str>>>;

/// Which row is followed of each paper that has several identities.
struct FollowedRows<'d> {
    /// The identity that is displayed, by each that the paper has.
    papers: HashMap<&'d PaperId, &'d PaperId>,
    /// By the identity that is displayed.
    rows: BTreeMap<&'d PaperId, RowFollowedForPaper<'d>>,
}

/// Which row of a paper with several identities is followed.
struct RowFollowedForPaper<'d> {
    /// The identity of that row; none if there is no row of the paper.
    followed: Option<&'d PaperId>,
    /// The identities of rows that are a person's own.
    own: Vec<&'d PaperId>,
}

fn choose_row_per_paper<'d>(
    base: &[TablePerFile<'_>],
    edited: &TablePerFile<'_>,
    displayed: &'d BTreeMap<PaperId, PaperId>,
) -> FollowedRows<'d> {
    let mut ids: BTreeMap<&PaperId, Vec<&PaperId>> = BTreeMap::new();
    for (id, paper) in displayed {
        ids.entry(paper).or_insert_with(|| vec![paper]).push(id);
    }
    let papers = displayed.iter().chain(displayed.values().map(|paper| (paper, paper))).collect();
    let base: Vec<RowCells<'_>> = base.iter().map(|tables| find_rows_of_papers(tables, &papers)).collect();
    let edited = find_rows_of_papers(edited, &papers);
    let rows = ids
        .iter()
        .map(|(paper, ids)| (*paper, RowFollowedForPaper::choose_row_to_follow(ids, &base, &edited)));
    let rows = rows.collect();
    FollowedRows { papers, rows }
}

fn find_rows_of_papers<'t>(tables: &TablePerFile<'t>, papers: &HashMap<&PaperId, &PaperId>) -> RowCells<'t> {
    let mut rows = RowCells::new();
    for line in tables.iter().flatten().flat_map(|table| &table.lines) {
        if let Some(id) = line.key.as_ref().filter(|id| papers.contains_key(id)) {
            rows.entry(id.clone()).or_default().push(line.cells.clone());
        }
    }
    rows
}

impl<'d> RowFollowedForPaper<'d> {
    fn choose_row_to_follow(ids: &[&'d PaperId], base: &[RowCells<'_>], edited: &RowCells<'_>) -> Self {
        let present = ids.iter().copied().filter(|id| edited.contains_key(*id));
        let was_generated = |id: &&PaperId| base.iter().any(|rows| rows.contains_key(*id));
        let (generated, added): (Vec<_>, Vec<_>) = present.partition(was_generated);
        let is_written_in = |id: &&PaperId| {
            let is_as_generated =
                |row| base.iter().filter_map(|rows| rows.get(*id)).any(|known| known.contains(row));
            edited[*id].iter().any(|row| !is_as_generated(row))
        };
        let written_in: Vec<&PaperId> = generated.iter().copied().filter(is_written_in).collect();
        let followed = written_in.first().or(generated.first()).or(added.first()).copied();
        let own = written_in.into_iter().chain(added).filter(|id| Some(*id) != followed).collect();
        Self { followed, own }
    }

    fn is_row_of_followed_paper(&self, line: &TableLine<'_>) -> bool {
        line.key.as_ref() == self.followed
    }
}

impl<'d> FollowedRows<'d> {
    /// The paper that a row is to be read as one of, if it is one of these, and which of its rows is followed.
    fn paper_and_chosen_row_of_line(
        &self,
        line: &TableLine<'_>,
    ) -> Option<(&'d PaperId, &RowFollowedForPaper<'d>)> {
        let key = line.key.as_ref()?;
        let paper = *self.papers.get(key)?;
        let row = self.rows.get(paper).filter(|row| !row.own.contains(&key))?;
        Some((paper, row))
    }

    fn unify_rows_of_edited_tables(&self, tables: &mut TablePerFile<'_>) {
        for table in tables.iter_mut().flatten() {
            table.lines.retain(|line| {
                self.paper_and_chosen_row_of_line(line)
                    .is_none_or(|(_, row)| row.is_row_of_followed_paper(line))
            });
        }
        self.rename_row_ids(tables);
    }

    /// Of the rows that were generated the one is left that is followed; if that was not generated, any.
    fn keep_generated(&self, tables: &mut TablePerFile<'_>) {
        let lines = tables.iter().flatten().flat_map(|table| &table.lines);
        let followed = lines.filter_map(|line| {
            self.paper_and_chosen_row_of_line(line).filter(|(_, row)| row.is_row_of_followed_paper(line))
        });
        let followed: BTreeSet<&PaperId> = followed.map(|(paper, _)| paper).collect();
        for table in tables.iter_mut().flatten() {
            table.lines.retain(|line| {
                self.paper_and_chosen_row_of_line(line).is_none_or(|(paper, row)| {
                    !followed.contains(paper) || row.is_row_of_followed_paper(line)
                })
            });
        }
        self.rename_row_ids(tables);
    }

    fn rename_row_ids(&self, tables: &mut TablePerFile<'_>) {
        for line in tables.iter_mut().flatten().flat_map(|table| &mut table.lines) {
            if let Some((paper, _)) = self.paper_and_chosen_row_of_line(line) {
                line.key = Some(paper.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{merge_parsed, parse_table, web_page_id};
    use super::*;

    /// How one file reads after base, edited and desired, where `d` is an old identity of `k`.
    fn merge_with_unified_rows(base: &'static str, edited: &'static str, desired: &'static str) -> String {
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
            assert_eq!(merge_with_unified_rows(base, edited, desired), outcome, "{what}");
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
