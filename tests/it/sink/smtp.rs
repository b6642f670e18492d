//! What a mail server is sent, and what its replies mean.

use std::time::Duration;

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::SmtpSink;

use super::fake_smtp_server::{FakeSmtpServer, SmtpExtensions, SmtpFault};
use super::{AttemptOutcome, CANARY, attempt_outcome, attempt_outcome_words};

const FROM: &str = "Paperwire <papers@example.org>";
const TO: &str = "canary7f3a@example.org";
const MESSAGE: &[u8] = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n";

async fn deliver_mail(
    fault: SmtpFault,
    extensions: &'static [&'static str],
    message: &[u8],
) -> (Attempt, FakeSmtpServer) {
    let post = FakeSmtpServer::start(fault, SmtpExtensions { extensions, ..SmtpExtensions::default() }).await;
    let mut sink = SmtpSink::new(&format!("smtp+plain://{}", post.address), None, None, None).unwrap();
    let attempt = sink.deliver(FROM, TO, message).await;
    sink.close_kept_session().await;
    (attempt, post)
}

#[tokio::test]
async fn a_message_arrives_byte_for_byte_with_its_envelope() {
    let (attempt, post) = deliver_mail(SmtpFault::Nothing, &["8BITMIME"], MESSAGE).await;
    assert_eq!(attempt, Attempt::Accepted);
    assert_eq!(
        post.received_lines(),
        [
            "EHLO [127.0.0.1]",
            "MAIL FROM:<papers@example.org>",
            "RCPT TO:<canary7f3a@example.org>",
            "DATA",
            "Subject: x\r\n\r\n..a line that begins with a dot\r\n",
            "QUIT"
        ]
    );
}

#[tokio::test]
async fn the_server_is_greeted_by_the_name_that_is_configured() {
    let post = FakeSmtpServer::start(SmtpFault::Nothing, SmtpExtensions::default()).await;
    let sink = SmtpSink::new(&format!("smtp+plain://{}", post.address), None, None, None).unwrap();
    let mut sink = sink.with_client_name("papers.example.org");
    assert_eq!(sink.deliver(FROM, TO, MESSAGE).await, Attempt::Accepted);
    assert_eq!(post.received_lines()[0], "EHLO papers.example.org");
}

