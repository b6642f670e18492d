//! What is remembered of a feed as such, whatever its topics take of it: how its polls went, and when something new came.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{FeedMove, FetchErrorKind, Fingerprint, PermanentRedirect, PollOutcome};

/// How many days with something new are remembered: twelve weeks of a feed that has something every workday.
const ACTIVE_DAYS_MAX: usize = 60;

/// Keys of items that are gone from the feed are remembered too, for servers that take turns with an older answer; so many,
/// or as many as the feed shows.
const GONE_KEYS_MAX: usize = 1_000;

/// What is remembered of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHistory {
    /// The fingerprint of its address in the configuration, at the last poll.
    pub address: Fingerprint,
    /// How its last poll went.
    pub last_poll: FeedPoll,
    /// When it was first read; none also if it has another address since and was not read there.
    pub first_read: Option<Timestamp>,
    /// When something new came last; at first contact when its newest item appeared.
    pub last_new: Option<Timestamp>,
    /// When the newest item appeared that it shows.
    pub newest_item: Option<Timestamp>,
    /// The days on which something new came, and how many items.
    pub active_days: BTreeMap<Date, u32>,
    /// What its items are known again by, those that it shows first.
    pub item_keys: Vec<u64>,
    /// Where it has moved to, as far as it is known.
    pub moved: Option<FeedMove>,
}

/// How the last poll of a feed went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPoll {
    /// The time of the poll.
    pub at: Timestamp,
    /// How the poll went.
    pub outcome: PollOutcome,
    /// Since when its polls have not been complete, or its server has said what it said last; of a complete one its own time.
    pub since: Timestamp,
    /// The kind of fault that ended it, if one did.
    pub fault: Option<FetchErrorKind>,
    /// What there was to say.
    pub message: Option<String>,
}

/// An item that a feed shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemKeysAndDate {
    /// What it is known again by: by any of them.
    pub keys: Vec<u64>,
    /// When the item appeared.
    pub dated: Option<Timestamp>,
}

impl FeedPoll {
    /// A poll after an earlier one. Those that are not complete are one incident, however each of them ended; but
    /// what its server says of a feed counts from when it says so: an outage before is no sign that a feed is gone.
    pub fn new_after_earlier_poll(
        earlier: Option<&Self>,
        outcome: PollOutcome,
        fault: Option<FetchErrorKind>,
        message: Option<String>,
        now: Timestamp,
    ) -> Self {
        let is_verdict = matches!(
            fault,
            Some(
                FetchErrorKind::Gone
                    | FetchErrorKind::NotFound
                    | FetchErrorKind::Refused
                    | FetchErrorKind::Challenged
            )
        );
        let is_same = |earlier: &&Self| {
            let is_trouble = earlier.outcome != PollOutcome::Complete && outcome != PollOutcome::Complete;
            is_trouble && (!is_verdict || earlier.fault == fault)
        };
        let since = earlier.filter(is_same).map_or(now, |earlier| earlier.since.min(now));
        Self { at: now, outcome, since, fault, message }
    }
}

impl FeedHistory {
    /// A feed that was polled once, and of which no item is known.
    pub fn new(address: Fingerprint, last_poll: FeedPoll) -> Self {
        Self {
            address,
            last_poll,
            first_read: None,
            last_new: None,
            newest_item: None,
            active_days: BTreeMap::new(),
            item_keys: Vec::new(),
            moved: None,
        }
    }

    /// What is remembered of a feed whose address in the configuration is this one: all of it if that has not changed, or is where
    /// the feed has moved to; nothing of another one.
    pub fn keep_if_same_feed_address(self, address: Fingerprint) -> Option<Self> {
        if self.address == address {
            return Some(self);
        }
        let has_moved_here = self.moved.as_ref().is_some_and(|moved| moved.redirect.fingerprint == address);
        has_moved_here.then_some(Self { address, moved: None, ..self })
    }

    /// What is remembered of it once the configuration has another address for it. Whether that is of the same feed, its first
    /// answer there says: see [`Self::belongs_to_feed_with_items`].
    #[must_use]
    pub fn history_at_changed_address(self, address: Fingerprint) -> Self {
        Self { address, moved: None, first_read: None, ..self }
    }

