//! One connection carries many messages, and what befalls one of them is no harm to the next.

use paperwire::domain::Attempt;
use paperwire::sink::SmtpSink;

use super::fake_smtp_server::{FakeSmtpServer, SmtpExtensions, SmtpFault};
use super::{AttemptOutcome, attempt_outcome, attempt_outcome_words};

const FROM: &str = "papers@example.org";
const TO: &str = "ada@example.org";
const MESSAGE: &[u8] = b"Subject: x\r\n\r\ny\r\n";

async fn smtp_sink(fault: SmtpFault, extensions: &'static [&'static str]) -> (FakeSmtpServer, SmtpSink) {
    let post = FakeSmtpServer::start(fault, SmtpExtensions { extensions, ..SmtpExtensions::default() }).await;
    let sink = SmtpSink::new(&format!("smtp+plain://{}", post.address), None, None, None).unwrap();
    (post, sink)
}

/// What comes of so many messages, one after the other.
async fn delivery_outcomes(sink: &mut SmtpSink, messages: usize) -> Vec<AttemptOutcome> {
    let mut outcomes = Vec::new();
    for _ in 0..messages {
        outcomes.push(attempt_outcome(&sink.deliver(FROM, TO, MESSAGE).await));
    }
    sink.close_kept_session().await;
    outcomes
}

#[tokio::test]
async fn messages_go_one_after_the_other_over_one_connection() {
    let (post, mut sink) = smtp_sink(SmtpFault::Nothing, &[]).await;
    assert_eq!(delivery_outcomes(&mut sink, 3).await, [AttemptOutcome::Accepted; 3]);
    let one =
        ["MAIL FROM:<papers@example.org>", "RCPT TO:<ada@example.org>", "DATA", "Subject: x\r\n\r\ny\r\n"];
    let whole = [&["EHLO [127.0.0.1]"][..], &one, &one, &one, &["QUIT"]].concat();
    assert_eq!(post.received_lines(), whole);
    assert_eq!(
        delivery_outcomes(&mut sink, 1).await,
        [AttemptOutcome::Accepted],
        "after a leave it begins again"
    );
    assert_eq!(post.sessions(), 2);
}

#[tokio::test]
async fn the_refusal_of_one_message_does_not_harm_the_next_on_its_connection() {
    for (verb, said, first) in [
        ("MAIL", "451 4.3.0 later", AttemptOutcome::Later(None)),
        ("MAIL", "552 5.3.4 too large", AttemptOutcome::Message),
        ("RCPT", "450 4.2.0 greylisted", AttemptOutcome::Later(None)),
        ("RCPT", "550 5.1.1 no such user", AttemptOutcome::Message),
        ("DATA", "451 4.3.0 later", AttemptOutcome::Later(None)),
        ("DATA", "554 5.5.1 no", AttemptOutcome::Message),
        ("MESSAGE", "451 4.3.0 later", AttemptOutcome::Later(None)),
        ("MESSAGE", "554 5.7.1 spam", AttemptOutcome::Message),
    ] {
        let (post, mut sink) = smtp_sink(SmtpFault::SaysOnce(verb, said), &[]).await;
        let expected = [first, AttemptOutcome::Accepted, AttemptOutcome::Accepted];
        assert_eq!(delivery_outcomes(&mut sink, 3).await, expected, "{verb} {said}");
        let heard = post.received_lines();
        assert_eq!(post.sessions(), 1, "{verb} {said}: {heard:?}");
        let resets = heard.iter().filter(|line| *line == "RSET").count();
        assert_eq!(resets, 1, "{verb} {said}: what is left of the first is cleared away: {heard:?}");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closes_costs_no_message_an_attempt() {
    for (verb, said) in [
        ("MAIL", None),
        ("MAIL", Some("421 4.7.0 idle for too long")),
        ("MAIL", Some("452 4.5.3 too many messages in this session")),
        ("MAIL", Some("450 4.7.1 too much mail from you")),
        ("MAIL", Some("550 5.7.0 too many messages in this session")),
        ("RCPT", None),
        ("RCPT", Some("421 4.7.0 closing")),
        ("RCPT", Some("452 4.5.3 too many recipients")),
        ("DATA", Some("421 4.7.0 closing")),
    ] {
        let (post, mut sink) = smtp_sink(SmtpFault::SaysWhenWorn(verb, said), &[]).await;
        assert_eq!(delivery_outcomes(&mut sink, 3).await, [AttemptOutcome::Accepted; 3], "{verb} {said:?}");
        assert_eq!(
            (post.sessions(), post.received_messages()),
            (3, 3),
            "{verb} {said:?}: {:?}",
            post.received_lines()
        );
    }
}

#[tokio::test]
async fn a_server_that_says_how_many_messages_it_takes_is_believed() {
    for (extensions, sessions) in
        [(&["LIMITS MAILMAX=2"][..], 3), (&["limits rcptmax=9 mailmax=0"], 5), (&["LIMITS MAILMAX=many"], 1)]
    {
        let (post, mut sink) = smtp_sink(SmtpFault::Nothing, extensions).await;
        assert_eq!(delivery_outcomes(&mut sink, 5).await, [AttemptOutcome::Accepted; 5], "{extensions:?}");
        assert_eq!(post.sessions(), sessions, "{extensions:?}");
    }
}

#[tokio::test]
async fn a_connection_does_not_carry_messages_for_ever() {
    let (post, mut sink) = smtp_sink(SmtpFault::Nothing, &[]).await;
    assert!(
        delivery_outcomes(&mut sink, 250).await.iter().all(|outcome| *outcome == AttemptOutcome::Accepted)
    );
    assert_eq!((post.sessions(), post.received_messages()), (3, 250));
}

#[tokio::test]
async fn a_reply_to_something_else_is_never_taken_for_the_one_to_a_message() {
    for (verb, said, expected, doubt) in [
        // One reply too many: the next ones would each be the one before.
        ("EHLO", "250 a\r\n250 b", AttemptOutcome::Later(None), false),
        ("MAIL", "250 a\r\n250 b", AttemptOutcome::Later(None), false),
        ("RCPT", "250 a\r\n354 b", AttemptOutcome::Later(None), false),
        // Not what lets a message begin, and not what ends it.
        ("DATA", "250 what is it?", AttemptOutcome::Later(None), false),
        ("MESSAGE", "354 go on", AttemptOutcome::Later(None), true),
    ] {
        let (post, mut sink) = smtp_sink(SmtpFault::SaysOnce(verb, said), &[]).await;
        let attempt = sink.deliver(FROM, TO, MESSAGE).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{verb} {said}: {attempt:?}");
        assert_eq!(
            attempt_outcome_words(&attempt).contains("may have arrived"),
            doubt,
            "{verb} {said}: {attempt:?}"
        );
        assert_eq!(
            post.received_messages(),
            usize::from(doubt),
            "{verb} {said}: {:?}",
            post.received_lines()
        );
        assert_eq!(sink.deliver(FROM, TO, MESSAGE).await, Attempt::Accepted, "{verb} {said}");
    }
    let (post, mut sink) =
        smtp_sink(SmtpFault::Says("MESSAGE", "250 queued\r\n250 and once more"), &[]).await;
    assert_eq!(delivery_outcomes(&mut sink, 3).await, [AttemptOutcome::Accepted; 3]);
    assert_eq!((post.sessions(), post.received_messages()), (3, 3));
}
