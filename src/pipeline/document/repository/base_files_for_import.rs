//! Reads the files of a list from its base branch, without keeping anything of them.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::fetched_repository::RepositorySession;
use super::list_files_at_commit::{ListFilesAtCommit, tree_path};
use super::repository_list_settings::{RepositoryListSettings, list_label};
use crate::domain::ArchivePattern;
use crate::list::git::Repository;
use crate::pipeline::document::list_settings_and_report::LIST_FILE;

/// The texts of a list's files in the base, by their paths: its own, then those of its archive, the newest first. None
/// if its own does not exist.
pub async fn read_base_branch_files(
    target: &RepositoryListSettings<'_>,
    repository: Repository,
) -> Result<Option<Vec<(String, Arc<str>)>>> {
    let mut session = RepositorySession::fetch_base(repository, target).await?;
    let mut names = vec![LIST_FILE.to_owned()];
    if let Some(pattern) = target.list.archive {
        names.extend(find_archive_files(&session, target, pattern).await?);
    }
    let mut snapshot = ListFilesAtCommit::new(&session.heads.base.commit);
    snapshot.load_files_of_commit(&mut session, target, &names).await.with_context(|| list_label(target))?;
    let files = snapshot.existing_files();
    if !files.contains_key(LIST_FILE) {
        return Ok(None);
    }
    let text =
        |name: &String| Some((tree_path(target, name).ok()?.to_string(), Arc::clone(files.get(name)?)));
    Ok(Some(names.iter().filter_map(text).collect()))
}

/// The files of a list's archive in the base, by their paths from the list's folder.
async fn find_archive_files(
    session: &RepositorySession,
    target: &RepositoryListSettings<'_>,
    pattern: &ArchivePattern,
) -> Result<Vec<String>> {
    let folder = target.folder_prefix();
    let whole = format!("{folder}{}", pattern.archive_folder());
    let commit = &session.heads.base.commit;
    let is_archive_path =
        |path: &str| path.strip_prefix(folder).is_some_and(|path| pattern.may_have_files_in(path));
    let paths =
        session.repository.file_paths_below(commit, whole.trim_end_matches('/'), is_archive_path).await;
    let paths = paths.with_context(|| list_label(target))?;
    let below = paths.iter().filter_map(|path| path.strip_prefix(folder));
    Ok(pattern.files_newest_first(below.map(str::to_owned)))
}
