//! The HTTP server next to the loops: its settings, and the health report in the form that the pages show.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use super::health_report::{
    Colours, FeedHealthReport, HealthLine, HealthReport, StoreHealthReport, TopicHealthReport,
};
use super::store_failures::StoreFailures;
use crate::clock::Clock;
use crate::config::Config;
use crate::http_server::{self, HttpServer, HttpServerSettings};
use crate::render::page::{self, ComponentHealth, ComponentSummary, ExternalLink};
use crate::store::PullRequestNumberAndUrl;

/// Starts to serve, if the configuration says so.
pub(super) fn start_http_server(
    config: &Config,
    health: &StoreFailures,
    clock: Clock,
) -> Result<Option<HttpServer>> {
    let Some(http) = &config.http else { return Ok(None) };
    let server = HttpServer::start_server_thread(build_http_server_settings(
        config,
        http.listen,
        Some(health.clone()),
        clock,
    ))?;
    tracing::info!(address = %format_args!("http://{}", server.listen_address()), "pages, feeds and metrics are served");
    Ok(Some(server))
}

/// Serves a configuration's history at this address, whatever address the configuration has.
pub fn serve_http_at(config: &Config, listen: SocketAddr, clock: Clock) -> Result<HttpServer> {
    HttpServer::start_server_thread(build_http_server_settings(config, listen, None, clock))
}

/// Waits until Ctrl-C or SIGTERM.
pub async fn wait_for_stop_signal() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for signals"),
        _ = terminate.recv() => Ok(()),
    }
}

fn build_http_server_settings(
    config: &Config,
    listen: SocketAddr,
    health: Option<StoreFailures>,
    clock: Clock,
) -> HttpServerSettings {
    let write_failure = Arc::new(move || health.as_ref().and_then(StoreFailures::current_write_failure));
    let (whole, state) = (config.clone(), config.state.clone());
    let failure = Arc::clone(&write_failure);
    HttpServerSettings {
        listen,
        hosts: config.http.as_ref().map(|http| http.hosts.clone()).unwrap_or_default(),
        state: config.state.clone(),
        topics: config.topics.iter().map(|topic| topic.name.clone()).collect(),
        code_hosts: config.code_hosts(),
        health_check: Arc::new(move |reader, now| {
            served_health(&HealthReport::read_health_with_reader(&whole, Some(reader), failure(), now)?)
        }),
        store_write_check: Arc::new(move |now| {
            let incident =
                StoreHealthReport::check_writes_and_disk_space(&state, write_failure()).incident(now)?;
            Some(incident.description)
        }),
        clock,
    }
}

fn served_health(report: &HealthReport) -> Result<http_server::ServedHealth> {
    let topic = |topic: &TopicHealthReport| page::TopicSummary {
        name: topic.name.clone(),
        health: topic.health.clone(),
        known_papers: topic.known,
        newest_paper: topic.newest,
        last_complete_poll: topic.last_complete_poll,
    };
    let incidents = report.incidents();
    let others = report.health_lines(&incidents).into_iter().filter(|line| line.kind != "topic");
    Ok(http_server::ServedHealth {
        status: http_server::ServedStatus {
            is_in_order: incidents.is_empty(),
            text: report.to_plain_text(Colours::Off),
            json: report.to_json()?,
        },
        topics: report.topics.iter().map(topic).collect(),
        components: others.map(component_summary_from_health).collect(),
        feeds: report
            .feeds
            .iter()
            .filter(|feed| feed.is_used_by_topic())
            .map(to_served_feed_health)
            .collect(),
        queues: report.sinks.iter().map(|sink| (sink.name.clone(), sink.queue.clone())).collect(),
    })
}

fn to_served_feed_health(feed: &FeedHealthReport) -> http_server::ServedFeedHealth {
    let FeedHealthReport { name, health, new_items, .. } = feed;
    http_server::ServedFeedHealth { name: name.clone(), health: health.clone(), new_items: *new_items }
}

fn component_summary_from_health(line: HealthLine<'_>) -> ComponentSummary {
    let (words, order) = match line.incident {
        None => (line.text, ComponentHealth::Healthy),
        Some(incident) => {
            (incident.description.clone(), ComponentHealth::Unhealthy { advice: incident.advice.clone() })
        }
    };
    let pull_request = |pull: &PullRequestNumberAndUrl| ExternalLink {
        name: format!("Pull request {}", pull.number),
        address: pull.address.clone(),
    };
    ComponentSummary {
        kind: line.kind,
        name: line.name.to_owned(),
        words,
        health: order,
        link: line.pull_request.map(pull_request),
    }
}
