//! A receiver whose status says that it has a message has it, whatever else it says: nothing is sent again, and what is
//! odd about the answer is announced once.

use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv, stdout};

/// Five days later, when every try of a message that was not taken has been made.
const DAYS: [&str; 6] = [
    "2025-03-26T20:00:10Z",
    "2025-03-26T20:10:00Z",
    "2025-03-27T20:00:00Z",
    "2025-03-28T20:00:00Z",
    "2025-03-29T20:00:00Z",
    "2025-03-31T20:00:00Z",
];

/// More than is read of an answer.
const LONG: &[u8] = &[b'x'; 100_000];

macro_rules! ten_times {
    ($text:expr) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text, $text, $text)
    };
}

/// More header lines than any proxy adds.
const MANY_HEADERS: &str = concat!(
    "HTTP/1.1 200 OK\r\n",
    ten_times!(ten_times!("X: 1\r\n")),
    ten_times!(ten_times!("Y: 1\r\n")),
    "Content-Length: 2\r\n\r\nok"
);

/// Answers with a status of success, and what is reported of each; nothing if nothing is odd.
const ANSWERS: &[(&str, WebhookReply, Option<&str>)] = &[
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"), None),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Some("with an empty body")),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 204 No Content\r\n\r\n"), Some("with an empty body")),
    (
        "slack",
        WebhookReply::Raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 13\r\n\r\ninvalid_token"),
        Some("answered 202 (invalid_token) with another body"),
    ),
    (
        "slack",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\n\r\n<html><body>Log in"),
        Some("with a page for a browser"),
    ),
    (
        "slack",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\xff\xfe\0\x01\x02\x03\x04\x05\x06"),
        Some("another body"),
    ),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\no"), Some("broke off")),
    (
        "slack",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nXYZ\r\n"),
        Some("broke off"),
    ),
    (
        "slack",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nok!"),
        Some("broke off"),
    ),
    (
        "slack",
        WebhookReply::Endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nokok\r\n"),
        Some("another body"),
    ),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\nok"), None),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok"), None),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 2\r\n\r\nok"), None),
    ("slack", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nX: 1\r\n  folded\r\nContent-Length: 2\r\n\r\nok"), None),
    ("slack", WebhookReply::Raw(MANY_HEADERS.as_bytes()), None),
    ("discord", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}"), None),
    ("discord", WebhookReply::Raw(b"HTTP/1.1 204 No Content\r\n\r\n"), None),
    (
        "discord",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Some("with an empty body"),
    ),
    (
        "discord",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>"),
        Some("with a page for a browser"),
    ),
    (
        "discord",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"id\":"),
        Some("broke off"),
    ),
    ("webhook", WebhookReply::Raw(b"HTTP/1.1 202 Accepted\r\nContent-Length: 6\r\n\r\nqueued"), None),
    ("webhook", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), None),
    (
        "webhook",
        WebhookReply::Raw(b"HTTP/1.1 200 OK\r\n\r\n<html><body>Log in"),
        Some("with a page for a browser"),
    ),
    ("webhook", WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nok"), Some("broke off")),
    ("webhook", WebhookReply::Endless(b"HTTP/1.1 200 OK\r\n\r\n", b"endless "), None),
    (
        "webhook",
        WebhookReply::Endless(b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>", LONG),
        Some("with a page for a browser"),
    ),
    (
        "slack",
        WebhookReply::Endless(b"HTTP/1.1 200 OK\r\n\r\n<html>", LONG),
        Some("with a page for a browser"),
    ),
];

#[test]
fn an_accepted_message_is_never_sent_again_and_an_odd_response_is_reported_once() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let names: Vec<String> = (0..ANSWERS.len()).map(|number| format!("sink{number}")).collect();
    let sinks = names.iter().zip(ANSWERS).map(|(name, (kind, ..))| {
        let sink = webhooks.sink_config(&env, name, kind);
        format!("{sink}[[subscription]]\nsink = \"{name}\"\nwhen = \"now\"\n\n")
    });
    let sinks: String = sinks.collect();
    let env = env.with_config_lines(&sinks);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    for (name, (_, reply, _)) in names.iter().zip(ANSWERS) {
        webhooks.reply_with(&format!("/{name}"), std::iter::repeat_n(reply.clone(), DAYS.len()));
    }
    let turns = DAYS.map(|now| env.run_once(now));
    for (number, (name, (kind, reply, odd))) in names.iter().zip(ANSWERS).enumerate() {
        let case = format!("{kind} {reply:?}");
        let shares: Vec<_> = turns.iter().map(|turn| &turn.sinks[number]).collect();
        let delivered: Vec<_> = shares.iter().map(|share| share.delivered).collect();
        assert_eq!(delivered, [1, 0, 0, 0, 0, 0], "{case}: {shares:?}");
        assert_eq!(webhooks.requests_at(&format!("/{name}")).len(), 1, "{case}");
        assert!(shares.iter().all(|share| !share.paused && share.reason.is_none()), "{case}: {shares:?}");
        let told = turns.iter().flat_map(|turn| turn.stderr.lines());
        let told: Vec<_> = told.filter(|line| line.contains(&format!("sink=\"{name}\""))).collect();
        match odd {
            None => assert!(told.is_empty(), "{case}: {told:?}"),
            Some(odd) => {
                let [told] = &told[..] else { panic!("{case}: {told:?}") };
                assert!(
                    told.contains(odd) && told.contains("delivered, with an odd answer"),
                    "{case}: {told}"
                );
            }
        }
    }
    assert!(turns.iter().all(|turn| turn.status == 0), "nothing has failed");
    check_what_a_person_sees(&env, &names);
}

