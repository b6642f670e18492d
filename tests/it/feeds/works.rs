//! One work is one paper, whichever source shows it first and under which identity, by whole runs of the program.

use std::time::Duration;

use paperwire::domain::{Author, Paper, PaperId, Revision};
use proptest::prelude::*;
use serde_json::Value;

use super::topics::{FOUND, FeedArticle, FeedEnv};
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::random_seeds::proptest_config;
use crate::support::repository_env::RepositoryEnv;
use crate::support::sample_papers::{newest_first, next_version, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TestEnv, stderr, stdout};

/// An article, and where it is.
pub(super) const ARTICLE: FeedArticle = FeedArticle {
    title: "Image classification of birds that sing at night",
    link: "https://doi.org/10.1000/birds",
    guid: "birds",
};
pub(super) const ARTICLE_ID: &str = "doi:10.1000/birds";

/// What only the article's own row has.
pub(super) const ARTICLE_ROW: &str = "](https://doi.org/10.1000/birds)**";

/// The article under another title than its preprint has.
pub(super) const RENAMED: FeedArticle =
    FeedArticle { title: "Night singers: image classification at work", ..ARTICLE };

/// The article's preprint.
pub(super) const PREPRINT_ID: &str = "arxiv:2503.30001";
pub(super) const THIRD_DAY: &str = "2025-03-28T20:00:00Z";
pub(super) const FOURTH_DAY: &str = "2025-03-29T20:00:00Z";

pub(super) fn preprint() -> Paper {
    Paper {
        id: PaperId::from_stored(PREPRINT_ID.to_owned()),
        revision: Revision::FIRST,
        title: "Image Classification of Birds that Sing at Night".to_owned(),
        authors: vec![Author { name: "Ada Lovelace".to_owned(), affiliations: vec![] }],
        doi: None,
        journal_ref: None,
        published: Some("2025-03-26T10:00:00Z".parse().unwrap()),
        ..sample_paper(0)
    }
}

pub(super) fn preprint_with_doi() -> Paper {
    Paper { doi: Some("10.1000/birds".to_owned()), ..preprint() }
}

impl FeedEnv {
    pub(super) fn show_preprint(&self, preprint: Option<Paper>) {
        self.arxiv.set_papers(newest_first(preprint.into_iter().chain(sample_papers(5)).collect()));
    }

    /// New, replaced and seeded in all topics.
    pub(super) fn run_and_count_new_replaced_seeded(&self, now: &str) -> (u64, u64, u64) {
        let output = self.env.run_once(now);
        assert_eq!(output.status, 0, "{output:?}");
        let sum = |count: fn(&crate::support::test_env::OnceTopicOutput) -> u64| {
            output.topics.iter().map(count).sum()
        };
        (sum(|topic| topic.new), sum(|topic| topic.replaced), sum(|topic| topic.seeded))
    }

    pub(super) fn rows_with(&self, words: &str) -> Vec<String> {
        let list = self.env.list_text();
        list.lines().filter(|line| line.starts_with('|') && line.contains(words)).map(str::to_owned).collect()
    }

