//! Where the secrets of a config are, and whether they can be read.

use std::fmt;

use serde::Serialize;

use super::explanation_line::write_explanation_line;
use crate::config::{SecretAvailability, SecretLocation};

/// One secret: where it is kept, and whether it can be read.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SecretExplanation {
    what: &'static str,
    from: String,
    standing: SecretAvailability,
}

impl SecretExplanation {
    pub(super) fn from_secret_location(
        what: &'static str,
        from: &SecretLocation,
        standing: SecretAvailability,
    ) -> Self {
        Self { what, from: from.to_string(), standing }
    }

    pub(super) fn is_secret_unreadable(&self) -> bool {
        match self.standing {
            SecretAvailability::Unreadable(_) => true,
            SecretAvailability::Readable | SecretAvailability::GivenByUnit => false,
        }
    }
}

/// The note about a secret in a file that is open to all; `what` says which one it is.
pub(super) fn world_readable_secret_note(from: &SecretLocation, what: impl fmt::Display) -> Option<String> {
    from.is_world_readable().then(|| {
        format!(
            "{from} can be read by every user of this machine, and the {what} is in it; chmod 600 keeps it"
        )
    })
}

impl fmt::Display for SecretExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standing = match &self.standing {
            SecretAvailability::Readable => "can be read".to_owned(),
            SecretAvailability::GivenByUnit => "given when systemd starts the unit".to_owned(),
            SecretAvailability::Unreadable(why) => format!("cannot be read: {why}"),
        };
        write_explanation_line(f, &format!("  {}", self.what), format_args!("in {} ({standing})", self.from))
    }
}
