//! How Slack is named, and what its answers mean.

use crate::network::retry_after_and_quote::text_if_safe_to_quote;
use crate::sink::http::{
    ReceiverApi, ReceiverResponse, ResponseVerdict, VerdictWithReceiverQuote, classify_unexpected_body,
    verdict_of_status,
};

/// An incoming webhook of Slack.
#[derive(Debug, Clone, Copy)]
pub struct SlackWebhookApi;

impl ReceiverApi for SlackWebhookApi {
    fn display_name(&self) -> &'static str {
        "Slack"
    }

    fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote {
        classify_response(response)
    }
}

/// Slack says in a word what it thinks; to a message that it has, `ok`.
/// Sources: <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>,
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
fn classify_response(answer: &ReceiverResponse) -> VerdictWithReceiverQuote {
    let said = text_if_safe_to_quote(answer.body_text());
    let meaning = match (said, verdict_of_status(answer.status)) {
        (Some("ok"), ResponseVerdict::Accepted) => ResponseVerdict::Accepted,
        (_, ResponseVerdict::Accepted) => {
            ResponseVerdict::AcceptedWithUnexpectedBody(classify_unexpected_body(answer))
        }
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
    VerdictWithReceiverQuote { verdict: meaning, quote: said.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::http::verdict_test_helpers::{
        attempt_outcome_words, judge_response, one_word_for_attempt,
    };

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
            assert_eq!(
                one_word_for_attempt(&judge_response(&SlackWebhookApi, status, body)),
                expected,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn words_tell_what_slack_answered_and_what_would_be_right() {
        for (status, body, expected) in [
            (
                404,
                "no_service",
                "Slack answered 404 (no_service): there is no receiver at this URL any more; it needs a new one",
            ),
            (
                200,
                "no_service",
                "Slack answered 200 (no_service) with another body than is usual: see whether the message is there",
            ),
        ] {
            assert_eq!(attempt_outcome_words(&judge_response(&SlackWebhookApi, status, body)), expected);
        }
    }
}
