//! What the history of a feed is after a poll of it, whatever its topics took.

use jiff::Timestamp;

use crate::domain::{
    FeedHistory, FeedPoll, FetchError, FetchErrorKind, Fingerprint, ItemKeysAndDate, PermanentRedirect,
    PollOutcome,
};
use crate::source::feed::{FeedItem, ItemKey};

/// What an answer of a feed says of the feed itself.
#[derive(Debug)]
pub(super) struct FeedAnswerSummary {
    /// None if the feed is as it was.
    pub(super) items: Option<Vec<ItemKeysAndDate>>,
    pub(super) outcome: PollOutcome,
    pub(super) message: Option<String>,
    pub(super) redirection: FeedMoveFinding,
}

/// What an answer says of where the feed is.
#[derive(Debug)]
pub(super) enum FeedMoveFinding {
    /// The feed is at the address that was asked, or its server redirects to another one for the time being.
    None,
    /// The feed is where the configuration's address has moved to.
    AlreadyFollowed,
    /// The feed has moved for good.
    Permanent(PermanentRedirect),
}

/// After an answer that could be read.
pub(super) fn feed_history_after_answer(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    answer: FeedAnswerSummary,
    now: Timestamp,
) -> FeedHistory {
    let FeedAnswerSummary { items, outcome, message, redirection } = answer;
    let mut history = feed_history_with_poll(earlier, address, outcome, None, message, now);
    if let Some(items) = items {
        history.note_items(&items, now);
    }
    match redirection {
        FeedMoveFinding::None => history.note_redirect(None, now),
        FeedMoveFinding::AlreadyFollowed => {}
        FeedMoveFinding::Permanent(redirect) => history.note_redirect(Some(redirect), now),
    }
    history
}

/// After a request that brought nothing to trust. What was known of a move is in doubt then, and the configuration's own address
/// is asked next; but a server that asks to be left alone is still where it was.
pub(super) fn feed_history_after_failure(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    error: &FetchError,
    now: Timestamp,
) -> FeedHistory {
    let message = Some(error.message.clone());
    let mut history =
        feed_history_with_poll(earlier, address, PollOutcome::Failed, Some(error.kind), message, now);
    if error.kind != FetchErrorKind::Throttled {
        history.note_redirect(None, now);
    }
    history
}

fn feed_history_with_poll(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    outcome: PollOutcome,
    fault: Option<FetchErrorKind>,
    message: Option<String>,
    now: Timestamp,
) -> FeedHistory {
    let last = earlier.as_ref().map(|earlier| &earlier.last_poll);
    let last_poll = FeedPoll::new_after_earlier_poll(last, outcome, fault, message, now);
    match earlier {
        Some(earlier) => FeedHistory { address, last_poll, ..earlier },
        None => FeedHistory::new(address, last_poll),
    }
}

/// What the items of a feed are known again by, and when they appeared. A feed that shows one at a time may give each the same
/// guid: such an item is known by the rest, if there is any.
pub(super) fn item_keys_and_dates(items: &[FeedItem]) -> Vec<ItemKeysAndDate> {
    match items {
        [only] if !only.ids.iter().all(is_guid_key) => {
            vec![item_with_filtered_keys(only, |key| !is_guid_key(key))]
        }
        all => all.iter().map(item_keys_and_date).collect(),
    }
}

/// What an item of a feed is known again by, and when it appeared.
pub(super) fn item_keys_and_date(item: &FeedItem) -> ItemKeysAndDate {
    item_with_filtered_keys(item, |_| true)
}

fn item_with_filtered_keys(item: &FeedItem, counts: impl Fn(&ItemKey) -> bool) -> ItemKeysAndDate {
    let keys = item.ids.iter().filter(|key| counts(key)).map(hash_item_key).collect();
    ItemKeysAndDate { keys, dated: item.published.or(item.updated) }
}

fn is_guid_key(key: &ItemKey) -> bool {
    matches!(key, ItemKey::Guid(_))
}

/// A key as it is remembered: the first eight bytes of its fingerprint.
fn hash_item_key(key: &ItemKey) -> u64 {
    let bytes = Fingerprint::of_text(key.to_string()).to_stored_bytes();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
