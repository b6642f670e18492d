//! Whether a topic is as it should be, or quiet, or broken: from its polls, its newest paper and its own
//! history, and never from whether the last run came to a good end. What is wrong with a feed is judged once for all topics
//! that take it, in `feed_health`; here it only explains a silence.

mod messages;
mod paper_rate;
mod recent_and_usual_paper_count;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{AnnouncementCalendar, ArxivEveningKind, DaysWithNewItems};
use paper_rate::AnnouncementPaperCounts;
pub use recent_and_usual_paper_count::RecentPaperCount;

/// An announcement that nobody asked for, or that did not come, is looked upon as wrong after a workday.
const WORKDAY: SignedDuration = SignedDuration::from_hours(24);

/// A topic without any paper is new, and not wrong, for so long and for so many complete polls. The first of them looks at all
/// that the source has, so that one more says little; but a source may be new as well, and an index be built again.
const EMPTY_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);
const EMPTY_POLLS_MIN: u32 = 3;

/// A silence is not put down to chance where chance would bring it less often than this.
const CHANCE_MIN: f64 = 0.01;

/// How one poll of a topic went, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPoll {
    /// The present of the poll.
    pub at: Timestamp,
    /// How the poll went, in one word.
    pub outcome: PollOutcome,
    /// The kind of fault that ended it, if one did.
    pub error_kind: Option<String>,
    /// What there was to say.
    pub message: Option<String>,
}

/// How a poll went, as far as a judgement needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollOutcome {
    /// All that there was is known.
    Complete,
    /// Something was kept, but there may be more.
    Incomplete,
    /// Nothing could be trusted.
    Failed,
}

/// What is known of a topic's polls at one source.
#[derive(Debug, Clone, Copy)]
pub struct SourceObservation<'a> {
    /// The latest polls, oldest first: of those that were not complete as many as there were on end.
    pub polls: &'a [PastPoll],
    /// When a poll was complete last.
    pub last_complete_poll: Option<Timestamp>,
}

/// What a topic has of one of its feeds.
#[derive(Debug, Clone, Copy)]
pub struct SourceFeedCoverage<'a> {
    /// The feed's name.
    pub name: &'a str,
    /// When a poll of it was complete last for the topic.
    pub last_complete_poll: Option<Timestamp>,
    /// Whether all that it has came, so that nothing which is missing can be put down to it.
    pub brings_all_items: bool,
}

/// The complete polls of a topic, as far as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompletePolls {
    /// How many there were.
    pub count: u32,
    /// The first of them.
    pub first: Option<Timestamp>,
}

impl CompletePolls {
    /// Those of two sources together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let first = self.first.into_iter().chain(other.first).min();
        Self { count: self.count.saturating_add(other.count), first }
    }
}

/// What a topic takes papers from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicSources {
    /// From arXiv.
    Arxiv,
    /// From arXiv and from feeds.
    ArxivAndFeeds,
    /// From feeds.
    Feeds,
}

/// What is known of one topic.
#[derive(Debug, Clone, Copy)]
pub struct TopicHealthInputs<'a> {
    /// When its sources show something new.
    pub calendar: AnnouncementCalendar,
    /// The sources that are asked for it alone, in the order of the configuration.
    pub sources: &'a [SourceObservation<'a>],
    /// The feeds that it takes papers from, in that order.
    pub feeds: &'a [SourceFeedCoverage<'a>],
    /// Its complete polls, at all of its sources.
    pub complete_polls: CompletePolls,
    /// The dates of its papers from [`HISTORY`] before the newest on, in any order.
    pub dates: &'a [Timestamp],
    /// When the topic had news last.
    pub last_news: Option<Timestamp>,
    /// When it is polled next, where that is known.
    pub next_poll: Option<Timestamp>,
}

impl TopicHealthInputs<'_> {
    fn kinds_of_sources(&self) -> TopicSources {
        match (self.sources.is_empty(), self.feeds.is_empty()) {
            (_, true) => TopicSources::Arxiv,
            (false, false) => TopicSources::ArxivAndFeeds,
            (true, false) => TopicSources::Feeds,
        }
    }

    /// The moment up to which all is known that its sources had: of arXiv's, or if it has none, of its feeds'.
    fn last_complete_poll(&self) -> Option<Timestamp> {
        let polled = self.sources.iter().filter_map(|source| source.last_complete_poll).min();
        polled.or_else(|| self.feeds.iter().filter_map(|feed| feed.last_complete_poll).min())
    }

    /// Since when nothing was found, of a topic that never had a paper and has been polled for long enough. Feeds alone may
    /// be small, and are judged by themselves.
    fn empty_since(&self, now: Timestamp) -> Option<Timestamp> {
        if self.kinds_of_sources() == TopicSources::Feeds {
            return None;
        }
        let since = self.complete_polls.first.filter(|_| self.dates.is_empty())?;
        let is_new = self.complete_polls.count < EMPTY_POLLS_MIN || now.duration_since(since) < EMPTY_AFTER;
        (!is_new).then_some(since)
    }
}

