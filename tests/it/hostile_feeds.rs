//! Feeds that send without end, close, reset, unfold to any size, speak no HTTP or are as large as a feed may be: each ends its
//! own poll in words and in 64 MB, and everything else is done in the same run.

use std::io::{BufRead as _, BufReader, Write as _};

use crate::hostile_peers::{
    HostilePeer, MANNERS, PeerBehavior, immediate_subscription, run_once_limited, time_of_day_number,
};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::loopback_server::LoopbackServer;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, OnceOutput, OnceTopicOutput, TestEnv};

/// A body of a feed has no more.
const BODY_BYTES_MAX: usize = 15 << 20;

fn feed_source(name: &str, url: &str) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n\n")
}

fn report_of<'o>(output: &'o OnceOutput, source: &str) -> &'o OnceTopicOutput {
    output.topics.iter().find(|topic| topic.source == source).unwrap_or_else(|| panic!("{output:?}"))
}

#[test]
fn a_feed_that_knows_no_end_ends_its_own_poll_and_nothing_else() {
    let (fake, peer, webhooks) =
        (FakeArxiv::serve_papers(sample_papers(3)), HostilePeer::start(), FakeWebhooks::start());
    let env = TestEnv::with_arxiv(&fake).with_topic_lines("sources = [\"arxiv\", \"lab\"]\n");
    let more = feed_source("lab", &peer.url("/canary/feed"))
        + &webhooks.sink_config(&env, "well", "webhook")
        + &immediate_subscription("well");
    let env = env.with_config_lines(&more);
    env.run_once(NOW);
    for (number, manner) in MANNERS.into_iter().enumerate() {
        peer.reply_with(manner);
        peer.take_request_count();
        fake.set_papers(sample_papers(4 + number));
        let answer = run_once_limited(&env, &time_of_day_number(number), &[]);
        let (arxiv, lab) = (report_of(&answer, "arxiv"), report_of(&answer, "lab"));
        assert_eq!((arxiv.status.as_str(), arxiv.new), ("ok", 1), "{manner:?}: {answer:?}");
        // Large, and yet a feed: one item, of which there are more links or authors than are read.
        let is_feed = matches!(manner, PeerBehavior::Links | PeerBehavior::Authors);
        assert_eq!((lab.status != "failed", lab.new), (is_feed, 0), "{manner:?}: {answer:?}");
        let reason = lab.reason.as_deref().unwrap_or_default();
        assert!(!reason.is_empty() && reason.len() < 400, "{manner:?}: {answer:?}");
        assert!(peer.take_request_count() > 0, "{manner:?}");
        assert_eq!(webhooks.received_digests("well").len(), number + 1, "{manner:?}: {answer:?}");
        assert!(!format!("{answer:?}").contains("canary"), "{manner:?}: {answer:?}");
    }
}

/// A server that answers `/0` with the first of these bodies, and so on.
fn serve_bodies(bodies: Vec<Vec<u8>>) -> LoopbackServer {
    LoopbackServer::start(move |mut connection| {
        let mut line = String::new();
        let mut lines = BufReader::new(connection);
        lines.read_line(&mut line).unwrap();
        let body = &bodies[line.split(['/', ' ']).nth(2).unwrap().parse::<usize>().unwrap()];
        while line != "\r\n" {
            line.clear();
            lines.read_line(&mut line).unwrap();
        }
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body));
    })
}

/// An arXiv with three papers, and the topic takes feeds of these hosts too, each with its own body.
fn env_with_feeds(fake: &FakeArxiv, server: &LoopbackServer, hosts: &[&str]) -> TestEnv {
    let sources = hosts.iter().enumerate().map(|(n, host)| {
        feed_source(&format!("f{n}"), &format!("http://{host}:{}/{n}", server.address.port()))
    });
    let names = (0..hosts.len()).map(|n| format!(", \"f{n}\"")).collect::<Vec<_>>().concat();
    TestEnv::with_arxiv(fake)
        .with_topic_lines(&format!("sources = [\"arxiv\"{names}]\n"))
        .with_config_lines(&sources.collect::<String>())
}

#[test]
fn a_few_bytes_that_stand_for_many_take_little_memory() {
    let authors = vec![format!("{{\"name\":\"{}\"}}", "A".repeat(1000)); 5_000].join(",");
    let items = vec!["{\"id\":1}"; 5_000].join(",");
    let version = "https://jsonfeed.org/version/1.1";
    let json =
        format!("{{\"version\":\"{version}\",\"title\":\"T\",\"authors\":[{authors}],\"items\":[{items}]}}");
    let links = "<link>a</link>".repeat(30);
    let items =
        (0..5_000).map(|n| format!("<item><title>A {n}</title>{links}</item>")).collect::<Vec<_>>().concat();
    let base = "a/".repeat(15 << 10);
    let xml = format!(
        "<rss version=\"2.0\" xml:base=\"https://e.org/{base}\"><channel><title>T</title>{items}</channel></rss>"
    );
    let server = serve_bodies(vec![json.into_bytes(), xml.into_bytes()]);
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = env_with_feeds(&fake, &server, &["127.0.0.1", "localhost"]);
    let answer = run_once_limited(&env, NOW, &[]);
    assert_eq!(report_of(&answer, "arxiv").seeded, 3, "{answer:?}");
    assert_ne!(report_of(&answer, "f0").status, "failed", "{answer:?}");
    let reason = report_of(&answer, "f1").reason.as_deref().unwrap_or_default();
    assert!(reason.contains("an xml:base has more than 512 bytes"), "{answer:?}");
}

#[test]
fn feeds_as_large_as_they_may_be_are_read_in_little_memory() {
    let text = "We show that. ".repeat(200);
    let item = |n: usize| {
        format!(
            "<item><title>A {n}</title><link>https://e.org/{n}</link><description>{text}</description></item>"
        )
    };
    let count = BODY_BYTES_MAX / (item(9_999).len() + 1);
    let items: String = (0..count).map(item).collect();
    let many = format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>").into_bytes();
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{{\"id\":\"1\",\"content_text\":\"{}\"}}]}}",
        "\\u00e9".repeat(BODY_BYTES_MAX / 6 - 100)
    )
    .into_bytes();
    let latin = [
        b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><rss version=\"2.0\"><channel><title>T</title><item><title>A</title>\
          <link>https://e.org/1</link><description>"
            .as_slice(),
        &vec![0xe9; BODY_BYTES_MAX / 2 - 300],
        b"</description></item></channel></rss>",
    ]
    .concat();
    let bodies = [many, json, latin];
    assert!(bodies[0].len() <= BODY_BYTES_MAX && bodies[0].len() > BODY_BYTES_MAX - 10_000);
    let server = serve_bodies(bodies.into());
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    // Two hosts, so that they are asked at once.
    let env = env_with_feeds(&fake, &server, &["127.0.0.1", "localhost", "127.0.0.1"]);
    let answer = run_once_limited(&env, NOW, &[]);
    assert_eq!(report_of(&answer, "arxiv").seeded, 3, "{answer:?}");
    for (source, status, reason) in [
        ("f0", "incomplete", "items, and only the first"),
        ("f1", "incomplete", "an item has 14 MiB, and is not read"),
        ("f2", "quiet", "feed-rs is not asked for"),
    ] {
        let report = report_of(&answer, source);
        assert_eq!(report.status, status, "{answer:?}");
        assert!(report.reason.as_deref().unwrap_or_default().contains(reason), "{answer:?}");
    }
}
