//! A topic's health in words, the same wherever it is shown.

use std::fmt;

use jiff::Timestamp;

use super::{OtherTopicsActivity, RecentPaperCount, TopicHealth, TopicSources};
use crate::domain::{ArxivEveningKind, FetchErrorKind, count_of};

impl TopicHealth {
    /// Every name that there is.
    pub const NAMES: [&str; 10] = [
        "current",
        "quiet",
        "holiday",
        "late",
        "waiting",
        "incomplete",
        "stale",
        "empty",
        "failing",
        "unpolled",
    ];

    /// The health's name, in `status --json` and in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Current(_) => "current",
            Self::Quiet(_) => "quiet",
            Self::Holiday(_) => "holiday",
            Self::Late { .. } => "late",
            Self::Waiting { .. } => "waiting",
            Self::Incomplete { .. } => "incomplete",
            Self::Stale { .. } => "stale",
            Self::Empty { .. } => "empty",
            Self::Failing { .. } => "failing",
            Self::Unpolled { .. } => "unpolled",
        }
    }

    /// Since when something is wrong; none if all is as it should be, or will be without anybody's help.
    pub fn wrong_since(&self) -> Option<Timestamp> {
        match self {
            Self::Current(_)
            | Self::Quiet(_)
            | Self::Holiday(_)
            | Self::Late { .. }
            | Self::Waiting { .. } => None,
            Self::Incomplete { since, .. }
            | Self::Stale { since, .. }
            | Self::Empty { since, .. }
            | Self::Failing { since, .. }
            | Self::Unpolled { since, .. } => Some(*since),
        }
    }

    /// What a person can do about it; none if there is nothing to do.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Current(_)
            | Self::Quiet(_)
            | Self::Holiday(_)
            | Self::Late { .. }
            | Self::Waiting { .. } => None,
            Self::Incomplete { .. } => {
                Some("what was good is kept and the next poll looks again; if it stays so, narrow the query")
            }
            Self::Stale { sources, elsewhere, .. } => Some(silent_topic_advice(*sources, *elsewhere)),
            Self::Empty { sources, .. } => Some(empty_topic_advice(*sources)),
            Self::Failing { fault, .. } => {
                Some(failure_advice(fault.as_deref().and_then(FetchErrorKind::from_name)))
            }
            Self::Unpolled { .. } => {
                Some("is the daemon, or the timer, running? Run `paperwire once`, or start the daemon")
            }
        }
    }
}

fn empty_topic_advice(sources: TopicSources) -> &'static str {
    match sources {
        TopicSources::Arxiv => {
            "look at the query: does it find anything at arxiv.org/search? A misspelt word finds nothing; nor does what `archives` leaves out"
        }
        TopicSources::ArxivAndFeeds | TopicSources::Feeds => {
            "look at the query: does it find anything at arxiv.org/search, or in the feeds? A misspelt word finds nothing; nor does what `archives` leaves out"
        }
    }
}

/// What to do depends on how far the request came: to nobody, to somebody who refused it, or to an answer of no use.
fn failure_advice(kind: Option<FetchErrorKind>) -> &'static str {
    use FetchErrorKind as Kind;
    match kind {
        Some(Kind::Unreachable | Kind::Broken | Kind::Timeout) | None => {
            "it is tried again by itself; if it stays so, look at the network and at status.arxiv.org"
        }
        Some(Kind::ServerError | Kind::Empty | Kind::Stale) => {
            "it is tried again by itself; if it stays so, see status.arxiv.org"
        }
        Some(Kind::Throttled) => {
            "it is tried again by itself, after the wait that it asks for; if it stays so, does another program ask it from this \
             address too?"
        }
        Some(Kind::Refused | Kind::NotFound | Kind::Gone | Kind::Challenged) => {
            "it was reached, and refuses the request: what it says is above; look at the topic's query, and at `url` and \
             `contact` in [arxiv]"
        }
        Some(Kind::Redirected) => "look where it points; if that is right, set `url` in [arxiv] to it",
        Some(Kind::PrivateAddress | Kind::TooLarge | Kind::NotAFeed | Kind::BrokenXml) => {
            "something else answers in its place: a login page of the network, a proxy, or a wrong `url` in [arxiv]? It is \
             tried again by itself"
        }
    }
}

fn silent_topic_advice(sources: TopicSources, elsewhere: OtherTopicsActivity) -> &'static str {
    match (sources, elsewhere) {
        (TopicSources::Arxiv, OtherTopicsActivity::Active) => {
            "try the query at arxiv.org/search: does it still find what it should?"
        }
        (TopicSources::Arxiv, OtherTopicsActivity::Silent) => {
            "see status.arxiv.org; nothing is lost, for the next polls look back four weeks"
        }
        (TopicSources::ArxivAndFeeds, OtherTopicsActivity::Active) => {
            "its feeds are in order; try the query at arxiv.org/search: does it still find what it should?"
        }
        (TopicSources::ArxivAndFeeds, OtherTopicsActivity::Silent) => {
            "its feeds are in order; see status.arxiv.org: nothing of arXiv's is lost, for the next polls look back four weeks"
        }
        (TopicSources::Feeds, _) => {
            "its feeds are in order: does the query still find what it should in them, or do they have no such papers any more?"
        }
    }
}

impl fmt::Display for TopicHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current(count) => write!(f, "current: {count}"),
            Self::Quiet(count) => write!(f, "quiet: {count}"),
            Self::Holiday(ArxivEveningKind::Holiday) => {
                f.write_str("holiday: arXiv announced nothing last evening")
            }
            Self::Holiday(_) => f.write_str("holiday: arXiv announces nothing on Fridays and Saturdays"),
            Self::Late { since, sources: TopicSources::Arxiv | TopicSources::ArxivAndFeeds } => {
                write!(f, "late: the announcement that should show since {since:.0} does not show yet")
            }
            Self::Late { since, sources: TopicSources::Feeds } => {
                write!(f, "late: something new should have come since {since:.0}")
            }
            Self::Waiting { feeds } => {
                write!(f, "waiting: nothing new comes, for something is wrong with {}", quoted_names(feeds))
            }
            Self::Incomplete { since, words } => write!(f, "incomplete since {since:.0}: {words}"),
            Self::Stale { since, newest, sources: _, elsewhere, count } => {
                let elsewhere = match elsewhere {
                    OtherTopicsActivity::Active => "while other topics have new ones",
                    OtherTopicsActivity::Silent => "and nothing came anywhere else",
                };
                write!(f, "stale since {since:.0}: the newest paper is of {newest:.0}, {elsewhere} ({count})")
            }
            Self::Empty { since, sources: _ } => {
                write!(f, "empty: it has never found a paper, in all polls since {since:.0}")
            }
            Self::Failing { since, fault: _, words, next } => {
                write!(f, "failing since {since:.0}: {words}")?;
                next.map_or(Ok(()), |next| write!(f, "; next try {next:.0}"))
            }
            Self::Unpolled { last: Some(last), since } => {
                write!(
                    f,
                    "unpolled: last asked {last:.0}, and an announcement has been visible since {since:.0}"
                )
            }
            Self::Unpolled { last: None, since: _ } => f.write_str("unpolled: it was never asked"),
        }
    }
}

/// `"lab", "journal"`
fn quoted_names(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for RecentPaperCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.papers, count_of(self.evenings, "day"))?;
        match self.usual {
            None => f.write_str(", what is usual is not known yet"),
            Some((low, high)) if low == high => write!(f, ", usual {low}"),
            Some((low, high)) => write!(f, ", usual {low}-{high}"),
        }
    }
}
