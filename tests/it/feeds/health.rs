//! The health of a feed as such, by whole runs of the program: what `status`, the pages, the metrics and the
//! operator's alerts say.

use jiff::{SignedDuration, Timestamp};
use paperwire::clock::Clock;
use paperwire::config::Config;
use paperwire::daemon::start_http_server::serve_http_at;
use serde_json::Value;

use super::fake_server::{FakeFeedServer, FeedReply};
use crate::daemon::Daemon;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{OnceOutput, TestEnv, stderr, stdout};
use crate::web::get_page;

const TOPICS: [(&str, &str); 2] = [("Nets", "ti:nets"), ("Birds", "ti:birds")];

/// A feed for two topics that have nothing else.
struct FeedHealthEnv {
    env: TestEnv,
    server: FakeFeedServer,
    _arxiv: FakeArxiv,
}

fn day(days: i64) -> Timestamp {
    let first: Timestamp = "2025-03-26T20:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * days)
}

/// A feed whose items appeared so many days after the first day, or before it.
fn feed_of_days(days: impl IntoIterator<Item = i64>) -> String {
    let item = |days: i64| {
        let date = day(days).strftime("%a, %d %b %Y %H:%M:%S GMT");
        format!(
            "<item><title>On nets, part {days}</title><link>https://doi.org/10.1000/{}</link><pubDate>{date}</pubDate></item>",
            days + 1_000
        )
    };
    let items: String = days.into_iter().map(item).collect();
    format!(
        "<rss version=\"2.0\"><channel><title>A laboratory</title><link>https://lab.example.org/</link>{items}</channel></rss>"
    )
}

impl FeedHealthEnv {
    fn new() -> Self {
        Self::with_more_lines("")
    }

    /// With these lines before the source.
    fn with_more_lines(lines: &str) -> Self {
        let (arxiv, server) = (FakeArxiv::serve_papers(sample_papers(5)), FakeFeedServer::start_on_thread());
        let env = TestEnv::with_arxiv(&arxiv);
        let env = Self { env, server, _arxiv: arxiv };
        let address = env.server.url("/feed");
        env.with_source(lines, &format!("url = \"{address}\""))
    }

    fn with_source(self, lines: &str, address: &str) -> Self {
        let source = format!(
            "{lines}\n[[source]]\nname = \"lab\"\nkind = \"feed\"\n{address}\nallow_private = true\n"
        );
        let env = self.env.with_topics(&TOPICS).with_topic_lines("sources = [\"lab\"]\n");
        Self { env: env.with_config_lines(&source), ..self }
    }

    fn reply(&self, reply: FeedReply) {
        self.server.reply_at("/feed", reply);
    }

    fn show(&self, days: impl IntoIterator<Item = i64>) {
        self.reply(FeedReply::status(200, "", &feed_of_days(days)));
    }

    fn run(&self, now: Timestamp) -> OnceOutput {
        self.env.run_once(&now.to_string())
    }

    fn asked(&self) -> Vec<String> {
        self.server.asked().into_iter().map(|asked| asked.path).collect()
    }

    fn status(&self, now: Timestamp) -> Value {
        let output = self.env.run_program(&["status", "--json", "--now", &now.to_string()]);
        serde_json::from_str(stdout(&output)).unwrap()
    }

    fn judgement(&self, now: Timestamp) -> String {
        self.status(now)["feeds"][0]["judgement"].as_str().unwrap().to_owned()
    }

