//! Connections to the store that only read, a few of them, each used by one request at a time.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use crate::domain::DatabaseUrl;
use crate::store::StoreReader;

/// Requests that read at one time. More would only share the same disk and processor.
pub(super) const AT_ONCE: usize = 2;

/// From asking to the answer, with the wait for a reader; what takes longer is ended.
const READ_TIME: Duration = Duration::from_secs(5);

/// The readers.
#[derive(Debug)]
pub(super) struct StoreReaderPool {
    state: DatabaseUrl,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<StoreReader>>>,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreReadError {
    /// There are too many requests, or this one asks for too much.
    #[error("it took too long")]
    Timeout,
    /// The store does not answer.
    #[error("{0:#}")]
    Store(anyhow::Error),
}

impl StoreReaderPool {
    pub(super) fn new(state: DatabaseUrl) -> Self {
        Self { state, permits: Arc::new(Semaphore::new(AT_ONCE)), idle: Arc::default() }
    }

    /// Reads on a thread of its own.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&StoreReader) -> Result<T> + Send + 'static,
    ) -> Result<T, StoreReadError> {
        tokio::time::timeout(READ_TIME, self.read_store_with_permit(read))
            .await
            .unwrap_or(Err(StoreReadError::Timeout))
    }

    async fn read_store_with_permit<T: Send + 'static>(
        &self,
        read: impl FnOnce(&StoreReader) -> Result<T> + Send + 'static,
    ) -> Result<T, StoreReadError> {
        let closed = || StoreReadError::Store(anyhow::anyhow!("the server is stopping"));
        let place = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let reader = self.take_or_open_reader().map_err(StoreReadError::Store)?;
        // If this future is dropped because the time is over, its statement ends too.
        let mut interrupting = InterruptOnDrop(Some(reader.statement_interrupter()));
        let idle = Arc::clone(&self.idle);
        let reading = spawn_blocking(move || {
            let answer = read(&reader);
            // One that reads alone does not see what is written from now on.
            if answer.is_ok() && !reader.is_opened_without_locks() {
                lock_readers(&idle).push(reader);
            }
            drop(place);
            answer
        });
        let answer = match reading.await.map_err(JoinError::try_into_panic) {
            Ok(answer) => answer,
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(_)) => return Err(closed()),
        };
        interrupting.0 = None;
        answer.map_err(StoreReadError::Store)
    }

    fn take_or_open_reader(&self) -> Result<StoreReader> {
        if let Some(reader) = lock_readers(&self.idle).pop() {
            return Ok(reader);
        }
        StoreReader::open(&self.state)?.context("there is no history yet")
    }
}

fn lock_readers(idle: &Mutex<Vec<StoreReader>>) -> std::sync::MutexGuard<'_, Vec<StoreReader>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the reader's statement when it is dropped too early.
struct InterruptOnDrop(Option<crate::store::StatementInterrupter>);

impl Drop for InterruptOnDrop {
    fn drop(&mut self) {
        if let Some(interrupter) = self.0.take() {
            interrupter.interrupt_statement();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// How many readers wait for the next request after one.
    async fn idle_readers_after_one_read(store: DatabaseUrl) -> usize {
        let readers = StoreReaderPool::new(store);
        assert_eq!(readers.read(StoreReader::paper_count).await.unwrap(), 0);
        lock_readers(&readers.idle).len()
    }

    #[tokio::test]
    async fn a_reader_is_used_again_unless_it_reads_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| DatabaseUrl::Sqlite(folder.path().join(name));
        let (shared, alone) = (at("shared.db"), at("alone.db"));
        drop(Store::open(&shared).unwrap());
        drop(Store::open(&alone).unwrap());
        // SQLite follows no link there, so that nothing can be shared.
        std::os::unix::fs::symlink("nowhere", folder.path().join("alone.db-shm")).unwrap();
        assert_eq!(
            (idle_readers_after_one_read(shared).await, idle_readers_after_one_read(alone).await),
            (1, 0)
        );
    }

    #[tokio::test]
    async fn a_panic_goes_on_to_who_reads_and_costs_the_pool_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let state = DatabaseUrl::Sqlite(file);
        drop(Store::open(&state).unwrap());
        let readers = Arc::new(StoreReaderPool::new(state));
        for _ in 0..=AT_ONCE {
            let readers = Arc::clone(&readers);
            let reading =
                tokio::spawn(async move { readers.read::<()>(|_| panic!("no luck")).await.is_ok() });
            assert!(reading.await.unwrap_err().is_panic());
        }
        assert_eq!(readers.read(StoreReader::paper_count).await.unwrap(), 0);
    }
}
