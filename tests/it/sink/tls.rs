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

#[tokio::test]
async fn a_servers_own_certificate_is_believed_if_it_is_the_one_in_the_file() {
    let (ours, theirs) = (CertificateAuthority::new("ours"), CertificateAuthority::new("theirs"));
    let accepted = attempt_by_mail("smtps", ours.self_signed_tls_acceptor(), &ours.ca_file()).await;
    assert_eq!(accepted, Attempt::Accepted);
    assert_eq!(attempt_over_https(ours.self_signed_tls_acceptor(), &ours.ca_file()).await, Attempt::Accepted);
    let refused = attempt_by_mail("smtps", theirs.self_signed_tls_acceptor(), &ours.ca_file()).await;
    assert_eq!(attempt_outcome(&refused), AttemptOutcome::Later(None), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_begins_with_tls_or_does_not_is_told_from_one_that_is_silent() {
    let ours = CertificateAuthority::new("ours");
    let tls = SmtpExtensions { tls: Some(ours.tls_acceptor("localhost")), ..SmtpExtensions::default() };
    let post = FakeSmtpServer::start(SmtpFault::Nothing, tls).await;
    let url = format!("localhost:{}", post.address.port());
    let mut sink = SmtpSink::new(&format!("smtp://{url}"), None, None, Some(&ours.ca_file())).unwrap();
    let attempt = sink.deliver("from@example.org", "ada@example.org", MESSAGE).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Sink, "{attempt:?}");
    let told = attempt_outcome_words(&attempt);
    assert!(told.contains(&format!("expects TLS from the start: write smtps://{url}")), "{told}");
    let post = FakeSmtpServer::start(SmtpFault::Nothing, SmtpExtensions::default()).await;
    let url = format!("smtps://localhost:{}", post.address.port());
    let mut sink = SmtpSink::new(&url, None, None, Some(&ours.ca_file())).unwrap();
    let attempt = sink.deliver("from@example.org", "ada@example.org", MESSAGE).await;
    let told = attempt_outcome_words(&attempt);
    assert!(told.contains("it may begin in clear and offer STARTTLS, which is smtp://"), "{told}");
    let post = FakeSmtpServer::start(SmtpFault::SilentAt("GREETING"), SmtpExtensions::default()).await;
    let sink = SmtpSink::new(&format!("smtp://{}", post.address), None, None, None).unwrap();
    let mut sink = sink.with_attempt_time_limit(std::time::Duration::from_millis(150));
    let attempt = sink.deliver("from@example.org", "ada@example.org", MESSAGE).await;
    let told = attempt_outcome_words(&attempt);
    assert!(told.contains("it may expect TLS from the start, which is smtps://"), "{told}");
}
