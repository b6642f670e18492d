//! One request of a feed over the same way as in a poll, so that a person sees what it is. Nothing is stored.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;

use super::feed_contents_summary::{FeedInspection, whole_feed_request};
use super::feed_polls::{read_feed_address, to_feed_poll_settings};
use crate::clock;
use crate::config::{Config, FeedConfig};
use crate::domain::{
    FeedHealth, FeedHistory, FeedObservation, FeedPoll, FetchError, FetchErrorKind, Fingerprint, PollOutcome,
    assess_feed,
};
use crate::source::feed::{
    FeedClient, FeedContent, FeedItemOmissionReason, FeedRedirection, FeedRequest, FeedResponse,
    strip_quotation_from_fetch_error,
};
use crate::store::StoreReader;

/// What a request of a feed came to.
#[derive(Debug)]
pub enum FeedTestOutcome {
    /// The feed was read.
    Read(FeedInspection),
    /// The feed's host wants to be left alone until then, and was not asked.
    Resting(Timestamp),
    /// Nothing can be read: what the feed would be judged, with the reason in its words.
    Failed(FeedHealth),
}

/// Asks a feed once.
pub async fn probe_feed(config: &Config, feed: &FeedConfig, now: Timestamp) -> Result<FeedTestOutcome> {
    let address = match read_feed_address(feed) {
        Ok(address) => address,
        Err(error) => return Ok(FeedTestOutcome::Failed(feed_health_after_failure(&error, now))),
    };
    let gate = StoreReader::open(&config.state)?
        .map(|reader| reader.recorded_request_gate(address.host()))
        .transpose()?;
    if let Some(until) = gate.and_then(|gate| gate.blocked_until(clock::real_now())) {
        return Ok(FeedTestOutcome::Resting(until));
    }
    let request = whole_feed_request(&address, feed.allow_private);
    let client = FeedClient::new(&config.arxiv.contact, None)?;
    Ok(match fetch_and_inspect_feed(&client, &request, feed, now).await {
        Ok(reading) => FeedTestOutcome::Read(reading),
        Err(error) => FeedTestOutcome::Failed(feed_health_after_failure(&error, now)),
    })
}

async fn fetch_and_inspect_feed(
    client: &FeedClient,
    request: &FeedRequest<'_>,
    feed: &FeedConfig,
    now: Timestamp,
) -> Result<FeedInspection, FetchError> {
    let is_secret = to_feed_poll_settings(feed).is_secret;
    let redact = |error| if is_secret { strip_quotation_from_fetch_error(error) } else { error };
    let response = client.fetch(request, now).await.map_err(redact)?;
    let mut notes = response.notes.clone();
    notes.extend(moved_feed_text(&response, is_secret));
    let FeedContent::Document(body) = response.content else {
        // It was asked without validators.
        return Err(FetchError::transient(FetchErrorKind::Empty, "it says that nothing has changed"));
    };
    let address = (&response.address, is_secret);
    let mut reading = FeedInspection::inspect_feed_body(body, address, feed.keep, notes, now).await?;
    let omitted = omitted_feed_entry_texts(&reading);
    reading.notes.extend(omitted);
    Ok(reading)
}

fn moved_feed_text(response: &FeedResponse, is_secret: bool) -> Option<String> {
    match response.redirection {
        FeedRedirection::None | FeedRedirection::Temporary => None,
        FeedRedirection::Permanent(_) if is_secret => {
            Some("it has moved permanently to another address".to_owned())
        }
        FeedRedirection::Permanent(_) => Some(format!(
            "it has moved permanently: put {} into the configuration",
            response.address.full_feed_url()
        )),
    }
}

/// How many entries are left out for each reason.
fn omitted_feed_entry_texts(reading: &FeedInspection) -> Vec<String> {
    let mut omitted: BTreeMap<String, usize> = BTreeMap::new();
    for omission in &reading.omissions {
        *omitted.entry(omission_reason_phrase(&omission.reason)).or_default() += 1;
    }
    let entries = reading.entry_count();
    omitted.into_iter().map(|(reason, count)| format!("left out, {count} of {entries}: {reason}")).collect()
}

/// Why an item is left out, in words without what differs from item to item.
fn omission_reason_phrase(reason: &FeedItemOmissionReason) -> String {
    match reason {
        FeedItemOmissionReason::Correction { of: _ } => {
            FeedItemOmissionReason::Correction { of: String::new() }.to_string()
        }
        FeedItemOmissionReason::News
        | FeedItemOmissionReason::NoPaper
        | FeedItemOmissionReason::Repeated
        | FeedItemOmissionReason::Flawed(_) => reason.to_string(),
    }
}

/// What a feed would be judged that failed so the first time.
fn feed_health_after_failure(error: &FetchError, now: Timestamp) -> FeedHealth {
    let message = Some(error.message.clone());
    let poll = FeedPoll::new_after_earlier_poll(None, PollOutcome::Failed, Some(error.kind), message, now);
    let history = FeedHistory::new(Fingerprint::of_text(""), poll);
    assess_feed(&FeedObservation { history: Some(&history), next_poll: None }, now)
}
