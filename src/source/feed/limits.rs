//! The limits that callers may want to know.

/// The longest body that is read, decompressed. miniflux has the same limit.
pub const BODY_BYTES_MAX: usize = 15 * 1024 * 1024;

/// The most items that are read of one feed. arXiv announces two thousand papers a day, in all categories.
pub const ENTRIES_MAX: usize = 5_000;
