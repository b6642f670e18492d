//! Sinks against peers that others wrote: Postfix, Slack's and Discord's own schemas, the official
//! Standard Webhooks library, a fault injector. `PAPERWIRE_SHARED` names the folder that holds `rigs/`; what
//! they need is in `RIGS_HOME`; the Postfix of `rigs/smtp/start.sh DIR` runs already, and
//! `PAPERWIRE_SMTP_RIG` is its DIR. What is missing is passed over, unless `PAPERWIRE_RIGS=1` says that it
//! must be there.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use paperwire::domain::{Attempt, Secret};
use paperwire::sink::SmtpSink;

use super::{AttemptOutcome, CANARY, HttpSinkKind, attempt_outcome, attempt_outcome_words, http_sink};

/// How long a peer may take to come up, or to put a mail into its box.
const PATIENCE: Duration = Duration::from_mins(2);

/// A Postfix that could not put a mail into its box tries it again after five minutes, unless it is asked to do so now.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

const KEY: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5";

/// A rig's program, stopped when it is dropped.
struct RigProgram {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl RigProgram {
    /// Starts `rigs/<script>`; its arguments may hold `PORT`.
    fn start(script: &str, arguments: &[&str]) -> Option<Self> {
        let Some((rigs, python)) = installed_rigs() else {
            assert!(!are_rigs_required(), "PAPERWIRE_RIGS=1, but rigs/setup.sh core has not been run");
            return None;
        };
        let port = crate::support::loopback_server::free_port();
        let arguments = arguments.iter().map(|argument| argument.replace("PORT", &port.to_string()));
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python)
            .arg(rigs.join(script))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        within_patience(|| {
            assert!(child.try_wait().unwrap().is_none(), "{script} has ended");
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Some(Self { child, port, _folder: folder })
    }
}

impl Drop for RigProgram {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn are_rigs_required() -> bool {
    std::env::var("PAPERWIRE_RIGS").is_ok_and(|value| value == "1")
}

/// The folder of a Postfix that runs. One that was left behind is not the one that listens now, so it has to be named.
pub(crate) fn postfix_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PAPERWIRE_SMTP_RIG").map(PathBuf::from);
    let runs =
        |folder: &PathBuf| folder.join("ca.pem").exists() && TcpStream::connect("127.0.0.1:2587").is_ok();
    let folder = folder.filter(runs);
    assert!(
        folder.is_some() || !are_rigs_required(),
        "PAPERWIRE_RIGS=1, but rigs/smtp/start.sh has not been run"
    );
    folder
}

/// The folder of the rigs, and the Python that runs them.
pub(crate) fn installed_rigs() -> Option<(PathBuf, PathBuf)> {
    let rigs = Path::new(&std::env::var_os("PAPERWIRE_SHARED")?).join("rigs");
    let home = std::env::var_os("RIGS_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache/paperwire-rigs")))?;
    let python = home.join("venv/bin/python");
    (rigs.is_dir() && python.exists()).then_some((rigs, python))
}

fn within_patience<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "nothing came within {PATIENCE:?}");
        std::thread::yield_now();
    }
}

