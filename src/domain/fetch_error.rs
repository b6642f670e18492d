//! What can go wrong in asking a source, in words for the operator and in kinds for a decision.

use std::fmt;
use std::time::Duration;

/// One request that brought no answer to trust. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What it was, for counting and deciding.
    pub kind: FetchErrorKind,
    /// What it was, in plain words and with its figures; no address, no secret.
    pub message: String,
    /// Whether asking again can help.
    pub retry: Retry,
}

/// Whether a request that failed is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The request would fail the same way again.
    Never,
    /// The fault may pass by itself.
    Later,
    /// The source named the wait. Also holds for every other request to it.
    After(Duration),
}

/// The kinds of fault; each has its own name in logs and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FetchErrorKind {
    /// Nothing could be reached: no network, no such host, connection refused.
    Unreachable,
    /// The connection broke after it stood: reset, cut body.
    Broken,
    /// No whole answer within the time limit.
    Timeout,
    /// 429, or 406 as arXiv uses it: too many requests.
    Throttled,
    /// A status of 500 or above.
    ServerError,
    /// The source refused this request: another status of 400 or above, or an entry titled "Error".
    Refused,
    /// The feed was there once, and is no more: 410.
    Gone,
    /// There is nothing at the address: 404.
    NotFound,
    /// The server wants to see a person and a browser.
    Challenged,
    /// The server redirected, and was not followed.
    Redirected,
    /// The address is, or leads to, one on the loopback or in a private network, which was not allowed.
    PrivateAddress,
    /// A body over the limit, before or after unpacking.
    TooLarge,
    /// Not a feed at all: HTML, plain text, nothing.
    NotAFeed,
    /// XML that is cut, broken, doubled, not UTF-8, has a DOCTYPE or passes a limit.
    BrokenXml,
    /// An empty page where there should be papers.
    Empty,
    /// An answer made before the last good one.
    Stale,
}

impl FetchError {
    /// A fault that may pass by itself.
    pub fn transient(kind: FetchErrorKind, words: impl Into<String>) -> Self {
        Self { kind, message: words.into(), retry: Retry::Later }
    }

    /// A fault that the same request would meet again.
    pub fn permanent(kind: FetchErrorKind, words: impl Into<String>) -> Self {
        Self { kind, message: words.into(), retry: Retry::Never }
    }
}

impl FetchErrorKind {
    const ALL: [Self; 16] = [
        Self::Unreachable,
        Self::Broken,
        Self::Timeout,
        Self::Throttled,
        Self::ServerError,
        Self::Refused,
        Self::Gone,
        Self::NotFound,
        Self::Challenged,
        Self::Redirected,
        Self::PrivateAddress,
        Self::TooLarge,
        Self::NotAFeed,
        Self::BrokenXml,
        Self::Empty,
        Self::Stale,
    ];

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind's name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::ServerError => "server-error",
            Self::Refused => "refused",
            Self::Gone => "gone",
            Self::NotFound => "not-found",
            Self::Challenged => "challenged",
            Self::Redirected => "redirected",
            Self::PrivateAddress => "private-address",
            Self::TooLarge => "too-large",
            Self::NotAFeed => "not-a-feed",
            Self::BrokenXml => "broken-xml",
            Self::Empty => "empty",
            Self::Stale => "stale",
        }
    }
}

impl fmt::Display for FetchErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
