//! What is known of a list: what a person took out of it or wrote in it, how it was left, and what its archive was made
//! of.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{Fingerprint, PaperId};

/// A paper that a person took out of a topic's table; it is not written there again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dismissal {
    /// The topic.
    pub topic: String,
    /// The paper.
    pub paper: PaperId,
    /// When the deletion was noticed.
    pub noticed_at: Timestamp,
    /// The table with this row alone, as it was written last; empty if that is not known.
    pub excerpt: String,
}

/// A paper whose row is in a file of a list because a person wrote in it, or wrote it: what was generated and is known to
/// be in the list does not have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManualRow {
    /// The file.
    pub file: String,
    /// The topic.
    pub topic: String,
    /// The paper.
    pub paper: PaperId,
}

/// The state in which a list was last left in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The fingerprint of all that it was made of.
    pub inputs_fingerprint: Fingerprint,
    /// Rows in all tables of its own file.
    pub rows: usize,
    /// What there was to report of it, and still is.
    pub notes: Vec<String>,
    /// The fingerprint of each of its files.
    pub file_fingerprints: BTreeMap<String, Fingerprint>,
}

/// A volume of a list's archive: the files that share a name by the list's pattern, the first and its later parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveVolumeRecord {
    /// The fingerprint of what it was made of.
    pub inputs_fingerprint: Fingerprint,
    /// The volume's tables; those of one topic come oldest first.
    pub tables: Vec<ArchiveVolumeTableRecord>,
}

/// One topic's table in an archive file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveVolumeTableRecord {
    /// The topic.
    pub topic: String,
    /// The file that it is in.
    pub file: String,
    /// The fingerprint of the whole file as it was generated.
    pub file_fingerprint: Fingerprint,
}

/// For each topic whose deletions are in doubt, the fingerprint of the rows that are gone.
pub type SuspectDeletions = BTreeMap<String, Fingerprint>;
