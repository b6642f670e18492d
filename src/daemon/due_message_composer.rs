//! Digests and notices to the operator are composed at their time, whatever else the daemon is in the middle of: a source or
//! a repository may keep the main loop waiting for minutes.

use std::pin::pin;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::health_report::HealthReport;
use super::sleep_limit::SLEEP_MAX;
use super::store_failures::{StoreFailures, log_unless_store_failure};
use super::watchdog::{Heartbeats, MAIN_LOOP};
use super::{run_steps, systemd_notify};
use crate::clock::{self, Clock, Deadline};
use crate::config::Config;
use crate::pipeline::compose_digest::ComposeOutcome;
use crate::store::{Store, StoreReader};

/// The longest that a digest waits for a poll that is under way.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Composes what is due, by a connection to the history of its own.
pub(super) struct DueMessageComposer<'a> {
    pub(super) config: &'a Config,
    pub(super) store: Store,
    pub(super) wake: &'a Notify,
    pub(super) heartbeats: &'a Heartbeats,
    pub(super) health: &'a StoreFailures,
    pub(super) clock: Clock,
    /// How long what is due waits yet for work that may bring papers.
    pub(super) waits: Deadline,
}

impl DueMessageComposer<'_> {
    /// Composes all that is due, and reports the health to systemd.
    pub(super) fn compose_due_messages(&mut self) -> Result<()> {
        self.compose_digests()?;
        self.report_health()
    }

    /// Work begins that may bring papers. Most of it is soon over, and a digest that is due meanwhile waits for its papers; it
    /// does not wait for long.
    pub(super) fn begin_work(&mut self) {
        self.waits = Deadline::starting_now(WAIT_MAX.min(self.config.arxiv.patience / 10));
    }

    /// Does other work of many steps, each of which ends within its own limit, composes what is due once that has waited long
    /// enough, and sends heartbeats. If the history cannot be written, the work breaks off.
    pub(super) async fn compose_while_working<T>(&mut self, work: impl Future<Output = T>) -> Result<T> {
        let mut work = pin!(work);
        loop {
            self.heartbeats.record_heartbeat(MAIN_LOOP);
            let waits = self.waits.remaining_time();
            let sleep = if waits.is_zero() {
                self.compose_due_messages().or_else(|error| {
                    log_unless_store_failure(error, |error| {
                        tracing::error!(%error, "what is due is tried again");
                    })
                })?;
                self.sleep_time(Timestamp::MAX)
            } else {
                waits.min(SLEEP_MAX)
            };
            tokio::select! {
                done = &mut work => return Ok(done),
                () = clock::sleep(sleep) => {}
            }
        }
    }

    /// Composes the digests that are due.
    pub(super) fn compose_digests(&mut self) -> Result<()> {
        for (name, composed) in run_steps::compose_digests(self.config, &mut self.store, self.clock.now()) {
            match composed {
                Ok(ComposeOutcome::Queued { papers, messages }) => {
                    tracing::info!(subscription = name, papers, messages, "digest composed");
                    self.wake.notify_waiters();
                }
                Ok(ComposeOutcome::NotDue | ComposeOutcome::Nothing) => {}
                Err(error) => log_unless_store_failure(error, |error| {
                    tracing::error!(subscription = name, %error, "the digest was not composed");
                })?,
            }
        }
        Ok(())
    }

    /// Reports the health to systemd, and to the operator if it is time.
    fn report_health(&mut self) -> Result<()> {
        let reader = StoreReader::open(&self.config.state)?;
        let health = HealthReport::read_health_with_reader(
            self.config,
            reader.as_ref(),
            self.health.current_write_failure(),
            self.clock.now(),
        )?;
        systemd_notify::notify_status(&health.one_line_health_summary());
        if run_steps::alert_operator(self.config, &mut self.store, &health)? {
            self.wake.notify_waiters();
        }
        Ok(())
    }

    /// Until the next digest, or this moment if that is sooner, and never for long.
    pub(super) fn sleep_time(&self, at_most_until: Timestamp) -> Duration {
        let now = self.clock.now();
        let dues =
            self.config.subscriptions.iter().filter_map(|subscription| subscription.cadence.next_after(now));
        let next = dues.fold(at_most_until, Timestamp::min);
        Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO).min(SLEEP_MAX)
    }
}
