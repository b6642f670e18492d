//! What was looked at for a list before its topics are polled.

use anyhow::Result;

use super::fetched_list_repository::FetchedListRepository;

/// What was looked at for a list before the polls.
pub(super) enum FetchedList<'c> {
    /// Nothing: it is a file of this machine.
    File,
    /// Its repository, or why that could not be.
    Repository(Result<Box<FetchedListRepository<'c>>>),
    /// Nothing yet: its repository is fetched later.
    NotFetched,
}

/// The lists of the configuration, in its order.
pub(super) type FetchedLists<'c> = Vec<FetchedList<'c>>;
