//! A receiver's answer: its status, the wait it names, and what can be read and quoted of its body.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::wire::response::{cap_wait, retry_after};

/// How much of an answer is read. Slack says a word, and Discord's errors are a few kilobytes at most.
const BODY_BYTES: usize = 64 << 10;

/// What came back.
#[derive(Debug)]
pub(super) struct ReceiverResponse {
    /// The status.
    pub(super) status: u16,
    /// The wait that its headers name, or Discord's body, which says it more exactly.
    pub(super) wait: Option<Duration>,
    /// The beginning of its body.
    pub(super) body: Vec<u8>,
    /// How its body ended.
    pub(super) body_end: BodyEnd,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyEnd {
    /// With its last byte, or with the last that is read: whoever says more has said what counts.
    Complete,
    /// Before its last byte.
    Truncated,
}

/// Discord's error. Source: <https://discord.com/developers/docs/reference#error-messages> and
/// <https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit>.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DiscordError {
    /// Its number.
    pub(super) code: Option<u32>,
    /// What it says.
    pub(super) message: Option<String>,
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
        let mut answer =
            Self { status, wait: wait_from_headers(response.headers(), now), body, body_end: end };
        answer.wait = answer.discord_error().retry_after.and_then(cap_wait).or(answer.wait);
        answer
    }

    /// Discord's error in it; an empty one where it is something else, as before Cloudflare's wall.
    pub(super) fn discord_error(&self) -> DiscordError {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether its body is a page for a browser.
    pub(super) fn is_html(&self) -> bool {
        let start = self.body.trim_ascii_start();
        ["<!doctype html", "<html"]
            .iter()
            .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes())))
    }

    /// Its body as one line, as far as it is text.
    pub(super) fn body_text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default().trim()
    }
}

/// `Retry-After`; else Discord's own header.
fn wait_from_headers(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let discords = || cap_wait(text("x-ratelimit-reset-after")?.parse().ok()?);
    retry_after(headers, now).or_else(discords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_own_header_names_a_wait_where_no_other_does() {
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
