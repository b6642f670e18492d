//! Whether a feed is as it should be: from how its polls went, and from when something new came by its own history. The
//! common death of a feed is to answer forever and never change, so a good answer alone is no health.

mod messages;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::feed_poll_history::utc_day;
use super::{DaysWithNewItems, FeedHistory, FeedMove, FeedPoll, FetchErrorKind, PollOutcome};

/// A page that is missing for so long does not come back.
const MISSING_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// For so long a server may ask for rest before that counts as wrong.
const REST_MAX: SignedDuration = SignedDuration::from_hours(24);

/// A poll that has been due for so long will not be made: whoever runs `once` does so once a day.
const OVERDUE: SignedDuration = SignedDuration::from_hours(48);

/// Something new in so many days makes a feed current.
const WEEK: i64 = 7;

/// New items are counted over so many days.
const FOUR_WEEKS: i64 = 28;

/// What is known of a feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedObservation<'a> {
    /// What is remembered of its polls; none before the first.
    pub history: Option<&'a FeedHistory>,
    /// When the feed is polled next.
    pub next_poll: Option<Timestamp>,
}

/// What a feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedHealth {
    /// Something new came lately.
    Current(NewItemCount),
    /// Nothing did, which is usual by its own history.
    Quiet(NewItemCount),
    /// The feed redirects permanently to another address.
    Moved(FeedRelocation),
    /// The last answer could not be read as a whole.
    Incomplete {
        /// When the answers began to be incomplete.
        since: Timestamp,
        /// Why the last one is incomplete.
        words: String,
    },
    /// The feed answers, and nothing new came for longer than its history explains.
    Stale {
        /// From when on something should have come.
        since: Timestamp,
        /// When something did last.
        last_new: Option<Timestamp>,
    },
    /// The server wants to be left alone for a while.
    Resting(FeedFault),
    /// The server does not want us.
    Refused(FeedFault),
    /// The feed was given up, or has been missing for long.
    Gone(FeedFault),
    /// The feed could not be asked, or its answer not be read.
    Failing(FeedFault),
    /// Nobody has asked it, although it was due.
    Unpolled {
        /// When the feed was asked last.
        last: Option<Timestamp>,
    },
}

/// How many new items a feed had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewItemCount {
    /// In the last seven days.
    pub week: u32,
    /// In the last 28 days.
    pub four_weeks: u32,
    /// When the last came.
    pub last_new: Option<Timestamp>,
}

/// Where a feed has moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRelocation {
    /// Since when it says so.
    pub since: Timestamp,
    /// The new address; none if it is to be a secret.
    pub to: Option<String>,
    /// How far the redirect is followed.
    pub trust: RelocationTrust,
}

/// What is made of a permanent redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelocationTrust {
    /// The redirect was seen too few times to be believed, and is followed.
    New,
    /// The redirect is believed, and the new address is asked directly.
    AskedDirectly,
    /// The redirect is believed, and followed at each poll: it leads to another site, or to where one cannot go
    /// unasked.
    Followed,
}

/// Why a feed cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFault {
    /// When the fault began.
    pub since: Timestamp,
    /// The kind of fault.
    pub kind: Option<FetchErrorKind>,
    /// The fault in words.
    pub words: String,
    /// When it is tried again, if that is to come.
    pub next: Option<Timestamp>,
}

/// Judges a feed at a moment.
pub fn assess_feed(feed: &FeedObservation<'_>, now: Timestamp) -> FeedHealth {
    let Some(history) = feed.history else { return FeedHealth::Unpolled { last: None } };
    let last = &history.last_poll;
    if feed.next_poll.is_some_and(|due| now.duration_since(due) > OVERDUE) {
        return FeedHealth::Unpolled { last: Some(last.at) };
    }
    let words = || last.message.clone().unwrap_or_else(|| "no reason known".to_owned());
    match last.outcome {
        PollOutcome::Failed => {
            let next = feed.next_poll.filter(|next| *next > now);
            let fault = FeedFault { since: last.since, kind: last.fault, words: words(), next };
            health_from_fault(fault, last)
        }
        PollOutcome::Incomplete => FeedHealth::Incomplete { since: last.since, words: words() },
        PollOutcome::Complete => health_from_silence(history, now)
            .or_else(|| history.moved.as_ref().map(health_from_move))
            .unwrap_or_else(|| health_from_items(history, now)),
    }
}

fn health_from_fault(fault: FeedFault, last: &FeedPoll) -> FeedHealth {
    use FetchErrorKind as Kind;
    let lasted = last.at.duration_since(fault.since);
    match fault.kind {
        Some(Kind::Gone) => FeedHealth::Gone(fault),
        Some(Kind::NotFound) if lasted >= MISSING_MAX => FeedHealth::Gone(fault),
        Some(Kind::Refused | Kind::Challenged) => FeedHealth::Refused(fault),
        Some(Kind::Throttled) if lasted < REST_MAX => FeedHealth::Resting(fault),
        Some(
            Kind::NotFound
            | Kind::Throttled
            | Kind::Unreachable
            | Kind::Broken
            | Kind::Timeout
            | Kind::ServerError
            | Kind::Redirected
            | Kind::PrivateAddress
            | Kind::TooLarge
            | Kind::NotAFeed
            | Kind::BrokenXml
            | Kind::Empty
            | Kind::Stale,
        )
        | None => FeedHealth::Failing(fault),
    }
}

/// What a silence is that its history does not explain. One that was never seen with an item is judged from when it was
/// first read.
fn health_from_silence(history: &FeedHistory, now: Timestamp) -> Option<FeedHealth> {
    let first_read = history.first_read.filter(|_| history.active_days.is_empty()).map(utc_day);
    let active = DaysWithNewItems::new(history.active_days.keys().copied().chain(first_read));
    let since = active.unexplained_silence_since(utc_day(now))?;
    Some(FeedHealth::Stale { since: midnight(since), last_new: history.last_new })
}

fn midnight(day: Date) -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

fn health_from_move(moved: &FeedMove) -> FeedHealth {
    let trust = match (moved.may_replace_feed_url(), moved.is_confirmed_move(), &moved.redirect.address) {
        (true, _, Some(_)) => RelocationTrust::AskedDirectly,
        (_, true, _) => RelocationTrust::Followed,
        (_, false, _) => RelocationTrust::New,
    };
    let to = moved.redirect.address.clone();
    FeedHealth::Moved(FeedRelocation { since: moved.first_seen, to, trust })
}

fn health_from_items(history: &FeedHistory, now: Timestamp) -> FeedHealth {
    let count = count_recent_new_items(history, now);
    if count.week > 0 { FeedHealth::Current(count) } else { FeedHealth::Quiet(count) }
}

/// How many new items came lately.
pub fn count_recent_new_items(history: &FeedHistory, now: Timestamp) -> NewItemCount {
    let since = |days: i64| {
        let first = utc_day(now).saturating_sub((days - 1).days());
        history.active_days.range(first..).fold(0_u32, |sum, (_, items)| sum.saturating_add(*items))
    };
    NewItemCount { week: since(WEEK), four_weeks: since(FOUR_WEEKS), last_new: history.last_new }
}
