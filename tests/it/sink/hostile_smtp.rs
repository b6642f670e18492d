//! A mail server that sends without end, drips, stalls, cuts, resets or talks nonsense, at every stage: the attempt ends
//! in time and in words, no more is read than a conversation needs, and no other sink notices.

use std::sync::LazyLock;
use std::time::Duration;

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::SmtpSink;
use tokio::task::LocalSet;

use super::fake_smtp_server::{FakeSmtpServer, SmtpExtensions, SmtpFault};
use super::{AttemptOutcome, CANARY, attempt_outcome, attempt_outcome_words};
use crate::support::accepting_fake_smtp::FakeSmtp;
use crate::support::certificate_authority::CertificateAuthority;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv, stderr, stdout};

/// The first limit of an attempt at a server that stalls. It is doubled until the conversation comes so far.
const IMPATIENT: Duration = Duration::from_secs(1);

/// No machine needs longer for one conversation.
const IMPATIENT_MAX: Duration = Duration::from_mins(10);

/// More than the buffers of two sockets, and far less than a flood has.
const READ_MAX: usize = 16 << 20;

const STAGES: [&str; 8] = ["GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "MESSAGE"];

static LINES: LazyLock<String> = LazyLock::new(|| "250-x\r\n".repeat(2000));
const LINE: &[u8] = &[b'x'; 8192];
const BLANK: &[u8] = b"\r\n\r\n\r\n\r\n";
static BINARY: LazyLock<Vec<u8>> = LazyLock::new(|| (0..=255).cycle().take(8192).collect());

/// What it does at a stage, and what comes of it if that is after the message: a yes that was begun is one.
fn faults_at_stage(stage: &'static str) -> [(SmtpFault, AttemptOutcome); 7] {
    let (later, oddly) = (AttemptOutcome::Later(None), AttemptOutcome::Oddly);
    [
        (SmtpFault::FloodsAt(stage, b"250 ", LINE), oddly),
        (SmtpFault::CutsAt(stage), later),
        (SmtpFault::FloodsAt(stage, b"", LINE), later),
        (SmtpFault::FloodsAt(stage, b"", LINES.as_bytes()), oddly),
        (SmtpFault::FloodsAt(stage, b"", BLANK), later),
        (SmtpFault::FloodsAt(stage, b"", &BINARY), later),
        (SmtpFault::ResetsAt(stage), later),
    ]
}

/// What would take forever at a stage, and what comes of it if that is after the message.
fn stalls_at_stage(stage: &'static str) -> [(SmtpFault, AttemptOutcome); 2] {
    [
        (SmtpFault::DripsAt(stage, "250-"), AttemptOutcome::Oddly),
        (SmtpFault::SilentAt(stage), AttemptOutcome::Later(None)),
    ]
}

/// The server, and the way to it; encrypted as the scheme says.
async fn start_smtp_server(
    scheme: &str,
    fault: SmtpFault,
    authority: &CertificateAuthority,
) -> (FakeSmtpServer, SmtpSink) {
    let tls = || Some(authority.tls_acceptor("localhost"));
    let offer = match scheme {
        "smtps" => SmtpExtensions { extensions: &["AUTH PLAIN"], tls: tls(), starttls: None },
        "smtp" => SmtpExtensions { extensions: &["STARTTLS", "AUTH PLAIN"], tls: None, starttls: tls() },
        _ => SmtpExtensions { extensions: &["AUTH PLAIN"], ..SmtpExtensions::default() },
    };
    let post = FakeSmtpServer::start(fault, offer).await;
    let server = format!("{scheme}://localhost:{}", post.address.port());
    let password = Secret::new(CANARY);
    let sink = SmtpSink::new(&server, Some("ada"), Some(&password), Some(&authority.ca_file())).unwrap();
    (post, sink)
}

async fn deliver_mail(sink: &mut SmtpSink) -> Attempt {
    sink.deliver("from@example.org", &format!("{CANARY}@example.org"), b"Subject: x\r\n\r\ny\r\n").await
}

/// One attempt at such a server, and what must come of it.
async fn check_attempt(
    post: FakeSmtpServer,
    mut sink: SmtpSink,
    case: String,
    stage: &str,
    after_message: AttemptOutcome,
) {
    let attempt = deliver_mail(&mut sink).await;
    check_result(&post, &attempt, &case, stage, after_message);
}

/// Attempts at a server that stalls, with longer and longer limits, until one comes to the stage where it does.
async fn stalled_attempt(fault: SmtpFault, stage: &'static str, after_message: AttemptOutcome) {
    let authority = CertificateAuthority::new("ours");
    let mut limit = IMPATIENT;
    loop {
        let (post, sink) = start_smtp_server("smtp+plain", fault, &authority).await;
        let attempt = deliver_mail(&mut sink.with_attempt_time_limit(limit)).await;
        if post.has_stalled() {
            return check_result(&post, &attempt, &fault_name(fault), stage, after_message);
        }
        assert!(limit < IMPATIENT_MAX, "{} was not reached: {attempt:?}", fault_name(fault));
        limit *= 2;
    }
}

fn check_result(
    post: &FakeSmtpServer,
    attempt: &Attempt,
    case: &str,
    stage: &str,
    after_message: AttemptOutcome,
) {
    let is_sent = stage == "MESSAGE";
    let expected = if is_sent { after_message } else { AttemptOutcome::Later(None) };
    assert_eq!(attempt_outcome(attempt), expected, "{case}: {attempt:?}");
    let said = attempt_outcome_words(attempt);
    assert!(!said.is_empty() && !said.contains(CANARY), "{case}: {attempt:?}");
    assert_eq!(said.contains("nothing was sent"), !is_sent, "{case}: {attempt:?}");
    assert!(post.flooded_bytes() < READ_MAX, "{case}: {} bytes were read", post.flooded_bytes());
}

#[tokio::test]
async fn an_attempt_ends_in_words_whatever_the_server_sends_at_whatever_stage() {
    let authority = CertificateAuthority::new("ours");
    for (scheme, faults_each) in [("smtp+plain", 7), ("smtp", 2), ("smtps", 2)] {
        for stage in STAGES.into_iter().filter(|stage| scheme == "smtp" || *stage != "STARTTLS") {
            for (fault, after_message) in faults_at_stage(stage).into_iter().take(faults_each) {
                let (post, sink) = start_smtp_server(scheme, fault, &authority).await;
                check_attempt(post, sink, format!("{scheme} {}", fault_name(fault)), stage, after_message)
                    .await;
            }
        }
    }
}

#[tokio::test]
async fn an_attempt_ends_in_time_however_slowly_the_server_answers() {
    let together = LocalSet::new();
    for stage in STAGES.into_iter().filter(|stage| *stage != "STARTTLS") {
        for (fault, after_message) in stalls_at_stage(stage) {
            together.spawn_local(stalled_attempt(fault, stage, after_message));
        }
    }
    together.await;
}

#[tokio::test]
async fn an_accepted_message_is_accepted_whatever_the_server_answers_to_quit() {
    for (fault, _) in faults_at_stage("QUIT").into_iter().chain(stalls_at_stage("QUIT")) {
        let (post, mut sink) =
            start_smtp_server("smtp+plain", fault, &CertificateAuthority::new("ours")).await;
        assert_eq!(deliver_mail(&mut sink).await, Attempt::Accepted, "{}", fault_name(fault));
        sink.close_kept_session().await;
        assert!(post.flooded_bytes() < READ_MAX, "{}: {} bytes", fault_name(fault), post.flooded_bytes());
    }
}

/// The fault without its bytes.
fn fault_name(fault: SmtpFault) -> String {
    format!("{fault:?}").chars().take(40).collect()
}

#[tokio::test]
async fn an_odd_line_in_an_honest_answer_stops_nothing() {
    for (verb, said) in [
        ("GREETING", "220"),
        ("EHLO", "250-   \r\n250-\r\n250 AUTH PLAIN"),
        ("EHLO", "250-auth plain\r\n250 "),
        ("MAIL", "250-\u{0}\u{7}\r\n250 \u{202e}ok"),
        ("RCPT", "250-ok\n250 with a bare line feed"),
        ("MESSAGE", "250"),
    ] {
        let authority = CertificateAuthority::new("ours");
        let (_post, mut sink) =
            start_smtp_server("smtp+plain", SmtpFault::Says(verb, said), &authority).await;
        assert_eq!(deliver_mail(&mut sink).await, Attempt::Accepted, "{verb} {said:?}");
    }
}

#[tokio::test]
async fn what_was_said_before_the_encryption_is_not_believed_after_it() {
    let authority = CertificateAuthority::new("ours");
    let injected = SmtpFault::Says("STARTTLS", "220 go\r\n250-localhost\r\n250 AUTH PLAIN");
    let (post, mut sink) = start_smtp_server("smtp", injected, &authority).await;
    let attempt = deliver_mail(&mut sink).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Later(None), "{attempt:?}");
    assert!(attempt_outcome_words(&attempt).contains("nothing was sent"), "{attempt:?}");
    assert!(
        post.received_lines().iter().all(|line| !line.starts_with("AUTH")),
        "{:?}",
        post.received_lines()
    );
}

