//! What a status means for a feed, and whether it pays to ask again.

use std::time::Duration;

use reqwest::{Response, StatusCode};

use super::{body, headers};
use crate::domain::{FetchError, FetchErrorKind, NextRequestHints, Retry};
use crate::source::feed::body_start::check_body_start;
use crate::source::feed::error::FeedError;

/// As much of a refusal's page as is searched for a challenge.
const REFUSAL_PAGE_BYTES_MAX: usize = 256 << 10;

/// The status says the most; its page is not worth a long wait.
const REFUSAL_PAGE_TIME_MAX: Duration = Duration::from_secs(5);

/// Headers by which a firewall says that it wants to see a browser, and what they say then:
/// <https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/>,
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-how-it-works.html>.
const CHALLENGE_HEADERS: [(&str, &[&str]); 2] =
    [("cf-mitigated", &["challenge"]), ("x-amzn-waf-action", &["challenge", "captcha"])];

/// Whether a header says that the answer is a challenge, whatever its status is.
pub(super) fn is_bot_challenge(response: &Response) -> bool {
    bot_challenge_header(response).is_some()
}

fn bot_challenge_header(response: &Response) -> Option<&'static str> {
    let says = |name: &str, values: &[&str]| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| values.iter().any(|known| value.trim().eq_ignore_ascii_case(known)))
    };
    CHALLENGE_HEADERS.iter().find(|(name, values)| says(name, values)).map(|(name, _)| *name)
}

/// An answer that is neither a feed nor a redirect that is followed.
pub(super) async fn status_error(response: Response, freshness: NextRequestHints) -> FetchError {
    let status = response.status();
    if let Some(header) = bot_challenge_header(&response) {
        return bot_challenge_error(status, &format!("the header `{header}`"));
    }
    if matches!(status.as_u16(), 403 | 429 | 503)
        && let Some(page) = find_bot_challenge_in_page(response).await
    {
        return bot_challenge_error(status, &page.to_string());
    }
    let wait = headers::retry_from_hints(freshness);
    let (kind, retry, words) = match status.as_u16() {
        410 => (FetchErrorKind::Gone, Retry::Never, "the feed was given up"),
        404 => (FetchErrorKind::NotFound, wait, "there is no feed at this address"),
        401 | 403 | 407 => (FetchErrorKind::Refused, Retry::Never, "it refuses us"),
        451 => (FetchErrorKind::Refused, Retry::Never, "it refuses us, for legal reasons"),
        429 => (FetchErrorKind::Throttled, wait, "too many requests"),
        503 if freshness.retry_after.is_some() => {
            (FetchErrorKind::Throttled, wait, "it asks to be left alone")
        }
        500.. => (FetchErrorKind::ServerError, wait, "the server is out of order"),
        408 | 421 | 425 => (FetchErrorKind::Refused, wait, "it did not take this request"),
        400.. => (FetchErrorKind::Refused, Retry::Never, "it refuses the request"),
        304 => (FetchErrorKind::Empty, wait, "it was not asked whether anything had changed"),
        300.. => (FetchErrorKind::Redirected, wait, "it points elsewhere in a way that is not followed"),
        _ => (FetchErrorKind::Empty, wait, "there is no feed in this answer"),
    };
    FetchError { kind, message: format!("{status}: {words}{}", asked_wait_phrase(retry)), retry }
}

fn asked_wait_phrase(retry: Retry) -> String {
    match retry {
        Retry::After(wait) => format!("; it asks for a wait of {} s", wait.as_secs()),
        Retry::Later | Retry::Never => String::new(),
    }
}

/// The challenge in a page, as far as that comes in time.
async fn find_bot_challenge_in_page(mut response: Response) -> Option<FeedError> {
    let charset = headers::content_type_charset(response.headers());
    let read = body::read_body(&mut response, REFUSAL_PAGE_BYTES_MAX);
    let body = tokio::time::timeout(REFUSAL_PAGE_TIME_MAX, read).await.ok()?.ok()?;
    check_body_start(&body, charset.as_deref())
        .err()
        .filter(|error| matches!(error, FeedError::ChallengePage(_)))
}

fn bot_challenge_error(status: StatusCode, sign: &str) -> FetchError {
    let words = format!(
        "{status}: it wants to see a person and a browser, as {sign} says; ask its owner, or take another feed"
    );
    FetchError::permanent(FetchErrorKind::Challenged, words)
}
