//! `status`: in order or not, by whole runs and the exit status.

use serde_json::Value;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply as Answered};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NOW, TestEnv, stderr, stdout};

/// What `status` ends with and says at that time; it must be quiet on standard error and write nothing.
fn run_status(env: &TestEnv, now: &str) -> (i32, String) {
    let output = env.run_program(&["status", "--now", now]);
    assert_eq!(stderr(&output), "");
    (output.status.code().unwrap(), stdout(&output).to_owned())
}

fn status_json(env: &TestEnv, now: &str) -> Value {
    serde_json::from_str(stdout(&env.run_program(&["status", "--json", "--now", now]))).unwrap()
}

#[test]
fn status_exits_with_zero_if_all_is_well_and_with_one_before_the_first_poll() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake);
    let (code, text) = run_status(&env, NOW);
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("wrong: 1 thing at 2025-03-26 20:00 UTC\n"), "{text}");
    assert!(text.contains("unpolled: it was never asked\n          what to do: is the daemon, or the timer, running? Run `paperwire once`, or start the daemon\n"), "{text}");
    assert!(!env.path("paperwire.db").exists(), "it writes nothing");
    env.run_once_without_failure(NOW);
    let (code, text) = run_status(&env, NOW);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("in order at 2025-03-26 20:00 UTC\n"), "{text}");
    assert!(
        text.contains(
            "  topic   Image Classification: current: 5 in 1 day, what is usual is not known yet; 5 papers"
        ),
        "{text}"
    );
    assert!(text.contains("  list    README.md: in order\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours but at a terminal");
    let told = status_json(&env, NOW);
    assert_eq!((&told["in_order"], &told["summary"]), (&true.into(), &"in order".into()));
    assert_eq!(
        (&told["topics"][0]["judgement"], &told["topics"][0]["known"]),
        (&"current".into(), &5.into())
    );
}

#[test]
fn a_topic_that_fails_says_since_when_and_why_until_it_is_well() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    for now in ["2025-03-27T02:00:00Z", "2025-03-27T08:00:00Z"] {
        fake.reply_next([ArxivReply::ErrorEntry(400)]);
        env.run_once(now);
    }
    let (code, text) = run_status(&env, "2025-03-27T09:00:00Z");
    assert_eq!(code, 1);
    assert!(
        text.contains("! topic   Image Classification: failing since 2025-03-27 02:00 UTC: 127.0.0.1: "),
        "{text}"
    );
    assert_eq!(status_json(&env, "2025-03-27T09:00:00Z")["wrong"][0]["since"], "2025-03-27T02:00:00Z");
    fake.reply_next([ArxivReply::ShortPage]);
    env.run_once("2025-03-27T10:00:00Z");
    let told = status_json(&env, "2025-03-27T10:00:00Z");
    assert_eq!(told["topics"][0]["judgement"], "incomplete", "{told}");
    env.run_once_without_failure("2025-03-27T14:00:00Z");
    assert_eq!(run_status(&env, "2025-03-27T14:00:00Z").0, 0);
    // Nobody polls any more: over the weekend nothing is missed, and by Wednesday Monday's announcement is.
    assert_eq!(run_status(&env, "2025-03-29T14:00:00Z").0, 1, "Wednesday's shows since Thursday, 05:00");
    let (code, text) = run_status(&env, "2025-04-02T14:00:00Z");
    assert!(code == 1 && text.contains("unpolled: last asked 2025-03-27 14:00 UTC"), "{text}");
}

#[test]
fn a_sink_that_is_paused_or_behind_and_a_list_that_cannot_be_written_are_wrong() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let more =
        webhooks.sink_config(&env, "hook", "webhook") + "[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n";
    let env = env.with_config_lines(&more);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/hook", [Answered::Refuse(503, "")]);
    env.run_once("2025-03-26T21:00:00Z");
    assert_eq!(run_status(&env, "2025-03-26T21:30:00Z").0, 0, "it may wait for an hour");
    let (code, text) = run_status(&env, "2025-03-26T23:00:00Z");
    assert!(
        code == 1 && text.contains("! sink    hook: 1 message waits, the oldest since 2025-03-26 21:00 UTC"),
        "{text}"
    );
    webhooks.reply_with("/hook", [Answered::Refuse(410, "")]);
    env.run_once("2025-03-26T23:00:00Z");
    let told = status_json(&env, "2025-03-26T23:00:00Z");
    assert_eq!(told["sinks"][0]["paused"]["since"], "2025-03-26T23:00:00Z", "{told}");
    assert!(told["wrong"][0]["advice"].as_str().unwrap().contains("outbox resume hook"), "{told}");
    assert_eq!(env.run_program(&["outbox", "resume", "hook"]).status.code(), Some(0));
    env.run_once_without_failure("2025-03-27T00:00:00Z");
    assert_eq!(run_status(&env, "2025-03-27T00:00:00Z").0, 0);
    env.write_list("# Mine\n\n<!-- paperwire:begin Image Classification -->\n");
    env.run_once("2025-03-27T01:00:00Z");
    env.run_once("2025-03-27T02:00:00Z");
    let (code, text) = run_status(&env, "2025-03-27T02:00:00Z");
    assert!(
        code == 1 && text.contains("! list    README.md: left as it is since 2025-03-27 01:00 UTC: "),
        "{text}"
    );
    std::fs::remove_file(env.path("README.md")).unwrap();
    env.run_once_without_failure("2025-03-27T03:00:00Z");
    assert_eq!(run_status(&env, "2025-03-27T03:00:00Z").0, 0);
}

