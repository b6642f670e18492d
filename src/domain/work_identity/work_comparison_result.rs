//! What is decided about two descriptions.

use super::title_author_match::TitleAndAuthorMatch;
use super::work_identifier::WorkIdentifier;

/// Whether two descriptions are of one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkComparison {
    /// The two have this identifier in common: certainly one work.
    SameByIdentifier(WorkIdentifier),
    /// One work by this evidence, until somebody knows better.
    SameByEvidence(TitleAndAuthorMatch),
    /// Two works, whose titles are as similar as this: a hint for people.
    Similar {
        /// From 90 on; 100 is the same title.
        percent: u8,
    },
    /// Two works.
    Different,
}

impl WorkComparison {
    /// Whether the two are taken for one work.
    pub fn is_same_work(&self) -> bool {
        match self {
            Self::SameByIdentifier(_) | Self::SameByEvidence(_) => true,
            Self::Similar { .. } | Self::Different => false,
        }
    }
}
