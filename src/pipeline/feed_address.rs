//! Where a feed is asked: at its address in the configuration, or where that has moved to for good.

use anyhow::Result;

use crate::domain::{FeedMove, Fingerprint};
use crate::source::feed::FeedAddress;
use crate::store::Store;

/// Where a feed is asked.
#[derive(Debug, Clone)]
pub struct AskedAddress {
    address: FeedAddress,
    configured: Fingerprint,
    is_moved: bool,
}

impl AskedAddress {
    /// By the address that the configuration has. A move that is taken for good is no longer waited for at each poll; it counts
    /// as long as the configuration has the address that moved.
    pub fn choose(store: &Store, source: &str, configured: FeedAddress) -> Result<Self> {
        let fingerprint = configured.fingerprint();
        let history = store.feed_history(source)?.filter(|history| history.address == fingerprint);
        let moved = history.and_then(|history| history.moved).filter(FeedMove::is_lasting);
        let new = moved.and_then(|moved| FeedAddress::parse(&moved.redirect.address?).ok());
        let is_moved = new.is_some();
        Ok(Self { address: new.unwrap_or(configured), configured: fingerprint, is_moved })
    }

    /// The address itself.
    pub fn address(&self) -> &FeedAddress {
        &self.address
    }

    /// The fingerprint of the address in the configuration.
    pub(super) fn configured(&self) -> Fingerprint {
        self.configured
    }

    /// Whether this is where the configuration's address has moved to.
    pub(super) fn is_moved(&self) -> bool {
        self.is_moved
    }
}

/// Forgets how a feed has done if the configuration has another address for it now: whether it is asked, and what is well or
/// wrong with it, begins afresh.
pub fn forget_replaced_feed(store: &mut Store, source: &str, configured: &FeedAddress) -> Result<()> {
    let history = store.feed_history(source)?;
    if history.is_some_and(|history| history.address != configured.fingerprint()) {
        store.forget_feed(source)?;
    }
    Ok(())
}
