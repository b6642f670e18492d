//! What `check` says of a sink.

use std::path::PathBuf;

use serde::Serialize;

/// How a sink is reached, as far as that may be shown: no secret, no webhook's address and no person's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SinkDestinationSummary {
    /// The mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many people get each message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<usize>,
    /// Whether it may be on the loopback or in a private network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
    /// Certificate authorities to trust as well as the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
}

impl SinkDestinationSummary {
    /// How a path is shown.
    pub(super) fn path_text(path: Option<&PathBuf>) -> Option<String> {
        path.map(|path| path.display().to_string())
    }
}
