//! Which papers of the history are one work, and why.

use jiff::Timestamp;

use super::topic::PaperDatabaseRowId;
use crate::domain::{KnownWork, MetadataOrigin, Paper, PaperId, TitleAndAuthorMatch, WorkIdentifier};

/// A paper that is known by a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperByKey {
    /// The paper's row.
    pub row: PaperDatabaseRowId,
    /// The identity that is displayed of it.
    pub id: PaperId,
    /// The first of the keys by which it is known.
    pub key: String,
    /// Whether other papers became part of it.
    pub has_parts: bool,
}

/// A paper of the history as a work that others may turn out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedWork {
    /// The work's row.
    pub row: PaperDatabaseRowId,
    /// The paper.
    pub paper: Paper,
    /// The source that showed it first; empty if that was a list.
    pub source: String,
    /// Where what is known of it came from.
    pub origin: MetadataOrigin,
    /// All its identifiers that hold for every source.
    pub identifiers: Vec<WorkIdentifier>,
    /// What became part of it, the latest last.
    pub parts: Vec<JoinedPaper>,
}

impl RecordedWork {
    /// Why the part that has this key is part of it, unless that is certain; none if no part has it.
    pub fn join_reason_of_part(&self, key: &str) -> Option<&SameWorkReason> {
        let of_key = self.parts.iter().filter(|part| part.keys.iter().any(|own| own == key));
        of_key.map(|part| &part.reason).find(|reason| !reason.is_certain())
    }
}

/// A paper of the history with all that it was described as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedWork {
    /// The paper.
    pub recorded: RecordedWork,
    /// What it was described as, each description that was joined by evidence for itself.
    pub work: KnownWork,
}

/// Why two papers are one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SameWorkReason {
    /// Both have this key.
    Key(String),
    /// Evidence spoke for it.
    Evidence(TitleAndAuthorMatch),
    /// A person said so.
    Hand,
}

impl SameWorkReason {
    /// Whether no evidence and nobody's word is needed for it.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Key(_) => true,
            Self::Evidence(_) | Self::Hand => false,
        }
    }
}

/// Which of two papers that are one work is displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplayedPaperChoice {
    /// The one that the history has.
    Known,
    /// The one that a source shows now.
    Shown,
}

/// A paper as a source shows it, with the keys by which it is known from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedPaper {
    /// The paper.
    pub paper: Paper,
    /// The paper's keys as the history keeps them, its own identity among them.
    pub keys: Vec<String>,
}

/// A paper that is part of another one since both are one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedPaper {
    pub(in crate::store) id: i64,
    /// The paper as it was then.
    pub paper: Paper,
    /// The keys that it had then.
    pub keys: Vec<String>,
    /// The source that had shown it; empty if that was a list.
    pub source: String,
    /// Why it was joined with the paper.
    pub reason: SameWorkReason,
    /// When it was joined.
    pub joined_at: Timestamp,
}

/// A paper with all by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperIdentityRecord {
    /// The work's row.
    pub row: PaperDatabaseRowId,
    /// The paper.
    pub paper: Paper,
    /// The work's identities, the displayed one first, each with the source that showed it first; that is empty if it
    /// was a list.
    pub identities: Vec<(PaperId, String)>,
    /// What became part of it, the latest last.
    pub parts: Vec<JoinedPaper>,
}
