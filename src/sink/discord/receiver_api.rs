//! How Discord is named and asked, and what its answers mean.

use reqwest::Url;
use serde::Deserialize;

use crate::network::retry_after_and_quote::text_if_safe_to_quote;
use crate::sink::http::{
    ReceiverApi, ReceiverResponse, ResponseVerdict, UnexpectedBody, VerdictWithReceiverQuote,
    classify_unexpected_body, verdict_of_status,
};

/// A webhook of a Discord channel.
#[derive(Debug, Clone, Copy)]
pub struct DiscordApi;

/// Discord's error; an empty one if the body is something else, as before Cloudflare's wall.
/// Source: <https://discord.com/developers/docs/reference#error-messages>.
#[derive(Debug, Default, Deserialize)]
struct DiscordError {
    code: Option<u32>,
    message: Option<String>,
}

impl ReceiverApi for DiscordApi {
    fn display_name(&self) -> &'static str {
        "Discord"
    }

    /// Discord answers before it has looked at a message unless it is asked to wait.
    /// Source: <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
    fn request_url(&self, mut url: Url) -> Url {
        let kept: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "wait").collect();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair("wait", "true");
        url
    }

    fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote {
        classify_response(response)
    }
}

/// Discord numbers its errors: 10003 unknown channel, 10015 unknown webhook, 50027 invalid webhook token. To a message
/// that it has, it answers with the message, or with 204 and nothing.
/// Sources: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>,
/// <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
fn classify_response(answer: &ReceiverResponse) -> VerdictWithReceiverQuote {
    let DiscordError { code, message } = serde_json::from_slice(&answer.body).unwrap_or_default();
    let meaning = match (code, verdict_of_status(answer.status)) {
        (None, ResponseVerdict::Accepted) if answer.status == 204 => ResponseVerdict::Accepted,
        // Who speaks Discord's language in Discord's place may say anything short, such as `ok`.
        (None, ResponseVerdict::Accepted) => match classify_unexpected_body(answer) {
            UnexpectedBody::Other => ResponseVerdict::Accepted,
            oddity @ (UnexpectedBody::Truncated | UnexpectedBody::Empty | UnexpectedBody::Html) => {
                ResponseVerdict::AcceptedWithUnexpectedBody(oddity)
            }
        },
        (Some(_), ResponseVerdict::Accepted) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(classify_unexpected_body(answer))
        }
        (Some(10003 | 10015 | 50027), _) => ResponseVerdict::BadSink,
        (_, meaning) => meaning,
    };
    let words = message.as_deref().and_then(text_if_safe_to_quote).map(str::to_owned);
    let said = [code.filter(|code| *code != 0).map(|code| code.to_string()), words];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    VerdictWithReceiverQuote { verdict: meaning, quote: (!said.is_empty()).then_some(said) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::http::verdict_test_helpers::{
        attempt_outcome_words, judge_response, one_word_for_attempt,
    };

    #[test]
    fn discord_is_asked_to_wait_once_and_keeps_its_thread() {
        for (given, asked) in [
            ("https://discord.com/api/webhooks/1/t", "wait=true"),
            ("https://discord.com/api/webhooks/1/t?thread_id=7&wait=false", "thread_id=7&wait=true"),
            ("https://discord.com/api/webhooks/1/t?wait=true", "wait=true"),
        ] {
            let url = DiscordApi.request_url(Url::parse(given).unwrap());
            assert_eq!(url.query(), Some(asked));
        }
    }

    #[test]
    fn discords_numbers_are_understood_and_cloudflares_pages_do_no_harm() {
        for (status, body, expected) in [
            (200, r#"{"id": "1"}"#, "accepted"),
            (204, "", "accepted"),
            (200, "", "oddly"),
            (200, "ok", "accepted"),
            (200, "<!DOCTYPE html><title>log in</title>", "oddly"),
            (200, r#"{"code": 10015, "message": "Unknown Webhook"}"#, "oddly"),
            (400, r#"{"code": 50035, "message": "Invalid Form Body"}"#, "message"),
            (400, r#"{"code": 50006, "message": "Cannot send an empty message"}"#, "message"),
            (404, r#"{"code": 10015, "message": "Unknown Webhook"}"#, "sink"),
            (401, r#"{"code": 50027, "message": "Invalid Webhook Token"}"#, "sink"),
            (400, r#"{"code": 10003, "message": "Unknown Channel"}"#, "sink"),
            (
                429,
                r#"{"message": "You are being rate limited.", "retry_after": 0.6, "global": false}"#,
                "later",
            ),
            (429, "<html>error code: 1015</html>", "later"),
            (502, "<html>", "later"),
        ] {
            assert_eq!(
                one_word_for_attempt(&judge_response(&DiscordApi, status, body)),
                expected,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn words_tell_what_discord_answered_and_what_would_be_right() {
        for (status, body, expected) in [
            (
                400,
                r#"{"code": 50035, "message": "Invalid Form Body"}"#,
                "Discord answered 400 (50035 Invalid Form Body): it refuses this message",
            ),
            (200, "", "Discord answered 200 with an empty body: see whether the message is there"),
        ] {
            assert_eq!(attempt_outcome_words(&judge_response(&DiscordApi, status, body)), expected);
        }
    }
}
