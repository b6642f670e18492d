//! The table that every sink must keep: what its peer does, and what comes of the attempt.

use std::path::Path;
use std::time::Duration;

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::{Maildir, SmtpSink};

use super::smtp_server::{Fault, Offer, SmtpServer};
use super::web_server::{Reply, WebServer};
use super::{CANARY, HttpSinkKind, Outcome, deliver, http, outcome, words};

/// Short enough for a test, and only for peers that would take forever.
const IMPATIENT: Duration = Duration::from_millis(400);

const WAIT: Duration = Duration::from_millis(7250);
const WHOLE_WAIT: Duration = Duration::from_secs(7);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
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
type Row = (Peer, Outcome, Outcome, Outcome, Outcome, Outcome, Option<Outcome>);

/// A folder has no peer that could wait, drip or cut: the cell is empty.
const TABLE: [Row; 10] = {
    use Outcome::{Accepted, Later, Message, Oddly, Sink};
    // The peer; then what comes of it for Slack, Discord, a webhook, ntfy, mail, a Maildir.
    [
        (Peer::Takes, Accepted, Accepted, Accepted, Accepted, Accepted, Some(Accepted)),
        (
            Peer::AsksToWait,
            Later(Some(WHOLE_WAIT)),
            Later(Some(WAIT)),
            Later(Some(WHOLE_WAIT)),
            Later(Some(WHOLE_WAIT)),
            Later(None),
            None,
        ),
        (Peer::Fails, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (Peer::IsSilent, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (Peer::Drips, Oddly, Oddly, Oddly, Oddly, Later(None), None),
        (Peer::Cuts, Later(None), Later(None), Later(None), Later(None), Later(None), None),
        (Peer::RefusesTheMessage, Message, Message, Message, Message, Message, None),
        (Peer::IsGone, Sink, Sink, Sink, Sink, Sink, Some(Sink)),
        (Peer::RefusesTheLogin, Sink, Sink, Sink, Sink, Sink, None),
        (Peer::IsSlow, Accepted, Accepted, Accepted, Accepted, Accepted, None),
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
        let web = WebServer::start(Reply::Silence, None).await;
        let url = format!("http://{}/{CANARY}?t={CANARY}", web.address);
        let (patient, impatient) =
            (http(kind.clone(), &url), http(kind.clone(), &url).with_time_limit(IMPATIENT));
        assert!(!format!("{patient:?}").contains(CANARY), "{patient:?}");
        for (before, (peer, slack, discord, webhook, ntfy, ..)) in TABLE.into_iter().enumerate() {
            let expected = match kind {
                HttpSinkKind::Slack => slack,
                HttpSinkKind::Discord => discord,
                HttpSinkKind::Webhook { .. } => webhook,
                HttpSinkKind::Ntfy { .. } => ntfy,
            };
            web.reply_with(reply(&kind, peer));
            let attempt = deliver(if peer.takes_for_ever() { &impatient } else { &patient }).await;
            check(&format!("{kind:?} {peer:?}"), &attempt, expected);
            assert_eq!(web.requests().len(), before + 1, "{kind:?} {peer:?}: one attempt is one request");
        }
    }
}

#[tokio::test]
async fn mail_and_maildir_report_what_their_peer_did() {
    for (peer, _, _, _, _, mail, maildir) in TABLE {
        let (attempt, arrived) = by_mail(peer).await;
        check(&format!("mail {peer:?}"), &attempt, mail);
        let reached =
            !matches!(peer, Peer::IsSilent | Peer::AsksToWait | Peer::IsGone | Peer::RefusesTheLogin);
        assert_eq!(arrived, usize::from(reached), "mail {peer:?}");
        if let Some(expected) = maildir {
            check(&format!("maildir {peer:?}"), &into_folder(peer), expected);
        }
    }
}

#[track_caller]
fn check(what: &str, attempt: &Attempt, expected: Outcome) {
    assert_eq!(outcome(attempt), expected, "{what}: {attempt:?}");
    assert!(!format!("{attempt:?}").contains(CANARY), "{what}: {attempt:?}");
    assert_eq!(words(attempt).is_empty(), expected == Outcome::Accepted, "{what}: {attempt:?}");
}

impl Peer {
    fn takes_for_ever(self) -> bool {
        matches!(self, Self::IsSilent | Self::Drips)
    }
}

fn reply(kind: &HttpSinkKind, peer: Peer) -> Reply {
    let (takes, fails) = match kind {
        HttpSinkKind::Slack => ((200, "ok"), "rollup_error"),
        HttpSinkKind::Discord => ((200, r#"{"id": "1"}"#), "upstream error"),
        HttpSinkKind::Webhook { .. } => ((204, ""), ""),
        HttpSinkKind::Ntfy { .. } => {
            ((200, r#"{"id":"sPs71M8A2T","event":"message"}"#), r#"{"code":50001,"http":500,"error":"?"}"#)
        }
    };
    match (peer, kind) {
        (Peer::Takes, _) => says(takes.0, "", takes.1),
        (Peer::IsSlow, _) => Reply::Late(takes.0, "", takes.1.to_owned()),
        (Peer::Fails, _) => says(500, "", fails),
        (Peer::IsSilent, _) => Reply::Silence,
        (Peer::Drips, _) => Reply::Drip,
        (Peer::Cuts, _) => Reply::Cut,
        (Peer::AsksToWait, HttpSinkKind::Slack) => says(429, "Retry-After: 7\r\n", "rate_limited"),
        (Peer::AsksToWait, HttpSinkKind::Discord) => {
            let body = r#"{"message": "You are being rate limited.", "retry_after": 7.25, "global": false}"#;
            says(429, "Retry-After: 8\r\nX-RateLimit-Reset-After: 7.250\r\n", body)
        }
        (Peer::AsksToWait, HttpSinkKind::Webhook { .. }) => says(503, "Retry-After: 7\r\n", ""),
        (Peer::AsksToWait, HttpSinkKind::Ntfy { .. }) => {
            says(429, "Retry-After: 7\r\n", r#"{"code":42901,"http":429,"error":"too many"}"#)
        }
        (Peer::RefusesTheMessage, HttpSinkKind::Slack) => says(400, "", "invalid_blocks"),
        (Peer::RefusesTheMessage, HttpSinkKind::Discord) => {
            says(400, "", r#"{"message": "Invalid Form Body", "code": 50035}"#)
        }
        (Peer::RefusesTheMessage, HttpSinkKind::Webhook { .. }) => says(422, "", CANARY),
        (Peer::RefusesTheMessage, HttpSinkKind::Ntfy { .. }) => {
            says(413, "", r#"{"code":41303,"http":413,"error":"JSON body too large"}"#)
        }
        (Peer::IsGone, HttpSinkKind::Slack) => says(404, "", "no_service"),
        (Peer::IsGone, HttpSinkKind::Discord) => {
            says(404, "", r#"{"message": "Unknown Webhook", "code": 10015}"#)
        }
        (Peer::IsGone, HttpSinkKind::Webhook { .. }) => says(410, "", CANARY),
        (Peer::IsGone, HttpSinkKind::Ntfy { .. }) => {
            says(404, "", r#"{"code":40401,"http":404,"error":"page not found"}"#)
        }
        (Peer::RefusesTheLogin, HttpSinkKind::Slack) => says(403, "", "invalid_token"),
        (Peer::RefusesTheLogin, HttpSinkKind::Discord) => {
            says(401, "", r#"{"message": "Invalid Webhook Token", "code": 50027}"#)
        }
        (Peer::RefusesTheLogin, HttpSinkKind::Webhook { .. }) => says(401, "", CANARY),
        (Peer::RefusesTheLogin, HttpSinkKind::Ntfy { .. }) => {
            says(403, "", r#"{"code":40301,"http":403,"error":"forbidden"}"#)
        }
    }
}

fn says(status: u16, lines: &'static str, body: &str) -> Reply {
    Reply::Says(status, lines, body.to_owned())
}

async fn by_mail(peer: Peer) -> (Attempt, usize) {
    let fault = match peer {
        Peer::Takes => Fault::Nothing,
        Peer::AsksToWait => Fault::Says("RCPT", "450 4.2.0 <canary7f3a@example.org>: Greylisted"),
        Peer::Fails => Fault::Says("MESSAGE", "451 4.3.0 Local error"),
        Peer::IsSilent => Fault::SilentAt("EHLO"),
        Peer::Drips => Fault::SilentAt("MESSAGE"),
        Peer::Cuts => Fault::CutsAt("MESSAGE"),
        Peer::RefusesTheMessage => Fault::Says("MESSAGE", "554 5.7.1 Spam to canary7f3a@example.org"),
        Peer::IsGone => Fault::Says("GREETING", "554 5.3.2 no service"),
        Peer::RefusesTheLogin => Fault::Says("AUTH", "535 5.7.8 no such password: canary7f3a"),
        Peer::IsSlow => Fault::Slow,
    };
    let post =
        SmtpServer::start(fault, Offer { extensions: &["AUTH PLAIN LOGIN"], ..Offer::default() }).await;
    let server = format!("smtp+plain://{}", post.address);
    let sink = SmtpSink::new(&server, Some(CANARY), Some(&Secret::new(CANARY)), None).unwrap();
    let mut sink = if peer.takes_for_ever() { sink.with_time_limit(IMPATIENT) } else { sink };
    let attempt =
        sink.deliver("from@example.org", &format!("{CANARY}@example.org"), b"Subject: x\r\n\r\ny\r\n").await;
    assert!(!format!("{sink:?}").contains(CANARY), "{sink:?}");
    (attempt, post.messages())
}

fn into_folder(peer: Peer) -> Attempt {
    let folder = tempfile::tempdir().unwrap();
    let gone = Path::new("/dev/null/mail");
    let path = if peer == Peer::IsGone { gone } else { folder.path() };
    Maildir::new(path).deliver("key", b"Subject: x\r\n\r\ny\r\n")
}
