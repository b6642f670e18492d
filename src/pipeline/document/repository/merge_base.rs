//! The merge base at a commit: which of our pushes were merged there, by whoever, however and whenever.

use anyhow::Result;
use jiff::Timestamp;

use super::amended_push::{find_push_amended_on_branch, find_push_amended_to, find_push_merged_in_part};
use super::fetched_repository::RepositorySession;
use super::list_files_at_commit::ListFilesAtCommit;
use super::repository_list_settings::RepositoryListSettings;
use super::tables_of_files::{are_most_present, papers_by_topic, table_lines, tables_fingerprint};
use crate::domain::{CommitId, PaperId};
use crate::list::git::{BranchHead, CommitsAheadOfBase};
use crate::pipeline::document::merge::{base_without_missing_rows, files_without_dismissed_rows};
use crate::pipeline::document::merged_list::GeneratedMergeBase;
use crate::store::{
    Dismissal, FileTexts, GeneratedFiles, PushHistory, PushRecord, Store, TextCacheByFingerprint,
};

/// A push that was merged.
#[derive(Debug)]
pub(super) struct MergedPush {
    /// What is in the base branch with it.
    pub(super) base: GeneratedFiles,
    /// The push's commit; none if there was no push.
    pub(super) commit: Option<CommitId>,
}

/// A pull request of which it was not known that it was merged.
#[derive(Debug)]
pub(super) struct NewlyMergedPullRequest {
    pub(super) number: u64,
    /// The head that it was merged with, as the forge names it; none if the forge does not know it. Gitea names where
    /// the branch is now.
    pub(super) head: Option<CommitId>,
    /// Whether the list was proposed by it.
    pub(super) is_in_use: bool,
}

/// What the program generated that may be in the base branch, the surest first: what was merged, what was pushed.
pub(super) fn possible_base_texts(
    store: &Store,
    target: &RepositoryListSettings<'_>,
    text_cache: &mut TextCacheByFingerprint,
) -> Result<Vec<FileTexts>> {
    let GeneratedFiles { written, intended } =
        store.recorded_generated_files(target.list.name, text_cache)?;
    let pushes = store.push_history(target.list.name, text_cache)?.unmerged;
    let all = [written, intended].into_iter().chain(pushes.into_iter().map(|push| push.files));
    Ok(all.filter(|files| !files.is_empty()).collect())
}

