//! Whether the daemon's loops are still running: only then is systemd's watchdog fed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::systemd_notify;
use crate::clock::{self, Deadline};

/// A loop without a heartbeat for so long is stuck: its longest step is one request, of a minute at the
/// most, or one sleep, of a minute too.
const STILL_MAX: Duration = Duration::from_mins(3);

/// The name of the main loop.
pub(super) const MAIN_LOOP: &str = "main loop";

/// The last heartbeat of each loop.
#[derive(Debug, Clone, Default)]
pub(super) struct Heartbeats {
    beats: Rc<RefCell<BTreeMap<String, Deadline>>>,
}

impl Heartbeats {
    /// The named loop is running.
    pub(super) fn record_heartbeat(&self, name: &str) {
        self.beats.borrow_mut().insert(name.to_owned(), Deadline::starting_now(STILL_MAX));
    }

    /// The named loop has ended, as it should.
    pub(super) fn forget_ended_loop(&self, name: &str) {
        self.beats.borrow_mut().remove(name);
    }

    /// A loop that is stuck, if one is.
    fn stalled_loop(&self) -> Option<String> {
        let beats = self.beats.borrow();
        beats.iter().find(|(_, beat)| beat.remaining_time().is_zero()).map(|(name, _)| name.clone())
    }
}

/// Feeds the watchdog while no loop is stuck; returns at once if nobody watches. A history that cannot be used is no
/// reason to end the daemon, which waits for it.
pub(super) async fn keep_pinging_systemd_watchdog(heartbeats: Heartbeats) {
    let Some(interval) = systemd_notify::watchdog_interval() else { return };
    loop {
        match heartbeats.stalled_loop() {
            None => systemd_notify::ping_systemd_watchdog(),
            Some(name) => tracing::error!(task = name, "a task is stuck: the watchdog is no longer fed"),
        }
        clock::sleep(interval).await;
    }
}
