//! Large feeds take turns: several at once would take several times the memory of one.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The right to hold a large feed, from its second megabyte until it is recorded. Nobody else has it meanwhile.
#[derive(Debug)]
pub struct LargeFeedPermit(
    #[expect(dead_code, reason = "its drop gives it back")] Option<SemaphorePermit<'static>>,
);

impl LargeFeedPermit {
    /// Waits until no other large feed is held.
    pub(super) async fn acquire() -> Self {
        static PERMITS: Semaphore = Semaphore::const_new(1);
        // Nobody closes it.
        Self(PERMITS.acquire().await.ok())
    }
}
