//! Whom TLS believes, over HTTP and mail alike.

use std::path::Path;

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::SmtpSink;
use paperwire::sink::http::{AddressPolicy, HttpSink};
use tokio_rustls::TlsAcceptor;

use super::fake_smtp_server::{FakeSmtpServer, SmtpExtensions, SmtpFault};
use super::web_server::{WebReply, WebServer};
use super::{AttemptOutcome, CANARY, HttpSinkKind, attempt_outcome, attempt_outcome_words, deliver_message};
use crate::support::certificate_authority::CertificateAuthority;

const MESSAGE: &[u8] = b"Subject: x\r\n\r\ny\r\n";

#[tokio::test]
async fn a_certificate_is_believed_only_from_a_known_authority_for_this_name_and_time() {
    let (ours, theirs) = (CertificateAuthority::new("ours"), CertificateAuthority::new("theirs"));
    for (server, expected) in [
        (ours.tls_acceptor("localhost"), None),
        (theirs.tls_acceptor("localhost"), Some("signed by nobody known here")),
        (ours.tls_acceptor("canary7f3a.example.org"), Some("for another name")),
        (ours.expired_tls_acceptor("localhost"), Some("has expired")),
    ] {
        let ca_file = ours.ca_file();
        for attempt in [
            attempt_over_https(server.clone(), &ca_file).await,
            attempt_by_mail("smtps", server.clone(), &ca_file).await,
            attempt_by_mail("smtp", server.clone(), &ca_file).await,
        ] {
            match expected {
                None => assert_eq!(attempt, Attempt::Accepted),
                Some(expected) => {
                    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Later(None), "{attempt:?}");
                    let told = attempt_outcome_words(&attempt);
                    assert!(told.contains(expected) && told.contains("nothing was sent"), "{told}");
                    assert!(!told.contains(CANARY), "{told}");
                }
            }
        }
    }
}

async fn attempt_over_https(server: TlsAcceptor, ca_file: &Path) -> Attempt {
    let web = WebServer::start(WebReply::Says(200, "", "ok".to_owned()), Some(server)).await;
    let url = Secret::new(&format!("https://localhost:{}/{CANARY}", web.address.port()));
    let sink =
        HttpSink::new(HttpSinkKind::Slack.receiver_api(&url), &url, AddressPolicy::AnyAddress, Some(ca_file))
            .unwrap();
    let attempt = deliver_message(&sink).await;
    assert_eq!(web.requests().len(), usize::from(attempt == Attempt::Accepted));
    attempt
}

async fn attempt_by_mail(scheme: &str, server: TlsAcceptor, ca_file: &Path) -> Attempt {
    let offer = match scheme {
        "smtps" => SmtpExtensions { extensions: &["AUTH PLAIN"], tls: Some(server), starttls: None },
        _ => SmtpExtensions { extensions: &["STARTTLS", "AUTH PLAIN"], tls: None, starttls: Some(server) },
    };
    let post = FakeSmtpServer::start(SmtpFault::Nothing, offer).await;
    let url = format!("{scheme}://localhost:{}", post.address.port());
    let mut sink = SmtpSink::new(&url, Some("ada"), Some(&Secret::new(CANARY)), Some(ca_file)).unwrap();
    let attempt = sink.deliver("from@example.org", "ada@example.org", MESSAGE).await;
    assert_eq!(post.received_messages(), usize::from(attempt == Attempt::Accepted));
    attempt
}

#[tokio::test]
async fn a_mail_server_without_starttls_gets_neither_login_nor_message() {
    for (fault, expected) in [
        (SmtpFault::Nothing, AttemptOutcome::Later(None)),
        (SmtpFault::Says("STARTTLS", "454 4.7.0 TLS not available"), AttemptOutcome::Later(None)),
        (SmtpFault::Says("STARTTLS", "502 5.5.1 what?"), AttemptOutcome::Sink),
    ] {
        let extensions: &[&str] = match fault {
            SmtpFault::Nothing => &["AUTH PLAIN"],
            _ => &["STARTTLS", "AUTH PLAIN"],
        };
        let post =
            FakeSmtpServer::start(fault, SmtpExtensions { extensions, ..SmtpExtensions::default() }).await;
        let mut sink =
            SmtpSink::new(&format!("smtp://{}", post.address), Some("ada"), Some(&Secret::new(CANARY)), None)
                .unwrap();
        let attempt = sink.deliver("from@example.org", "ada@example.org", MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{attempt:?}");
        let heard = post.received_lines();
        assert!(heard.iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL")), "{heard:?}");
    }
}
