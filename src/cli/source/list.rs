//! `source list`: each source, how it is doing, and who takes papers from it.

use std::fmt::Write as _;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::command_outcome::CommandOutcome;
use crate::cli::output;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::health_report::{FeedHealthReport, HealthReport};
use crate::domain::ARXIV_SOURCE;
use crate::render::SingleLine;

/// Of a secret address it shows the host alone.
#[derive(Serialize)]
struct ListedSource<'a> {
    source: &'a str,
    kind: &'static str,
    host: Option<&'a str>,
    judgement: Option<&'static str>,
    words: String,
    last_new: Option<Timestamp>,
    poll_next: Option<Timestamp>,
    topics: Vec<&'a str>,
}

pub(super) fn list_sources(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let health = HealthReport::read_from_store(config, clock.now())?;
    let feeds = health.feeds.iter().map(ListedSource::from_feed_health);
    let sources: Vec<_> = std::iter::once(ListedSource::for_arxiv(config, &health)).chain(feeds).collect();
    output::print_answer(json, &serde_json::json!({ "sources": sources }), || format_sources(&sources))?;
    Ok(CommandOutcome::Complete)
}

impl<'a> ListedSource<'a> {
    fn for_arxiv(config: &'a Config, health: &'a HealthReport) -> Self {
        let has_arxiv = |source: &String| source == ARXIV_SOURCE;
        let topics = config.topics.iter().filter(|topic| topic.sources.iter().any(has_arxiv));
        let topics: Vec<_> = topics.map(|topic| topic.name.as_str()).collect();
        let is_used = !topics.is_empty();
        Self {
            source: ARXIV_SOURCE,
            kind: "arxiv",
            host: Some(&health.source.host),
            judgement: None,
            words: if is_used { health.source.health_line_text(health.now) } else { "not polled".to_owned() },
            last_new: None,
            poll_next: health.source.next_poll.filter(|_| is_used),
            topics,
        }
    }

    fn from_feed_health(feed: &'a FeedHealthReport) -> Self {
        Self {
            source: &feed.name,
            kind: "feed",
            host: feed.host.as_deref(),
            judgement: feed.is_used_by_topic().then(|| feed.health.name()),
            words: if feed.is_used_by_topic() { feed.health_line_text() } else { "not polled".to_owned() },
            last_new: feed.new_items.and_then(|count| count.last_new),
            poll_next: feed.next_poll.filter(|_| feed.is_used_by_topic()),
            topics: feed.topics.iter().map(String::as_str).collect(),
        }
    }
}

fn format_sources(sources: &[ListedSource<'_>]) -> String {
    let mut text = String::new();
    for ListedSource { source, kind, host, words, topics, .. } in sources {
        let kind = if *kind == "arxiv" { "query API" } else { "feed" };
        let host = host.map_or_else(
            || "an address that cannot be read".to_owned(),
            |host| SingleLine::new(host).to_string(),
        );
        let topics = if topics.is_empty() {
            "no topic takes papers from it".to_owned()
        } else {
            format!("for {}", topics.join(", "))
        };
        let _ = writeln!(text, "{source}: {kind} at {host}, {topics}");
        let _ = writeln!(text, "  {}", SingleLine::new(words));
    }
    text
}
