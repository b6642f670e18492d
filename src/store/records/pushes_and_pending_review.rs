//! What was pushed of a list in a repository, and what of it waits for a person.

use super::generated_files::FileTexts;
use crate::domain::{CommitId, Fingerprint};

/// A push of what is proposed, which was made or was about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushRecord {
    /// The commit.
    pub commit: CommitId,
    /// What its branch had before; none if it did not exist, or if that is not known.
    pub replaced: Option<CommitId>,
    /// The fingerprint of the list's tables in it, with what people wrote into them.
    pub tables_fingerprint: Fingerprint,
    /// What was generated for it.
    pub files: FileTexts,
}

/// The pushes of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushHistory {
    /// The pushes that are not known to be merged, the newest first.
    pub unmerged: Vec<PushRecord>,
    /// The commits of those before them.
    pub merged: Vec<CommitId>,
}

/// A change of a list in a repository that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingReview {
    /// What a person is to do.
    pub state: PendingReviewState,
    /// Our branch that has it.
    pub branch: String,
    /// The pull request that it is proposed by, if there is a forge.
    pub pull_request: Option<PullRequestNumberAndUrl>,
}

/// What a person is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingReviewState {
    /// A person is to merge it.
    Open,
    /// Somebody closed the pull request: a person is to change anything.
    Closed,
    /// A person is to merge, or take back, commits of their own, which change the same lines.
    Stuck,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PullRequestNumberAndUrl {
    /// The pull request's number.
    pub number: u64,
    /// The pull request's page.
    pub address: String,
}

impl PendingReviewState {
    /// Reads the state as it is stored.
    pub(in crate::store) fn from_word(word: &str) -> Self {
        match word {
            "closed" => Self::Closed,
            "stuck" => Self::Stuck,
            _ => Self::Open,
        }
    }

    /// The state as it is stored and reported.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Stuck => "stuck",
        }
    }
}