#[test]
fn a_poisonous_mail_server_costs_no_memory_and_holds_up_no_other_sink() {
    let floods = [
        SmtpFault::FloodsAt("GREETING", b"220 ", LINE),
        SmtpFault::FloodsAt("EHLO", b"", LINES.as_bytes()),
        SmtpFault::FloodsAt("RCPT", b"550 ", LINE),
        SmtpFault::FloodsAt("MESSAGE", b"250 ", LINE),
    ];
    let posts = floods.map(|fault| FakeSmtpServer::start_on_thread(fault, SmtpExtensions::default()));
    let (smtp, webhooks) = (FakeSmtp::answering_after(Duration::ZERO), FakeWebhooks::start());
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let poisonous = posts.iter().enumerate().map(|(number, post)| {
        let sink = format!(
            "[[sink]]\nname = \"poison{number}\"\nkind = \"email\"\nserver = \"smtp+plain://{}\"\n\
             from = \"papers@example.org\"\nto = [\"ada@example.org\"]\n\n",
            post.address
        );
        sink + &immediate_subscription(&format!("poison{number}"))
    });
    let more: String = poisonous
        .chain([smtp.sink_config("mail", &["ada@example.org"]), immediate_subscription("mail")])
        .chain([webhooks.sink_config(&env, "hook", "webhook"), immediate_subscription("hook")])
        .collect();
    let env = env.with_config_lines(&more);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    let answer = env.run_once(NEXT_DAY);
    let came: Vec<_> = answer.sinks.iter().map(|sink| (sink.delivered, sink.deferred)).collect();
    assert_eq!(came, [(0, 1), (0, 1), (0, 1), (1, 0), (1, 0), (1, 0)], "{answer:?}");
    assert_eq!((smtp.received_messages().len(), webhooks.requests_at("/hook").len()), (1, 1));
    for (post, sink) in posts.iter().zip(&answer.sinks) {
        assert!(post.flooded_bytes() < READ_MAX, "{}: {} bytes were read", sink.sink, post.flooded_bytes());
        let told = answer.stderr.lines().find(|line| line.contains(&sink.sink)).unwrap();
        assert!(told.contains("no end"), "{told}");
    }
}

