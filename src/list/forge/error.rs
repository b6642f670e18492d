//! Why a forge did not do what it was asked.

use jiff::Timestamp;

/// Why a forge did not do what it was asked. Shown, it says so in words that begin with the forge's name and
/// hold no URL, host or credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// The branch holds nothing that the base has not: there is nothing to open a pull request for.
    #[error("{0}")]
    NothingToPropose(String),
    /// The credential is good, but may not do this until somebody gives it a permission or changes a setting.
    #[error("{words}")]
    MissingPermission {
        /// What is missing, as the forge's own pages call it: `Pull requests: write`.
        missing: String,
        /// The whole story.
        words: String,
    },
    /// The credential is wrong or has expired, or the repository is not there or not to be seen with it.
    #[error("{0}")]
    NoAccess(String),
    /// We are to come again, but not before.
    #[error("{words}")]
    RateLimited {
        /// The real time from which on the forge will listen again.
        until: Timestamp,
        /// The whole story.
        words: String,
    },
    /// The network or the forge is out of order; the next run may find it well. What was asked for may have
    /// been done all the same.
    #[error("{0}")]
    Transient(String),
    /// The forge has understood and will not; asking again is of no use until something has changed.
    #[error("{0}")]
    Rejected(String),
}
