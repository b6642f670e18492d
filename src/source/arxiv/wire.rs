//! What can happen between the name look-up and the last byte of a body.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use reqwest::Response;

use super::client::CONNECT_MAX;
use super::text::harmless;
use crate::domain::{Fault, FaultKind};

/// A body after unpacking. 2,000 entries, arXiv's own largest page, have some 6 MiB.
pub(super) const BODY_BYTES_MAX: usize = 16 << 20;

/// A library's remark in a message.
const REMARK_CHARS: usize = 160;

/// The whole body, unpacked. Counts while it comes in, so that a bomb or an endless body stops at the limit.
pub(super) async fn body(response: &mut Response, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    let announced = response.content_length().unwrap_or(0);
    if announced > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(chunk) = response.chunk().await.map_err(|error| broken_off(&error, body.len()))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A request that got no answer's head.
pub(super) fn unsent(error: &reqwest::Error) -> Fault {
    let (kind, words) = if error.is_dns() {
        (FaultKind::Unreachable, "the host's name is not known; is there a network?".to_owned())
    } else if error.is_connect() && error.is_timeout() {
        let seconds = CONNECT_MAX.as_secs();
        (FaultKind::Unreachable, format!("no connection within {seconds} s; is there a network?"))
    } else if error.is_connect() {
        (FaultKind::Unreachable, format!("no connection: {}", cause(error)))
    } else {
        (FaultKind::Broken, format!("the connection broke before an answer: {}", cause(error)))
    };
    Fault::later(kind, words)
}

/// No whole answer in time.
pub(super) fn too_slow(time_max: Duration) -> Fault {
    Fault::later(FaultKind::Timeout, format!("no whole answer within {:.1} s", time_max.as_secs_f64()))
}

/// A body that stopped in the middle, or whose packing is broken.
fn broken_off(error: &reqwest::Error, bytes: usize) -> Fault {
    Fault::later(FaultKind::Broken, format!("the answer broke off after {bytes} bytes: {}", cause(error)))
}

fn too_large(bytes_max: usize) -> Fault {
    let mib = bytes_max >> 20;
    Fault::later(FaultKind::TooLarge, format!("the answer is larger than {mib} MiB, unpacked"))
}

/// The innermost reason. The outer ones only say that there was one, and the outermost adds the address.
fn cause(error: &reqwest::Error) -> String {
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
        _ => harmless(&innermost.to_string(), REMARK_CHARS),
    }
}