/// How far back a topic's history says what is usual.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(84 * 24);

/// What a topic is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicHealth {
    /// The last announcement brought something.
    Current(RecentPaperCount),
    /// The topic brought nothing, or little, and that happens.
    Quiet(RecentPaperCount),
    /// There was no announcement: it is the weekend or a holiday.
    Holiday(ArxivEveningKind),
    /// The announcement does not show at the source yet.
    Late {
        /// From when on it should have shown.
        since: Timestamp,
        /// The sources that the topic takes papers from.
        sources: TopicSources,
    },
    /// Nothing comes, because something is wrong with a feed.
    Waiting {
        /// The feeds that do not bring all that they have.
        feeds: Vec<String>,
    },
    /// The last poll left a gap.
    Incomplete {
        /// When the first one did.
        since: Timestamp,
        /// Why the last poll left a gap.
        words: String,
    },
    /// Nothing came for longer than chance explains.
    Stale {
        /// From when on something should have shown.
        since: Timestamp,
        /// The date of the newest paper.
        newest: Timestamp,
        /// The sources that the topic takes papers from.
        sources: TopicSources,
        /// Whether other topics had papers meanwhile.
        elsewhere: OtherTopicsActivity,
        /// How many papers are usual.
        count: RecentPaperCount,
    },
    /// No poll has ever found a paper, and there were enough of them.
    Empty {
        /// When the first of them was.
        since: Timestamp,
        /// The sources that the topic takes papers from.
        sources: TopicSources,
    },
    /// The source could not be asked, or not be trusted.
    Failing {
        /// When the polls began to fail.
        since: Timestamp,
        /// The kind of fault, if it is known.
        fault: Option<String>,
        /// The fault in words.
        words: String,
        /// When it is tried again, where that is known.
        next: Option<Timestamp>,
    },
    /// Nobody has asked for an announcement that has shown for a workday.
    Unpolled {
        /// When the topic was polled last.
        last: Option<Timestamp>,
        /// From when on the announcement has shown.
        since: Timestamp,
    },
}

/// What the other topics did in the meantime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherTopicsActivity {
    /// Some had papers.
    Active,
    /// None had any, or there are none.
    Silent,
}

