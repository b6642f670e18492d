//! The daemon's loop that delivers at one sink.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::{Notify, watch};

use super::health::{Health, unbroken};
use super::main_loop::PROBE_EVERY;
use super::run::SLEEP_MAX;
use super::watch::Pulse;
use super::{delivering, sinks};
use crate::clock::{self, Clock};
use crate::config::{Config, Sink};
use crate::pipeline::deliver::{Way, deliver_one};
use crate::store::{Outbox, failure_of};

/// A sink that cannot be made ready is looked at again after this: a secret may be put in place.
const NOT_READY_WAIT: Duration = Duration::from_mins(1);

/// The loop that delivers at one sink.
pub(super) struct Delivering {
    pub(super) config: Rc<Config>,
    pub(super) sink: Sink,
    pub(super) wake: Rc<Notify>,
    pub(super) pulse: Pulse,
    pub(super) health: Health,
    pub(super) clock: Clock,
}

impl Delivering {
    pub(super) async fn until(self, mut stopping: watch::Receiver<bool>) {
        let name = format!("sink \"{}\"", self.sink.name);
        // It is kept while it knows of a message that was sent and could not be noted.
        let mut outbox = None;
        while !*stopping.borrow() {
            self.pulse.beat(&name);
            let wait = match unbroken(self.deliver_due(&mut outbox, &mut stopping)).await {
                Ok(wait) => {
                    self.health.succeeded(&name);
                    wait
                }
                Err(error) => {
                    let wait = if failure_of(&error).is_some() { PROBE_EVERY } else { NOT_READY_WAIT };
                    self.health.failed(&name, error, self.clock.now());
                    wait
                }
            };
            outbox = outbox.filter(|outbox: &Outbox| outbox.unsettled().is_some());
            tokio::select! {
                () = clock::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        }
        if let Some(mut outbox) = outbox {
            settle_at_last(&mut outbox, &self.sink.name);
        }
        self.pulse.end(&name);
        self.health.ended(&name);
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
        outbox.settle_rest()?;
        delivering::refuse_foreign(outbox, &self.sink)?;
        let mut way: Option<Way> = None;
        loop {
            let now = self.clock.now();
            let wait = match outbox.next_due(&self.sink.name, now)? {
                Some(due) if due <= now => Duration::ZERO,
                Some(due) => Duration::try_from(due.duration_since(now)).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
                None => SLEEP_MAX,
            };
            if !wait.is_zero() || *stopping.borrow() {
                if let Some(mut way) = way {
                    way.close().await;
                }
                return Ok(wait);
            }
            let mut ready = match way.take() {
                Some(ready) => ready,
                None => sinks::way(&self.sink.kind)?,
            };
            self.pulse.beat(&format!("sink \"{}\"", self.sink.name));
            if let Some(delivered) =
                deliver_one(outbox, &self.sink.name, &mut ready, self.clock, delivering::jitter()).await?
            {
                delivering::tell(&self.sink.name, &delivered);
                tokio::select! {
                    () = clock::sleep(delivering::pace(&self.sink.kind)) => {}
                    _ = stopping.wait_for(|stop| *stop) => {}
                }
            }
            way = Some(ready);
        }
    }
}

/// The last moment in which it can be noted what became of a message.
fn settle_at_last(outbox: &mut Outbox, sink: &str) {
    let (id, noted) = (outbox.unsettled().unwrap_or_default(), outbox.settle_rest());
    if let Err(error) = noted {
        tracing::error!(
            "sink \"{sink}\": message {id} was sent, and may be sent again, for that cannot be noted: {error:#}"
        );
    }
}
