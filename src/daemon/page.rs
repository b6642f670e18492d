//! What serves the pages beside the loops: the settings it gets, and how things stand as the pages show it.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use super::health::Health;
use super::sinks;
use super::standing::{Line, Standing, TopicStanding};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{self, Server, Settings};
use crate::render::page::{self, Link, Order, Thing};
use crate::store::Pull;

/// Begins to serve, where the configuration wants that.
pub(super) fn serve(config: &Config, health: &Health, clock: Clock) -> Result<Option<Server>> {
    let Some(http) = &config.http else { return Ok(None) };
    let server = Server::start(settings(config, http.listen, Some(health.clone()), clock))?;
    tracing::info!("pages, feeds and metrics: http://{}", server.address());
    Ok(Some(server))
}

/// Serves a configuration's history there, whatever the configuration says of where.
pub fn serve_at(config: &Config, listen: SocketAddr, clock: Clock) -> Result<Server> {
    Server::start(settings(config, listen, None, clock))
}

/// Waits until Ctrl-C or SIGTERM.
pub async fn stopped() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for signals"),
        _ = terminate.recv() => Ok(()),
    }
}

fn settings(config: &Config, listen: SocketAddr, health: Option<Health>, clock: Clock) -> Settings {
    let looked_at = config.clone();
    let fault = move || health.as_ref().and_then(Health::fault);
    Settings {
        listen,
        hosts: config.http.as_ref().map(|http| http.hosts.clone()).unwrap_or_default(),
        state: config.state.clone(),
        topics: config.topics.iter().map(|topic| topic.name.clone()).collect(),
        code_hosts: sinks::code_hosts(config),
        look: Arc::new(move |reader, now| {
            Ok(shown(&Standing::read(&looked_at, Some(reader), fault(), now)?))
        }),
        clock,
    }
}

/// How things stand, as `status` says it.
fn shown(standing: &Standing) -> http::Standing {
    let topic = |topic: &TopicStanding| page::TopicStanding {
        name: topic.name.clone(),
        judgement: topic.judgement.clone(),
        known: topic.known,
        newest: topic.newest,
        polled_well: topic.polled_well,
    };
    let troubles = standing.troubles();
    let others = standing.lines(&troubles).into_iter().filter(|line| line.kind != "topic");
    http::Standing {
        topics: standing.topics.iter().map(topic).collect(),
        things: others.map(thing).collect(),
        queues: standing.sinks.iter().map(|sink| (sink.name.clone(), sink.queue.clone())).collect(),
    }
}

fn thing(line: Line<'_>) -> Thing {
    let (words, order) = match line.trouble {
        None => (line.words, Order::Well),
        Some(trouble) => (trouble.words.clone(), Order::Wrong { advice: trouble.advice.clone() }),
    };
    let pull_request =
        |pull: &Pull| Link { name: format!("Pull request {}", pull.number), address: pull.address.clone() };
    Thing { kind: line.kind, name: line.name.to_owned(), words, order, link: line.link.map(pull_request) }
}
