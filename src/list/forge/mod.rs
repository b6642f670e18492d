//! The life of a pull request, over the REST interfaces of GitHub, Gitea (and Forgejo) and GitLab. Knows
//! their addresses, shapes, headers and permissions; must never know what is proposed, or whether it should
//! be. Where a list's forge is `none` there is no [`Forge`]: a branch that was pushed is all there is.

mod app;
mod gitea;
mod github;
mod gitlab;
mod host;
mod judge;
mod pace;
mod pull_request;
mod refusal;
mod reply;

use anyhow::ensure;
use reqwest::Url;

pub use pace::Pace;
pub use pull_request::{Branches, Opened, Proposal, PullRequest, State};
pub use refusal::Refusal;

use self::app::App;
use self::gitea::Gitea;
use self::github::GitHub;
use self::gitlab::GitLab;
use self::host::{Credentials, Host};
use crate::domain::Secret;

/// Whose interface a forge speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// GitHub, at `https://api.github.com`; an Enterprise server at `https://<host>/api/v3`.
    GitHub,
    /// Gitea and Forgejo, at `https://<host>/api/v1`.
    Gitea,
    /// GitLab, at `https://<host>/api/v4`.
    GitLab,
}

/// Who we are to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
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
pub struct Settings {
    /// Whose interface it is.
    pub kind: Kind,
    /// The interface's root; see [`Kind`].
    pub api: Url,
    /// `owner/list`; on GitLab there may be groups within groups.
    pub project: String,
    /// Who asks.
    pub credential: Credential,
}

/// A forge, as far as the life of one repository's pull requests needs it. Every request is bounded in time,
/// its answer in size; redirects are not followed, and what a forge lists over several pages is read over all
/// of them. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured.
#[derive(Debug)]
pub struct Forge {
    kind: Kind,
    dialect: Dialect,
}

#[derive(Debug)]
enum Dialect {
    GitHub(GitHub),
    Gitea(Gitea),
    GitLab(GitLab),
}

impl Forge {
    /// Prepares the way; nothing is sent or resolved. One pace holds for all forges that share it. An error
    /// says what is wrong with the settings without showing the credential.
    pub fn new(settings: Settings, pace: Pace) -> anyhow::Result<Self> {
        let Settings { kind, api, project, credential } = settings;
        let parts: Vec<&str> = project.split('/').collect();
        let plain = parts.iter().all(|part| !matches!(*part, "" | "." | ".."));
        ensure!(plain && parts.len() >= 2, "project {project:?}: owner/list is expected");
        ensure!(kind == Kind::GitLab || parts.len() == 2, "project {project:?}: owner/list is expected");
        let credentials = match credential {
            Credential::Token(token) => Credentials::Token(token),
            Credential::App { id, key } => {
                ensure!(kind == Kind::GitHub, "only GitHub knows Apps; {} needs a token", kind.name());
                Credentials::App(App::new(id, &key)?)
            }
        };
        let repository = match kind {
            Kind::GitHub | Kind::Gitea => {
                ["repos"].into_iter().chain(parts).map(str::to_owned).collect::<Vec<_>>()
            }
            Kind::GitLab => vec!["projects".to_owned(), project.clone()],
        };
        let host = Host::new(kind, api, repository, credentials, pace)?;
        let dialect = match kind {
            Kind::GitHub => Dialect::GitHub(GitHub::new(host, &project)),
            Kind::Gitea => Dialect::Gitea(Gitea::new(host)),
            Kind::GitLab => Dialect::GitLab(GitLab::new(host)),
        };
        Ok(Self { kind, dialect })
    }

    /// What opens the repository to git as well: the token, or for an App one that is good for an hour.
    pub async fn token(&self) -> Result<Secret, Refusal> {
        let host = match &self.dialect {
            Dialect::GitHub(github) => &github.host,
            Dialect::Gitea(gitea) => &gitea.host,
            Dialect::GitLab(gitlab) => &gitlab.host,
        };
        host.token().await
    }

    /// The open pull request from our branch into the base, if there is one.
    pub async fn find_open(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        match &self.dialect {
            Dialect::GitHub(github) => github.find_open(branches).await,
            Dialect::Gitea(gitea) => gitea.find_open(branches).await,
            Dialect::GitLab(gitlab) => gitlab.find_open(branches).await,
        }
    }

