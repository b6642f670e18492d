//! A body while it comes in, and what can break before its end.

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::feed_response::FeedBody;
use super::large_feed_permit::LargeFeedPermit;
use super::response_headers;
use crate::domain::{FetchError, FetchErrorKind, NextRequestHints, Retry};
use crate::network::CONNECT_LIMIT;
use crate::network::connection_error_text::describe_connection_error;
use crate::source::feed::body_start::check_body_start;
use crate::source::feed::document_root::feed_text_excerpt;
use crate::source::feed::limits::BODY_BYTES_MAX;

/// Of this size any feed may be; a day of arXiv's largest archive has as much. Of a larger one there is one at a time.
const USUAL_BYTES_MAX: usize = 2 << 20;

/// A body that comes in.
#[derive(Debug)]
pub(super) struct IncomingBody {
    bytes: Vec<u8>,
    is_whole: bool,
}

/// The beginning of a body that is to be a feed, or all of it: as much as any feed may hold.
pub(super) async fn read_start_of_feed_body(response: &mut Response) -> Result<IncomingBody, FetchError> {
    // What was asked for is unpacked, and the header is gone.
    if let Some(packing) = response.headers().get(CONTENT_ENCODING).filter(|packing| *packing != "identity") {
        let packing = feed_text_excerpt(&String::from_utf8_lossy(packing.as_bytes()));
        let words = format!("the answer is packed as `{packing}`, which was not asked for");
        return Err(FetchError::transient(FetchErrorKind::Broken, words));
    }
    let mut body = IncomingBody::new_sized_by_content_length(response, BODY_BYTES_MAX)?;
    body.read_up_to(response, USUAL_BYTES_MAX, BODY_BYTES_MAX).await?;
    Ok(body)
}

/// A whole body that looks like a feed. What it is unpacked to counts while it comes in, so that a bomb or an endless
/// body stops at the limit.
pub(super) async fn read_rest_of_feed_body(
    mut body: IncomingBody,
    permit: Option<LargeFeedPermit>,
    response: &mut Response,
    freshness: NextRequestHints,
) -> Result<FeedBody, FetchError> {
    body.read_up_to(response, BODY_BYTES_MAX, BODY_BYTES_MAX).await?;
    let bytes = body.bytes;
    let charset = response_headers::content_type_charset(response.headers());
    if let Err(error) = check_body_start(&bytes, charset.as_deref()) {
        let error = error.into_fetch_error();
        return Err(FetchError { retry: retry_with_server_wait(error.retry, freshness), ..error });
    }
    Ok(FeedBody { bytes, charset, permit })
}

/// A whole body, whatever it is.
pub(super) async fn read_any_body(response: &mut Response) -> Result<FeedBody, FetchError> {
    let mut body = read_start_of_feed_body(response).await?;
    let permit = if body.is_large_feed_body() { Some(LargeFeedPermit::acquire().await) } else { None };
    body.read_up_to(response, BODY_BYTES_MAX, BODY_BYTES_MAX).await?;
    Ok(FeedBody {
        bytes: body.bytes,
        charset: response_headers::content_type_charset(response.headers()),
        permit,
    })
}

fn retry_with_server_wait(otherwise: Retry, freshness: NextRequestHints) -> Retry {
    match otherwise {
        Retry::Later => response_headers::retry_from_hints(freshness),
        Retry::Never | Retry::After(_) => otherwise,
    }
}

/// The whole body, unpacked, of so many bytes at the most.
pub(super) async fn read_body(response: &mut Response, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = IncomingBody::new_sized_by_content_length(response, bytes_max)?;
    body.read_up_to(response, bytes_max, bytes_max).await?;
    Ok(body.bytes)
}

impl IncomingBody {
    /// Nothing yet of a body that does not announce more than so many bytes.
    fn new_sized_by_content_length(response: &Response, bytes_max: usize) -> Result<Self, FetchError> {
        let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > bytes_max {
            return Err(too_large_error(bytes_max));
        }
        // An announcement is cheap, and the room for it is not.
        Ok(Self { bytes: Vec::with_capacity(announced.min(USUAL_BYTES_MAX)), is_whole: false })
    }

    /// Whether it is larger than any feed may be without waiting.
    pub(super) fn is_large_feed_body(&self) -> bool {
        !self.is_whole
    }

    /// Reads until there are more bytes than these, or no more. More than `bytes_max` are an error.
    async fn read_up_to(
        &mut self,
        response: &mut Response,
        until: usize,
        bytes_max: usize,
    ) -> Result<(), FetchError> {
        while !self.is_whole && self.bytes.len() <= until {
            let read = response.chunk().await;
            let Some(chunk) = read.map_err(|error| broken_body_error(&error, self.bytes.len()))? else {
                self.is_whole = true;
                break;
            };
            let length = self.bytes.len() + chunk.len();
            if length > bytes_max {
                return Err(too_large_error(bytes_max));
            }
            if length > self.bytes.capacity() {
                // To double it would take room for twice the limit.
                self.bytes.reserve_exact((length * 2).min(bytes_max) - self.bytes.len());
            }
            self.bytes.extend_from_slice(&chunk);
        }
        Ok(())
    }
}

fn too_large_error(bytes_max: usize) -> FetchError {
    let words = format!("the answer is larger than {} MiB, unpacked", bytes_max >> 20);
    FetchError::transient(FetchErrorKind::TooLarge, words)
}

fn broken_body_error(error: &reqwest::Error, bytes: usize) -> FetchError {
    let words = format!("the answer broke off after {bytes} bytes: {}", describe_connection_error(error));
    FetchError::transient(FetchErrorKind::Broken, words)
}

/// A request that got no answer's head.
pub(super) fn unanswered_request_error(error: &reqwest::Error) -> FetchError {
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