#[test]
fn a_topic_that_has_never_found_a_paper_says_so_and_a_fresh_one_does_not() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("Birds", "ti:brids")]);
    for now in ["2025-03-24T20:00:00Z", "2025-03-25T20:00:00Z", "2025-03-26T20:00:00Z"] {
        env.run_once_without_failure(now);
        assert_eq!(run_status(&env, now).0, 0, "{now}");
    }
    let later = "2025-03-27T20:00:00Z";
    env.run_once_without_failure(later);
    let (code, text) = run_status(&env, later);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("! topic   Birds: empty: it has never found a paper, in all polls since 2025-03-24 20:00 UTC\n          what to do: look at the query"),
        "{text}"
    );
    assert_eq!(status_json(&env, later)["topics"][0]["judgement"], "empty");
    let check = env.run_program(&["check", "--now", later]);
    assert_eq!((check.status.code(), stderr(&check)), (Some(0), ""));
    let note = "the topic \"Birds\" has never found a paper, in all polls since 2025-03-24 20:00 UTC: look at its query";
    assert!(stdout(&check).contains(note), "{}", stdout(&check));

    fake.set_papers(sample_papers(1));
    env.run_once_without_failure("2025-03-27T21:00:00Z");
    assert_eq!(run_status(&env, "2025-03-27T21:00:00Z").0, 0);
    assert!(!stdout(&env.run_program(&["check", "--now", later])).contains("never found"));
}

#[test]
fn a_category_that_arxiv_does_not_have_is_refused_when_the_configuration_is_loaded() {
    let fake = FakeArxiv::serve_papers(vec![]);
    for (query, words) in [
        ("cat:cs.XX", "`cs.XX` is not a category of arXiv"),
        ("cat:CV", "did you mean cs.CV or math.CV?"),
        ("ti:x AND cat:cs", "write cat:cs.* for all of its categories"),
    ] {
        let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", query)]);
        let check = env.run_program(&["check"]);
        assert_eq!(check.status.code(), Some(2), "{query}");
        assert!(stderr(&check).contains(words), "{query}: {}", stderr(&check));
    }
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "cat:cs.* OR cat:astro-ph"), ("B", "cat:newfield.AB")]);
    let check = env.run_program(&["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
    assert!(stdout(&check).contains("arXiv had no category `newfield.AB`"), "{}", stdout(&check));
}

/// A sink of Slack's whose address is kept so, with a subscription.
fn slack_sink(secret: &str) -> String {
    format!(
        "[[sink]]\nname = \"lab\"\nkind = \"slack\"\n{secret}\n\n[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n"
    )
}

#[test]
fn a_sink_whose_secret_cannot_be_read_is_wrong_before_there_is_anything_to_send() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let mut env = TestEnv::with_arxiv(&fake).with_config_lines(&slack_sink("url_env = \"LAB_URL\""));
    env.run_once_without_failure(NOW);
    let (code, text) = run_status(&env, NOW);
    let words = "! sink    lab: nothing can be sent since 2025-03-26 20:00 UTC, nothing waits: url: the variable LAB_URL: it is not set\n";
    assert!(code == 1 && text.contains(words), "{text}");
    env.environment.push(("LAB_URL", "https://hooks.example.invalid/services/x".into()));
    env.run_once_without_failure(LATER);
    env.environment.clear();
    assert_eq!(run_status(&env, LATER).0, 0, "whoever sends has it");
    let env = env.with_config_lines(&slack_sink("url_file = \"lab-url\""));
    std::fs::write(env.path("lab-url"), "https://hooks.example.invalid/services/x").unwrap();
    env.run_once_without_failure(LATER);
    assert_eq!(run_status(&env, LATER).0, 0);
    std::fs::remove_file(env.path("lab-url")).unwrap();
    let (code, text) = run_status(&env, LATER);
    assert!(code == 1 && text.contains("nothing can be sent, nothing waits: url: the file "), "{text}");
    assert_eq!(status_json(&env, LATER)["in_order"], false);
}

#[test]
fn messages_for_a_sink_that_is_no_longer_configured_are_wrong_and_no_part_of_the_plan() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let hook =
        webhooks.sink_config(&env, "hook", "webhook") + "[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n";
    let env = env.with_config_lines(&hook);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/hook", [Answered::Refuse(503, "")]);
    env.run_once(LATER);
    let env = env.with_config_lines("");
    let (code, text) = run_status(&env, LATER);
    let words = "messages that wait for it: 1, and the configuration has no such sink";
    assert!(code == 1 && text.contains(&format!("! sink    hook: {words}")), "{text}");
    let plan = stdout(&env.run_program(&["plan", "--now", "2025-03-27T08:00:00Z"])).to_owned();
    assert!(plan.contains(&format!("sink hook: {words}")) && !plan.contains("to sink hook"), "{plan}");
}

#[test]
fn a_request_that_is_refused_is_not_put_down_to_the_network_and_all_times_have_one_form() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    for code in [400, 403, 414, 431] {
        fake.reply_next([ArxivReply::ErrorEntry(code)]);
        env.run_once("2025-03-27T02:00:00Z");
        let (status, text) = run_status(&env, "2025-03-27T02:30:00Z");
        assert!(status == 1 && text.contains("failing since 2025-03-27 02:00 UTC: "), "{text}");
        assert!(text.contains("it was reached, and refuses the request"), "{code}: {text}");
        assert!(!text.contains("network"), "{code}: {text}");
        let has_other_form = text.split_whitespace().any(|word| word.contains("T0") && word.contains(":00Z"));
        assert!(!has_other_form, "{text}");
    }
}
