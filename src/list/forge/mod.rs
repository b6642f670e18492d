//! The life of a pull request, over the REST interfaces of GitHub, Gitea (and Forgejo) and GitLab. Knows
//! their addresses, shapes, headers and permissions; must never know what is proposed, or whether it should
//! be. If a list's forge is `none`, there is no [`ForgeClient`]: a branch that was pushed is all there is.

mod error;
mod error_classification;
mod gitea;
mod github;
mod github_app;
mod gitlab;
mod reply;
mod rest_client;
mod rest_transport;
mod review_requests;
mod vendor_dialect;
mod vendor_neutral_pull_request;
mod write_pace;

use anyhow::ensure;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

pub use error::ForgeError;
pub use vendor_neutral_pull_request::{
    ForgePullRequestState, NewPullRequest, OpenedPullRequest, PullRequest, PullRequestBranches,
};
pub use write_pace::WritePace;

use self::github::PullRequestJson;
use self::github_app::GitHubApp;
use self::gitlab::MergeRequestJson;
use self::reply::ForgeReply;
use self::rest_client::{ListingSearchOutcome, RestClient, TokenOrGitHubApp};
use self::rest_transport::{ForgeApiPath, RestTransport};
use self::vendor_dialect::ForgeApiDialect;
use self::vendor_neutral_pull_request::{
    VendorPullRequest, add_draft_mark, is_same_pull_request_comment, read_vendor_pull_request,
};
pub use crate::domain::ForgeVendor;
use crate::domain::Secret;

/// Who we are to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeCredential {
    /// A token: fine-grained or classic, a project's, or that of a scheduled workflow.
    Token(Secret),
    /// An App of GitHub, installed at the repository.
    App {
        /// The App's client id, or its number.
        id: String,
        /// The App's private key in PEM, as GitHub hands it out.
        key: Secret,
    },
}

/// Where a repository's pull requests are.
#[derive(Debug, Clone)]
pub struct ForgeSettings {
    /// Whose interface it is.
    pub kind: ForgeVendor,
    /// The interface's root; see [`ForgeVendor`].
    pub api: Url,
    /// `owner/list`; on GitLab there may be groups within groups.
    pub project: String,
    /// The credential that requests are made with.
    pub credential: ForgeCredential,
}

/// A forge, as far as the life of one repository's pull requests needs it. Every request is bounded in time,
/// its answer in size; redirects are not followed, and what a forge lists over several pages is read over all
/// of them. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured.
#[derive(Debug)]
pub struct ForgeClient {
    kind: ForgeVendor,
    dialect: &'static ForgeApiDialect,
    /// Whose repository it is, by the first part of its path.
    owner: String,
    client: RestClient,
}

/// A comment, by whatever name.
#[derive(Debug, Deserialize)]
struct CommentJson {
    body: Option<String>,
}

impl ForgeVendor {
    fn dialect_of_vendor(self) -> &'static ForgeApiDialect {
        match self {
            Self::GitHub => &github::DIALECT,
            Self::Gitea => &gitea::DIALECT,
            Self::GitLab => &gitlab::DIALECT,
        }
    }
}

impl ForgeClient {
    /// Prepares the way; nothing is sent or resolved. One pace holds for all forges that share it. An error
    /// says what is wrong with the settings without showing the credential.
    pub fn new(settings: ForgeSettings, pace: WritePace) -> anyhow::Result<Self> {
        let ForgeSettings { kind, api, project, credential } = settings;
        let dialect = kind.dialect_of_vendor();
        let parts: Vec<&str> = project.split('/').collect();
        let plain = parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
        let is_nested = kind == ForgeVendor::GitLab && parts.len() > 2;
        ensure!(plain && (parts.len() == 2 || is_nested), "project {project:?}: owner/list is expected");
        let token_source = match credential {
            ForgeCredential::Token(token) => TokenOrGitHubApp::Token(token),
            ForgeCredential::App { id, key } => {
                ensure!(
                    kind == ForgeVendor::GitHub,
                    "only GitHub knows Apps; {} needs a token",
                    dialect.name
                );
                TokenOrGitHubApp::App(GitHubApp::new(id, &key)?)
            }
        };
        let owner = parts[0].to_owned();
        let repository = match kind {
            ForgeVendor::GitHub | ForgeVendor::Gitea => {
                ["repos"].into_iter().chain(parts).map(str::to_owned).collect()
            }
            ForgeVendor::GitLab => vec!["projects".to_owned(), project.clone()],
        };
        let transport = RestTransport::new(dialect, api, repository)?;
        Ok(Self { kind, dialect, owner, client: RestClient::new(transport, token_source, pace)? })
    }

