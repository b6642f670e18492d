//! What an answer means for the message and for the sink.

use super::receiver::Receiver;
use super::response::{BodyEnd, DiscordError, ReceiverResponse};
use crate::domain::{Attempt, RefusalScope};
use crate::wire::response::quotable;

/// Judges an answer by the receiver's own rules.
pub(super) fn classify_response(receiver: &Receiver, answer: &ReceiverResponse) -> Attempt {
    let judged = match receiver {
        Receiver::Slack => classify_slack(answer),
        Receiver::Discord => classify_discord(answer),
        // What a stranger's server says may hold anything, our own URL too; its status must do.
        Receiver::Webhook(_) => QuotedVerdict { verdict: classify_webhook(answer), quote: None },
    };
    judged.into_attempt(receiver.display_name(), answer)
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ResponseVerdict {
    Accepted,
    /// A status of success with a body that does not belong to it. The status counts, for whoever sent it has read the
    /// message: another try would be another message.
    AcceptedWithUnexpectedBody(UnexpectedBody),
    Deferred,
    BadMessage,
    BadSink,
}

/// What is odd about the body of an answer whose status is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnexpectedBody {
    Truncated,
    Empty,
    Html,
    Other,
}

impl UnexpectedBody {
    fn description(self) -> &'static str {
        match self {
            Self::Truncated => "with a body that broke off or did not end",
            Self::Empty => "with an empty body",
            Self::Html => "with a page for a browser",
            Self::Other => "with another body than is usual",
        }
    }
}

struct QuotedVerdict {
    verdict: ResponseVerdict,
    quote: Option<String>,
}

impl QuotedVerdict {
    fn into_attempt(self, name: &str, answer: &ReceiverResponse) -> Attempt {
        let said = self.quote.map(|said| format!(" ({said})")).unwrap_or_default();
        let answered = format!("{name} answered {}{said}", answer.status);
        let hint = status_hint(answer.status);
        match self.verdict {
            ResponseVerdict::Accepted => Attempt::Accepted,
            ResponseVerdict::AcceptedWithUnexpectedBody(oddity) => Attempt::AcceptedWithWarning {
                words: format!("{answered} {}: see whether the message is there", oddity.description()),
            },
            ResponseVerdict::Deferred => {
                Attempt::Deferred { wait: answer.wait, words: format!("{answered}{hint}") }
            }
            ResponseVerdict::BadMessage => Attempt::Refused {
                what: RefusalScope::Message,
                words: format!("{answered}: it refuses this message"),
            },
            ResponseVerdict::BadSink => {
                Attempt::Refused { what: RefusalScope::Sink, words: format!("{answered}{hint}") }
            }
        }
    }
}

/// What a status says where nobody knows better. Sources: RFC 9110 section 15; Standard Webhooks 1.0.0: only
/// 2xx is success, redirects are not followed, 410 ends it.
fn verdict_of_status(status: u16) -> ResponseVerdict {
    match status {
        200..=299 => ResponseVerdict::Accepted,
        // 301 and 308, moved for good: the URL is wrong from now on. Any other redirect may be a page of
        // maintenance.
        301 | 308 | 401..=405 | 407 | 410 | 451 => ResponseVerdict::BadSink,
        408 | 421 | 423 | 425 | 429 => ResponseVerdict::Deferred,
        400..=499 => ResponseVerdict::BadMessage,
        _ => ResponseVerdict::Deferred,
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        300..=399 => ": it points elsewhere, and redirects are not followed; the URL must be the final one",
        401 | 403 => ": it refuses our credentials; the URL or the secret is wrong or withdrawn",
        404 | 410 => ": there is no receiver at this URL any more; it needs a new one",
        407 => ": the proxy wants other credentials",
        408 | 425 | 429 => ": it wants us to come later",
        401..=499 => ": it takes no messages at this URL",
        _ => "",
    }
}

