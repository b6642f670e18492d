//! A body while it comes in, and what can break before its end.

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::headers;
use super::response::FeedBody;
use crate::domain::{FetchError, FetchErrorKind, FreshnessHints, Retry};
use crate::source::feed::body_start::check_body_start;
use crate::source::feed::limits::BODY_BYTES_MAX;
use crate::source::feed::prolog::excerpt;
use crate::wire::CONNECT_LIMIT;
use crate::wire::connection_error_text::describe_connection_error;

/// A whole body that looks like a feed. What it is unpacked to counts while it comes in, so that a bomb or an endless
/// body stops at the limit.
pub(super) async fn read_feed_body(
    response: &mut Response,
    freshness: FreshnessHints,
) -> Result<FeedBody, FetchError> {
    // What was asked for is unpacked, and the header is gone.
    if let Some(packing) = response.headers().get(CONTENT_ENCODING).filter(|packing| *packing != "identity") {
        let packing = excerpt(&String::from_utf8_lossy(packing.as_bytes()));
        let words = format!("the answer is packed as `{packing}`, which was not asked for");
        return Err(FetchError::transient(FetchErrorKind::Broken, words));
    }
    let bytes = read_body(response, BODY_BYTES_MAX).await?;
    let charset = headers::content_type_charset(response.headers());
    if let Err(error) = check_body_start(&bytes, charset.as_deref()) {
        let error = error.into_fetch_error();
        return Err(FetchError { retry: named_wait(error.retry, freshness), ..error });
    }
    Ok(FeedBody { bytes, charset })
}

fn named_wait(otherwise: Retry, freshness: FreshnessHints) -> Retry {
    match otherwise {
        Retry::Later => headers::retry_from_hints(freshness),
        Retry::Never | Retry::After(_) => otherwise,
    }
}

/// The whole body, unpacked, of so many bytes at the most.
pub(super) async fn read_body(response: &mut Response, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
    let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > bytes_max {
        return Err(too_large_error(bytes_max));
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(|error| broken_error(&error, body.len()))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_large_error(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn too_large_error(bytes_max: usize) -> FetchError {
    let words = format!("the answer is larger than {} MiB, unpacked", bytes_max >> 20);
    FetchError::transient(FetchErrorKind::TooLarge, words)
}

fn broken_error(error: &reqwest::Error, bytes: usize) -> FetchError {
    let words = format!("the answer broke off after {bytes} bytes: {}", describe_connection_error(error));
    FetchError::transient(FetchErrorKind::Broken, words)
}

/// A request that got no answer's head.
pub(super) fn send_error(error: &reqwest::Error) -> FetchError {
    let (kind, words) = if error.is_dns() {
        (FetchErrorKind::Unreachable, "the host's name is not known; is there a network?".to_owned())
    } else if error.is_connect() && error.is_timeout() {
        let seconds = CONNECT_LIMIT.as_secs();
        (FetchErrorKind::Unreachable, format!("no connection within {seconds} s; is there a network?"))
    } else if error.is_connect() {
        (FetchErrorKind::Unreachable, format!("no connection: {}", describe_connection_error(error)))
    } else {
        (
            FetchErrorKind::Broken,
            format!("the connection broke before an answer: {}", describe_connection_error(error)),
        )
    };
    FetchError::transient(kind, words)
}
