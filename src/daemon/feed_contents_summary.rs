//! A look into a feed for a person: what it is and what it would bring. Nothing is kept of it, and no poll is counted.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{FeedItemKindsToKeep, FetchError};
use crate::source::feed::{
    AddressPolicy, FeedAddress, FeedBody, FeedRequest, FeedSyntax, ItemOmission, papers_from_items,
};

/// As long as a poll waits.
const REQUEST_MAX: Duration = Duration::from_mins(1);

/// What a feed is and what it would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedInspection {
    /// The feed's name, one line; empty if it has none.
    pub title: String,
    /// Whether it is RSS, Atom or JSON Feed.
    pub format: FeedSyntax,
    /// The titles of what is a paper in it, in its order.
    pub papers: Vec<String>,
    /// What is left out, each with the reason.
    pub omissions: Vec<ItemOmission>,
    /// The date of the newest entry.
    pub newest: Option<Timestamp>,
    /// What is odd about it, in words.
    pub notes: Vec<String>,
    /// Whether all of it could be read.
    pub is_whole: bool,
}

impl FeedInspection {
    /// Reads what an address has answered, which may be a secret. The notes are those of the way there.
    pub(super) async fn inspect_feed_body(
        body: FeedBody,
        (address, is_secret): (&FeedAddress, bool),
        keep: FeedItemKindsToKeep,
        mut notes: Vec<String>,
        now: Timestamp,
    ) -> Result<Self, FetchError> {
        let parsed = body.parse(address, is_secret).await?;
        let is_whole = parsed.gaps.is_empty();
        notes.extend(parsed.gaps.into_iter().chain(parsed.notes));
        let newest = parsed.items.iter().filter_map(|item| item.published.or(item.updated)).max();
        let found = papers_from_items(parsed.items, keep, now);
        Ok(Self {
            title: parsed.title,
            format: parsed.format,
            papers: found.papers.into_iter().map(|found| found.paper.title).collect(),
            omissions: found.omissions,
            newest,
            notes,
            is_whole,
        })
    }

    /// How many entries it has.
    pub fn entry_count(&self) -> usize {
        self.papers.len() + self.omissions.len()
    }
}

/// A request for the whole feed at an address.
pub(super) fn whole_feed_request(address: &FeedAddress, allow_private: bool) -> FeedRequest<'_> {
    let policy = if allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
    FeedRequest { address, validators: None, policy, time_max: REQUEST_MAX }
}