/// What the program generated that is in the base branch, which has these files, with the push that was merged if that is
/// new: the latest push that is there, as the tables show, or as the commits do, which are compared if `now` is where the
/// base is; else what the forge says was merged; else what is known. What is only proposed is none of it: a row that was
/// never merged cannot have been deleted.
pub(super) async fn find_list_merge_base(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    files: &FileTexts,
    now: Option<&BranchHead>,
    named: &[NewlyMergedPullRequest],
) -> Result<(GeneratedMergeBase, Option<MergedPush>)> {
    let generated = store.recorded_generated_files(target.list.name, &mut session.text_cache)?;
    let pushes = store.push_history(target.list.name, &mut session.text_cache)?;
    let found = match find_latest_push_in_commit(session, &pushes, &generated.written, files, now).await? {
        Some(at) => DetectedMerge::Push(at),
        None => match find_merge_reported_by_forge(session, store, target, &pushes, now, named).await? {
            DetectedMerge::Nothing => {
                match find_push_merged_in_part(session, target, &pushes, &generated.written, files) {
                    Some(at) => DetectedMerge::Push(at),
                    None => find_push_amended_on_branch(session, store, target, &pushes, now)
                        .await?
                        .map_or(DetectedMerge::Nothing, DetectedMerge::Push),
                }
            }
            reported => reported,
        },
    };
    let (merge_base, merged) = match found {
        DetectedMerge::Nothing => {
            let restored = store.restored_dismissals(target.list.name)?;
            let [written, intended] = [generated.written, generated.intended]
                .map(|base| base_without_missing_rows(store, &restored, base, files));
            (GeneratedMergeBase::from_texts(written?, [intended?]), None)
        }
        DetectedMerge::Push(at) => {
            let push = &pushes.unmerged[at];
            merge_base_of_merged_push(
                files_generated_for_push(store, target, push, files)?,
                FileTexts::new(),
                Some(push),
            )
        }
        DetectedMerge::PushWithOthers(at) => {
            let push = &pushes.unmerged[at];
            let with_it = files_generated_for_push(store, target, push, files)?;
            // It was merged together with something else. If the forge names where the branch is now, it may have been what
            // the push replaced.
            match find_content_replaced_by_push(session, &pushes, at).await? {
                ContentReplacedByPush::Push(before) => merge_base_of_merged_push(
                    files_generated_for_push(store, target, before, files)?,
                    with_it,
                    Some(push),
                ),
                ContentReplacedByPush::Base => {
                    let earlier = pushes.unmerged[at + 1..].iter().rev();
                    let earlier = earlier.map(|push| files_generated_for_push(store, target, push, files));
                    let candidates =
                        std::iter::once(Ok(generated.written)).chain(earlier).collect::<Result<Vec<_>>>()?;
                    merge_base_of_merged_push(nearest_generated_texts(candidates, files), with_it, Some(push))
                }
                ContentReplacedByPush::Nothing => {
                    merge_base_of_merged_push(with_it, FileTexts::new(), Some(push))
                }
            }
        }
        // Whatever is there now, nothing that is missing was deleted.
        DetectedMerge::Unknown => {
            let newest = pushes.unmerged.first();
            let GeneratedFiles { written, intended } = generated;
            let known = if written.is_empty() { intended } else { written };
            let intended = newest.map_or(known, |push| push.files.clone());
            merge_base_of_merged_push(FileTexts::new(), intended, newest)
        }
    };
    // A person may have amended a later push before it was merged: what that one has is no edit of theirs.
    let proposed = pushes.unmerged.into_iter().map(|push| push.files).collect();
    Ok((GeneratedMergeBase { proposed, ..merge_base }, merged))
}

/// The merge base once a push was merged, and what is to be recorded of it.
fn merge_base_of_merged_push(
    written: FileTexts,
    intended: FileTexts,
    push: Option<&PushRecord>,
) -> (GeneratedMergeBase, Option<MergedPush>) {
    let merge_base = GeneratedMergeBase::from_texts(written.clone(), [intended.clone()]);
    let commit = push.map(|push| push.commit.clone());
    (merge_base, Some(MergedPush { base: GeneratedFiles { written, intended }, commit }))
}

/// What the program generated that is on a branch that has these files and this history beyond the base branch.
pub(super) async fn find_generated_texts_on_branch(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    branch: &BranchHead,
    files: &FileTexts,
    history: &CommitsAheadOfBase,
) -> Result<GeneratedMergeBase> {
    let PushHistory { unmerged: pushes, merged } =
        store.push_history(target.list.name, &mut session.text_cache)?;
    let moved = session.repository.find_moved_commit(history, pushes.iter().map(|push| &push.commit)).await?;
    let is_there = |push: &&PushRecord| {
        moved == Some(&push.commit) || history.commits.iter().any(|commit| commit.id == push.commit)
    };
    let mut found = pushes.iter().find(is_there);
    for push in &pushes {
        if found.is_none() && is_push_in_commit(session, push, files, Some(branch)).await? {
            found = Some(push);
        }
    }
    let merge_base = if let Some(push) = found {
        // A person may have amended one that came after it: what that one has is no edit of theirs.
        let later = pushes.iter().take_while(|later| later.commit != push.commit);
        let later = later.map(|later| files_generated_for_push(store, target, later, files));
        let later = later.collect::<Result<Vec<_>>>()?;
        GeneratedMergeBase::from_texts(
            files_generated_for_push(store, target, push, files)?,
            later.into_iter().rev(),
        )
    } else {
        let is_merged = |commit: &&CommitId| merged.contains(commit);
        let latest_merged = history.commits.iter().map(|commit| &commit.id).find(is_merged);
        let begin = latest_merged.or(history.merge_base.as_ref());
        let written = find_generated_texts_where_work_began(session, store, target, files, begin).await?;
        let is_past = written.is_some();
        let possible = possible_base_texts(store, target, &mut session.text_cache)?;
        let merge_base = GeneratedMergeBase::from_texts(written.unwrap_or_default(), possible);
        GeneratedMergeBase { is_past, ..merge_base }
    };
    let proposed = pushes.into_iter().map(|push| push.files).collect();
    Ok(GeneratedMergeBase { branch: Some(branch.branch.clone()), proposed, ..merge_base })
}

