//! The health report as JSON: the answer of `paperwire status --json`, and of the server's page for monitors.

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::feed_health_report::StatusFeed;
use super::{
    FeedHealthReport, HealthReport, ListHealthReport, SinkHealthReport, SourceHealthReport, TopicHealthReport,
};
use crate::domain::Incident;
use crate::store::{FailureSince, PullRequestRef, SinkQueue};

impl HealthReport {
    /// The report as one JSON object on one line.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let incidents = self.incidents();
        let report = StatusReport::from_health(self, &incidents);
        let mut text = serde_json::to_string(&report).context("cannot write the status as JSON")?;
        text.push('\n');
        Ok(text)
    }
}

#[derive(Serialize)]
struct StatusReport<'a> {
    now: Timestamp,
    in_order: bool,
    summary: String,
    wrong: Vec<StatusIncident<'a>>,
    topics: &'a [TopicHealthReport],
    source: StatusSource<'a>,
    feeds: Vec<StatusFeed<'a>>,
    sinks: Vec<StatusSink<'a>>,
    lists: Vec<StatusList<'a>>,
}

#[derive(Serialize)]
struct StatusIncident<'a> {
    what: &'a str,
    since: Timestamp,
    words: &'a str,
    advice: &'a str,
}

#[derive(Serialize)]
struct StatusSource<'a> {
    host: &'a str,
    asked: Option<Timestamp>,
    shut_until: Option<Timestamp>,
    poll_next: Option<Timestamp>,
}

#[derive(Serialize)]
struct StatusSink<'a> {
    sink: &'a str,
    waiting: u64,
    oldest: Option<Timestamp>,
    due: Option<Timestamp>,
    failed: u64,
    delivered_last: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    paused: Option<StatusReason<'a>>,
}

#[derive(Serialize)]
struct StatusList<'a> {
    list: &'a str,
    file: &'a str,
    fault: Option<StatusReason<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<StatusPendingReview<'a>>,
}

#[derive(Serialize)]
struct StatusPendingReview<'a> {
    state: &'static str,
    branch: &'a str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<&'a PullRequestRef>,
}

#[derive(Serialize)]
struct StatusReason<'a> {
    since: Timestamp,
    words: &'a str,
}

impl<'a> StatusReport<'a> {
    fn from_health(health: &'a HealthReport, incidents: &'a [Incident]) -> Self {
        let wrong = incidents.iter().map(|Incident { subject: what, since, description: words, advice }| {
            StatusIncident { what, since: *since, words, advice }
        });
        let SourceHealthReport { host, gate, next_poll: poll_next } = &health.source;
        Self {
            now: health.now,
            in_order: incidents.is_empty(),
            summary: health.summary(),
            wrong: wrong.collect(),
            topics: &health.topics,
            source: StatusSource {
                host,
                asked: gate.last_request,
                shut_until: gate.blocked_until(health.now),
                poll_next: *poll_next,
            },
            feeds: health
                .feeds
                .iter()
                .filter(|feed| feed.is_used())
                .map(FeedHealthReport::to_status)
                .collect(),
            sinks: health.sinks.iter().map(StatusSink::from_health).collect(),
            lists: health.lists.iter().map(StatusList::from_health).collect(),
        }
    }
}

impl<'a> StatusSink<'a> {
    fn from_health(health: &'a SinkHealthReport) -> Self {
        let SinkQueue { waiting, oldest, next_due: due, failed, last_delivered: delivered_last, .. } =
            health.queue;
        let remark = health.queue.remark.as_deref();
        let paused = health.pause.as_ref().map(StatusReason::from_failure);
        Self { sink: &health.name, waiting, oldest, due, failed, delivered_last, remark, paused }
    }
}

impl<'a> StatusList<'a> {
    fn from_health(health: &'a ListHealthReport) -> Self {
        let fault = health.failure.as_ref().map(StatusReason::from_failure);
        let proposed = health.pending_review.as_ref().map(|(review, since)| StatusPendingReview {
            state: review.state.as_str(),
            branch: &review.branch,
            since: *since,
            pull: review.pull_request.as_ref(),
        });
        Self { list: &health.name, file: &health.file, fault, proposed }
    }
}

impl<'a> StatusReason<'a> {
    fn from_failure(fault: &'a FailureSince) -> Self {
        Self { since: fault.since, words: &fault.reason }
    }
}