#[tokio::test]
async fn each_reply_means_what_its_class_and_its_command_say() {
    for (verb, reply, expected) in [
        ("GREETING", "421 4.3.2 closing", AttemptOutcome::Later(None)),
        ("GREETING", "554 5.3.2 no service", AttemptOutcome::Sink),
        ("EHLO", "550 5.7.1 go away", AttemptOutcome::Sink),
        ("MAIL", "451 4.3.0 later", AttemptOutcome::Later(None)),
        ("MAIL", "530 5.7.0 Authentication required", AttemptOutcome::Sink),
        ("MAIL", "550 5.7.1 Sender rejected", AttemptOutcome::Sink),
        ("MAIL", "552 5.3.4 too large", AttemptOutcome::Message),
        ("RCPT", "450 4.2.0 Greylisted", AttemptOutcome::Later(None)),
        ("RCPT", "452 4.2.2 full", AttemptOutcome::Later(None)),
        ("RCPT", "550 5.1.1 <canary7f3a@example.org>: canary7f3a unknown", AttemptOutcome::Message),
        ("DATA", "554 5.5.1 no valid recipients", AttemptOutcome::Message),
        ("MESSAGE", "452 4.3.1 no space", AttemptOutcome::Later(None)),
        ("MESSAGE", "552 5.3.4 too large", AttemptOutcome::Message),
        ("MESSAGE", "554 5.7.1 spam", AttemptOutcome::Message),
        ("MESSAGE", "what?", AttemptOutcome::Later(None)),
        ("QUIT", "554 never", AttemptOutcome::Accepted),
    ] {
        let (attempt, _) = deliver_mail(SmtpFault::Says(verb, reply), &[], MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{verb} {reply}: {attempt:?}");
        assert!(!attempt_outcome_words(&attempt).contains(CANARY), "{attempt:?}");
    }
}

#[tokio::test]
async fn words_name_the_recipient_by_a_letter_and_the_servers_reasons() {
    let reply = "550 5.1.1 <canary7f3a@example.org>: Recipient address rejected";
    let (attempt, _) = deliver_mail(SmtpFault::Says("RCPT", reply), &[], MESSAGE).await;
    let expected =
        "mail, at the recipient c…@example.org: the server answered 550: 5.1.1 … Recipient address rejected";
    assert_eq!(attempt_outcome_words(&attempt), expected);
}

#[tokio::test]
async fn a_server_that_quotes_the_login_back_is_quoted_without_it() {
    // The canary in base64, and behind the user, as PLAIN sends it.
    let forms = [CANARY, "Y2FuYXJ5N2YzYQ", "AGFkYQBjYW5hcnk3ZjNh"];
    for (verb, reply) in [
        ("MAIL", "550 canary7f3a is it"),
        ("MAIL", "451 xcanary7f3ax is it"),
        ("RCPT", "550 Y2FuYXJ5N2YzYQ== is it"),
        ("DATA", "554 AGFkYQBjYW5hcnk3ZjNh is it"),
        ("MESSAGE", "554 canary7f3a is it"),
        ("GREETING", "554 canary7f3a is it"),
    ] {
        let offer = SmtpExtensions { extensions: &["AUTH PLAIN"], ..SmtpExtensions::default() };
        let post = FakeSmtpServer::start(SmtpFault::Says(verb, reply), offer).await;
        let server = format!("smtp+plain://{}", post.address);
        let mut sink = SmtpSink::new(&server, Some("ada"), Some(&Secret::new(CANARY)), None).unwrap();
        let attempt = sink.deliver(FROM, "reader@example.org", MESSAGE).await;
        let said = attempt_outcome_words(&attempt);
        assert!(said.ends_with(" is it") && said.contains('…'), "{verb}: {said}");
        assert!(!forms.iter().any(|form| said.contains(form)), "{verb}: {said}");
    }
}

#[tokio::test]
async fn a_cut_leaves_a_doubt_only_after_the_message() {
    for (verb, doubt) in [
        ("GREETING", false),
        ("EHLO", false),
        ("MAIL", false),
        ("RCPT", false),
        ("DATA", false),
        ("MESSAGE", true),
    ] {
        let (attempt, _) = deliver_mail(SmtpFault::CutsAt(verb), &[], MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Later(None), "{verb}: {attempt:?}");
        assert_eq!(
            attempt_outcome_words(&attempt).contains("may have arrived"),
            doubt,
            "{verb}: {attempt:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_stops_answering_is_left_within_the_limit_at_every_command() {
    for verb in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "MESSAGE"] {
        let post = FakeSmtpServer::start(SmtpFault::SilentAt(verb), SmtpExtensions::default()).await;
        let sink = SmtpSink::new(&format!("smtp+plain://{}", post.address), None, None, None).unwrap();
        let attempt =
            sink.with_attempt_time_limit(Duration::from_millis(150)).deliver(FROM, TO, MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Later(None), "{verb}: {attempt:?}");
        assert_eq!(
            attempt_outcome_words(&attempt).contains("may have arrived"),
            verb == "MESSAGE",
            "{verb}: {attempt:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_asks_the_server_for_the_extensions_that_it_needs() {
    let message = "Subject: x\r\n\r\né\r\n".as_bytes();
    let (attempt, post) = deliver_mail(SmtpFault::Nothing, &["8BITMIME"], message).await;
    assert_eq!(attempt, Attempt::Accepted);
    assert!(
        post.received_lines().contains(&"MAIL FROM:<papers@example.org> BODY=8BITMIME".to_owned()),
        "{:?}",
        post.received_lines()
    );
    let (attempt, _) = deliver_mail(SmtpFault::Nothing, &[], message).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Message, "{attempt:?}");
}

#[tokio::test]
async fn a_login_that_the_server_cannot_take_pauses_the_sink() {
    let post = FakeSmtpServer::start(
        SmtpFault::Nothing,
        SmtpExtensions { extensions: &["AUTH GSSAPI"], ..SmtpExtensions::default() },
    )
    .await;
    let server = format!("smtp+plain://{}", post.address);
    let mut sink = SmtpSink::new(&server, Some("ada"), Some(&Secret::new(CANARY)), None).unwrap();
    let attempt = sink.deliver(FROM, TO, MESSAGE).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Sink, "{attempt:?}");
    assert!(attempt_outcome_words(&attempt).contains("here, but by GSSAPI"), "{attempt:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused_before_anything_is_sent() {
    let post = FakeSmtpServer::start(SmtpFault::Nothing, SmtpExtensions::default()).await;
    let mut sink = SmtpSink::new(&format!("smtp+plain://{}", post.address), None, None, None).unwrap();
    for (from, to, expected) in [
        ("papers", TO, AttemptOutcome::Sink),
        (FROM, "canary7f3a", AttemptOutcome::Message),
        (FROM, "canary7f3a@example.org>\r\nRCPT TO:<eve@example.org", AttemptOutcome::Message),
    ] {
        let attempt = sink.deliver(from, to, MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{attempt:?}");
        assert!(!attempt_outcome_words(&attempt).contains(CANARY), "{attempt:?}");
    }
    assert!(post.received_lines().is_empty());
}

#[test]
fn a_login_has_both_parts_or_none() {
    let secret = Secret::new(CANARY);
    for (user, password) in [
        (Some("ada"), None),
        (None, Some(&secret)),
        (Some(""), Some(&secret)),
        (Some("ada"), Some(&Secret::new(""))),
    ] {
        let error = SmtpSink::new("smtp://mail.example.org", user, password, None).unwrap_err().to_string();
        assert!(error.contains("belong together") && !error.contains(CANARY), "{error}");
    }
}
