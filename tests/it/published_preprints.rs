//! A preprint that appears in a journal is announced once as published, by what arXiv's own record says of it later.

use paperwire::domain::Paper;
use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::{FakeWebhooks, ReceivedDigest};
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::{next_version, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

const DAY_AFTER: &str = "2025-03-28T20:00:00Z";

/// The first of the sample papers, which have no article.
const ID: &str = "arxiv:2503.20000";
const DOI: &str = "10.1038/s41586-025-00001-1";
const JOURNAL: &str = "Nature 392 (2025) 123";

const ALL: &str = "when = \"now\"\ninclude = [\"new\", \"replacement\", \"published\"]";

/// An environment whose receivers each have a subscription with these lines: `hook0`, `hook1`, …
fn test_env(fake: &FakeArxiv, webhooks: &FakeWebhooks, subscriptions: &[&str]) -> TestEnv {
    with_subscriptions(TestEnv::with_arxiv(fake), webhooks, subscriptions)
}

fn with_subscriptions(env: TestEnv, webhooks: &FakeWebhooks, subscriptions: &[&str]) -> TestEnv {
    let lines = subscriptions.iter().enumerate().map(|(number, lines)| {
        let sink = webhooks.sink_config(&env, &format!("hook{number}"), "webhook");
        format!("{sink}[[subscription]]\nsink = \"hook{number}\"\n{lines}\n\n")
    });
    let lines: String = lines.collect();
    env.with_config_lines(&lines)
}

/// The papers with what arXiv's record of the first one says of an article.
fn with_article(papers: &[Paper], doi: Option<&str>, journal_ref: Option<&str>) -> Vec<Paper> {
    let mut papers = papers.to_vec();
    papers[0].doi = doi.map(str::to_owned);
    papers[0].journal_ref = journal_ref.map(str::to_owned);
    papers
}

/// Each paper that was announced to a receiver, and why.
fn received_news(webhooks: &FakeWebhooks, sink: &str) -> Vec<(String, String)> {
    let digests = webhooks.received_digests(sink);
    let papers = digests.iter().flat_map(|digest: &ReceivedDigest| &digest.papers);
    papers.map(|(id, _, news, _)| (id.clone(), news.clone())).collect()
}

fn news(id: &str, kind: &str) -> (String, String) {
    (id.to_owned(), kind.to_owned())
}

#[test]
fn a_preprint_is_published_once_when_its_record_names_an_article_and_never_new() {
    for (doi, journal_ref, changed_doi, changed_journal) in [
        (Some(DOI), None, Some("10.1038/s41586-025-00001-2"), Some(JOURNAL)),
        (None, Some(JOURNAL), Some(DOI), Some("Nature 393 (2025) 7")),
    ] {
        let papers = sample_papers(5);
        let fake = FakeArxiv::serve_papers(papers.clone());
        let webhooks = FakeWebhooks::start();
        let env = test_env(&fake, &webhooks, &[ALL]);
        env.run_once_without_failure(NOW);
        // What names a server of preprints is no journal.
        let own = "10.48550/arXiv.2503.20000";
        fake.set_papers(with_article(&papers, Some(own), Some("arXiv preprint arXiv:2503.20000")));
        assert_eq!(env.run_once_without_failure(LATER).only_topic().published, 0);
        fake.set_papers(with_article(&papers, doi, journal_ref));
        let output = env.run_once_without_failure(NEXT_DAY);
        assert_eq!((output.status_and_counts(), output.only_topic().published), (("ok", 0, 0, 0), 1));
        let announced = env.announced_news();
        assert_eq!(announced, [(ID.to_owned(), 1, "published".to_owned())]);
        fake.set_papers(with_article(&papers, changed_doi, changed_journal));
        for now in [DAY_AFTER, "2025-03-29T20:00:00Z"] {
            let output = env.run_once_without_failure(now);
            assert_eq!((output.status_and_counts(), output.only_topic().published), (("quiet", 0, 0, 0), 0));
        }
        assert_eq!(env.announced_news(), announced);
        assert_eq!(received_news(&webhooks, "hook0"), [news(ID, "published")]);
    }
}

#[test]
fn a_message_says_where_the_article_is() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, &[ALL]);
    env.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), Some(JOURNAL)));
    env.run_once_without_failure(LATER);
    let [request] = &webhooks.requests_at("/hook0")[..] else { panic!("one message") };
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let data = &body["data"];
    assert_eq!((&data["new"], &data["published"], &data["replaced"]), (&0.into(), &1.into(), &0.into()));
    let article =
        serde_json::json!({ "doi": DOI, "url": format!("https://doi.org/{DOI}"), "journal": JOURNAL });
    assert_eq!(data["papers"][0]["article"], article);
    let found = env.run_program(&["search", "--json", "2503.20000"]);
    let found: Value = serde_json::from_str(stdout(&found)).unwrap();
    assert_eq!(found["papers"][0]["article"], article);
    let explained = env.run_program(&["explain", "2503.20000", "--now", NEXT_DAY]);
    let explained = stdout(&explained);
    for words in [
        &format!("{JOURNAL}, https://doi.org/{DOI}"),
        "published in v1 on 2025-03-26",
        "published in v1 on 2025-03-26 23:00 UTC: in digest 1 of",
    ] {
        assert!(explained.contains(words), "{words}: {explained}");
    }
    let output = env.run_program(&["once", "--now", NEXT_DAY]);
    assert!(!stdout(&output).contains("published"), "{output:?}");
}

