//! One conditional request of one feed, whatever redirects are before it.

mod body;
mod feed_lookup;
mod feed_response;
mod http_clients;
mod large_feed_permit;
mod redirects;
mod response_headers;
mod status;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::address::FeedAddress;
use crate::domain::{FeedValidators, FetchError, FetchErrorKind, NextRequestHints, user_agent};
use crate::network::private_network_guard::{AddressPolicy, GuardedHost};
use crate::network::tls_roots::tls_client_config;
use body::IncomingBody;
pub use feed_lookup::FetchedFeedOrPage;
pub use feed_response::{FeedBody, FeedContent, FeedRedirection, FeedResponse};
use http_clients::FeedHttpClients;
pub use large_feed_permit::LargeFeedPermit;
use redirects::RedirectChain;

/// The whole of one request, from the first name look-up to the last byte, redirects among it. miniflux has 20 s:
/// <https://miniflux.app/docs/configuration.html>; some publishers take longer to make a feed.
const REQUEST_TIME_MAX: Duration = Duration::from_mins(1);

/// What is asked for. Some servers send a page to whoever asks for anything.
const ACCEPTED_TYPES: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, \
                        application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5";

/// Asks for feeds.
pub struct FeedClient {
    clients: FeedHttpClients,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct FeedRequest<'a> {
    /// Where the feed is.
    pub address: &'a FeedAddress,
    /// Those of its last whole answer. They are left out if they are too old or of another address.
    pub validators: Option<&'a FeedValidators>,
    /// How far the address, and each redirect, may lead: `allow_private`.
    pub policy: AddressPolicy,
    /// Bounds the request whole; a large feed has as much again for its rest, and a second request as much as the first.
    /// More than a minute is never waited.
    pub time_max: Duration,
}

impl FeedClient {
    /// A client that names itself as it does to arXiv, and trusts the authorities of `ca_file` too. Nothing is asked yet.
    pub fn new(contact: &str, ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let user_agent = HeaderValue::from_str(&user_agent(contact)).with_context(|| {
            format!("contact {contact:?} must be one line of plain ASCII, such as you@example.org")
        })?;
        // A file that is wrong is said now, and not at the first request.
        if ca_file.is_some() {
            tls_client_config(ca_file)?;
        }
        Ok(Self { clients: FeedHttpClients::new(user_agent, ca_file.map(Path::to_owned)) })
    }

    /// Asks once, with no other try and no wait before it; but a large feed that has to wait for another one is left, and asked
    /// again when it may be held. `now` is the real present. The message of an error begins with
    /// the scheme and the host, and has no more of the address.
    pub async fn fetch(&self, request: &FeedRequest<'_>, now: Timestamp) -> Result<FeedResponse, FetchError> {
        let begun = self.send_request_and_begin_body(request, now).await?;
        if !begun.is_large_feed_response() {
            return within_request_time_limit(request, begun.finish(None, now)).await;
        }
        if let Some(permit) = LargeFeedPermit::try_acquire() {
            return within_request_time_limit(request, begun.finish(Some(permit), now)).await;
        }
        // To wait for other feeds is nobody's fault, and does not count; but no server is kept waiting for them.
        drop(begun);
        let permit = LargeFeedPermit::acquire().await;
        let begun = self.send_request_and_begin_body(request, now).await?;
        within_request_time_limit(request, begun.finish(Some(permit), now)).await
    }