/// What the program generated that is in the base, of what was there where a person began to work on a branch: at the latest
/// push that was merged, or else where the branch leaves the base. None if the person has not just deleted rows. Such a branch
/// is left of what was merged, or was set back to that.
async fn find_generated_texts_where_work_began(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    files: &FileTexts,
    begin: Option<&CommitId>,
) -> Result<Option<FileTexts>> {
    let Some(begin) = begin else { return Ok(None) };
    let before = ListFilesAtCommit::load_list_and_generated_files(begin, session, store, target)
        .await?
        .existing_files();
    let (had, has) = (papers_by_topic(&before), papers_by_topic(files));
    let has_deletions_alone = has.len() < had.len() && has.is_subset(&had);
    if !has_deletions_alone || !are_most_present(had.iter(), &has) {
        return Ok(None);
    }
    let GeneratedFiles { written, .. } =
        store.recorded_generated_files(target.list.name, &mut session.text_cache)?;
    let is_elsewhere = |paper: &&(&str, PaperId)| !had.contains(*paper);
    let later: Vec<Dismissal> = papers_by_topic(&written)
        .iter()
        .filter(is_elsewhere)
        .map(|(topic, paper)| Dismissal {
            topic: (*topic).to_owned(),
            paper: paper.clone(),
            noticed_at: Timestamp::UNIX_EPOCH,
            excerpt: String::new(),
        })
        .collect();
    files_without_dismissed_rows(store, &written, &later.iter().collect::<Vec<_>>()).map(Some)
}

/// What was generated for a push, without the rows of papers that were restored after it, or that a person deleted, as far
/// as these files do not have them.
fn files_generated_for_push(
    store: &Store,
    target: &RepositoryListSettings<'_>,
    push: &PushRecord,
    files: &FileTexts,
) -> Result<FileTexts> {
    let mut papers = store.restored_dismissals_after_push(target.list.name, &push.commit)?;
    papers.extend(store.dismissals(target.list.name)?);
    base_without_missing_rows(store, &papers, push.files.clone(), files)
}

/// Whether a push is at a commit that has these files.
async fn is_push_in_commit(
    session: &mut RepositorySession,
    push: &PushRecord,
    files: &FileTexts,
    at: Option<&BranchHead>,
) -> Result<bool> {
    if tables_fingerprint(files, &push.files) == Some(push.tables_fingerprint) {
        return Ok(true);
    }
    let Some(at) = at else { return Ok(false) };
    let pair = (at.commit.clone(), push.commit.clone());
    if !session.not_merged.contains(&pair)
        && session.repository.has_changes_of_commit(at, &push.commit).await?
    {
        return Ok(true);
    }
    session.not_merged.insert(pair);
    Ok(false)
}

/// What was merged into the base since the last time.
enum DetectedMerge {
    Nothing,
    /// One of the pushes that were not known to be merged, by its place.
    Push(usize),
    /// One of these pushes together with something else.
    PushWithOthers(usize),
    /// What was merged is none of our pushes, nor does it follow one.
    Unknown,
}

