//! The merge base at a commit: which of our pushes were merged there, by whoever, however and whenever.

use std::sync::Arc;

use anyhow::Result;

use super::repository_list::RepositoryList;
use super::session::RepositorySession;
use crate::domain::{Branch, CommitId, Fingerprint};
use crate::list::git::{BranchHead, BranchHistory};
use crate::pipeline::document::exports::is_export;
use crate::pipeline::document::merge::without_restored;
use crate::pipeline::document::merged_list::MergeBase;
use crate::render::table_blocks;
use crate::store::{FileTexts, GeneratedFiles, PushHistory, PushRecord, Store, TextCache};

/// The merge base at a commit.
#[derive(Debug)]
pub(super) struct MergeBaseAtCommit {
    /// What is known to, and behind it what may; see [`MergeBase`].
    files: Vec<FileTexts>,
    is_known: bool,
    /// What was proposed, here or elsewhere.
    proposed: Vec<FileTexts>,
    /// Our branch that has it; none if it is the base branch.
    branch: Option<Branch>,
    /// Whether it is of an earlier state of the base branch.
    pub(super) is_past: bool,
    /// What was merged since the last observation.
    pub(super) merged: Option<MergedPush>,
}

/// A push that was merged.
#[derive(Debug)]
pub(super) struct MergedPush {
    /// What is in the base branch with it.
    pub(super) base: GeneratedFiles,
    /// Its commit; none if there was no push.
    pub(super) commit: Option<CommitId>,
}

/// A pull request of which it was not known that it was merged.
#[derive(Debug)]
pub(super) struct MergedPull {
    pub(super) number: u64,
    /// The head that it was merged with, as the forge names it; none if the forge does not know it. Gitea names where
    /// the branch is now.
    pub(super) head: Option<CommitId>,
    /// Whether the list was proposed by it.
    pub(super) is_in_use: bool,
}

impl MergeBaseAtCommit {
    /// What the program generated, the surest first; none of it is known to be there if the first text is empty.
    fn of(first: FileTexts, others: impl IntoIterator<Item = FileTexts>) -> Self {
        let is_known = !first.is_empty();
        let files = std::iter::once(first).chain(others).filter(|files| !files.is_empty()).collect();
        Self { files, is_known, proposed: Vec::new(), branch: None, is_past: false, merged: None }
    }

    fn after_merge(base: GeneratedFiles, through: Option<CommitId>) -> Self {
        let of = Self::of(base.written.clone(), [base.intended.clone()]);
        Self { merged: Some(MergedPush { base, commit: through }), ..of }
    }

    pub(super) fn files(&self) -> Vec<&FileTexts> {
        self.files.iter().collect()
    }

    pub(super) fn proposed(&self) -> Vec<&FileTexts> {
        self.proposed.iter().collect()
    }

    pub(super) fn as_merge_base<'a>(
        &'a self,
        files: &'a [&'a FileTexts],
        proposed: &'a [&'a FileTexts],
    ) -> MergeBase<'a> {
        MergeBase {
            files,
            is_known: self.is_known,
            proposed,
            branch: self.branch.as_ref(),
            is_past: self.is_past,
        }
    }
}

/// What the program generated that may be in the base branch, the surest first: what was merged, what was pushed.
pub(super) fn generated_texts(
    store: &Store,
    target: &RepositoryList<'_>,
    text_cache: &mut TextCache,
) -> Result<Vec<FileTexts>> {
    let GeneratedFiles { written, intended } = store.generated_files(target.list.name, text_cache)?;
    let pushes = store.push_history(target.list.name, text_cache)?.unmerged;
    let all = [written, intended].into_iter().chain(pushes.into_iter().map(|push| push.files));
    Ok(all.filter(|files| !files.is_empty()).collect())
}

/// What the program generated that is in the base branch, which has these files: the latest push that is there, as the
/// tables show, or as the commits do, which are compared if `now` is where the base is; else what the forge says was merged; else what is
/// known. What is only proposed is none of it: a row that was never merged cannot have been deleted.
pub(super) async fn find_merge_base(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryList<'_>,
    base: &FileTexts,
    now: Option<&BranchHead>,
    named: &[MergedPull],
) -> Result<MergeBaseAtCommit> {
    let generated = store.generated_files(target.list.name, &mut session.text_cache)?;
    let pushes = store.push_history(target.list.name, &mut session.text_cache)?;
    for push in pushes.unmerged.iter().filter(|push| push.files != generated.written) {
        if is_push_at(session, push, base, now).await? {
            let base = GeneratedFiles {
                written: push_files(store, target, push, base)?,
                intended: FileTexts::new(),
            };
            return Ok(MergeBaseAtCommit::after_merge(base, Some(push.commit.clone())));
        }
    }
    match find_forge_merge(session, &pushes, named).await? {
        ForgeMerge::Nothing => {
            let restored = store.restored_dismissals(target.list.name)?;
            let without_restored_rows = |files| without_restored(&restored, files, base);
            let proposed = pushes.unmerged.into_iter().map(|push| push.files).collect();
            Ok(MergeBaseAtCommit {
                proposed,
                ..MergeBaseAtCommit::of(
                    without_restored_rows(generated.written)?,
                    [without_restored_rows(generated.intended)?],
                )
            })
        }
        ForgeMerge::Push(at) => {
            let push = &pushes.unmerged[at];
            let files = push_files(store, target, push, base)?;
            // It was merged together with something else. If the forge names where the branch is now, it may have been the
            // push before.
            let base = match pushes.unmerged.get(at + 1) {
                Some(before) => {
                    GeneratedFiles { written: push_files(store, target, before, base)?, intended: files }
                }
                None => GeneratedFiles { written: files, intended: FileTexts::new() },
            };
            Ok(MergeBaseAtCommit::after_merge(base, Some(push.commit.clone())))
        }
        // Whatever is there now, nothing that is missing was deleted.
        ForgeMerge::Unknown => {
            let newest = pushes.unmerged.first();
            let GeneratedFiles { written, intended } = generated;
            let known = if written.is_empty() { intended } else { written };
            let intended = newest.map_or(known, |push| push.files.clone());
            let base = GeneratedFiles { written: FileTexts::new(), intended };
            Ok(MergeBaseAtCommit::after_merge(base, newest.map(|push| push.commit.clone())))
        }
    }
}

