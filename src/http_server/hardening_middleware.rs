//! The layers around every handler: which requests are answered, how long a response may take, and what a browser
//! may do with it.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::app_state::AppState;
use super::http_error::HttpError;

/// Path and query in bytes; the longest that the pages themselves ask for has some hundred.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// A request is answered within this.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(10);

/// What a page may load: its own style and script from here, and nothing from anywhere else.
/// <https://www.w3.org/TR/CSP3/>
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every response.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Sets the headers of every response.
pub(super) async fn set_security_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Puts the layers around a router that keep what it does within limits. An error of theirs is a [`HttpError`].
pub(super) fn add_limit_layers(
    router: Router<Arc<AppState>>,
    app: &Arc<AppState>,
    time_max: Duration,
) -> Router<Arc<AppState>> {
    router
        .layer(from_fn_with_state(Arc::clone(app), reject_unserved_requests))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time_max))
        .layer(map_response(explain_timeout))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| {
            HttpError::from_panic(&*panic).into_response()
        }))
}

/// The time limit's own response has a status and nothing else.
async fn explain_timeout(response: Response) -> Response {
    let is_bare = response.headers().is_empty();
    if is_bare && response.status() == StatusCode::SERVICE_UNAVAILABLE {
        HttpError::Timeout.into_response()
    } else {
        response
    }
}

/// Refuses what is not a plain GET or HEAD for a host of ours.
async fn reject_unserved_requests(
    State(app): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    check_request(&app, &request)?;
    Ok(next.run(request).await)
}

fn check_request(app: &AppState, request: &Request) -> Result<(), HttpError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(HttpError::MethodNotAllowed);
    }
    if request.uri().path_and_query().map_or(0, |address| address.as_str().len()) > ADDRESS_BYTES_MAX {
        return Err(HttpError::AddressTooLong);
    }
    if has_body(request.headers()) {
        return Err(HttpError::UnexpectedBody);
    }
    let hosts = request.headers().get_all(header::HOST);
    let mut hosts = hosts.iter().map(|host| host.to_str().unwrap_or_default());
    let is_known = match (hosts.next(), hosts.next()) {
        (Some(host), None) => app.hosts.is_host_header_allowed(host),
        (None, _) | (_, Some(_)) => false,
    };
    let is_elsewhere = request.uri().host().is_some_and(|host| !app.hosts.is_host_header_allowed(host));
    if is_known && !is_elsewhere { Ok(()) } else { Err(HttpError::UnknownHost) }
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}
