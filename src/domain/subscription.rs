//! Who gets what news, where and when.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Crontab, News};

/// Topics to one sink at a cadence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The name that identifies the subscription.
    pub name: String,
    /// The names of its topics, in the digest's order; at least one.
    pub topics: Vec<String>,
    /// The name of the sink that gets its digests.
    pub sink: String,
    /// When the subscription is due.
    pub cadence: Cadence,
    /// What news it gets.
    pub include: NewsFilter,
    /// What becomes of a digest without papers.
    pub empty_digest: EmptyDigestPolicy,
    /// How many of the latest papers a new subscription gets at once.
    pub first_papers: u32,
}

/// When a subscription is due. Dates that a person reads are written in its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// As soon as there is news.
    Immediately {
        /// The zone of its dates.
        zone: TimeZone,
    },
    /// At the times of a crontab line.
    Scheduled {
        /// The line.
        crontab: Crontab,
        /// The zone of the line and of the dates.
        zone: TimeZone,
    },
}

/// Which news a subscription gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewsFilter {
    /// Papers that the topic has not seen before.
    pub new: bool,
    /// Later versions of papers that it has.
    pub replacement: bool,
    /// Preprints that it has and that have appeared in a journal.
    pub published: bool,
}

/// What becomes of a digest without papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyDigestPolicy {
    /// A digest without papers is not sent.
    Skip,
    /// A digest without papers is sent, and says that there are none.
    Send,
}

impl Cadence {
    /// The zone in which a person reads its dates.
    pub fn display_time_zone(&self) -> &TimeZone {
        match self {
            Self::Immediately { zone } | Self::Scheduled { zone, .. } => zone,
        }
    }

    /// Whether it is due at `now`, where it was last due at `since`. After downtime it is due once for all
    /// that was missed.
    pub fn is_due(&self, since: Timestamp, now: Timestamp, has_news: bool) -> bool {
        match self {
            Self::Immediately { .. } => has_news,
            Self::Scheduled { .. } => self.next_after(since).is_some_and(|next| next <= now),
        }
    }

    /// The first instant after `after` that its crontab names; none if it waits for news alone.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Immediately { .. } => None,
            Self::Scheduled { crontab, zone } => crontab.next_after(after, zone),
        }
    }
}

impl NewsFilter {
    /// Whether the filter lets such news through.
    pub fn includes(self, news: News) -> bool {
        match news {
            News::New => self.new,
            News::Replacement => self.replacement,
            News::Published => self.published,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_due_in_its_own_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at =
            Cadence::Scheduled { crontab: Crontab::parse("0 8 * * Mon-Fri").unwrap(), zone: zone.clone() };
        let friday: Timestamp = "2025-03-28T08:00:00Z".parse().unwrap();
        assert_eq!(at.next_after(friday), Some("2025-03-31T06:00:00Z".parse().unwrap()));
        assert_eq!(at.display_time_zone(), &zone);
        assert_eq!(Cadence::Immediately { zone }.next_after(friday), None);
    }

    #[test]
    fn only_the_news_that_is_included_is_told() {
        let include = NewsFilter { new: true, replacement: false, published: false };
        assert!(include.includes(News::New) && !include.includes(News::Replacement));
        assert!(!include.includes(News::Published));
    }
}