    /// The newest pull request from our branch into the base that is closed or merged, if there is one. Where
    /// a forge cannot be asked by branch it is looked for among the newest 1,000.
    pub async fn find_last_closed(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        match &self.dialect {
            Dialect::GitHub(github) => github.find_last_closed(branches).await,
            Dialect::Gitea(gitea) => gitea.find_last_closed(branches).await,
            Dialect::GitLab(gitlab) => gitlab.find_last_closed(branches).await,
        }
    }

    /// Opens a pull request; one that is there already, whoever was first, is adopted as it stands.
    pub async fn open(&self, branches: &Branches, proposal: &Proposal) -> Result<Opened, Refusal> {
        let opened = match &self.dialect {
            Dialect::GitHub(github) => github.open(branches, proposal).await,
            Dialect::Gitea(gitea) => gitea.open(branches, proposal).await,
            Dialect::GitLab(gitlab) => gitlab.open(branches, proposal).await,
        }?;
        match opened {
            Opening::Opened(new) => Ok(Opened::New(new)),
            Opening::Exists => self.adopt(branches).await.map(Opened::Adopted),
        }
    }

    async fn adopt(&self, branches: &Branches) -> Result<PullRequest, Refusal> {
        let name = self.kind.name();
        let gone = || Refusal::Passing(format!("{name}: there is said to be one already, but none is shown"));
        self.find_open(branches).await?.ok_or_else(gone)
    }

    /// Gives an open pull request another title and body. Whether it is a draft stays a person's word.
    pub async fn update(&self, standing: &PullRequest, title: &str, body: &str) -> Result<(), Refusal> {
        match &self.dialect {
            Dialect::GitHub(github) => github.update(standing, title, body).await,
            Dialect::Gitea(gitea) => gitea.update(standing, title, body).await,
            Dialect::GitLab(gitlab) => gitlab.update(standing, title, body).await,
        }
    }

    /// Closes a pull request.
    pub async fn close(&self, standing: &PullRequest) -> Result<(), Refusal> {
        match &self.dialect {
            Dialect::GitHub(github) => github.close(standing).await,
            Dialect::Gitea(gitea) => gitea.close(standing).await,
            Dialect::GitLab(gitlab) => gitlab.close(standing).await,
        }
    }

    /// Says something under a pull request, once: where the same text stands already, nothing is written.
    pub async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), Refusal> {
        match &self.dialect {
            Dialect::GitHub(github) => github.comment(standing, text).await,
            Dialect::Gitea(gitea) => gitea.comment(standing, text).await,
            Dialect::GitLab(gitlab) => gitlab.comment(standing, text).await,
        }
    }

    /// Adds the labels that a pull request lacks; the repository gets those that it lacks itself. None is
    /// taken away.
    pub async fn label(&self, standing: &PullRequest, labels: &[String]) -> Result<(), Refusal> {
        let lacking: Vec<&str> =
            labels.iter().filter(|label| !standing.labels.contains(label)).map(String::as_str).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        match &self.dialect {
            Dialect::GitHub(github) => github.label(standing, &lacking).await,
            Dialect::Gitea(gitea) => gitea.label(standing, &lacking).await,
            Dialect::GitLab(gitlab) => gitlab.label(standing, &lacking).await,
        }
    }

    /// Asks people to look at a pull request; `organisation/team` asks a team, where the forge has teams.
    pub async fn ask_reviewers(&self, standing: &PullRequest, names: &[String]) -> Result<(), Refusal> {
        if names.is_empty() {
            return Ok(());
        }
        match &self.dialect {
            Dialect::GitHub(github) => github.ask_reviewers(standing, names).await,
            Dialect::Gitea(gitea) => gitea.ask_reviewers(standing, names).await,
            Dialect::GitLab(gitlab) => gitlab.ask_reviewers(standing, names).await,
        }
    }
}

/// What asking for a new pull request came to.
#[derive(Debug)]
enum Opening {
    Opened(PullRequest),
    Exists,
}

/// Whether a comment that stands there says the same; a forge may have changed its line ends.
fn says_the_same(standing: &str, text: &str) -> bool {
    standing.lines().map(str::trim_end).eq(text.trim_end().lines().map(str::trim_end))
}
