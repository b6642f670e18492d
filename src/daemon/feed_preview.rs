//! A look at a feed: what it is and what it would bring. Nothing is kept of it, and no poll is counted.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{KeepPolicy, MoveTarget};
use crate::source::feed::{
    AddressPolicy, FeedAddress, FeedClient, FeedLookup, FeedRedirection, FeedRequest, read_papers,
};

/// The longest that one address is waited for; the client's own limit is the same.
const LOOKUP_MAX: Duration = Duration::from_mins(1);

/// How a person wants a feed to be looked at.
#[derive(Debug, Clone, Copy)]
pub struct FeedLook<'a> {
    /// The `contact` by which the program names itself.
    pub contact: &'a str,
    /// Whether the feed may be in a private network.
    pub allow_private: bool,
    /// Which of its items would be kept.
    pub keep: KeepPolicy,
}

/// What is at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedFinding {
    /// A feed.
    Feed(FeedPreview),
    /// A page that names these feeds, or none.
    Page(Vec<NamedFeed>),
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFeed {
    /// What the page calls it, one line; empty if it gives no name.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// What a feed is and what it would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPreview {
    /// Where it is: the address that was asked, or the one of the same site to which it has moved for good.
    pub url: String,
    /// The host of that.
    pub host: String,
    /// Its name, one line; empty if it has none.
    pub title: String,
    /// `RSS`, `RSS 1.0`, `Atom`, `JSON Feed`
    pub format: String,
    /// The titles of what is a paper in it, in its order.
    pub papers: Vec<String>,
    /// The titles of what is left out, each with the reason.
    pub omissions: Vec<(String, String)>,
    /// What is odd about it, in words.
    pub notes: Vec<String>,
}

/// Why there is nothing to look at, in words.
#[derive(Debug, thiserror::Error)]
pub enum FeedPreviewError {
    /// What was given is no address of a feed.
    #[error("{0}")]
    Address(String),
    /// It was asked, and gave no feed and no page.
    #[error("{0}")]
    Answer(String),
}

/// Asks for what is at an address. It may lack its scheme, as people write it.
pub async fn preview_feed(
    look: FeedLook<'_>,
    url: &str,
    now: Timestamp,
) -> Result<FeedFinding, FeedPreviewError> {
    let address = parse_address(url)?;
    let client = FeedClient::new(look.contact, None)
        .map_err(|error| FeedPreviewError::Answer(format!("{error:#}")))?;
    let policy = if look.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
    let request = FeedRequest { address: &address, validators: None, policy, time_max: LOOKUP_MAX };
    let found =
        client.look_up(&request, now).await.map_err(|error| FeedPreviewError::Answer(error.message))?;
    let (body, answering, redirection, mut notes) = match found {
        FeedLookup::Page(links) => {
            let named = links
                .into_iter()
                .map(|link| NamedFeed { title: link.title, url: link.address.url().to_string() });
            return Ok(FeedFinding::Page(named.collect()));
        }
        FeedLookup::Feed { body, address, redirection, notes } => (body, address, redirection, notes),
    };
    let parsed =
        body.parse(&answering, false).await.map_err(|error| FeedPreviewError::Answer(error.message))?;
    notes.extend(parsed.gaps.into_iter().chain(parsed.notes));
    let found = read_papers(parsed.items, look.keep, now);
    let has_moved = redirection == FeedRedirection::Permanent(MoveTarget::SameSite);
    let address = if has_moved { answering } else { address };
    Ok(FeedFinding::Feed(FeedPreview {
        url: address.url().to_string(),
        host: address.host().to_owned(),
        title: parsed.title,
        format: parsed.format.to_string(),
        papers: found.papers.into_iter().map(|found| found.paper.title).collect(),
        omissions: found.omissions.into_iter().map(|left| (left.title, left.reason.to_string())).collect(),
        notes,
    }))
}

fn parse_address(text: &str) -> Result<FeedAddress, FeedPreviewError> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let address = FeedAddress::parse(&whole).map_err(|error| FeedPreviewError::Address(error.to_string()))?;
    if !address.url().username().is_empty() || address.url().password().is_some() {
        let words = "the address has a user or a password in it, and the configuration is no place for it: put the whole \
                     address into a file of its own, and write url_file = \"…\" into a [[source]]";
        return Err(FeedPreviewError::Address(words.to_owned()));
    }
    Ok(address)
}
