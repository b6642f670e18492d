//! The health of each topic, sink, list and source as one line of text, the same wherever it is shown.

use super::utc_time::format_utc_to_minute;
use super::{
    ArxivHealthReport, HealthReport, ListHealthReport, SinkHealthReport, StoreHealthReport, TopicHealthReport,
};
use crate::domain::{Incident, count_of};
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::{PendingReview, PendingReviewState, PullRequestNumberAndUrl, SinkQueueStatus};

/// So many entries that cannot be read are shown in a topic's line.
const UNREADABLE_SHOWN_MAX: usize = 3;

/// The health of one topic, sink, list or source as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthLine<'a> {
    /// What sort of thing it is, in one word.
    pub kind: &'static str,
    /// The name of what the line is about.
    pub name: &'a str,
    /// What there is to say of it if nothing is wrong with it.
    pub text: String,
    /// What is wrong with it, if anything is.
    pub incident: Option<&'a Incident>,
    /// The pull request that it is proposed by, or was.
    pub pull_request: Option<&'a PullRequestNumberAndUrl>,
}

impl HealthReport {
    /// Every thing in the order of the configuration, the history before them if it is wrong, each with what is wrong
    /// with it of these incidents.
    pub fn health_lines<'a>(&'a self, incidents: &'a [Incident]) -> Vec<HealthLine<'a>> {
        let line = |subject: &str, kind: &'static str, name: &'a str, text: String| {
            let incident = incidents.iter().find(|incident| incident.subject == subject);
            HealthLine { kind, name, text, incident, pull_request: None }
        };
        let named = |kind, name, text| line(&incident_kind_and_name(kind, name), kind, name, text);
        let history = line(StoreHealthReport::SUBJECT, "history", &self.history.file, String::new());
        let history = Some(history).filter(|line| line.incident.is_some());
        let topics = self.topics.iter().map(|topic| named("topic", &topic.name, topic_health_text(topic)));
        let feeds = self.feeds.iter().filter(|feed| feed.is_used_by_topic());
        let feeds = feeds.map(|feed| named("source", &feed.name, feed.health_line_text()));
        let source = self.source.health_line_text(self.now);
        let source = line(ArxivHealthReport::SUBJECT, "source", &self.source.host, source);
        let sinks = self.sinks.iter().map(|sink| named("sink", &sink.name, sink_health_text(sink)));
        let lists = self.lists.iter().map(|list| HealthLine {
            pull_request: list.pending_review.as_ref().and_then(|(review, _)| review.pull_request.as_ref()),
            ..named("list", &list.name, list_health_text(list))
        });
        history.into_iter().chain(topics).chain([source]).chain(feeds).chain(sinks).chain(lists).collect()
    }
}

fn topic_health_text(topic: &TopicHealthReport) -> String {
    let newest = topic
        .newest
        .map_or(String::new(), |newest| format!(", the newest of {}", format_utc_to_minute(newest)));
    let polled =
        topic.last_poll.map_or(String::new(), |polled| format!("; polled {}", format_utc_to_minute(polled)));
    let unreadable = unreadable_entries_text(&topic.unreadable);
    format!("{}; {}{newest}{polled}{unreadable}", topic.health, count_of(topic.known, "paper"))
}

/// The first entries that cannot be read, and how many more there are.
fn unreadable_entries_text(entries: &[String]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let shown = entries.iter().take(UNREADABLE_SHOWN_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    match entries.len().saturating_sub(UNREADABLE_SHOWN_MAX) {
        0 => format!("; left out until it can be read: {shown}"),
        more => format!("; left out until it can be read: {shown}, and {more} more"),
    }
}

fn sink_health_text(sink: &SinkHealthReport) -> String {
    let SinkQueueStatus { next_due, last_delivered, remark, .. } = &sink.queue;
    let due = next_due.map_or(String::new(), |due| format!(", next try {}", format_utc_to_minute(due)));
    let last = last_delivered
        .map_or(String::new(), |last| format!(", last delivered {}", format_utc_to_minute(last)));
    let remark = remark.as_ref().map_or(String::new(), |remark| format!("; {remark}"));
    format!("{}{due}{last}{remark}", sink.waiting_messages_text())
}

fn list_health_text(list: &ListHealthReport) -> String {
    let Some((PendingReview { state, branch, pull_request: pull }, since)) = &list.pending_review else {
        return "in order".to_owned();
    };
    let since = format_utc_to_minute(*since);
    match (state, pull) {
        (PendingReviewState::Closed, Some(PullRequestNumberAndUrl { number, .. })) => format!(
            "in order; somebody closed pull request {number}, seen {since}: it stays so until there is something else to propose"
        ),
        (_, Some(PullRequestNumberAndUrl { number, .. })) => {
            format!("in order; pull request {number} is open since {since}")
        }
        (_, None) => format!("in order; waits on the branch {branch} since {since} to be merged"),
    }
}
