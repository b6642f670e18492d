//! Answers and what a client may keep of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::AppState;
use super::reader_pool::StoreReadError;
use crate::clock;

/// A page's media type.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// Bytes of a hash that tell two answers apart.
const TAG_BYTES: usize = 16;

/// Since when each feed has been as it is. There are as many as the configuration has topics, four times.
#[derive(Debug, Default)]
pub(super) struct CacheValidators(Mutex<BTreeMap<String, (String, SystemTime)>>);

impl CacheValidators {
    /// Since when the answer at this path has had this tag. HTTP tells whole seconds, so a change is told at least
    /// one second after the one before it.
    fn last_modified(&self, path: &str, tag: &str) -> SystemTime {
        let mut served = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::from(clock::real_now());
        match served.get(path) {
            Some((standing, since)) if standing == tag => *since,
            standing => {
                let least = standing.map(|(_, since)| *since + Duration::from_secs(1));
                let since = least.map_or(now, |least| least.max(now));
                served.insert(path.to_owned(), (tag.to_owned(), since));
                since
            }
        }
    }
}

/// An answer that may be kept and must be asked for again; without its body where the client has it already.
pub(super) fn cacheable(asked: &HeaderMap, media_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
    let body = body.into();
    let tag = etag(&body);
    if has_matching_etag(asked, &tag) {
        return not_modified(&tag);
    }
    full_response(media_type, &tag, body)
}

/// A feed that may be kept and must be asked for again, with the time of its last change.
pub(super) fn cacheable_feed(
    house: &AppState,
    asked: &HeaderMap,
    path: &str,
    media_type: &'static str,
    body: impl Into<Vec<u8>>,
) -> Response {
    let body = body.into();
    let tag = etag(&body);
    let since = house.validators.last_modified(path, &tag);
    let mut response = if has_matching_etag(asked, &tag) || is_unmodified_since(asked, since) {
        not_modified(&tag)
    } else {
        full_response(media_type, &tag, body)
    };
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(since)) {
        response.headers_mut().insert(header::LAST_MODIFIED, date);
    }
    response
}

/// An answer that is true at this moment only.
pub(super) fn no_store(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page that says why there is no other.
pub(super) fn error_page(house: &AppState, status: StatusCode, title: &str, words: &str) -> Response {
    match house.pages.error(title, words) {
        Ok(page) => no_store(status, HTML, page),
        Err(_) => no_store(status, "text/plain; charset=utf-8", format!("{title}: {words}\n")),
    }
}

/// A page that says that the history could not be read. The reason is told to the operator alone.
pub(super) fn store_error_page(house: &AppState, unread: &StoreReadError) -> Response {
    let words = match unread {
        StoreReadError::Timeout => "There is too much to do just now. Try again in a moment.",
        StoreReadError::Store(error) => {
            tracing::warn!("a page could not be served: {error:#}");
            "The history does not answer just now; the log says why."
        }
    };
    error_page(house, StatusCode::SERVICE_UNAVAILABLE, "Not now", words)
}

fn full_response(media_type: &'static str, tag: &str, body: Vec<u8>) -> Response {
    let mut response = no_store(StatusCode::OK, media_type, body);
    set_validators(response.headers_mut(), tag);
    response
}

fn not_modified(tag: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    set_validators(response.headers_mut(), tag);
    response
}

fn set_validators(headers: &mut HeaderMap, tag: &str) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
}

fn etag(body: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(body)[..TAG_BYTES] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

/// Whether the client has the answer of this tag. <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
fn has_matching_etag(asked: &HeaderMap, tag: &str) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH);
    let tags = lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    tags.map(str::trim).any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

/// Whether the client has what has been there since. <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3>
fn is_unmodified_since(asked: &HeaderMap, since: SystemTime) -> bool {
    let given = asked.get(header::IF_MODIFIED_SINCE).and_then(|given| given.to_str().ok());
    let given = given.and_then(|given| httpdate::parse_http_date(given).ok());
    !asked.contains_key(header::IF_NONE_MATCH)
        && given.is_some_and(|given| {
            let whole =
                |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
            whole(given) >= whole(since)
        })
}