/// The oddity of a body that is not what the receiver says to a message that it has.
fn classify_body(answer: &ReceiverResponse) -> UnexpectedBody {
    if answer.body_end == BodyEnd::Truncated {
        UnexpectedBody::Truncated
    } else if answer.body.trim_ascii().is_empty() {
        UnexpectedBody::Empty
    } else if answer.is_html() {
        UnexpectedBody::Html
    } else {
        UnexpectedBody::Other
    }
}

/// By the status alone; success with a page is told, for it may be a portal's or a login's.
fn classify_webhook(answer: &ReceiverResponse) -> ResponseVerdict {
    match (verdict_of_status(answer.status), classify_body(answer)) {
        (ResponseVerdict::Accepted, oddity @ (UnexpectedBody::Truncated | UnexpectedBody::Html)) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(oddity)
        }
        (meaning, _) => meaning,
    }
}

/// Slack says in a word what it thinks; to a message that it has, `ok`.
/// Sources: <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>,
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
fn classify_slack(answer: &ReceiverResponse) -> QuotedVerdict {
    let said = quotable(answer.body_text());
    let meaning = match (said, verdict_of_status(answer.status)) {
        (Some("ok"), ResponseVerdict::Accepted) => ResponseVerdict::Accepted,
        (_, ResponseVerdict::Accepted) => ResponseVerdict::AcceptedWithUnexpectedBody(classify_body(answer)),
        (
            Some(
                "no_service"
                | "no_service_id"
                | "no_team"
                | "team_disabled"
                | "invalid_token"
                | "action_prohibited"
                | "channel_not_found"
                | "channel_is_archived"
                | "no_active_hooks"
                | "posting_to_general_channel_denied",
            ),
            _,
        ) => ResponseVerdict::BadSink,
        (Some("rate_limited" | "rollup_error"), _) => ResponseVerdict::Deferred,
        (_, meaning) => meaning,
    };
    QuotedVerdict { verdict: meaning, quote: said.map(str::to_owned) }
}

