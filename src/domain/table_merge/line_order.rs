//! The order of a table's lines after both sides have changed them.

use std::collections::{HashMap, HashSet};

use super::TableLine;
use crate::domain::PaperId;

/// A line that is in the file and stays in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExistingLine<'a> {
    /// The line.
    pub(super) line: &'a TableLine<'a>,
    /// Whether it is among the desired rows of its file.
    pub(super) is_desired: bool,
}

/// Where a row was when it was generated; none for one that was not. Smaller is higher.
pub(super) type RowRank<'a> = dyn Fn(&TableLine<'_>) -> Option<i64> + 'a;

/// The lines in their order. Desired rows follow the desired order. What a person added or moved stays behind the line
/// that it was behind: a row counts as moved if it is out of the order in which it was generated. Of several
/// such orders the one counts by which the fewest were moved.
pub(super) fn order_table_lines<'a>(
    existing: &[ExistingLine<'a>],
    desired: &[&'a TableLine<'a>],
    ranks: &[&RowRank<'_>],
) -> Vec<&'a TableLine<'a>> {
    let each = ranks.iter().map(|rank| unmoved_rows(existing, *rank));
    let sorted = each.max_by_key(HashSet::len).unwrap_or_default();
    let mut behind: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut last = None;
    for (at, _) in existing.iter().enumerate() {
        if !sorted.contains(&at) {
            behind.entry(last).or_default().push(at);
        }
        last = Some(at);
    }
    let positions: HashMap<&PaperId, usize> =
        sorted.iter().filter_map(|at| Some((existing[*at].line.key.as_ref()?, *at))).collect();
    let anchored: HashSet<&PaperId> = existing
        .iter()
        .enumerate()
        .filter(|(at, line)| !sorted.contains(at) && line.is_desired)
        .filter_map(|(_, line)| line.line.key.as_ref())
        .collect();
    let mut order =
        LineOrdering { existing, behind, lines: Vec::with_capacity(existing.len() + desired.len()) };
    order.push_lines_anchored_at(None);
    for line in desired {
        match line.key.as_ref() {
            Some(key) if anchored.contains(key) => {}
            Some(key) => match positions.get(key) {
                Some(at) => order.push_line(*at),
                None => order.lines.push(line),
            },
            None => order.lines.push(line),
        }
    }
    order.lines
}

struct LineOrdering<'s, 'a> {
    existing: &'s [ExistingLine<'a>],
    behind: HashMap<Option<usize>, Vec<usize>>,
    lines: Vec<&'a TableLine<'a>>,
}

impl LineOrdering<'_, '_> {
    /// Takes a line, and whatever was behind it and is not sorted by its date.
    fn push_line(&mut self, at: usize) {
        self.lines.push(self.existing[at].line);
        self.push_lines_anchored_at(Some(at));
    }

    fn push_lines_anchored_at(&mut self, at: Option<usize>) {
        let mut next = self.behind.remove(&at).unwrap_or_default();
        next.reverse();
        while let Some(at) = next.pop() {
            self.lines.push(self.existing[at].line);
            let mut behind = self.behind.remove(&Some(at)).unwrap_or_default();
            behind.reverse();
            next.extend(behind);
        }
    }
}

/// The desired rows that are there in the order of their ranks: the longest such sequence, so that as few as can be count as
/// moved.
fn unmoved_rows(existing: &[ExistingLine<'_>], rank: &RowRank<'_>) -> HashSet<usize> {
    let ranked: Vec<(usize, i64)> = existing
        .iter()
        .enumerate()
        .filter(|(_, line)| line.is_desired)
        .filter_map(|(at, line)| Some((at, rank(line.line)?)))
        .collect();
    // For each length, the sequence of that length that ends on the lowest rank; `before` leads back through it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; ranked.len()];
    for (position, (_, rank)) in ranked.iter().enumerate() {
        let length = ends.partition_point(|end| ranked[*end].1 <= *rank);
        before[position] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(position);
        } else {
            ends[length] = position;
        }
    }
    let mut sorted = HashSet::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(position) = next {
        sorted.insert(ranked[position].0);
        next = before[position];
    }
    sorted
}