    pub(super) fn explain(&self, id: &str) -> Value {
        let output = self.env.run_program(&["explain", id, "--json", "--now", FOURTH_DAY]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    pub(super) fn paper_command(&self, words: &[&str]) -> (i32, String) {
        let line: Vec<&str> = ["paper"].iter().chain(words).chain(&["--now", FOURTH_DAY]).copied().collect();
        let output = self.env.run_program(&line);
        (output.status.code().unwrap(), format!("{}{}", stdout(&output), stderr(&output)))
    }

    /// All that the history has but how far the polls have come.
    fn papers_and_news(&self) -> Vec<Vec<Vec<rusqlite::types::Value>>> {
        let mut rows = self.env.history_rows();
        rows.pop();
        rows
    }

    pub(super) fn news(&self) -> Vec<(String, u32, String)> {
        self.env.announced_news()
    }
}

/// The papers that a webhook's message announces, and why.
fn announced_papers(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let papers = body["data"]["papers"].as_array().unwrap().iter();
    papers
        .map(|paper| format!("{} {}", paper["id"].as_str().unwrap(), paper["news"].as_str().unwrap()))
        .collect()
}

pub(super) fn new(id: &str, version: u32) -> (String, u32, String) {
    (id.to_owned(), version, "new".to_owned())
}

/// A feed and an arXiv that have been seen, with neither article nor preprint.
pub(super) fn known_sources() -> FeedEnv {
    let env = FeedEnv::new();
    env.show(&[FOUND]);
    env.run(NOW);
    env
}

#[test]
fn a_preprint_of_a_known_article_is_that_paper_and_is_announced_once() {
    for (what, preprint, article) in
        [("by evidence", preprint(), ARTICLE), ("by its DOI", preprint_with_doi(), RENAMED)]
    {
        let webhooks = FakeWebhooks::start();
        let env = FeedEnv::new();
        let sink = webhooks.sink_config(&env.env, "hook", "webhook");
        let include = "include = [\"new\", \"replacement\"]\nwhen = \"now\"";
        let env = env.with_config_lines(&format!("{sink}[[subscription]]\nsink = \"hook\"\n{include}\n"));
        env.show(&[FOUND]);
        env.run(NOW);
        env.show(&[article, FOUND]);
        assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0), "{what}");
        assert_eq!((env.news(), env.rows_with(ARTICLE_ROW).len()), (vec![new(ARTICLE_ID, 0)], 1));
        env.show_preprint(Some(preprint.clone()));
        assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0), "{what}");
        assert_eq!(env.news(), [new(PREPRINT_ID, 0)], "{what}: it is displayed as arXiv's");
        assert_eq!(env.rows_with("abs/2503.30001v1").len(), 1, "{what}: {}", env.env.list_text());
        assert_eq!(env.rows_with(ARTICLE_ROW).len(), 0, "{what}: {}", env.env.list_text());
        let history = env.papers_and_news();
        assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0), "{what}");
        assert!(env.papers_and_news() == history, "{what}: a second read changes nothing");
        env.show_preprint(Some(next_version(&preprint, 1)));
        assert_eq!(env.run_and_count_new_replaced_seeded(FOURTH_DAY), (0, 1, 0), "{what}");
        let told: Vec<String> =
            webhooks.requests_at("/hook").iter().flat_map(|heard| announced_papers(&heard.body)).collect();
        assert_eq!(told, [format!("{ARTICLE_ID} new"), format!("{PREPRINT_ID} replacement")], "{what}");
    }
}

#[test]
fn an_article_of_a_known_preprint_is_that_paper() {
    for (what, preprint, article, is_published) in [
        ("by evidence", preprint(), ARTICLE, true),
        ("by its DOI, which was known", preprint_with_doi(), RENAMED, false),
    ] {
        let env = known_sources();
        env.show_preprint(Some(preprint));
        assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0), "{what}");
        let rows = env.rows_with("2503.30001").len();
        env.show(&[article, FOUND]);
        assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0), "{what}");
        let published = is_published.then(|| (PREPRINT_ID.to_owned(), 1, "published".to_owned()));
        let news: Vec<_> = [new(PREPRINT_ID, 1)].into_iter().chain(published).collect();
        assert_eq!((env.news(), env.rows_with("2503.30001").len(), rows), (news, 1, 1), "{what}");
        let history = env.papers_and_news();
        assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0), "{what}");
        assert!(env.papers_and_news() == history, "{what}: a second read changes nothing");
        for id in [ARTICLE_ID, "https://doi.org/10.1000/BIRDS", PREPRINT_ID] {
            assert_eq!(env.explain(id)["id"], PREPRINT_ID, "{what}: {id}");
        }
        let found = env.env.run_program(&["search", "10.1000/birds"]);
        assert!(stdout(&found).contains("2503.30001"), "{what}: {found:?}");
    }
}

#[test]
fn the_evidence_of_a_join_is_explained() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.run(LATER);
    env.show(&[ARTICLE, FOUND]);
    env.run(NEXT_DAY);
    let explained = env.explain(PREPRINT_ID);
    let identities = serde_json::json!([
        { "id": PREPRINT_ID, "source": "arxiv" },
        { "id": ARTICLE_ID, "source": "lab" },
    ]);
    assert_eq!(explained["identities"], identities);
    let joined = &explained["joined"][0];
    assert_eq!((&joined["id"], &joined["is_certain"]), (&ARTICLE_ID.into(), &false.into()));
    assert_eq!(joined["why"], "same title, first author Ada Lovelace, on the same day");
    let output = env.env.run_program(&["explain", ARTICLE_ID, "--now", FOURTH_DAY]);
    let text = stdout(&output);
    for words in [
        "known as    doi:10.1000/birds: shown by lab",
        "first author Ada Lovelace",
        "paper split doi:10.1000/birds",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_paper_is_found_by_every_title_that_it_had() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.run(LATER);
    let corrected =
        Paper { title: "Image classification of owls".to_owned(), ..next_version(&preprint(), 1) };
    env.show_preprint(Some(corrected));
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 1, 0));
    env.show(&[ARTICLE, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0));
    assert_eq!(env.explain(ARTICLE_ID)["id"], PREPRINT_ID);
}

