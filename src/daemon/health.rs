//! Whether the loops of the daemon can do their work. A full disk ends none of them: it is reported once, in the log, to
//! systemd and to whoever asks for the status, and once more when all goes on.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use anyhow::{Error, Result, anyhow};
use jiff::Timestamp;

use super::notify;
use crate::store::{Failure, Fault, IncidentNote, Store, failure_of, words_of};

/// What the loops know of each other's failures.
#[derive(Debug, Clone)]
pub(super) struct Health(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    note: IncidentNote,
    /// Since when the history cannot be written, and why.
    fault: Option<Fault>,
    /// The loops that cannot write it.
    failing: BTreeSet<String>,
    /// What ends the daemon.
    unusable: Option<Error>,
}

impl Health {
    /// All is well so far.
    pub(super) fn new(store: &Store) -> Result<Self> {
        let note = store.incident_note()?;
        Ok(Self(Arc::new(Mutex::new(State { note, fault: None, failing: BTreeSet::new(), unusable: None }))))
    }

    /// Since when the history cannot be written, and why; none if it can.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.state().fault.clone()
    }

    /// An error has stopped this loop, which begins again later. An error that says that the history is damaged ends the
    /// daemon: see [`usable`](Self::usable).
    pub(super) fn failed(&self, name: &str, error: Error, now: Timestamp) {
        match failure_of(&error) {
            None => {
                tracing::error!("{name}: {error:#}; it is tried again");
                self.can_write(name);
            }
            Some(Failure::Unusable) => self.state().unusable = Some(error),
            Some(Failure::Passing | Failure::Forbidden) => self.begin(name, &error, now),
        }
    }

    fn begin(&self, name: &str, error: &Error, now: Timestamp) {
        let mut state = self.state();
        state.failing.insert(name.to_owned());
        if state.fault.is_some() {
            return;
        }
        let words = words_of(error);
        tracing::error!("the history cannot be written: {words}; paperwire goes on when it can");
        notify::status(&format!("wrong: the history cannot be written: {words}"));
        let fault = Fault { since: now, words };
        state.note.set(Some(&fault));
        state.fault = Some(fault);
    }

    /// This loop has done its work.
    pub(super) fn succeeded(&self, name: &str) {
        self.can_write(name);
    }

    /// Nothing keeps this loop from the history any more. The incident ends with the last one.
    fn can_write(&self, name: &str) {
        let mut state = self.state();
        state.failing.remove(name);
        if state.failing.is_empty() && state.fault.take().is_some() {
            state.note.set(None);
            tracing::info!("the history can be written again");
        }
    }

    /// This loop is no more. What it has found is looked into by the others.
    pub(super) fn ended(&self, name: &str) {
        self.state().failing.remove(name);
    }

    /// An error if the history is damaged, or not one that this program knows.
    pub(super) fn usable(&self) -> Result<()> {
        match self.state().unusable.take() {
            Some(error) => Err(error.context(
                "the daemon stops, because its history cannot be used any more: put a copy in its place, see \
                 `paperwire backup`",
            )),
            None => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does work that may break off: a panic in it is an error like any other, and ends no other loop.
pub(super) async fn unbroken<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(anyhow!("it broke off: {}", panic_words(&*panic)))))
    })
    .await
}

fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Error {
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        Error::from(rusqlite::Error::SqliteFailure(full, None))
    }

    #[test]
    fn an_incident_begins_with_the_first_loop_that_fails_and_ends_with_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let store = Store::open(&file).unwrap();
        let health = Health::new(&store).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        health.failed("a", full(), at(1));
        health.failed("b", full(), at(2));
        let seen = crate::store::incident(&file);
        assert_eq!((seen.clone(), seen.map(|fault| fault.since)), (health.fault(), Some(at(1))));
        health.succeeded("a");
        assert!(health.fault().is_some());
        health.succeeded("b");
        assert_eq!((health.fault(), crate::store::incident(&file)), (None, None));
        health.failed("a", anyhow!("no network"), at(3));
        assert_eq!(health.fault(), None, "the history has no part in it");
        health.failed("a", full(), at(4));
        health.failed("a", anyhow!("no secret"), at(5));
        assert_eq!((health.fault(), crate::store::incident(&file)), (None, None), "it was read for that");
        assert!(health.usable().is_ok());
    }

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_words() {
        let broken = unbroken(async {
            tokio::task::yield_now().await;
            panic!("no {}", "luck");
        });
        assert_eq!(Result::<()>::unwrap_err(broken.await).to_string(), "it broke off: no luck");
        assert_eq!(unbroken(async { Ok(1) }).await.unwrap(), 1);
    }
}
