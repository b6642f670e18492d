//! A topic that feeds have papers for, in addition to arXiv or alone, by whole runs of the program.

use std::time::Duration;

use super::fake_server::{FakeFeedServer, FeedReply};
use crate::daemon::{BEFORE_A_POLL, Daemon};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NEXT_DAY, NOW, OnceOutput, TOPIC, TestEnv, stderr, stdout};

/// An article that the topic's query finds, one that it does not find, and a preprint of arXiv's that the topic has.
pub(super) const FOUND: FeedArticle = FeedArticle {
    title: "On image classification with a microscope in the dark",
    link: "https://doi.org/10.1000/found",
    guid: "a",
};
const OTHER: FeedArticle =
    FeedArticle { title: "On birds that sing at night", link: "https://doi.org/10.1000/other", guid: "b" };
const KNOWN: FeedArticle = FeedArticle {
    title: "Image classification as another page calls it",
    link: "https://arxiv.org/abs/2503.20000",
    guid: "c",
};
const NEXT: FeedArticle = FeedArticle {
    title: "Image classification of everything that is left over",
    link: "https://doi.org/10.1000/next",
    guid: "d",
};

const SECOND: FeedArticle = FeedArticle {
    title: "Image classification by those who came second",
    link: "https://doi.org/10.1000/second",
    guid: "e",
};
const THIRD: FeedArticle = FeedArticle {
    title: "Image classification for a third time and without a date",
    link: "https://doi.org/10.1000/third",
    guid: "f",
};
const LAST: FeedArticle = FeedArticle {
    title: "Image classification at the very end of things",
    link: "https://doi.org/10.1000/last",
    guid: "g",
};

#[derive(Debug, Clone, Copy)]
pub(super) struct FeedArticle {
    pub(super) title: &'static str,
    pub(super) link: &'static str,
    pub(super) guid: &'static str,
}

impl FeedArticle {
    pub(super) fn item(self) -> String {
        format!(
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><dc:creator>Ada Lovelace</dc:creator>\
             <description>What is in it, in a sentence.</description><pubDate>Wed, 26 Mar 2025 12:00:00 GMT</pubDate></item>",
            self.title, self.link, self.guid
        )
    }
}

fn rss(articles: &[FeedArticle]) -> String {
    rss_of_items(&articles.iter().map(|article| article.item()).collect::<Vec<_>>())
}

fn rss_of_items(items: &[String]) -> String {
    let items = items.concat();
    format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>A laboratory</title>\
         <link>https://lab.example.org/</link>{items}</channel></rss>"
    )
}

/// An arXiv with five papers, a feed's server, and the program that asks both.
pub(super) struct FeedEnv {
    pub(super) env: TestEnv,
    server: FakeFeedServer,
    pub(super) arxiv: FakeArxiv,
}

impl FeedEnv {
    pub(super) fn new() -> Self {
        Self::with_arxiv(FakeArxiv::serve_papers(sample_papers(5)))
    }

    fn with_arxiv(arxiv: FakeArxiv) -> Self {
        let server = FakeFeedServer::start_on_thread();
        let source = feed_config(&server);
        let env = TestEnv::with_arxiv(&arxiv)
            .with_topic_lines("sources = [\"arxiv\", \"lab\"]\n")
            .with_config_lines(&source);
        Self { env, server, arxiv }
    }

    pub(super) fn show_items(&self, items: &[String]) {
        self.server.reply_at("/feed", FeedReply::status(200, "", &rss_of_items(items)));
    }

    pub(super) fn show(&self, articles: &[FeedArticle]) {
        self.server.reply_at("/feed", FeedReply::status(200, "", &rss(articles)));
    }

    /// The run's report of the feed.
    pub(super) fn run(&self, now: &str) -> FeedOutcome {
        FeedOutcome::of(&self.env.run_once(now))
    }

    /// The environment with these lines of the configuration: sinks and subscriptions.
    pub(super) fn with_config_lines(self, more: &str) -> Self {
        let env = self.env.with_config_lines(&(feed_config(&self.server) + more));
        Self { env, ..self }
    }

    fn titles_in_list(&self) -> Vec<&'static str> {
        let list = self.env.list_text();
        let all = [FOUND, OTHER, NEXT].map(|article| article.title);
        all.into_iter().filter(|title| list.contains(&format!("**[{title}]("))).collect()
    }
}