#[test]
fn a_title_that_others_have_too_does_not_make_one_work() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.run(LATER);
    let stranger = ARTICLE.item().replace("Ada Lovelace", "Grace Hopper");
    env.show_items(&[stranger, FOUND.item()]);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (1, 0, 0));
    assert_eq!(env.news(), [new(PREPRINT_ID, 1), new(ARTICLE_ID, 0)]);
    let similar = &env.explain(ARTICLE_ID)["similar"][0];
    assert_eq!((&similar["id"], &similar["percent"]), (&PREPRINT_ID.into(), &100.into()), "a hint");
}

#[test]
fn what_a_page_has_every_week_under_one_title_is_each_week_new() {
    let env = known_sources();
    let week = |link, guid| FeedArticle { title: "Image classification this week: what to read", link, guid };
    let first = week("https://lab.example.org/weeks/1", "week 1").item();
    env.show_items(&[first.clone(), FOUND.item()]);
    assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0));
    let second = week("https://lab.example.org/weeks/2", "week 2").item().replace("26 Mar", "27 Mar");
    env.show_items(&[second, first, FOUND.item()]);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (1, 0, 0));
}

#[test]
fn two_items_of_one_answer_are_one_work() {
    let env = known_sources();
    let page = FeedArticle { link: "https://lab.example.org/birds", guid: "birds-page", ..ARTICLE };
    env.show(&[ARTICLE, page, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0));
    assert_eq!((env.news(), env.rows_with("birds").len()), (vec![new(ARTICLE_ID, 0)], 1));
    let history = env.papers_and_news();
    env.show(&[page, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0));
    assert!(env.papers_and_news() == history);
    assert_eq!(env.explain("https://lab.example.org/birds")["id"], ARTICLE_ID);
}

#[test]
fn what_one_item_is_shown_under_another_is_known_by() {
    let both = FeedArticle { link: "https://arxiv.org/abs/2503.30001", guid: "10.1000/birds", ..ARTICLE };
    for items in [[both, RENAMED, FOUND], [RENAMED, both, FOUND]] {
        let env = known_sources();
        env.show_preprint(Some(preprint()));
        assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0));
        env.show(&items);
        assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0), "{items:?}");
        assert_eq!(env.explain(ARTICLE_ID)["id"], PREPRINT_ID, "{items:?}");
        assert_eq!(env.rows_with("birds").len() + env.rows_with("2503.30001").len(), 2, "{items:?}");
        let history = env.papers_and_news();
        assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0), "{items:?}");
        assert!(env.papers_and_news() == history, "{items:?}: a second read changes nothing");
    }
}

#[test]
fn a_record_that_names_another_paper_of_arxivs_is_not_that_paper() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0));
    let second = Paper {
        id: PaperId::from_stored("arxiv:2503.30002".to_owned()),
        title: "Image Classification of Birds that Sing at Night, Part Two".to_owned(),
        doi: Some("10.48550/arXiv.2503.30001".to_owned()),
        ..preprint()
    };
    env.arxiv.set_papers(newest_first([second, preprint()].into_iter().chain(sample_papers(5)).collect()));
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (1, 0, 0));
    assert_eq!(env.news(), [new(PREPRINT_ID, 1), new("arxiv:2503.30002", 1)]);
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0));
}

