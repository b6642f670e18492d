//! What can happen between the name look-up and the last byte of a body.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use reqwest::{Response, Url};

use super::arxiv_client_builder::CONNECT_MAX;
use super::clean_text::sanitize_line;
use crate::domain::{FetchError, FetchErrorKind};

/// A body after unpacking. 2,000 entries, arXiv's own largest page, have some 6 MiB.
pub(super) const BODY_BYTES_MAX: usize = 16 << 20;

/// A library's remark in a message.
const REMARK_CHARS: usize = 160;

/// The whole body, unpacked. Counts while it comes in, so that a bomb or an endless body stops at the limit.
pub(super) async fn read_body(response: &mut Response, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(body_too_large_error(bytes_max));
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) =
        response.chunk().await.map_err(|error| interrupted_body_error(&error, body.len()))?
    {
        if body.len() + chunk.len() > bytes_max {
            return Err(body_too_large_error(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A request that got no answer's head.
pub(super) fn unanswered_request_error(error: &reqwest::Error, url: &Url) -> FetchError {
    let port = url.port_or_known_default().unwrap_or_default();
    let (kind, words) = if error.is_dns() {
        (FetchErrorKind::Unreachable, "the host's name is not known; is there a network?".to_owned())
    } else if error.is_connect() && error.is_timeout() {
        let seconds = CONNECT_MAX.as_secs();
        (FetchErrorKind::Unreachable, format!("no connection within {seconds} s; is there a network?"))
    } else if error.is_connect() {
        (FetchErrorKind::Unreachable, format!("no connection to port {port}: {}", root_cause(error)))
    } else {
        (FetchErrorKind::Broken, format!("the connection broke before an answer: {}", root_cause(error)))
    };
    FetchError::transient(kind, words)
}

/// No whole answer in time.
pub(super) fn timeout_error(time_max: Duration) -> FetchError {
    FetchError::transient(
        FetchErrorKind::Timeout,
        format!("no whole answer within {:.1} s", time_max.as_secs_f64()),
    )
}

/// A body that stopped in the middle, or whose packing is broken.
fn interrupted_body_error(error: &reqwest::Error, bytes: usize) -> FetchError {
    FetchError::transient(
        FetchErrorKind::Broken,
        format!("the answer broke off after {bytes} bytes: {}", root_cause(error)),
    )
}

fn body_too_large_error(bytes_max: usize) -> FetchError {
    let mib = bytes_max >> 20;
    FetchError::transient(FetchErrorKind::TooLarge, format!("the answer is larger than {mib} MiB, unpacked"))
}

/// The innermost reason. The outer ones only say that there was one, and the outermost adds the address.
fn root_cause(error: &reqwest::Error) -> String {
    let mut innermost = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    let Some(innermost) = innermost else { return "no reason given".to_owned() };
    match innermost.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        Some(io::ErrorKind::ConnectionReset) => "connection reset".to_owned(),
        Some(io::ErrorKind::NetworkUnreachable) => "the network is unreachable".to_owned(),
        Some(io::ErrorKind::HostUnreachable) => "no route to the host".to_owned(),
        _ => sanitize_line(&innermost.to_string(), REMARK_CHARS),
    }
}
