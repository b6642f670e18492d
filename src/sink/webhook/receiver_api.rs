//! How anybody's receiver is asked, and what its answers mean.

use anyhow::Result;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

use super::signature::SigningKey;
use crate::domain::Secret;
use crate::sink::http::{
    ReceiverApi, ReceiverResponse, ResponseVerdict, UnexpectedBody, VerdictWithReceiverQuote,
    classify_unexpected_body, verdict_of_status,
};

/// Anybody's receiver, by Standard Webhooks.
#[derive(Debug)]
pub struct WebhookReceiverApi {
    key: Option<SigningKey>,
}

impl WebhookReceiverApi {
    /// One whose messages are signed with the secret, `whsec_` and base64; without one nothing is signed. An error
    /// does not show the secret.
    pub fn new(secret: Option<&Secret>) -> Result<Self> {
        Ok(Self { key: secret.map(SigningKey::parse).transpose()? })
    }
}

impl ReceiverApi for WebhookReceiverApi {
    fn display_name(&self) -> &'static str {
        "the webhook's receiver"
    }

    fn headers(&self, body: &[u8], id: &str, at: Timestamp) -> Result<HeaderMap, InvalidHeaderValue> {
        let timestamp = at.as_second().to_string();
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("webhook-id"), HeaderValue::from_str(id)?);
        if let Some(key) = &self.key {
            let signature = HeaderValue::from_str(&key.sign(id, &timestamp, body))?;
            headers.insert(HeaderName::from_static("webhook-signature"), signature);
        }
        headers.insert(HeaderName::from_static("webhook-timestamp"), HeaderValue::from_str(&timestamp)?);
        Ok(headers)
    }

    /// What a stranger's server says may hold anything, our own URL too; its status must do.
    fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote {
        VerdictWithReceiverQuote { verdict: classify_response(response), quote: None }
    }
}

/// By the status alone; success with a page is reported, for it may be a portal's or a login's.
fn classify_response(answer: &ReceiverResponse) -> ResponseVerdict {
    match (verdict_of_status(answer.status), classify_unexpected_body(answer)) {
        (ResponseVerdict::Accepted, oddity @ (UnexpectedBody::Truncated | UnexpectedBody::Html)) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(oddity)
        }
        (meaning, _) => meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::http::verdict_test_helpers::{
        attempt_outcome_words, judge_response, one_word_for_attempt,
    };

    #[test]
    fn a_webhooks_status_says_it_all() {
        for (statuses, expected) in [
            (&[200, 201, 202, 204, 299][..], "accepted"),
            (&[302, 303, 304, 307, 408, 421, 423, 425, 429, 500, 502, 503, 504, 520, 599], "later"),
            (&[400, 406, 409, 411, 413, 414, 415, 422, 431, 499], "message"),
            (&[301, 308, 401, 402, 403, 404, 405, 407, 410, 451], "sink"),
        ] {
            let receiver = WebhookReceiverApi::new(None).unwrap();
            for status in statuses {
                let attempt = judge_response(&receiver, *status, "https://canary");
                assert_eq!(one_word_for_attempt(&attempt), expected, "{status}");
                assert!(!format!("{attempt:?}").contains("canary"), "{attempt:?}");
            }
        }
    }

    #[test]
    fn words_tell_what_was_answered_and_what_would_be_right() {
        for (status, body, expected) in [
            (
                307,
                "",
                "the webhook's receiver answered 307: it points elsewhere, and redirects are not followed; \
                the URL must be the final one",
            ),
            (
                200,
                " <HTML>canary",
                "the webhook's receiver answered 200 with a page for a browser: see whether the message is there",
            ),
            (503, "", "the webhook's receiver answered 503"),
        ] {
            assert_eq!(
                attempt_outcome_words(&judge_response(&WebhookReceiverApi::new(None).unwrap(), status, body)),
                expected
            );
        }
    }

    #[test]
    fn debugging_a_receiver_shows_no_secret() {
        let key = Secret::new("whsec_MDEyMzQ1Njc4OWNhbmFyeTAxMjM0NTY3ODk=");
        let shown = format!("{:?}", WebhookReceiverApi::new(Some(&key)).unwrap());
        assert_eq!(shown, "WebhookReceiverApi { key: Some([redacted]) }");
    }
}
