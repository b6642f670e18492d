//! A month of arXiv and of twelve feeds with the troubles that readers of feeds complain of: each work is new exactly once
//! for each subscription, none is lost in the end, every fault is named, and a program that is killed at any moment ends the
//! same.

mod feed_writers;
mod publishers;
mod simulated_works;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::feeds::fake_server::FakeFeedServer;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::random_month_of_papers::{
    DAYS, HOUR, RandomNumbers, kill_once, number_from_variable, time_in_month,
};
use crate::support::test_env::{OnceOutput, TestEnv, measure_time, stdout};
use publishers::Publisher;
use simulated_works::{MonthOfWorks, News, TOPICS};

/// When every feed has been asked for whole once more.
const CLOSING: i64 = DAYS + 6;

/// A subscription, whose sink has its name.
struct Subscriber {
    sink: &'static str,
    topics: &'static [&'static str],
    include: &'static [&'static str],
    when: &'static str,
}

const SUBSCRIBERS: [Subscriber; 4] = [
    Subscriber { sink: "images", topics: &["Images"], include: &["new"], when: "now" },
    Subscriber { sink: "speech", topics: &["Speech"], include: &["new", "published"], when: "now" },
    Subscriber {
        sink: "both",
        topics: &["Images", "Speech"],
        include: &["new", "published"],
        when: "0 5 * * *",
    },
    Subscriber { sink: "journals", topics: &["Images", "Speech"], include: &["published"], when: "now" },
];

/// What all programs look at.
struct World {
    arxiv: FakeArxiv,
    server: FakeFeedServer,
    works: MonthOfWorks,
    random: RandomNumbers,
}

/// A program that looks at it, and who it notifies.
struct Reader {
    env: TestEnv,
    webhooks: FakeWebhooks,
}

impl World {
    fn new() -> Self {
        let mut random = RandomNumbers(41);
        let works = MonthOfWorks::generate(&mut random);
        let (arxiv, server) = (FakeArxiv::serve_papers(vec![]), FakeFeedServer::start_on_thread());
        Self { arxiv, server, works, random }
    }

    /// What everybody answers on this day; what is made for each request is made again each time.
    fn show(&mut self, day: i64) {
        let papers = self.works.papers_on(day);
        for (_, words) in TOPICS {
            let found = papers.iter().filter(|paper| paper.title.to_lowercase().contains(words)).cloned();
            self.arxiv.set_papers_of(&query_for(words), found.collect());
        }
        self.arxiv.set_stamp(poll_time(day) - SignedDuration::from_mins(10));
        for publisher in Publisher::ALL {
            publisher.answer(&self.server, &self.works.published, day, &mut self.random);
        }
    }

    fn new_reader(&self) -> Reader {
        let webhooks = FakeWebhooks::start();
        let env = TestEnv::with_arxiv(&self.arxiv);
        let queries = TOPICS.map(|(topic, words)| (topic, query_for(words)));
        let topics = queries.each_ref().map(|(topic, query)| (*topic, query.as_str()));
        let names: Vec<String> =
            std::iter::once("arxiv".to_owned()).chain(Publisher::ALL.map(Publisher::name)).collect();
        let feeds = Publisher::ALL.map(|publisher| {
            let (name, url) = (publisher.name(), publisher.url(&self.server));
            format!(
                "[[source]]\nname = \"{name}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n\n"
            )
        });
        let subscribers = SUBSCRIBERS.map(|subscriber| subscriber.config(&webhooks, &env));
        let lines = feeds.concat() + &subscribers.concat();
        let env = env.with_topics(&topics).with_topic_lines(&format!("sources = {names:?}\n"));
        Reader { env: env.with_config_lines(&lines), webhooks }
    }
}

impl Subscriber {
    fn config(&self, webhooks: &FakeWebhooks, env: &TestEnv) -> String {
        let Self { sink, topics, include, when } = self;
        let config = webhooks.sink_config(env, sink, "webhook");
        format!(
            "{config}[[subscription]]\nsink = \"{sink}\"\ntopics = {topics:?}\ninclude = {include:?}\n\
             when = \"{when}\"\ntimezone = \"UTC\"\n\n"
        )
    }
}

fn query_for(words: &str) -> String {
    format!("ti:\"{words}\"")
}

fn poll_time(day: i64) -> jiff::Timestamp {
    time_in_month(day * 24 * HOUR)
}