    /// What opens the repository to git as well: the token, or for an App one that is good for an hour.
    pub async fn git_token(&self) -> Result<Secret, ForgeError> {
        self.client.current_token().await
    }

    /// The open pull request from our branch into the base, if there is one.
    pub async fn find_open_pull_request(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let [open, _] = self.dialect.list_states;
        match self.find_pull_request(branches, open, |state| state == ForgePullRequestState::Open).await? {
            ListingSearchOutcome::Found(found) => Ok(Some(found)),
            ListingSearchOutcome::PageLimitReached if self.kind == ForgeVendor::Gitea => {
                Err(ForgeError::Rejected(
                    "Gitea: there are more than 1,000 open pull requests, and ours is not among the newest"
                        .to_owned(),
                ))
            }
            ListingSearchOutcome::NotFound | ListingSearchOutcome::PageLimitReached => Ok(None),
        }
    }

    /// The newest pull request from our branch into the base that is closed or merged, if there is one. If a forge
    /// cannot be asked by branch, it is looked for among the newest 1,000.
    pub async fn find_last_closed_pull_request(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let [_, closed] = self.dialect.list_states;
        match self.find_pull_request(branches, closed, |state| state != ForgePullRequestState::Open).await? {
            ListingSearchOutcome::Found(found) => Ok(Some(found)),
            ListingSearchOutcome::NotFound | ListingSearchOutcome::PageLimitReached => Ok(None),
        }
    }

