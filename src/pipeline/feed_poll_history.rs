//! What the history of a feed is after a poll of it, whatever its topics took.

use jiff::Timestamp;

use crate::domain::{
    FeedHistory, FeedPoll, FetchError, FetchErrorKind, Fingerprint, PermanentRedirect, PollOutcome, ShownItem,
};
use crate::source::feed::FeedItem;

/// What an answer of a feed says of the feed itself.
#[derive(Debug)]
pub(super) struct FeedAnswerSummary {
    /// None if the feed is as it was.
    pub(super) items: Option<Vec<ShownItem>>,
    pub(super) outcome: PollOutcome,
    pub(super) message: Option<String>,
    pub(super) redirection: SeenRedirection,
}

/// What an answer says of where the feed is.
#[derive(Debug)]
pub(super) enum SeenRedirection {
    /// The feed is at the address that was asked, or its server redirects to another one for the time being.
    None,
    /// The feed is where the configuration's address has moved to.
    AlreadyFollowed,
    /// The feed has moved for good.
    Permanent(PermanentRedirect),
}

/// After an answer that could be read.
pub(super) fn history_after_answer(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    answer: FeedAnswerSummary,
    now: Timestamp,
) -> FeedHistory {
    let FeedAnswerSummary { items, outcome, message, redirection } = answer;
    let mut history = with_poll(earlier, address, outcome, None, message, now);
    if let Some(items) = items {
        history.note_items(&items, now);
    }
    match redirection {
        SeenRedirection::None => history.note_redirect(None, now),
        SeenRedirection::AlreadyFollowed => {}
        SeenRedirection::Permanent(redirect) => history.note_redirect(Some(redirect), now),
    }
    history
}

/// After a request that brought nothing to trust. What was known of a move is in doubt then, and the configuration's own address
/// is asked next; but a server that asks to be left alone is still where it was.
pub(super) fn history_after_failure(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    error: &FetchError,
    now: Timestamp,
) -> FeedHistory {
    let message = Some(error.message.clone());
    let mut history = with_poll(earlier, address, PollOutcome::Failed, Some(error.kind), message, now);
    if error.kind != FetchErrorKind::Throttled {
        history.note_redirect(None, now);
    }
    history
}

fn with_poll(
    earlier: Option<FeedHistory>,
    address: Fingerprint,
    outcome: PollOutcome,
    fault: Option<FetchErrorKind>,
    message: Option<String>,
    now: Timestamp,
) -> FeedHistory {
    let last = earlier.as_ref().map(|earlier| &earlier.last_poll);
    let last_poll = FeedPoll::after(last, outcome, fault, message, now);
    match earlier {
        Some(earlier) => FeedHistory { address, last_poll, ..earlier },
        None => FeedHistory::new(address, last_poll),
    }
}

/// What an item of a feed is known again by, and when it appeared.
pub(super) fn shown_item(item: &FeedItem) -> ShownItem {
    let key = |key: &crate::source::feed::ItemKey| {
        let bytes = Fingerprint::of(key.to_string()).bytes();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    ShownItem { keys: item.ids.iter().map(key).collect(), dated: item.published.or(item.updated) }
}
