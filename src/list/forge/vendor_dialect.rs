//! What one vendor's interface calls the things that all of them have.

use reqwest::Method;

use super::error_classification::VendorErrorClassifier;

/// What one vendor's interface calls the things that all of them have, and how it is asked.
#[derive(Debug)]
pub(super) struct ForgeApiDialect {
    /// How messages name the vendor.
    pub(super) name: &'static str,
    /// The word before a token in the header that says who asks.
    pub(super) auth_scheme: &'static str,
    /// The headers of every request.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// The parameter that says how many items a page has.
    pub(super) page_size: &'static str,
    /// The collection of pull requests, below the repository.
    pub(super) pulls: &'static str,
    /// The state by which the open ones are listed, and the one that covers all others.
    pub(super) list_states: [&'static str; 2],
    /// The members of a pull request with its branch, the branch that it goes into, and its body.
    pub(super) head: &'static str,
    pub(super) base: &'static str,
    pub(super) body: &'static str,
    /// How a pull request is changed.
    pub(super) update: Method,
    /// The member and its value that close a pull request.
    pub(super) close: (&'static str, &'static str),
    /// Where comments are: the collections before and behind a pull request's number.
    pub(super) comments: (&'static str, &'static str),
    /// What a draft's title begins with; the first is ours. None if a draft is marked by a member of its own.
    pub(super) draft_marks: &'static [&'static str],
    /// What the vendor has rules of its own for.
    pub(super) classify_forge_error: VendorErrorClassifier,
}
