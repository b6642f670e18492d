//! A receiver's answer: its status, the wait it names, and what can be read and quoted of its body.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

/// How much of an answer is read. Slack says a word, and Discord's errors are a few kilobytes at most.
const BODY_BYTES: usize = 64 << 10;

/// The longest wait that is taken from a receiver: the outbox's own longest one, DESIGN.md section 2.
const WAIT_MAX: Duration = Duration::from_hours(24);

/// The longest text that is quoted; the vendors' own are below 60.
const QUOTE_CHARS: usize = 80;

/// The longest word that is quoted. Slack's longest, `invalid_blocks_format`, has 21 letters; no token is
/// shorter than Slack's of 24.
const QUOTE_WORD_CHARS: usize = 23;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The wait that its headers name, or Discord's body, which says it more exactly.
    pub(super) wait: Option<Duration>,
    /// The beginning of its body.
    pub(super) body: Vec<u8>,
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

impl Answer {
    /// Reads it as far as it is of use and comes: with the status all is said that counts for most receivers,
    /// and a message that was accepted must not be sent again for the rest.
    pub(super) async fn read(mut response: Response, now: Timestamp) -> Self {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while body.len() < BODY_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk[..chunk.len().min(BODY_BYTES - body.len())]);
        }
        let mut answer = Self { status, wait: wait_in(response.headers(), now), body };
        answer.wait = answer.discord().retry_after.and_then(capped).or(answer.wait);
        answer
    }

    /// Discord's error in it; an empty one where it is something else, as before Cloudflare's wall.
    pub(super) fn discord(&self) -> DiscordError {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Its body as one line, as far as it is text.
    pub(super) fn line(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default().trim()
    }
}

/// What a vendor says, if it is a few plain words and so cannot carry a token, a URL or an address.
pub(super) fn quotable(text: &str) -> Option<&str> {
    let plain = |word: &str| {
        word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '\'' | '.' | ',' | '-'))
            && word.len() <= QUOTE_WORD_CHARS
    };
    let text = text.trim();
    (!text.is_empty() && text.len() <= QUOTE_CHARS && text.split(' ').all(plain)).then_some(text)
}

/// `Retry-After` in seconds or as a date; else Discord's own header.
/// Source: RFC 9110, 10.2.3.
fn wait_in(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let named = text(RETRY_AFTER.as_str()).and_then(|value| match value.parse() {
        Ok(seconds) => capped(seconds),
        Err(_) => until(value, now),
    });
    named.or_else(|| text("x-ratelimit-reset-after").and_then(|value| value.parse().ok()).and_then(capped))
}

fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let then = Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default().min(WAIT_MAX))
}

fn capped(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(WAIT_MAX).min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
        wait_in(&headers, "2026-11-22T08:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_wait_is_read_in_every_form_and_capped_at_a_day() {
        for (value, seconds) in [
            ("30", Some(30.0)),
            (" 0 ", Some(0.0)),
            ("1.5", Some(1.5)),
            ("999999999999999999999999", Some(86400.0)),
            ("inf", Some(86400.0)),
            ("NaN", None),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("Sun, 22 Nov 2026 08:02:00 GMT", Some(120.0)),
            ("Sun, 22 Nov 2026 07:00:00 GMT", Some(0.0)),
            ("Mon, 22 Nov 2038 08:00:00 GMT", Some(86400.0)),
        ] {
            assert_eq!(wait("retry-after", value), seconds.map(Duration::from_secs_f64), "{value}");
        }
        assert_eq!(wait("x-ratelimit-reset-after", "0.25"), Some(Duration::from_millis(250)));
        assert_eq!(wait("x-other", "7"), None);
    }

    #[test]
    fn only_a_few_plain_words_are_quoted() {
        for text in
            ["ok", "invalid_blocks_format", "Unknown Webhook", "You are being rate limited.", " no_service\n"]
        {
            assert_eq!(quotable(text), Some(text.trim()));
        }
        for text in [
            "",
            " ",
            "https://x",
            "token=abc",
            "x1",
            "a@b",
            "<html>",
            "two\nlines",
            "xyzzyABCDEFGHIJKLMNOPQRS",
            "word word word word word word word word word word word word word word word word word word",
        ] {
            assert_eq!(quotable(text), None, "{text}");
        }
    }
}
