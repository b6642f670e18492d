//! What the work on the history itself came to: a backup, a batch of the full-text index.

/// What a backup of the history has in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupSummary {
    /// The papers in it.
    pub papers: u64,
    /// The copy's size.
    pub bytes: u64,
}

/// How far the full-text index has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexProgress {
    /// Every paper is found by its words.
    UpToDate,
    /// Some are not yet.
    MorePending,
    /// The index was damaged. It is empty now, and every paper is to be indexed again.
    Reset,
}