#[test]
fn only_a_subscription_that_includes_it_is_told() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let lines = ["when = \"now\"", "when = \"now\"\ninclude = [\"published\"]"];
    let env = test_env(&fake, &webhooks, &lines);
    env.run_once_without_failure(NOW);
    let mut shown = with_article(&papers, Some(DOI), None);
    shown.extend(sample_papers(6).split_off(5));
    fake.set_papers(shown);
    assert_eq!(env.run_once_without_failure(LATER).digest_sizes(), [1, 1]);
    assert_eq!(env.run_once_without_failure(NEXT_DAY).digest_sizes(), [0, 0]);
    assert_eq!(received_news(&webhooks, "hook0"), [news("arxiv:2503.19995", "new")]);
    assert_eq!(received_news(&webhooks, "hook1"), [news(ID, "published")]);
}

#[test]
fn first_contact_and_an_import_are_silent_and_what_came_with_its_article_is_just_new() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, &[ALL]);
    env.run_once_without_failure(NOW);
    let table = env.list_text();
    // The first poll of another topic, which brings the DOI before the topic's own poll does.
    fake.set_papers(with_article(&papers, Some(DOI), None));
    let topics = [("Another", "all:x"), (TOPIC, "ti:\"image classification\"")];
    let env = env.with_list(&format!("topics = [\"{TOPIC}\"]\n")).with_topics(&topics);
    let output = env.run_once_without_failure(LATER);
    assert_eq!(output.topics.iter().map(|topic| topic.published).collect::<Vec<_>>(), [0, 1]);
    env.run_once_without_failure(NEXT_DAY);
    let digests = webhooks.received_digests("hook0");
    assert_eq!((digests.len(), &digests[0].papers[0].3), (1, &vec![TOPIC.to_owned()]));
    // In a list that is imported, whose papers arXiv has had an article of for long.
    let imported = test_env(&fake, &webhooks, &[ALL]);
    imported.write_list(&table);
    assert!(imported.run_program(&["import", "README.md", "--now", NOW]).status.success());
    imported.run_once_without_failure(LATER);
    assert_eq!((imported.announced_news(), imported.list_text().contains(DOI)), (vec![], false));
    // A paper that is new.
    let fresh = test_env(&fake, &webhooks, &[ALL]);
    fake.set_papers(papers[1..].to_vec());
    fresh.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), None));
    fresh.run_once_without_failure(LATER);
    assert_eq!(fresh.announced_news(), [(ID.to_owned(), 1, "new".to_owned())]);
    assert!(!fresh.list_text().contains(DOI), "its row is as it always was");
}

#[test]
fn a_doi_that_comes_to_a_preprint_with_a_journal_is_no_news_of_any_topic() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(with_article(&papers, None, Some(JOURNAL)));
    let topics = [(TOPIC, "ti:\"image classification\""), ("Another", "all:x")];
    let env = TestEnv::with_arxiv(&fake).with_topics(&topics);
    env.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), Some(JOURNAL)));
    for now in [LATER, NEXT_DAY] {
        env.run_once_without_failure(now);
    }
    assert_eq!((env.announced_news(), env.list_text().contains(DOI)), (vec![], false));
}

