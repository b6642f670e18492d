//! A topic's papers by day.

/// A topic's papers by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyPaperCounts {
    /// The topic's name.
    pub topic: String,
    /// How many papers are dated on each day, days counted from 1970.
    pub days: Vec<(i64, u64)>,
}
