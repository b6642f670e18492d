//! The health of arXiv as a source, and of who asks it.

use jiff::{SignedDuration, Timestamp};

use super::daemon_state::DaemonState;
use super::incident::incident;
use super::utc_time::format_utc_to_minute;
use crate::domain::{ARXIV_SOURCE, Incident, RequestGate, Topic, TopicHealth};
use crate::store::RequestFailure;

/// A poll that is due and has not begun for so long will not: the daemon looks at the clock twice a minute.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

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

impl ArxivHealthReport {
    /// What its incidents are of: it is asked by the daemon.
    pub(super) const SUBJECT: &str = "the daemon";

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
    pub(super) fn health_while_asked_in_vain(
        &self,
        topic: &Topic,
        health: TopicHealth,
        now: Timestamp,
    ) -> TopicHealth {
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
    pub(super) fn coming_poll(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_poll.filter(|next| *next > now && self.daemon == DaemonState::NotMissed)
    }

    /// The daemon is not at work, or it said when it polls next, and has not.
    pub(super) fn incident(&self, now: Timestamp) -> Option<Incident> {
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
