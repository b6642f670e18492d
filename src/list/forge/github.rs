//! GitHub and its Enterprise servers. Source: <https://docs.github.com/en/rest/pulls/pulls>.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::classification::FailedReply;
use super::pull_request::{PullRequestCreation, is_same_comment};
use super::reply::Items;
use super::rest_client::{ListingSearch, RestClient};
use super::rest_transport::ApiPath;
use super::{ForgeError, ForgePullRequestState, NewPullRequest, PullRequest, PullRequestBranches};

/// What a token needs for all that is done here.
const PERMISSION: &str = "Pull requests: write";

/// What a repository's or an organisation's owner must allow before a workflow's own token may open any.
const WORKFLOWS: &str =
    "Settings, Actions, General: Allow GitHub Actions to create and approve pull requests";

#[derive(Debug)]
pub(super) struct GitHub {
    pub(super) client: RestClient,
    owner: String,
}

impl GitHub {
    pub(super) fn new(client: RestClient, project: &str) -> Self {
        let owner = project.split('/').next().unwrap_or_default().to_owned();
        Self { client, owner }
    }

    pub(super) async fn find_open(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        self.find("open", branches).await
    }

    pub(super) async fn find_last_closed(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        self.find("closed", branches).await
    }

    /// GitHub leaves out a filter that it does not understand, so that what it lists is looked at again.
    async fn find(
        &self,
        state: &str,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let head = format!("{}:{}", self.owner, branches.head);
        let newest_first = [("sort", "created"), ("direction", "desc")];
        let filter = [("state", state), ("head", head.as_str()), ("base", branches.base.as_str())];
        let query = [&filter[..], &newest_first].concat();
        let ours = |pull: PullRequestJson| pull.is_of(branches).then(|| pull.into_pull_request());
        match self.client.find_in_pages(ApiPath::Repository(&["pulls"]), &query, ours).await? {
            ListingSearch::Found(found) => Ok(Some(found)),
            ListingSearch::NotFound | ListingSearch::PageLimitReached => Ok(None),
        }
    }

    pub(super) async fn open(
        &self,
        branches: &PullRequestBranches,
        proposal: &NewPullRequest,
    ) -> Result<PullRequestCreation, ForgeError> {
        let PullRequestBranches { head, base } = branches;
        let NewPullRequest { title, body, draft } = proposal;
        let asked = json!({"title": title, "body": body, "head": head, "base": base, "draft": draft});
        let reply = self.client.try_write(Method::POST, ApiPath::Repository(&["pulls"]), &asked).await?;
        if reply.status == 422 && reply.error_messages().iter().any(|text| text.contains("already exists")) {
            return Ok(PullRequestCreation::AlreadyExists);
        }
        let reply = self.client.require_success(reply)?;
        Ok(PullRequestCreation::Created(self.client.parse::<PullRequestJson>(&reply)?.into_pull_request()))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), ForgeError> {
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

    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), ForgeError> {
        let number = standing.number.to_string();
        let place = ApiPath::Repository(&["issues", &number, "labels"]);
        self.client.write(Method::POST, place, &json!({"labels": labels})).await?;
        Ok(())
    }

    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), ForgeError> {
        ask_reviewers(&self.client, standing, names).await
    }
}

/// Says something once; Gitea is asked in the same way.
pub(super) async fn comment(host: &RestClient, standing: &PullRequest, text: &str) -> Result<(), ForgeError> {
    let number = standing.number.to_string();
    let place = ApiPath::Repository(&["issues", &number, "comments"]);
    let same = |comment: CommentJson| is_same_comment(&comment.body.unwrap_or_default(), text).then_some(());
    if let ListingSearch::Found(()) = host.find_in_pages(place, &[], same).await? {
        return Ok(());
    }
    host.write(Method::POST, place, &json!({"body": text})).await?;
    Ok(())
}

/// Asks people and teams; Gitea is asked in the same way.
pub(super) async fn ask_reviewers(
    host: &RestClient,
    standing: &PullRequest,
    names: &[String],
) -> Result<(), ForgeError> {
    let number = standing.number.to_string();
    let people: Vec<&String> = names.iter().filter(|name| !name.contains('/')).collect();
    let teams: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('/')?.1)).collect();
    let place = ApiPath::Repository(&["pulls", &number, "requested_reviewers"]);
    host.write(Method::POST, place, &json!({"reviewers": people, "team_reviewers": teams})).await?;
    Ok(())
}

/// What GitHub has rules of its own for.
pub(super) fn classify(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.mentions("github actions is not permitted to create") => {
            Some(ForgeError::MissingPermission {
                missing: WORKFLOWS.to_owned(),
                words: answered.describe(&format!("a setting of the repository forbids it ({WORKFLOWS})")),
            })
        }
        403 if answered.mentions("saml") => Some(ForgeError::NoAccess(
            answered.describe("the organisation wants the token to be authorised for SSO"),
        )),
        403 if answered.mentions("archived") => {
            Some(ForgeError::Rejected(answered.describe("the repository is archived")))
        }
        403 if answered.mentions("not accessible by") || answered.reply.permissions.is_some() => {
            let wanted = answered.reply.permissions.as_deref().and_then(permission_names);
            Some(answered.missing_permission(wanted.as_deref().unwrap_or(PERMISSION)))
        }
        422 if answered.mentions("no commits between") => Some(ForgeError::NothingToPropose(
            answered.describe("the branch holds nothing that the base has not"),
        )),
        _ => None,
    }
}

/// The permissions of GitHub's header as its pages call them: `pull_requests=write` is `Pull requests:
/// write`. Semicolons stand between what will do alone, commas between what is needed together. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible>.
fn permission_names(header: &str) -> Option<String> {
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

/// A pull request as GitHub has it, and Gitea after its example. `merged` stands in a single one only,
/// `merged_at` in a list too; of a fork that is gone there is no `repo`.
#[derive(Debug, Deserialize)]
pub(super) struct PullRequestJson {
    number: u64,
    #[serde(default)]
    html_url: String,
    state: String,
    merged: Option<bool>,
    merged_at: Option<String>,
    pub(super) title: String,
    body: Option<String>,
    pub(super) draft: Option<bool>,
    labels: Option<Items<GitHubLabelJson>>,
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
pub(super) struct GitHubLabelJson {
    pub(super) id: Option<u64>,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
struct CommentJson {
    body: Option<String>,
}

impl PullRequestJson {
    /// Whether it goes from one of these branches into the other, within one repository.
    pub(super) fn is_of(&self, PullRequestBranches { head, base }: &PullRequestBranches) -> bool {
        let is_from = self.head.branch == *head || self.head.label.as_ref() == Some(head);
        let is_a_forks = self.base.repo.is_some() && self.head.repo != self.base.repo;
        is_from && self.base.branch == *base && !is_a_forks
    }

    /// What it says, read.
    pub(super) fn into_pull_request(self) -> PullRequest {
        let is_merged = self.merged == Some(true) || self.merged_at.is_some();
        PullRequest {
            number: self.number,
            url: self.html_url,
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
