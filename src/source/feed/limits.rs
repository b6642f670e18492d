//! The limits that callers may want to know.

/// The longest body that is read, decompressed. miniflux has the same limit.
pub const BODY_BYTES_MAX: usize = 15 * 1024 * 1024;

/// The most items that are read of one feed. arXiv announces two thousand papers a day, in all categories.
pub const ENTRIES_MAX: usize = 5_000;

/// How much memory a document and the items that are read of it take together: of a longer document fewer items are read.
/// 5,000 items with abstracts of 1,500 characters have 13 MiB, and their document 9 MiB.
pub(super) const DOCUMENT_AND_ITEMS_MAX: usize = 22 * 1024 * 1024;
