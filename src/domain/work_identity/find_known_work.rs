//! Which of the works of a history a new description is of.

use super::prepared_work::PreparedWork;
use super::work_comparison_result::WorkComparison;
use super::work_metadata::WorkDescription;

/// How many works of one title are looked at. A title that more have says nothing.
pub const SAME_TITLE_MAX: usize = 20;

/// A work of a history: what its sources say of it. Descriptions that share an identifier may be one here, with all
/// identifiers and titles. Those that were joined by strong evidence are not: each is asked for itself, as strong links do not chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownWork {
    /// The work's descriptions, at least one.
    pub descriptions: Vec<WorkDescription>,
}

/// Which work a description is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkChoice {
    /// None of the known ones.
    New,
    /// The one at this place, by an identifier or by evidence.
    Known {
        /// The work's place in the list.
        at: usize,
        /// How it is known that they are one work.
        identity: WorkComparison,
    },
    /// The paper could be any of these works, and it is not known which: it is taken for a work of its own.
    Ambiguous {
        /// Their places in the list.
        places: Vec<usize>,
    },
}

/// Finds the known work that a description is of. One that shares an identifier comes before those that strong
/// evidence speaks for. If there are several of the same rank, it is none of them.
pub fn choose_work(description: &WorkDescription, known: &[KnownWork]) -> WorkChoice {
    let new = PreparedWork::new(description);
    let found: Vec<(usize, WorkComparison)> =
        known.iter().enumerate().filter_map(|(at, work)| Some((at, match_known_work(&new, work)?))).collect();
    let is_certain = |identity: &WorkComparison| matches!(identity, WorkComparison::SameByIdentifier(_));
    let has_certain = found.iter().any(|(_, identity)| is_certain(identity));
    let mut best: Vec<(usize, WorkComparison)> =
        found.into_iter().filter(|(_, identity)| is_certain(identity) == has_certain).collect();
    match (best.pop(), best.is_empty()) {
        (None, _) => WorkChoice::New,
        (Some((at, identity)), true) => WorkChoice::Known { at, identity },
        (Some((last, _)), false) => {
            WorkChoice::Ambiguous { places: best.into_iter().map(|(at, _)| at).chain([last]).collect() }
        }
    }
}

/// How a description is known to be of a work: by an identifier that it shares with any of its descriptions, or by
/// evidence that speaks for each of them.
fn match_known_work(new: &PreparedWork, work: &KnownWork) -> Option<WorkComparison> {
    let parts: Vec<PreparedWork> = work.descriptions.iter().map(PreparedWork::new).collect();
    if parts.iter().any(|part| new.has_different_arxiv_id(part)) {
        return None;
    }
    if let Some(identifier) = parts.iter().filter_map(|part| new.shared_identifier(part)).min() {
        return Some(WorkComparison::SameByIdentifier(identifier.clone()));
    }
    let evidence: Option<Vec<_>> = parts.iter().map(|part| new.strong_evidence(part)).collect();
    // The first in an order that does not depend on that of the descriptions.
    evidence?.into_iter().min().map(WorkComparison::SameByEvidence)
}