/// What the program generated that is on a branch that has these files and this history beyond the base branch.
pub(super) async fn find_branch_merge_base(
    session: &mut RepositorySession,
    store: &Store,
    target: &RepositoryList<'_>,
    branch: &BranchHead,
    files: &FileTexts,
    history: &BranchHistory,
) -> Result<MergeBaseAtCommit> {
    let pushes = store.push_history(target.list.name, &mut session.text_cache)?.unmerged;
    let is_there = |push: &&PushRecord| history.commits.iter().any(|commit| commit.id == push.commit);
    let proposed: Vec<FileTexts> = pushes.iter().map(|push| push.files.clone()).collect();
    let of = |first, others| MergeBaseAtCommit {
        branch: Some(branch.branch.clone()),
        proposed: proposed.clone(),
        ..MergeBaseAtCommit::of(first, others)
    };
    if let Some(push) = pushes.iter().find(is_there) {
        return Ok(of(push_files(store, target, push, files)?, Vec::new()));
    }
    for push in &pushes {
        if is_push_at(session, push, files, Some(branch)).await? {
            return Ok(of(push_files(store, target, push, files)?, Vec::new()));
        }
    }
    Ok(of(FileTexts::new(), generated_texts(store, target, &mut session.text_cache)?))
}

/// What was generated for a push, without the rows of papers that were restored after it and are not in these files: that
/// they are not there is no deletion.
fn push_files(
    store: &Store,
    target: &RepositoryList<'_>,
    push: &PushRecord,
    files: &FileTexts,
) -> Result<FileTexts> {
    let restored = store.restored_dismissals_after(target.list.name, &push.commit)?;
    without_restored(&restored, push.files.clone(), files)
}

/// Whether a push is at a commit that has these files.
async fn is_push_at(
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
    if !session.not_merged.contains(&pair) && session.repository.has_changes_of(at, &push.commit).await? {
        return Ok(true);
    }
    session.not_merged.insert(pair);
    Ok(false)
}

/// What a forge says of our pushes.
enum ForgeMerge {
    Nothing,
    /// This one of those that are not known to be merged was.
    Push(usize),
    /// What was merged is none of our pushes, nor does it follow one.
    Unknown,
}

async fn find_forge_merge(
    session: &mut RepositorySession,
    pushes: &PushHistory,
    named: &[MergedPull],
) -> Result<ForgeMerge> {
    let is_named = |push: &PushRecord| named.iter().any(|pull| pull.head.as_ref() == Some(&push.commit));
    if let Some(at) = pushes.unmerged.iter().position(is_named) {
        return Ok(ForgeMerge::Push(at));
    }
    let Some(pull) = named.iter().find(|pull| pull.is_in_use) else { return Ok(ForgeMerge::Nothing) };
    let unmerged = pushes.unmerged.iter().map(|push| push.commit.clone());
    let all: Vec<CommitId> = unmerged.chain(pushes.merged.iter().cloned()).collect();
    let found = match &pull.head {
        Some(head) => session.repository.first_reachable(head, &all).await?,
        None => None,
    };
    let Some(found) = found else { return Ok(ForgeMerge::Unknown) };
    let at = pushes.unmerged.iter().position(|push| push.commit == found);
    Ok(at.map_or(ForgeMerge::Nothing, ForgeMerge::Push))
}

/// The fingerprint of the tables that files have in the places of others, whatever is around them; none if one is missing.
pub(super) fn tables_fingerprint(files: &FileTexts, places: &FileTexts) -> Option<Fingerprint> {
    let mut fingerprints = Vec::new();
    let mut add = |part: &str| fingerprints.extend(Fingerprint::of(part).bytes());
    for file in places.keys().filter(|file| !is_export(file)) {
        let text: &Arc<str> = files.get(file)?;
        add(file);
        table_blocks(text).ok()?.into_iter().flat_map(|(topic, table)| [topic, table]).for_each(&mut add);
    }
    Some(Fingerprint::of(fingerprints))
}
