//! Whether the loops of the daemon can do their work. A full disk ends none of them: it is reported once, in the log, to
//! systemd and to whoever asks for the status, and once more when all goes on.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use anyhow::{Error, Result, anyhow};
use jiff::Timestamp;

use super::systemd_notify;
use crate::store::{
    FailureSince, Store, StoreErrorKind, WriteFailureNoteFile, error_chain_message, store_error_kind,
};

/// While the history cannot be written, it is looked at so often. That costs one small write.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(10);

/// What the loops know of each other's failures.
#[derive(Debug, Clone)]
pub(super) struct StoreFailures(Arc<Mutex<StoreFailureState>>);

#[derive(Debug)]
struct StoreFailureState {
    failure_note: WriteFailureNoteFile,
    /// Since when the history cannot be written, and why.
    write_failure: Option<FailureSince>,
    /// The loops that cannot write it.
    failing_loops: BTreeSet<String>,
    /// What ends the daemon.
    unusable: Option<Error>,
}

impl StoreFailures {
    /// All is well so far.
    pub(super) fn new(store: &Store) -> Result<Self> {
        let note = store.open_write_failure_note_file()?;
        Ok(Self(Arc::new(Mutex::new(StoreFailureState {
            failure_note: note,
            write_failure: None,
            failing_loops: BTreeSet::new(),
            unusable: None,
        }))))
    }

    /// Since when the history cannot be written, and why; none if it can.
    pub(super) fn current_write_failure(&self) -> Option<FailureSince> {
        self.lock_state().write_failure.clone()
    }

    /// An error has stopped this loop, which begins again later. An error that says that the history is damaged ends the
    /// daemon: see [`ensure_usable`](Self::ensure_usable).
    pub(super) fn record_loop_failure(&self, name: &str, error: Error, now: Timestamp) {
        match store_error_kind(&error) {
            None => {
                let error = format_args!("{error:#}");
                tracing::error!(task = name, %error, "a task failed and is tried again");
                self.record_success(name);
            }
            Some(StoreErrorKind::Unusable) => self.lock_state().unusable = Some(error),
            Some(StoreErrorKind::Transient | StoreErrorKind::Forbidden) => {
                self.begin_write_failure_incident(name, &error, now);
            }
        }
    }

    fn begin_write_failure_incident(&self, name: &str, error: &Error, now: Timestamp) {
        let mut state = self.lock_state();
        state.failing_loops.insert(name.to_owned());
        if state.write_failure.is_some() {
            return;
        }
        let words = error_chain_message(error);
        tracing::error!(error = %words, "the history cannot be written: paperwire goes on when it can");
        systemd_notify::notify_status(&format!("wrong: the history cannot be written: {words}"));
        let fault = FailureSince { since: now, reason: words };
        state.failure_note.set_write_failure(Some(&fault));
        state.write_failure = Some(fault);
    }

    /// Nothing keeps this loop from the history any more. The incident ends with the last one.
    pub(super) fn record_success(&self, name: &str) {
        let mut state = self.lock_state();
        state.failing_loops.remove(name);
        if state.failing_loops.is_empty() && state.write_failure.take().is_some() {
            state.failure_note.set_write_failure(None);
            tracing::info!("the history can be written again");
        }
    }

    /// Forgets a loop that has ended. What it has found is looked into by the others.
    pub(super) fn forget_daemon_loop(&self, name: &str) {
        self.lock_state().failing_loops.remove(name);
    }

    /// An error if the history is damaged, or not one that this program knows.
    pub(super) fn ensure_usable(&self) -> Result<()> {
        match self.lock_state().unusable.take() {
            Some(error) => Err(error.context(
                "the daemon stops, because its history cannot be used any more: put a copy in its place, see \
                 `paperwire backup`",
            )),
            None => Ok(()),
        }
    }

    fn lock_state(&self) -> MutexGuard<'_, StoreFailureState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs what is wrong with one thing; what is wrong with the history itself is given back.
pub(super) fn log_unless_store_failure(error: Error, log: impl Fn(fmt::Arguments<'_>)) -> Result<()> {
    if store_error_kind(&error).is_some() {
        return Err(error);
    }
    log(format_args!("{error:#}"));
    Ok(())
}

/// Does work that may break off: a panic in it is an error like any other, and ends no other loop.
pub(super) async fn catch_panic<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(anyhow!("it broke off: {}", panic_message(&*panic)))))
    })
    .await
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DatabaseUrl;

    fn disk_full_error() -> Error {
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        Error::from(rusqlite::Error::SqliteFailure(full, None))
    }

    #[test]
    fn an_incident_begins_with_the_first_loop_that_fails_and_ends_with_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let store_url = DatabaseUrl::Sqlite(folder.path().join("paperwire.db"));
        let store = Store::open(&store_url).unwrap();
        let health = StoreFailures::new(&store).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        health.record_loop_failure("a", disk_full_error(), at(1));
        health.record_loop_failure("b", disk_full_error(), at(2));
        let seen = crate::store::read_write_failure_note(&store_url);
        assert_eq!(
            (seen.clone(), seen.map(|fault| fault.since)),
            (health.current_write_failure(), Some(at(1)))
        );
        health.record_success("a");
        assert!(health.current_write_failure().is_some());
        health.record_success("b");
        assert_eq!(
            (health.current_write_failure(), crate::store::read_write_failure_note(&store_url)),
            (None, None)
        );
        health.record_loop_failure("a", anyhow!("no network"), at(3));
        assert_eq!(health.current_write_failure(), None, "the history has no part in it");
        health.record_loop_failure("a", disk_full_error(), at(4));
        health.record_loop_failure("a", anyhow!("no secret"), at(5));
        assert_eq!(
            (health.current_write_failure(), crate::store::read_write_failure_note(&store_url)),
            (None, None),
            "it was read for that"
        );
        assert!(health.ensure_usable().is_ok());
    }

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_words() {
        let broken = catch_panic(async {
            tokio::task::yield_now().await;
            panic!("no {}", "luck");
        });
        assert_eq!(Result::<()>::unwrap_err(broken.await).to_string(), "it broke off: no luck");
        assert_eq!(catch_panic(async { Ok(1) }).await.unwrap(), 1);
    }
}
