//! The life of a pull request, over the REST interfaces of GitHub, Gitea (and Forgejo) and GitLab. Knows
//! their addresses, shapes, headers and permissions; must never know what is proposed, or whether it should
//! be. Where a list's forge is `none` there is no [`ForgeClient`]: a branch that was pushed is all there is.

mod classification;
mod error;
mod gitea;
mod github;
mod github_app;
mod gitlab;
mod pace;
mod pull_request;
mod reply;
mod rest_client;
mod rest_transport;
mod vendor;

use anyhow::ensure;
use reqwest::Url;

pub use error::ForgeError;
pub use pace::Pace;
pub use pull_request::{
    ForgePullRequestState, NewPullRequest, OpenedPullRequest, PullRequest, PullRequestBranches,
};
pub use vendor::ForgeVendor;

use self::classification::VendorClassifier;
use self::gitea::Gitea;
use self::github::GitHub;
use self::github_app::GitHubApp;
use self::gitlab::GitLab;
use self::pull_request::PullRequestCreation;
use self::rest_client::{RestClient, TokenSource};
use self::rest_transport::RestTransport;
use crate::domain::Secret;

/// Who we are to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForgeCredential {
    /// A token: fine-grained or classic, a project's, or that of a scheduled workflow.
    Token(Secret),
    /// An App of GitHub, installed at the repository.
    App {
        /// Its client id, or the number of the App.
        id: String,
        /// Its private key in PEM, as GitHub hands it out.
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
    /// Who asks.
    pub credential: ForgeCredential,
}

/// A forge, as far as the life of one repository's pull requests needs it. Every request is bounded in time,
/// its answer in size; redirects are not followed, and what a forge lists over several pages is read over all
/// of them. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured.
#[derive(Debug)]
pub struct ForgeClient {
    kind: ForgeVendor,
    client: VendorClient,
}

#[derive(Debug)]
enum VendorClient {
    GitHub(GitHub),
    Gitea(Gitea),
    GitLab(GitLab),
}

impl ForgeClient {
    /// Prepares the way; nothing is sent or resolved. One pace holds for all forges that share it. An error
    /// says what is wrong with the settings without showing the credential.
    pub fn new(settings: ForgeSettings, pace: Pace) -> anyhow::Result<Self> {
        let ForgeSettings { kind, api, project, credential } = settings;
        let parts: Vec<&str> = project.split('/').collect();
        let plain = parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
        ensure!(plain && parts.len() >= 2, "project {project:?}: owner/list is expected");
        ensure!(
            kind == ForgeVendor::GitLab || parts.len() == 2,
            "project {project:?}: owner/list is expected"
        );
        let credentials = match credential {
            ForgeCredential::Token(token) => TokenSource::Token(token),
            ForgeCredential::App { id, key } => {
                ensure!(kind == ForgeVendor::GitHub, "only GitHub knows Apps; {} needs a token", kind.name());
                TokenSource::App(GitHubApp::new(id, &key)?)
            }
        };
        let repository = match kind {
            ForgeVendor::GitHub | ForgeVendor::Gitea => {
                ["repos"].into_iter().chain(parts).map(str::to_owned).collect::<Vec<_>>()
            }
            ForgeVendor::GitLab => vec!["projects".to_owned(), project.clone()],
        };
        let classify: VendorClassifier = match kind {
            ForgeVendor::GitHub => github::classify,
            ForgeVendor::Gitea => gitea::classify,
            ForgeVendor::GitLab => gitlab::classify,
        };
        let transport = RestTransport::new(kind, classify, api, repository)?;
        let host = RestClient::new(transport, credentials, pace)?;
        let dialect = match kind {
            ForgeVendor::GitHub => VendorClient::GitHub(GitHub::new(host, &project)),
            ForgeVendor::Gitea => VendorClient::Gitea(Gitea::new(host)),
            ForgeVendor::GitLab => VendorClient::GitLab(GitLab::new(host)),
        };
        Ok(Self { kind, client: dialect })
    }

    /// What opens the repository to git as well: the token, or for an App one that is good for an hour.
    pub async fn token(&self) -> Result<Secret, ForgeError> {
        let host = match &self.client {
            VendorClient::GitHub(github) => &github.client,
            VendorClient::Gitea(gitea) => &gitea.client,
            VendorClient::GitLab(gitlab) => &gitlab.client,
        };
        host.token().await
    }

