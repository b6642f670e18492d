//! What stands around every answer: who may ask, how much they may send, how long an answer may take, and what a
//! browser may do with it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::AppState;
use super::response::error_page;

/// Path and query in bytes; the longest that the pages themselves ask for has some hundred.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// A request that was taken is answered within this.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// What a page may load: its own style and script from here, and nothing from anywhere else.
/// <https://www.w3.org/TR/CSP3/>
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer says.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub(super) async fn guard(State(house): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut response = match rejection(&house, &request) {
        Some((status, title, words)) => error_page(&house, status, title, words),
        None => match tokio::time::timeout(ANSWER_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => error_page(
                &house,
                StatusCode::SERVICE_UNAVAILABLE,
                "Too slow",
                "This took too long and was given up. Try again in a moment.",
            ),
        },
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if is_head {
        let (head, _) = response.into_parts();
        response = Response::from_parts(head, axum::body::Body::empty());
    }
    response
}

/// Why a request is not answered.
fn rejection(house: &AppState, request: &Request) -> Option<(StatusCode, &'static str, &'static str)> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some((
            StatusCode::METHOD_NOT_ALLOWED,
            "Read only",
            "There is nothing here to change: GET and HEAD only.",
        ));
    }
    if address > ADDRESS_BYTES_MAX {
        return Some((
            StatusCode::URI_TOO_LONG,
            "Too long",
            "This address is longer than any that there is here.",
        ));
    }
    if has_body(request.headers()) {
        return Some((StatusCode::PAYLOAD_TOO_LARGE, "Read only", "A request that reads has no body."));
    }
    let hosts = request.headers().get_all(header::HOST);
    let mut hosts = hosts.iter().map(|host| host.to_str().unwrap_or_default());
    let is_known = match (hosts.next(), hosts.next()) {
        (Some(host), None) => house.hosts.allows(host),
        (None, _) | (_, Some(_)) => false,
    };
    let is_elsewhere = request.uri().host().is_some_and(|host| !house.hosts.allows(host));
    (!is_known || is_elsewhere).then_some((
        StatusCode::MISDIRECTED_REQUEST,
        "Not known by this name",
        "This server is not meant to be reached under the name that was asked for. Add it to `hosts` in [http], if it is.",
    ))
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}