    /// Whether this may be remembered of a feed that shows these items: if it was read at this address, or if it showed one of
    /// them at another one.
    pub fn belongs_to_feed_with_items(&self, items: &[ItemKeysAndDate]) -> bool {
        let known: HashSet<u64> = self.item_keys.iter().copied().collect();
        // By the key that says the most: items that are called alike share a title.
        let is_known = |item: &ItemKeysAndDate| item.keys.first().is_some_and(|key| known.contains(key));
        self.first_read.is_some() || known.is_empty() || items.is_empty() || items.iter().any(is_known)
    }

    /// The history of a feed whose address is a secret: its new address is a secret, too, and is left out.
    #[must_use]
    pub fn without_secret_new_address(mut self) -> Self {
        if let Some(FeedMove { redirect, .. }) = &mut self.moved
            && redirect.address.take().is_some()
        {
            self.last_poll.message = None;
        }
        self
    }

    /// Remembers what the feed shows. The first time, its items say by their own dates when something new came.
    pub fn note_items(&mut self, items: &[ItemKeysAndDate], now: Timestamp) {
        self.first_read = self.first_read.or(Some(now));
        let newest = items.iter().filter_map(|item| item.dated).max().map(|newest| newest.min(now));
        self.newest_item = newest.or(self.newest_item);
        if self.item_keys.is_empty() {
            self.note_first_items(items, newest, now);
        } else {
            self.note_new_items(items, now);
        }
        while self.active_days.len() > ACTIVE_DAYS_MAX {
            self.active_days.pop_first();
        }
        self.remember_item_keys(items);
    }

    fn note_first_items(&mut self, items: &[ItemKeysAndDate], newest: Option<Timestamp>, now: Timestamp) {
        if items.is_empty() {
            return;
        }
        self.last_new = newest.or(Some(now));
        let dated: Vec<Timestamp> = items.iter().filter_map(|item| item.dated).collect();
        let counted = if dated.is_empty() { vec![now; items.len()] } else { dated };
        for date in counted {
            *self.active_days.entry(utc_day(date.min(now))).or_default() += 1;
        }
    }

    fn note_new_items(&mut self, items: &[ItemKeysAndDate], now: Timestamp) {
        let known: HashSet<u64> = self.item_keys.iter().copied().collect();
        let is_new = |item: &&ItemKeysAndDate| {
            !item.keys.is_empty() && item.keys.iter().all(|key| !known.contains(key))
        };
        let new = items.iter().filter(is_new).count();
        if new > 0 {
            self.last_new = Some(now);
            *self.active_days.entry(utc_day(now)).or_default() += u32::try_from(new).unwrap_or(u32::MAX);
        }
    }

    fn remember_item_keys(&mut self, items: &[ItemKeysAndDate]) {
        let mut seen = HashSet::new();
        let shown = items.iter().flat_map(|item| item.keys.iter().copied());
        let mut keys: Vec<u64> = shown.filter(|key| seen.insert(*key)).collect();
        let gone_max = keys.len().max(GONE_KEYS_MAX);
        let gone = self.item_keys.iter().copied().filter(|key| seen.insert(*key));
        keys.extend(gone.take(gone_max));
        self.item_keys = keys;
    }

    /// Remembers where the feed has moved to by this poll; nowhere if it answered without a permanent redirect.
    pub fn note_redirect(&mut self, redirect: Option<PermanentRedirect>, now: Timestamp) {
        self.moved =
            redirect.map(|redirect| FeedMove::count_poll_with_redirect(self.moved.as_ref(), redirect, now));
    }
}

