//! What is wrong with a crontab line.

/// A text that was to be a crontab line and is not: the field, the text, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CrontabError(pub(super) String);
