//! Every address and every metric that is served.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use paperwire::clock::Clock;
use paperwire::config::Config;
use paperwire::daemon::start_http_server::serve_http_at;
use paperwire::http_server::HttpServer;
use regex::Regex;

use super::{Document, all_documents, repository_folder};
use crate::feeds::fake_server::{FakeFeedServer, FeedReply};
use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply as Answered};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv};

/// The page that has all addresses and metrics.
const PAGE: &str = "docs/operating.md";

/// A missing answer must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn every_address_is_documented_and_no_other_is() {
    assert_eq!(documented_names("address"), routes());
}

#[test]
fn every_documented_address_answers() {
    let (_env, server) = busy_server();
    for address in documented_names("address") {
        let topic = TOPIC.replace(' ', "%20");
        let path = address.replace("{name}", &topic).replace("{*id}", "2503.19999");
        let answer = http_get(server.listen_address(), &path);
        assert!(
            answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.1 503 "),
            "{path}: {answer}"
        );
    }
}

#[test]
fn every_metric_is_documented_and_no_other_is() {
    let (_env, server) = busy_server();
    let metrics = http_get(server.listen_address(), "/metrics");
    let label = Regex::new(r#"(\w+)=""#).unwrap();
    let described = Regex::new(r"(?m)^# TYPE (\w+) ").unwrap();
    let metric_names: BTreeSet<String> =
        described.captures_iter(&metrics).map(|found| found[1].to_owned()).collect();
    assert_eq!(documented_names("metric"), metric_names);
    for row in Document::read(PAGE).table_rows().iter().filter(|row| row.head == "metric") {
        let name = &row.first_cell_names()[0];
        let labels: Vec<String> = super::code_spans(&row.cells[1]);
        let sample = metrics
            .lines()
            .find(|line| line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name} ")));
        let sample = sample.unwrap_or_else(|| panic!("{name} has no sample:\n{metrics}"));
        let given: Vec<String> = label.captures_iter(sample).map(|found| found[1].to_owned()).collect();
        assert_eq!(labels, given, "{name}");
    }
    let name = Regex::new(r"\bpaperwire_[a-z_]+\b").unwrap();
    for document in all_documents() {
        for found in name.find_iter(&document.text) {
            assert!(
                metric_names.contains(found.as_str()),
                "{}: {} is not served",
                document.path,
                found.as_str()
            );
        }
    }
}

/// The first cells of the tables under this head.
fn documented_names(head: &str) -> BTreeSet<String> {
    Document::read(PAGE)
        .table_rows()
        .iter()
        .filter(|row| row.head == head)
        .flat_map(super::DocumentedRow::first_cell_names)
        .collect()
}

/// The addresses that the server has routes for.
fn routes() -> BTreeSet<String> {
    let route = Regex::new(r#"\.route\(\s*"([^"]+)""#).unwrap();
    let files = std::fs::read_dir(repository_folder().join("src/http_server")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let code: String = texts.map(|text| text.split("#[cfg(test)]").next().unwrap().to_owned()).collect();
    let routes: BTreeSet<String> = route.captures_iter(&code).map(|found| found[1].to_owned()).collect();
    assert!(routes.len() > 5, "the routes are where this test looks: {routes:?}");
    routes
}

/// A server of a history that has something of everything: papers, a feed, a poll that failed, a message that waits.
fn busy_server() -> (TestEnv, HttpServer) {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sink = webhooks.sink_config(&env, "hook", "webhook");
    let feed = FakeFeedServer::start_on_thread();
    feed.reply_at("/feed", FeedReply::feed(""));
    let source = format!(
        "[[source]]\nname = \"lab\"\nkind = \"feed\"\nurl = \"{}\"\nallow_private = true\n\n",
        feed.url("/feed")
    );
    let env = env.with_topic_lines("sources = [\"arxiv\", \"lab\"]\n").with_config_lines(&format!(
        "{source}{sink}[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n\n[http]\nlisten = \"127.0.0.1:8717\"\n"
    ));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/hook", [Answered::Refuse(503, "")]);
    env.run_once(LATER);
    fake.reply_next([ArxivReply::ErrorEntry(400)]);
    env.run_once(LATER);
    let config = Config::load_or_default(Some(&env.path("paperwire.toml"))).unwrap();
    let server =
        serve_http_at(&config, "127.0.0.1:0".parse().unwrap(), Clock::Fixed(NEXT_DAY.parse().unwrap()))
            .unwrap();
    (env, server)
}

fn http_get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
