//! The signals that the daemon obeys.

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DaemonSignal {
    Stop,
    Reload,
}

/// Where the signals arrive.
pub(super) struct SignalListener {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    /// A write past the limit of a file's size fails, as one on a full disk does, and does not end the program.
    _too_large: Signal,
}

impl SignalListener {
    pub(super) fn listen_for_signals() -> Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
            _too_large: listen(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    /// Does some work, unless a signal says to stop before it is done. A signal to reload waits until then.
    pub(super) async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            _ = self.terminate.recv() => None,
            _ = self.interrupt.recv() => None,
            done = work => Some(done),
        }
    }

    pub(super) async fn next(&mut self) -> DaemonSignal {
        tokio::select! {
            _ = self.terminate.recv() => DaemonSignal::Stop,
            _ = self.interrupt.recv() => DaemonSignal::Stop,
            _ = self.hang_up.recv() => DaemonSignal::Reload,
        }
    }
}
