//! The health of every topic, feed, sink and list, and of the source. Read while others may write, and
//! the same for `status`, systemd and the operator.

mod arxiv_health_report;
mod daemon_state;
mod feed_health_report;
mod health_line;
mod incident;
mod sink_health_report;
mod status_json;
mod status_text;
mod topic_health_report;
mod utc_time;

use std::fmt::Write as _;

use anyhow::Result;
use jiff::Timestamp;

use crate::config::Config;
use crate::domain::{DatabaseUrl, Incident};
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::{
    FailureSince, PendingReview, PendingReviewState, StoreReader, has_disk_space, missing_write_access,
    read_write_failure_note,
};
pub use arxiv_health_report::ArxivHealthReport;
pub use daemon_state::DaemonState;
pub use feed_health_report::FeedHealthReport;
pub use health_line::HealthLine;
use incident::incident;
pub use sink_health_report::{SinkFault, SinkHealthReport};
pub use status_text::Colours;
pub use topic_health_report::TopicHealthReport;
use topic_health_report::topic_health_reports;
pub use utc_time::format_utc_to_minute;

/// The health of everything at a moment.
#[derive(Debug, Clone)]
pub struct HealthReport {
    /// The moment.
    pub now: Timestamp,
    /// The history itself.
    pub history: StoreHealthReport,
    /// Each topic of the configuration, in its order.
    pub topics: Vec<TopicHealthReport>,
    /// Each feed of the configuration, in its order.
    pub feeds: Vec<FeedHealthReport>,
    /// The source that is asked for each topic.
    pub source: ArxivHealthReport,
    /// Each sink, in its order.
    pub sinks: Vec<SinkHealthReport>,
    /// Each list, in its order.
    pub lists: Vec<ListHealthReport>,
}

/// The health of the history.
#[derive(Debug, Clone)]
pub struct StoreHealthReport {
    /// The file of the history.
    pub file: String,
    /// Since when the daemon cannot write it, and why; none if it can, or if there is no daemon.
    pub write_failure: Option<FailureSince>,
    /// Whether its disk has room.
    pub has_room: bool,
    /// Why nobody could write it now, if its files say so.
    pub missing_access: Option<String>,
}

/// The health of a list.
#[derive(Debug, Clone)]
pub struct ListHealthReport {
    /// The list's name.
    pub name: String,
    /// The list's file, as the configuration writes it.
    pub file: String,
    /// Why it was left as it is, if it was.
    pub failure: Option<FailureSince>,
    /// What of it waits for a person in its repository, and since when.
    pub pending_review: Option<(PendingReview, Timestamp)>,
}

impl HealthReport {
    /// Looks at the history of a configuration. If there is none, nothing was ever asked.
    pub fn read_from_store(config: &Config, now: Timestamp) -> Result<Self> {
        Self::read_health_with_reader(
            config,
            StoreReader::open(&config.state)?.as_ref(),
            read_write_failure_note(&config.state),
            now,
        )
    }

    /// Looks by a reader that is open already; `write_failure` is since when the daemon cannot write the history.
    pub fn read_health_with_reader(
        config: &Config,
        reader: Option<&StoreReader>,
        write_failure: Option<FailureSince>,
        now: Timestamp,
    ) -> Result<Self> {
        let next_poll = reader.map(StoreReader::next_poll_time).transpose()?.flatten();
        let daemon = DaemonState::read(&config.state, reader)?;
        let host = config.arxiv.url.host_str().unwrap_or_default().to_owned();
        let gate = reader.map(|reader| reader.recorded_request_gate(&host)).transpose()?.unwrap_or_default();
        let request_failure = reader.map(|reader| reader.request_failure(&host)).transpose()?.flatten();
        let source = ArxivHealthReport { host, gate, request_failure, daemon, next_poll };
        let feeds = FeedHealthReport::read_feed_reports(config, reader, now)?;
        Ok(Self {
            now,
            history: StoreHealthReport::check_writes_and_disk_space(&config.state, write_failure),
            topics: topic_health_reports(config, reader, &feeds, &source, now)?,
            feeds,
            source,
            sinks: SinkHealthReport::read_sink_reports(config, reader)?,
            lists: report_each(&config.lists, |list| {
                let failure = reader.map(|reader| reader.list_failure(&list.name)).transpose()?;
                let pending_review = match (reader, &list.repository) {
                    (Some(reader), Some(_)) => reader.pending_review(&list.name)?,
                    (_, None) | (None, _) => None,
                };
                let (name, file) = (list.name.clone(), list.display_name.clone());
                Ok(ListHealthReport { name, file, failure: failure.flatten(), pending_review })
            })?,
        })
    }