/// The day of a moment, by UTC.
pub(super) fn utc_day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn item(keys: &[u64], dated: Option<&str>) -> ItemKeysAndDate {
        ItemKeysAndDate { keys: keys.to_vec(), dated: dated.map(at) }
    }

    fn new_history() -> FeedHistory {
        let poll = FeedPoll::new_after_earlier_poll(
            None,
            PollOutcome::Complete,
            None,
            None,
            at("2026-11-22T08:00:00Z"),
        );
        FeedHistory::new(Fingerprint::of_text("a"), poll)
    }

    fn days(history: &FeedHistory) -> Vec<(String, u32)> {
        history.active_days.iter().map(|(day, items)| (day.to_string(), *items)).collect()
    }

    #[test]
    fn first_items_count_by_their_dates_and_later_ones_by_when_they_come() {
        let mut history = new_history();
        history.note_items(&[], at("2026-11-21T08:00:00Z"));
        assert_eq!((history.last_new, days(&history)), (None, vec![]));
        let first = [
            item(&[1, 2], Some("2026-11-20T08:00:00Z")),
            item(&[3], Some("2026-11-20T09:00:00Z")),
            item(&[4], None),
            item(&[5], Some("2027-01-01T00:00:00Z")),
        ];
        history.note_items(&first, at("2026-11-22T08:00:00Z"));
        assert_eq!(days(&history), [("2026-11-20".to_owned(), 2), ("2026-11-22".to_owned(), 1)]);
        assert_eq!(history.newest_item, Some(at("2026-11-22T08:00:00Z")), "nothing is of tomorrow");
        // An item that is known by one of its keys is not new, and one without a key is never new.
        let later = [item(&[9, 2], Some("2020-01-01T00:00:00Z")), item(&[7], None), item(&[], None)];
        history.note_items(&later, at("2026-11-24T08:00:00Z"));
        assert_eq!(days(&history).last().unwrap(), &("2026-11-24".to_owned(), 1));
        assert_eq!(
            (history.last_new, history.newest_item),
            (Some(at("2026-11-24T08:00:00Z")), Some(at("2020-01-01T00:00:00Z")))
        );
        let same = history.clone();
        history.note_items(&later, at("2026-11-25T08:00:00Z"));
        assert_eq!(days(&history), days(&same));
        assert_eq!(history.last_new, same.last_new);
    }

    #[test]
    fn a_server_that_takes_turns_with_an_older_answer_shows_nothing_new() {
        let mut history = new_history();
        let (old, new) = ([item(&[1], None)], [item(&[2], None)]);
        for (hour, shown) in [&old, &new, &old, &new].into_iter().enumerate() {
            history.note_items(shown, at(&format!("2026-11-22T{hour:02}:00:00Z")));
        }
        assert_eq!(history.last_new, Some(at("2026-11-22T01:00:00Z")));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut history = new_history();
        for day in 0..200_u64 {
            let shown: Vec<_> = (0..50).map(|number| item(&[day * 50 + number], None)).collect();
            let hours = i64::try_from(day * 24).unwrap();
            history.note_items(&shown, at("2026-01-01T08:00:00Z") + jiff::SignedDuration::from_hours(hours));
        }
        assert_eq!(
            (history.active_days.len(), history.item_keys.len()),
            (ACTIVE_DAYS_MAX, 50 + GONE_KEYS_MAX)
        );
        assert_eq!(history.item_keys[0], 199 * 50, "what it shows comes first");
    }

    #[test]
    fn polls_that_are_not_complete_are_one_trouble() {
        use PollOutcome::{Complete, Failed, Incomplete};
        let mut last: Option<FeedPoll> = None;
        let mut since = Vec::new();
        for (hour, outcome) in
            [Complete, Failed, Incomplete, Failed, Complete, Failed].into_iter().enumerate()
        {
            let now = Timestamp::from_second(i64::try_from(hour).unwrap() * 3600).unwrap();
            let poll = FeedPoll::new_after_earlier_poll(last.as_ref(), outcome, None, None, now);
            since.push(poll.since.as_second() / 3600);
            last = Some(poll);
        }
        assert_eq!(since, [0, 1, 1, 1, 4, 5]);
    }

    #[test]
    fn what_a_server_says_of_a_feed_counts_from_when_it_says_so() {
        use FetchErrorKind::{Gone, NotFound, ServerError, Throttled, Unreachable};
        let mut last: Option<FeedPoll> = None;
        for (hour, fault, since) in [
            (0, Unreachable, 0),
            (1, ServerError, 0),
            (2, NotFound, 2),
            (3, NotFound, 2),
            (4, Throttled, 2),
            (5, NotFound, 5),
            (6, Gone, 6),
        ] {
            let now = Timestamp::from_second(hour * 3600).unwrap();
            let poll =
                FeedPoll::new_after_earlier_poll(last.as_ref(), PollOutcome::Failed, Some(fault), None, now);
            assert_eq!(poll.since.as_second() / 3600, since, "{hour}");
            last = Some(poll);
        }
    }
}
