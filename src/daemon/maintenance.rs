//! What the daemon does for its own order: it keeps the full-text index, and lets go of what was delivered long ago.
//! Neither may hold up a poll or a message: what fails is logged once and tried again later.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::run_steps;
use super::store_failures::catch_panic;
use super::watchdog::{Heartbeats, MAIN_LOOP};
use crate::clock::Deadline;
use crate::config::Config;
use crate::store::{IndexProgress, TextIndex, error_chain_message};

/// How often what was delivered long ago is looked for, to let go of its body.
const TIDY_EVERY: Duration = Duration::from_hours(24);

/// How long a task waits after a failure.
const FAILURE_WAIT: Duration = Duration::from_mins(10);

/// All maintenance tasks of the daemon.
#[derive(Debug)]
pub(super) struct MaintenanceTasks {
    index: MaintenanceTask,
    body_cleanup: MaintenanceTask,
}

/// One maintenance task.
#[derive(Debug)]
struct MaintenanceTask {
    /// What the task does, for the log.
    name: &'static str,
    /// When it is due again; at once if there is none.
    due_again: Option<Deadline>,
    /// Why the task failed last, if it did.
    last_error: Option<String>,
}

impl MaintenanceTasks {
    /// All of them are due.
    pub(super) fn new() -> Self {
        Self {
            index: MaintenanceTask::new("the full-text index"),
            body_cleanup: MaintenanceTask::new("forgetting old messages"),
        }
    }

    /// Does what is due.
    pub(super) async fn run_due_tasks(&mut self, config: &Config, heartbeats: &Heartbeats, now: Timestamp) {
        if self.index.is_due() {
            let done = catch_panic(update_text_index(config, heartbeats)).await;
            self.index.record_result_and_reschedule(done, Duration::ZERO);
        }
        if self.body_cleanup.is_due() {
            self.body_cleanup.record_result_and_reschedule(
                run_steps::forget_settled_message_bodies(config, now),
                TIDY_EVERY,
            );
        }
    }
}

impl MaintenanceTask {
    fn new(name: &'static str) -> Self {
        Self { name, due_again: None, last_error: None }
    }

    fn is_due(&self) -> bool {
        self.due_again.is_none_or(|next| next.remaining_time().is_zero())
    }

    /// Notes how it went; if well, it is due again after this time.
    fn record_result_and_reschedule(&mut self, done: Result<()>, every: Duration) {
        match done {
            Ok(()) => {
                self.due_again = Some(Deadline::starting_now(every));
                self.last_error = None;
            }
            Err(error) => {
                self.due_again = Some(Deadline::starting_now(FAILURE_WAIT));
                let words = error_chain_message(&error);
                if self.last_error.as_ref() != Some(&words) {
                    tracing::error!(task = self.name, error = %words, "maintenance failed and is tried again; all else goes on");
                }
                self.last_error = Some(words);
            }
        }
    }
}

/// Brings the full-text index up to date, a little at a time, so that deliveries go on meanwhile.
async fn update_text_index(config: &Config, heartbeats: &Heartbeats) -> Result<()> {
    let mut index = TextIndex::open(&config.state)?;
    loop {
        match index.index_next_batch()? {
            IndexProgress::UpToDate => return Ok(()),
            IndexProgress::MorePending => {}
            IndexProgress::Reset => tracing::warn!("the full-text index was damaged and is rebuilt"),
        }
        heartbeats.record_heartbeat(MAIN_LOOP);
        tokio::task::yield_now().await;
    }
}