    /// All that is wrong, in the order of the configuration.
    pub fn incidents(&self) -> Vec<Incident> {
        let history = self.history.incident(self.now);
        let topics = self.topics.iter().filter_map(TopicHealthReport::topic_incident);
        let feeds = self.feeds.iter().filter_map(FeedHealthReport::incident);
        let source = self.source.incident(self.now);
        let sinks = self.sinks.iter().filter_map(|sink| sink.incident(self.now));
        let lists = self.lists.iter().filter_map(ListHealthReport::incident);
        history.into_iter().chain(topics).chain(feeds).chain(source).chain(sinks).chain(lists).collect()
    }

    /// In one line: `in order`, or the first thing that is wrong and how many more are; and what comes next.
    pub fn one_line_health_summary(&self) -> String {
        let incidents = self.incidents();
        let mut summary = match incidents.as_slice() {
            [] => "in order".to_owned(),
            [only] => format!("wrong: {}: {}", only.subject, only.description),
            [first, more @ ..] => {
                format!("wrong: {}: {} (and {} more)", first.subject, first.description, more.len())
            }
        };
        if let Some(next) = self.source.coming_poll(self.now) {
            let _ = write!(summary, "; next poll {next:.0}");
        }
        summary
    }
}

/// A report of each sink or each list.
fn report_each<T, S>(parts: &[T], report: impl Fn(&T) -> Result<S>) -> Result<Vec<S>> {
    parts.iter().map(report).collect()
}

impl StoreHealthReport {
    /// What its incidents are of.
    const SUBJECT: &str = "the history";

    /// Looks at the history at this address; `write_failure` is since when the daemon cannot write it.
    pub(super) fn check_writes_and_disk_space(
        url: &DatabaseUrl,
        write_failure: Option<FailureSince>,
    ) -> Self {
        let (has_room, missing_access) = (has_disk_space(url), missing_write_access(url));
        Self { file: url.to_string(), write_failure, has_room, missing_access }
    }

    /// What is wrong with it, if anything is.
    pub(super) fn incident(&self, now: Timestamp) -> Option<Incident> {
        let (since, description) = match &self.write_failure {
            Some(FailureSince { since, reason }) => {
                (*since, format!("cannot be written since {since:.0}: {reason}"))
            }
            None if !self.has_room => (now, "its disk is full".to_owned()),
            None => (now, format!("cannot be written: {}", self.missing_access.as_ref()?)),
        };
        let advice = "make room on its disk, or mend what the words say: paperwire goes on by itself, and nothing is lost";
        Some(incident(Self::SUBJECT, since, description, advice))
    }
}

impl ListHealthReport {
    fn incident(&self) -> Option<Incident> {
        let subject = incident_kind_and_name("list", &self.name);
        if let Some(FailureSince { since, reason }) = &self.failure {
            let description = format!("left as it is since {since:.0}: {reason}");
            return Some(incident(subject, *since, description, "each run tries again"));
        }
        let (review, since) =
            self.pending_review.as_ref().filter(|(review, _)| review.state == PendingReviewState::Stuck)?;
        let branch = &review.branch;
        let description =
            format!("stuck since {since:.0}: somebody's commits on {branch} change the same lines");
        let advice = "merge them, or take them off the branch; then it goes on";
        Some(incident(subject, *since, description, advice))
    }
}