/// What Postfix has put into its box, as soon as it is what is looked for.
pub(crate) fn delivered_mail<T>(folder: &Path, mut found: impl FnMut() -> Option<T>) -> T {
    let (start, mut flushes) = (Instant::now(), 0);
    loop {
        if let Some(found) = found() {
            return found;
        }
        if start.elapsed() > FLUSH_EVERY * (flushes + 1) {
            flushes += 1;
            Command::new("postqueue").arg("-c").arg(folder.join("etc")).arg("-f").status().unwrap();
        }
        let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(start.elapsed() < PATIENCE, "not delivered within {PATIENCE:?}: {}", log());
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn the_official_library_accepts_our_signature_and_no_other() {
    let Some(mut rig) = RigProgram::start("webhook/receiver.py", &["PORT", KEY, "--fail", "1", "503", "9"])
    else {
        return;
    };
    let url = format!("http://127.0.0.1:{}/{CANARY}", rig.port);
    let (ours, other) = (KEY, "whsec_OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5");
    let now = Timestamp::now();
    let late = now.checked_sub(jiff::SignedDuration::from_mins(10)).unwrap();
    let mut outcomes = Vec::new();
    for (key, at) in [(ours, now), (ours, now), (ours, now), (other, now), (ours, late)] {
        let sink = http_sink(HttpSinkKind::Webhook { secret: Some(Secret::new(key)) }, &url);
        let body = r#"{"type": "digest", "title": "Ünïcode ✓", "n": 1.0}"#;
        outcomes.push(attempt_outcome(&sink.deliver(body.as_bytes(), "msg_1", at).await));
    }
    let wait = Some(Duration::from_secs(9));
    assert_eq!(
        outcomes,
        [
            AttemptOutcome::Later(wait),
            AttemptOutcome::Accepted,
            AttemptOutcome::Accepted,
            AttemptOutcome::Sink,
            AttemptOutcome::Sink
        ]
    );
    let lines = BufReader::new(rig.child.stdout.take().unwrap()).lines().take(5).map(Result::unwrap);
    let lines: Vec<_> = lines.collect();
    // Each answer has a thread of its own there, which notes it once it is sent.
    for part in ["injected", "\"dup\": false", "\"dup\": true", "No matching", "too old"] {
        assert_eq!(lines.iter().filter(|line| line.contains(part)).count(), 1, "{part}: {lines:?}");
    }
}

#[tokio::test]
async fn slacks_documented_answers_are_understood() {
    let Some(rig) = RigProgram::start("slack/serve.py", &["PORT", "--rate", "30"]) else { return };
    let good = r#"{"text": "hello", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "hello"}}]}"#;
    for (token, body, expected) in [
        ("a", good, AttemptOutcome::Accepted),
        ("a", good, AttemptOutcome::Later(Some(Duration::from_secs(1)))),
        ("b", "{", AttemptOutcome::Message),
        ("c", "{}", AttemptOutcome::Message),
        ("d", r#"{"text": "x", "blocks": [{"type": "section"}]}"#, AttemptOutcome::Message),
        ("nosvc", good, AttemptOutcome::Sink),
        ("gone", good, AttemptOutcome::Sink),
        ("arch", good, AttemptOutcome::Sink),
        ("prohib", good, AttemptOutcome::Sink),
        ("inv", good, AttemptOutcome::Sink),
        ("roll", good, AttemptOutcome::Later(None)),
        ("html", good, AttemptOutcome::Later(None)),
    ] {
        let sink =
            http_sink(HttpSinkKind::Slack, &format!("http://127.0.0.1:{}/services/T/B/{token}", rig.port));
        let attempt = sink.deliver(body.as_bytes(), "msg_1", Timestamp::now()).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{token}: {attempt:?}");
    }
}

#[tokio::test]
async fn discords_answers_are_understood() {
    let Some(rig) =
        RigProgram::start("discord/discord_rig.py", &["serve", "PORT", "--limit", "4", "--window", "60"])
    else {
        return;
    };
    let good = r#"{"content": "hello", "allowed_mentions": {"parse": []}}"#;
    let long = format!(r#"{{"content": "{}"}}"#, "x".repeat(2001));
    let mut waits = 0;
    for (token, body, expected) in [
        ("a", good, Some(AttemptOutcome::Accepted)),
        ("a", "{", Some(AttemptOutcome::Message)),
        ("a", "{}", Some(AttemptOutcome::Message)),
        ("a", &long, Some(AttemptOutcome::Message)),
        ("a", good, None),
        ("gone", good, Some(AttemptOutcome::Sink)),
        ("bad", good, Some(AttemptOutcome::Sink)),
        ("cf", good, Some(AttemptOutcome::Later(Some(Duration::from_secs(30))))),
    ] {
        let sink = http_sink(
            HttpSinkKind::Discord,
            &format!("http://127.0.0.1:{}/api/webhooks/1/{token}", rig.port),
        );
        let attempt = sink.deliver(body.as_bytes(), "msg_1", Timestamp::now()).await;
        match (expected, attempt_outcome(&attempt)) {
            (Some(expected), found) => assert_eq!(found, expected, "{token}: {attempt:?}"),
            // The window runs by the rig's own clock.
            (None, AttemptOutcome::Later(Some(wait))) => {
                assert!(wait <= Duration::from_mins(1) && !wait.is_zero(), "{wait:?}");
                waits += 1;
            }
            (None, found) => panic!("{token}: {found:?}"),
        }
    }
    assert_eq!(waits, 1);
}

#[tokio::test]
async fn a_faulty_mail_server_never_confuses_us() {
    for (mode, expected) in [
        ("ok", AttemptOutcome::Accepted),
        ("greylist", AttemptOutcome::Later(None)),
        ("reject", AttemptOutcome::Message),
        ("tempfail-data", AttemptOutcome::Later(None)),
        ("reject-data", AttemptOutcome::Message),
        ("drop-data", AttemptOutcome::Later(None)),
        ("drop-after", AttemptOutcome::Later(None)),
        ("hang", AttemptOutcome::Later(None)),
        ("badgreet", AttemptOutcome::Sink),
        ("toolarge", AttemptOutcome::Message),
        ("auth535", AttemptOutcome::Sink),
    ] {
        let Some(rig) = RigProgram::start("smtp/faulty.py", &["PORT", mode]) else { return };
        let secret = Secret::new(CANARY);
        let password = (mode == "auth535").then_some(&secret);
        let server = format!("smtp+plain://127.0.0.1:{}", rig.port);
        let sink = SmtpSink::new(&server, password.map(|_| "ada"), password, None).unwrap();
        let mut sink =
            if mode == "hang" { sink.with_attempt_time_limit(Duration::from_secs(1)) } else { sink };
        let attempt = sink
            .deliver("from@example.org", &format!("{CANARY}@example.org"), &mail_of_size("m", 2000))
            .await;
        assert_eq!(attempt_outcome(&attempt), expected, "{mode}: {attempt:?}");
        assert!(!attempt_outcome_words(&attempt).contains(CANARY), "{mode}: {attempt:?}");
        let doubt = matches!(mode, "drop-data" | "drop-after");
        assert_eq!(
            attempt_outcome_words(&attempt).contains("may have arrived"),
            doubt,
            "{mode}: {attempt:?}"
        );
    }
}

/// A mail of about so many bytes, with a line that only dot-stuffing brings through.
fn mail_of_size(subject: &str, bytes: usize) -> Vec<u8> {
    let head = format!("From: papers@rig\r\nTo: ada@rig\r\nSubject: {subject}\r\n\r\n.\r\n..\r\n");
    let line = format!("{}\r\n", "x".repeat(70));
    (head + &line.repeat(bytes.div_ceil(line.len()))).into_bytes()
}

#[tokio::test]
async fn a_real_postfix_takes_what_it_should_by_every_way() {
    let Some(folder) = postfix_folder() else { return };
    let (login, wrong) = (Some(("bot@rig", "secret")), Some(("bot@rig", CANARY)));
    for (server, login, ca, to, bytes, expected) in [
        ("smtp+plain://127.0.0.1:2525", None, false, "ada@rig", 9_000, AttemptOutcome::Accepted),
        ("smtp://localhost:2587", login, true, "ada@rig", 90_000, AttemptOutcome::Accepted),
        ("smtps://127.0.0.1:2465", login, true, "ada@rig", 90_000, AttemptOutcome::Accepted),
        ("smtp://localhost:2587", login, false, "ada@rig", 100, AttemptOutcome::Later(None)),
        ("smtps://localhost:2465", login, false, "ada@rig", 100, AttemptOutcome::Later(None)),
        ("smtp://localhost:2525", None, true, "ada@rig", 100, AttemptOutcome::Later(None)),
        ("smtps://localhost:2525", None, true, "ada@rig", 100, AttemptOutcome::Later(None)),
        ("smtp://localhost:2587", wrong, true, "ada@rig", 100, AttemptOutcome::Sink),
        ("smtp://localhost:2587", login, true, "greylist@rig", 100, AttemptOutcome::Later(None)),
        ("smtp://localhost:2587", login, true, "full@rig", 100, AttemptOutcome::Later(None)),
        ("smtp://localhost:2587", login, true, "reject@rig", 100, AttemptOutcome::Message),
        ("smtp://localhost:2587", login, true, "ada@rig", 2_100_000, AttemptOutcome::Message),
        ("smtp+plain://127.0.0.1:2587", None, true, "ada@rig", 100, AttemptOutcome::Sink),
    ] {
        let subject = format!("{}-{server}", Timestamp::now().as_nanosecond());
        let sink = SmtpSink::new(
            server,
            login.map(|(user, _)| user),
            login.map(|(_, password)| Secret::new(password)).as_ref(),
            ca.then(|| folder.join("ca.pem")).as_deref(),
        );
        let message = mail_of_size(&subject, bytes);
        let attempt = sink.unwrap().deliver("Paperwire <papers@rig>", to, &message).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{server} {to}: {attempt:?}");
        assert!(
            !attempt_outcome_words(&attempt).contains(CANARY)
                && !attempt_outcome_words(&attempt).contains(to),
            "{attempt:?}"
        );
        if attempt == Attempt::Accepted {
            let text = String::from_utf8(message).unwrap().replace("\r\n", "\n");
            let arrived = delivered_mail(&folder, || arrived_mail(&folder, &subject));
            assert!(arrived.ends_with(mail_body(&text)), "{server}: {arrived}");
        }
    }
}

fn mail_body(mail: &str) -> &str {
    mail.split_once("\n\n").unwrap().1
}

fn arrived_mail(folder: &Path, subject: &str) -> Option<String> {
    std::fs::read_dir(folder.join("maildir/inbox/new")).ok()?.find_map(|entry| {
        let text = std::fs::read_to_string(entry.ok()?.path()).ok()?;
        text.contains(&format!("Subject: {subject}\n")).then_some(text)
    })
}
