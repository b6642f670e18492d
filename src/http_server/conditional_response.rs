//! Conditional requests: a client that has the current response already gets 304 without a body. This is decided
//! from the finished response, so that no handler has to.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

pub(super) async fn answer_conditional_request(request: Request, next: Next) -> Response {
    let request_headers = request.headers().clone();
    let mut response = next.run(request).await;
    weaken_compressed_etag(response.headers_mut());
    if response.status() == StatusCode::OK && is_not_modified(&request_headers, response.headers()) {
        not_modified_response(response)
    } else {
        response
    }
}

/// A tag is of the bytes of a response, and other bytes of the same content have a weak one:
/// <https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.3>
fn weaken_compressed_etag(headers: &mut HeaderMap) {
    let tag = headers.get(header::ETAG).filter(|_| headers.contains_key(header::CONTENT_ENCODING));
    let weak = tag.and_then(|tag| HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()).ok());
    if let Some(weak) = weak {
        headers.insert(header::ETAG, weak);
    }
}

/// Whether the client has this response. A list of tags counts more than a date:
/// <https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2>
fn is_not_modified(request: &HeaderMap, response: &HeaderMap) -> bool {
    if request.contains_key(header::IF_NONE_MATCH) {
        response
            .get(header::ETAG)
            .and_then(|tag| tag.to_str().ok())
            .is_some_and(|tag| matches_if_none_match(request, tag))
    } else {
        let (since, changed) = (
            parse_date_header(request, header::IF_MODIFIED_SINCE),
            parse_date_header(response, header::LAST_MODIFIED),
        );
        since.zip(changed).is_some_and(|(since, changed)| since >= changed)
    }
}

/// Whether `If-None-Match` names this tag; a weak one is as good: <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
fn matches_if_none_match(request: &HeaderMap, tag: &str) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH);
    let mut tags = lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    tags.any(|named| {
        named.trim() == "*" || etag_without_weak_prefix(named.trim()) == etag_without_weak_prefix(tag)
    })
}

fn etag_without_weak_prefix(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// A date in whole seconds since 1970, as HTTP has it.
fn parse_date_header(headers: &HeaderMap, name: header::HeaderName) -> Option<Duration> {
    let date = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()?;
    date.duration_since(SystemTime::UNIX_EPOCH).ok()
}

/// A response without its body and what describes only that: <https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5>
fn not_modified_response(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    head.headers.remove(header::CONTENT_TYPE);
    head.headers.remove(header::CONTENT_ENCODING);
    Response::from_parts(head, Body::empty())
}
