//! A receiver's answer: its status, the wait it names, and what can be read and quoted of its body.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::network::retry_after_and_quote::{capped_wait_from_seconds, retry_after};

/// How much of an answer is read: a word or a few kilobytes say all that is of use.
const BODY_BYTES: usize = 64 << 10;

/// A receiver's response to one request.
#[derive(Debug)]
pub struct ReceiverResponse {
    /// The status.
    pub(crate) status: u16,
    /// The wait that it names: in its body, which says it more exactly, or in its headers.
    pub(crate) wait: Option<Duration>,
    /// The beginning of its body.
    pub(crate) body: Vec<u8>,
    /// How its body ended.
    pub(crate) body_end: BodyEnd,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// With its last byte, or with the last that is read: whoever says more has said what counts.
    Complete,
    /// Before its last byte.
    Truncated,
}

/// A wait in a body of JSON.
/// Source: <https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit>.
#[derive(Debug, Default, Deserialize)]
struct RetryAfterBody {
    /// After how many seconds to come again, with a fraction.
    retry_after: Option<f64>,
}

impl ReceiverResponse {
    /// Reads it as far as it is of use and comes: with the status all is said that counts for most receivers,
    /// and a message that was accepted must not be sent again for the rest.
    pub(super) async fn read(mut response: Response, now: Timestamp) -> Self {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let fit = chunk.len().min(BODY_BYTES - body.len());
                    body.extend_from_slice(&chunk[..fit]);
                    if fit < chunk.len() {
                        break BodyEnd::Complete;
                    }
                }
                Ok(None) => break BodyEnd::Complete,
                Err(_) => break BodyEnd::Truncated,
            }
        };
        let named: RetryAfterBody = serde_json::from_slice(&body).unwrap_or_default();
        let wait = named
            .retry_after
            .and_then(capped_wait_from_seconds)
            .or_else(|| wait_from_headers(response.headers(), now));
        Self { status, wait, body, body_end: end }
    }

    /// Whether its body is a page for a browser.
    pub(super) fn is_html(&self) -> bool {
        let start = self.body.trim_ascii_start();
        ["<!doctype html", "<html"]
            .iter()
            .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes())))
    }

    /// The response's body as one line, as far as it is text.
    pub(crate) fn body_text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default().trim()
    }
}

/// `Retry-After`; else the header in which a wait may have a fraction.
fn wait_from_headers(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let fractional = || capped_wait_from_seconds(text("x-ratelimit-reset-after")?.parse().ok()?);
    retry_after(headers, now).or_else(fractional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_its_own_names_a_wait_if_no_other_does() {
        let present = "2026-11-22T08:00:00Z".parse().unwrap();
        for (lines, milliseconds) in [
            (&[("x-ratelimit-reset-after", "0.25")][..], Some(250)),
            (&[("x-ratelimit-reset-after", "0.25"), ("retry-after", "2")], Some(2000)),
            (&[("x-ratelimit-reset-after", "0.25"), ("retry-after", "soon")], Some(250)),
            (&[("x-other", "7")], None),
        ] {
            let headers = lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let wait = wait_from_headers(&headers.collect(), present);
            assert_eq!(wait, milliseconds.map(Duration::from_millis), "{lines:?}");
        }
    }
}
