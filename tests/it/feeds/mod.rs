//! Feeds: how they are asked for, and what becomes of their items.

mod client;
mod corpus;
pub(crate) mod fake_server;
mod health;
mod joined_paper_splits;
mod kept_connections;
mod published_preprints;
mod redirects;
mod second_reader;
mod source_commands;
mod topics;
mod works;

use std::time::Duration;

use jiff::Timestamp;
use paperwire::domain::{FeedValidators, FetchError};
use paperwire::source::feed::{
    AddressPolicy, FeedAddress, FeedBody, FeedClient, FeedContent, FeedRequest, FeedResponse,
};

/// More than any reply here takes, so that only a hang runs into a limit.
const AMPLE: Duration = Duration::from_secs(30);

const NOW: &str = "2026-11-22T08:00:00Z";

/// A small feed.
const FEED: &str = "<rss version=\"2.0\"><channel><title>T</title><link>https://e.org/</link><item><title>On x</title>\
                    <link>https://doi.org/10.1000/1</link></item></channel></rss>";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn address(text: &str) -> FeedAddress {
    FeedAddress::parse(text).unwrap()
}

fn client() -> FeedClient {
    FeedClient::new("ada@example.org", None).unwrap()
}

/// Asks anywhere, private networks among it.
async fn fetch(url: &str, validators: Option<&FeedValidators>) -> Result<FeedResponse, FetchError> {
    fetch_at(now(), url, validators).await
}

async fn fetch_at(
    now: Timestamp,
    url: &str,
    validators: Option<&FeedValidators>,
) -> Result<FeedResponse, FetchError> {
    let request = FeedRequest {
        address: &address(url),
        validators,
        policy: AddressPolicy::AnyAddress,
        time_max: AMPLE,
    };
    client().fetch(&request, now).await
}

fn body(response: &FeedResponse) -> &FeedBody {
    match &response.content {
        FeedContent::Document(body) => body,
        FeedContent::NotModified => panic!("{response:?}"),
    }
}
