//! Responses and how long a client may keep them.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use ring::digest::{SHA256, digest};

use super::app_state::AppState;

/// A page's media type.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// The media type of plain text.
pub(super) const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// Bytes of a hash that distinguish two responses.
const TAG_BYTES: usize = 16;

/// A response that may be kept and must be asked for again.
pub(super) fn cacheable_response(media_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
    let body = body.into();
    let tag = etag(&body);
    cacheable_response_with_etag(&tag, media_type, body)
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
    let since = app.validators.track_last_modified(path, &tag);
    let mut response = cacheable_response_with_etag(&tag, media_type, body);
    set_header(&mut response, header::LAST_MODIFIED, &httpdate::fmt_http_date(since));
    response
}

/// A response that is true at this moment only.
pub(super) fn uncacheable_response(
    status: StatusCode,
    media_type: &'static str,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn cacheable_response_with_etag(tag: &str, media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = uncacheable_response(StatusCode::OK, media_type, body);
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
    for byte in &digest(&SHA256, body).as_ref()[..TAG_BYTES] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}