    /// What is wrong: the words and the advice, of the feed alone.
    fn wrong(&self, now: Timestamp) -> Option<(String, String)> {
        let status = self.status(now);
        let wrong = status["wrong"].as_array().unwrap();
        assert!(wrong.iter().all(|wrong| wrong["what"] == "source \"lab\""), "one thing, once: {wrong:?}");
        assert!(wrong.len() < 2, "{wrong:?}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        wrong.first().map(|wrong| (text(&wrong["words"]), text(&wrong["advice"])))
    }
}

fn hours(moment: Timestamp, hours: i64) -> Timestamp {
    moment + SignedDuration::from_hours(hours)
}

#[test]
fn a_feed_that_answers_and_never_changes_becomes_stale_once_for_all_its_topics() {
    let feed = FeedHealthEnv::new();
    feed.show(-30..1);
    assert_eq!(feed.run(day(0)).status, 0);
    assert_eq!((feed.judgement(day(0)), feed.wrong(day(0))), ("current".to_owned(), None));
    for (days, judgement) in [(5, "current"), (13, "quiet"), (15, "stale")] {
        assert_eq!(feed.run(day(days)).status, 0, "the answers are good");
        assert_eq!(feed.judgement(day(days)), judgement, "{days}");
    }
    let (words, advice) = feed.wrong(day(15)).unwrap();
    assert_eq!(
        words,
        "stale since 2025-04-09T00:00:00Z: it answers, and nothing new came since 2025-03-26T20:00:00Z"
    );
    assert!(advice.starts_with("look at its page"), "{advice}");
    feed.show(-29..2);
    feed.run(day(16));
    let status = feed.status(day(16));
    let known = &status["feeds"][0];
    assert_eq!(
        (&known["judgement"], &known["new_in_7_days"], &status["in_order"]),
        (&"current".into(), &1.into(), &true.into())
    );
    assert_eq!(
        (&known["last_new"], &known["newest_item"]),
        (&day(16).to_string().into(), &day(1).to_string().into())
    );
}

#[test]
fn a_feed_that_shows_one_item_at_a_time_under_one_guid_is_current_while_that_changes() {
    let feed = FeedHealthEnv::new();
    let guid = "<guid isPermaLink=\"false\">latest</guid></item>";
    let show = |days| {
        feed.reply(FeedReply::status(200, "", &feed_of_days([days]).replace("</item>", guid)));
    };
    for days in [0, 40, 80, 120] {
        show(days);
        feed.run(day(days));
    }
    let known = &feed.status(day(120))["feeds"][0];
    assert_eq!((&known["judgement"], &known["last_new"]), (&"current".into(), &day(120).to_string().into()));
    feed.run(day(121));
    let known = &feed.status(day(121))["feeds"][0];
    assert_eq!(known["last_new"], day(120).to_string(), "the same item is not new again");
}

#[test]
fn a_feed_that_was_dead_when_it_was_added_is_stale_from_the_first_poll_on() {
    let feed = FeedHealthEnv::new();
    feed.show(-430..-400);
    feed.run(day(0));
    assert_eq!(feed.judgement(day(0)), "stale");
}

#[test]
fn a_server_that_says_not_modified_forever_is_seen_through() {
    let feed = FeedHealthEnv::new();
    feed.reply(FeedReply::Tagged("\"a\"", "On nets"));
    let mut sent = Vec::new();
    for days in [0, 1, 6, 8, 9, 60, 92] {
        feed.run(day(days));
        sent.push(feed.server.asked().pop().unwrap().headers.contains_key("if-none-match"));
    }
    assert_eq!(sent, [false, true, true, false, true, false, false], "after a week it is asked for whole");
    // One item without a date says nothing of what is usual; for a quarter of a year it may be silent.
    assert_eq!((feed.judgement(day(90)), feed.judgement(day(92))), ("quiet".to_owned(), "stale".to_owned()));
}

#[test]
fn the_tag_of_an_answer_that_was_not_whole_is_not_kept() {
    let feed = FeedHealthEnv::new();
    let gap = feed_of_days([0]).replace("</channel>", "<item><pubDate>none</pubDate></item></channel>");
    feed.reply(FeedReply::status(200, "etag: \"a\"\r\n", &gap));
    for days in [0, 1] {
        assert_eq!(feed.run(day(days)).topics[0].status, "incomplete");
        assert!(!feed.server.asked().pop().unwrap().headers.contains_key("if-none-match"));
    }
    let (words, advice) = feed.wrong(day(1)).unwrap();
    assert!(
        words.starts_with("incomplete since 2025-03-26T20:00:00Z: ")
            && words.contains("1 items have nothing"),
        "{words}"
    );
    assert!(advice.contains("what could be read is kept"), "{advice}");
    feed.reply(FeedReply::status(200, "etag: \"a\"\r\n", &feed_of_days([0])));
    for (days, is_sent) in [(2, false), (3, true)] {
        feed.run(day(days));
        assert_eq!(
            feed.server.asked().pop().unwrap().headers.contains_key("if-none-match"),
            is_sent,
            "{days}"
        );
    }
}

#[test]
fn refusals_are_told_in_words_and_tried_once_a_day() {
    let feed = FeedHealthEnv::new();
    for (lines, status, judgement, words, advice) in [
        ("", 403, "refused", "403 Forbidden: it refuses us", "does the address need a login"),
        (
            "cf-mitigated: challenge\r\n",
            403,
            "refused",
            "it wants to see a person and a browser",
            "it lets only browsers in",
        ),
        ("", 401, "refused", "401 Unauthorized", "does the address need a login"),
        ("", 404, "failing", "404 Not Found: there is no feed at this address", "a new address"),
        ("", 500, "failing", "500 Internal Server Error", "it is tried again by itself"),
    ] {
        feed.reply(FeedReply::status(status, lines, ""));
        let run = feed.run(day(0));
        assert_eq!((run.status, run.topics[0].status.as_str()), (1, "failed"), "{status}");
        let (told, mending) = feed.wrong(day(0)).unwrap();
        assert_eq!(feed.judgement(day(0)), judgement);
        assert!(told.contains(words) && mending.contains(advice), "{told}: {mending}");
        let next = if judgement == "refused" { day(1).to_string() } else { hours(day(0), 0).to_string() };
        let poll_next = feed.status(day(0))["feeds"][0]["poll_next"].as_str().unwrap().to_owned();
        assert!(poll_next >= next && poll_next <= day(1).to_string(), "{status}: {poll_next}");
        assert_eq!(
            feed.status(day(0))["topics"][0]["judgement"],
            "waiting",
            "the feed's trouble is not the topic's"
        );
    }
    // A page that is missing for a week is gone; what was wrong before does not count.
    feed.reply(FeedReply::status(404, "", ""));
    feed.run(day(8));
    let wrong = |days| feed.wrong(day(days)).unwrap().0;
    assert!(
        wrong(8).starts_with("failing since 2025-04-03T20:00:00Z: http://127.0.0.1: 404"),
        "{}",
        wrong(8)
    );
    feed.run(day(15));
    assert!(wrong(15).starts_with("gone since 2025-04-03T20:00:00Z: http://127.0.0.1: 404"), "{}", wrong(15));
}

#[test]
fn a_feed_that_was_given_up_is_asked_once_a_week_or_at_another_address() {
    let feed = FeedHealthEnv::new();
    feed.show([0]);
    feed.run(day(0));
    feed.reply(FeedReply::status(410, "", ""));
    assert_eq!(feed.run(day(1)).topics[0].status, "failed");
    let asked = feed.asked().len();
    let daemon = Daemon::start(&feed.env, &day(2).to_string());
    daemon.wait_for_notification("READY=1");
    daemon.wait_for_notification("STATUS=wrong: source \"lab\": gone");
    daemon.stop();
    for days in [3, 5] {
        let run = feed.run(day(days));
        let topic = &run.topics[0];
        assert_eq!((run.status, topic.status.as_str(), topic.requests), (0, "skipped", 0), "{run:?}");
        assert!(topic.reason.as_ref().unwrap().contains("it was given up"), "{topic:?}");
    }
    assert_eq!(feed.asked().len(), asked, "nobody asks it");
    let (words, advice) = feed.wrong(day(5)).unwrap();
    assert_eq!(
        words,
        "gone since 2025-03-27T20:00:00Z: http://127.0.0.1: 410 Gone: the feed was given up; next try 2025-04-03T20:00:00Z"
    );
    assert!(advice.starts_with("look for a new address"), "{advice}");
    feed.run(day(8));
    assert_eq!(feed.asked().len(), asked + 1, "it may have been a mistake");
    feed.server.reply_at("/new", FeedReply::status(200, "", &feed_of_days([0, 9])));
    let address = format!("url = \"{}\"", feed.server.url("/new"));
    let feed = feed.with_source("", &address);
    assert_eq!(feed.judgement(day(9)), "unpolled", "nothing is known of the new address");
    assert_eq!(feed.run(day(9)).topics[0].status, "ok");
    assert_eq!((feed.asked().pop().unwrap(), feed.wrong(day(9))), ("/new".to_owned(), None));
}

#[test]
fn a_host_that_wants_rest_is_not_asked_and_no_poll_is_counted() {
    let feed = FeedHealthEnv::new();
    feed.reply(FeedReply::status(429, "retry-after: 3600\r\n", ""));
    let run = feed.run(day(0));
    assert_eq!((run.status, run.topics[0].requests), (1, 1));
    assert_eq!((feed.judgement(day(0)), feed.wrong(day(0))), ("resting".to_owned(), None));
    let (asked, polls) = (feed.asked().len(), feed.env.history_rows());
    let run = feed.run(hours(day(0), 1));
    let topic = &run.topics[1];
    assert_eq!((run.status, topic.status.as_str(), topic.requests), (0, "skipped", 0), "{run:?}");
    assert!(topic.reason.as_ref().unwrap().contains("asked to be left alone until"), "{topic:?}");
    assert_eq!((feed.asked().len(), feed.judgement(hours(day(0), 1)).as_str()), (asked, "resting"));
    assert_eq!(feed.env.history_rows(), polls);
    assert!(feed.status(hours(day(0), 1))["feeds"][0]["polled"] == day(0).to_string());
}

#[test]
fn after_a_host_asked_for_rest_its_other_feeds_are_left_alone_too() {
    let feed = FeedHealthEnv::new();
    let other = format!(
        "[[source]]\nname = \"other\"\nkind = \"feed\"\nurl = \"{}\"\nallow_private = true\n",
        feed.server.url("/other")
    );
    let address = format!("url = \"{}\"", feed.server.url("/feed"));
    let feed = feed.with_source(&other, &address);
    let config = std::fs::read_to_string(feed.env.path("paperwire.toml")).unwrap();
    std::fs::write(feed.env.path("paperwire.toml"), config.replace("[\"lab\"]", "[\"lab\", \"other\"]"))
        .unwrap();
    for path in ["/feed", "/other"] {
        feed.server.reply_at(path, FeedReply::status(429, "retry-after: 3600\r\n", ""));
    }
    let run = feed.run(day(0));
    let mut statuses: Vec<_> =
        run.topics.iter().map(|topic| (topic.status.as_str(), topic.requests)).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [("failed", 1), ("failed", 1), ("skipped", 0), ("skipped", 0)]);
    assert_eq!(feed.asked().len(), 1);
}

