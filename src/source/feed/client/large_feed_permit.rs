//! Large feeds take turns: several at once would take several times the memory of one.

use tokio::sync::{Semaphore, SemaphorePermit};

/// The right to hold a large feed, from its second megabyte until it is recorded. Nobody else has it meanwhile.
#[derive(Debug)]
pub struct LargeFeedPermit(
    #[expect(dead_code, reason = "its drop gives it back")] Option<SemaphorePermit<'static>>,
);

/// Of one large feed at a time.
static PERMITS: Semaphore = Semaphore::const_new(1);

impl LargeFeedPermit {
    /// None while another large feed is held.
    pub(super) fn try_acquire() -> Option<Self> {
        PERMITS.try_acquire().ok().map(|permit| Self(Some(permit)))
    }

    /// Waits until no other large feed is held.
    pub(super) async fn acquire() -> Self {
        // Nobody closes it.
        Self(PERMITS.acquire().await.ok())
    }
}
