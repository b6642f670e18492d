//! A look at an address that a person gives: a feed, or a page that names some.

use jiff::Timestamp;

use super::feed_contents_summary::{FeedInspection, whole_feed_request};
use crate::domain::{FeedItemKindsToKeep, FetchError, RedirectTargetKind};
use crate::source::feed::{FeedAddress, FeedClient, FeedRedirection, FetchedFeedOrPage};

/// How a person wants a feed to be looked at.
#[derive(Debug, Clone, Copy)]
pub struct FeedPreviewOptions<'a> {
    /// The `contact` by which the program names itself.
    pub contact: &'a str,
    /// Whether the feed may be in a private network.
    pub allow_private: bool,
    /// Which of its items would be kept.
    pub keep: FeedItemKindsToKeep,
}

/// What is at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedFinding {
    /// A feed.
    Feed(FeedPreview),
    /// A page that names these feeds, or none.
    Page(Vec<DiscoveredFeed>),
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredFeed {
    /// What the page calls it, one line; empty if it gives no name.
    pub title: String,
    /// The feed's address.
    pub url: String,
}

/// A feed with its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPreview {
    /// The address that was asked, or the one of the same site to which it has moved for good.
    pub url: String,
    /// The host of that.
    pub host: String,
    /// What was read from the feed.
    pub reading: FeedInspection,
}

/// Why there is nothing to look at, in words.
#[derive(Debug, thiserror::Error)]
pub enum FeedPreviewError {
    /// What was given is no address of a feed.
    #[error("{0}")]
    Address(String),
    /// The server answered with neither a feed nor a page.
    #[error("{0}")]
    Answer(String),
}

/// Asks for what is at an address. It may lack its scheme, as people write it.
pub async fn preview_feed(
    look: FeedPreviewOptions<'_>,
    url: &str,
    now: Timestamp,
) -> Result<FeedFinding, FeedPreviewError> {
    let address = parse_typed_url(url)?;
    let client = FeedClient::new(look.contact, None)
        .map_err(|error| FeedPreviewError::Answer(format!("{error:#}")))?;
    let request = whole_feed_request(&address, look.allow_private);
    let found = client.fetch_feed_or_page(&request, now).await?;
    let (body, answering, redirection, notes) = match found {
        FetchedFeedOrPage::Page(links) => {
            let named = links.into_iter().map(|link| DiscoveredFeed {
                title: link.title,
                url: link.address.full_feed_url().to_string(),
            });
            return Ok(FeedFinding::Page(named.collect()));
        }
        FetchedFeedOrPage::Feed { body, address, redirection, notes } => (body, address, redirection, notes),
    };
    let reading = FeedInspection::inspect_feed_body(body, (&answering, false), look.keep, notes, now).await?;
    let has_moved = redirection == FeedRedirection::Permanent(RedirectTargetKind::SameSite);
    let address = if has_moved { answering } else { address };
    Ok(FeedFinding::Feed(FeedPreview {
        url: address.full_feed_url().to_string(),
        host: address.host().to_owned(),
        reading,
    }))
}

impl From<FetchError> for FeedPreviewError {
    fn from(error: FetchError) -> Self {
        Self::Answer(error.message)
    }
}

fn parse_typed_url(text: &str) -> Result<FeedAddress, FeedPreviewError> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let address = FeedAddress::parse(&whole).map_err(|error| FeedPreviewError::Address(error.to_string()))?;
    if !address.full_feed_url().username().is_empty() || address.full_feed_url().password().is_some() {
        let words = "the address has a user or a password in it, and the configuration is no place for it: put the whole \
                     address into a file of its own, and write url_file = \"…\" into a [[source]]";
        return Err(FeedPreviewError::Address(words.to_owned()));
    }
    Ok(address)
}