#[test]
fn a_permanent_move_is_told_at_once_and_taken_for_good_after_three_polls_on_two_days() {
    let feed = FeedHealthEnv::new();
    let new = feed.server.url("/new?format=rss");
    feed.reply(FeedReply::redirect(301, &new));
    feed.server.reply_at("/new", FeedReply::status(200, "", &feed_of_days([-1, 0])));
    let first = feed.run(day(0));
    assert_eq!(first.topics[0].reason.as_deref(), Some(&*format!("it has moved permanently to {new}")));
    let moved = feed.status(day(0))["feeds"][0].clone();
    assert_eq!((&moved["judgement"], &moved["moved_to"]), (&"moved".into(), &new.clone().into()));
    assert_eq!(feed.wrong(day(0)), None, "a network's whim may be over tomorrow");
    feed.run(hours(day(0), 1));
    feed.run(hours(day(0), 2));
    assert_eq!(feed.wrong(hours(day(0), 2)), None, "all on one day");
    feed.run(day(1));
    let (words, advice) = feed.wrong(day(1)).unwrap();
    assert_eq!(words, format!("moved to {new}, as it says since 2025-03-26T20:00:00Z"));
    assert!(advice.starts_with("put the new address into the configuration"), "{advice}");
    assert_eq!(feed.asked(), ["/feed", "/new?format=rss"].repeat(4));
    // From now on it is asked there.
    feed.server.reply_at("/new", FeedReply::status(200, "", &feed_of_days([-1, 0, 2])));
    feed.run(day(2));
    assert_eq!(feed.asked().split_off(8), ["/new?format=rss"]);
    assert_eq!(feed.judgement(day(2)), "moved");
    // If it fails there, the old address is asked again.
    feed.server.reply_at("/new", FeedReply::status(404, "", ""));
    feed.run(day(3));
    feed.show([-1, 0, 2, 4]);
    assert_eq!(feed.run(day(4)).topics[0].status, "ok");
    assert_eq!(
        (feed.asked().split_off(9), feed.wrong(day(4))),
        (vec!["/new?format=rss".to_owned(), "/feed".to_owned()], None)
    );
}