/// The latest of the pushes that are not known to be merged that is at a commit that has these files.
async fn find_latest_push_in_commit(
    session: &mut RepositorySession,
    pushes: &PushHistory,
    written: &FileTexts,
    files: &FileTexts,
    at: Option<&BranchHead>,
) -> Result<Option<usize>> {
    for (index, push) in pushes.unmerged.iter().enumerate().filter(|(_, push)| push.files != *written) {
        if is_push_in_commit(session, push, files, at).await? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// What the forge says was merged.
async fn find_merge_reported_by_forge(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryListSettings<'_>,
    pushes: &PushHistory,
    now: Option<&BranchHead>,
    named: &[NewlyMergedPullRequest],
) -> Result<DetectedMerge> {
    let is_named = |push: &PushRecord| named.iter().any(|pull| pull.head.as_ref() == Some(&push.commit));
    if let Some(at) = pushes.unmerged.iter().position(is_named) {
        return Ok(DetectedMerge::PushWithOthers(at));
    }
    let Some(pull) = named.iter().find(|pull| pull.is_in_use) else { return Ok(DetectedMerge::Nothing) };
    let Some(head) = &pull.head else { return Ok(DetectedMerge::Unknown) };
    Ok(match find_ancestor_push(session, pushes, head).await? {
        LatestOwnPushBelowCommit::Unmerged(at) => DetectedMerge::PushWithOthers(at),
        below => match find_push_amended_to(session, store, target, pushes, head, now).await? {
            Some(at) => DetectedMerge::Push(at),
            None if matches!(below, LatestOwnPushBelowCommit::Merged) => DetectedMerge::Nothing,
            None => DetectedMerge::Unknown,
        },
    })
}

/// The latest of our pushes that a commit is, or that is below it.
enum LatestOwnPushBelowCommit {
    Nothing,
    /// One that is known to be merged.
    Merged,
    /// One of the pushes that are not merged, by its place.
    Unmerged(usize),
}

async fn find_ancestor_push(
    session: &mut RepositorySession,
    pushes: &PushHistory,
    commit: &CommitId,
) -> Result<LatestOwnPushBelowCommit> {
    let unmerged = pushes.unmerged.iter().map(|push| push.commit.clone());
    let all: Vec<CommitId> = unmerged.chain(pushes.merged.iter().cloned()).collect();
    let Some(found) = session.repository.first_reachable_commit(commit, &all).await? else {
        return Ok(LatestOwnPushBelowCommit::Nothing);
    };
    let at = pushes.unmerged.iter().position(|push| push.commit == found);
    Ok(at.map_or(LatestOwnPushBelowCommit::Merged, LatestOwnPushBelowCommit::Unmerged))
}

/// What a push found on its branch and replaced.
enum ContentReplacedByPush<'p> {
    /// Nothing that is known.
    Nothing,
    /// What is in the base: a person had set the branch back to it, or left it there after a merge, also of an earlier push
    /// that they amended.
    Base,
    /// An earlier push.
    Push(&'p PushRecord),
}

async fn find_content_replaced_by_push<'p>(
    session: &mut RepositorySession,
    pushes: &'p PushHistory,
    at: usize,
) -> Result<ContentReplacedByPush<'p>> {
    let earlier = pushes.unmerged.get(at + 1);
    let Some(replaced) = &pushes.unmerged[at].replaced else {
        return Ok(earlier.map_or(ContentReplacedByPush::Nothing, ContentReplacedByPush::Push));
    };
    Ok(match find_ancestor_push(session, pushes, replaced).await? {
        LatestOwnPushBelowCommit::Unmerged(before) => ContentReplacedByPush::Push(&pushes.unmerged[before]),
        LatestOwnPushBelowCommit::Merged | LatestOwnPushBelowCommit::Nothing => ContentReplacedByPush::Base,
    })
}

/// Of generated texts, the surest first, the one that these files were made of, as the lines of their tables show: it has
/// most of theirs, and no more than is needed that they do not have.
fn nearest_generated_texts(candidates: Vec<FileTexts>, files: &FileTexts) -> FileTexts {
    let there = table_lines(files);
    let distance = |candidate: &FileTexts| {
        let lines = table_lines(candidate);
        (there.difference(&lines).count(), lines.difference(&there).count())
    };
    candidates.into_iter().min_by_key(distance).unwrap_or_default()
}