/// The section of the feed.
fn feed_config(server: &FakeFeedServer) -> String {
    format!(
        "[[source]]\nname = \"lab\"\nkind = \"feed\"\nurl = \"{}\"\nallow_private = true\n",
        server.url("/feed")
    )
}

/// What a run says of the feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FeedOutcome {
    status: String,
    new: u64,
    seeded: u64,
    reason: String,
}

impl FeedOutcome {
    fn of(output: &OnceOutput) -> Self {
        let found = output.topics.iter().find(|topic| topic.source == "lab");
        let topic = found.unwrap_or_else(|| panic!("{output:?}"));
        let reason = topic.reason.clone().unwrap_or_default();
        Self { status: topic.status.clone(), new: topic.new, seeded: topic.seeded, reason }
    }

    pub(super) fn counts(&self) -> (&str, u64, u64) {
        (&self.status, self.new, self.seeded)
    }
}

#[test]
fn a_feed_brings_what_the_query_finds_first_silently_and_then_as_news() {
    let env = FeedEnv::new();
    env.show(&[FOUND, OTHER, KNOWN]);
    assert_eq!(env.run(NOW).counts(), ("ok", 0, 1));
    assert_eq!((env.env.announced_news(), env.titles_in_list()), (vec![], vec![FOUND.title]));
    env.show(&[NEXT, FOUND, OTHER, KNOWN]);
    assert_eq!(env.run(LATER).counts(), ("ok", 1, 0));
    let news = env.env.announced_news();
    assert_eq!(news.len(), 1, "{news:?}");
    assert_eq!((news[0].0.as_str(), news[0].2.as_str()), ("doi:10.1000/next", "new"));
    assert_eq!(env.titles_in_list(), [FOUND.title, NEXT.title]);
    assert_eq!(env.run(NEXT_DAY).counts(), ("quiet", 0, 0));
    assert_eq!(env.env.announced_news(), news);
}

#[test]
fn an_arxiv_that_has_nothing_yet_is_believed_whatever_feeds_have_and_its_first_paper_is_new() {
    let env = FeedEnv::with_arxiv(FakeArxiv::serve_papers(vec![]));
    env.show(&[FOUND]);
    for now in [NOW, LATER, NEXT_DAY] {
        let output = env.env.run_once(now);
        let arxiv = output.topics.iter().find(|topic| topic.source == "arxiv").unwrap();
        assert_eq!((output.status, arxiv.status.as_str(), &arxiv.reason), (0, "quiet", &None), "{now}");
    }
    env.arxiv.set_papers(sample_papers(1));
    env.arxiv.set_stamp("2025-03-27T22:00:00Z".parse().unwrap());
    env.run("2025-03-28T08:00:00Z");
    let [(id, _, kind)] = &env.env.announced_news()[..] else { panic!("{:?}", env.env.announced_news()) };
    assert_eq!((id.as_str(), kind.as_str()), ("arxiv:2503.20000", "new"));
    // From now on it has papers, and an answer without any is a fault.
    env.arxiv.set_papers(vec![]);
    let output = env.env.with_patience("1s").run_once("2025-03-28T20:00:00Z");
    let reason = output.topics[0].reason.as_deref().unwrap_or_default();
    assert!(reason.contains("no results at all, where there were papers before"), "{output:?}");
}

#[test]
fn an_item_is_known_again_by_any_of_its_keys() {
    let env = FeedEnv::new();
    env.show(&[FOUND]);
    env.run(NOW);
    for (what, article) in [
        ("another guid", FeedArticle { guid: "z", ..FOUND }),
        ("a corrected title", FeedArticle { title: "On image classification with a lens", ..FOUND }),
        ("a page in place of its DOI", FeedArticle { link: "https://lab.example.org/found", ..FOUND }),
    ] {
        env.show(&[article]);
        let outcome = env.run(LATER);
        assert_eq!((outcome.new, outcome.seeded), (0, 0), "{what}: {outcome:?}");
    }
    assert_eq!(env.env.announced_news(), []);
    assert_eq!(env.env.list_text().matches("10.1000/found").count(), 1, "{}", env.env.list_text());
}