#[test]
fn a_new_address_that_refuses_or_is_given_up_says_nothing_of_the_old_one() {
    for status in [404, 403, 410] {
        let feed = FeedHealthEnv::new();
        feed.reply(FeedReply::redirect(301, &feed.server.url("/new")));
        feed.server.reply_at("/new", FeedReply::status(200, "", &feed_of_days([0])));
        for hour in [0, 1, 24] {
            feed.run(hours(day(0), hour));
        }
        feed.server.reply_at("/new", FeedReply::status(status, "", ""));
        feed.show([0, 2]);
        feed.run(day(2));
        assert_eq!(feed.asked().pop().unwrap(), "/new");
        let words = feed.wrong(day(2)).unwrap().0;
        assert!(
            words.starts_with("failing since 2025-03-28T20:00:00Z: http://127.0.0.1: ")
                && words.contains(&status.to_string())
                && words.contains("the old address is asked next; next try 2025-03-28T20:15:00Z"),
            "{words}"
        );
        let run = feed.run(hours(day(2), 1));
        assert_eq!((run.topics[0].status.as_str(), run.topics[0].new), ("ok", 1), "{status}: {run:?}");
        assert_eq!((feed.asked().pop().unwrap(), feed.wrong(hours(day(2), 1))), ("/feed".to_owned(), None));
    }
}