/// An article and a preprint that nothing joins yet, each with its row.
pub(super) fn two_papers() -> FeedEnv {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.show(&[RENAMED, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (2, 0, 0));
    assert_eq!((env.rows_with(ARTICLE_ROW).len(), env.rows_with("2503.30001").len()), (1, 1));
    env
}

/// What a person does to a line of a list.
type LineEdit<'e> = &'e dyn Fn(&str) -> String;

#[test]
fn two_papers_become_one_when_a_record_names_both_and_so_do_their_rows() {
    let in_row = |list: &str, row: &str, change: &dyn Fn(&str) -> String| -> String {
        let lines =
            list.lines().map(|line| if line.contains(row) { change(line) } else { line.to_owned() + "\n" });
        lines.collect()
    };
    let note =
        |line: &str| format!("{}\n", line.replace("Ada Lovelace", "Ada").replacen(" |", " *mine* |", 2));
    let gone = |_: &str| String::new();
    let cases: [(&str, &str, LineEdit<'_>, usize, bool); 4] = [
        ("nobody touched them", "no such row", &note, 1, false),
        ("the article's was edited", ARTICLE_ROW, &note, 1, true),
        ("the article's was deleted", ARTICLE_ROW, &gone, 1, false),
        ("the preprint's was deleted", "2503.30001", &gone, 1, false),
    ];
    for (what, row, change, rows, is_edited) in cases {
        let env = two_papers();
        env.env.write_list(&in_row(&env.env.list_text(), row, change));
        env.show_preprint(Some(preprint_with_doi()));
        let output = env.env.run_once(NEXT_DAY);
        assert_eq!(output.status, 0, "{what}: {output:?}");
        let found: Vec<String> =
            [env.rows_with(ARTICLE_ROW), env.rows_with("2503.30001")].concat().into_iter().collect();
        assert_eq!(found.len(), rows, "{what}: {}", env.env.list_text());
        assert_eq!(found[0].contains("*mine*"), is_edited, "{what}: {found:?}");
        // What a person deleted before the two were one is noted as that paper's alone.
        let dismissed = env.env.run_program(&["list", "dismissed"]);
        assert!(stdout(&dismissed).contains("nothing was taken out"), "{what}: {dismissed:?}");
        let list = env.env.list_text();
        assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0), "{what}");
        assert_eq!(env.env.list_text(), list, "{what}: a second run changes nothing");
        let news: Vec<String> = env.news().into_iter().map(|news| news.0).collect();
        assert_eq!(news, [PREPRINT_ID; 2], "{what}: what was announced stays so");
        assert_eq!(env.explain(ARTICLE_ID)["id"], PREPRINT_ID, "{what}");
    }
}

#[test]
fn a_work_whose_row_was_deleted_stays_deleted_under_its_new_identity() {
    let env = known_sources();
    env.show(&[RENAMED, FOUND]);
    env.run(LATER);
    let list = env.env.list_text();
    let kept: String = list
        .lines()
        .filter(|line| !line.contains("10.1000/birds"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    env.env.write_list(&kept);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0));
    env.show_preprint(Some(preprint_with_doi()));
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0));
    assert_eq!(env.rows_with("2503.30001"), [""; 0], "{}", env.env.list_text());
    let restored = env.env.run_program(&["list", "restore", "doi:10.1000/birds"]);
    assert!(restored.status.success(), "{restored:?}");
    env.run_and_count_new_replaced_seeded(FOURTH_DAY);
    assert_eq!(env.rows_with("2503.30001").len(), 1, "{}", env.env.list_text());
}

#[test]
fn what_evidence_joined_is_taken_apart_and_joined_by_a_persons_word() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.run(LATER);
    env.show(&[ARTICLE, FOUND]);
    env.run(NEXT_DAY);
    let (status, words) = env.paper_command(&["split", "2503.30001"]);
    assert_eq!(status, 0, "{words}");
    assert_eq!(words, format!("{ARTICLE_ID} is a paper of its own again, next to {PREPRINT_ID}\n"));
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0), "neither is new");
    assert_eq!(env.news(), [new(PREPRINT_ID, 1)], "that it was published is taken back");
    assert_eq!((env.rows_with(ARTICLE_ROW).len(), env.rows_with("2503.30001").len()), (1, 1));
    assert_eq!(env.explain(ARTICLE_ID)["id"], ARTICLE_ID);
    let (status, words) = env.paper_command(&["split", "2503.30001"]);
    assert_eq!(status, 2, "{words}");
    assert!(words.contains("is one paper: nothing was joined to it"), "{words}");
    // The feed forgets all its keys, and evidence alone would say that it is the preprint.
    let moved = FeedArticle { link: "https://lab.example.org/birds", guid: "moved", ..ARTICLE };
    env.show(&[moved, FOUND]);
    env.run("2025-03-28T21:00:00Z");
    assert_eq!(env.explain(PREPRINT_ID)["joined"], serde_json::json!([]));
    env.show(&[ARTICLE, FOUND]);
    let (status, words) = env.paper_command(&["merge", ARTICLE_ID, "2503.30001"]);
    assert_eq!(status, 0, "{words}");
    assert_eq!(env.run_and_count_new_replaced_seeded(FOURTH_DAY), (0, 0, 0));
    assert_eq!((env.rows_with(ARTICLE_ROW).len(), env.rows_with("2503.30001").len()), (0, 1));
    assert_eq!(env.explain(ARTICLE_ID)["joined"][0]["why"], "merged by hand");
    let (status, words) = env.paper_command(&["merge", ARTICLE_ID, "2503.30001"]);
    assert_eq!((status, words.contains("is one paper already")), (2, true), "{words}");
    assert_eq!(env.paper_command(&["split", ARTICLE_ID]).0, 0);
    assert_eq!(env.explain(ARTICLE_ID)["id"], ARTICLE_ID);
}

