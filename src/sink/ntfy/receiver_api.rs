//! How an ntfy server is asked, and what its answers mean.

use std::borrow::Cow;
use std::fmt;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, InvalidHeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::Secret;
use crate::sink::http::{
    ReceiverApi, ReceiverResponse, ResponseVerdict, VerdictWithReceiverQuote, classify_unexpected_body,
    verdict_of_status,
};

/// Longest name of a topic. Source: `topicRegex` in <https://github.com/binwiederhier/ntfy>, `server/server.go`.
const TOPIC_BYTES_MAX: usize = 64;

/// A topic of an ntfy server.
pub struct NtfyApi {
    topic: String,
    authorization: Option<HeaderValue>,
}

/// What ntfy answers: the message as it has it, or an error with a number. The error's text is not read.
/// Source: <https://github.com/binwiederhier/ntfy>, `server/errors.go`.
#[derive(Debug, Default, Deserialize)]
struct NtfyAnswer {
    id: Option<String>,
    code: Option<u32>,
}

impl NtfyApi {
    /// The topic with this address, to which everybody may write. An error does not show it.
    pub fn new(url: &Secret) -> Result<Self> {
        let topic = Url::parse(url.reveal()).ok().and_then(|url| ntfy_topic_of_url(&url));
        let topic =
            topic.context("the URL is not the address of a topic; https://ntfy.sh/mytopic is expected")?;
        Ok(Self { topic, authorization: None })
    }

    /// The topic, opened by this access token. An error does not show the token.
    pub fn with_token(self, token: &Secret) -> Result<Self> {
        Ok(Self { authorization: Some(bearer_authorization_header(token)?), ..self })
    }
}

impl ReceiverApi for NtfyApi {
    fn display_name(&self) -> &'static str {
        "ntfy"
    }

    /// JSON is posted to the root of the server, and its topic is in it.
    /// Source: <https://docs.ntfy.sh/publish/#publish-as-json>.
    fn request_url(&self, mut url: Url) -> Url {
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        url
    }

    /// The topic is a secret, so it is put in when a message is sent, and is never stored.
    fn request_body<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        let Ok(mut message) = serde_json::from_slice::<Map<String, Value>>(body) else {
            return Cow::Borrowed(body);
        };
        message.insert("topic".to_owned(), Value::String(self.topic.clone()));
        Cow::Owned(serde_json::to_vec(&message).expect("what was read from JSON has a JSON form"))
    }

    fn headers(&self, _body: &[u8], _id: &str, _at: Timestamp) -> Result<HeaderMap, InvalidHeaderValue> {
        let authorization = self.authorization.iter().map(|value| (AUTHORIZATION, value.clone()));
        Ok(authorization.collect())
    }

    fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote {
        let answer: NtfyAnswer = serde_json::from_slice(&response.body).unwrap_or_default();
        VerdictWithReceiverQuote {
            verdict: response_verdict(&answer, response),
            quote: describe_ntfy_error(&answer, response.status),
        }
    }
}

/// Shows neither the topic nor the token.
impl fmt::Debug for NtfyApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NtfyApi").finish_non_exhaustive()
    }
}

/// The only part of the address's path.
fn ntfy_topic_of_url(url: &Url) -> Option<String> {
    let path = url.path().trim_matches('/');
    let is_topic = (1..=TOPIC_BYTES_MAX).contains(&path.len())
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_topic.then(|| path.to_owned())
}

