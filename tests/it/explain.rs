//! `explain`: the lives of papers, by whole runs.

use paperwire::domain::{Paper, Revision, Version};
use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply};
use crate::support::sample_papers::{newest_first, next_version, sample_papers};
use crate::support::test_env::{NOW, TestEnv, stdout};

const END: &str = "2025-03-27T12:00:00Z";

fn explain_json(env: &TestEnv, words: &[&str]) -> (i32, Value) {
    let output = env.run_program(&[&["explain", "--json", "--now", END], words].concat());
    (output.status.code().unwrap(), serde_json::from_str(stdout(&output)).unwrap())
}

/// Of each subscription the outcome and why, in the configuration's order.
fn subscription_outcomes(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = answer["subscriptions"].as_array().unwrap();
    told.iter().map(|told| (text(&told["outcome"]), text(&told["why"]))).collect()
}

#[test]
fn explain_says_when_a_paper_was_seen_where_it_is_listed_and_who_got_it_or_why_not() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake).with_rows(4);
    let sinks = webhooks.sink_config(&env, "lab", "webhook") + &webhooks.sink_config(&env, "late", "webhook");
    let lab = "[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n";
    let weekly = "[[subscription]]\nname = \"weekly\"\nsink = \"lab\"\nwhen = \"@weekly\"\n\
                  include = [\"new\", \"replacement\"]\n";
    let env = env.with_config_lines(&format!("{sinks}{lab}{weekly}"));
    env.run_once_without_failure(NOW);
    let new = Paper { revision: Revision::FIRST, ..sample_paper(3) };
    webhooks.reply_with("/lab", [WebhookReply::Refuse(503, "")]);
    fake.set_papers(newest_first([sample_papers(3), vec![new.clone()]].concat()));
    env.run_once("2025-03-27T06:00:00Z");
    let env = env.with_config_lines(&format!(
        "{sinks}{lab}{weekly}[[subscription]]\nsink = \"late\"\nwhen = \"now\"\n"
    ));
    env.run_once("2025-03-27T08:00:00Z");
    let second = Paper { revision: Revision::Numbered(Version::new(2).unwrap()), ..next_version(&new, 1) };
    let updated = second.updated;
    let more = (4..7).map(|n| Paper { updated, ..sample_paper(n) });
    fake.set_papers(newest_first(sample_papers(3).into_iter().chain(more).chain([second]).collect()));
    env.run_once("2025-03-27T10:00:00Z");

    let (status, answer) = explain_json(&env, &[&new.id.to_string()]);
    assert_eq!(status, 0);
    let versions: Vec<_> = answer["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (v["version"].as_u64().unwrap(), v["seen"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(versions, [(1, "2025-03-27T06:00:00Z".to_owned()), (2, "2025-03-27T10:00:00Z".to_owned())]);
    let why = answer["topics"][0]["why"].as_str().unwrap();
    assert!(
        why.starts_with(
            "found by ti:\"image classification\"; seen 2025-03-27 06:00 UTC, now in v2; new in v1"
        ),
        "{why}"
    );
    let outcomes: Vec<_> = subscription_outcomes(&answer).into_iter().map(|(outcome, _)| outcome).collect();
    assert_eq!(outcomes, ["told", "not-included", "waits", "waits", "before", "not-included"], "{answer}");
    let (_, first) = subscription_outcomes(&answer).remove(0);
    assert!(first.contains("in digest 1 of 2025-03-27 06:00 UTC: message 1 to lab delivered 2025-03-27 08:00 UTC after 2 tries"), "{first}");
    let (_, waits) = subscription_outcomes(&answer).remove(2);
    assert!(waits.contains("waits for the next digest, at 2025-03-30 00:00 UTC"), "{waits}");

    let seeded = sample_paper(0);
    let address = format!("https://arxiv.org/abs/{}v1", seeded.id.as_arxiv_id().unwrap());
    let (_, answer) = explain_json(&env, &[&address]);
    assert_eq!(answer["lists"][0]["row"], 1, "{answer}");
    assert!(subscription_outcomes(&answer).iter().all(|(outcome, _)| outcome == "silent"), "{answer}");
    let (_, answer) = explain_json(&env, &[&sample_paper(6).id.to_string()]);
    assert_eq!(answer["lists"][0]["row"], Value::Null, "{answer}");
    assert!(
        answer["lists"][0]["why"].as_str().unwrap().starts_with("not in the table, which has 4 rows"),
        "{answer}"
    );
}

#[test]
fn explain_says_what_a_topic_leaves_out_and_what_was_never_seen() {
    let fake = FakeArxiv::serve_papers(vec![]);
    fake.set_papers_of("all:a", sample_papers(1));
    fake.set_papers_of("all:b", sample_papers(2));
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "all:a"), ("B", "all:b")]);
    env.run_once_without_failure(NOW);
    let (status, answer) = explain_json(&env, &[&sample_paper(1).id.to_string()]);
    assert_eq!(status, 0);
    assert_eq!(answer["topics"][0]["why"], "its query has not found it: all:a");
    let env = env.with_topics(&[("A", "all:a"), ("B", "all:b")]).with_archives(&["math"]);
    let (_, answer) = explain_json(&env, &[&sample_paper(1).id.to_string()]);
    assert_eq!(answer["topics"][0]["why"], "left out, for it has no category in math");
    let (status, answer) = explain_json(&env, &["2401.00001"]);
    assert_eq!((status, answer["papers"].as_array().unwrap().len()), (1, 0));
    let (status, answer) = explain_json(&env, &["classification"]);
    assert_eq!((status, answer["papers"].as_array().unwrap().len()), (1, 2), "{answer}");
}

#[test]
fn a_hostile_title_is_plain_at_the_terminal() {
    let hostile = Paper { title: "Wren\u{1b}[2J\u{202E}\n! sink".to_owned(), ..sample_paper(0) };
    let fake = FakeArxiv::serve_papers(vec![hostile]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let output = env.run_program(&["explain", "wren"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("Wren [2J ! sink\n"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202E}'), "{text:?}");
}

#[test]
fn explain_knows_the_rows_that_a_person_deleted() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = |paper: &str| explain_json(&env, &[paper]).1["lists"][0].clone();
    let rows = env.list_rows();
    let (first, second) = (rows[0].split_once('v').unwrap().0, rows[1].split_once('v').unwrap().0);
    assert_eq!((&list(first)["row"], &list(second)["row"]), (&1.into(), &2.into()));
    let kept: String = env.list_text().split_inclusive('\n').filter(|line| !line.contains(first)).collect();
    env.write_list(&kept);
    env.run_once("2025-03-27T06:00:00Z");
    let gone = list(first);
    let why = gone["why"].as_str().unwrap();
    assert!(
        gone["row"].is_null() && why.contains("a person deleted its row (seen 2025-03-27 06:00 UTC"),
        "{gone}"
    );
    assert!(why.contains(&format!("`paperwire list restore arxiv:{first}`")), "{why}");
    assert_eq!(list(second)["row"], 1, "it moved up");
}
