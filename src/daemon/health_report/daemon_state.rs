//! Whether the daemon is at work, as far as the history and its lock say. Who lets `once` be run by a timer needs no daemon:
//! only a history in which `run` was the last to poll misses it.

use anyhow::Result;
use jiff::Timestamp;

use crate::domain::DatabaseUrl;
use crate::store::{LockState, StoreReader, lock_state};

/// Whether the daemon is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaemonState {
    /// It is, or nobody needs it, or that cannot be seen from here.
    NotMissed,
    /// It was stopped, and nobody has polled since.
    Stopped {
        /// When.
        at: Timestamp,
    },
    /// It has ended without a word: it was killed, or the machine went down.
    Ended,
}

impl DaemonState {
    /// Looks at the history and at its lock.
    pub(super) fn read(url: &DatabaseUrl, reader: Option<&StoreReader>) -> Result<Self> {
        let Some(reader) = reader else { return Ok(Self::NotMissed) };
        let stopped = reader.daemon_stop_time()?;
        // It notes when it polls next, which `once` takes back.
        let was_last_to_poll = reader.next_poll_time()?.is_some();
        Ok(match (lock_state(url), stopped) {
            (LockState::Free | LockState::Unknown, Some(at)) => Self::Stopped { at },
            (LockState::Free, None) if was_last_to_poll => Self::Ended,
            (LockState::Held | LockState::Free | LockState::Unknown, _) => Self::NotMissed,
        })
    }
}