impl Reader {
    /// The day's run. It returns the feeds of which it reports something other than what is wrong with them.
    fn run_day(&self, day: i64, works: &MonthOfWorks) -> Vec<(Publisher, Option<String>)> {
        let output = self.env.run_once(&poll_time(day).to_string());
        assert_eq!(reason_of(&output, "arxiv"), None, "day {day}");
        let reasons = Publisher::ALL
            .map(|publisher| (publisher, reason_of(&output, &publisher.name()).map(str::to_owned)));
        let is_right = |(publisher, reason): &(Publisher, Option<String>)| {
            let works = publisher.works_on(&works.published, day).len();
            match (publisher.fault(day, works), reason) {
                (Some(fault), Some(reason)) => reason.contains(fault),
                (fault, reason) => fault.is_none() && reason.is_none(),
            }
        };
        reasons.into_iter().filter(|reason| !is_right(reason)).collect()
    }

    /// What was announced to a subscription, sorted; a message that came again counts once.
    fn news_at(&self, sink: &str) -> News {
        let requests = self.webhooks.requests_at(&format!("/{sink}"));
        let messages: BTreeSet<_> =
            requests.iter().map(|request| (&request.headers["webhook-id"], &request.body)).collect();
        let mut news: News = messages.into_iter().flat_map(|(_, body)| news_in_body(body)).collect();
        news.sort();
        news
    }

    fn assert_told_once(&self, works: &MonthOfWorks) {
        for Subscriber { sink, topics, include, .. } in SUBSCRIBERS {
            assert_eq!(self.news_at(sink), works.expected_news_of_subscriber(topics, include), "{sink}");
        }
    }

    /// Asserts that each work has one row in the table of each topic that takes it, and nothing else has.
    fn assert_listed_once(&self, works: &MonthOfWorks) {
        let list = self.env.list_text();
        let mut rows: Vec<&str> = list
            .lines()
            .filter(|line| line.starts_with("| **["))
            .map(|row| row.split_once("What ").unwrap().1.split(' ').next().unwrap())
            .collect();
        rows.sort_unstable();
        assert_eq!(rows, works.listed_works());
    }

    fn status(&self) -> String {
        let output = self.env.run_program(&["status", "--now", &poll_time(CLOSING).to_string()]);
        stdout(&output).to_owned()
    }
}

/// What a run says of a feed, which is the same for all topics.
fn reason_of<'o>(output: &'o OnceOutput, source: &str) -> Option<&'o str> {
    let of_source = output.topics.iter().filter(|topic| topic.source == source);
    let reasons: BTreeSet<Option<&str>> = of_source.map(|topic| topic.reason.as_deref()).collect();
    assert_eq!(reasons.len(), 1, "{source}: {output:?}");
    reasons.first().copied().flatten()
}

fn news_in_body(body: &str) -> News {
    let body: Value = serde_json::from_str(body).unwrap();
    let papers = body["data"]["papers"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let surname = |author: &str| author.strip_prefix("Zoë ").expect("its encoding is known").to_owned();
    papers.map(|paper| (surname(&text(&paper["authors"][0]["name"])), text(&paper["news"]))).collect()
}

#[test]
fn a_month_of_feeds_in_trouble_loses_no_work_and_tells_none_twice_whenever_the_program_is_killed() {
    let mut world = World::new();
    let (unharmed, killed) = (world.new_reader(), world.new_reader());
    let days: Vec<i64> = (0..=DAYS).chain([CLOSING]).collect();
    let kills = number_from_variable("PAPERWIRE_KILLS", 12);
    let mut took = Duration::ZERO;
    for (at, day) in days.iter().copied().enumerate() {
        world.show(day);
        let (wrong, whole) = measure_time(|| unharmed.run_day(day, &world.works));
        assert_eq!(wrong, [], "day {day}");
        for _ in kills * at / days.len()..kills * (at + 1) / days.len() {
            world.show(day);
            kill_once(&killed.env, &poll_time(day).to_string(), whole, &mut world.random);
            killed.webhooks.wait_until_idle();
        }
        world.show(day);
        // A run that was killed may have been a poll, and after three a move is no longer news.
        let wrong = killed.run_day(day, &world.works);
        assert!(wrong.iter().all(|wrong| *wrong == (Publisher::Moved, None)), "day {day}: {wrong:?}");
        took += whole;
    }
    for reader in [&unharmed, &killed] {
        reader.assert_told_once(&world.works);
        reader.assert_listed_once(&world.works);
        let status = reader.status();
        assert!(status.contains("! source  moved: moved to http://127.0.0.1:"), "{status}");
    }
    let told: usize = SUBSCRIBERS.iter().map(|subscriber| unharmed.news_at(subscriber.sink).len()).sum();
    assert!(told > 100, "a month that is too quiet");
    println!(
        "{} feeds, {} polls, {} works, {told} news, {kills} kills, {took:?}",
        Publisher::ALL.len(),
        world.server.asked().len(),
        world.works.len()
    );
}
