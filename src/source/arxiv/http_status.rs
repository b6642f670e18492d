//! What a status other than 200 means at arXiv, and whether it pays to ask again.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};

use super::body_detection::quote_beginning;
use super::clean_text::sanitize_line;
use super::{atom, http_body};
use crate::clock;
use crate::domain::{FetchError, FetchErrorKind, Retry};

/// The longest wait that a source can ask for. arXiv has no new papers more than once a day, so a
/// longer wait would only lose some.
const WAIT_MAX: Duration = Duration::from_hours(24);

/// arXiv's error feeds have 900 bytes; a gateway's page is quoted by its first line.
const REASON_BYTES_MAX: usize = 64 << 10;

/// The status says the most; its body is not worth a long wait.
const REASON_TIME_MAX: Duration = Duration::from_secs(5);

/// An address in a message.
const ADDRESS_CHARS: usize = 200;

/// A status of 400 or above, with the reason that the body gives.
pub(super) async fn status_error(mut response: Response) -> FetchError {
    let status = response.status();
    let retry = retry_after(response.headers()).map_or(Retry::Later, Retry::After);
    if is_throttling_status(status) {
        return fetch_error(FetchErrorKind::Throttled, retry, status, "throttled");
    }
    let reason = read_error_reason(&mut response).await;
    if status.is_server_error() {
        fetch_error(FetchErrorKind::ServerError, retry, status, &reason)
    } else if is_transient_client_error(status) {
        fetch_error(FetchErrorKind::Refused, retry, status, &reason)
    } else {
        fetch_error(FetchErrorKind::Refused, Retry::Never, status, &reason)
    }
}

/// A status of 300 to 399. It is not followed: the pace, the trust and the User-Agent are for one host. One that
/// calls itself permanent will not pass.
pub(super) fn redirect_error(asked: &Url, response: &Response) -> FetchError {
    let status = response.status();
    let target = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
    let words = match target.and_then(|target| asked.join(target).ok()) {
        Some(target) => {
            format!(
                "{status}: it points to {}; if that is right, set `url` in [arxiv] to it",
                url_without_secrets(&target)
            )
        }
        None => format!("{status}: it points elsewhere without saying where to"),
    };
    let is_permanent = matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
    let retry = if is_permanent { Retry::Never } else { Retry::Later };
    FetchError { kind: FetchErrorKind::Redirected, message: words, retry }
}

/// arXiv sends either, for the rate of one or for the load of all, and most often without a Retry-After.
fn is_throttling_status(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::NOT_ACCEPTABLE)
}

/// Of the statuses that blame the request, the two that blame its moment.
fn is_transient_client_error(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY)
}

fn fetch_error(kind: FetchErrorKind, retry: Retry, status: StatusCode, reason: &str) -> FetchError {
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let wait = match retry {
        Retry::After(wait) => format!("; it asks for a wait of {} s", wait.as_secs()),
        Retry::Later | Retry::Never => String::new(),
    };
    FetchError { kind, message: format!("{status}{reason}{wait}"), retry }
}

/// arXiv's own words where the body is one of its error feeds, else the body's first words.
async fn read_error_reason(response: &mut Response) -> String {
    let read = http_body::read_body(response, REASON_BYTES_MAX);
    let Ok(Ok(body)) = tokio::time::timeout(REASON_TIME_MAX, read).await else { return String::new() };
    match atom::parse_result_page(&body) {
        Err(fault) if fault.kind == FetchErrorKind::Refused => fault.message,
        Ok(_) | Err(_) if body.trim_ascii().is_empty() => String::new(),
        Ok(_) | Err(_) => format!("\"{}\"", quote_beginning(&body)),
    }
}

/// Retry-After, in seconds or as a date. The date is held against the server's own clock if it names
/// it, since ours may be wrong. No wait at all is as good as none named.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let named = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match named.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(named).ok()?.duration_since(server_time(headers)).ok()?,
    };
    Some(wait.min(WAIT_MAX)).filter(|wait| !wait.is_zero())
}

fn server_time(headers: &HeaderMap) -> SystemTime {
    let told = headers.get(DATE).and_then(|date| date.to_str().ok());
    told.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(|| clock::real_now().into())
}

/// An address without what may be secret in it.
fn url_without_secrets(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    // Only an address without a host refuses this, and such a one holds no password.
    let _ = bare.set_username("").and_then(|()| bare.set_password(None));
    sanitize_line(bare.as_str(), ADDRESS_CHARS)
}
