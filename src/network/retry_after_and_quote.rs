//! What any HTTP response may say: when to retry, and a few words worth quoting.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest wait that is taken from anybody: the outbox's own longest one.
pub(crate) const WAIT_MAX: Duration = Duration::from_hours(24);

/// The longest text that is quoted; the vendors' own are below 60.
const QUOTE_CHARS: usize = 80;

/// The longest reason of a forge that is quoted; Gitea's for a scope that a token lacks has some 110 characters.
const REASON_CHARS: usize = 160;

/// The longest word that is quoted. Slack's longest, `invalid_blocks_format`, has 21 letters; no token is
/// shorter than Slack's of 24.
const QUOTE_WORD_CHARS: usize = 23;

/// What a vendor says, if it is a few plain words and so cannot carry a token, a URL or an address.
pub(crate) fn text_if_safe_to_quote(text: &str) -> Option<&str> {
    quote_plain_words(text, QUOTE_CHARS, |c| matches!(c, '_' | '\'' | '.' | ',' | '-'))
}

/// What a forge says, if it is plain words, also in brackets and quotation marks: `scope(s), required=[write:issue]`.
pub(crate) fn reason_if_safe_to_quote(text: &str) -> Option<&str> {
    quote_plain_words(text, REASON_CHARS, |c| "_'.,-()[]:;=`\"".contains(c))
}

fn quote_plain_words(text: &str, chars_max: usize, is_sign: impl Fn(char) -> bool) -> Option<&str> {
    let plain = |word: &str| {
        word.chars().all(|c| c.is_ascii_alphabetic() || is_sign(c)) && word.len() <= QUOTE_WORD_CHARS
    };
    let text = text.trim();
    (!text.is_empty() && text.len() <= chars_max && text.split(' ').all(plain)).then_some(text)
}

/// `Retry-After` in seconds or as a date. Source: RFC 9110, 10.2.3.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => capped_wait_from_seconds(seconds),
        Err(_) => duration_until_http_date(value, now),
    }
}

fn duration_until_http_date(date: &str, now: Timestamp) -> Option<Duration> {
    let then = Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default().min(WAIT_MAX))
}

/// The wait of so many seconds, a day at most; none if they are no time.
pub(crate) fn capped_wait_from_seconds(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(WAIT_MAX).min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_retry_after(value: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        retry_after(&headers, "2026-11-22T08:00:00Z".parse().unwrap())
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
            assert_eq!(parse_retry_after(value), seconds.map(Duration::from_secs_f64), "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn only_a_few_plain_words_are_quoted() {
        for text in
            ["ok", "invalid_blocks_format", "Unknown Webhook", "You are being rate limited.", " no_service\n"]
        {
            assert_eq!(text_if_safe_to_quote(text), Some(text.trim()));
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
            assert_eq!(text_if_safe_to_quote(text), None, "{text}");
        }
    }

    #[test]
    fn a_reason_may_have_brackets_and_still_no_address_and_no_digit() {
        let scope = "token does not have at least one of required scope(s), required=[write:issue], token scope=read:issue";
        assert_eq!(reason_if_safe_to_quote(scope), Some(scope));
        for text in ["see https://x", "token=ghp1", "a@b", "<html>", "(xyzzyABCDEFGHIJKLMNOPQRS)"] {
            assert_eq!(reason_if_safe_to_quote(text), None, "{text}");
        }
    }
}
