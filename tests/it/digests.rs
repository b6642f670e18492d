//! Subscriptions: what is announced when, by whole runs and a receiver that remembers.

use paperwire::domain::{Paper, Revision};

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::fake_webhooks::{FakeWebhooks, ReceivedDigest, WebhookReply as Answering};
use crate::support::sample_papers::{newest_first, next_version, sample_papers};
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv};

/// An environment whose receiver `hook` has a subscription with these lines.
fn test_env(fake: &FakeArxiv, webhooks: &FakeWebhooks, subscription: &str) -> TestEnv {
    with_subscription(TestEnv::with_arxiv(fake), webhooks, subscription)
}

fn with_subscription(env: TestEnv, webhooks: &FakeWebhooks, subscription: &str) -> TestEnv {
    let sink = webhooks.sink_config(&env, "hook", "webhook");
    env.with_config_lines(&format!("{sink}[[subscription]]\nsink = \"hook\"\n{subscription}\n"))
}

/// The papers with their versions, as a digest names them.
fn papers_with_versions(papers: &[Paper]) -> Vec<(String, u64)> {
    papers
        .iter()
        .map(|paper| (paper.id.to_string(), paper.revision.version_number().unwrap().into()))
        .collect()
}

/// What the receiver got: the papers of each digest with their versions.
fn received_digests(webhooks: &FakeWebhooks) -> Vec<Vec<(String, u64)>> {
    let owned = |(id, version): (&str, u64)| (id.to_owned(), version);
    webhooks
        .received_digests("hook")
        .iter()
        .map(|digest| digest.paper_versions().into_iter().map(owned).collect())
        .collect()
}

#[test]
fn a_digest_goes_at_its_time_with_what_came_since_and_no_second_time() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"");
    assert_eq!(env.run_once_without_failure(NOW).digest_sizes(), [0], "first contact tells nobody");
    fake.set_papers(sample_papers(7));
    assert_eq!(env.run_once_without_failure("2025-03-27T07:59:59Z").digest_sizes(), [0], "it is not due");
    assert_eq!(env.run_once_without_failure("2025-03-27T08:00:00Z").digest_sizes(), [2]);
    assert_eq!(env.run_once_without_failure("2025-03-27T08:30:00Z").digest_sizes(), [0]);
    assert_eq!(
        env.run_once_without_failure("2025-03-28T08:00:00Z").digest_sizes(),
        [0],
        "a quiet day is skipped"
    );
    fake.set_papers(sample_papers(8));
    assert_eq!(env.run_once_without_failure("2025-03-29T09:00:00Z").digest_sizes(), [1]);
    assert_eq!(
        received_digests(&webhooks),
        [papers_with_versions(&sample_papers(7)[5..]), papers_with_versions(&sample_papers(8)[7..])]
    );
}

#[test]
fn after_downtime_one_digest_covers_all_that_was_missed() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"");
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(30));
    assert_eq!(env.run_once_without_failure("2025-04-02T11:00:00Z").digest_sizes(), [25]);
    assert_eq!(env.run_once_without_failure("2025-04-02T12:00:00Z").digest_sizes(), [0]);
    assert_eq!(env.run_once_without_failure("2025-04-03T08:00:00Z").digest_sizes(), [0]);
    let parts = webhooks.received_digests("hook");
    assert!(parts.iter().all(|part| part.number == 1), "one digest, in as many parts as it needs");
    let told: Vec<_> = parts.iter().flat_map(ReceivedDigest::paper_versions).collect();
    let missed = papers_with_versions(&sample_papers(30)[5..]);
    assert_eq!(told.len(), missed.len());
    assert!(missed.iter().all(|(id, version)| told.contains(&(id, *version))));
}

#[test]
fn what_a_subscription_includes_decides_what_it_gets() {
    for (include, counts) in
        [("[\"new\"]", [1, 0]), ("[\"replacement\"]", [0, 1]), ("[\"new\", \"replacement\"]", [1, 1])]
    {
        let fake = FakeArxiv::serve_papers(sample_papers(4));
        let webhooks = FakeWebhooks::start();
        let when = format!("when = \"0 8 * * *\"\ntimezone = \"UTC\"\ninclude = {include}");
        let env = test_env(&fake, &webhooks, &when);
        env.run_once_without_failure(NOW);
        let mut papers = sample_papers(5);
        papers[1] = next_version(&papers[1], 1);
        fake.set_papers(newest_first(papers));
        assert_eq!(
            env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(),
            [counts[0] + counts[1]],
            "{include}"
        );
        let news: Vec<_> = webhooks
            .received_digests("hook")
            .iter()
            .flat_map(|digest| digest.papers.clone())
            .map(|paper| paper.2)
            .collect();
        let count = |kind: &str| news.iter().filter(|news| *news == kind).count();
        assert_eq!([count("new"), count("replacement")], counts, "{include}");
        assert_eq!(
            env.run_once_without_failure("2025-03-28T09:00:00Z").digest_sizes(),
            [0],
            "{include}: what was left out stays out"
        );
    }
}

