//! A topic of an ntfy server, through the real program.

use serde_json::Value;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply as Answer, WebhookRequest};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv, stderr, stdout};

const TOPIC: &str = "canary7f3a";
const TOKEN: &str = "tk_canary7f3a";
const SUBSCRIPTION: &str = "[[subscription]]\nsink = \"phone\"\nwhen = \"now\"\n";

fn ntfy_env(fake: &FakeArxiv, webhooks: &FakeWebhooks, more: &str) -> TestEnv {
    let env = TestEnv::with_arxiv(fake);
    std::fs::write(env.path("topic"), webhooks.url(&format!("/{TOPIC}"))).unwrap();
    std::fs::write(env.path("token"), TOKEN).unwrap();
    let sink = "[[sink]]\nname = \"phone\"\nkind = \"ntfy\"\nurl_file = \"topic\"\ntoken_file = \"token\"\n\
                list = \"https://github.com/owner/list\"\nallow_private = true\n\n";
    env.with_config_lines(&format!("{sink}{more}"))
}

fn message_json(request: &WebhookRequest) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

fn refusal_reply(status: &str, more: &str, body: &str) -> Answer {
    let text = format!("HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\n\r\n{body}", body.len());
    Answer::Raw(text.into_bytes().leak())
}

#[test]
fn a_digest_is_one_notification_with_its_topic_and_token() {
    let (fake, webhooks) = (FakeArxiv::serve_papers(sample_papers(3)), FakeWebhooks::start());
    let env = ntfy_env(&fake, &webhooks, SUBSCRIPTION);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(9));
    env.run_once_without_failure("2025-03-27T09:00:00Z");
    let requests = webhooks.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        (requests[0].path.as_str(), requests[0].headers["content-type"].as_str()),
        ("/", "application/json")
    );
    assert_eq!(requests[0].headers["authorization"], format!("Bearer {TOKEN}"));
    let message = message_json(&requests[0]);
    assert_eq!(message["topic"], TOPIC);
    assert_eq!(message["title"], "6 new: Image Classification");
    assert_eq!(message["click"], "https://github.com/owner/list");
    assert_eq!(message["message"].as_str().unwrap().matches("https://arxiv.org/abs/").count(), 6);
    for file in ["paperwire.db", "paperwire.db-wal"] {
        let bytes = std::fs::read(env.path(file)).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("canary7f3a"), "the topic is not stored in {file}");
    }
}

#[test]
fn the_operator_is_alerted_with_a_higher_priority() {
    let (fake, webhooks) = (FakeArxiv::serve_papers(sample_papers(3)), FakeWebhooks::start());
    let env = ntfy_env(&fake, &webhooks, "[operator]\nsink = \"phone\"\nafter = \"0s\"\n");
    env.run_once_without_failure(NOW);
    fake.reply_next([ArxivReply::ErrorEntry(400)]);
    env.run_once("2025-03-26T23:00:00Z");
    let message = message_json(&webhooks.requests()[0]);
    assert_eq!((&message["topic"], &message["priority"]), (&TOPIC.into(), &4.into()));
    assert_eq!(message["title"], "Wrong: topic \"Image Classification\"");
}

#[test]
fn a_limit_that_is_reached_is_waited_for_and_a_refused_token_pauses_the_sink() {
    let (fake, webhooks) = (FakeArxiv::serve_papers(sample_papers(3)), FakeWebhooks::start());
    let env = ntfy_env(&fake, &webhooks, SUBSCRIPTION);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    let quota = r#"{"code":42908,"http":429,"error":"limit reached: too many messages"}"#;
    let forbidden = r#"{"code":40301,"http":403,"error":"forbidden"}"#;
    webhooks.reply_with(
        "/",
        [
            refusal_reply("429 Too Many Requests", "Retry-After: 7200\r\n", quota),
            refusal_reply("403 Forbidden", "", forbidden),
        ],
    );
    let answer = env.run_once("2025-03-27T09:00:00Z");
    assert_eq!((answer.status, answer.sinks[0].paused), (1, false));
    assert!(answer.stderr.contains("42908 the day's messages are used up"), "{}", answer.stderr);
    env.run_once("2025-03-27T10:30:00Z");
    assert_eq!(webhooks.requests().len(), 1, "it is not asked before the wait is over");
    let answer = env.run_once("2025-03-27T11:30:00Z");
    assert_eq!((webhooks.requests().len(), answer.sinks[0].paused), (2, true));
    assert!(answer.stderr.contains("40301 forbidden"), "{}", answer.stderr);
    assert!(
        env.run_program(&["outbox", "resume", "phone", "--now", "2025-03-27T12:00:00Z"]).status.success()
    );
    env.run_once_without_failure("2025-03-27T12:00:00Z");
    let requests = webhooks.requests();
    assert!(requests.iter().all(|one| one.body == requests[0].body), "a retry has the same bytes");
}

#[test]
fn check_and_test_show_neither_the_topic_nor_the_token() {
    let (fake, webhooks) = (FakeArxiv::serve_papers(sample_papers(3)), FakeWebhooks::start());
    let env = ntfy_env(&fake, &webhooks, SUBSCRIPTION);
    let checked = env.run_program(&["check"]);
    let shown = stdout(&checked);
    for line in ["  kind      ntfy\n", "  url       in the file topic", "  token     in the file token"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let tested = env.run_program(&["test", "phone"]);
    assert_eq!(tested.status.code(), Some(0), "{}", stderr(&tested));
    assert_eq!(
        message_json(&webhooks.requests()[0])["message"],
        "Paperwire can post here. This tests its sink phone."
    );
    for output in [&checked, &tested] {
        assert!(!format!("{}{}", stdout(output), stderr(output)).contains("canary7f3a"));
    }
}
