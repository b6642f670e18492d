//! Every sink against peers that take, refuse, stall and cut.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod conformance;
mod fake_smtp_server;
mod hostile_smtp;
mod private_addresses;
pub(crate) mod real_peers;
mod smtp;
mod smtp_connection_reuse;
mod tls;
mod web_server;
mod webhook;

use std::time::Duration;

use paperwire::domain::{Attempt, RefusalScope, Secret};
use paperwire::sink::discord::DiscordApi;
use paperwire::sink::http::{AddressPolicy, HttpSink, ReceiverApi};
use paperwire::sink::ntfy::NtfyApi;
use paperwire::sink::slack::SlackWebhookApi;
use paperwire::sink::webhook::WebhookReceiverApi;

/// Part of every secret and address that a test plants; it must appear nowhere else.
const CANARY: &str = "canary7f3a";

/// A body for any receiver.
const BODY: &[u8] = br#"{"text":"hello"}"#;

/// What came of an attempt, without its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AttemptOutcome {
    Accepted,
    Oddly,
    Later(Option<Duration>),
    Message,
    Sink,
}

fn attempt_outcome(attempt: &Attempt) -> AttemptOutcome {
    match attempt {
        Attempt::Accepted => AttemptOutcome::Accepted,
        Attempt::AcceptedWithWarning { .. } => AttemptOutcome::Oddly,
        Attempt::Deferred { wait, .. } => AttemptOutcome::Later(*wait),
        Attempt::Refused { what: RefusalScope::Message, .. } => AttemptOutcome::Message,
        Attempt::Refused { what: RefusalScope::Sink, .. } => AttemptOutcome::Sink,
    }
}

fn attempt_outcome_words(attempt: &Attempt) -> &str {
    match attempt {
        Attempt::Accepted => "",
        Attempt::AcceptedWithWarning { words }
        | Attempt::Deferred { words, .. }
        | Attempt::Refused { words, .. } => words,
    }
}

/// The kinds of sinks that take a POST.
#[derive(Debug, Clone)]
pub(crate) enum HttpSinkKind {
    Slack,
    Discord,
    Webhook { secret: Option<Secret> },
    Ntfy { token: Option<Secret> },
}

impl HttpSinkKind {
    pub(crate) fn receiver_api(self, url: &Secret) -> Box<dyn ReceiverApi> {
        match self {
            Self::Slack => Box::new(SlackWebhookApi),
            Self::Discord => Box::new(DiscordApi),
            Self::Webhook { secret } => Box::new(WebhookReceiverApi::new(secret.as_ref()).unwrap()),
            Self::Ntfy { token } => {
                let topic = NtfyApi::new(url).unwrap();
                Box::new(match token {
                    Some(token) => topic.with_token(&token).unwrap(),
                    None => topic,
                })
            }
        }
    }
}

fn http_sink(kind: HttpSinkKind, url: &str) -> HttpSink {
    let url = Secret::new(url);
    HttpSink::new(kind.receiver_api(&url), &url, AddressPolicy::AnyAddress, None).unwrap()
}

async fn deliver_message(http: &HttpSink) -> Attempt {
    http.deliver(BODY, "msg_1", jiff::Timestamp::now()).await
}

/// Lets a peer take its time; the test itself never waits for it to pass.
async fn pause(time: Duration) {
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
