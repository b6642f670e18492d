//! GitHub and its Enterprise servers. Source: <https://docs.github.com/en/rest/pulls/pulls>.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error_classification::FailedReply;
use super::reply::BoundedJsonArray;
use super::vendor_dialect::ForgeApiDialect;
use super::vendor_neutral_pull_request::VendorPullRequest;
use super::{ForgeError, ForgePullRequestState, PullRequest, PullRequestBranches};

/// What a token needs for all that is done here.
const PERMISSION: &str = "Pull requests: write";

/// What a repository's or an organisation's owner must allow before a workflow's own token may open any.
const WORKFLOWS: &str =
    "Settings, Actions, General: Allow GitHub Actions to create and approve pull requests";

/// The version of the interface is the one of this date, until it is retired. Source:
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>.
pub(super) static DIALECT: ForgeApiDialect = ForgeApiDialect {
    name: "GitHub",
    auth_scheme: "Bearer",
    headers: &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")],
    page_size: "per_page",
    pulls: "pulls",
    list_states: ["open", "closed"],
    head: "head",
    base: "base",
    body: "body",
    update: Method::PATCH,
    close: ("state", "closed"),
    comments: ("issues", "comments"),
    draft_marks: &[],
    classify_forge_error,
};

/// The people and teams that are asked for a review; Gitea is asked in the same way.
pub(super) fn review_request_json(names: &[String]) -> Value {
    let people: Vec<&String> = names.iter().filter(|name| !name.contains('/')).collect();
    let teams: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('/')?.1)).collect();
    json!({"reviewers": people, "team_reviewers": teams})
}

/// What GitHub has rules of its own for.
fn classify_forge_error(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.has_error_message_with_words("github actions is not permitted to create") => {
            Some(ForgeError::MissingPermission {
                missing: WORKFLOWS.to_owned(),
                words: answered.describe(&format!("a setting of the repository forbids it ({WORKFLOWS})")),
            })
        }
        403 if answered.has_error_message_with_words("saml") => Some(ForgeError::NoAccess(
            answered.describe("the organisation wants the token to be authorised for SSO"),
        )),
        403 if answered.has_error_message_with_words("archived") => {
            Some(ForgeError::Rejected(answered.describe("the repository is archived")))
        }
        403 if answered.has_error_message_with_words("not accessible by")
            || answered.reply.permissions.is_some() =>
        {
            let lacking = answered.reply.permissions.as_deref().and_then(readable_permission_names);
            Some(answered.missing_permission_error(lacking.as_deref().unwrap_or(PERMISSION)))
        }
        422 if answered.has_error_message_with_words("no commits between") => Some(
            ForgeError::NothingToPropose(answered.describe("the branch holds nothing that the base has not")),
        ),
        _ => None,
    }
}

/// The permissions of GitHub's header as its pages call them: `pull_requests=write` is `Pull requests:
/// write`. Semicolons part what will do alone, commas what is needed together. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible>.
fn readable_permission_names(header: &str) -> Option<String> {
    let mut ways = header.split(';').map(str::trim);
    let first = ways.clone().next()?;
    let way = ways.find(|way| way.contains("pull_requests")).unwrap_or(first);
    let permissions: Option<Vec<_>> = way
        .split(',')
        .map(|permission| {
            let (what, access) = permission.trim().split_once('=')?;
            let plain =
                |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let words = (plain(what) && plain(access)).then(|| what.replace('_', " "))?;
            Some(format!("{}{}: {access}", words[..1].to_ascii_uppercase(), &words[1..]))
        })
        .collect();
    permissions.map(|permissions| permissions.join(" and "))
}

/// A pull request as GitHub has it, and Gitea after its example. `merged` is in a single one only,
/// `merged_at` in a list too; of a fork that is gone there is no `repo`.
#[derive(Debug, Deserialize)]
pub(super) struct PullRequestJson {
    number: u64,
    #[serde(default)]
    html_url: String,
    state: String,
    merged: Option<bool>,
    merged_at: Option<String>,
    title: String,
    body: Option<String>,
    draft: Option<bool>,
    labels: Option<BoundedJsonArray<LabelJson>>,
    head: BranchRefJson,
    base: BranchRefJson,
}

#[derive(Debug, Deserialize)]
struct BranchRefJson {
    #[serde(rename = "ref")]
    branch: String,
    /// Gitea keeps the branch's name here when the branch is gone; GitHub has `owner:branch`.
    label: Option<String>,
    sha: Option<String>,
    repo: Option<RepositoryJson>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct RepositoryJson {
    id: u64,
}

/// A label, of which Gitea wants to know the number.
#[derive(Debug, Deserialize)]
pub(super) struct LabelJson {
    pub(super) id: Option<u64>,
    pub(super) name: String,
}

impl VendorPullRequest for PullRequestJson {
    fn is_between_branches(&self, PullRequestBranches { head, base }: &PullRequestBranches) -> bool {
        let is_from = self.head.branch == *head || self.head.label.as_ref() == Some(head);
        let is_a_forks = self.base.repo.is_some() && self.head.repo != self.base.repo;
        is_from && self.base.branch == *base && !is_a_forks
    }

    fn into_pull_request(self) -> PullRequest {
        let is_merged = self.merged == Some(true) || self.merged_at.is_some();
        let head = match self.head.label {
            Some(label) if self.head.branch.starts_with("refs/pull/") => label,
            Some(_) | None => self.head.branch,
        };
        PullRequest {
            number: self.number,
            url: self.html_url,
            branches: PullRequestBranches { head, base: self.base.branch },
            state: match self.state.as_str() {
                _ if is_merged => ForgePullRequestState::Merged,
                "open" => ForgePullRequestState::Open,
                _ => ForgePullRequestState::Closed,
            },
            head_sha: self.head.sha.unwrap_or_default(),
            title: self.title,
            body: self.body.unwrap_or_default(),
            labels: self.labels.unwrap_or_default().0.into_iter().map(|label| label.name).collect(),
            draft: self.draft == Some(true),
        }
    }
}
