//! What an answer means for the message and for the sink.

use super::Receiver;
use super::answer::{Answer, DiscordError};
use crate::domain::{Attempt, Refused};
use crate::sink::MAYBE_THERE;
use crate::wire::answer::quotable;

/// Judges an answer by the receiver's own rules.
pub(super) fn judge(receiver: &Receiver, answer: &Answer) -> Attempt {
    let judged = match receiver {
        Receiver::Slack => slack(answer),
        Receiver::Discord => discord(answer),
        // What a stranger's server says may hold anything, our own URL too; its status must do.
        Receiver::Webhook(_) => Judged { meaning: meaning_of(answer.status), said: None },
    };
    judged.told(receiver.name(), answer)
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Accepted,
    Doubtful,
    Later,
    BadMessage,
    BadSink,
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
            Meaning::Doubtful => Attempt::Deferred {
                wait: None,
                words: format!("{answered}, which is no \"ok\"; {MAYBE_THERE}"),
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

/// Slack says in a word what it thinks, and `ok` alone is success.
/// Sources: <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>,
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
fn slack(answer: &Answer) -> Judged {
    let said = quotable(answer.line());
    let meaning = match (said, meaning_of(answer.status)) {
        (Some("ok"), Meaning::Accepted) => Meaning::Accepted,
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
        (_, Meaning::Accepted) => Meaning::Doubtful,
        (_, meaning) => meaning,
    };
    Judged { meaning, said: said.map(str::to_owned) }
}

/// Discord numbers its errors: 10003 unknown channel, 10015 unknown webhook, 50027 invalid webhook token.
/// Source: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
fn discord(answer: &Answer) -> Judged {
    let DiscordError { code, message, .. } = answer.discord();
    let meaning = match (code, meaning_of(answer.status)) {
        (_, Meaning::Accepted) => Meaning::Accepted,
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
        judge(receiver, &Answer { status, wait: None, body: body.into() })
    }

    fn outcome(attempt: &Attempt) -> &'static str {
        match attempt {
            Attempt::Accepted => "accepted",
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
            (200, "<html>log in to the hotel's network</html>", "later"),
            (200, "", "later"),
            (200, "no_service", "sink"),
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
        ] {
            match judged(&receiver, status, body) {
                Attempt::Accepted => panic!("{status}"),
                Attempt::Deferred { words, .. } | Attempt::Refused { words, .. } => {
                    assert_eq!(words, expected);
                }
            }
        }
    }
}
