//! One request for a feed, and what it brings. It takes nothing of the history, so that it is made next to everything else.

use std::time::Duration;

use jiff::Timestamp;

use super::effective_feed_url::EffectiveFeedUrl;
use super::update_feed_history::FeedMoveFinding;
use crate::domain::{FeedValidators, FetchError, Fingerprint, NextRequestHints, PermanentRedirect};
use crate::source::feed::{
    AddressPolicy, FeedClient, FeedContent, FeedRedirection, FeedRequest, FeedResponse, LargeFeedPermit,
    ParsedFeed, strip_quotation_from_fetch_error,
};

/// The longest new address that is remembered and shown.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// One request for a feed, which takes nothing of the history.
#[derive(Debug)]
pub struct FeedFetchRequest {
    pub(super) asked: EffectiveFeedUrl,
    pub(super) policy: AddressPolicy,
    pub(super) is_secret: bool,
    pub(super) validators: Option<FeedValidators>,
    pub(super) now: Timestamp,
}

/// What a request for a feed brought.
#[derive(Debug)]
pub struct FeedAnswer {
    /// None if the feed is as it was.
    pub(super) parsed: Option<ParsedFeed>,
    pub(super) validators: Option<FeedValidators>,
    pub(super) freshness: NextRequestHints,
    pub(super) redirection: FeedMoveFinding,
    pub(super) notes: Vec<String>,
    /// Of a large feed, until all of it is recorded.
    pub(super) permit: Option<LargeFeedPermit>,
}

/// What was asked in a poll of a feed.
#[derive(Debug, Clone)]
pub struct PolledFeed {
    /// The host.
    pub host: String,
    pub(super) configured: Fingerprint,
    pub(super) is_moved: bool,
}

impl FeedAnswer {
    /// Whether the feed came, so that it may have something new.
    pub fn has_parsed_feed(&self) -> bool {
        self.parsed.is_some()
    }
}

impl FeedFetchRequest {
    /// The feed that is asked, and where.
    pub fn polled_feed(&self) -> PolledFeed {
        PolledFeed {
            host: self.asked.effective_address().host().to_owned(),
            configured: self.asked.configured_url_fingerprint(),
            is_moved: self.asked.is_moved_feed_url(),
        }
    }

    /// Asks, and reads the answer.
    pub async fn fetch_feed_answer(
        self,
        client: &FeedClient,
        time_max: Duration,
    ) -> Result<FeedAnswer, FetchError> {
        let request = FeedRequest {
            address: self.asked.effective_address(),
            validators: self.validators.as_ref(),
            policy: self.policy,
            time_max,
        };
        let redact = |error| if self.is_secret { strip_quotation_from_fetch_error(error) } else { error };
        let response = client.fetch(&request, self.now).await.map_err(redact)?;
        let redirection = self.seen_redirection(&response);
        let (parsed, permit) = match response.content {
            FeedContent::NotModified => (None, None),
            FeedContent::Document(mut body) => {
                let permit = body.permit.take();
                (Some(body.parse(&response.address, self.is_secret).await?), permit)
            }
        };
        let validators = response.validators.map(|validators| FeedValidators {
            received_at: if parsed.is_some() { self.now } else { validators.received_at },
            ..validators
        });
        let mut notes = response.notes;
        notes.extend(moved_feed_note(&redirection));
        Ok(FeedAnswer { parsed, validators, freshness: response.freshness, redirection, notes, permit })
    }

    fn seen_redirection(&self, response: &FeedResponse) -> FeedMoveFinding {
        match response.redirection {
            FeedRedirection::Permanent(target) => {
                let address = Some(response.address.full_feed_url().to_string());
                let may_be_shown = |text: &String| !self.is_secret && text.len() <= ADDRESS_BYTES_MAX;
                FeedMoveFinding::Permanent(PermanentRedirect {
                    target,
                    fingerprint: response.address.fingerprint(),
                    address: address.filter(may_be_shown),
                })
            }
            FeedRedirection::None if self.asked.is_moved_feed_url() => FeedMoveFinding::AlreadyFollowed,
            FeedRedirection::None | FeedRedirection::Temporary => FeedMoveFinding::None,
        }
    }
}

fn moved_feed_note(redirection: &FeedMoveFinding) -> Option<String> {
    let FeedMoveFinding::Permanent(PermanentRedirect { address, .. }) = redirection else { return None };
    Some(match address {
        Some(address) => format!("it has moved permanently to {address}"),
        None => "it has moved permanently to an address that is not shown".to_owned(),
    })
}
