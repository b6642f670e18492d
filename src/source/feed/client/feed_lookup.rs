//! What is at an address that a person gives: a feed, or a page that names some.

use std::borrow::Cow;

use jiff::Timestamp;
use reqwest::{Response, StatusCode};

use super::feed_response::{FeedBody, FeedRedirection};
use super::redirects::RedirectChain;
use super::{FeedClient, FeedRequest, body, response_headers, status, within_request_time_limit};
use crate::domain::FetchError;
use crate::source::feed::address::FeedAddress;
use crate::source::feed::autodiscovery::{DiscoveredFeedLink, find_feed_links};
use crate::source::feed::body_start::check_body_start;
use crate::source::feed::charset_decoding::decode_body;
use crate::source::feed::error::FeedError;

/// What is at an address.
#[derive(Debug)]
pub enum FetchedFeedOrPage {
    /// A feed.
    Feed {
        /// What it is now.
        body: FeedBody,
        /// Where it came from.
        address: FeedAddress,
        /// How the address that was asked led there.
        redirection: FeedRedirection,
        /// What is to be said of the way there, in words.
        notes: Vec<String>,
    },
    /// A page for people, and the feeds that it names or seems to link to; it may have none.
    Page(Vec<DiscoveredFeedLink>),
}

impl FeedClient {
    /// Asks once, as [`Self::fetch`] does, and takes a page too. Validators are not sent.
    pub async fn fetch_feed_or_page(
        &self,
        request: &FeedRequest<'_>,
        now: Timestamp,
    ) -> Result<FetchedFeedOrPage, FetchError> {
        let whole = FeedRequest { validators: None, ..*request };
        let read = async {
            let (response, chain, _) = self.request_through_redirects(&whole, now).await?;
            feed_lookup_from_response(response, chain, now).await
        };
        within_request_time_limit(request, read).await
    }
}

async fn feed_lookup_from_response(
    mut response: Response,
    chain: RedirectChain<'_>,
    now: Timestamp,
) -> Result<FetchedFeedOrPage, FetchError> {
    let is_ok = matches!(response.status(), StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION);
    if !is_ok || status::is_bot_challenge(&response) {
        let freshness = response_headers::read_freshness_headers(response.headers(), now);
        return Err(status::status_error(response, freshness).await);
    }
    let body = body::read_any_body(&mut response).await?;
    let (address, redirection, notes) = chain.into_address_and_redirection();
    match check_body_start(&body.bytes, body.charset.as_deref()) {
        Ok(()) => Ok(FetchedFeedOrPage::Feed { body, address, redirection, notes }),
        Err(FeedError::HtmlPage(_)) => {
            let page = decode_body(Cow::Borrowed(&body.bytes), body.charset.as_deref());
            let page = page.map_err(FeedError::into_fetch_error)?;
            Ok(FetchedFeedOrPage::Page(find_feed_links(&page.text, &address)))
        }
        Err(error) => Err(error.into_fetch_error()),
    }
}
