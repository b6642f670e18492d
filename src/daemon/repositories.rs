//! The lists in repositories: their doors made ready, and each looked at before the polls and kept after them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;

use super::turn;
use crate::config::{
    Config, Credential, Forge as ForgeConfig, ForgeKind, List, ListRepository, Route as RouteConfig,
    environment,
};
use crate::list::forge::{Credential as ForgeCredential, Forge, Kind, Pace, Settings};
use crate::list::git::{Environment, Login, Place, Repository, Trouble, cache_name};
use crate::pipeline::project::{Projected, Proposal};
use crate::pipeline::repository::{Asking, Kept, Route, Visit, keep, propose, texts, visit};
use crate::store::Store;

/// The longest that one run of git may speak with a remote. A list with its archives is some megabytes.
const NETWORK_TIME: Duration = Duration::from_mins(1);

/// The name that GitHub wants beside the token of an App.
const APP_USER: &str = "x-access-token";

/// A list's repository that was looked at.
pub(super) struct Visited<'c> {
    list: &'c List,
    repository: &'c ListRepository,
    forge: Option<Forge>,
    visit: Visit,
}

/// Where the repositories of a configuration are worked with: beside its state.
pub(super) fn folder_of(config: &Config) -> Result<PathBuf> {
    // Git works in the folder, from where a relative path would lead elsewhere.
    let state = std::path::absolute(&config.state).context("where is the state file?")?;
    Ok(state.parent().unwrap_or(Path::new("/")).join("repositories"))
}

/// Looks at every repository before anything is polled, working in this folder. A host that was silent for one list is not
/// asked for the next.
pub(super) async fn visit_all<'c>(
    config: &'c Config,
    store: &mut Store,
    folder: &Path,
    now: Timestamp,
) -> turn::Visits<'c> {
    let pace = Pace::polite();
    let (mut visits, mut silent) = (Vec::with_capacity(config.lists.len()), Vec::new());
    for list in &config.lists {
        let Some(repository) = &list.repository else {
            visits.push(turn::Visit::File);
            continue;
        };
        let host = repository.remote.host();
        let visited = if silent.contains(&host) {
            Err(anyhow!("not looked at: {host} did not answer for another list a moment ago"))
        } else {
            one(list, repository, store, folder, &pace, now).await
        };
        if visited.as_ref().is_err_and(|error| is_silence(error) && !host.is_empty()) {
            silent.push(host);
        }
        visits.push(turn::Visit::Repository(visited.map(Box::new)));
    }
    visits
}

/// Whether a remote let us wait.
fn is_silence(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Trouble::TimedOut(_) | Trouble::OutOfTime(_)))
}

async fn one<'c>(
    list: &'c List,
    repository: &'c ListRepository,
    store: &mut Store,
    folder: &Path,
    pace: &Pace,
    now: Timestamp,
) -> Result<Visited<'c>> {
    let (git, forge) = doors(list, repository, folder, pace).await?;
    let kept = kept(list, repository, forge.as_ref());
    let visit = visit(store, &kept, git, now).await?;
    Ok(Visited { list, repository, forge, visit })
}

impl Visited<'_> {
    /// Brings it to what the history says.
    pub(super) async fn keep(self, store: &mut Store, now: Timestamp) -> Result<Projected> {
        let Self { list, repository, forge, visit } = self;
        keep(store, &kept(list, repository, forge.as_ref()), visit, now).await
    }

    /// What that would be.
    pub(super) async fn propose(mut self, store: &Store, now: Timestamp) -> Result<Option<Proposal>> {
        let kept = kept(self.list, self.repository, self.forge.as_ref());
        propose(store, &kept, &mut self.visit, now).await
    }
}

/// The texts of a list's files, by their paths in its repository: its own, then those of its archive, the newest first.
/// None where its own is not there.
pub async fn texts_of(
    config: &Config,
    list: &List,
    repository: &ListRepository,
) -> Result<Option<Vec<(String, Arc<str>)>>> {
    let (git, forge) = doors(list, repository, &folder_of(config)?, &Pace::polite()).await?;
    texts(&kept(list, repository, forge.as_ref()), git).await
}

/// Git with what opens the remote, and the forge where there is one. Secrets are read now.
async fn doors(
    list: &List,
    repository: &ListRepository,
    folder: &Path,
    pace: &Pace,
) -> Result<(Repository, Option<Forge>)> {
    let forge = match &repository.route {
        RouteConfig::PullRequest(_, forge) => Some(forge_of(forge, &repository.credential, pace.clone())?),
        RouteConfig::Direct | RouteConfig::Branch(_) => None,
    };
    let login = match &repository.credential {
        Credential::Surroundings => None,
        Credential::Token { user, token } => {
            Some(Login { user: user.clone(), token: token.read().context("token")? })
        }
        Credential::App { .. } => match &forge {
            Some(forge) => Some(Login { user: APP_USER.to_owned(), token: forge.token().await? }),
            None => None,
        },
    };
    let at = Place {
        program: "git".into(),
        environment: Environment::of(environment()),
        folder: folder.join(cache_name(&list.name)),
        remote: repository.remote.clone(),
        login,
        network_time: NETWORK_TIME,
    };
    Ok((Repository::open(at).await?, forge))
}

fn forge_of(forge: &ForgeConfig, credential: &Credential, pace: Pace) -> Result<Forge> {
    let kind = match forge.kind {
        ForgeKind::GitHub => Kind::GitHub,
        ForgeKind::Gitea => Kind::Gitea,
        ForgeKind::GitLab => Kind::GitLab,
    };
    let credential = match credential {
        Credential::Token { user: _, token } => ForgeCredential::Token(token.read().context("token")?),
        Credential::App { id, key } => {
            ForgeCredential::App { id: id.clone(), key: key.read_pem().context("key")? }
        }
        Credential::Surroundings => anyhow::bail!("a pull request needs a token: set token_file"),
    };
    Forge::new(Settings { kind, api: forge.api.clone(), project: forge.project.clone(), credential }, pace)
}

fn kept<'a>(list: &'a List, repository: &'a ListRepository, forge: Option<&'a Forge>) -> Kept<'a> {
    let route = match (&repository.route, forge) {
        (RouteConfig::PullRequest(branch, asked), Some(forge)) => Route::PullRequest(
            branch,
            Asking {
                forge,
                title: &asked.title,
                labels: &asked.labels,
                reviewers: &asked.reviewers,
                draft: asked.draft,
            },
        ),
        (RouteConfig::PullRequest(branch, _) | RouteConfig::Branch(branch), _) => Route::Branch(branch),
        (RouteConfig::Direct, _) => Route::Direct,
    };
    Kept { list: turn::as_project(list), path: &repository.path, base: repository.base.as_ref(), route }
}
