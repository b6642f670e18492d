//! What one subscription gets for one period, before it is rendered for its sink.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{News, Paper};

/// What one subscription gets for one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// The subscription's name.
    pub subscription: String,
    /// The digest's number among the subscription's, from 1; with the subscription it is the digest's identity.
    pub number: u64,
    /// When the digest was composed.
    pub composed: Timestamp,
    /// The time zone of the subscription; dates that a person reads are written in it.
    pub zone: TimeZone,
    /// Why it, or what is in it, comes late, in one sentence; none if it does not.
    pub late: Option<String>,
    /// The digest's papers by topic, in the subscription's order; empty if there is no news and the subscription
    /// wants a digest that says so.
    pub sections: Vec<DigestSection>,
}

/// The news of one topic in a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSection {
    /// The topic's name.
    pub topic: String,
    /// The topic's papers: new ones, then those that were published, then replacements, each newest first.
    pub papers: Vec<DigestPaper>,
}

/// One paper in a digest. It is there once, under the first of its topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestPaper {
    /// The paper.
    pub paper: Paper,
    /// Why the paper is announced.
    pub news: News,
    /// The subscription's other topics that it is also news of.
    pub also_in: Vec<String>,
    /// Where its code is, if it says so.
    pub code_link: Option<String>,
}

/// Which of how many messages a digest was split into; both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigestPartNumber {
    /// The number of this part, from 1.
    pub number: u32,
    /// The number of all parts.
    pub of: u32,
}

/// The answer to one try to deliver a message, in SMTP's three classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// 2yz: the receiver has it.
    Accepted,
    /// 2yz in an answer that is odd in some other way: the receiver has the message all the same, so it is never sent
    /// again, and the oddity is reported.
    AcceptedWithWarning {
        /// What is odd, in plain words without address or secret.
        words: String,
    },
    /// 4yz: not now. Also what becomes of a message whose answer was lost.
    Deferred {
        /// The wait that the receiver named, if it did.
        wait: Option<std::time::Duration>,
        /// Why, in plain words without address or secret.
        words: String,
    },
    /// 5yz: never, in this way.
    Refused {
        /// What the receiver refused: the message or all of the sink's.
        what: RefusalScope,
        /// Why, in plain words without address or secret.
        words: String,
    },
}

/// What a receiver refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalScope {
    /// This message alone; others may be taken.
    Message,
    /// Whatever comes from this sink: gone, or its credentials are wrong.
    Sink,
}

impl Digest {
    /// How many papers it has.
    pub fn paper_count(&self) -> usize {
        self.sections.iter().map(|section| section.papers.len()).sum()
    }
}