#[test]
fn an_empty_digest_is_sent_once_a_period_if_the_subscription_wants_it() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"\nempty = \"say so\"");
    env.run_once_without_failure(NOW);
    for now in ["2025-03-27T09:00:00Z", "2025-03-27T15:00:00Z", "2025-03-30T09:00:00Z"] {
        env.run_once_without_failure(now);
    }
    assert_eq!(received_digests(&webhooks), [vec![], vec![]]);
    let numbers: Vec<u64> = webhooks.received_digests("hook").iter().map(|digest| digest.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn a_new_subscription_may_begin_with_the_latest_papers_and_repeats_none() {
    let fake = FakeArxiv::serve_papers(sample_papers(9));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"\nfirst = 5");
    assert_eq!(env.run_once_without_failure(NOW).digest_sizes(), [5]);
    fake.set_papers(sample_papers(11));
    assert_eq!(env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(), [2]);
    assert_eq!(
        received_digests(&webhooks),
        [papers_with_versions(&sample_papers(5)), papers_with_versions(&sample_papers(11)[9..])]
    );
}

#[test]
fn a_paper_of_several_topics_is_listed_once_with_all_of_them() {
    let fake = FakeArxiv::serve_papers(sample_papers(2));
    let webhooks = FakeWebhooks::start();
    let topics = [("A", "cat:cs.CV"), ("B", "all:x")];
    let env = with_subscription(
        TestEnv::with_arxiv(&fake).with_topics(&topics),
        &webhooks,
        "topics = [\"B\", \"A\"]\nwhen = \"0 8 * * *\"\ntimezone = \"UTC\"",
    );
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(3));
    fake.set_papers_of("cat:cs.CV", vec![sample_paper(0), sample_paper(1), sample_paper(2), sample_paper(3)]);
    assert_eq!(env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(), [2]);
    let digest = webhooks.received_digests("hook").remove(0);
    let mut topics: Vec<_> = digest.papers.into_iter().map(|(id, _, _, topics)| (id, topics)).collect();
    topics.sort();
    let id = |n: usize| sample_paper(n).id.to_string();
    assert_eq!(topics, [(id(3), vec!["A".to_owned()]), (id(2), vec!["B".to_owned(), "A".to_owned()])]);
}

#[test]
fn a_subscription_without_a_time_is_served_by_the_run_that_finds_the_news() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"now\"");
    assert_eq!(env.run_once_without_failure(NOW).digest_sizes(), [0]);
    fake.set_papers(sample_papers(4));
    assert_eq!(env.run_once_without_failure("2025-03-27T01:00:00Z").digest_sizes(), [1]);
    assert_eq!(env.run_once_without_failure("2025-03-27T02:00:00Z").digest_sizes(), [0]);
    fake.set_papers(sample_papers(6));
    assert_eq!(env.run_once_without_failure("2025-03-27T03:00:00Z").digest_sizes(), [2]);
    assert_eq!(received_digests(&webhooks).len(), 2);
}

#[test]
fn a_subscription_added_later_starts_with_what_comes_after_it() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(5));
    env.run_once_without_failure("2025-03-27T01:00:00Z");
    let env = with_subscription(env, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"");
    fake.set_papers(sample_papers(6));
    assert_eq!(env.run_once_without_failure("2025-03-27T02:00:00Z").digest_sizes(), [0], "it begins");
    assert_eq!(
        env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(),
        [1],
        "with what its first turn found"
    );
    assert_eq!(received_digests(&webhooks), [papers_with_versions(&sample_papers(6)[5..])]);
}

