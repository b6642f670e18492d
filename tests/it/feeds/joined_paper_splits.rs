//! What becomes of papers that were taken for one work, by whole runs of the program: the links that they are known by, and
//! what parts them again.

use paperwire::domain::Paper;

use super::topics::{FOUND, FeedArticle, FeedEnv};
use super::works::{
    ARTICLE, ARTICLE_ID, ARTICLE_ROW, FOURTH_DAY, PREPRINT_ID, THIRD_DAY, check_whole, known_sources, new,
    preprint, preprint_with_doi, two_papers,
};
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::test_env::{LATER, NEXT_DAY, NOW, stdout};

const FIFTH_DAY: &str = "2025-03-30T20:00:00Z";

fn published() -> (String, u32, String) {
    (PREPRINT_ID.to_owned(), 1, "published".to_owned())
}

/// A preprint that evidence has made one work with an article, so that it counts as published; that is announced to a
/// webhook.
fn wrongly_published(webhooks: &FakeWebhooks) -> FeedEnv {
    let env = FeedEnv::new();
    let sink = webhooks.sink_config(&env.env, "hook", "webhook");
    let subscription = "[[subscription]]\nsink = \"hook\"\ninclude = [\"published\"]\nwhen = \"now\"\n";
    let env = env.with_config_lines(&format!("{sink}{subscription}"));
    env.show(&[FOUND]);
    env.run(NOW);
    env.show_preprint(Some(preprint()));
    env.run(LATER);
    env.show(&[ARTICLE, FOUND]);
    env.run(NEXT_DAY);
    assert_eq!(env.news(), [new(PREPRINT_ID, 1), published()]);
    env
}

#[test]
fn a_row_that_links_arxiv_is_of_the_article_that_a_feed_shows_under_both_identifiers() {
    let env = known_sources();
    let both = FeedArticle { link: "https://arxiv.org/abs/2503.30001", guid: "10.1000/birds", ..ARTICLE };
    env.show(&[ARTICLE, both, FOUND]);
    assert_eq!(env.run_and_count_new_replaced_seeded(LATER), (1, 0, 0));
    let list = env.env.list_text();
    let edited = list.replace("https://doi.org/10.1000/birds", "https://arxiv.org/abs/2503.30001");
    assert_ne!(edited, list);
    env.env.write_list(&edited);
    assert_eq!(env.run_and_count_new_replaced_seeded(NEXT_DAY), (0, 0, 0));
    assert_eq!(env.env.list_text(), edited, "it is the same row, as a person left it");
    check_whole(&env.env);
    let dismissed = env.env.run_program(&["list", "dismissed"]);
    assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
    assert_eq!(env.explain("2503.30001")["id"], ARTICLE_ID);
}

#[test]
fn a_preprint_that_was_split_from_an_article_is_published_by_its_own_one_and_that_is_news() {
    let webhooks = FakeWebhooks::start();
    let env = wrongly_published(&webhooks);
    assert_eq!(env.paper_command(&["split", PREPRINT_ID]).0, 0);
    assert_eq!(env.run_and_count_new_replaced_seeded(THIRD_DAY), (0, 0, 0));
    assert_eq!(env.news(), [new(PREPRINT_ID, 1)]);
    let rows = env.rows_with("2503.30001");
    assert!(rows.len() == 1 && !rows[0].contains("[Published]"), "{rows:?}");
    env.show_preprint(Some(Paper { doi: Some("10.1000/own".to_owned()), ..preprint() }));
    assert_eq!(env.run_and_count_new_replaced_seeded(FOURTH_DAY), (0, 0, 0));
    assert_eq!(env.news(), [new(PREPRINT_ID, 1), published()]);
    assert!(env.rows_with("2503.30001")[0].contains("[Published](https://doi.org/10.1000/own)"));
    env.run(FIFTH_DAY);
    let told: Vec<bool> =
        webhooks.requests_at("/hook").iter().map(|heard| heard.body.contains("10.1000/own")).collect();
    assert_eq!(told, [false, true], "each article once");
}

#[test]
fn a_preprint_that_arxiv_says_has_appeared_stays_published_if_it_is_split_from_an_article() {
    let webhooks = FakeWebhooks::start();
    let env = wrongly_published(&webhooks);
    let appeared = Paper { journal_ref: Some("J. of Birds 3".to_owned()), ..preprint() };
    env.show_preprint(Some(appeared.clone()));
    env.run(THIRD_DAY);
    assert_eq!(env.paper_command(&["split", PREPRINT_ID]).0, 0);
    env.show_preprint(Some(Paper { doi: Some("10.1000/own".to_owned()), ..appeared }));
    for now in [FOURTH_DAY, FIFTH_DAY] {
        assert_eq!(env.run_and_count_new_replaced_seeded(now), (0, 0, 0));
    }
    assert_eq!(env.news(), [new(PREPRINT_ID, 1), published()]);
    assert_eq!(webhooks.requests_at("/hook").len(), 1);
}

#[test]
fn an_article_that_evidence_joined_is_let_go_if_arxiv_names_another_one() {
    let webhooks = FakeWebhooks::start();
    let env = wrongly_published(&webhooks);
    env.show_preprint(Some(Paper { doi: Some("10.1000/own".to_owned()), ..preprint() }));
    for now in [THIRD_DAY, FOURTH_DAY] {
        assert_eq!(env.run_and_count_new_replaced_seeded(now), (0, 0, 0));
        assert_eq!(env.news(), [new(PREPRINT_ID, 1), published()], "nothing is told again");
        assert_eq!(env.explain(ARTICLE_ID)["id"], ARTICLE_ID);
        assert_eq!(env.rows_with(ARTICLE_ROW).len(), 1);
        assert!(env.rows_with("2503.30001")[0].contains("[Published](https://doi.org/10.1000/own)"));
    }
    check_whole(&env.env);
    assert_eq!(webhooks.requests_at("/hook").len(), 1);
}

#[test]
fn as_published_the_preprints_are_reported_whose_articles_are_news() {
    let env = two_papers();
    env.show_preprint(Some(preprint_with_doi()));
    let output = env.env.run_once(NEXT_DAY);
    let reported: u64 = output.topics.iter().map(|topic| topic.published).sum();
    let news = env.news();
    assert_eq!((reported, news.iter().filter(|news| **news == published()).count()), (0, 0), "{news:?}");
}
