//! A feed's health in words, the same wherever it is shown.

use std::fmt;

use jiff::Timestamp;

use super::{FeedFault, FeedHealth, FeedRelocation, NewItemCount, RelocationTrust};
use crate::domain::FetchErrorKind;

impl FeedHealth {
    /// Every name that there is.
    pub const NAMES: [&str; 10] = [
        "current",
        "quiet",
        "moved",
        "incomplete",
        "stale",
        "resting",
        "refused",
        "gone",
        "failing",
        "unpolled",
    ];

    /// The health's name, in `status --json` and in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Current(_) => "current",
            Self::Quiet(_) => "quiet",
            Self::Moved(_) => "moved",
            Self::Incomplete { .. } => "incomplete",
            Self::Stale { .. } => "stale",
            Self::Resting(_) => "resting",
            Self::Refused(_) => "refused",
            Self::Gone(_) => "gone",
            Self::Failing(_) => "failing",
            Self::Unpolled { .. } => "unpolled",
        }
    }

    /// Since when something is wrong; none if all is as it should be, or will be without anybody's help. `now` is the
    /// moment of the judgement.
    pub fn wrong_since(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Current(_) | Self::Quiet(_) | Self::Resting(_) => None,
            Self::Moved(FeedRelocation { since, trust, .. }) => match trust {
                RelocationTrust::New => None,
                RelocationTrust::AskedDirectly | RelocationTrust::Followed => Some(*since),
            },
            Self::Incomplete { since, .. } | Self::Stale { since, .. } => Some(*since),
            Self::Refused(fault) | Self::Gone(fault) | Self::Failing(fault) => Some(fault.since),
            Self::Unpolled { last } => Some(last.unwrap_or(now)),
        }
    }

    /// Where it has moved to, if it has and that is not to be a secret.
    pub fn moved_to(&self) -> Option<&str> {
        if let Self::Moved(relocation) = self { relocation.to.as_deref() } else { None }
    }

    /// Whether the last answer could not be read as a whole.
    pub fn is_last_answer_incomplete(&self) -> bool {
        matches!(self, Self::Incomplete { .. })
    }

    /// Whether nothing that a topic lacks can be put down to it.
    pub fn brings_all_items(&self) -> bool {
        match self {
            Self::Current(_) | Self::Quiet(_) | Self::Moved(_) => true,
            Self::Incomplete { .. }
            | Self::Stale { .. }
            | Self::Resting(_)
            | Self::Refused(_)
            | Self::Gone(_)
            | Self::Failing(_)
            | Self::Unpolled { .. } => false,
        }
    }

    /// What a person can do about it; none if there is nothing to do.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Current(_) | Self::Quiet(_) | Self::Resting(_) => None,
            Self::Moved(relocation) => relocation.advice(),
            Self::Incomplete { .. } => Some(
                "what could be read is kept, and the whole feed is asked for again; if it stays so, its new papers are announced \
                 all the same, and its owner may want to know",
            ),
            Self::Stale { .. } => Some(
                "look at its page: journals that move leave a feed behind that never changes; put the new address into the \
                 configuration, or take the source out",
            ),
            Self::Refused(fault) => Some(fault.access_denied_advice()),
            Self::Gone(_) => Some(
                "look for a new address on its page and put it into the configuration, or take the source out; the old one \
                 is still tried now and then",
            ),
            Self::Failing(fault) => Some(fault.feed_failure_advice()),
            Self::Unpolled { .. } => {
                Some("is the daemon, or the timer, running? Run `paperwire once`, or start the daemon")
            }
        }
    }
}

impl FeedRelocation {
    fn advice(&self) -> Option<&'static str> {
        match (self.trust, &self.to) {
            (RelocationTrust::New, _) => None,
            (RelocationTrust::AskedDirectly, _) => Some(
                "put the new address into the configuration; until then it is asked there, and nothing is lost",
            ),
            (RelocationTrust::Followed, Some(_)) => Some(
                "if the new address is right, put it into the configuration; until then each poll goes by the old one",
            ),
            (RelocationTrust::Followed, None) => Some(
                "open the address to see where it leads, and put the new one in its place; until then each poll goes by the \
                 old one",
            ),
        }
    }
}

impl FeedFault {
    fn access_denied_advice(&self) -> &'static str {
        if self.kind == Some(FetchErrorKind::Challenged) {
            "it lets only browsers in: ask its owner to let programs read the feed, or take another source; it is tried once \
             a day"
        } else {
            "does the address need a login, or is the feed for browsers alone? Ask its owner, or take another source; it is \
             tried once a day"
        }
    }

    fn feed_failure_advice(&self) -> &'static str {
        use FetchErrorKind as Kind;
        match self.kind {
            Some(Kind::NotFound) => {
                "look whether the feed has a new address; it is tried again, after a week of this once a day"
            }
            Some(Kind::PrivateAddress) => {
                "if it may lead into a private network, write allow_private = true into its [[source]]"
            }
            Some(Kind::NotAFeed | Kind::BrokenXml | Kind::Empty | Kind::Redirected | Kind::TooLarge) => {
                "open the address in a browser: is it still a feed? It is tried again by itself"
            }
            Some(Kind::Throttled | Kind::Refused | Kind::Gone | Kind::Challenged) => {
                "it was reached, and refuses the request: what it says is above; ask its owner, or take another source; it is \
                 tried again by itself"
            }
            Some(Kind::ServerError | Kind::Stale) => {
                "it is tried again by itself; if it stays so, look at the feed's page"
            }
            Some(Kind::Unreachable | Kind::Broken | Kind::Timeout) | None => {
                "it is tried again by itself; if it stays so, look at the network and at the feed's page"
            }
        }
    }
}

impl fmt::Display for FeedHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current(count) => write!(f, "current: {count}"),
            Self::Quiet(count) => write!(f, "quiet: {count}"),
            Self::Moved(FeedRelocation { since, to, trust: _ }) => match to {
                Some(to) => write!(f, "moved to {to}, as it says since {since:.0}"),
                None => write!(f, "moved to another address, as it says since {since:.0}"),
            },
            Self::Incomplete { since, words } => write!(f, "incomplete since {since:.0}: {words}"),
            Self::Stale { since, last_new: Some(last) } => {
                write!(f, "stale since {since:.0}: it answers, and nothing new came since {last:.0}")
            }
            Self::Stale { since, last_new: None } => {
                write!(f, "stale since {since:.0}: it answers, and has never had an item")
            }
            Self::Resting(fault) => write!(f, "resting since {fault}"),
            Self::Refused(fault) => write!(f, "refused since {fault}"),
            Self::Gone(fault) => write!(f, "gone since {fault}"),
            Self::Failing(fault) => write!(f, "failing since {fault}"),
            Self::Unpolled { last: Some(last) } => {
                write!(f, "unpolled: last asked {last:.0}, and due again long ago")
            }
            Self::Unpolled { last: None } => f.write_str("unpolled: it was never asked"),
        }
    }
}

impl fmt::Display for FeedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}: {}", self.since, self.words)?;
        self.next.map_or(Ok(()), |next| write!(f, "; next try {next:.0}"))
    }
}

impl fmt::Display for NewItemCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} new in 7 days, {} in 28", self.week, self.four_weeks)?;
        match self.last_new {
            Some(last) => write!(f, ", the last {}", last.strftime("%Y-%m-%d")),
            None => f.write_str(", never an item yet"),
        }
    }
}
