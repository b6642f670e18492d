//! Whether a topic is as it should be, or quiet, or broken: from its polls, its newest paper and its own
//! history, and never from whether the last run came to a good end.

mod rate;
#[cfg(test)]
mod tests;
mod words;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Evening;
use rate::Rate;

/// An announcement that nobody asked for, or that did not come, is looked upon as wrong after a workday.
const WORKDAY: SignedDuration = SignedDuration::from_hours(24);

/// A silence is not put down to chance where chance would bring it less often than this.
const CHANCE_MIN: f64 = 0.01;

/// How one poll of a topic went, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollNote {
    /// The present of the poll.
    pub at: Timestamp,
    /// In one word.
    pub outcome: PollOutcome,
    /// The kind of fault that ended it, if one did.
    pub fault: Option<String>,
    /// What there was to say.
    pub words: Option<String>,
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

/// What is known of one topic.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a> {
    /// Its latest polls, oldest first: of those that were not complete as many as there were on end.
    pub polls: &'a [PollNote],
    /// When a poll was complete last.
    pub polled_well: Option<Timestamp>,
    /// The dates of its papers from [`HISTORY`] before the newest on, in any order.
    pub dates: &'a [Timestamp],
    /// When it had news last.
    pub news_last: Option<Timestamp>,
    /// When it is polled next, where that is known.
    pub poll_next: Option<Timestamp>,
}

/// How far back a topic's history says what is usual.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(84 * 24);

/// What a topic is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The last announcement brought something.
    Current(Count),
    /// It brought nothing, or little, and that happens.
    Quiet(Count),
    /// There was no announcement: it is the weekend or a holiday.
    Holiday(Evening),
    /// The announcement does not show at the source yet.
    Late {
        /// From when on it should have shown.
        since: Timestamp,
    },
    /// The last poll left a gap.
    Incomplete {
        /// When the first one did.
        since: Timestamp,
        /// Why.
        words: String,
    },
    /// Nothing came for longer than chance explains.
    Stale {
        /// From when on something should have shown.
        since: Timestamp,
        /// The date of the newest paper.
        newest: Timestamp,
        /// Whether other topics had papers meanwhile.
        elsewhere: Elsewhere,
        /// What is usual.
        count: Count,
    },
    /// The source could not be asked, or not be trusted.
    Failing {
        /// When that began.
        since: Timestamp,
        /// The kind of fault, where it is known.
        fault: Option<String>,
        /// Why.
        words: String,
        /// When it is tried again, where that is known.
        next: Option<Timestamp>,
    },
    /// Nobody has asked for an announcement that has shown for a workday.
    Unpolled {
        /// When it was asked last.
        last: Option<Timestamp>,
        /// From when on the announcement has shown.
        since: Timestamp,
    },
}

/// What the other topics did in the meantime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// Some had papers.
    Moved,
    /// None had any, or there are none.
    Still,
}

/// How much came lately, and how much usually does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Papers in the last announcements.
    pub papers: u32,
    /// In how many.
    pub evenings: u32,
    /// Between how many and how many come in as many; none before there is a history.
    pub usual: Option<(u32, u32)>,
}

/// Judges every topic of one source at a moment.
pub fn judge_topics(topics: &[Observed<'_>], now: Timestamp) -> Vec<Judgement> {
    let moves: Vec<_> = topics.iter().map(last_moved).collect();
    let judged = topics.iter().enumerate().map(|(place, topic)| {
        let others = moves.iter().enumerate().filter(|(other, _)| *other != place);
        let others = others.filter_map(|(_, moved)| *moved).max();
        poll_trouble(topic, now).unwrap_or_else(|| pace(topic, moves[place], others, now))
    });
    judged.collect()
}

/// What is wrong with a topic's polls, if anything is.
fn poll_trouble(topic: &Observed<'_>, now: Timestamp) -> Option<Judgement> {
    let last = topic.polls.last();
    if let Some(unpolled) = unpolled(last.map(|last| last.at).max(topic.polled_well), now) {
        return Some(unpolled);
    }
    let last = last?;
    let bad = topic.polls.iter().rev().take_while(|poll| poll.outcome != PollOutcome::Complete);
    let since = bad.last()?.at;
    let words = last.words.clone().unwrap_or_else(|| "no reason known".to_owned());
    Some(match last.outcome {
        PollOutcome::Complete => return None,
        PollOutcome::Incomplete => Judgement::Incomplete { since, words },
        PollOutcome::Failed => {
            let next = topic.poll_next.filter(|next| *next > now);
            Judgement::Failing { since, fault: last.fault.clone(), words, next }
        }
    })
}

/// An announcement that nobody asked for within a workday. A topic that is new may wait for its first poll.
fn unpolled(last: Option<Timestamp>, now: Timestamp) -> Option<Judgement> {
    let evening = announced_up_to(Evening::latest_shown(now - WORKDAY))?;
    let since = Evening::shown_from(evening);
    last.is_none_or(|last| last < since).then_some(Judgement::Unpolled { last, since })
}

/// What the papers say, of a topic whose last poll was complete.
fn pace(topic: &Observed<'_>, moved: Option<Date>, others: Option<Date>, now: Timestamp) -> Judgement {
    let polled = topic.polled_well.map_or(now, |polled| polled.min(now));
    let Some(shown) = announced_up_to(Evening::latest_shown(polled)) else {
        return Judgement::Quiet(Count { papers: 0, evenings: 0, usual: None });
    };
    let rate = Rate::of(topic.dates, moved, shown);
    let count = rate.count();
    if let Some(silence) = silence(topic, &rate, moved, others, now) {
        return silence;
    }
    match Evening::of(Evening::latest_shown(now)) {
        pause @ (Evening::Weekend | Evening::Holiday) => Judgement::Holiday(pause),
        Evening::Announces | Evening::MayPause if rate.is_quiet(CHANCE_MIN) => Judgement::Quiet(count),
        Evening::Announces | Evening::MayPause => Judgement::Current(count),
    }
}

/// What a silence is that chance does not explain.
fn silence(
    topic: &Observed<'_>,
    rate: &Rate,
    moved: Option<Date>,
    others: Option<Date>,
    now: Timestamp,
) -> Option<Judgement> {
    let since = Evening::shown_from(rate.silence_beyond(CHANCE_MIN)?);
    let newest = topic.dates.iter().max().copied()?;
    let elsewhere = if others > moved { Elsewhere::Moved } else { Elsewhere::Still };
    Some(match elsewhere {
        Elsewhere::Still if now.duration_since(since) < WORKDAY => Judgement::Late { since },
        Elsewhere::Still | Elsewhere::Moved => {
            Judgement::Stale { since, newest, elsewhere, count: rate.count() }
        }
    })
}

/// The last evening whose announcement brought a topic something: by the date of its newest paper, or, for a
/// paper that was held back, by when it came.
fn last_moved(topic: &Observed<'_>) -> Option<Date> {
    let dated = topic.dates.iter().max().map(|newest| Evening::announcing(*newest));
    let came = topic.news_last.and_then(|came| announced_up_to(Evening::latest_shown(came)));
    dated.max(came)
}

/// The last evening up to that one on which arXiv announced.
fn announced_up_to(day: Date) -> Option<Date> {
    rate::evenings_down_from(day).next()
}