fn immediate_subscription(sink: &str) -> String {
    format!("[[subscription]]\nsink = \"{sink}\"\nwhen = \"now\"\n\n")
}

#[test]
fn what_has_waited_for_a_mail_server_goes_in_order_over_one_connection() {
    let smtp = FakeSmtp::answering_after(Duration::ZERO);
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let readers = ["ada@example.org", "bob@example.org", "eve@example.org"];
    let env = TestEnv::with_arxiv(&fake)
        .with_config_lines(&(smtp.sink_config("mail", &readers) + &immediate_subscription("mail")));
    env.run_once_without_failure(NOW);
    env.run_program(&["outbox", "pause", "mail"]);
    let days =
        ["2025-03-27T20:00:00Z", "2025-03-28T20:00:00Z", "2025-03-29T20:00:00Z", "2025-03-30T20:00:00Z"];
    for (day, now) in days.iter().enumerate() {
        fake.set_papers(sample_papers(4 + day));
        env.run_once(now);
    }
    assert_eq!(smtp.session_count(), 0);
    env.run_program(&["outbox", "resume", "mail", "--now", "2025-03-30T21:00:00Z"]);
    let answer = env.run_once_without_failure("2025-03-30T22:00:00Z");
    assert_eq!(answer.sinks[0].delivered, 12);
    assert_eq!(smtp.session_count(), 1);
    for reader in readers {
        let letters = smtp.received_messages();
        let dates = letters.iter().filter(|letter| letter.contains(&format!("To: {reader}"))).map(|letter| {
            let date = letter.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
            jiff::fmt::rfc2822::parse(date).unwrap()
        });
        let dates: Vec<_> = dates.collect();
        assert!(dates.len() == 4 && dates.is_sorted(), "{reader}: {dates:?}");
    }
}

#[test]
fn nothing_that_the_program_says_has_the_login_that_a_server_repeats() {
    let offer = SmtpExtensions { extensions: &["AUTH PLAIN"], ..SmtpExtensions::default() };
    let post = FakeSmtpServer::start_on_thread(SmtpFault::Says("MAIL", "550 canary7f3a is it"), offer);
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let sink = format!(
        "[[sink]]\nname = \"mail\"\nkind = \"email\"\nserver = \"smtp+plain://{}\"\n\
         from = \"papers@example.org\"\nto = [\"ada@example.org\"]\nuser = \"ada\"\npassword_file = \"password\"\n\n",
        post.address
    );
    let env = TestEnv::with_arxiv(&fake);
    std::fs::write(env.path("password"), CANARY).unwrap();
    let env = env.with_config_lines(&(sink + &immediate_subscription("mail")));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    let mut said = String::new();
    for words in [
        &["once", "-vv", "--now", NEXT_DAY][..],
        &["outbox", "list", "--all", "--json"],
        &["status", "--json", "--now", NEXT_DAY],
        &["status", "--now", NEXT_DAY],
    ] {
        let output = env.run_program(words);
        said.extend([stdout(&output), stderr(&output)]);
    }
    assert!(said.contains("the server answered 550: … is it") && !said.contains(CANARY), "{said}");
}
