//! Which push a person amended before it was merged: on its branch, or as it was merged.

use anyhow::Result;

use super::fetched_repository::RepositorySession;
use super::list_files_at_commit::ListFilesAtCommit;
use super::repository_list_settings::{PublishMode, RepositoryListSettings};
use super::tables_of_files::{are_most_present, papers_by_topic, table_lines};
use crate::domain::CommitId;
use crate::list::git::BranchHead;
use crate::store::{FileTexts, GeneratedFiles, PushHistory, Store};

/// The latest push that a person amended to a commit which was merged as it is: all papers that are new in the push are in the
/// commit's tables.
pub(super) async fn find_push_amended_to(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    pushes: &PushHistory,
    amended: &CommitId,
    now: Option<&BranchHead>,
) -> Result<Option<usize>> {
    let Some(now) = now else { return Ok(None) };
    if !session.repository.has_changes_of_commit(now, amended).await? {
        return Ok(None);
    }
    let files = ListFilesAtCommit::load_list_and_generated_files(amended, session, store, target)
        .await?
        .existing_files();
    let GeneratedFiles { written, .. } =
        store.recorded_generated_files(target.list.name, &mut session.text_cache)?;
    let (there, before) = (papers_by_topic(&files), papers_by_topic(&written));
    Ok(pushes.unmerged.iter().position(|push| {
        let proposed = papers_by_topic(&push.files);
        let mut new = proposed.difference(&before).peekable();
        new.peek().is_some() && new.all(|paper| there.contains(paper))
    }))
}

/// The latest push that a person amended on its branch at a plain remote, and merged as it was then.
pub(super) async fn find_push_amended_on_branch(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    pushes: &PushHistory,
    now: Option<&BranchHead>,
) -> Result<Option<usize>> {
    if !matches!(target.mode, PublishMode::Branch(_)) {
        return Ok(None);
    }
    for head in session.heads.ours.clone() {
        let is_ours = pushes.unmerged.iter().any(|push| push.commit == head.commit);
        if !is_ours
            && let Some(at) = find_push_amended_to(session, store, target, pushes, &head.commit, now).await?
        {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The latest of the pushes of which a person merged all but some rows, at a plain remote, which has no word for it: its
/// branch is gone, and most of what was new in it is in these files.
pub(super) fn find_push_merged_in_part(
    session: &RepositorySession,
    target: &RepositoryListSettings<'_>,
    pushes: &PushHistory,
    written: &FileTexts,
    files: &FileTexts,
) -> Option<usize> {
    if !matches!(target.mode, PublishMode::Branch(_)) || !session.heads.ours.is_empty() {
        return None;
    }
    let (there, before) = (table_lines(files), table_lines(written));
    pushes.unmerged.iter().position(|push| {
        let proposed = table_lines(&push.files);
        are_most_present(proposed.difference(&before), &there)
    })
}
