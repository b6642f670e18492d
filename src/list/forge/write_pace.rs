//! How fast forges may be written to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use crate::clock::{Deadline, sleep};

/// What GitHub asks for between two requests that change something. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// Keeps writes apart, from the end of one to the start of the next; copies of a pace are the same pace. One
/// for the whole process keeps every host's rule.
#[derive(Debug, Clone)]
pub struct WritePace {
    between: Duration,
    next_write: Arc<Mutex<Option<Deadline>>>,
}

/// The leave to write, alone, until it is dropped.
#[derive(Debug)]
pub(super) struct ForgeWritePermit<'p> {
    between: Duration,
    next_write: MutexGuard<'p, Option<Deadline>>,
}

impl WritePace {
    /// A second between writes, as forges ask.
    pub fn one_write_per_second() -> Self {
        Self::with_write_interval(BETWEEN_WRITES)
    }

    /// Another time between writes, for a forge that is one's own.
    pub fn with_write_interval(between: Duration) -> Self {
        Self { between, next_write: Arc::new(Mutex::new(None)) }
    }

    /// Waits until we may write.
    pub(super) async fn acquire(&self) -> ForgeWritePermit<'_> {
        let rest = self.next_write.lock().await;
        if let Some(deadline) = *rest {
            sleep(deadline.remaining_time()).await;
        }
        ForgeWritePermit { between: self.between, next_write: rest }
    }
}

impl Drop for ForgeWritePermit<'_> {
    fn drop(&mut self) {
        *self.next_write = Some(Deadline::starting_now(self.between));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn copies_of_a_pace_keep_their_writes_apart_together() {
        let between = Duration::from_millis(40);
        let pace = WritePace::with_write_interval(between);
        let begun = Deadline::starting_now(between);
        for copy in [pace.clone(), pace.clone(), pace] {
            drop(copy.acquire().await);
        }
        assert!(begun.elapsed() >= 2 * between, "{:?}", begun.elapsed());
    }
}
