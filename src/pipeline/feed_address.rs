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

/// Brings what is kept of a feed to the address that the configuration has for it now, which may be a secret. A feed at another
/// address begins afresh, with how it does and with first contact, unless that is where it has moved to.
pub fn update_feed_address(
    store: &mut Store,
    source: &str,
    configured: &FeedAddress,
    is_secret: bool,
) -> Result<()> {
    let Some(history) = store.feed_history(source)? else { return Ok(()) };
    let Some(kept) = history.clone().at_address(configured.fingerprint()) else {
        return store.forget_feed(source);
    };
    let kept = if is_secret { kept.with_secret_address() } else { kept };
    if kept == history { Ok(()) } else { store.note_feed_history(source, &kept) }
}
