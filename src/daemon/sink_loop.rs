//! The daemon's loop that delivers at one sink.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::{Notify, watch};

use super::run::SLEEP_MAX;
use super::watch::Pulse;
use super::{delivering, sinks};
use crate::clock::{self, Clock};
use crate::config::{Config, Sink};
use crate::pipeline::deliver::{Way, deliver_one};
use crate::store::Outbox;

/// A sink that cannot be made ready is looked at again after this: a secret may be put in place.
const NOT_READY_WAIT: Duration = Duration::from_mins(1);

/// The loop that delivers at one sink.
pub(super) struct Delivering {
    pub(super) config: Rc<Config>,
    pub(super) sink: Sink,
    pub(super) wake: Rc<Notify>,
    pub(super) pulse: Pulse,
    pub(super) clock: Clock,
}

impl Delivering {
    pub(super) async fn until(self, mut stopping: watch::Receiver<bool>) {
        let name = format!("sink {}", self.sink.name);
        while !*stopping.borrow() {
            self.pulse.beat(&name);
            let wait = match self.deliver_due(&mut stopping).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!("sink \"{}\": {error:#}", self.sink.name);
                    NOT_READY_WAIT
                }
            };
            tokio::select! {
                () = clock::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        }
        self.pulse.end(&name);
    }

    /// Delivers what is due; how long to wait then.
    async fn deliver_due(&self, stopping: &mut watch::Receiver<bool>) -> Result<Duration> {
        let mut outbox = Outbox::open(&self.config.state)?;
        delivering::refuse_foreign(&outbox, &self.sink)?;
        let mut way: Option<Way> = None;
        loop {
            let now = self.clock.now();
            let wait = match outbox.next_due(&self.sink.name, now)? {
                Some(due) if due <= now => Duration::ZERO,
                Some(due) => Duration::try_from(due.duration_since(now)).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
                None => SLEEP_MAX,
            };
            if !wait.is_zero() || *stopping.borrow() {
                if let Some(way) = way {
                    way.close().await;
                }
                return Ok(wait);
            }
            let ready = match way.take() {
                Some(ready) => ready,
                None => sinks::way(&self.sink.kind)?,
            };
            self.pulse.beat(&format!("sink {}", self.sink.name));
            if let Some(delivered) =
                deliver_one(&mut outbox, &self.sink.name, &ready, self.clock, delivering::jitter()).await?
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