#[test]
fn works_that_a_feed_shows_one_at_a_time_under_one_guid_are_each_new_once() {
    let env = FeedEnv::new();
    let show = |article: FeedArticle, author: &str| {
        let item = FeedArticle { guid: "0", ..article }.item().replace("Ada Lovelace", author);
        env.show_items(&[item]);
    };
    let by_page = FeedArticle { link: "https://lab.example.org/next", ..NEXT };
    show(FOUND, "Ada Lovelace");
    assert_eq!(env.run(NOW).counts(), ("ok", 0, 1));
    show(by_page, "Grace Hopper");
    assert_eq!(env.run(LATER).counts(), ("ok", 1, 0));
    for (article, author, what) in [
        (by_page, "Grace Hopper", "the same"),
        (FeedArticle { link: "https://lab.example.org/moved", ..by_page }, "G. Hopper", "at another address"),
        (FeedArticle { title: "Image classification, edited", ..by_page }, "Grace Hopper", "in other words"),
        (FOUND, "Ada Lovelace", "the first one"),
    ] {
        show(article, author);
        assert_eq!(env.run(NEXT_DAY).counts(), ("quiet", 0, 0), "{what}");
    }
    let [(id, ..)] = &env.env.announced_news()[..] else { panic!("{:?}", env.env.announced_news()) };
    assert_eq!(id, "url:https://lab.example.org/next");
}

#[test]
fn works_that_a_feed_shows_one_at_a_time_under_one_link_are_each_new_once() {
    let env = FeedEnv::new();
    let show = |article: FeedArticle, author: &str| {
        let page = "https://lab.example.org/latest";
        let doi = format!("<dc:identifier>{}</dc:identifier></item>", article.link);
        let item = FeedArticle { link: page, ..article }.item().replace("Ada Lovelace", author);
        env.show_items(&[item.replace("</item>", &doi)]);
    };
    show(FOUND, "Ada Lovelace");
    assert_eq!(env.run(NOW).counts(), ("ok", 0, 1));
    show(NEXT, "Grace Hopper");
    assert_eq!(env.run(LATER).counts(), ("ok", 1, 0));
    for (article, author, what) in [
        (NEXT, "Grace Hopper", "the same"),
        (
            FeedArticle { title: "Image classification, edited", guid: "z", ..NEXT },
            "Grace Hopper",
            "in other words",
        ),
        (FOUND, "Ada Lovelace", "the first one"),
    ] {
        show(article, author);
        assert_eq!(env.run(NEXT_DAY).counts(), ("quiet", 0, 0), "{what}");
    }
}

#[test]
fn a_poll_that_ends_between_its_papers_and_their_keys_knows_them_again_at_another_address() {
    let env = FeedEnv::new();
    env.show(&[FOUND]);
    env.run(NOW);
    let next = |link| FeedArticle { link, ..NEXT };
    env.show(&[next("https://lab.example.org/next?session=1"), FOUND]);
    let db = rusqlite::Connection::open(env.env.path("paperwire.db")).unwrap();
    // The end comes where the feed's own key of the new paper would be noted.
    let end = "CREATE TRIGGER end BEFORE INSERT ON paper_keys WHEN new.key = 'lab guid:d'
         BEGIN SELECT RAISE(ABORT, 'killed'); END";
    db.execute_batch(end).unwrap();
    let ended = env.env.run_program(&["once", "--now", LATER]);
    assert!(stderr(&ended).contains("killed"), "{ended:?}");
    db.execute_batch("DROP TRIGGER end").unwrap();
    env.show(&[next("https://lab.example.org/next?session=2"), FOUND]);
    for now in [LATER, NEXT_DAY] {
        env.run(now);
        assert_eq!(env.env.announced_news().len(), 1, "{:?}", env.env.announced_news());
    }
}

#[test]
fn an_article_whose_preprint_names_its_doi_is_the_same_paper() {
    let mut papers = sample_papers(5);
    papers[0].doi = Some("10.1000/NEXT".to_owned());
    let env = FeedEnv::with_arxiv(FakeArxiv::serve_papers(papers));
    env.show(&[FOUND]);
    env.run(NOW);
    env.show(&[NEXT, FOUND]);
    assert_eq!(env.run(LATER).counts(), ("quiet", 0, 0));
    assert_eq!((env.env.announced_news(), env.titles_in_list()), (vec![], vec![FOUND.title]));
}

