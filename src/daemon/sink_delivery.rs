//! Delivering at one sink, on a connection of its own, so that a slow or broken sink delays only itself.

use std::time::Duration;

use anyhow::{Result, bail};
use jiff::Timestamp;
use serde::Serialize;

use crate::clock::{self, Clock, Deadline};
use crate::config::{Config, SecretAvailability, SinkConfig};
use crate::domain::{DatabaseUrl, DeliveryDecision};
use crate::pipeline::deliver::{DeliveryAttemptReport, deliver_next_message};
use crate::store::{ACCEPTED, Outbox, SinkPause, Store};

/// A receiver that needed longer than this to take nothing is not waited for again in the same turn: a person waits for
/// `once`, and each try at a silent server takes as long.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// What one run delivered at one sink.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SinkDeliveryReport {
    /// Messages that the receiver took.
    pub delivered: u64,
    /// Messages that are tried again later.
    pub deferred: u64,
    /// Messages that are kept as failed.
    pub failed: u64,
    /// Whether the sink is paused now.
    #[serde(rename = "paused")]
    pub is_paused: bool,
    /// What went wrong last, or why messages are held back, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl SinkDeliveryReport {
    /// Whether all that was due is delivered.
    pub fn is_everything_delivered(&self) -> bool {
        self.deferred == 0 && self.failed == 0 && self.reason.is_none()
    }

    fn add_delivery(&mut self, delivered: &DeliveryAttemptReport) {
        match delivered.settled {
            DeliveryDecision::Delivered => self.delivered += 1,
            DeliveryDecision::RetryAt { .. } => self.deferred += 1,
            DeliveryDecision::Failed => self.failed += 1,
            DeliveryDecision::SinkPaused => self.is_paused = true,
        }
        if delivered.settled != DeliveryDecision::Delivered {
            self.reason = Some(delivered.reason.clone());
        }
    }
}

/// The reports of two rounds of deliveries at one sink as one report.
pub(super) fn add_up_delivery_rounds(
    first: Result<SinkDeliveryReport>,
    then: Result<SinkDeliveryReport>,
) -> Result<SinkDeliveryReport> {
    let (first, then) = (first?, then?);
    Ok(SinkDeliveryReport {
        delivered: first.delivered + then.delivered,
        deferred: first.deferred + then.deferred,
        failed: first.failed + then.failed,
        is_paused: first.is_paused || then.is_paused,
        reason: then.reason.or(first.reason),
    })
}

/// Delivers what is due at a sink now. Nothing is opened where nothing is; whether its secrets can be read is noted all the
/// same.
pub(super) async fn deliver_due(
    state: &DatabaseUrl,
    sink: &SinkConfig,
    now: Timestamp,
) -> Result<SinkDeliveryReport> {
    let mut outbox = Outbox::open(state)?;
    note_sink_readiness(&outbox, sink, now)?;
    if let Some(paused) = outbox.sink_pause(&sink.name)? {
        return Ok(paused_sink_report(&paused, outbox.due_message_count(&sink.name, now)?));
    }
    refuse_changed_sink_kind(&outbox, sink)?;
    let mut turn = SinkDeliveryReport::default();
    if outbox.next_message_due_time(&sink.name, now)?.is_none_or(|due| due > now) {
        return Ok(turn);
    }
    let mut way = sink.kind.sink_adapter().open_sink_transport()?;
    loop {
        let patience = Deadline::starting_now(WAIT_MAX);
        let delivered =
            deliver_next_message(&mut outbox, &sink.name, &mut way, Clock::Fixed(now), random_jitter())
                .await?;
        let Some(delivered) = delivered else { break };
        log_delivery(&sink.name, &delivered);
        turn.add_delivery(&delivered);
        let is_taken = delivered.settled == DeliveryDecision::Delivered;
        if !is_taken && patience.remaining_time().is_zero() {
            break;
        }
        if outbox.next_message_due_time(&sink.name, now)?.is_some_and(|due| due <= now) {
            clock::sleep(sink.kind.sink_adapter().min_message_interval()).await;
        }
    }
    way.close_kept_session().await;
    Ok(turn)
}