#[test]
fn a_move_to_another_site_is_followed_and_left_to_the_operator() {
    let feed = FeedHealthEnv::new();
    let new = feed.server.url("/new").replace("127.0.0.1", "localhost");
    feed.reply(FeedReply::redirect(308, &new));
    feed.server.reply_at("/new", FeedReply::status(200, "", &feed_of_days([0])));
    for days in 0..5 {
        feed.run(day(days));
    }
    assert_eq!(feed.asked(), ["/feed", "/new"].repeat(5));
    let (words, advice) = feed.wrong(day(4)).unwrap();
    assert!(words.starts_with(&format!("moved to {new}")), "{words}");
    assert!(advice.starts_with("if the new address is right"), "{advice}");
}

#[test]
fn a_secret_address_that_moves_is_followed_and_neither_address_is_shown_or_stored() {
    const CANARY: &str = "canary9c41";
    let feed = FeedHealthEnv::new();
    let path = format!("/{CANARY}/feed");
    std::fs::write(feed.env.path("feed-url"), feed.server.url(&path)).unwrap();
    let feed = feed.with_source("", "url_file = \"feed-url\"");
    feed.server.reply_at(&path, FeedReply::redirect(301, &feed.server.url(&format!("/{CANARY}/new"))));
    feed.server.reply_at(&format!("/{CANARY}/new"), FeedReply::status(200, "", &feed_of_days([0])));
    for days in 0..4 {
        feed.run(day(days));
    }
    assert_eq!(feed.asked().len(), 8, "both, each time");
    let (words, advice) = feed.wrong(day(3)).unwrap();
    assert_eq!(words, "moved to another address, as it says since 2025-03-26T20:00:00Z");
    assert!(advice.starts_with("open the address to see where it leads"), "{advice}");
    let now = day(3).to_string();
    let listed = feed.env.run_program(&["source", "list", "--now", &now]);
    assert!(stdout(&listed).contains("lab: feed at 127.0.0.1, for Nets, Birds\n"), "{listed:?}");
    for words in [
        &["status", "--now", &now][..],
        &["status", "--json", "--now", &now],
        &["source", "list", "--now", &now],
        &["source", "list", "--json", "--now", &now],
        &["test", "lab", "--now", &now],
        &["test", "lab", "--json", "--now", &now],
        &["once", "-vv", "--now", &now],
        &["opml", "export", "--now", &now],
    ] {
        let output = feed.env.run_program(words);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.contains(CANARY) && said.contains("lab"), "{words:?}: {said}");
    }
    let stored = std::fs::read(feed.env.path("paperwire.db")).unwrap();
    assert!(!stored.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
}