#[test]
fn a_feed_that_is_as_it_was_is_not_sent_again() {
    let env = FeedEnv::new();
    env.server.reply_at("/feed", FeedReply::Tagged("\"a\"", "On image classification by a tag"));
    for (now, tag) in [(NOW, None), (LATER, Some("\"a\"")), (NEXT_DAY, Some("\"a\""))] {
        let outcome = env.run(now);
        assert!(outcome.reason.is_empty() && outcome.new == 0, "{outcome:?}");
        let asked = env.server.asked().pop().unwrap();
        assert_eq!(asked.headers.get("if-none-match").map(String::as_str), tag, "{now}");
    }
    // A topic that is added has not had it yet.
    let topics = [(TOPIC, "all:image"), ("Another", "all:classification")];
    let env = FeedEnv {
        env: env.env.with_topics(&topics).with_topic_lines("sources = [\"arxiv\", \"lab\"]\n"),
        ..env
    };
    env.run("2025-03-29T08:00:00Z");
    assert_eq!(env.server.asked().pop().unwrap().headers.get("if-none-match"), None);
}

/// An item that cannot be known again.
const STRAY: &str = "<item><pubDate>none</pubDate></item>";

#[test]
fn a_feed_that_always_has_a_gap_is_news_after_three_polls_on_two_days() {
    let env = FeedEnv::new();
    env.show_items(&[FOUND.item(), STRAY.to_owned()]);
    let first = env.run(NOW);
    assert_eq!(first.counts(), ("incomplete", 0, 1));
    assert!(first.reason.contains("1 items have nothing by which they could be known again; "), "{first:?}");
    assert!(first.reason.contains("its papers are filled in silently until it comes whole"), "{first:?}");
    env.show_items(&[SECOND.item(), FOUND.item(), STRAY.to_owned()]);
    assert_eq!(env.run(LATER).counts(), ("incomplete", 0, 1));
    let third = env.run(NEXT_DAY);
    assert_eq!(third.counts(), ("incomplete", 0, 0));
    assert!(!third.reason.contains("silently"), "{third:?}");
    env.show_items(&[SECOND.item(), FOUND.item(), STRAY.to_owned(), NEXT.item()]);
    let fourth = env.run("2025-03-27T23:00:00Z");
    assert_eq!(fourth.counts(), ("incomplete", 1, 0), "{fourth:?}");
    assert_eq!(env.env.announced_news().len(), 1);
}

#[test]
fn a_feed_of_which_half_cannot_be_read_is_not_known_yet() {
    let env = FeedEnv::new();
    env.show_items(&[FOUND.item(), STRAY.to_owned()]);
    for now in [NOW, LATER, NEXT_DAY, "2025-03-28T20:00:00Z"] {
        assert_eq!(env.run(now).status, "incomplete");
    }
    env.show(&[FOUND, NEXT, SECOND]);
    assert_eq!(env.run("2025-03-29T20:00:00Z").counts(), ("ok", 0, 2));
}

#[test]
fn what_comes_into_view_from_behind_the_beginning_of_a_feed_is_no_news() {
    let env = FeedEnv::new();
    let undated =
        |article: FeedArticle| article.item().replace("<pubDate>Wed, 26 Mar 2025 12:00:00 GMT</pubDate>", "");
    let filler = |number: u32| format!("<item><guid>filler {number}</guid><title>F</title></item>");
    let full: Vec<String> = (0..5_000).map(filler).collect();
    let behind: Vec<String> = (5_000..5_100).map(filler).collect();
    let show = |parts: &[Vec<String>]| env.show_items(&parts.concat());
    show(&[vec![FOUND.item()], full.clone(), vec![SECOND.item(), undated(THIRD)]]);
    for (now, seeded) in [(NOW, 1), (LATER, 0), (NEXT_DAY, 0)] {
        let outcome = env.run(now);
        assert_eq!(outcome.counts(), ("incomplete", 0, seeded), "{outcome:?}");
        assert!(outcome.reason.contains("only the first 5000 are read"), "{outcome:?}");
    }
    show(&[vec![undated(NEXT), FOUND.item()], full[..4_990].to_vec(), vec![undated(THIRD)], behind]);
    assert_eq!(env.run("2025-03-28T20:00:00Z").counts(), ("incomplete", 1, 1), "one is new, one was behind");
    show(&[vec![undated(NEXT), FOUND.item()], full[..4_990].to_vec(), vec![SECOND.item()]]);
    assert_eq!(env.run("2025-03-29T20:00:00Z").counts(), ("ok", 0, 1), "now all of it is known");
    show(&[full[..4_990].to_vec(), vec![LAST.item()]]);
    assert_eq!(env.run("2025-03-30T20:00:00Z").counts(), ("ok", 1, 0));
    let news: Vec<String> = env.env.announced_news().into_iter().map(|news| news.0).collect();
    assert_eq!(news, ["doi:10.1000/last", "doi:10.1000/next"]);
}