/// Judges every topic at a moment.
pub fn assess_health_of_topics(topics: &[TopicHealthInputs<'_>], now: Timestamp) -> Vec<TopicHealth> {
    let moves: Vec<_> = topics.iter().map(last_evening_with_papers).collect();
    let judged = topics.iter().enumerate().map(|(place, topic)| {
        let others = moves.iter().enumerate().filter(|(other, _)| *other != place);
        let others = others.filter_map(|(_, moved)| *moved).max();
        let wrong = topic.sources.iter().find_map(|source| health_from_polls(topic, source, now));
        wrong.unwrap_or_else(|| {
            excuse_silence(topic, topic_health_from_papers(topic, moves[place], others, now))
        })
    });
    judged.collect()
}

/// What is wrong with a topic's polls at a source, if anything is.
fn health_from_polls(
    topic: &TopicHealthInputs<'_>,
    source: &SourceObservation<'_>,
    now: Timestamp,
) -> Option<TopicHealth> {
    let last = source.polls.last();
    if let Some(unpolled) =
        health_from_missed_poll(topic.calendar, last.map(|last| last.at).max(source.last_complete_poll), now)
    {
        return Some(unpolled);
    }
    let last = last?;
    let bad = source.polls.iter().rev().take_while(|poll| poll.outcome != PollOutcome::Complete);
    let since = bad.last()?.at;
    let words = last.message.clone().unwrap_or_else(|| "no reason known".to_owned());
    Some(match last.outcome {
        PollOutcome::Complete => return None,
        PollOutcome::Incomplete => TopicHealth::Incomplete { since, words },
        PollOutcome::Failed => {
            let next = topic.next_poll.filter(|next| *next > now);
            TopicHealth::Failing { since, fault: last.error_kind.clone(), words, next }
        }
    })
}

/// An announcement that nobody asked for within a workday. A topic that is new may wait for its first poll.
fn health_from_missed_poll(
    calendar: AnnouncementCalendar,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Option<TopicHealth> {
    let evening = last_announcement_until(calendar, calendar.latest_visible_evening(now - WORKDAY))?;
    let since = calendar.announcement_visible_from(evening);
    last.is_none_or(|last| last < since).then_some(TopicHealth::Unpolled { last, since })
}

/// A silence that a feed explains is the feed's incident, and is reported there.
fn excuse_silence(topic: &TopicHealthInputs<'_>, health: TopicHealth) -> TopicHealth {
    let lacking: Vec<_> = topic.feeds.iter().filter(|feed| !feed.brings_all_items).collect();
    let has_no_other = topic.sources.is_empty() && lacking.len() == topic.feeds.len();
    let is_silent =
        matches!(health, TopicHealth::Stale { .. } | TopicHealth::Late { .. } | TopicHealth::Empty { .. });
    if lacking.is_empty() || !(is_silent || has_no_other) {
        return health;
    }
    TopicHealth::Waiting { feeds: lacking.into_iter().map(|feed| feed.name.to_owned()).collect() }
}

/// What the papers say, of a topic whose last poll was complete.
fn topic_health_from_papers(
    topic: &TopicHealthInputs<'_>,
    moved: Option<Date>,
    others: Option<Date>,
    now: Timestamp,
) -> TopicHealth {
    if let Some(since) = topic.empty_since(now) {
        return TopicHealth::Empty { since, sources: topic.kinds_of_sources() };
    }
    let calendar = topic.calendar;
    let polled = topic.last_complete_poll().map_or(now, |polled| polled.min(now));
    let Some(shown) = last_announcement_until(calendar, calendar.latest_visible_evening(polled)) else {
        return TopicHealth::Quiet(RecentPaperCount { papers: 0, evenings: 0, usual: None });
    };
    let rate = AnnouncementPaperCounts::around_last_active(calendar, topic.dates, moved, shown);
    let count = rate.recent_and_usual_count();
    if let Some(silence) = health_from_silence(topic, &rate, (moved, others), polled, now) {
        return silence;
    }
    match calendar.classify_announcement_day(calendar.latest_visible_evening(now)) {
        // Feeds know no holidays of arXiv's.
        pause @ (ArxivEveningKind::Weekend | ArxivEveningKind::Holiday) if topic.feeds.is_empty() => {
            TopicHealth::Holiday(pause)
        }
        ArxivEveningKind::Announces
        | ArxivEveningKind::MayPause
        | ArxivEveningKind::Weekend
        | ArxivEveningKind::Holiday => {
            if rate.is_last_announcement_quiet(CHANCE_MIN) {
                TopicHealth::Quiet(count)
            } else {
                TopicHealth::Current(count)
            }
        }
    }
}

/// What a silence is that chance does not explain.
fn health_from_silence(
    topic: &TopicHealthInputs<'_>,
    rate: &AnnouncementPaperCounts,
    (moved, others): (Option<Date>, Option<Date>),
    polled: Timestamp,
    now: Timestamp,
) -> Option<TopicHealth> {
    let since = match topic.calendar {
        AnnouncementCalendar::Arxiv => rate.unexplained_silence_since(CHANCE_MIN)?,
        // Journals publish whole issues, and rest: their papers come by days, and not one by one.
        calendar @ AnnouncementCalendar::EveryDay => {
            let dated = topic.dates.iter().map(|dated| calendar.announcement_date(*dated));
            let active = DaysWithNewItems::new(dated.chain(moved));
            active.unexplained_silence_since(calendar.latest_visible_evening(polled))?
        }
    };
    let since = topic.calendar.announcement_visible_from(since);
    let sources = topic.kinds_of_sources();
    let newest = topic.dates.iter().max().copied()?;
    let elsewhere = if others > moved { OtherTopicsActivity::Active } else { OtherTopicsActivity::Silent };
    Some(match elsewhere {
        OtherTopicsActivity::Silent if now.duration_since(since) < WORKDAY => {
            TopicHealth::Late { since, sources }
        }
        OtherTopicsActivity::Silent | OtherTopicsActivity::Active => {
            TopicHealth::Stale { since, newest, sources, elsewhere, count: rate.recent_and_usual_count() }
        }
    })
}

/// The last evening whose announcement brought a topic something: by the date of its newest paper, or, for a
/// paper that was held back, by when it came.
fn last_evening_with_papers(topic: &TopicHealthInputs<'_>) -> Option<Date> {
    let calendar = topic.calendar;
    let dated = topic.dates.iter().max().map(|newest| calendar.announcement_date(*newest));
    let came = topic
        .last_news
        .and_then(|came| last_announcement_until(calendar, calendar.latest_visible_evening(came)));
    dated.max(came)
}

/// The last evening up to that one on which the source announced.
fn last_announcement_until(calendar: AnnouncementCalendar, day: Date) -> Option<Date> {
    paper_rate::announcement_evenings_back_from(calendar, day).next()
}
