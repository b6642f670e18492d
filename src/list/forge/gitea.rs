//! Gitea and Forgejo, which follow GitHub's example but for labels, drafts and what they answer to a
//! duplicate. Source: <https://docs.gitea.com/api/next/#tag/repository>.

use reqwest::Method;
use serde_json::{Value, json};

use super::classification::FailedReply;
use super::github::{GitHubLabelJson, PullRequestJson, ask_reviewers, comment};
use super::pull_request::{PullRequestCreation, add_draft_mark, strip_draft_mark};
use super::rest_client::{ListingSearch, RestClient};
use super::rest_transport::ApiPath;
use super::{ForgeError, NewPullRequest, PullRequest, PullRequestBranches};

/// The marks of a draft, unless a server names others; the first is ours. Source:
/// <https://docs.gitea.com/usage/issues-prs/pull-request#work-in-progress-pull-requests>.
const DRAFT_MARKS: [&str; 2] = ["WIP:", "[WIP]"];

/// The colour of a label that the repository lacked: a grey that is read in light and dark.
const LABEL_COLOUR: &str = "#6e7781";

#[derive(Debug)]
pub(super) struct Gitea {
    pub(super) client: RestClient,
}

impl Gitea {
    pub(super) fn new(client: RestClient) -> Self {
        Self { client }
    }

    pub(super) async fn find_open(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        match self.find("open", branches).await? {
            ListingSearch::Found(found) => Ok(Some(found)),
            ListingSearch::NotFound => Ok(None),
            ListingSearch::PageLimitReached => Err(ForgeError::Rejected(
                "Gitea: there are more than 1,000 open pull requests, and ours is not among the newest"
                    .to_owned(),
            )),
        }
    }

    pub(super) async fn find_last_closed(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        match self.find("closed", branches).await? {
            ListingSearch::Found(found) => Ok(Some(found)),
            ListingSearch::NotFound | ListingSearch::PageLimitReached => Ok(None),
        }
    }

    /// Not every version can be asked by branch; all list the newest first.
    async fn find(
        &self,
        state: &str,
        branches: &PullRequestBranches,
    ) -> Result<ListingSearch<PullRequest>, ForgeError> {
        let ours = |pull: PullRequestJson| pull.is_of(branches).then(|| into_pull_request(pull));
        self.client.find_in_pages(ApiPath::Repository(&["pulls"]), &[("state", state)], ours).await
    }

    pub(super) async fn open(
        &self,
        branches: &PullRequestBranches,
        proposal: &NewPullRequest,
    ) -> Result<PullRequestCreation, ForgeError> {
        let PullRequestBranches { head, base } = branches;
        let title = add_draft_mark(&proposal.title, DRAFT_MARKS[0], proposal.draft);
        let asked = json!({"title": title, "body": proposal.body, "head": head, "base": base});
        let reply = self.client.try_write(Method::POST, ApiPath::Repository(&["pulls"]), &asked).await?;
        if reply.status == 409 {
            return Ok(PullRequestCreation::AlreadyExists);
        }
        let reply = self.client.require_success(reply)?;
        Ok(PullRequestCreation::Created(into_pull_request(self.client.parse(&reply)?)))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), ForgeError> {
        let title = add_draft_mark(title, DRAFT_MARKS[0], standing.draft);
        self.change(standing, &json!({"title": title, "body": body})).await
    }

    pub(super) async fn close(&self, standing: &PullRequest) -> Result<(), ForgeError> {
        self.change(standing, &json!({"state": "closed"})).await
    }

    async fn change(&self, standing: &PullRequest, asked: &Value) -> Result<(), ForgeError> {
        let number = standing.number.to_string();
        self.client.write(Method::PATCH, ApiPath::Repository(&["pulls", &number]), asked).await?;
        Ok(())
    }

    pub(super) async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), ForgeError> {
        comment(&self.client, standing, text).await
    }

    /// Older versions take labels by number only. A label of the organisation counts as lacking: to see those
    /// a token needs a scope more.
    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), ForgeError> {
        let mut ids = Vec::new();
        for label in labels {
            ids.push(self.label_id(label).await?);
        }
        let number = standing.number.to_string();
        let place = ApiPath::Repository(&["issues", &number, "labels"]);
        self.client.write(Method::POST, place, &json!({"labels": ids})).await?;
        Ok(())
    }

    async fn label_id(&self, name: &str) -> Result<u64, ForgeError> {
        let place = ApiPath::Repository(&["labels"]);
        let same = |label: GitHubLabelJson| label.id.filter(|_| label.name == name);
        if let ListingSearch::Found(id) = self.client.find_in_pages(place, &[], same).await? {
            return Ok(id);
        }
        let new = json!({"name": name, "color": LABEL_COLOUR});
        let reply = self.client.write(Method::POST, place, &new).await?;
        let label: GitHubLabelJson = self.client.parse(&reply)?;
        label.id.ok_or_else(|| ForgeError::Rejected("Gitea: a new label has no number".to_owned()))
    }

    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), ForgeError> {
        ask_reviewers(&self.client, standing, names).await
    }
}

/// What Gitea has rules of its own for. Source of the scopes:
/// <https://docs.gitea.com/development/oauth2-provider#scopes>.
pub(super) fn classify(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.mentions("write:issue") => Some(answered.missing_permission("issue: Read and Write")),
        403 if answered.mentions("scope") => Some(answered.missing_permission("repository: Read and Write")),
        403 => Some(answered.missing_permission("Write access to the repository's code and pull requests")),
        423 => Some(ForgeError::Rejected(answered.describe("the repository is archived"))),
        _ => None,
    }
}

fn into_pull_request(pull: PullRequestJson) -> PullRequest {
    let read = pull.into_pull_request();
    let (title, is_marked) = strip_draft_mark(&read.title, &DRAFT_MARKS);
    PullRequest { title: title.to_owned(), draft: is_marked || read.draft, ..read }
}