fn bearer_authorization_header(token: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))
        .map_err(|_| anyhow::anyhow!("the token has a sign in it that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The error's number and our words for it. The server's own words may repeat the topic or the token, in whatever
/// capitals, so none of them is shown. ntfy's numbers begin with the status; another number may be anything.
fn describe_ntfy_error(answer: &NtfyAnswer, status: u16) -> Option<String> {
    let code = answer.code.filter(|code| code / 100 == u32::from(status))?;
    let words = match code {
        40009 | 40010 => "there cannot be such a topic",
        40101 => "unauthorized",
        40301 => "forbidden",
        41303 => "the message is too large",
        42901 => "too many requests",
        42908 => "the day's messages are used up",
        _ => return Some(code.to_string()),
    };
    Some(format!("{code} {words}"))
}

/// By the error's number if that says more than the status: 40009 and 40010 are a topic that there cannot be. A limit
/// that is reached (429), of requests or of a day's messages, ends; 41303 is a message that is too large. To one that it
/// has, ntfy answers with the message.
fn response_verdict(answer: &NtfyAnswer, response: &ReceiverResponse) -> ResponseVerdict {
    match (answer.code, verdict_of_status(response.status)) {
        (None, ResponseVerdict::Accepted) if answer.id.is_some() => ResponseVerdict::Accepted,
        (_, ResponseVerdict::Accepted) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(classify_unexpected_body(response))
        }
        (Some(40009 | 40010), _) => ResponseVerdict::BadSink,
        (_, verdict) => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::http::verdict_test_helpers::{
        attempt_outcome_words, judge_response, one_word_for_attempt,
    };

    fn sample_ntfy_api() -> NtfyApi {
        let topic = NtfyApi::new(&Secret::new("https://ntfy.sh/canary_topic")).unwrap();
        topic.with_token(&Secret::new("tk_canary")).unwrap()
    }

    #[test]
    fn a_message_goes_to_the_servers_root_with_its_topic_in_it() {
        for (given, asked) in [
            ("https://ntfy.sh/canary_topic", "https://ntfy.sh/"),
            ("https://push.example.org:8443/canary_topic/?up=1#x", "https://push.example.org:8443/"),
        ] {
            assert_eq!(sample_ntfy_api().request_url(Url::parse(given).unwrap()).as_str(), asked);
        }
        let body = sample_ntfy_api().request_body(br#"{"title":"a","message":"b"}"#).into_owned();
        let sent: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(sent, serde_json::json!({"topic": "canary_topic", "title": "a", "message": "b"}));
        let headers = sample_ntfy_api().headers(b"", "msg_1", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(headers[AUTHORIZATION], "Bearer tk_canary");
    }

    #[test]
    fn an_address_without_a_topic_or_a_token_that_is_none_is_refused_without_being_shown() {
        let long = format!("https://ntfy.sh/canary{}", "x".repeat(TOPIC_BYTES_MAX));
        for url in [
            "canary",
            "https://canary.example",
            "https://canary.example/",
            "https://ntfy.sh/canary/b",
            "https://ntfy.sh/canary%20b",
            "https://ntfy.sh/canary.b",
            &long,
        ] {
            let error = NtfyApi::new(&Secret::new(url)).unwrap_err().to_string();
            assert!(
                error.contains("https://ntfy.sh/mytopic is expected") && !error.contains("canary"),
                "{url}"
            );
        }
        let error = sample_ntfy_api().with_token(&Secret::new("tk_canäry\u{7f}")).unwrap_err().to_string();
        assert!(error.contains("the token") && !error.contains("can"), "{error}");
    }

    #[test]
    fn debugging_a_receiver_shows_no_secret() {
        assert_eq!(format!("{:?}", sample_ntfy_api()), "NtfyApi { .. }");
    }

    #[test]
    fn ntfys_numbers_are_understood_and_a_proxys_pages_do_no_harm() {
        for (status, body, expected) in [
            (
                200,
                r#"{"id":"hwQ2YpKdmg","time":1635528741,"event":"message","topic":"canary_topic"}"#,
                "accepted",
            ),
            (200, "ok", "oddly"),
            (200, "", "oddly"),
            (200, "<!DOCTYPE html><title>log in</title>", "oddly"),
            (200, r#"{"code":40301,"http":403,"error":"forbidden"}"#, "oddly"),
            (204, "", "oddly"),
            (400, r#"{"code":40009,"http":400,"error":"invalid request: topic invalid"}"#, "sink"),
            (400, r#"{"code":40010,"http":400,"error":"invalid request: topic name is disallowed"}"#, "sink"),
            (
                400,
                r#"{"code":40014,"http":400,"error":"invalid request: attachments not allowed"}"#,
                "message",
            ),
            (400, r#"{"code":40024,"http":400,"error":"invalid request: ..."}"#, "message"),
            (401, r#"{"code":40101,"http":401,"error":"unauthorized"}"#, "sink"),
            (403, r#"{"code":40301,"http":403,"error":"forbidden"}"#, "sink"),
            (404, r#"{"code":40401,"http":404,"error":"page not found"}"#, "sink"),
            (413, r#"{"code":41303,"http":413,"error":"JSON body too large"}"#, "message"),
            (429, r#"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#, "later"),
            (429, r#"{"code":42908,"http":429,"error":"limit reached: too many messages"}"#, "later"),
            (500, r#"{"code":50001,"http":500,"error":"internal server error"}"#, "later"),
            (502, "<html>", "later"),
            (507, r#"{"code":50701,"http":507,"error":"..."}"#, "later"),
        ] {
            let attempt = judge_response(&sample_ntfy_api(), status, body);
            assert_eq!(one_word_for_attempt(&attempt), expected, "{status} {body}");
            assert!(!format!("{attempt:?}").contains("canary"), "{attempt:?}");
        }
    }

    #[test]
    fn words_tell_what_ntfy_answered_and_what_would_be_right() {
        for (status, body, expected) in [
            (
                403,
                r#"{"code":40301,"http":403,"error":"forbidden"}"#,
                "ntfy answered 403 (40301 forbidden): it refuses our credentials; the URL or the secret is wrong or \
                 withdrawn",
            ),
            (
                429,
                r#"{"code":42908,"http":429,"error":"limit reached: too many messages"}"#,
                "ntfy answered 429 (42908 the day's messages are used up): it wants us to come later",
            ),
            (
                413,
                r#"{"code":41303,"http":413,"error":"JSON body too large"}"#,
                "ntfy answered 413 (41303 the message is too large): it refuses this message",
            ),
            (
                400,
                r#"{"code":40099,"http":400,"error":"https://canary.example/canary_topic"}"#,
                "ntfy answered 400 (40099): it refuses this message",
            ),
            (
                403,
                r#"{"code":40301,"http":403,"error":"no canary_topic here"}"#,
                "ntfy answered 403 (40301 forbidden): it refuses our credentials; the URL or the secret is wrong or \
                 withdrawn",
            ),
            (200, "", "ntfy answered 200 with an empty body: see whether the message is there"),
        ] {
            assert_eq!(attempt_outcome_words(&judge_response(&sample_ntfy_api(), status, body)), expected);
        }
    }
}
