//! Where a feed is asked: at its address in the configuration, or where that has moved to for good.

use anyhow::Result;

use crate::domain::{FeedHistory, Fingerprint};
use crate::source::feed::FeedAddress;
use crate::store::{FeedRecord, Store};

/// Where a feed is asked.
#[derive(Debug, Clone)]
pub struct EffectiveFeedUrl {
    address: FeedAddress,
    configured: Fingerprint,
    is_moved: bool,
}

impl EffectiveFeedUrl {
    /// By the address that the configuration has, and what is remembered of the feed. A move that is taken for good is no longer
    /// waited for at each poll; it counts as long as the configuration has the address that moved.
    pub fn choose_configured_or_moved_url(configured: FeedAddress, history: Option<&FeedHistory>) -> Self {
        let fingerprint = configured.fingerprint();
        let history = history.filter(|history| history.address == fingerprint);
        let moved =
            history.and_then(|history| history.moved.as_ref()).filter(|moved| moved.may_replace_feed_url());
        let new = moved.and_then(|moved| FeedAddress::parse(moved.redirect.address.as_deref()?).ok());
        let is_moved = new.is_some();
        Self { address: new.unwrap_or(configured), configured: fingerprint, is_moved }
    }

    /// The address itself.
    pub fn effective_address(&self) -> &FeedAddress {
        &self.address
    }

    /// The fingerprint of the address in the configuration.
    pub(super) fn configured_url_fingerprint(&self) -> Fingerprint {
        self.configured
    }

    /// Whether this is where the configuration's address has moved to.
    pub(super) fn is_moved_feed_url(&self) -> bool {
        self.is_moved
    }
}

/// Brings what is kept of a feed to the address that the configuration has for it now, which may be a secret. If that is
/// another one than before, the feed is asked at once and comes whole, but not if it is the address to which the feed has
/// moved.
pub fn apply_configured_feed_url(
    store: &mut Store,
    source: &str,
    configured: &FeedAddress,
    is_secret: bool,
) -> Result<()> {
    let address = configured.fingerprint();
    if !is_secret && store.polled_url_fingerprint(source)? == Some(address) {
        return Ok(());
    }
    let Some(history) = store.feed_history(source)? else { return Ok(()) };
    let kept = if let Some(kept) = history.clone().keep_if_same_feed_address(address) {
        kept
    } else {
        store.save_feed_poll_record(source, &FeedRecord::default())?;
        history.clone().history_at_changed_address(address)
    };
    let kept = if is_secret { kept.without_secret_new_address() } else { kept };
    if kept == history { Ok(()) } else { store.note_feed_history(source, Some(&history), &kept) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{
        DatabaseUrl, FeedHistory, FeedPoll, PermanentRedirect, PollOutcome, RedirectTargetKind,
    };

    #[test]
    fn a_move_lasts_as_long_as_the_address_that_it_was_seen_at() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("feeds.db"))).unwrap();
        let [old, new, other] = ["old", "new", "other"]
            .map(|path| FeedAddress::parse(&format!("https://example.org/{path}")).unwrap());
        let moved = |secret: bool| PermanentRedirect {
            target: RedirectTargetKind::SameSite,
            fingerprint: new.fingerprint(),
            address: (!secret).then(|| new.full_feed_url().to_string()),
        };
        for (configured, is_secret, asked, is_kept) in [
            (&old, false, &new, true),
            (&old, true, &old, true),
            (&new, false, &new, true),
            (&other, false, &other, true),
        ] {
            let poll = FeedPoll::new_after_earlier_poll(
                None,
                PollOutcome::Complete,
                None,
                None,
                Timestamp::UNIX_EPOCH,
            );
            let mut history = FeedHistory::new(old.fingerprint(), poll);
            for hour in [0, 1, 24] {
                history.note_redirect(Some(moved(false)), Timestamp::from_second(hour * 3600).unwrap());
            }
            let earlier = store.feed_history("lab").unwrap();
            store.note_feed_history("lab", earlier.as_ref(), &history).unwrap();
            apply_configured_feed_url(&mut store, "lab", configured, is_secret).unwrap();
            let kept = store.feed_history("lab").unwrap();
            let chosen = EffectiveFeedUrl::choose_configured_or_moved_url(configured.clone(), kept.as_ref());
            assert_eq!(
                (chosen.effective_address(), chosen.is_moved_feed_url()),
                (asked, asked != configured),
                "{configured:?}"
            );
            assert_eq!(kept.is_some(), is_kept, "{configured:?}");
            let known = kept.and_then(|kept| kept.moved).map(|moved| moved.redirect);
            let expected = (configured == &old).then(|| moved(is_secret));
            assert_eq!(known, expected, "{configured:?}");
        }
    }
}
