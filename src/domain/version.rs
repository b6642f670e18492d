//! The numbers that arXiv gives the revisions of a work.

use std::fmt;
use std::num::NonZeroU32;

/// Which revision of a work: `v1`, `v2`, … Never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(NonZeroU32);

impl Version {
    /// The first revision.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The version of that number; `None` for zero, which arXiv does not give.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number behind the `v`.
    pub fn version_number(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}
