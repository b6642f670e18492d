//! What the daemon does for its own order: it keeps the full-text index, and lets go of what was delivered long ago.
//! Neither may hold up a poll or a message: what fails is logged once and tried again later.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::health::unbroken;
use super::turn;
use super::watch::Pulse;
use crate::clock::Deadline;
use crate::config::Config;
use crate::store::{Indexed, TextIndex, words_of};

/// How often what was delivered long ago is looked for, to let go of its body.
const TIDY_EVERY: Duration = Duration::from_hours(24);

/// After a failure a chore waits so long.
const FAILURE_WAIT: Duration = Duration::from_mins(10);

/// All chores.
#[derive(Debug)]
pub(super) struct Chores {
    index: Chore,
    tidying: Chore,
}

/// One chore.
#[derive(Debug)]
struct Chore {
    /// What it does, for the log.
    name: &'static str,
    /// When it is due again; at once if there is none.
    next: Option<Deadline>,
    /// Why it failed, if it did.
    fault: Option<String>,
}

impl Chores {
    /// All of them are due.
    pub(super) fn new() -> Self {
        Self { index: Chore::new("the full-text index"), tidying: Chore::new("forgetting old messages") }
    }

    /// Does what is due.
    pub(super) async fn do_due(&mut self, config: &Config, pulse: &Pulse, now: Timestamp) {
        if self.index.is_due() {
            let done = unbroken(index_words(config, pulse)).await;
            self.index.note(done, Duration::ZERO);
        }
        if self.tidying.is_due() {
            self.tidying.note(turn::forget_bodies(config, now), TIDY_EVERY);
        }
    }
}

impl Chore {
    fn new(name: &'static str) -> Self {
        Self { name, next: None, fault: None }
    }

    fn is_due(&self) -> bool {
        self.next.is_none_or(|next| next.left().is_zero())
    }

    /// Notes how it went; if well, it is due again after this time.
    fn note(&mut self, done: Result<()>, every: Duration) {
        match done {
            Ok(()) => {
                self.next = Some(Deadline::after(every));
                self.fault = None;
            }
            Err(error) => {
                self.next = Some(Deadline::after(FAILURE_WAIT));
                let words = words_of(&error);
                if self.fault.as_ref() != Some(&words) {
                    tracing::error!("{}: {words}; it is tried again, and all else goes on", self.name);
                }
                self.fault = Some(words);
            }
        }
    }
}

/// Brings the full-text index up to date, a little at a time, so that deliveries go on meanwhile.
async fn index_words(config: &Config, pulse: &Pulse) -> Result<()> {
    let mut index = TextIndex::open(&config.state)?;
    loop {
        match index.index_some()? {
            Indexed::All => return Ok(()),
            Indexed::Some => {}
            Indexed::Rebuilt => tracing::warn!("the full-text index was damaged and is built again"),
        }
        pulse.beat("turn");
        tokio::task::yield_now().await;
    }
}
