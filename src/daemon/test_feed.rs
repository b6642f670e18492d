//! One request of a feed over the same way as in a poll, so that a person sees what it is. Nothing is stored.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::feed_polls::{feed_source, read_address};
use crate::clock;
use crate::config::{Config, FeedConfig};
use crate::domain::{
    FeedHealth, FeedHistory, FeedObservation, FeedPoll, FetchError, Fingerprint, PollOutcome, assess_feed,
};
use crate::source::feed::{
    AddressPolicy, FeedClient, FeedContent, FeedRedirection, FeedRequest, FeedResponse, FeedSyntax,
    OmissionReason, ParsedFeed, read_papers,
};
use crate::store::StoreReader;

/// As long as a poll waits.
const REQUEST_MAX: Duration = Duration::from_mins(1);

/// What a request of a feed came to.
#[derive(Debug)]
pub enum FeedTestOutcome {
    /// What was read.
    Read(FeedTest),
    /// Its host wants to be left alone until then, and was not asked.
    Resting(Timestamp),
    /// Nothing can be read: what the feed would be judged, with the reason in its words.
    Failed(FeedHealth),
}

/// What was read of a feed.
#[derive(Debug)]
pub struct FeedTest {
    /// Its shape.
    pub syntax: FeedSyntax,
    /// Its own name; empty if it has none.
    pub title: String,
    /// How many entries it has.
    pub entries: usize,
    /// How many of them are kept as papers.
    pub papers: usize,
    /// The date of the newest entry.
    pub newest: Option<Timestamp>,
    /// What is odd, in words.
    pub odd: Vec<String>,
    /// Whether all of it could be read.
    pub is_whole: bool,
}

/// Asks a feed once.
pub async fn test_feed(config: &Config, feed: &FeedConfig, now: Timestamp) -> Result<FeedTestOutcome> {
    let address = match read_address(feed) {
        Ok(address) => address,
        Err(error) => return Ok(FeedTestOutcome::Failed(health_of_failure(&error, now))),
    };
    let gate =
        StoreReader::open(&config.state)?.map(|reader| reader.request_gate(address.host())).transpose()?;
    if let Some(until) = gate.and_then(|gate| gate.blocked_until(clock::real_now())) {
        return Ok(FeedTestOutcome::Resting(until));
    }
    let policy = if feed.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
    let request = FeedRequest { address: &address, validators: None, policy, time_max: REQUEST_MAX };
    let client = FeedClient::new(&config.arxiv.contact, None)?;
    Ok(match fetch_and_read(&client, &request, feed, now).await {
        Ok(test) => FeedTestOutcome::Read(test),
        Err(error) => FeedTestOutcome::Failed(health_of_failure(&error, now)),
    })
}

async fn fetch_and_read(
    client: &FeedClient,
    request: &FeedRequest<'_>,
    feed: &FeedConfig,
    now: Timestamp,
) -> Result<FeedTest, FetchError> {
    let is_secret = feed_source(feed).is_secret;
    let response = client.fetch(request, now).await?;
    let mut odd = response.notes.clone();
    odd.extend(move_text(&response, is_secret));
    let FeedContent::Document(body) = response.content else {
        // It was asked without validators.
        return Err(FetchError::transient(
            crate::domain::FetchErrorKind::Empty,
            "it says that nothing has changed",
        ));
    };
    let parsed = body.parse(&response.address, is_secret).await?;
    Ok(read_test(parsed, feed, odd, now))
}

fn move_text(response: &FeedResponse, is_secret: bool) -> Option<String> {
    match response.redirection {
        FeedRedirection::None | FeedRedirection::Temporary => None,
        FeedRedirection::Permanent(_) if is_secret => {
            Some("it has moved permanently to another address".to_owned())
        }
        FeedRedirection::Permanent(_) => {
            Some(format!("it has moved permanently: put {} into the configuration", response.address.url()))
        }
    }
}

fn read_test(parsed: ParsedFeed, feed: &FeedConfig, mut odd: Vec<String>, now: Timestamp) -> FeedTest {
    let ParsedFeed { title, format: syntax, items, notes, gaps, .. } = parsed;
    let entries = items.len();
    let newest = items.iter().filter_map(|item| item.published.or(item.updated)).max();
    let is_whole = gaps.is_empty();
    odd.extend(gaps.into_iter().chain(notes));
    let found = read_papers(items, feed.keep, now);
    let mut omitted: BTreeMap<String, usize> = BTreeMap::new();
    for omission in &found.omissions {
        *omitted.entry(omission_text(&omission.reason)).or_default() += 1;
    }
    odd.extend(
        omitted.into_iter().map(|(reason, count)| format!("left out, {count} of {entries}: {reason}")),
    );
    FeedTest { syntax, title, entries, papers: found.papers.len(), newest, odd, is_whole }
}

/// The same for all that are left out for one reason.
fn omission_text(reason: &OmissionReason) -> String {
    match reason {
        OmissionReason::Correction { of: _ } => OmissionReason::Correction { of: String::new() }.to_string(),
        OmissionReason::News
        | OmissionReason::NoPaper
        | OmissionReason::Repeated
        | OmissionReason::Flawed(_) => reason.to_string(),
    }
}

/// What a feed would be judged that failed so the first time.
fn health_of_failure(error: &FetchError, now: Timestamp) -> FeedHealth {
    let message = Some(error.message.clone());
    let poll = FeedPoll::after(None, PollOutcome::Failed, Some(error.kind), message, now);
    let history = FeedHistory::new(Fingerprint::of(""), poll);
    assess_feed(&FeedObservation { history: Some(&history), next_poll: None }, now)
}
