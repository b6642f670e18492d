//! The operator is alerted once when something has been wrong for long, and once when it is over: over a month of
//! whole runs, each in a process of its own.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply as Answered};
use crate::support::sample_papers::{newest_first, paper_of_date, sample_papers};
use crate::support::test_env::{NOW, TestEnv};

const OPERATOR: &str = "[operator]\nsink = \"ops\"\n";

/// What the receiver `ops` got: of each alert what has begun and what has ended.
fn received_alerts(webhooks: &FakeWebhooks) -> Vec<(Vec<String>, Vec<String>)> {
    let heard = webhooks.requests_at("/ops").into_iter().filter(|heard| heard.was_accepted);
    let whats = |list: &Value| {
        let whats = list.as_array().unwrap().iter().map(|told| told["what"].as_str().unwrap().to_owned());
        whats.collect::<Vec<_>>()
    };
    let told = heard.map(|heard| {
        let body: Value = serde_json::from_str(&heard.body).unwrap();
        assert_eq!(body["type"], "paperwire.notice", "{body}");
        (whats(&body["data"]["begun"]), whats(&body["data"]["ended"]))
    });
    told.collect()
}

#[test]
fn over_a_month_each_problem_is_reported_when_it_has_lasted_and_when_it_is_over_and_never_else() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sinks = webhooks.sink_config(&env, "ops", "webhook") + &webhooks.sink_config(&env, "lab", "webhook");
    let env = env
        .with_config_lines(&format!("{sinks}[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n{OPERATOR}"));
    let start: Timestamp = "2025-03-31T06:15:00Z".parse().unwrap();
    let mut told = Vec::new();
    for turn in 0..30 * 4_i64 {
        let now = start + SignedDuration::from_hours(6 * turn);
        let (day, quarter) = (turn / 4, turn % 4);
        // A paper comes every morning, so that the topic is never stale.
        if quarter == 0 {
            let papers = (0..=day).map(|day| {
                let date = start + SignedDuration::from_hours(24 * day - 20);
                paper_of_date(&format!("2504.{:05}", day + 1), &date.to_string())
            });
            fake.set_papers(newest_first(papers.chain(sample_papers(5)).collect()));
            fake.set_stamp(now - SignedDuration::from_mins(10));
        }
        // One bad poll; an outage of three days; a week in which every fourth poll is good; a list that is broken.
        let is_bad = turn == 6 || (3..6).contains(&day) || ((10..17).contains(&day) && quarter != 3);
        if is_bad {
            fake.reply_next([ArxivReply::ErrorEntry(400)]);
        }
        if day == 20 && quarter == 0 {
            env.write_list("<!-- paperwire:begin Image Classification -->\n");
        }
        if day == 22 && quarter == 0 {
            std::fs::remove_file(env.path("README.md")).unwrap();
        }
        let answer = env.run_once(&now.to_string());
        assert_eq!(answer.only_topic().status == "failed", is_bad, "{now}: {answer:?}");
        for (begun, ended) in received_alerts(&webhooks).into_iter().skip(told.len()).collect::<Vec<_>>() {
            told.push((day, quarter, begun, ended));
        }
    }
    let (topic, list) = ("topic \"Image Classification\"", "list \"README.md\"");
    let began = |day, quarter, what: &str| (day, quarter, vec![what.to_owned()], vec![]);
    let ended = |day, quarter, what: &str| (day, quarter, vec![], vec![what.to_owned()]);
    assert_eq!(
        told,
        [
            began(3, 2, topic),
            ended(6, 2, topic),
            began(10, 2, topic),
            ended(17, 1, topic),
            began(20, 2, list),
            ended(22, 2, list),
        ]
    );
}

#[test]
fn a_broken_sink_is_reported_through_another_and_the_operators_own_is_not_reported_through_itself() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sinks = webhooks.sink_config(&env, "ops", "webhook") + &webhooks.sink_config(&env, "lab", "webhook");
    let env = env
        .with_config_lines(&format!("{sinks}[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n{OPERATOR}"));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/lab", [Answered::Refuse(410, "")]);
    env.run_once("2025-03-26T21:00:00Z");
    assert_eq!(
        env.run_program(&["outbox", "pause", "ops", "--now", "2025-03-26T21:00:00Z"]).status.code(),
        Some(0)
    );
    env.run_once("2025-03-27T09:00:00Z");
    assert_eq!(received_alerts(&webhooks), [], "it is paused itself");
    assert_eq!(
        env.run_program(&["outbox", "resume", "ops", "--now", "2025-03-27T10:00:00Z"]).status.code(),
        Some(0)
    );
    env.run_once("2025-03-27T10:00:00Z");
    env.run_once("2025-03-27T11:00:00Z");
    assert_eq!(received_alerts(&webhooks), [(vec!["sink \"lab\"".to_owned()], vec![])]);
}

#[test]
fn an_alert_is_mail_too_and_is_in_the_outbox_with_its_number() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake).with_config_lines(
        "[[sink]]\nname = \"box\"\nkind = \"maildir\"\npath = \"mail\"\n[operator]\nsink = \"box\"\nafter = \"0s\"\n",
    );
    env.run_once_without_failure(NOW);
    fake.reply_next([ArxivReply::ErrorEntry(400)]);
    env.run_once("2025-03-26T23:00:00Z");
    let mails: Vec<_> = std::fs::read_dir(env.path("mail/new")).unwrap().collect();
    let mail = std::fs::read_to_string(mails[0].as_ref().unwrap().path()).unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mail.contains("Wrong: topic \"Image Classification\""), "{mail}");
    let listed = env.run_program(&["outbox", "list", "--all", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(
        (&listed["messages"][0]["digest"], &listed["messages"][0]["state"]),
        (&"notice #1".into(), &"delivered".into())
    );
}