#[test]
fn what_evidence_joined_stays_so_when_arxiv_itself_shows_it() {
    let env = known_sources();
    env.show(&[ARTICLE, FOUND]);
    env.run(LATER);
    let of_arxiv = FeedArticle { link: "https://arxiv.org/abs/2503.30001", guid: "preprint", ..ARTICLE };
    env.show(&[of_arxiv, ARTICLE, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0));
    assert_eq!(env.explain("2503.30001")["id"], ARTICLE_ID, "no source of numbered versions has shown it");
    env.show_preprint(Some(preprint()));
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0));
    assert_eq!(env.explain(ARTICLE_ID)["id"], PREPRINT_ID);
    let (status, words) = env.paper_command(&["split", PREPRINT_ID]);
    assert_eq!((status, words.contains(ARTICLE_ID)), (0, true), "{words}");
    check_whole(&env.env);
    assert_eq!(env.run_and_count_new_replaced_seeded(FOURTH_DAY), (0, 0, 0));
    assert_eq!(env.news().len(), 1, "{:?}", env.news());
    for id in [ARTICLE_ID, PREPRINT_ID] {
        assert_eq!(env.explain(id)["id"], id);
    }
}

#[test]
fn what_is_certain_is_not_taken_apart_and_the_key_is_named() {
    let env = two_papers();
    env.show_preprint(Some(preprint_with_doi()));
    env.run(NEXT_DAY);
    for id in [PREPRINT_ID, ARTICLE_ID] {
        let (status, words) = env.paper_command(&["split", id]);
        assert_eq!(status, 2, "{words}");
        assert!(words.contains("certainly one work, by the key doi:10.1000/birds"), "{words}");
    }
    for (words, reason) in [
        (&["split", "2503.00001"][..], "the history has no arxiv:2503.00001"),
        (&["split", "some words"], "names no paper"),
        (&["merge", "2503.30001", "2503.00001"], "the history has no arxiv:2503.00001"),
    ] {
        let (status, said) = env.paper_command(words);
        assert_eq!((status, said.contains(reason)), (2, true), "{said}");
    }
}

#[test]
fn a_program_that_is_killed_while_it_joins_or_splits_leaves_whole_papers() {
    let env = known_sources();
    env.show_preprint(Some(preprint()));
    env.show(&[ARTICLE, FOUND]);
    env.run(LATER);
    for milliseconds in [0, 2, 4, 8, 16, 32] {
        for words in [&["split", "2503.30001"][..], &["merge", "2503.30001", ARTICLE_ID]] {
            let line: Vec<&str> = ["paper"].iter().chain(words).copied().collect();
            let mut child = env.env.spawn_program(&line);
            std::thread::sleep(Duration::from_millis(milliseconds));
            let _ = child.kill();
            child.wait().unwrap();
            check_whole(&env.env);
        }
    }
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0));
}

/// Every paper has its own key, and nothing leads to a paper that is gone.
pub(super) fn check_whole(env: &TestEnv) {
    let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    let count = |sql: &str| -> i64 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let without_key = "SELECT count(*) FROM papers p WHERE NOT EXISTS
         (SELECT 1 FROM paper_keys k WHERE k.key = p.paper_id AND k.paper = p.id)";
    assert_eq!(count(without_key), 0);
    let miscounted = "SELECT count(*) FROM topics t
         WHERE known <> (SELECT count(*) FROM sightings s WHERE s.topic = t.id)";
    assert_eq!(count(miscounted), 0);
}