    /// The open pull request from our branch into the base, if there is one.
    pub async fn find_open(&self, branches: &PullRequestBranches) -> Result<Option<PullRequest>, ForgeError> {
        match &self.client {
            VendorClient::GitHub(github) => github.find_open(branches).await,
            VendorClient::Gitea(gitea) => gitea.find_open(branches).await,
            VendorClient::GitLab(gitlab) => gitlab.find_open(branches).await,
        }
    }

    /// The newest pull request from our branch into the base that is closed or merged, if there is one. Where
    /// a forge cannot be asked by branch it is looked for among the newest 1,000.
    pub async fn find_last_closed(
        &self,
        branches: &PullRequestBranches,
    ) -> Result<Option<PullRequest>, ForgeError> {
        match &self.client {
            VendorClient::GitHub(github) => github.find_last_closed(branches).await,
            VendorClient::Gitea(gitea) => gitea.find_last_closed(branches).await,
            VendorClient::GitLab(gitlab) => gitlab.find_last_closed(branches).await,
        }
    }

    /// Opens a pull request; one that is there already, whoever was first, is adopted as it stands.
    pub async fn open(
        &self,
        branches: &PullRequestBranches,
        proposal: &NewPullRequest,
    ) -> Result<OpenedPullRequest, ForgeError> {
        let opened = match &self.client {
            VendorClient::GitHub(github) => github.open(branches, proposal).await,
            VendorClient::Gitea(gitea) => gitea.open(branches, proposal).await,
            VendorClient::GitLab(gitlab) => gitlab.open(branches, proposal).await,
        }?;
        match opened {
            PullRequestCreation::Created(new) => Ok(OpenedPullRequest::New(new)),
            PullRequestCreation::AlreadyExists => self.adopt(branches).await.map(OpenedPullRequest::Adopted),
        }
    }

    async fn adopt(&self, branches: &PullRequestBranches) -> Result<PullRequest, ForgeError> {
        let name = self.kind.name();
        let gone =
            || ForgeError::Transient(format!("{name}: there is said to be one already, but none is shown"));
        self.find_open(branches).await?.ok_or_else(gone)
    }

    /// Gives an open pull request another title and body. Whether it is a draft stays a person's word.
    pub async fn update(&self, standing: &PullRequest, title: &str, body: &str) -> Result<(), ForgeError> {
        match &self.client {
            VendorClient::GitHub(github) => github.update(standing, title, body).await,
            VendorClient::Gitea(gitea) => gitea.update(standing, title, body).await,
            VendorClient::GitLab(gitlab) => gitlab.update(standing, title, body).await,
        }
    }

    /// Closes a pull request.
    pub async fn close(&self, standing: &PullRequest) -> Result<(), ForgeError> {
        match &self.client {
            VendorClient::GitHub(github) => github.close(standing).await,
            VendorClient::Gitea(gitea) => gitea.close(standing).await,
            VendorClient::GitLab(gitlab) => gitlab.close(standing).await,
        }
    }

    /// Says something under a pull request, once: where the same text stands already, nothing is written.
    pub async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), ForgeError> {
        match &self.client {
            VendorClient::GitHub(github) => github.comment(standing, text).await,
            VendorClient::Gitea(gitea) => gitea.comment(standing, text).await,
            VendorClient::GitLab(gitlab) => gitlab.comment(standing, text).await,
        }
    }

    /// Adds the labels that a pull request lacks; the repository gets those that it lacks itself. None is
    /// taken away.
    pub async fn label(&self, standing: &PullRequest, labels: &[String]) -> Result<(), ForgeError> {
        let lacking: Vec<&str> =
            labels.iter().filter(|label| !standing.labels.contains(label)).map(String::as_str).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        match &self.client {
            VendorClient::GitHub(github) => github.label(standing, &lacking).await,
            VendorClient::Gitea(gitea) => gitea.label(standing, &lacking).await,
            VendorClient::GitLab(gitlab) => gitlab.label(standing, &lacking).await,
        }
    }

    /// Asks people to look at a pull request; `organisation/team` asks a team, where the forge has teams.
    pub async fn ask_reviewers(&self, standing: &PullRequest, names: &[String]) -> Result<(), ForgeError> {
        if names.is_empty() {
            return Ok(());
        }
        match &self.client {
            VendorClient::GitHub(github) => github.ask_reviewers(standing, names).await,
            VendorClient::Gitea(gitea) => gitea.ask_reviewers(standing, names).await,
            VendorClient::GitLab(gitlab) => gitlab.ask_reviewers(standing, names).await,
        }
    }
}
