//! How much came lately, and how much usually does.

/// How much came lately, and how much usually does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentPaperCount {
    /// Papers in the last announcements.
    pub papers: u32,
    /// The number of announcements in which they came.
    pub evenings: u32,
    /// Between how many and how many come in as many; none before there is a history.
    pub usual: Option<(u32, u32)>,
}