#[test]
fn a_feed_that_fails_is_reported_and_holds_up_nothing() {
    let env = FeedEnv::new();
    env.show(&[FOUND]);
    env.run(NOW);
    let list = env.env.list_text();
    for (reply, reason) in [
        (FeedReply::status(404, "", "gone"), "there is no feed at this address"),
        (
            FeedReply::status(200, "content-type: text/html\r\n", "<html><title>Log in</title></html>"),
            "Log in",
        ),
        (FeedReply::status(200, "", &rss(&[NEXT])[..300]), "cut off"),
    ] {
        env.server.reply_at("/feed", reply);
        let output = env.env.run_once(LATER);
        let outcome = FeedOutcome::of(&output);
        assert_eq!((output.status, outcome.counts()), (1, ("failed", 0, 0)), "{output:?}");
        assert!(
            outcome.reason.contains(reason) && outcome.reason.contains("http://127.0.0.1"),
            "{outcome:?}"
        );
        let arxiv = output.topics.iter().find(|topic| topic.source == "arxiv").unwrap();
        assert_eq!((arxiv.status.as_str(), env.env.list_text()), ("quiet", list.clone()));
    }
    env.show(&[NEXT, FOUND]);
    assert_eq!(env.run(NEXT_DAY).counts(), ("ok", 1, 0), "nothing was lost meanwhile");
    assert_eq!(env.titles_in_list(), [FOUND.title, NEXT.title]);
}

#[test]
fn a_host_that_wants_rest_is_left_alone() {
    let env = FeedEnv::new();
    env.server.reply_at("/feed", FeedReply::status(429, "retry-after: 3600\r\n", ""));
    assert!(env.run(NOW).reason.contains("too many requests"));
    let asked = env.server.asked().len();
    let outcome = env.run(LATER);
    assert!(outcome.reason.contains("asked to be left alone until"), "{outcome:?}");
    assert_eq!(env.server.asked().len(), asked);
}

#[test]
fn a_topic_of_a_feed_alone_takes_all_that_it_has() {
    let env = FeedEnv::new();
    let config = std::fs::read_to_string(env.env.path("paperwire.toml")).unwrap();
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("query")).collect();
    let config = lines.join("\n").replace("[\"arxiv\", \"lab\"]", "[\"lab\"]");
    std::fs::write(env.env.path("paperwire.toml"), config).unwrap();
    env.show(&[FOUND, OTHER]);
    let output = env.env.run_once(NOW);
    assert_eq!((output.status, output.topics.len()), (0, 1), "{output:?}");
    assert_eq!(FeedOutcome::of(&output).counts(), ("ok", 0, 2));
    assert_eq!(env.titles_in_list(), [FOUND.title, OTHER.title]);
    let status = env.env.run_program(&["status", "--now", NOW]);
    assert!(stdout(&status).contains(TOPIC), "{status:?}");
}

#[test]
fn a_feed_that_never_answers_delays_nobody_in_the_daemon() {
    let env = FeedEnv::new();
    env.server
        .reply_at("/feed", FeedReply::StallsAfter("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n<rss>"));
    let quick = FakeFeedServer::start_on_thread();
    quick.reply_at("/feed", FeedReply::status(200, "", &rss(&[FOUND])));
    // A host of its own: at one host one feed waits for the other.
    let config = std::fs::read_to_string(env.env.path("paperwire.toml")).unwrap();
    let address = quick.url("/feed").replace("127.0.0.1", "localhost");
    let source = format!(
        "\n[[source]]\nname = \"quick\"\nkind = \"feed\"\nurl = \"{address}\"\nallow_private = true\n"
    );
    let config = config.replace("\"lab\"]", "\"lab\", \"quick\"]") + &source;
    std::fs::write(env.env.path("paperwire.toml"), config).unwrap();
    let daemon = Daemon::start(&env.env, BEFORE_A_POLL);
    daemon.wait_for_log("source=\"arxiv\"");
    daemon.wait_for_log("source=\"quick\"");
    daemon.wait_for_log("list written");
    assert_eq!((env.titles_in_list(), env.server.asked().len()), (vec![FOUND.title], 1));
    let (status, took) = daemon.stop();
    assert!(status.success() && took < Duration::from_secs(30), "{status} after {took:?}");
}

