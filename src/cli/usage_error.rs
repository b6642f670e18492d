//! What is wrong on the command line.

/// Words on the command line that fit the grammar and yet cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);

impl UsageError {
    /// The configuration has nothing of this kind by this name; it has others.
    pub(super) fn unknown_name_error<'a>(
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        Self(format!("there is no {kind} \"{name}\"; there is {}", quote_names(known)))
    }
}

/// Names as a message lists them.
pub(super) fn quote_names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