#[test]
fn a_revised_paper_is_announced_in_its_latest_version_alone() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(
        &fake,
        &webhooks,
        "when = \"0 8 * * *\"\ntimezone = \"UTC\"\ninclude = [\"new\", \"replacement\"]",
    );
    env.run_once_without_failure(NOW);
    // New, and replaced twice, before the next digest.
    let new = Paper { revision: Revision::FIRST, ..sample_paper(3) };
    let (second, third) = (next_version(&new, 1), next_version(&next_version(&new, 1), 1));
    for (hour, version) in [(1, &new), (2, &second), (3, &third)] {
        let mut papers = sample_papers(3);
        papers.push(version.clone());
        fake.set_papers(newest_first(papers));
        env.run_once_without_failure(&format!("2025-03-27T0{hour}:00:00Z"));
    }
    assert_eq!(env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(), [1]);
    let digest = webhooks.received_digests("hook").remove(0);
    assert_eq!(digest.paper_versions(), [(new.id.to_string().as_str(), 3)]);
    assert_eq!(digest.papers[0].2, "new", "to a reader who has not heard of it");
}

#[test]
fn the_clocks_that_go_forward_and_back_cost_and_repeat_no_digest() {
    for (begin, turns) in [
        // Berlin has no 2:30 on 30 March 2025: the first instant behind the gap is taken for it.
        (
            "2025-03-29T12:00:00Z",
            [
                ("2025-03-30T00:59:59Z", 0),
                ("2025-03-30T01:00:00Z", 1),
                ("2025-03-30T12:00:00Z", 0),
                ("2025-03-31T00:30:00Z", 1),
            ],
        ),
        // It has 2:30 twice on 26 October 2025.
        (
            "2025-10-25T12:00:00Z",
            [
                ("2025-10-26T00:30:00Z", 1),
                ("2025-10-26T01:30:00Z", 0),
                ("2025-10-26T12:00:00Z", 0),
                ("2025-10-27T01:30:00Z", 1),
            ],
        ),
    ] {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let webhooks = FakeWebhooks::start();
        let env = test_env(
            &fake,
            &webhooks,
            "when = \"30 2 * * *\"\ntimezone = \"Europe/Berlin\"\nempty = \"say so\"",
        );
        env.run_once_without_failure(begin);
        let mut heard = 0;
        for (now, more) in turns {
            env.run_once_without_failure(now);
            heard += more;
            assert_eq!(webhooks.received_digests("hook").len(), heard, "{now}");
        }
    }
}

#[test]
fn a_paper_that_another_topic_finds_later_is_not_announced_again() {
    let fake = FakeArxiv::serve_papers(sample_papers(1));
    fake.set_papers_of("cat:cs.CV", sample_papers(1));
    let webhooks = FakeWebhooks::start();
    let topics = [("A", "cat:cs.CV"), ("B", "all:x")];
    let env = with_subscription(
        TestEnv::with_arxiv(&fake).with_topics(&topics),
        &webhooks,
        "when = \"now\"\ninclude = [\"new\", \"replacement\"]",
    );
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(2));
    assert_eq!(env.run_once_without_failure("2025-03-27T01:00:00Z").digest_sizes(), [1]);
    fake.set_papers_of("cat:cs.CV", sample_papers(2));
    let answer = env.run_once_without_failure("2025-03-27T02:00:00Z");
    assert_eq!(
        (answer.topics[0].new, answer.digest_sizes()),
        (1, vec![0]),
        "it is news of A, and known here"
    );
    let second = next_version(&sample_papers(2)[1], 3);
    fake.set_papers_of("cat:cs.CV", newest_first(vec![sample_paper(0), second.clone()]));
    assert_eq!(env.run_once_without_failure("2025-03-27T05:00:00Z").digest_sizes(), [1]);
    fake.set_papers(newest_first(vec![sample_paper(0), second.clone()]));
    assert_eq!(env.run_once_without_failure("2025-03-27T06:00:00Z").digest_sizes(), [0]);
    assert_eq!(
        received_digests(&webhooks),
        [papers_with_versions(&sample_papers(2)[1..]), papers_with_versions(&[second])]
    );
}

