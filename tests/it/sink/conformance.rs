//! The table that every sink must keep: what its peer does, and what comes of the attempt.

use std::path::Path;
use std::time::Duration;

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::{Maildir, SmtpSink};

use super::fake_smtp_server::{FakeSmtpServer, SmtpExtensions, SmtpFault};
use super::web_server::{WebReply, WebServer};
use super::{
    AttemptOutcome, CANARY, HttpSinkKind, attempt_outcome, attempt_outcome_words, deliver_message, http_sink,
};

/// Short enough for a test, and only for peers that would take forever.
const IMPATIENT: Duration = Duration::from_millis(400);

const WAIT: Duration = Duration::from_millis(7250);
const WHOLE_WAIT: Duration = Duration::from_secs(7);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeerBehavior {
    Takes,
    AsksToWait,
    Fails,
    IsSilent,
    Drips,
    Cuts,
    RefusesTheMessage,
    IsGone,
    RefusesTheLogin,
    IsSlow,
}

/// A peer, and what comes of it for each sink.
type ConformanceRow = (
    PeerBehavior,
    AttemptOutcome,
    AttemptOutcome,
    AttemptOutcome,
    AttemptOutcome,
    AttemptOutcome,
    Option<AttemptOutcome>,
);

/// A folder has no peer that could wait, drip or cut: the cell is empty.
const TABLE: [ConformanceRow; 10] = {
    use AttemptOutcome::{Accepted, Later, Message, Oddly, Sink};
    // The peer; then what comes of it for Slack, Discord, a webhook, ntfy, mail, a Maildir.
    [
        (PeerBehavior::Takes, Accepted, Accepted, Accepted, Accepted, Accepted, Some(Accepted)),
        (
            PeerBehavior::AsksToWait,
            Later(Some(WHOLE_WAIT)),
            Later(Some(WAIT)),
            Later(Some(WHOLE_WAIT)),
            Later(Some(WHOLE_WAIT)),
            Later(None),
            None,
        ),
        (PeerBehavior::Fails, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (PeerBehavior::IsSilent, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (PeerBehavior::Drips, Oddly, Oddly, Oddly, Oddly, Later(None), None),
        (PeerBehavior::Cuts, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (PeerBehavior::RefusesTheMessage, Message, Message, Message, Message, Message, None),
        (PeerBehavior::IsGone, Sink, Sink, Sink, Sink, Sink, Some(Sink)),
        (PeerBehavior::RefusesTheLogin, Sink, Sink, Sink, Sink, Sink, None),
        (PeerBehavior::IsSlow, Accepted, Accepted, Accepted, Accepted, Accepted, None),
    ]
};

#[tokio::test]
async fn every_sink_over_http_reports_what_its_peer_did() {
    let key = Secret::new("whsec_Y2FuYXJ5N2YzYWNhbmFyeTdmM2FjYW5hcnk=");
    let token = Some(Secret::new(&format!("tk_{CANARY}")));
    for kind in [
        HttpSinkKind::Slack,
        HttpSinkKind::Discord,
        HttpSinkKind::Webhook { secret: Some(key) },
        HttpSinkKind::Ntfy { token },
    ] {
        let web = WebServer::start(WebReply::Silence, None).await;
        let url = format!("http://{}/{CANARY}?t={CANARY}", web.address);
        let (patient, impatient) =
            (http_sink(kind.clone(), &url), http_sink(kind.clone(), &url).with_attempt_time_limit(IMPATIENT));
        assert!(!format!("{patient:?}").contains(CANARY), "{patient:?}");
        for (before, (peer, slack, discord, webhook, ntfy, ..)) in TABLE.into_iter().enumerate() {
            let expected = match kind {
                HttpSinkKind::Slack => slack,
                HttpSinkKind::Discord => discord,
                HttpSinkKind::Webhook { .. } => webhook,
                HttpSinkKind::Ntfy { .. } => ntfy,
            };
            web.reply_with(reply_of_peer(&kind, peer));
            let attempt = deliver_message(if peer.takes_for_ever() { &impatient } else { &patient }).await;
            check_outcome(&format!("{kind:?} {peer:?}"), &attempt, expected);
            assert_eq!(web.requests().len(), before + 1, "{kind:?} {peer:?}: one attempt is one request");
        }
    }
}

#[tokio::test]
async fn mail_and_maildir_report_what_their_peer_did() {
    for (peer, _, _, _, _, mail, maildir) in TABLE {
        let (attempt, arrived) = attempt_by_mail(peer).await;
        check_outcome(&format!("mail {peer:?}"), &attempt, mail);
        let reached = !matches!(
            peer,
            PeerBehavior::IsSilent
                | PeerBehavior::AsksToWait
                | PeerBehavior::IsGone
                | PeerBehavior::RefusesTheLogin
        );
        assert_eq!(arrived, usize::from(reached), "mail {peer:?}");
        if let Some(expected) = maildir {
            check_outcome(&format!("maildir {peer:?}"), &attempt_into_maildir(peer), expected);
        }
    }
}

#[track_caller]
fn check_outcome(what: &str, attempt: &Attempt, expected: AttemptOutcome) {
    assert_eq!(attempt_outcome(attempt), expected, "{what}: {attempt:?}");
    assert!(!format!("{attempt:?}").contains(CANARY), "{what}: {attempt:?}");
    assert_eq!(
        attempt_outcome_words(attempt).is_empty(),
        expected == AttemptOutcome::Accepted,
        "{what}: {attempt:?}"
    );
}

impl PeerBehavior {
    fn takes_for_ever(self) -> bool {
        matches!(self, Self::IsSilent | Self::Drips)
    }
}

fn reply_of_peer(kind: &HttpSinkKind, peer: PeerBehavior) -> WebReply {
    let (takes, fails) = match kind {
        HttpSinkKind::Slack => ((200, "ok"), "rollup_error"),
        HttpSinkKind::Discord => ((200, r#"{"id": "1"}"#), "upstream error"),
        HttpSinkKind::Webhook { .. } => ((204, ""), ""),
        HttpSinkKind::Ntfy { .. } => {
            ((200, r#"{"id":"sPs71M8A2T","event":"message"}"#), r#"{"code":50001,"http":500,"error":"?"}"#)
        }
    };
    match (peer, kind) {
        (PeerBehavior::Takes, _) => reply_with(takes.0, "", takes.1),
        (PeerBehavior::IsSlow, _) => WebReply::Late(takes.0, "", takes.1.to_owned()),
        (PeerBehavior::Fails, _) => reply_with(500, "", fails),
        (PeerBehavior::IsSilent, _) => WebReply::Silence,
        (PeerBehavior::Drips, _) => WebReply::Drip,
        (PeerBehavior::Cuts, _) => WebReply::Cut,
        (PeerBehavior::AsksToWait, HttpSinkKind::Slack) => {
            reply_with(429, "Retry-After: 7\r\n", "rate_limited")
        }
        (PeerBehavior::AsksToWait, HttpSinkKind::Discord) => {
            let body = r#"{"message": "You are being rate limited.", "retry_after": 7.25, "global": false}"#;
            reply_with(429, "Retry-After: 8\r\nX-RateLimit-Reset-After: 7.250\r\n", body)
        }
        (PeerBehavior::AsksToWait, HttpSinkKind::Webhook { .. }) => reply_with(503, "Retry-After: 7\r\n", ""),
        (PeerBehavior::AsksToWait, HttpSinkKind::Ntfy { .. }) => {
            reply_with(429, "Retry-After: 7\r\n", r#"{"code":42901,"http":429,"error":"too many"}"#)
        }
        (PeerBehavior::RefusesTheMessage, HttpSinkKind::Slack) => reply_with(400, "", "invalid_blocks"),
        (PeerBehavior::RefusesTheMessage, HttpSinkKind::Discord) => {
            reply_with(400, "", r#"{"message": "Invalid Form Body", "code": 50035}"#)
        }
        (PeerBehavior::RefusesTheMessage, HttpSinkKind::Webhook { .. }) => reply_with(422, "", CANARY),
        (PeerBehavior::RefusesTheMessage, HttpSinkKind::Ntfy { .. }) => {
            reply_with(413, "", r#"{"code":41303,"http":413,"error":"JSON body too large"}"#)
        }
        (PeerBehavior::IsGone, HttpSinkKind::Slack) => reply_with(404, "", "no_service"),
        (PeerBehavior::IsGone, HttpSinkKind::Discord) => {
            reply_with(404, "", r#"{"message": "Unknown Webhook", "code": 10015}"#)
        }
        (PeerBehavior::IsGone, HttpSinkKind::Webhook { .. }) => reply_with(410, "", CANARY),
        (PeerBehavior::IsGone, HttpSinkKind::Ntfy { .. }) => {
            reply_with(404, "", r#"{"code":40401,"http":404,"error":"page not found"}"#)
        }
        (PeerBehavior::RefusesTheLogin, HttpSinkKind::Slack) => reply_with(403, "", "invalid_token"),
        (PeerBehavior::RefusesTheLogin, HttpSinkKind::Discord) => {
            reply_with(401, "", r#"{"message": "Invalid Webhook Token", "code": 50027}"#)
        }
        (PeerBehavior::RefusesTheLogin, HttpSinkKind::Webhook { .. }) => reply_with(401, "", CANARY),
        (PeerBehavior::RefusesTheLogin, HttpSinkKind::Ntfy { .. }) => {
            reply_with(403, "", r#"{"code":40301,"http":403,"error":"forbidden"}"#)
        }
    }
}

fn reply_with(status: u16, lines: &'static str, body: &str) -> WebReply {
    WebReply::Says(status, lines, body.to_owned())
}

async fn attempt_by_mail(peer: PeerBehavior) -> (Attempt, usize) {
    let fault = match peer {
        PeerBehavior::Takes => SmtpFault::Nothing,
        PeerBehavior::AsksToWait => SmtpFault::Says("RCPT", "450 4.2.0 <canary7f3a@example.org>: Greylisted"),
        PeerBehavior::Fails => SmtpFault::Says("MESSAGE", "451 4.3.0 Local error"),
        PeerBehavior::IsSilent => SmtpFault::SilentAt("EHLO"),
        PeerBehavior::Drips => SmtpFault::SilentAt("MESSAGE"),
        PeerBehavior::Cuts => SmtpFault::CutsAt("MESSAGE"),
        PeerBehavior::RefusesTheMessage => {
            SmtpFault::Says("MESSAGE", "554 5.7.1 Spam to canary7f3a@example.org")
        }
        PeerBehavior::IsGone => SmtpFault::Says("GREETING", "554 5.3.2 no service"),
        PeerBehavior::RefusesTheLogin => SmtpFault::Says("AUTH", "535 5.7.8 no such password: canary7f3a"),
        PeerBehavior::IsSlow => SmtpFault::Slow,
    };
    let post = FakeSmtpServer::start(
        fault,
        SmtpExtensions { extensions: &["AUTH PLAIN LOGIN"], ..SmtpExtensions::default() },
    )
    .await;
    let server = format!("smtp+plain://{}", post.address);
    let sink = SmtpSink::new(&server, Some(CANARY), Some(&Secret::new(CANARY)), None).unwrap();
    let mut sink = if peer.takes_for_ever() { sink.with_attempt_time_limit(IMPATIENT) } else { sink };
    let attempt =
        sink.deliver("from@example.org", &format!("{CANARY}@example.org"), b"Subject: x\r\n\r\ny\r\n").await;
    assert!(!format!("{sink:?}").contains(CANARY), "{sink:?}");
    (attempt, post.received_messages())
}

fn attempt_into_maildir(peer: PeerBehavior) -> Attempt {
    let folder = tempfile::tempdir().unwrap();
    let gone = Path::new("/dev/null/mail");
    let path = if peer == PeerBehavior::IsGone { gone } else { folder.path() };
    Maildir::new(path).deliver("key", b"Subject: x\r\n\r\ny\r\n")
}
