//! What an answer means for the message and for the sink.

use super::Receiver;
use super::answer::{Answer, BodyEnd, DiscordError};
use crate::domain::{Attempt, Refused};
use crate::wire::answer::quotable;

/// Judges an answer by the receiver's own rules.
pub(super) fn judge(receiver: &Receiver, answer: &Answer) -> Attempt {
    let judged = match receiver {
        Receiver::Slack => slack(answer),
        Receiver::Discord => discord(answer),
        // What a stranger's server says may hold anything, our own URL too; its status must do.
        Receiver::Webhook(_) => Judged { meaning: webhook(answer), said: None },
    };
    judged.told(receiver.name(), answer)
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Accepted,
    /// A status of success with a body that does not belong to it. The status counts, for whoever sent it has read the
    /// message: another try would be another message.
    AcceptedOddly(Oddity),
    Later,
    BadMessage,
    BadSink,
}

/// What is odd about the body of an answer whose status is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    Broken,
    Empty,
    Page,
    Other,
}

impl Oddity {
    fn words(self) -> &'static str {
        match self {
            Self::Broken => "with a body that broke off or did not end",
            Self::Empty => "with an empty body",
            Self::Page => "with a page for a browser",
            Self::Other => "with another body than is usual",
        }
    }
}

struct Judged {
    meaning: Meaning,
    said: Option<String>,
}

impl Judged {
    fn told(self, name: &str, answer: &Answer) -> Attempt {
        let said = self.said.map(|said| format!(" ({said})")).unwrap_or_default();
        let answered = format!("{name} answered {}{said}", answer.status);
        let hint = hint(answer.status);
        match self.meaning {
            Meaning::Accepted => Attempt::Accepted,
            Meaning::AcceptedOddly(oddity) => Attempt::AcceptedOddly {
                words: format!("{answered} {}: see whether the message is there", oddity.words()),
            },
            Meaning::Later => Attempt::Deferred { wait: answer.wait, words: format!("{answered}{hint}") },
            Meaning::BadMessage => Attempt::Refused {
                what: Refused::Message,
                words: format!("{answered}: it refuses this message"),
            },
            Meaning::BadSink => Attempt::Refused { what: Refused::Sink, words: format!("{answered}{hint}") },
        }
    }
}

/// What a status says where nobody knows better. Sources: RFC 9110 section 15; Standard Webhooks 1.0.0: only
/// 2xx is success, redirects are not followed, 410 ends it.
fn meaning_of(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Accepted,
        // 301 and 308, moved for good: the URL is wrong from now on. Any other redirect may be a page of
        // maintenance.
        301 | 308 | 401..=405 | 407 | 410 | 451 => Meaning::BadSink,
        408 | 421 | 423 | 425 | 429 => Meaning::Later,
        400..=499 => Meaning::BadMessage,
        _ => Meaning::Later,
    }
}

fn hint(status: u16) -> &'static str {
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
fn oddity_of(answer: &Answer) -> Oddity {
    if answer.end == BodyEnd::BrokeOff {
        Oddity::Broken
    } else if answer.body.trim_ascii().is_empty() {
        Oddity::Empty
    } else if answer.is_page() {
        Oddity::Page
    } else {
        Oddity::Other
    }
}

/// By the status alone; success with a page is told, for it may be a portal's or a login's.
fn webhook(answer: &Answer) -> Meaning {
    match (meaning_of(answer.status), oddity_of(answer)) {
        (Meaning::Accepted, oddity @ (Oddity::Broken | Oddity::Page)) => Meaning::AcceptedOddly(oddity),
        (meaning, _) => meaning,
    }
}

/// Slack says in a word what it thinks; to a message that it has, `ok`.
/// Sources: <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>,
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
fn slack(answer: &Answer) -> Judged {
    let said = quotable(answer.line());
    let meaning = match (said, meaning_of(answer.status)) {
        (Some("ok"), Meaning::Accepted) => Meaning::Accepted,
        (_, Meaning::Accepted) => Meaning::AcceptedOddly(oddity_of(answer)),
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
        ) => Meaning::BadSink,
        (Some("rate_limited" | "rollup_error"), _) => Meaning::Later,
        (_, meaning) => meaning,
    };
    Judged { meaning, said: said.map(str::to_owned) }
}

/// Discord numbers its errors: 10003 unknown channel, 10015 unknown webhook, 50027 invalid webhook token. To a message
/// that it has, it answers with the message, or with 204 and nothing.
/// Sources: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>,
/// <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
fn discord(answer: &Answer) -> Judged {
    let DiscordError { code, message, .. } = answer.discord();
    let meaning = match (code, meaning_of(answer.status)) {
        (None, Meaning::Accepted) if answer.status == 204 => Meaning::Accepted,
        // Who speaks Discord's language in Discord's place may say anything short, such as `ok`.
        (None, Meaning::Accepted) => match oddity_of(answer) {
            Oddity::Other => Meaning::Accepted,
            oddity @ (Oddity::Broken | Oddity::Empty | Oddity::Page) => Meaning::AcceptedOddly(oddity),
        },
        (Some(_), Meaning::Accepted) => Meaning::AcceptedOddly(oddity_of(answer)),
        (Some(10003 | 10015 | 50027), _) => Meaning::BadSink,
        (_, meaning) => meaning,
    };
    let words = message.as_deref().and_then(quotable).map(str::to_owned);
    let said = [code.filter(|code| *code != 0).map(|code| code.to_string()), words];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Judged { meaning, said: (!said.is_empty()).then_some(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(receiver: &Receiver, status: u16, body: &str) -> Attempt {
        judge(receiver, &Answer { status, wait: None, body: body.into(), end: BodyEnd::Read })
    }

    fn outcome(attempt: &Attempt) -> &'static str {
        match attempt {
            Attempt::Accepted => "accepted",
            Attempt::AcceptedOddly { .. } => "oddly",
            Attempt::Deferred { .. } => "later",
            Attempt::Refused { what: Refused::Message, .. } => "message",
            Attempt::Refused { what: Refused::Sink, .. } => "sink",
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
                Attempt::AcceptedOddly { words }
                | Attempt::Deferred { words, .. }
                | Attempt::Refused { words, .. } => {
                    assert_eq!(words, expected);
                }
            }
        }
    }
}