/// Notes whether the secrets of a sink can be read, for whoever asks for the status: without them nothing can be sent. Why
/// not, if that is news. What systemd gives to its unit alone says nothing in a program that was started by hand.
pub(super) fn note_sink_readiness(
    outbox: &Outbox,
    sink: &SinkConfig,
    now: Timestamp,
) -> Result<Option<String>> {
    let secrets = sink.kind.sink_adapter().secret_locations();
    if secrets.iter().any(|(_, from)| from.secret_availability() == SecretAvailability::GivenByUnit) {
        return Ok(None);
    }
    let missing = secrets.into_iter().find_map(|(what, from)| Some((what, from.read().err()?)));
    let missing = missing.map(|(what, error)| format!("{what}: {error}"));
    let is_news = outbox.note_sink_readiness(&sink.name, missing.as_deref(), now)?;
    Ok(missing.filter(|_| is_news))
}

/// Refuses a sink for which messages wait that were made when it was of another kind: it would not understand them,
/// or worse, take them for something else.
pub(super) fn refuse_changed_sink_kind(outbox: &Outbox, sink: &SinkConfig) -> Result<()> {
    let foreign =
        outbox.messages_for_other_sink_kind(&sink.name, sink.kind.sink_adapter().message_format_name())?;
    if foreign > 0 {
        bail!(
            "messages that were made when it was of another kind: {foreign}. `paperwire outbox list` shows them, \
             `paperwire outbox drop ID` gives one up; until then nothing goes to it"
        );
    }
    Ok(())
}

/// The sinks that the configuration does not have and for which messages wait, with how many.
pub(super) fn orphaned_messages(config: &Config, store: &Store) -> Result<Vec<(String, u64)>> {
    let waiting = store.waiting_messages_per_sink()?;
    Ok(waiting.into_iter().filter(|(sink, _)| config.sinks.iter().all(|known| known.name != *sink)).collect())
}

/// What to do about the messages of a sink that is not configured.
pub(super) fn orphaned_messages_text(messages: u64) -> String {
    format!(
        "messages that wait for it: {messages}, and the configuration has no such sink. Name one so again, or give them \
         up with `paperwire outbox drop ID`"
    )
}

/// The share of a sink that was paused before: every turn says so for as long as it holds messages back, or a
/// broken sink would look like a quiet one.
fn paused_sink_report(paused: &SinkPause, waiting: u64) -> SinkDeliveryReport {
    let SinkPause { sink, since, reason: words } = paused;
    let mut turn = SinkDeliveryReport { is_paused: true, ..SinkDeliveryReport::default() };
    if waiting > 0 {
        let reason = format!("paused since {since:.0} (messages held back: {waiting}): {words}");
        tracing::warn!(
            sink, messages = waiting, paused_since = %format_args!("{since:.0}"), error = %words,
            "the sink is paused and its messages are held back: `paperwire outbox resume {sink}` releases them"
        );
        turn.reason = Some(reason);
    }
    turn
}

/// Between 0 and 1.
pub(super) fn random_jitter() -> f64 {
    fastrand::f64()
}

/// Reports to the operator what a try came to and what happens next.
pub(super) fn log_delivery(sink: &str, delivered: &DeliveryAttemptReport) {
    let DeliveryAttemptReport { id, attempt, settled, reason: words, is_repeated: is_known } = delivered;
    let tries = crate::domain::ATTEMPTS_MAX;
    match settled {
        DeliveryDecision::Delivered if words == ACCEPTED || *is_known => {
            tracing::info!(sink, message_id = id, attempt, "message delivered");
        }
        DeliveryDecision::Delivered => {
            tracing::warn!(sink, message_id = id, attempt, error = %words, "message delivered, with an odd answer: it is not sent again");
        }
        DeliveryDecision::RetryAt { at } => {
            tracing::warn!(
                sink, message_id = id, attempt, error = %words,
                "message not delivered, next try {at:.0} (attempt {attempt} of {tries})"
            );
        }
        DeliveryDecision::Failed => tracing::error!(
            sink, message_id = id, attempt, error = %words,
            "message given up and kept as failed: `paperwire outbox retry {id}` sends it again"
        ),
        DeliveryDecision::SinkPaused => tracing::error!(
            sink, message_id = id, attempt, error = %words,
            "the sink is paused and its messages are kept: mend it, then `paperwire outbox resume {sink}`"
        ),
    }
}
