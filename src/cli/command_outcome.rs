//! What a command came to.

/// Whether all of a command was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandOutcome {
    Complete,
    WithFailures,
}
