//! GitLab, which calls a pull request a merge request. Source:
//! <https://docs.gitlab.com/api/merge_requests/>.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::classification::FailedReply;
use super::pull_request::{PullRequestCreation, add_draft_mark, is_same_comment, strip_draft_mark};
use super::reply::Items;
use super::rest_client::{ListingSearch, RestClient};
use super::rest_transport::ApiPath;
use super::{ForgeError, ForgePullRequestState, NewPullRequest, PullRequest, PullRequestBranches};

/// The marks of a draft; the first is ours, the last two are of versions before 14. Source:
/// <https://docs.gitlab.com/user/project/merge_requests/drafts/>.
const DRAFT_MARKS: [&str; 5] = ["Draft:", "[Draft]", "(Draft)", "WIP:", "[WIP]"];

#[derive(Debug)]
pub(super) struct GitLab {
    pub(super) client: RestClient,
}

impl GitLab {
    pub(super) fn new(client: RestClient) -> Self {
        Self { client }
    }

    pub(super) async fn find_open(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        self.find("opened", branches, |state| state == ForgePullRequestState::Open).await
    }

    /// To GitLab what was merged is not closed: all are asked for.
    pub(super) async fn find_last_closed(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        self.find("all", branches, |state| state != ForgePullRequestState::Open).await
    }

    async fn find(
        &self,
        state: &str,
        branches: &PullRequestBranches,
        wanted: impl Fn(ForgePullRequestState) -> bool,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let newest_first = [("order_by", "created_at"), ("sort", "desc")];
        let filter = [
            ("state", state),
            ("source_branch", branches.head.as_str()),
            ("target_branch", branches.base.as_str()),
        ];
        let query = [&filter[..], &newest_first].concat();
        let ours = |merge: MergeRequestJson| {
            (merge.is_of(branches) && wanted(merge.state())).then(|| merge.into_pull_request())
        };
        match self.client.find_in_pages(ApiPath::Repository(&["merge_requests"]), &query, ours).await? {
            ListingSearch::Found(found) => Ok(Some(found)),
            ListingSearch::NotFound | ListingSearch::PageLimitReached => Ok(None),
        }
    }

    pub(super) async fn open(
        &self,
        branches: &PullRequestBranches,
        proposal: &NewPullRequest,
    ) -> Result<PullRequestCreation, ForgeError> {
        let asked = json!({
            "title": add_draft_mark(&proposal.title, DRAFT_MARKS[0], proposal.draft),
            "description": proposal.body,
            "source_branch": branches.head,
            "target_branch": branches.base,
        });
        let reply =
            self.client.try_write(Method::POST, ApiPath::Repository(&["merge_requests"]), &asked).await?;
        if reply.status == 409 {
            return Ok(PullRequestCreation::AlreadyExists);
        }
        let reply = self.client.require_success(reply)?;
        Ok(PullRequestCreation::Created(self.client.parse::<MergeRequestJson>(&reply)?.into_pull_request()))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), ForgeError> {
        let title = add_draft_mark(title, DRAFT_MARKS[0], standing.draft);
        self.change(standing, &json!({"title": title, "description": body})).await
    }

    pub(super) async fn close(&self, standing: &PullRequest) -> Result<(), ForgeError> {
        self.change(standing, &json!({"state_event": "close"})).await
    }

    /// GitLab adds to the project what labels it lacks. A comma stands between two.
    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), ForgeError> {
        self.change(standing, &json!({"add_labels": labels.join(",")})).await
    }

    async fn change(&self, standing: &PullRequest, asked: &Value) -> Result<(), ForgeError> {
        let number = standing.number.to_string();
        self.client.write(Method::PUT, ApiPath::Repository(&["merge_requests", &number]), asked).await?;
        Ok(())
    }

    pub(super) async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), ForgeError> {
        let number = standing.number.to_string();
        let place = ApiPath::Repository(&["merge_requests", &number, "notes"]);
        let same = |note: NoteJson| is_same_comment(&note.body.unwrap_or_default(), text).then_some(());
        if let ListingSearch::Found(()) = self.client.find_in_pages(place, &[], same).await? {
            return Ok(());
        }
        self.client.write(Method::POST, place, &json!({"body": text})).await?;
        Ok(())
    }

    /// GitLab wants people by number, sets those that it is told and no others, and knows no teams. Who was
    /// asked before stays asked.
    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), ForgeError> {
        let number = standing.number.to_string();
        let place = ApiPath::Repository(&["merge_requests", &number]);
        let asked: ReviewersJson = self.client.get(place).await?;
        let mut ids: Vec<u64> = asked.reviewers.unwrap_or_default().into_iter().map(|user| user.id).collect();
        for name in names {
            ids.push(self.user_id(name).await?);
        }
        self.change(standing, &json!({"reviewer_ids": ids})).await
    }

    async fn user_id(&self, name: &str) -> Result<u64, ForgeError> {
        let query = [("username", name)];
        match self
            .client
            .find_in_pages(ApiPath::Root(&["users"]), &query, |user: UserJson| Some(user.id))
            .await?
        {
            ListingSearch::Found(id) => Ok(id),
            ListingSearch::NotFound | ListingSearch::PageLimitReached => {
                Err(ForgeError::Rejected(format!("GitLab: there is no user {name:?} to ask for a review")))
            }
        }
    }
}

/// What GitLab has rules of its own for. Source: <https://docs.gitlab.com/api/rest/troubleshooting/>.
pub(super) fn classify(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.mentions("insufficient_scope") => Some(answered.missing_permission("scope api")),
        403 => Some(answered.missing_permission("role Developer")),
        _ => None,
    }
}

/// A merge request. `work_in_progress` is what `draft` was before version 14.
#[derive(Debug, Deserialize)]
struct MergeRequestJson {
    iid: u64,
    #[serde(default)]
    web_url: String,
    state: String,
    title: String,
    description: Option<String>,
    sha: Option<String>,
    labels: Option<Items<GitLabLabelJson>>,
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
struct NoteJson {
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct UserJson {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct ReviewersJson {
    reviewers: Option<Vec<UserJson>>,
}

impl MergeRequestJson {
    fn is_of(&self, PullRequestBranches { head, base }: &PullRequestBranches) -> bool {
        let is_a_forks = self.target_project_id.is_some() && self.source_project_id != self.target_project_id;
        self.source_branch == *head && self.target_branch == *base && !is_a_forks
    }

    /// One that is `locked` is being merged.
    fn state(&self) -> ForgePullRequestState {
        match self.state.as_str() {
            "merged" => ForgePullRequestState::Merged,
            "closed" => ForgePullRequestState::Closed,
            _ => ForgePullRequestState::Open,
        }
    }

    fn into_pull_request(self) -> PullRequest {
        let (title, is_marked) = strip_draft_mark(&self.title, &DRAFT_MARKS);
        let name = |label| match label {
            GitLabLabelJson::Name(name) | GitLabLabelJson::Details { name } => name,
        };
        PullRequest {
            number: self.iid,
            state: self.state(),
            title: title.to_owned(),
            draft: is_marked || self.draft.or(self.work_in_progress) == Some(true),
            url: self.web_url,
            head_sha: self.sha.unwrap_or_default(),
            body: self.description.unwrap_or_default(),
            labels: self.labels.unwrap_or_default().0.into_iter().map(name).collect(),
        }
    }
}