/// The outbox and the status show each message as delivered, with what is odd.
fn check_what_a_person_sees(env: &TestEnv, names: &[String]) {
    let now = DAYS[DAYS.len() - 1];
    let listed = env.run_program(&["outbox", "list", "--all", "--json"]);
    let listed: Value = serde_json::from_str(stdout(&listed)).unwrap();
    let status = env.run_program(&["status", "--json", "--now", now]);
    let status: Value = serde_json::from_str(stdout(&status)).unwrap();
    for (number, (name, (kind, reply, odd))) in names.iter().zip(ANSWERS).enumerate() {
        let messages = listed["messages"].as_array().unwrap();
        let message = messages.iter().find(|message| message["sink"] == name.as_str()).unwrap();
        assert_eq!((&message["state"], &message["attempts"]), (&"delivered".into(), &1.into()));
        let shown = [&message["words"], &status["sinks"][number]["remark"]].map(Value::as_str);
        match odd {
            None => assert_eq!(shown, [Some("accepted"), None], "{kind} {reply:?}"),
            Some(odd) => assert!(
                shown.iter().all(|words| words.is_some_and(|words| words.contains(odd))),
                "{kind} {reply:?}: {shown:?}"
            ),
        }
    }
    let text = env.run_program(&["status", "--now", now]);
    assert!(stdout(&text).contains("; Slack answered 200 with an empty body"), "{}", stdout(&text));
    assert_eq!(text.status.code(), Some(0), "{}", stdout(&text));
}

#[test]
fn what_cannot_be_read_of_an_earlier_message_keeps_no_later_one() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sink = webhooks.sink_config(&env, "hook", "webhook");
    let env = env.with_config_lines(&format!("{sink}[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n"));
    env.run_once_without_failure(NOW);
    for papers in [4, 5] {
        fake.set_papers(sample_papers(papers));
        let done = env.run_once_without_failure(DAYS[papers - 4]);
        assert_eq!(done.sinks[0].delivered, 1, "{done:?}");
        let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
        db.execute("UPDATE outbox SET words = CAST(x'ff' AS TEXT)", []).unwrap();
    }
    assert_eq!(webhooks.requests().len(), 2);
}

#[test]
fn a_test_of_a_sink_reports_what_is_odd_about_its_response() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sink = webhooks.sink_config(&env, "lab", "slack");
    let env = env.with_config_lines(&sink);
    webhooks
        .reply_with("/lab", [WebhookReply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nno_service")]);
    let tried = env.run_program(&["test", "lab"]);
    let expected = "lab: accepted, but oddly: Slack answered 200 (no_service) with another body than is usual: \
                    see whether the message is there\n";
    assert_eq!((stdout(&tried), tried.status.code()), (expected, Some(0)));
}
