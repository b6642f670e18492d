//! The health of every topic, feed, sink and list, and of the source. Read while others may write, and
//! the same for `status`, systemd and the operator.

mod daemon_state;
mod feed_health_report;
mod health_line;
mod sink_health_report;
mod status_json;
mod status_text;
mod topic_health_report;
mod utc_time;

use std::fmt::Write as _;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::domain::{ARXIV_SOURCE, DatabaseUrl, Incident, RequestGate, Topic, TopicHealth};
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::{
    FailureSince, PendingReview, PendingReviewState, RequestFailure, StoreReader, has_disk_space,
    missing_write_access, read_write_failure_note,
};
pub use daemon_state::DaemonState;
pub use feed_health_report::FeedHealthReport;
pub use health_line::HealthLine;
pub use sink_health_report::{SinkFault, SinkHealthReport};
pub use status_text::Colours;
pub use topic_health_report::TopicHealthReport;
use topic_health_report::topic_health_reports;
pub use utc_time::format_utc_to_minute;

/// A poll that is due and has not begun for so long will not: the daemon looks at the clock twice a minute.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

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

/// The health of the source.
#[derive(Debug, Clone)]
pub struct ArxivHealthReport {
    /// The source's host.
    pub host: String,
    /// When it was last asked, and how long it wants to be left alone.
    pub gate: RequestGate,
    /// Why its last request brought nothing to trust, if that is so.
    pub request_failure: Option<RequestFailure>,
    /// Whether the daemon, which asks it, is at work.
    pub daemon: DaemonState,
    /// When the daemon polls next, by its own word.
    pub next_poll: Option<Timestamp>,
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

/// An incident with advice that is always the same.
fn incident(subject: impl Into<String>, since: Timestamp, description: String, advice: &str) -> Incident {
    Incident { subject: subject.into(), since, description, advice: advice.to_owned() }
}

impl ArxivHealthReport {
    /// What its incidents are of: it is asked by the daemon.
    const SUBJECT: &str = "the daemon";

    /// When it was asked and is asked next, in one line.
    pub fn health_line_text(&self, now: Timestamp) -> String {
        let asked = self.gate.last_request.map(|asked| format!("last asked {}", format_utc_to_minute(asked)));
        let unanswered = self.request_failure.as_ref().map(|RequestFailure { since, words, kind: _ }| {
            format!("in vain since {} ({words})", format_utc_to_minute(*since))
        });
        let shut = self.gate.blocked_until(now);
        let shut = shut.map(|until| format!("asks to be left alone until {}", format_utc_to_minute(until)));
        let next = self.next_poll.filter(|_| self.daemon == DaemonState::NotMissed);
        let next = next.map(|next| format!("next poll {}", format_utc_to_minute(next)));
        let words: Vec<_> = [asked, unanswered, shut, next].into_iter().flatten().collect();
        if words.is_empty() { "never asked".to_owned() } else { words.join(", ") }
    }

    /// What is said of a topic that looks as if nobody had asked for it, while it is being asked for in vain: a poll goes on
    /// for as long as its patience, and is not in the history before it has ended.
    fn health_while_asked_in_vain(&self, topic: &Topic, health: TopicHealth, now: Timestamp) -> TopicHealth {
        let TopicHealth::Unpolled { last, .. } = &health else { return health };
        let asked = self.gate.last_request;
        let is_being_asked = asked.is_some_and(|asked| now.duration_since(asked) < OVERDUE) || last.is_none();
        let is_source = topic.sources.iter().any(|source| source == ARXIV_SOURCE);
        match &self.request_failure {
            Some(RequestFailure { since, kind, words }) if is_source && is_being_asked => {
                TopicHealth::Failing {
                    since: *since,
                    fault: Some(kind.clone()),
                    words: words.clone(),
                    next: None,
                }
            }
            Some(_) | None => health,
        }
    }

    /// When the daemon polls next; none if it is not at work.
    fn coming_poll(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_poll.filter(|next| *next > now && self.daemon == DaemonState::NotMissed)
    }

    /// The daemon is not at work, or it said when it polls next, and has not.
    fn incident(&self, now: Timestamp) -> Option<Incident> {
        let overdue = self.next_poll.filter(|next| now.duration_since(*next) > OVERDUE);
        let (since, description) = match (self.daemon, overdue) {
            (DaemonState::Stopped { at }, _) => {
                (at, format!("the daemon was stopped at {at:.0}: nobody polls, and nothing is sent"))
            }
            (_, Some(due)) => (due, format!("the poll that was due {due:.0} has not come to an end")),
            (DaemonState::Ended, None) => (
                now,
                "the daemon is not running: it ended without being stopped, so nobody polls, and nothing is sent"
                    .to_owned(),
            ),
            (DaemonState::NotMissed, None) => return None,
        };
        let advice = match self.daemon {
            DaemonState::Stopped { .. } | DaemonState::Ended => {
                "`systemctl start paperwire`, or start `paperwire run`; who polls by `paperwire once` needs no daemon"
            }
            DaemonState::NotMissed => "is it running? `systemctl status paperwire`, or start `paperwire run`",
        };
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
