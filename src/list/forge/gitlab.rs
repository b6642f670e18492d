//! GitLab, which calls a pull request a merge request. Source:
//! <https://docs.gitlab.com/api/merge_requests/>.

use reqwest::Method;
use serde::Deserialize;

use super::error_classification::FailedReply;
use super::reply::BoundedJsonArray;
use super::rest_client::{ListingSearchOutcome, RestClient};
use super::rest_transport::ForgeApiPath;
use super::vendor_dialect::ForgeApiDialect;
use super::vendor_neutral_pull_request::VendorPullRequest;
use super::{ForgeError, ForgePullRequestState, PullRequest, PullRequestBranches};

/// Marks of a draft, of which the last two are of versions before 14:
/// <https://docs.gitlab.com/user/project/merge_requests/drafts/>. What was merged is not closed here, so that all are
/// listed for what is not open.
pub(super) static DIALECT: ForgeApiDialect = ForgeApiDialect {
    name: "GitLab",
    auth_scheme: "Bearer",
    headers: &[("accept", "application/json")],
    page_size: "per_page",
    pulls: "merge_requests",
    list_states: ["opened", "all"],
    head: "source_branch",
    base: "target_branch",
    body: "description",
    update: Method::PUT,
    close: ("state_event", "close"),
    comments: ("merge_requests", "notes"),
    draft_marks: &["Draft:", "[Draft]", "(Draft)", "WIP:", "[WIP]"],
    classify_forge_error,
};

/// The reviewers that a merge request has and these people, as GitLab takes them: by number, all at once. It knows no
/// teams.
pub(super) async fn reviewer_ids(
    client: &RestClient,
    place: ForgeApiPath<'_>,
    names: &[String],
) -> Result<Vec<u64>, ForgeError> {
    let current: CurrentReviewersJson = client.get_json(place).await?;
    let mut ids: Vec<u64> = current.reviewers.unwrap_or_default().into_iter().map(|user| user.id).collect();
    for name in names {
        ids.push(find_gitlab_user_id(client, name).await?);
    }
    Ok(ids)
}

async fn find_gitlab_user_id(client: &RestClient, name: &str) -> Result<u64, ForgeError> {
    let id = |user: GitLabUserJson| Some(user.id);
    match client.find_in_pages(ForgeApiPath::Root(&["users"]), &[("username", name)], id).await? {
        ListingSearchOutcome::Found(id) => Ok(id),
        ListingSearchOutcome::NotFound | ListingSearchOutcome::PageLimitReached => {
            Err(ForgeError::Rejected(format!("GitLab: there is no user {name:?} to ask for a review")))
        }
    }
}

/// What GitLab has rules of its own for. Source: <https://docs.gitlab.com/api/rest/troubleshooting/>.
fn classify_forge_error(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.has_error_message_with_words("insufficient_scope") => {
            Some(answered.missing_permission_error("scope api"))
        }
        403 => Some(answered.missing_permission_error("role Developer")),
        _ => None,
    }
}

/// A merge request. `work_in_progress` is what `draft` was before version 14.
#[derive(Debug, Deserialize)]
pub(super) struct MergeRequestJson {
    iid: u64,
    #[serde(default)]
    web_url: String,
    state: String,
    title: String,
    description: Option<String>,
    sha: Option<String>,
    labels: Option<BoundedJsonArray<GitLabLabelJson>>,
    draft: Option<bool>,
    work_in_progress: Option<bool>,
    source_branch: String,
    target_branch: String,
    source_project_id: Option<u64>,
    target_project_id: Option<u64>,
}

/// A label, by its name unless details were asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum GitLabLabelJson {
    Name(String),
    Details { name: String },
}

#[derive(Debug, Deserialize)]
struct GitLabUserJson {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct CurrentReviewersJson {
    reviewers: Option<Vec<GitLabUserJson>>,
}

impl VendorPullRequest for MergeRequestJson {
    fn is_between_branches(&self, PullRequestBranches { head, base }: &PullRequestBranches) -> bool {
        let is_a_forks = self.target_project_id.is_some() && self.source_project_id != self.target_project_id;
        self.source_branch == *head && self.target_branch == *base && !is_a_forks
    }

    fn into_pull_request(self) -> PullRequest {
        let name = |label| match label {
            GitLabLabelJson::Name(name) | GitLabLabelJson::Details { name } => name,
        };
        PullRequest {
            number: self.iid,
            // One that is `locked` is being merged.
            state: match self.state.as_str() {
                "merged" => ForgePullRequestState::Merged,
                "closed" => ForgePullRequestState::Closed,
                _ => ForgePullRequestState::Open,
            },
            title: self.title,
            draft: self.draft.or(self.work_in_progress) == Some(true),
            url: self.web_url,
            branches: PullRequestBranches { head: self.source_branch, base: self.target_branch },
            head_sha: self.sha.unwrap_or_default(),
            body: self.description.unwrap_or_default(),
            labels: self.labels.unwrap_or_default().0.into_iter().map(name).collect(),
        }
    }
}