#[test]
fn what_is_new_and_published_in_one_period_is_told_once_as_new() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers[1..].to_vec());
    let webhooks = FakeWebhooks::start();
    let lines = "when = \"0 8 * * *\"\ninclude = [\"new\", \"published\"]";
    let env = test_env(&fake, &webhooks, &[lines]);
    env.run_once_without_failure(NOW);
    fake.set_papers(papers.clone());
    env.run_once_without_failure(LATER);
    fake.set_papers(with_article(&papers, Some(DOI), None));
    assert_eq!(env.run_once_without_failure("2025-03-27T09:00:00Z").digest_sizes(), [1]);
    assert_eq!(env.run_once_without_failure("2025-03-28T09:00:00Z").digest_sizes(), [0]);
    assert_eq!(env.announced_news().len(), 2);
    assert_eq!(received_news(&webhooks, "hook0"), [news(ID, "new")]);
    assert!(webhooks.requests_at("/hook0")[0].body.contains(&format!("https://doi.org/{DOI}")));
}

#[test]
fn a_version_that_brings_the_article_is_published_or_a_replacement_as_the_subscription_wants() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, &[ALL, "when = \"now\"\ninclude = [\"replacement\"]"]);
    env.run_once_without_failure(NOW);
    let mut shown = with_article(&papers, Some(DOI), None);
    shown[0] = next_version(&shown[0], 1);
    fake.set_papers(shown.clone());
    let output = env.run_once_without_failure(LATER);
    assert_eq!((output.only_topic().replaced, output.only_topic().published), (1, 1));
    assert_eq!(env.run_once_without_failure(NEXT_DAY).digest_sizes(), [0, 0]);
    assert_eq!(received_news(&webhooks, "hook0"), [news(ID, "published")]);
    assert_eq!(received_news(&webhooks, "hook1"), [news(ID, "replacement")]);
    assert!(env.list_text().contains(&format!("2503.20000v2)** [Published](https://doi.org/{DOI})")));
}

#[test]
fn every_topic_that_knew_the_preprint_has_the_news_and_a_subscription_to_both_is_told_once() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let topics = [(TOPIC, "ti:\"image classification\""), ("Another", "all:x")];
    let env = with_subscriptions(TestEnv::with_arxiv(&fake).with_topics(&topics), &webhooks, &[ALL]);
    env.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), None));
    let output = env.run_once_without_failure(LATER);
    assert_eq!(output.topics.iter().map(|topic| topic.published).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(env.announced_news(), vec![(ID.to_owned(), 1, "published".to_owned()); 2]);
    let digests = webhooks.received_digests("hook0");
    let [digest] = &digests[..] else { panic!("{digests:?}") };
    assert_eq!(digest.papers[0].3, [TOPIC, "Another"]);
    assert_eq!(env.run_once_without_failure(NEXT_DAY).digest_sizes(), [0]);
}

#[test]
fn a_program_that_is_killed_before_its_message_arrived_sends_the_same_one_and_no_other() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks, &[ALL]);
    env.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), None));
    webhooks.hold_answers();
    let mut run = env.spawn_program(&["once", "--now", LATER]);
    webhooks.wait_for_requests("/hook0", 1);
    run.kill().unwrap();
    run.wait().unwrap();
    webhooks.release_answers();
    for now in [NEXT_DAY, DAY_AFTER] {
        env.run_once_without_failure(now);
    }
    let sent = webhooks.requests_at("/hook0");
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!(
        (&sent[0].body, &sent[0].headers["webhook-id"]),
        (&sent[1].body, &sent[1].headers["webhook-id"])
    );
    assert_eq!(env.announced_news(), [(ID.to_owned(), 1, "published".to_owned())]);
}

/// The list's row of the first paper.
fn row_of(list: &str) -> &str {
    list.lines().find(|line| line.contains("2503.20000v")).unwrap()
}

