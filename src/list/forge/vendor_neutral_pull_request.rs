//! A pull request, whatever its forge calls it.

use serde::de::DeserializeOwned;

/// Where a pull request comes from and goes to; both are branches of the same repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestBranches {
    /// Our branch, as `paperwire/image-classification`.
    pub head: String,
    /// The branch that it is to be merged into, as `main`.
    pub base: String,
}

/// What a pull request is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPullRequest {
    /// The pull request's title.
    pub title: String,
    /// The pull request's body, in Markdown; GitHub takes 65,536 characters.
    pub body: String,
    /// Whether it is to be marked as not ready for a merge.
    pub draft: bool,
}

/// A pull request as its forge has it; GitLab calls it a merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// The pull request's number within the repository.
    pub number: u64,
    /// The pull request's page, for people.
    pub url: String,
    /// Where it comes from and goes to.
    pub branches: PullRequestBranches,
    /// What has become of it.
    pub state: ForgePullRequestState,
    /// The commit at the tip of its branch, in hex; empty if the forge does not know it yet.
    pub head_sha: String,
    /// The pull request's title, without the mark that some forges put before that of a draft.
    pub title: String,
    /// The pull request's body; empty if it has none.
    pub body: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Whether it is marked as not ready for a merge.
    pub draft: bool,
}

impl PullRequest {
    /// Whether it waits for a person, or is being merged.
    pub fn is_open(&self) -> bool {
        self.state == ForgePullRequestState::Open
    }
}

/// What has become of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgePullRequestState {
    /// The pull request waits for a person, or is being merged.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged, in whatever way.
    Merged,
}

/// A pull request that is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedPullRequest {
    /// The pull request was opened with our title and body.
    New(PullRequest),
    /// A pull request was open already, and was left as it is.
    Adopted(PullRequest),
}

/// A pull request as a vendor's interface writes it.
pub(super) trait VendorPullRequest: DeserializeOwned {
    /// Whether it goes from one of these branches into the other, within one repository.
    fn is_between_branches(&self, branches: &PullRequestBranches) -> bool;

    /// What it says; its title may still have the mark of a draft.
    fn into_pull_request(self) -> PullRequest;
}

/// Reads a vendor's record. The mark of a draft, if there is one, leaves the title.
pub(super) fn read_vendor_pull_request(record: impl VendorPullRequest, draft_marks: &[&str]) -> PullRequest {
    let pull = record.into_pull_request();
    let (title, is_marked) = strip_draft_mark(&pull.title, draft_marks);
    PullRequest { title: title.to_owned(), draft: is_marked || pull.draft, ..pull }
}

/// A title as its forge wants it for a draft, if it has such marks.
pub(super) fn add_draft_mark(title: &str, draft_marks: &[&str], draft: bool) -> String {
    match draft_marks.first() {
        Some(mark) if draft => format!("{mark} {title}"),
        Some(_) | None => title.to_owned(),
    }
}

/// A title without any of the marks, and whether it had one. Forges do not look at a mark's case.
fn strip_draft_mark<'t>(title: &'t str, marks: &[&str]) -> (&'t str, bool) {
    let rest = marks.iter().find_map(|mark| {
        let begins = title.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        begins.then(|| title[mark.len()..].trim_start())
    });
    (rest.unwrap_or(title), rest.is_some())
}

/// Whether a comment that is there says the same; a forge may have changed its line ends.
pub(super) fn is_same_pull_request_comment(current: &str, text: &str) -> bool {
    current.lines().map(str::trim_end).eq(text.trim_end().lines().map(str::trim_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drafts_mark_is_taken_off_again() {
        let marks = ["Draft:", "WIP:", "[WIP]"];
        for (title, expected) in [
            ("Draft: 3 papers", ("3 papers", true)),
            ("wip:3 papers", ("3 papers", true)),
            ("[WIP] 3 papers", ("3 papers", true)),
            ("3 papers", ("3 papers", false)),
            ("Drafts of papers", ("Drafts of papers", false)),
            ("ünïcödé", ("ünïcödé", false)),
        ] {
            assert_eq!(strip_draft_mark(title, &marks), expected);
        }
        assert_eq!(strip_draft_mark(&add_draft_mark("3 papers", &marks, true), &marks), ("3 papers", true));
        assert_eq!(add_draft_mark("3 papers", &marks, false), "3 papers");
    }
}
