//! The lists in repositories: each is fetched before the polls and updated after them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;

use super::list_fetch_outcome::{
    FetchedListRepository, ListFetchOutcome, ListFetchOutcomes, to_repository_list,
};
use crate::config::{
    Config, CredentialConfig, ForgeConfig, ListConfig, PublishConfig as RouteConfig, RepositoryConfig,
    all_environment_variables,
};
use crate::domain::DatabaseUrl;
use crate::list::forge::{ForgeClient, ForgeCredential, ForgeSettings, WritePace};
use crate::list::git::{
    GitEnvironment, GitError, GitLogin, LocalCloneSettings, Repository, cache_folder_name,
};
use crate::pipeline::document::repository::{fetch_repository_and_adopt_papers, read_base_branch_files};
use crate::store::Store;

/// The longest that one run of git may speak with a remote. A list with its archives is some megabytes.
const NETWORK_TIME: Duration = Duration::from_mins(1);

/// The name that GitHub wants next to the token of an App.
const APP_USER: &str = "x-access-token";

/// Where the repositories of a configuration are worked with: next to its state.
pub(super) fn repositories_folder(config: &Config) -> Result<PathBuf> {
    // Git works in the folder, from where a relative path would lead elsewhere.
    let DatabaseUrl::Sqlite(state) = &config.state;
    let state = std::path::absolute(state).context("where is the state file?")?;
    Ok(state.parent().unwrap_or(Path::new("/")).join("repositories"))
}

/// Looks at every repository before anything is polled, working in this folder. A host that was silent for one list is not
/// asked for the next.
pub(super) async fn fetch_repositories<'c>(
    config: &'c Config,
    store: &mut Store,
    folder: &Path,
    now: Timestamp,
) -> ListFetchOutcomes<'c> {
    let pace = WritePace::one_write_per_second();
    let (mut visits, mut silent) = (Vec::with_capacity(config.lists.len()), Vec::new());
    for list in &config.lists {
        let Some(repository) = &list.repository else {
            visits.push(ListFetchOutcome::File);
            continue;
        };
        let host = repository.remote.host();
        let visited = if silent.contains(&host) {
            Err(anyhow!("not looked at: {host} did not answer for another list a moment ago"))
        } else {
            fetch_repository_and_adopt_papers_of_list(list, repository, store, folder, &pace, now).await
        };
        if visited.as_ref().is_err_and(|error| is_git_timeout(error) && !host.is_empty()) {
            silent.push(host);
        }
        visits.push(ListFetchOutcome::Repository(visited.map(Box::new)));
    }
    visits
}

/// Whether a remote let us wait.
fn is_git_timeout(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(GitError::TimedOut(_) | GitError::TimeBudgetExceeded(_)))
}

async fn fetch_repository_and_adopt_papers_of_list<'c>(
    list: &'c ListConfig,
    repository: &'c RepositoryConfig,
    store: &mut Store,
    folder: &Path,
    pace: &WritePace,
    now: Timestamp,
) -> Result<FetchedListRepository<'c>> {
    let (git, forge) = open_git_and_forge(list, repository, folder, pace).await?;
    let kept = to_repository_list(list, repository, forge.as_ref());
    let visit = fetch_repository_and_adopt_papers(store, &kept, git, now).await?;
    Ok(FetchedListRepository { list, repository, forge, visit })
}

/// The texts of a list's files, by their paths in its repository: its own, then those of its archive, the newest first.
/// None if its own is not there.
pub async fn read_list_texts(
    config: &Config,
    list: &ListConfig,
    repository: &RepositoryConfig,
) -> Result<Option<Vec<(String, Arc<str>)>>> {
    let (git, forge) = open_git_and_forge(
        list,
        repository,
        &repositories_folder(config)?,
        &WritePace::one_write_per_second(),
    )
    .await?;
    read_base_branch_files(&to_repository_list(list, repository, forge.as_ref()), git).await
}

/// Git with what opens the remote, and the forge if there is one. Secrets are read now.
async fn open_git_and_forge(
    list: &ListConfig,
    repository: &RepositoryConfig,
    folder: &Path,
    pace: &WritePace,
) -> Result<(Repository, Option<ForgeClient>)> {
    let forge = match &repository.publish {
        RouteConfig::PullRequest(_, forge) => Some(open_forge(forge, &repository.credential, pace.clone())?),
        RouteConfig::Direct | RouteConfig::Branch(_) => None,
    };
    let login = match &repository.credential {
        CredentialConfig::Ambient => None,
        CredentialConfig::Token { user, token } => {
            Some(GitLogin { user: user.clone(), token: token.read().context("token")? })
        }
        CredentialConfig::App { .. } => match &forge {
            Some(forge) => Some(GitLogin { user: APP_USER.to_owned(), token: forge.git_token().await? }),
            None => None,
        },
    };
    let at = LocalCloneSettings {
        program: "git".into(),
        environment: GitEnvironment::from_variables(all_environment_variables()),
        folder: folder.join(cache_folder_name(&list.name)),
        remote: repository.remote.clone(),
        login,
        network_time: NETWORK_TIME,
    };
    Ok((Repository::open(at).await?, forge))
}

fn open_forge(forge: &ForgeConfig, credential: &CredentialConfig, pace: WritePace) -> Result<ForgeClient> {
    let credential = match credential {
        CredentialConfig::Token { user: _, token } => ForgeCredential::Token(token.read().context("token")?),
        CredentialConfig::App { id, key } => {
            ForgeCredential::App { id: id.clone(), key: key.read_pem().context("key")? }
        }
        CredentialConfig::Ambient => anyhow::bail!("a pull request needs a token: set token_file"),
    };
    let ForgeConfig { kind, api, project, .. } = forge.clone();
    ForgeClient::new(ForgeSettings { kind, api, project, credential }, pace)
}
