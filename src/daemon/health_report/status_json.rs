//! The health report as JSON: the answer of `paperwire status --json`, and of the server's page for monitors.

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::feed_health_report::FeedStatusJson;
use super::{
    ArxivHealthReport, FeedHealthReport, HealthReport, ListHealthReport, SinkHealthReport, TopicHealthReport,
};
use crate::domain::Incident;
use crate::store::{FailureSince, PullRequestNumberAndUrl, SinkQueueStatus};

impl HealthReport {
    /// The report as one JSON object on one line.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let incidents = self.incidents();
        let report = StatusReportJson::from_health(self, &incidents);
        let mut text = serde_json::to_string(&report).context("cannot write the status as JSON")?;
        text.push('\n');
        Ok(text)
    }
}

#[derive(Serialize)]
struct StatusReportJson<'a> {
    now: Timestamp,
    in_order: bool,
    summary: String,
    wrong: Vec<IncidentStatusJson<'a>>,
    topics: &'a [TopicHealthReport],
    source: SourceStatusJson<'a>,
    feeds: Vec<FeedStatusJson<'a>>,
    sinks: Vec<SinkStatusJson<'a>>,
    lists: Vec<ListStatusJson<'a>>,
}

#[derive(Serialize)]
struct IncidentStatusJson<'a> {
    what: &'a str,
    since: Timestamp,
    words: &'a str,
    advice: &'a str,
}

#[derive(Serialize)]
struct SourceStatusJson<'a> {
    host: &'a str,
    asked: Option<Timestamp>,
    shut_until: Option<Timestamp>,
    poll_next: Option<Timestamp>,
}

#[derive(Serialize)]
struct SinkStatusJson<'a> {
    sink: &'a str,
    waiting: u64,
    oldest: Option<Timestamp>,
    due: Option<Timestamp>,
    failed: u64,
    delivered_last: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    paused: Option<FailureReasonJson<'a>>,
}

#[derive(Serialize)]
struct ListStatusJson<'a> {
    list: &'a str,
    file: &'a str,
    fault: Option<FailureReasonJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<PendingReviewJson<'a>>,
}

#[derive(Serialize)]
struct PendingReviewJson<'a> {
    state: &'static str,
    branch: &'a str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<&'a PullRequestNumberAndUrl>,
}

#[derive(Serialize)]
struct FailureReasonJson<'a> {
    since: Timestamp,
    words: &'a str,
}

impl<'a> StatusReportJson<'a> {
    fn from_health(health: &'a HealthReport, incidents: &'a [Incident]) -> Self {
        let wrong = incidents.iter().map(|Incident { subject: what, since, description: words, advice }| {
            IncidentStatusJson { what, since: *since, words, advice }
        });
        let ArxivHealthReport { host, gate, request_failure: _, daemon: _, next_poll: poll_next } =
            &health.source;
        Self {
            now: health.now,
            in_order: incidents.is_empty(),
            summary: health.one_line_health_summary(),
            wrong: wrong.collect(),
            topics: &health.topics,
            source: SourceStatusJson {
                host,
                asked: gate.last_request,
                shut_until: gate.blocked_until(health.now),
                poll_next: *poll_next,
            },
            feeds: health
                .feeds
                .iter()
                .filter(|feed| feed.is_used_by_topic())
                .map(FeedHealthReport::to_status_json)
                .collect(),
            sinks: health.sinks.iter().map(SinkStatusJson::from_health).collect(),
            lists: health.lists.iter().map(ListStatusJson::from_health).collect(),
        }
    }
}

impl<'a> SinkStatusJson<'a> {
    fn from_health(health: &'a SinkHealthReport) -> Self {
        let SinkQueueStatus {
            waiting, oldest, next_due: due, failed, last_delivered: delivered_last, ..
        } = health.queue;
        let remark = health.queue.remark.as_deref();
        let paused = health.pause.as_ref().map(FailureReasonJson::from_failure);
        Self { sink: &health.name, waiting, oldest, due, failed, delivered_last, remark, paused }
    }
}

impl<'a> ListStatusJson<'a> {
    fn from_health(health: &'a ListHealthReport) -> Self {
        let fault = health.failure.as_ref().map(FailureReasonJson::from_failure);
        let proposed = health.pending_review.as_ref().map(|(review, since)| PendingReviewJson {
            state: review.state.as_str(),
            branch: &review.branch,
            since: *since,
            pull: review.pull_request.as_ref(),
        });
        Self { list: &health.name, file: &health.file, fault, proposed }
    }
}

impl<'a> FailureReasonJson<'a> {
    fn from_failure(fault: &'a FailureSince) -> Self {
        Self { since: fault.since, words: &fault.reason }
    }
}