    /// The pull request of this number if it is open, whatever branches it is between; none if the forge does not show one.
    pub async fn find_open_pull_request_by_number(
        &self,
        number: u64,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let number = number.to_string();
        let place = ForgeApiPath::Repository(&[self.dialect.pulls, &number]);
        let shown = match self.kind {
            ForgeVendor::GitHub | ForgeVendor::Gitea => self
                .client
                .get_json::<PullRequestJson>(place)
                .await
                .map(|record| read_vendor_pull_request(record, self.dialect.draft_marks)),
            ForgeVendor::GitLab => self
                .client
                .get_json::<MergeRequestJson>(place)
                .await
                .map(|record| read_vendor_pull_request(record, self.dialect.draft_marks)),
        };
        match shown {
            Ok(pull) => Ok(Some(pull).filter(PullRequest::is_open)),
            Err(ForgeError::NoAccess(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The newest pull request between these branches that has such a state.
    async fn find_pull_request(
        &self,
        branches: &PullRequestBranches,
        listed: &str,
        is_sought: impl Fn(ForgePullRequestState) -> bool,
    ) -> Result<ListingSearchOutcome<PullRequest>, ForgeError> {
        let PullRequestBranches { head, base } = branches;
        let full_head = format!("{}:{head}", self.owner);
        let state = ("state", listed);
        match self.kind {
            ForgeVendor::GitHub => {
                let filter = [state, ("head", &*full_head), ("base", base)];
                let query = [&filter[..], &[("sort", "created"), ("direction", "desc")]].concat();
                self.find_listed_pull_request::<PullRequestJson>(branches, &query, is_sought).await
            }
            // Not every version can be asked by branch; all list the newest first.
            ForgeVendor::Gitea => {
                self.find_listed_pull_request::<PullRequestJson>(branches, &[state], is_sought).await
            }
            ForgeVendor::GitLab => {
                let filter = [state, ("source_branch", head), ("target_branch", base)];
                let query = [&filter[..], &[("order_by", "created_at"), ("sort", "desc")]].concat();
                self.find_listed_pull_request::<MergeRequestJson>(branches, &query, is_sought).await
            }
        }
    }

    /// A forge leaves out a filter that it does not understand, so that what it lists is looked at again.
    async fn find_listed_pull_request<T: VendorPullRequest>(
        &self,
        branches: &PullRequestBranches,
        query: &[(&str, &str)],
        is_sought: impl Fn(ForgePullRequestState) -> bool,
    ) -> Result<ListingSearchOutcome<PullRequest>, ForgeError> {
        let sought = |record: T| {
            let pull = record
                .is_between_branches(branches)
                .then(|| read_vendor_pull_request(record, self.dialect.draft_marks))?;
            is_sought(pull.state).then_some(pull)
        };
        self.client.find_in_pages(ForgeApiPath::Repository(&[self.dialect.pulls]), query, sought).await
    }

    /// Opens a pull request; one that is there already, whoever was first, is adopted as it is.
    pub async fn open_pull_request(
        &self,
        branches: &PullRequestBranches,
        proposal: &NewPullRequest,
    ) -> Result<OpenedPullRequest, ForgeError> {
        let ForgeApiDialect { head, base, body, draft_marks, .. } = *self.dialect;
        let mut new = json!({
            "title": add_draft_mark(&proposal.title, draft_marks, proposal.draft),
            (body): proposal.body,
            (head): branches.head,
            (base): branches.base,
        });
        if draft_marks.is_empty() {
            new["draft"] = proposal.draft.into();
        }
        let place = ForgeApiPath::Repository(&[self.dialect.pulls]);
        let reply = self.client.send_paced_write(Method::POST, place, &new).await?;
        if self.is_duplicate_pull_request(&reply) {
            return self.adopt_open_pull_request(branches).await.map(OpenedPullRequest::Adopted);
        }
        let reply = self.client.transport.require_success(reply)?;
        let opened = match self.kind {
            ForgeVendor::GitHub | ForgeVendor::Gitea => read_vendor_pull_request(
                self.client.transport.parse_json_reply::<PullRequestJson>(&reply)?,
                draft_marks,
            ),
            ForgeVendor::GitLab => read_vendor_pull_request(
                self.client.transport.parse_json_reply::<MergeRequestJson>(&reply)?,
                draft_marks,
            ),
        };
        Ok(OpenedPullRequest::New(opened))
    }

    /// Whether there is a pull request for these branches already.
    fn is_duplicate_pull_request(&self, reply: &ForgeReply) -> bool {
        match self.kind {
            ForgeVendor::GitHub => {
                reply.status == 422
                    && reply.api_error_messages().iter().any(|text| text.contains("already exists"))
            }
            ForgeVendor::Gitea | ForgeVendor::GitLab => reply.status == 409,
        }
    }

    async fn adopt_open_pull_request(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<PullRequest, ForgeError> {
        let name = self.dialect.name;
        let gone =
            || ForgeError::Transient(format!("{name}: there is said to be one already, but none is shown"));
        self.find_open_pull_request(branches).await?.ok_or_else(gone)
    }

    /// Gives an open pull request another title, body and base. Whether it is a draft stays a person's word.
    pub async fn update_pull_request(
        &self,
        pull: &PullRequest,
        title: &str,
        body: &str,
        base: &str,
    ) -> Result<(), ForgeError> {
        let title = add_draft_mark(title, self.dialect.draft_marks, pull.draft);
        let mut changes = json!({"title": title, (self.dialect.body): body});
        if pull.branches.base != base {
            changes[self.dialect.base] = base.into();
        }
        self.patch_pull_request(pull, &changes).await
    }

    /// Closes a pull request.
    pub async fn close_pull_request(&self, pull: &PullRequest) -> Result<(), ForgeError> {
        let (member, value) = self.dialect.close;
        self.patch_pull_request(pull, &json!({(member): value})).await
    }

    async fn patch_pull_request(&self, pull: &PullRequest, changes: &Value) -> Result<(), ForgeError> {
        let place = [self.dialect.pulls, &pull.number.to_string()];
        self.client
            .send_json_and_require_success(
                self.dialect.update.clone(),
                ForgeApiPath::Repository(&place),
                changes,
            )
            .await
            .map(drop)
    }

    /// Says something under a pull request, once: if the same text is there already, nothing is written.
    pub async fn add_comment(&self, pull: &PullRequest, text: &str) -> Result<(), ForgeError> {
        let (before, behind) = self.dialect.comments;
        let place = [before, &pull.number.to_string(), behind];
        let place = ForgeApiPath::Repository(&place);
        let same = |comment: CommentJson| {
            is_same_pull_request_comment(&comment.body.unwrap_or_default(), text).then_some(())
        };
        if let ListingSearchOutcome::Found(()) = self.client.find_in_pages(place, &[], same).await? {
            return Ok(());
        }
        self.client.send_json_and_require_success(Method::POST, place, &json!({"body": text})).await.map(drop)
    }

    /// Adds the labels that a pull request lacks; the repository gets those that it lacks itself. None is
    /// taken away.
    pub async fn add_labels(&self, pull: &PullRequest, labels: &[String]) -> Result<(), ForgeError> {
        let lacking: Vec<&str> =
            labels.iter().filter(|label| !pull.labels.contains(label)).map(String::as_str).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let labels = match self.kind {
            ForgeVendor::GitHub => json!(lacking),
            ForgeVendor::Gitea => json!(gitea::label_ids(&self.client, &lacking).await?),
            ForgeVendor::GitLab => {
                return self.patch_pull_request(pull, &json!({"add_labels": lacking.join(",")})).await;
            }
        };
        let place = ["issues", &pull.number.to_string(), "labels"];
        let place = ForgeApiPath::Repository(&place);
        self.client
            .send_json_and_require_success(Method::POST, place, &json!({"labels": labels}))
            .await
            .map(drop)
    }
}