#[test]
fn rows_of_a_list_in_a_repository_follow_papers_that_become_one() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.add_papers(1);
    env.run_once_well();
    let proposed = env.open_pull_requests();
    if let [number] = proposed[..] {
        env.merge_pull_request(number);
    }
    env.run_once_well();
    let [kept, part] = [&env.papers[0], &env.papers[1]].map(|paper| paper.id.as_str().to_owned());
    let has = |rows: &[String], id: &str| rows.iter().any(|row| row.starts_with(&id[6..]));
    let before = env.rows("main");
    assert!(has(&before, &kept) && has(&before, &part), "{before:?}");
    let merged = env.local.run_program(&["paper", "merge", &kept, &part]);
    assert!(merged.status.success(), "{merged:?}");
    env.run_once_well();
    let [number] = env.open_pull_requests()[..] else { panic!("it is proposed") };
    let (head, body) = {
        let memory = env.forge.lock_memory();
        (memory.pulls[number - 1].head.clone(), memory.pulls[number - 1].body.clone())
    };
    let rows = env.rows(&head);
    assert_eq!(rows.len(), before.len() - 1, "{rows:?}");
    assert!(has(&rows, &kept) && !has(&rows, &part), "{rows:?}");
    assert!(!body.contains("taken out") && !body.contains("Deleted"), "{body}");
    env.merge_pull_request(number);
    env.run_once_well();
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows("main")), (vec![], rows));
    let dismissed = env.local.run_program(&["list", "dismissed"]);
    assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
}

/// What comes in the test of orders: four works in six items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Preprint,
    Article,
    PreprintWithDoi,
    ArticleOfDoi,
    StrangersPreprint,
    StrangersArticle,
}

const ARRIVALS: [Arrival; 6] = [
    Arrival::Preprint,
    Arrival::Article,
    Arrival::PreprintWithDoi,
    Arrival::ArticleOfDoi,
    Arrival::StrangersPreprint,
    Arrival::StrangersArticle,
];

impl Arrival {
    fn paper(self) -> Option<Paper> {
        let other = |id: &str, title: &str, doi: Option<&str>| Paper {
            id: PaperId::from_stored(id.to_owned()),
            title: title.to_owned(),
            doi: doi.map(str::to_owned),
            ..preprint()
        };
        match self {
            Self::Preprint => Some(preprint()),
            Self::PreprintWithDoi => Some(other(
                "arxiv:2503.30002",
                "Image classification in caves and mines",
                Some("10.1000/caves"),
            )),
            Self::StrangersPreprint => {
                Some(other("arxiv:2503.30003", "Image classification for everybody who asks", None))
            }
            Self::Article | Self::ArticleOfDoi | Self::StrangersArticle => None,
        }
    }

    fn item(self) -> Option<String> {
        let other = |title, link, guid| FeedArticle { title, link, guid }.item();
        match self {
            Self::Article => Some(ARTICLE.item()),
            Self::ArticleOfDoi => {
                Some(other("Underground: image classification", "https://doi.org/10.1000/caves", "caves"))
            }
            Self::StrangersArticle => Some(
                other("Image classification for everybody who asks", "https://doi.org/10.1000/all", "all")
                    .replace("Ada Lovelace", "Grace Hopper"),
            ),
            Self::Preprint | Self::PreprintWithDoi | Self::StrangersPreprint => None,
        }
    }
}

proptest! {
    #![proptest_config(proptest_config(6))]

    #[test]
    fn in_whatever_order_works_come_each_is_one_paper_and_new_once(
        order in Just(ARRIVALS.to_vec()).prop_shuffle(),
    ) {
        let env = known_sources();
        for count in 1..=order.len() {
            let (papers, items): (Vec<_>, Vec<_>) =
                order[..count].iter().map(|arrival| (arrival.paper(), arrival.item())).unzip();
            env.arxiv.set_papers(newest_first(papers.into_iter().flatten().chain(sample_papers(5)).collect()));
            let items: Vec<String> = items.into_iter().flatten().chain([FOUND.item()]).collect();
            env.show_items(&items);
            env.run_and_count_new_replaced_seeded(&format!("2025-03-27T{count:02}:00:00Z"));
        }
        let news = env.news().into_iter().filter(|(.., kind)| kind == "new");
        let news: Vec<String> = news.map(|(id, _, kind)| format!("{id} {kind}")).collect();
        let expected = [PREPRINT_ID, "arxiv:2503.30002", "arxiv:2503.30003", "doi:10.1000/all"];
        prop_assert_eq!(news, expected.map(|id| format!("{id} new")), "{:?}", order);
        check_whole(&env.env);
        let history = env.papers_and_news();
        prop_assert_eq!(env.run_and_count_new_replaced_seeded("2025-03-27T12:00:00Z"), (0, 0, 0));
        prop_assert!(env.papers_and_news() == history, "a second read changes nothing");
    }
}
