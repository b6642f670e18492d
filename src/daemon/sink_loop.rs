//! The daemon's loop that delivers at one sink.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::{Notify, watch};

use super::sink_delivery;
use super::sleep_limit::SLEEP_MAX;
use super::store_failures::{PROBE_EVERY, StoreFailures, catch_panic};
use super::watchdog::Heartbeats;
use crate::clock::{self, Clock};
use crate::config::{Config, SinkConfig};
use crate::pipeline::deliver::deliver_next_message;
use crate::sink::Transport;
use crate::store::{Outbox, store_error_kind};

/// A sink that cannot be made ready is looked at again after this: a secret may be put in place.
const NOT_READY_WAIT: Duration = Duration::from_mins(1);

/// The loop that delivers at one sink.
pub(super) struct SinkLoop {
    pub(super) config: Rc<Config>,
    pub(super) sink: SinkConfig,
    pub(super) wake: Rc<Notify>,
    pub(super) heartbeats: Heartbeats,
    pub(super) health: StoreFailures,
    pub(super) clock: Clock,
}

impl SinkLoop {
    /// Delivers until it is to stop. The outbox that it begins with and gives back, if there is one, knows of a message
    /// that was sent and could not be noted.
    pub(super) async fn deliver_until_stopped(
        self,
        mut outbox: Option<Outbox>,
        mut stopping: watch::Receiver<bool>,
    ) -> Option<Outbox> {
        let name = format!("sink \"{}\"", self.sink.name);
        while !*stopping.borrow() {
            self.heartbeats.record_heartbeat(&name);
            let wait = match catch_panic(self.deliver_due(&mut outbox, &mut stopping)).await {
                Ok(wait) => {
                    self.health.record_success(&name);
                    wait
                }
                Err(error) => {
                    let wait = if store_error_kind(&error).is_some() { PROBE_EVERY } else { NOT_READY_WAIT };
                    self.health.record_loop_failure(&name, error, self.clock.now());
                    wait
                }
            };
            outbox = outbox.filter(|outbox: &Outbox| outbox.sent_but_unrecorded_message_id().is_some());
            tokio::select! {
                () = clock::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        }
        self.heartbeats.forget_ended_loop(&name);
        self.health.forget_daemon_loop(&name);
        outbox
    }

    /// Delivers what is due; how long to wait then.
    async fn deliver_due(
        &self,
        outbox: &mut Option<Outbox>,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<Duration> {
        let outbox = match outbox {
            Some(outbox) => outbox,
            None => outbox.insert(Outbox::open(&self.config.state)?),
        };
        outbox.flush_unsettled_delivery()?;
        if let Some(error) = sink_delivery::note_sink_readiness(outbox, &self.sink, self.clock.now())? {
            tracing::error!(sink = self.sink.name, error, "nothing can be sent until this can be read");
        }
        sink_delivery::refuse_changed_sink_kind(outbox, &self.sink)?;
        let mut way: Option<Transport> = None;
        loop {
            let now = self.clock.now();
            let wait = match outbox.next_message_due_time(&self.sink.name, now)? {
                Some(due) if due <= now => Duration::ZERO,
                Some(due) => Duration::try_from(due.duration_since(now)).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
                None => SLEEP_MAX,
            };
            if !wait.is_zero() || *stopping.borrow() {
                if let Some(mut way) = way {
                    way.close_kept_session().await;
                }
                return Ok(wait);
            }
            let mut ready = match way.take() {
                Some(ready) => ready,
                None => self.sink.kind.sink_adapter().open_sink_transport()?,
            };
            self.heartbeats.record_heartbeat(&format!("sink \"{}\"", self.sink.name));
            if let Some(delivered) = deliver_next_message(
                outbox,
                &self.sink.name,
                &mut ready,
                self.clock,
                sink_delivery::random_jitter(),
            )
            .await?
            {
                sink_delivery::log_delivery(&self.sink.name, &delivered);
                tokio::select! {
                    () = clock::sleep(self.sink.kind.sink_adapter().min_message_interval()) => {}
                    _ = stopping.wait_for(|stop| *stop) => {}
                }
            }
            way = Some(ready);
        }
    }
}

/// The outboxes that know of a message that was sent and could not be noted, by their sinks. They outlive a reload, which
/// begins the loops again, for else the message would be sent again.
#[derive(Debug, Default)]
pub(super) struct UnsettledOutboxes(BTreeMap<String, Outbox>);

impl UnsettledOutboxes {
    /// The outbox of this sink.
    pub(super) fn take_outbox_of_sink(&mut self, sink: &str) -> Option<Outbox> {
        self.0.remove(sink)
    }

    /// Keeps the outbox of this sink.
    pub(super) fn keep_unsettled_outbox(&mut self, sink: String, outbox: Outbox) {
        self.0.insert(sink, outbox);
    }

    /// Notes what can be noted by now. A sink that the configuration does not have any more has no loop that does so.
    pub(super) fn flush_all(&mut self) {
        self.0.retain(|_, outbox| outbox.flush_unsettled_delivery().is_err());
    }

    /// Notes what became of the messages, at the last moment in which that can be done.
    pub(super) fn settle_at_shutdown(self) {
        for (sink, mut outbox) in self.0 {
            let (id, noted) = (
                outbox.sent_but_unrecorded_message_id().unwrap_or_default(),
                outbox.flush_unsettled_delivery(),
            );
            if let Err(error) = noted {
                let error = format_args!("{error:#}");
                tracing::error!(
                    sink, message_id = id, %error, "the message was sent, and may be sent again: this cannot be recorded"
                );
            }
        }
    }
}
