//! What is wrong on the command line.

/// Words on the command line that fit the grammar and yet cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);