#[test]
fn a_row_gains_the_articles_link_and_stays_the_preprints_whatever_a_person_writes_there() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let (before, rows) = (env.list_text(), env.list_rows());
    fake.set_papers(with_article(&papers, Some(DOI), Some(JOURNAL)));
    env.run_once_without_failure(LATER);
    let expected = row_of(&before).replacen(")** |", &format!(")** [Published](https://doi.org/{DOI}) |"), 1);
    assert_eq!(env.list_text(), before.replacen(row_of(&before), &expected, 1), "and nothing else changes");
    assert_eq!(env.list_rows(), rows);
    for (what, mine) in [
        ("another cell", expected.replacen("</summary><p>", "</summary><p>MINE ", 1)),
        ("a word behind it", expected.replacen("00001-1) |", "00001-1) 🔥 |", 1)),
        ("without the link", row_of(&before).to_owned()),
        ("another order", {
            let (title, rest) = expected.split_once(" [Published]").unwrap();
            let (link, rest) = rest.split_once(" |").unwrap();
            format!("| [Published]{link} {} |{rest}", title.strip_prefix("| ").unwrap())
        }),
    ] {
        let list = env.list_text();
        let edited = list.replacen(row_of(&list), &mine, 1);
        assert_ne!(edited, list, "{what}");
        env.write_list(&edited);
        for now in [NEXT_DAY, DAY_AFTER] {
            let output = env.run_once_without_failure(now);
            assert_eq!((output.only_list().dismissed.len(), env.list_text()), (0, edited.clone()), "{what}");
        }
    }
    assert_eq!(env.announced_news().len(), 1);
}

#[test]
fn a_pull_request_says_what_was_published_and_keeps_the_row() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    env.run_once_well();
    let rows = env.expected_rows();
    env.papers[0].doi = Some(DOI.to_owned());
    env.run_once_well();
    let body = env.forge.lock_memory().pulls[1].body.clone();
    let group = body.split_once("**Published in a journal**").unwrap_or_else(|| panic!("{body}")).1;
    assert!(group.contains(&format!(", [journal](https://doi.org/{DOI}), [code](")), "{body}");
    assert!(!body.contains("**New**") && !body.contains("**Replaced"), "{body}");
    assert_eq!(env.rows(BRANCH), rows);
    env.merge_pull_request(2);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows("main")), (vec![], rows));
}

#[test]
fn a_list_with_such_a_row_is_imported_as_it_is() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let shown = with_article(&papers, Some(DOI), None);
    fake.set_papers(shown);
    env.run_once_without_failure(LATER);
    let list = env.list_text();
    let again = TestEnv::with_arxiv(&fake);
    again.write_list(&list);
    assert!(again.run_program(&["import", "README.md", "--now", LATER]).status.success());
    let output = again.run_once_without_failure(NEXT_DAY);
    assert_eq!((output.status_and_counts(), again.list_text()), (("quiet", 0, 0, 0), list));
    assert_eq!(again.announced_news(), []);
}

#[test]
fn a_deleted_row_stays_deleted_when_its_paper_is_published() {
    let papers = sample_papers(5);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    env.write_list(&list.replacen(&format!("{}\n", row_of(&list)), "", 1));
    fake.set_papers(with_article(&papers, Some(DOI), None));
    for now in [LATER, NEXT_DAY] {
        env.run_once_without_failure(now);
        assert!(!env.list_text().contains("2503.20000"));
    }
}

#[test]
fn exports_have_the_article_next_to_the_preprint() {
    let papers = sample_papers(3);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let lines = "feed = \"feed.xml\"\nbibtex = \"papers.bib\"\npage = \"page.html\"\n";
    let env = TestEnv::with_arxiv(&fake).with_list(lines);
    env.run_once_without_failure(NOW);
    fake.set_papers(with_article(&papers, Some(DOI), Some("J. of <script>alert(1)</script>")));
    env.run_once_without_failure(LATER);
    let address = format!("https://doi.org/{DOI}");
    for (file, link) in [
        ("feed.xml", format!("<link rel=\"related\" title=\"Journal\" href=\"{address}\"/>")),
        ("papers.bib", format!("doi = {{{DOI}}}")),
        ("page.html", format!("href=\"{}\"", address.replace('/', "&#x2f;"))),
    ] {
        let text = std::fs::read_to_string(env.path(file)).unwrap();
        assert_eq!(text.matches(&link).count(), 1, "{file}: {text}");
        assert_eq!(text.contains("<script>alert"), file == "papers.bib", "{file}: {text}");
        assert!(text.contains("2503.20000"), "{file}");
    }
}
