//! Responses and how long a client may keep them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::AppState;
use crate::clock;

/// A page's media type.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// The media type of plain text.
pub(super) const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// Bytes of a hash that distinguish two responses.
const TAG_BYTES: usize = 16;

/// Since when each feed has been as it is. There are as many as the configuration has topics, four times.
#[derive(Debug, Default)]
pub(super) struct CacheValidators(Mutex<BTreeMap<String, (String, SystemTime)>>);

impl CacheValidators {
    /// Since when the response at this path has had this tag. HTTP has whole seconds, so a change is dated at least
    /// one second after the one before it.
    fn last_modified(&self, path: &str, tag: &str) -> SystemTime {
        let mut served = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::from(clock::real_now());
        match served.get(path) {
            Some((known, since)) if known == tag => *since,
            known => {
                let least = known.map(|(_, since)| *since + Duration::from_secs(1));
                let since = least.map_or(now, |least| least.max(now));
                served.insert(path.to_owned(), (tag.to_owned(), since));
                since
            }
        }
    }
}

/// A response that may be kept and must be asked for again.
pub(super) fn cacheable(media_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
    let body = body.into();
    let tag = etag(&body);
    cacheable_as(&tag, media_type, body)
}

/// A feed that may be kept and must be asked for again, with the time of its last change.
pub(super) fn cacheable_feed(
    app: &AppState,
    path: &str,
    media_type: &'static str,
    body: impl Into<Vec<u8>>,
) -> Response {
    let body = body.into();
    let tag = etag(&body);
    let since = app.validators.last_modified(path, &tag);
    let mut response = cacheable_as(&tag, media_type, body);
    set_header(&mut response, header::LAST_MODIFIED, &httpdate::fmt_http_date(since));
    response
}

/// A response that is true at this moment only.
pub(super) fn no_store(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn cacheable_as(tag: &str, media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = no_store(StatusCode::OK, media_type, body);
    set_header(&mut response, header::CACHE_CONTROL, "no-cache");
    set_header(&mut response, header::ETAG, tag);
    response
}

fn set_header(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn etag(body: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(body)[..TAG_BYTES] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}
