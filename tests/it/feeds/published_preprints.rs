//! An article in a journal's feed whose preprint is known: it is no new paper, and the preprint is published.

use paperwire::domain::Paper;

use super::fake_server::{FakeFeedServer, FeedReply};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NEXT_DAY, NOW, OnceOutput, TestEnv};

const PREPRINT: &str = "arxiv:2503.20000";

/// An item of a journal, which names the preprint that it was.
fn article(doi: &str, preprint: &str, journal: &str) -> String {
    format!(
        "<item><title>Image classification in a journal</title><link>https://journal.example.org/{doi}?rss=1</link>\
         <guid isPermaLink=\"false\">{doi}</guid><dc:identifier>{preprint}</dc:identifier><prism:doi>{doi}</prism:doi>\
         <prism:publicationName>{journal}</prism:publicationName><dc:creator>Ada Lovelace</dc:creator>\
         <description>What is in it, in a sentence.</description></item>"
    )
}

fn rss(items: &[String]) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:prism=\"http://prismstandard.org/namespaces/basic/2.0/\"><channel><title>A journal</title>\
         <link>https://journal.example.org/</link>{}</channel></rss>",
        items.concat()
    )
}

/// An arXiv, the feeds of two journals, and the program that asks all three.
struct JournalEnv {
    env: TestEnv,
    server: FakeFeedServer,
    arxiv: FakeArxiv,
}

impl JournalEnv {
    fn with_papers(papers: Vec<Paper>) -> Self {
        let arxiv = FakeArxiv::serve_papers(papers);
        let server = FakeFeedServer::start_on_thread();
        let source = |name: &str| {
            let url = server.url(&format!("/{name}"));
            format!(
                "[[source]]\nname = \"{name}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n\n"
            )
        };
        let env = TestEnv::with_arxiv(&arxiv)
            .with_topic_lines("sources = [\"arxiv\", \"second\", \"journal\"]\n")
            .with_config_lines(&(source("second") + &source("journal")));
        let env = Self { env, server, arxiv };
        env.show("second", &[]);
        env.show("journal", &[]);
        env
    }

    fn show(&self, feed: &str, items: &[String]) {
        self.server.reply_at(&format!("/{feed}"), FeedReply::status(200, "", &rss(items)));
    }

    /// The run's news of these sources: how many papers were new, and how many were published.
    fn run(&self, now: &str) -> (u64, u64) {
        let OnceOutput { topics, .. } = self.env.run_once_without_failure(now);
        (topics.iter().map(|topic| topic.new).sum(), topics.iter().map(|topic| topic.published).sum())
    }

    fn announced(&self) -> Vec<(String, String)> {
        self.env.announced_news().into_iter().map(|(id, _, kind)| (id, kind)).collect()
    }

    fn rows_with(&self, text: &str) -> usize {
        self.env.list_text().lines().filter(|line| line.contains(text)).count()
    }
}

#[test]
fn an_article_of_a_known_preprint_is_that_preprint_published_once() {
    let env = JournalEnv::with_papers(sample_papers(5));
    env.run(NOW);
    let rows = env.env.list_rows();
    let item = article("10.1000/A", "arXiv:2503.20000", "Nature");
    env.show("journal", std::slice::from_ref(&item));
    assert_eq!(env.run(LATER), (0, 1));
    assert_eq!(env.announced(), [(PREPRINT.to_owned(), "published".to_owned())]);
    assert_eq!(env.env.list_rows(), rows, "no row is added");
    assert_eq!(env.rows_with("2503.20000v1)** [Published](https://doi.org/10.1000/A) |"), 1);
    let list = env.env.list_text();
    // The article again, in other words, and by another feed.
    env.show("journal", &[item.replace("Nature", "Nature (London)").replace("rss=1", "rss=2")]);
    env.show("second", &[article("10.1000/B", "arXiv:2503.20000", "Science")]);
    for now in [NEXT_DAY, "2025-03-28T20:00:00Z"] {
        assert_eq!((env.run(now), env.env.list_text()), ((0, 0), list.clone()), "{now}");
    }
}

#[test]
fn arxivs_own_record_of_the_same_article_later_is_no_news() {
    let papers = sample_papers(5);
    let env = JournalEnv::with_papers(papers.clone());
    env.run(NOW);
    env.show("journal", &[article("10.1000/A", "arXiv:2503.20000", "Nature")]);
    assert_eq!(env.run(LATER), (0, 1));
    let named = Paper { doi: Some("10.1000/a".to_owned()), ..papers[0].clone() };
    env.arxiv.set_papers(std::iter::once(named).chain(papers[1..].iter().cloned()).collect());
    for now in [NEXT_DAY, "2025-03-28T20:00:00Z"] {
        assert_eq!(env.run(now), (0, 0), "{now}");
    }
    assert_eq!(env.rows_with("[Published](https://doi.org/10.1000/a)"), 1);
}

#[test]
fn a_journals_first_poll_is_silent_and_its_preprints_are_shown_with_their_articles() {
    let env = JournalEnv::with_papers(sample_papers(5));
    env.server.reply_at("/journal", FeedReply::status(404, "", "not yet"));
    env.env.run_once(NOW);
    env.show("journal", &[article("10.1000/a", "arXiv:2503.20000", "Cell")]);
    for now in [LATER, NEXT_DAY] {
        assert_eq!(env.run(now), (0, 0), "{now}");
    }
    assert_eq!((env.announced(), env.rows_with("[Published](https://doi.org/10.1000/a)")), (vec![], 1));
}

#[test]
fn an_article_of_a_preprint_that_nobody_knows_is_new_and_nothing_else() {
    let env = JournalEnv::with_papers(sample_papers(5));
    env.run(NOW);
    env.show("journal", &[article("10.1000/a", "arXiv:2503.29999", "Cell")]);
    assert_eq!(env.run(LATER), (1, 0));
    assert_eq!(env.run(NEXT_DAY), (0, 0));
    assert_eq!(env.announced(), [("arxiv:2503.29999".to_owned(), "new".to_owned())]);
}