#[test]
fn an_address_that_becomes_a_secret_keeps_its_history_and_hides_where_it_moved_to() {
    let feed = FeedHealthEnv::new();
    feed.reply(FeedReply::redirect(301, &feed.server.url("/canary5d02")));
    feed.server.reply_at("/canary5d02", FeedReply::status(200, "", &feed_of_days([0])));
    for hour in [0, 1, 24] {
        feed.run(hours(day(0), hour));
    }
    assert!(feed.wrong(day(1)).unwrap().0.contains("canary5d02"));
    std::fs::write(feed.env.path("feed-url"), feed.server.url("/feed")).unwrap();
    let feed = feed.with_source("", "url_file = \"feed-url\"");
    let shown = || feed.env.run_program(&["status", "--json", "--now", &day(1).to_string()]);
    assert!(!format!("{:?}", shown()).contains("canary5d02") && feed.judgement(day(1)) == "moved");
    feed.server.reply_at("/canary5d02", FeedReply::status(200, "", &feed_of_days([0, 1])));
    let run = feed.run(day(2));
    assert_eq!((run.topics[0].status.as_str(), run.topics[0].new), ("ok", 1), "{run:?}");
    assert!(!format!("{run:?}{:?}", shown()).contains("canary5d02"));
    assert_eq!(feed.asked().split_off(6), ["/feed", "/canary5d02"]);
}

#[test]
fn a_feed_at_another_address_is_silent_at_first_unless_it_is_the_same() {
    let feed = FeedHealthEnv::new();
    feed.show([20]);
    feed.run(day(20));
    let at_address = |feed: FeedHealthEnv, path: &str| {
        let address = format!("url = \"{}\"", feed.server.url(path));
        feed.with_source("", &address)
    };
    // Another feed.
    feed.server.reply_at("/other", FeedReply::status(200, "", &feed_of_days([0, 1])));
    let feed = at_address(feed, "/other");
    let first = feed.run(day(21));
    assert_eq!((first.topics[0].new, first.topics[0].seeded), (0, 2), "{first:?}");
    // Another token in the address, which fails at first.
    feed.server.reply_at("/token-2", FeedReply::status(500, "", ""));
    let feed = at_address(feed, "/token-2");
    feed.run(day(22));
    feed.server.reply_at("/token-2", FeedReply::status(200, "", &feed_of_days([0, 1, 2])));
    let same = feed.run(day(23));
    assert_eq!((same.topics[0].new, same.topics[0].seeded), (1, 0), "{same:?}");
    // A permanent redirect from there.
    feed.server.reply_at("/token-2", FeedReply::redirect(301, &feed.server.url("/moved")));
    feed.server.reply_at("/moved", FeedReply::status(200, "", &feed_of_days([0, 1, 2, 3])));
    assert_eq!(feed.run(day(24)).topics[0].new, 1);
    feed.server.reply_at("/moved", FeedReply::status(200, "", &feed_of_days([0, 1, 2, 3, 4])));
    let feed = at_address(feed, "/moved");
    assert_eq!(feed.judgement(day(24)), "current", "what is known of it is of this address too");
    let moved = feed.run(day(25));
    assert_eq!((moved.topics[0].new, moved.topics[0].seeded), (1, 0), "{moved:?}");
}