    /// Asks, and reads as much of the answer as any feed may hold.
    async fn send_request_and_begin_body<'r>(
        &self,
        request: &FeedRequest<'r>,
        now: Timestamp,
    ) -> Result<BegunResponse<'r>, FetchError> {
        let beginning = async {
            let (response, chain, validators) = self.request_through_redirects(request, now).await?;
            read_feed_response_head(response, chain, validators, now).await
        };
        within_request_time_limit(request, beginning).await
    }

    /// Asks at the address, and at those that it is redirected to: the answer, the way to it, and the validators that were
    /// sent.
    async fn request_through_redirects<'r>(
        &self,
        request: &FeedRequest<'r>,
        now: Timestamp,
    ) -> Result<(Response, RedirectChain<'r>, Option<&'r FeedValidators>), FetchError> {
        let mut chain = RedirectChain::new(request.address);
        loop {
            let address = chain.latest_redirect_address();
            request
                .policy
                .check_url_host(address.full_feed_url())
                .map_err(|_| chain.private_address_error())?;
            let validators = usable_validators(request, address, now);
            let asked = self.build_feed_request(address, request.policy, validators)?;
            let url = address.full_feed_url();
            let response = GuardedHost::of_url(url, request.policy)
                .run_under_private_network_guard(self.clients.send_request(asked, url, request.policy))
                .await
                .map_err(|error| chain.unanswered_request_error(&error))?;
            if !chain.follow_redirect(&response)? {
                return Ok((response, chain, validators));
            }
        }
    }

    fn build_feed_request(
        &self,
        address: &FeedAddress,
        policy: AddressPolicy,
        validators: Option<&FeedValidators>,
    ) -> Result<RequestBuilder, FetchError> {
        let client = self.clients.client_for(address, policy).map_err(|error| {
            FetchError::transient(FetchErrorKind::Unreachable, format!("it cannot be asked: {error:#}"))
        })?;
        let mut request = client.get(address.full_feed_url().clone()).header(ACCEPT, ACCEPTED_TYPES);
        if let Some(validators) = validators {
            if let Some(etag) = &validators.etag {
                request = request.header(IF_NONE_MATCH, response_headers::if_none_match_value(etag));
            }
            if let Some(date) = &validators.last_modified {
                request = request.header(IF_MODIFIED_SINCE, date);
            }
        }
        Ok(request)
    }
}

impl fmt::Debug for FeedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedClient").finish_non_exhaustive()
    }
}

fn usable_validators<'a>(
    request: &FeedRequest<'a>,
    address: &FeedAddress,
    now: Timestamp,
) -> Option<&'a FeedValidators> {
    let origin = request.address.fingerprint_for_validators(address);
    request
        .validators
        .filter(|validators| validators.are_validators_usable(now) && validators.origin == origin)
}

/// The answer at the end of the redirects, up to what any feed may hold of its body.
#[derive(Debug)]
struct BegunResponse<'r> {
    response: Response,
    chain: RedirectChain<'r>,
    freshness: NextRequestHints,
    content: BegunResponseContent<'r>,
}

#[derive(Debug)]
enum BegunResponseContent<'r> {
    /// As it was when these validators came.
    NotModified(&'r FeedValidators),
    Document(IncomingBody),
}

async fn read_feed_response_head<'r>(
    mut response: Response,
    chain: RedirectChain<'r>,
    sent: Option<&'r FeedValidators>,
    now: Timestamp,
) -> Result<BegunResponse<'r>, FetchError> {
    let freshness = response_headers::read_freshness_headers(response.headers(), now);
    let content = match (response.status(), sent) {
        (StatusCode::NOT_MODIFIED, Some(sent)) => BegunResponseContent::NotModified(sent),
        (StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION, _)
            if !status::is_bot_challenge(&response) =>
        {
            BegunResponseContent::Document(body::read_start_of_feed_body(&mut response).await?)
        }
        _ => return Err(status::status_error(response, freshness).await),
    };
    Ok(BegunResponse { response, chain, freshness, content })
}

impl BegunResponse<'_> {
    fn is_large_feed_response(&self) -> bool {
        matches!(&self.content, BegunResponseContent::Document(body) if body.is_large_feed_body())
    }

    /// All that it says.
    async fn finish(
        self,
        permit: Option<LargeFeedPermit>,
        now: Timestamp,
    ) -> Result<FeedResponse, FetchError> {
        let Self { mut response, chain, freshness, content } = self;
        let (content, validators) = match content {
            BegunResponseContent::NotModified(sent) => (
                FeedContent::NotModified,
                Some(response_headers::renewed_validators(response.headers(), sent)),
            ),
            BegunResponseContent::Document(begun) => {
                let body = body::read_rest_of_feed_body(begun, permit, &mut response, freshness).await?;
                let origin =
                    chain.asked_address().fingerprint_for_validators(chain.latest_redirect_address());
                (
                    FeedContent::Document(body),
                    response_headers::received_validators(response.headers(), origin, now),
                )
            }
        };
        let (address, redirection, notes) = chain.into_address_and_redirection();
        Ok(FeedResponse { content, validators, freshness, address, redirection, notes })
    }
}

/// A part of a request, within its time.
async fn within_request_time_limit<T>(
    request: &FeedRequest<'_>,
    part: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    let time_max = request.time_max.min(REQUEST_TIME_MAX);
    let done = tokio::time::timeout(time_max, part).await.unwrap_or_else(|_| {
        let words = format!("no whole answer within {:.1} s", time_max.as_secs_f64());
        Err(FetchError::transient(FetchErrorKind::Timeout, words))
    });
    done.map_err(|error| FetchError { message: format!("{}: {}", request.address, error.message), ..error })
}
