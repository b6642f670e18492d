//! Which state of a work a source shows.

use std::fmt;

use super::{Fingerprint, Version};

/// Which state of a work a source shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Revision {
    /// The source numbers its versions, as arXiv does. Another number is another version, and nothing else is.
    Numbered(Version),
    /// The source has no numbers. With another fingerprint of all that it says the work is described otherwise; that is
    /// no new version of it.
    Content(Fingerprint),
}

impl Revision {
    /// The first of a source with numbers.
    pub const FIRST: Self = Self::Numbered(Version::FIRST);

    /// The version, if it has a number.
    pub fn version_if_numbered(self) -> Option<Version> {
        match self {
            Self::Numbered(version) => Some(version),
            Self::Content(_) => None,
        }
    }

    /// The number of the version, if it has one.
    pub fn version_number(self) -> Option<u32> {
        self.version_if_numbered().map(Version::version_number)
    }
}

/// `v2`; nothing for one without a number.
impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version_if_numbered().map_or(Ok(()), |version| version.fmt(f))
    }
}