/// Discord numbers its errors: 10003 unknown channel, 10015 unknown webhook, 50027 invalid webhook token. To a message
/// that it has, it answers with the message, or with 204 and nothing.
/// Sources: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>,
/// <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
fn classify_discord(answer: &ReceiverResponse) -> QuotedVerdict {
    let DiscordError { code, message, .. } = answer.discord_error();
    let meaning = match (code, verdict_of_status(answer.status)) {
        (None, ResponseVerdict::Accepted) if answer.status == 204 => ResponseVerdict::Accepted,
        // Who speaks Discord's language in Discord's place may say anything short, such as `ok`.
        (None, ResponseVerdict::Accepted) => match classify_body(answer) {
            UnexpectedBody::Other => ResponseVerdict::Accepted,
            oddity @ (UnexpectedBody::Truncated | UnexpectedBody::Empty | UnexpectedBody::Html) => {
                ResponseVerdict::AcceptedWithUnexpectedBody(oddity)
            }
        },
        (Some(_), ResponseVerdict::Accepted) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(classify_body(answer))
        }
        (Some(10003 | 10015 | 50027), _) => ResponseVerdict::BadSink,
        (_, meaning) => meaning,
    };
    let words = message.as_deref().and_then(quotable).map(str::to_owned);
    let said = [code.filter(|code| *code != 0).map(|code| code.to_string()), words];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    QuotedVerdict { verdict: meaning, quote: (!said.is_empty()).then_some(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(receiver: &Receiver, status: u16, body: &str) -> Attempt {
        classify_response(
            receiver,
            &ReceiverResponse { status, wait: None, body: body.into(), body_end: BodyEnd::Complete },
        )
    }

    fn outcome(attempt: &Attempt) -> &'static str {
        match attempt {
            Attempt::Accepted => "accepted",
            Attempt::AcceptedWithWarning { .. } => "oddly",
            Attempt::Deferred { .. } => "later",
            Attempt::Refused { what: RefusalScope::Message, .. } => "message",
            Attempt::Refused { what: RefusalScope::Sink, .. } => "sink",
        }
    }

    #[test]
    fn a_webhooks_status_says_it_all() {
        for (statuses, expected) in [
            (&[200, 201, 202, 204, 299][..], "accepted"),
            (&[302, 303, 304, 307, 408, 421, 423, 425, 429, 500, 502, 503, 504, 520, 599], "later"),
            (&[400, 406, 409, 411, 413, 414, 415, 422, 431, 499], "message"),
            (&[301, 308, 401, 402, 403, 404, 405, 407, 410, 451], "sink"),
        ] {
            for status in statuses {
                let attempt = judged(&Receiver::Webhook(None), *status, "https://canary");
                assert_eq!(outcome(&attempt), expected, "{status}");
                assert!(!format!("{attempt:?}").contains("canary"), "{attempt:?}");
            }
        }
    }

    #[test]
    fn slacks_documented_answers_mean_what_slack_says() {
        for (status, body, expected) in [
            (200, "ok", "accepted"),
            (200, "ok\n", "accepted"),
            (200, "<html>log in to the hotel's network</html>", "oddly"),
            (200, "", "oddly"),
            (200, "{\"success\": true}", "oddly"),
            (200, "\u{fffd}", "oddly"),
            (202, "no_service", "oddly"),
            (200, "invalid_token", "oddly"),
            (200, "rate_limited", "oddly"),
            (400, "invalid_payload", "message"),
            (400, "invalid_blocks", "message"),
            (400, "user_not_found", "message"),
            (400, "no_text", "message"),
            (400, "invalid_token", "sink"),
            (403, "action_prohibited", "sink"),
            (403, "invalid_token", "sink"),
            (404, "channel_not_found", "sink"),
            (404, "no_service", "sink"),
            (410, "channel_is_archived", "sink"),
            (413, "", "message"),
            (429, "rate_limited", "later"),
            (500, "rollup_error", "later"),
            (503, "<html>unavailable</html>", "later"),
        ] {
            assert_eq!(outcome(&judged(&Receiver::Slack, status, body)), expected, "{status} {body}");
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
            assert_eq!(outcome(&judged(&Receiver::Discord, status, body)), expected, "{status} {body}");
        }
    }

    #[test]
    fn words_tell_what_was_answered_and_what_would_be_right() {
        for (receiver, status, body, expected) in [
            (
                Receiver::Slack,
                404,
                "no_service",
                "Slack answered 404 (no_service): there is no receiver at this URL any more; it needs a new one",
            ),
            (
                Receiver::Discord,
                400,
                r#"{"code": 50035, "message": "Invalid Form Body"}"#,
                "Discord answered 400 (50035 Invalid Form Body): it refuses this message",
            ),
            (
                Receiver::Webhook(None),
                307,
                "",
                "the webhook's receiver answered 307: it points elsewhere, and redirects are not followed; \
                 the URL must be the final one",
            ),
            (Receiver::Webhook(None), 503, "", "the webhook's receiver answered 503"),
            (
                Receiver::Webhook(None),
                200,
                " <HTML>canary",
                "the webhook's receiver answered 200 with a page for a browser: see whether the message is there",
            ),
            (
                Receiver::Slack,
                200,
                "no_service",
                "Slack answered 200 (no_service) with another body than is usual: see whether the message is there",
            ),
            (
                Receiver::Discord,
                200,
                "",
                "Discord answered 200 with an empty body: see whether the message is there",
            ),
        ] {
            match judged(&receiver, status, body) {
                Attempt::Accepted => panic!("{status}"),
                Attempt::AcceptedWithWarning { words }
                | Attempt::Deferred { words, .. }
                | Attempt::Refused { words, .. } => {
                    assert_eq!(words, expected);
                }
            }
        }
    }
}
