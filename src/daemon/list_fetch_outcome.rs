//! What was looked at for a list before its topics are polled, and what can be done with its repository then.

use anyhow::Result;
use jiff::Timestamp;

use super::pipeline_list_from_config::config_list_to_pipeline_list;
use crate::config::{ListConfig, PublishConfig as RouteConfig, RepositoryConfig};
use crate::list::forge::ForgeClient;
use crate::pipeline::document::list_settings_and_report::ListReport;
use crate::pipeline::document::merged_list::ListFilesBeforeAndAfter;
use crate::pipeline::document::repository::{
    PublishMode, PullRequestSettings, RepositoryListSettings, RepositorySession, preview_list_in_repository,
    sync_list_in_repository,
};
use crate::store::Store;

/// What was looked at for a list before the polls.
pub(super) enum ListFetchOutcome<'c> {
    /// Nothing: it is a file of this machine.
    File,
    /// The list's repository, or why it could not be observed.
    Repository(Result<Box<FetchedListRepository<'c>>>),
    /// Nothing yet: its repository is fetched later.
    NotFetched,
}

/// The lists of the configuration, in its order.
pub(super) type ListFetchOutcomes<'c> = Vec<ListFetchOutcome<'c>>;

/// A list's repository that was looked at.
pub(super) struct FetchedListRepository<'c> {
    pub(super) list: &'c ListConfig,
    pub(super) repository: &'c RepositoryConfig,
    pub(super) forge: Option<ForgeClient>,
    pub(super) visit: RepositorySession,
}

impl FetchedListRepository<'_> {
    /// Brings it to what the history says.
    pub(super) async fn sync_list_from_history(
        self,
        store: &mut Store,
        now: Timestamp,
    ) -> Result<ListReport> {
        let Self { list, repository, forge, visit } = self;
        sync_list_in_repository(store, &to_repository_list(list, repository, forge.as_ref()), visit, now)
            .await
    }

    /// What a run would write to the list.
    pub(super) async fn preview_changes_to_list(
        mut self,
        store: &Store,
        now: Timestamp,
    ) -> Result<Option<ListFilesBeforeAndAfter>> {
        let kept = to_repository_list(self.list, self.repository, self.forge.as_ref());
        preview_list_in_repository(store, &kept, &mut self.visit, now).await
    }
}

/// The list with its repository, as the pipeline takes it.
pub(super) fn to_repository_list<'a>(
    list: &'a ListConfig,
    repository: &'a RepositoryConfig,
    forge: Option<&'a ForgeClient>,
) -> RepositoryListSettings<'a> {
    let route = match (&repository.publish, forge) {
        (RouteConfig::PullRequest(branch, asked), Some(forge)) => PublishMode::PullRequest(
            branch,
            PullRequestSettings {
                forge,
                title: &asked.title,
                labels: &asked.labels,
                reviewers: &asked.reviewers,
                draft: asked.draft,
            },
        ),
        (RouteConfig::PullRequest(branch, _) | RouteConfig::Branch(branch), _) => PublishMode::Branch(branch),
        (RouteConfig::Direct, _) => PublishMode::Direct,
    };
    RepositoryListSettings {
        list: config_list_to_pipeline_list(list),
        path: &repository.path,
        base: repository.base.as_ref(),
        mode: route,
        commit_message: repository.commit_message.as_ref(),
        signoff: repository.signoff,
    }
}
