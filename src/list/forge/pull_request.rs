//! A pull request, whatever its forge calls it.

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
    /// Its title.
    pub title: String,
    /// Its body, in Markdown; GitHub takes 65,536 characters.
    pub body: String,
    /// Whether it is to be marked as not ready for a merge.
    pub draft: bool,
}

/// A pull request as it stands at its forge; GitLab calls it a merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number within the repository.
    pub number: u64,
    /// Its page, for people.
    pub url: String,
    /// What has become of it.
    pub state: ForgePullRequestState,
    /// The commit at the tip of its branch, in hex; empty where the forge does not know it yet.
    pub head_sha: String,
    /// Its title, without the mark that some forges put before that of a draft.
    pub title: String,
    /// Its body; empty where it has none.
    pub body: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Whether it is marked as not ready for a merge.
    pub draft: bool,
}

/// What has become of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgePullRequestState {
    /// It waits for a person, or is being merged.
    Open,
    /// Closed without a merge.
    Closed,
    /// Merged, in whatever way.
    Merged,
}

/// A pull request that is open now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedPullRequest {
    /// It was opened with our title and body.
    New(PullRequest),
    /// It was there already and has what it had.
    Adopted(PullRequest),
}

/// What asking for a new pull request came to.
#[derive(Debug)]
pub(super) enum PullRequestCreation {
    Created(PullRequest),
    AlreadyExists,
}

/// A draft's title as its forge wants it.
pub(super) fn add_draft_mark(title: &str, mark: &str, draft: bool) -> String {
    if draft { format!("{mark} {title}") } else { title.to_owned() }
}

/// A title without any of the marks, and whether it had one. Forges do not look at a mark's case.
pub(super) fn strip_draft_mark<'t>(title: &'t str, marks: &[&str]) -> (&'t str, bool) {
    let rest = marks.iter().find_map(|mark| {
        let begins = title.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        begins.then(|| title[mark.len()..].trim_start())
    });
    (rest.unwrap_or(title), rest.is_some())
}

/// Whether a comment that stands there says the same; a forge may have changed its line ends.
pub(super) fn is_same_comment(standing: &str, text: &str) -> bool {
    standing.lines().map(str::trim_end).eq(text.trim_end().lines().map(str::trim_end))
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
        assert_eq!(strip_draft_mark(&add_draft_mark("3 papers", "Draft:", true), &marks), ("3 papers", true));
        assert_eq!(add_draft_mark("3 papers", "Draft:", false), "3 papers");
    }
}