#[test]
fn the_operator_is_told_of_a_feed_once_with_what_to_do() {
    let webhooks = FakeWebhooks::start();
    let feed = FeedHealthEnv::new();
    let lines =
        webhooks.sink_config(&feed.env, "ops", "webhook") + "[operator]\nsink = \"ops\"\nafter = \"12h\"\n";
    let address = format!("url = \"{}\"", feed.server.url("/feed"));
    let feed = feed.with_source(&lines, &address);
    feed.show([0]);
    feed.run(day(0));
    feed.reply(FeedReply::status(403, "", ""));
    for days in 1..4 {
        feed.run(day(days));
    }
    let alerts: Vec<Value> =
        webhooks.requests_at("/ops").iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let begun = alerts[0]["data"]["begun"].as_array().unwrap();
    assert_eq!((begun.len(), &begun[0]["what"]), (1, &"source \"lab\"".into()), "{begun:?}");
    assert!(alerts[0].to_string().contains("does the address need a login"), "{}", alerts[0]);
}

#[test]
fn pages_and_metrics_say_what_status_says_of_a_feed() {
    let unused = "[[source]]\nname = \"idle\"\nkind = \"feed\"\nurl = \"https://idle.example.org/feed\"\n";
    let feed = FeedHealthEnv::with_more_lines(&format!("[http]\nlisten = \"127.0.0.1:8717\"\n\n{unused}"));
    feed.show(-30..1);
    feed.run(day(0));
    feed.reply(FeedReply::status(403, "", ""));
    feed.run(day(1));
    let config = Config::load_or_default(Some(&feed.env.path("paperwire.toml"))).unwrap();
    let clock = Clock::Fixed(day(1));
    let server = serve_http_at(&config, "127.0.0.1:0".parse().unwrap(), clock).unwrap();
    let page = |path: &str| get_page(server.listen_address().port(), path);
    let now = day(1).to_string();
    let text = stdout(&feed.env.run_program(&["status", "--now", &now])).to_owned();
    assert!(
        text.contains("\n! source  lab: refused since 2025-03-27 20:00 UTC: http://127.0.0.1: 403"),
        "{text}"
    );
    assert_eq!((page("/status").status, page("/status").body), (503, text));
    let json: Value = serde_json::from_str(&page("/status.json").body).unwrap();
    assert_eq!(json["feeds"][0]["judgement"], "refused");
    let first = page("/").body;
    assert!(first.contains("refused") && first.contains("does the address need a login"), "{first}");
    let metrics = page("/metrics").body;
    for line in [
        "paperwire_wrong{kind=\"source\",name=\"lab\"} 1".to_owned(),
        "paperwire_source_judgement{source=\"lab\",judgement=\"refused\"} 1".to_owned(),
        "paperwire_source_judgement{source=\"lab\",judgement=\"current\"} 0".to_owned(),
        "paperwire_source_new_items{source=\"lab\"} 27".to_owned(),
        format!("paperwire_source_last_new_item_timestamp_seconds{{source=\"lab\"}} {}", day(0).as_second()),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
    assert!(!metrics.contains("idle"), "no topic takes it, so nobody asks it: {metrics}");
}

#[test]
fn source_list_says_of_each_source_how_it_is_and_who_takes_it() {
    let feed = FeedHealthEnv::new();
    feed.show(-30..1);
    feed.run(day(0));
    let more = "[[source]]\nname = \"idle\"\nkind = \"feed\"\nurl = \"https://idle.example.org/feed\"\n";
    let address = format!("url = \"{}\"", feed.server.url("/feed"));
    let feed = feed.with_source(more, &address);
    let now = day(0).to_string();
    let listed = feed.env.run_program(&["source", "list", "--now", &now]);
    assert_eq!(listed.status.code(), Some(0));
    assert_eq!(
        stdout(&listed),
        "arxiv: query API at 127.0.0.1, no topic takes papers from it\n  not polled\n\
         idle: feed at idle.example.org, no topic takes papers from it\n  not polled\n\
         lab: feed at 127.0.0.1, for Nets, Birds\n  current: 7 new in 7 days, 28 in 28, the last 2025-03-26; \
         polled 2025-03-26 20:00 UTC, next poll 2025-03-26 21:00 UTC\n"
    );
    let listed: Value =
        serde_json::from_str(stdout(&feed.env.run_program(&["source", "list", "--json", "--now", &now])))
            .unwrap();
    let lab = &listed["sources"][2];
    assert_eq!(
        (&lab["source"], &lab["kind"], &lab["host"]),
        (&"lab".into(), &"feed".into(), &"127.0.0.1".into())
    );
    assert_eq!((&lab["judgement"], &lab["last_new"]), (&"current".into(), &now.clone().into()));
    assert_eq!((&lab["poll_next"], &lab["topics"][1]), (&"2025-03-26T21:00:00Z".into(), &"Birds".into()));
    assert_eq!(feed.run(day(0)).topics.len(), 2, "a feed that nobody takes is not asked");
}

#[test]
fn a_feed_is_tested_by_one_request_that_stores_nothing() {
    let feed = FeedHealthEnv::new();
    let news = "<item><title>Our prize</title><link>https://lab.example.org/prize</link></item></channel>";
    feed.reply(FeedReply::status(200, "", &feed_of_days(-1..1).replace("</channel>", news)));
    let now = day(0).to_string();
    let tested = feed.env.run_program(&["test", "lab", "--now", &now]);
    assert_eq!(
        stdout(&tested),
        "lab: RSS \"A laboratory\": 3 entries, 2 of them kept as papers, the newest of 2025-03-26\n  \
         odd: left out, 1 of 3: no paper: it has no DOI, no arXiv id, and no authors with an abstract or a journal\n"
    );
    assert_eq!((tested.status.code(), feed.asked().len()), (Some(0), 1));
    assert!(!feed.env.path("paperwire.db").exists());
    feed.reply(FeedReply::status(403, "", ""));
    let tested = feed.env.run_program(&["test", "lab", "--json", "--now", &now]);
    let answer: Value = serde_json::from_str(stdout(&tested)).unwrap();
    assert_eq!((tested.status.code(), &answer["outcome"]), (Some(1), &"refused".into()));
    assert!(answer["advice"].as_str().unwrap().contains("login"), "{answer}");
    let new = feed.server.url("/new");
    feed.reply(FeedReply::redirect(301, &new));
    feed.server.reply_at(
        "/new",
        FeedReply::status(
            200,
            "",
            "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"J\", \"items\": []}",
        ),
    );
    let tested = feed.env.run_program(&["test", "lab", "--now", &now]);
    assert_eq!(
        stdout(&tested),
        format!(
            "lab: JSON Feed \"J\": 0 entries, 0 of them kept as papers\n  odd: it has moved permanently: put {new} into the configuration\n"
        )
    );
    // Its host wants rest.
    feed.reply(FeedReply::status(429, "retry-after: 3600\r\n", ""));
    feed.run(day(0));
    let asked = feed.asked().len();
    let tested = feed.env.run_program(&["test", "lab", "--now", &now]);
    assert!(
        stdout(&tested).starts_with("lab: its host asked to be left alone until "),
        "{}",
        stdout(&tested)
    );
    assert_eq!((tested.status.code(), feed.asked().len()), (Some(1), asked));
    let nobody = feed.env.run_program(&["test", "nobody"]);
    assert_eq!(stderr(&nobody), "paperwire: there is no sink or feed \"nobody\"; there is \"lab\"\n");
}
