//! The health of each sink, and of what waits for one that the configuration does not have any more.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::incident;
use crate::config::{Config, SecretAvailability, SinkConfig};
use crate::daemon::sink_delivery::orphaned_messages_text;
use crate::domain::Incident;
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::{FailureSince, SinkQueueStatus, SinkReadiness, StoreReader};

/// A message that waits for longer than this waits for something: the second try comes after five minutes.
const WAITING_MAX: SignedDuration = SignedDuration::from_hours(1);

/// The health of a sink.
#[derive(Debug, Clone)]
pub struct SinkHealthReport {
    /// The sink's name.
    pub name: String,
    /// The messages that wait for the sink.
    pub queue: SinkQueueStatus,
    /// Why it gets nothing, if it is paused.
    pub pause: Option<FailureSince>,
    /// Why nothing can be sent to it, if that is so: the configuration has no such sink, or a secret of it cannot be read.
    pub fault: Option<SinkFault>,
}

/// Why nothing can be sent to a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkFault {
    /// The configuration has no such sink.
    NotConfigured,
    /// What it needs cannot be had, by the word of whoever wanted to send.
    Unusable(FailureSince),
    /// A secret of it cannot be read now.
    SecretUnreadable(String),
}

impl SinkHealthReport {
    /// Each sink of the configuration, in its order, and those that only messages know.
    pub(super) fn read_sink_reports(config: &Config, reader: Option<&StoreReader>) -> Result<Vec<Self>> {
        let configured = config.sinks.iter().map(|sink| Self::read(config, sink, reader));
        let mut reports = configured.collect::<Result<Vec<_>>>()?;
        let Some(reader) = reader else { return Ok(reports) };
        for (name, _) in reader.waiting_messages_per_sink()? {
            if config.sinks.iter().all(|sink| sink.name != name) {
                let (queue, fault) = (reader.sink_queue(&name)?, Some(SinkFault::NotConfigured));
                reports.push(Self { name, queue, pause: None, fault });
            }
        }
        Ok(reports)
    }

    fn read(config: &Config, sink: &SinkConfig, reader: Option<&StoreReader>) -> Result<Self> {
        let (queue, pause, readiness) = match reader {
            Some(reader) => (
                reader.sink_queue(&sink.name)?,
                reader.sink_pause(&sink.name)?,
                reader.sink_readiness(&sink.name)?,
            ),
            None => (SinkQueueStatus::default(), None, None),
        };
        let fault = Some(sink).filter(|sink| config.uses_sink(&sink.name));
        let fault = fault.and_then(|sink| sink_fault(sink, readiness));
        Ok(Self { name: sink.name.clone(), queue, pause, fault })
    }

    /// How many of its messages wait, in words.
    pub fn waiting_messages_text(&self) -> String {
        match self.queue.waiting {
            0 => "nothing waits".to_owned(),
            1 => "1 message waits".to_owned(),
            waiting => format!("{waiting} messages wait"),
        }
    }

    pub(super) fn incident(&self, now: Timestamp) -> Option<Incident> {
        let SinkQueueStatus { oldest, last_response, failed, last_failed, .. } = &self.queue;
        let (name, waiting) = (&self.name, self.waiting_messages_text());
        let subject = incident_kind_and_name("sink", name);
        if let Some(FailureSince { since, reason }) = &self.pause {
            let description = format!("paused since {since:.0}, {waiting}: {reason}");
            let advice = format!("mend it, then `paperwire outbox resume {name}`");
            return Some(incident(subject, *since, description, &advice));
        }
        if let Some(fault) = &self.fault {
            return Some(self.fault_incident(fault, now));
        }
        if let Some(oldest) = oldest.filter(|oldest| now.duration_since(*oldest) > WAITING_MAX) {
            let why = last_response.as_ref().map_or_else(String::new, |response| format!(": {response}"));
            let description = format!("{waiting}, the oldest since {oldest:.0}{why}");
            let advice = format!("it is tried again by itself; `paperwire test {name}` says what it answers");
            return Some(incident(subject, oldest, description, &advice));
        }
        let since = last_failed.filter(|_| *failed > 0)?;
        let description = format!("messages that failed: {failed}, the last {since:.0}");
        let advice = "see `paperwire outbox`; then `outbox retry` or `outbox drop`, with its number";
        Some(incident(subject, since, description, advice))
    }

    fn fault_incident(&self, fault: &SinkFault, now: Timestamp) -> Incident {
        let subject = incident_kind_and_name("sink", &self.name);
        let mend = "put it where it is looked for, readable by the user who sends; it goes on by itself then";
        let waiting = self.waiting_messages_text();
        match fault {
            SinkFault::NotConfigured => {
                let advice =
                    "name one so again, or see `paperwire outbox` and give each up with `outbox drop`";
                let since = self.queue.oldest.unwrap_or(now);
                incident(subject, since, orphaned_messages_text(self.queue.waiting), advice)
            }
            SinkFault::Unusable(FailureSince { since, reason }) => {
                let description = format!("nothing can be sent since {since:.0}, {waiting}: {reason}");
                incident(subject, *since, description, mend)
            }
            SinkFault::SecretUnreadable(reason) => {
                incident(subject, now, format!("nothing can be sent, {waiting}: {reason}"), mend)
            }
        }
    }
}

/// What whoever sends has found counts, for the secrets are for that user. This one sees for sure only what no user could
/// read; what it cannot read itself says something only if nobody else has looked.
fn sink_fault(sink: &SinkConfig, readiness: Option<SinkReadiness>) -> Option<SinkFault> {
    let has_looked = match readiness {
        Some(SinkReadiness::Unusable(failure)) => return Some(SinkFault::Unusable(failure)),
        Some(SinkReadiness::Usable) => true,
        None => false,
    };
    sink.kind.sink_adapter().secret_locations().into_iter().find_map(|(what, from)| {
        if let Some(error) = from.unreadable_by_anybody() {
            return Some(SinkFault::SecretUnreadable(format!("{what}: {error}")));
        }
        match from.secret_availability() {
            SecretAvailability::Unreadable(why) if !has_looked => {
                Some(SinkFault::SecretUnreadable(format!("{what}: {from}: {why}")))
            }
            SecretAvailability::Unreadable(_)
            | SecretAvailability::Readable
            | SecretAvailability::GivenByUnit => None,
        }
    })
}