#[test]
fn a_daemon_asks_a_feed_by_the_feeds_own_clock() {
    let env = FeedEnv::new();
    let lines = "cache-control: max-age=7200\r\n";
    env.server.reply_at("/feed", FeedReply::status(200, lines, &rss(&[FOUND])));
    // Two hours after the first poll, and each time some hours from the next poll of arXiv.
    for (now, asked) in
        [("2025-03-26T20:00:00Z", 1), ("2025-03-26T21:50:00Z", 1), ("2025-03-26T22:10:00Z", 2)]
    {
        let daemon = Daemon::start(&env.env, now);
        daemon.wait_for_notification("READY=1");
        if asked > 1 || now.contains("T20") {
            daemon.wait_for_log("source=\"lab\"");
        }
        daemon.wait_for_notification("STATUS=");
        daemon.stop();
        assert_eq!(env.server.asked().len(), asked, "{now}");
    }
}

#[test]
fn an_address_that_is_a_secret_is_shown_nowhere_whatever_comes_of_it() {
    const CANARY: &str = "canary7f3a";
    let env = FeedEnv::new();
    let path = format!("/{CANARY}/feed");
    let secret = env
        .server
        .url(&format!("{path}?token={CANARY}"))
        .replace("127.0.0.1", &format!("ada:{CANARY}@127.0.0.1"));
    std::fs::write(env.env.path("feed-url"), secret).unwrap();
    let config = std::fs::read_to_string(env.env.path("paperwire.toml")).unwrap();
    let line = config.lines().find(|line| line.starts_with("url = ") && line.contains("/feed")).unwrap();
    std::fs::write(env.env.path("paperwire.toml"), config.replace(line, "url_file = \"feed-url\"")).unwrap();
    let relative = FeedArticle { link: "papers/1", ..FOUND };
    let echo = format!("location: http://elsewhere.example/{CANARY}\r\nx-echo: {CANARY}\r\n");
    let replies = [
        FeedReply::status(200, "", &rss(&[relative])),
        FeedReply::status(404, &echo, ""),
        FeedReply::status(302, &echo, ""),
        FeedReply::status(500, &echo, &format!("<html>{CANARY}</html>")),
        FeedReply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n<rss".to_vec()),
        FeedReply::status(200, "", &rss(&[NEXT])[..300]),
        FeedReply::status(200, "", &format!("Invalid API key: {CANARY}")),
        FeedReply::status(200, "", &format!("<html><title>Key {CANARY} has expired</title></html>")),
        FeedReply::status(200, "", &format!("<{CANARY}/>")),
        FeedReply::status(200, "", &format!("<rss><channel></{CANARY}></rss>")),
        FeedReply::status(200, "", &format!("<rss><channel>&{CANARY};<x:{CANARY}/></channel></rss>")),
        FeedReply::status(200, "", &format!("<?xml version=\"1.0\" encoding=\"{CANARY}\"?><rss/>")),
        FeedReply::status(200, "", &format!("{{\"{CANARY}")),
        FeedReply::status(
            200,
            "",
            &rss(&[relative]).replace("<channel>", &format!("<channel xml:base=\"{CANARY}:\">")),
        ),
        FeedReply::status(200, "", &rss(&[relative]).replacen("<title>", &format!("<title>{CANARY} "), 1)),
        FeedReply::redirect(301, &env.server.url(&format!("/{CANARY}/moved"))),
    ];
    for (day, reply) in replies.into_iter().enumerate() {
        env.server.reply_at(&path, reply);
        let now = format!("2025-04-{:02}T08:00:00Z", day + 1);
        for words in [
            &["once", "-vv", "--now", &now][..],
            &["status", "--now", &now],
            &["status", "--json", "--now", &now],
            &["check"],
            &["test", "lab", "--now", &now],
            &["explain", FOUND.title, "--now", &now],
        ] {
            let output = env.env.run_program(words);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!(!said.contains(CANARY), "{day} {words:?}: {said}");
        }
        assert!(!env.env.list_text().contains(CANARY), "{}", env.env.list_text());
    }
    assert_eq!(env.titles_in_list(), [FOUND.title]);
    assert!(env.server.asked().iter().all(|asked| asked.path.contains(CANARY)), "it was asked all the same");
}