#[test]
fn the_first_papers_are_counted_as_papers_and_wait_until_there_are_some() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let webhooks = FakeWebhooks::start();
    let topics = [("A", "cat:cs.CV"), ("B", "all:x")];
    let more = "when = \"0 8 * * *\"\ntimezone = \"UTC\"\nempty = \"say so\"\nfirst = 2";
    let env = with_subscription(TestEnv::with_arxiv(&fake).with_topics(&topics), &webhooks, more);
    fake.reply_next(std::iter::repeat_n(ArxivReply::ErrorEntry(400), 4));
    env.run_once(NOW);
    assert_eq!(env.run_once(NEXT_DAY).digest_sizes(), [0], "an empty digest goes first");
    fake.drop_queued_replies();
    fake.set_papers(sample_papers(4));
    fake.set_papers_of("cat:cs.CV", sample_papers(4));
    let answer = env.run_once_without_failure("2025-03-28T09:00:00Z");
    assert_eq!(answer.digest_sizes(), [2], "{answer:?}");
    let told = webhooks.received_digests("hook").pop().unwrap();
    assert!(told.papers.iter().all(|(.., topics)| topics.len() == 2), "{told:?}");
}

#[test]
fn a_restored_history_makes_no_message_that_passes_for_an_earlier_one() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"now\"");
    env.run_once_without_failure(NOW);
    assert!(env.run_program(&["backup", "copy.db"]).status.success());
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure("2025-03-27T01:00:00Z");
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(env.path(&format!("paperwire.db{end}")));
    }
    std::fs::copy(env.path("copy.db"), env.path("paperwire.db")).unwrap();
    fake.set_papers(sample_papers(5));
    env.run_once_without_failure("2025-03-27T02:00:00Z");
    let ids: Vec<_> =
        webhooks.requests_at("/hook").iter().map(|heard| heard.headers["webhook-id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_clock_that_was_ahead_for_one_run_stops_no_digest() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"");
    env.run_once_without_failure(NOW);
    env.run_once_without_failure("2030-01-01T09:00:00Z");
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure("2025-03-27T09:00:00Z");
    assert_eq!(received_digests(&webhooks), [papers_with_versions(&sample_papers(4)[3..])]);
}

#[test]
fn messages_for_a_sink_that_changed_or_is_gone_are_held_back_and_reported_by_every_run() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"now\"");
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/hook", [Answering::Refuse(500, "")]);
    assert_eq!(env.run_once("2025-03-27T01:00:00Z").status, 1);
    let other = webhooks.sink_config(&env, "hook", "slack");
    let env = env.with_config_lines(&other);
    for now in ["2025-03-27T02:00:00Z", "2025-03-27T03:00:00Z"] {
        let answer = env.run_once(now);
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.contains("made when it was of another kind: 1"), "{}", answer.stderr);
    }
    let env = env.with_config_lines("");
    for now in ["2025-03-27T04:00:00Z", "2025-03-27T05:00:00Z"] {
        let answer = env.run_once(now);
        assert_eq!((answer.status, answer.sinks[0].sink.as_str()), (1, "hook"));
        assert!(answer.stderr.contains("messages that wait for it: 1"), "{}", answer.stderr);
    }
    assert_eq!(webhooks.requests().len(), 1, "nothing went out meanwhile");
    assert!(env.run_program(&["outbox", "drop", "1"]).status.success());
    env.run_once_without_failure("2025-03-27T06:00:00Z");
}

#[test]
fn a_digest_whose_papers_or_which_itself_comes_late_says_why() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, "when = \"0 8 * * *\"\ntimezone = \"UTC\"");
    let late = |webhooks: &FakeWebhooks| {
        let heard = webhooks.requests_at("/hook").pop().unwrap();
        let body: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
        body["data"]["late"].as_str().unwrap_or_default().to_owned()
    };
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure("2025-03-27T08:00:00Z");
    assert_eq!(late(&webhooks), "");
    for now in ["2025-03-27T14:00:00Z", "2025-03-27T20:00:00Z", "2025-03-28T02:00:00Z"] {
        fake.reply_next([ArxivReply::ErrorEntry(400)]);
        env.run_once(now);
    }
    fake.set_papers(sample_papers(5));
    env.run_once_without_failure("2025-03-28T08:00:00Z");
    let told = late(&webhooks);
    assert!(
        told.contains(
            "could not be asked well from 27 March 2025, 14:00 UTC to 28 March 2025, 08:00 UTC: 127.0.0.1"
        ),
        "{told}"
    );
    fake.set_papers(sample_papers(6));
    env.run_once_without_failure("2025-03-31T09:00:00Z");
    assert_eq!(
        late(&webhooks),
        "This comes late: it was due 29 March 2025, 08:00 UTC, and paperwire did not run then."
    );
}
