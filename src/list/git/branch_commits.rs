//! What a branch has beyond the base, and whose it is.

use std::collections::HashSet;

use super::branch_heads::{BranchHead, BranchHeads, parse_commit_id};
use super::clone_folder::Repository;
use super::error::GitError;
use super::git_command::GitCommand;
use super::{ADDRESS, NAME};
use crate::domain::{Branch, CommitId};

/// How much more is fetched at each step until the histories of two branches meet; at last all of it.
const DEEPER: [&str; 4] = ["--deepen=32", "--deepen=256", "--deepen=2048", "--unshallow"];

/// How many commits of a branch are looked at. A branch with more is no proposal any more, and not ours.
const COMMITS_MAX: usize = 1000;

/// What of a commit is listed, each with a NUL behind it.
const FORMAT: &str = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce";

/// How many parts [`FORMAT`] has.
const PARTS: usize = 7;

/// The commits that a branch has and the base has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitsAheadOfBase {
    /// Where the two part; none if they have nothing in common.
    pub merge_base: Option<CommitId>,
    /// The commits, the latest first.
    pub commits: Vec<Commit>,
}

/// One commit of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The commit's id.
    pub id: CommitId,
    /// The commits that it follows; a merge has two.
    pub parents: Vec<CommitId>,
    /// Who wrote it, by name. It is for a person to read, and it can say anything.
    pub author: String,
    /// Whether this program wrote and committed it. A commit of ours that a person moved is theirs.
    pub is_ours: bool,
    /// When this program wrote it, in seconds since 1970, if a person moved or amended it; else none.
    pub written_by_us_at: Option<i64>,
}

impl CommitsAheadOfBase {
    /// The commits that a person made, the latest first.
    pub fn commits_by_people(&self) -> impl Iterator<Item = &Commit> {
        self.commits.iter().filter(|commit| !commit.is_ours)
    }

    /// Whether a person's work is on the branch, which must not be lost.
    pub fn has_commits_by_people(&self) -> bool {
        self.commits_by_people().next().is_some()
    }
}

impl Repository {
    /// What a branch has beyond the base. Fetches as much of both as it takes for them to meet.
    pub async fn branch_history(
        &mut self,
        heads: &BranchHeads,
        branch: &BranchHead,
    ) -> Result<CommitsAheadOfBase, GitError> {
        let merge_base = self.fetch_merge_base(&heads.base, &branch.commit, Some(&branch.branch)).await?;
        let without = format!("^{}", heads.base.commit);
        let count = format!("--max-count={COMMITS_MAX}");
        let args = ["log", "-z", "--topo-order", &count, FORMAT, branch.commit.as_str(), &without];
        let listed = self.git.run_for_bytes(GitCommand::new(&args)).await?;
        Ok(CommitsAheadOfBase { merge_base, commits: parse_git_log(&String::from_utf8_lossy(&listed))? })
    }

    /// The first of these commits that is a commit or in its history. It is fetched if it is not known; none if the remote
    /// does not give what no branch has any more. A remote that cannot be asked now is an error, and may give it later.
    pub async fn first_reachable_commit(
        &mut self,
        commit: &CommitId,
        of: &[CommitId],
    ) -> Result<Option<CommitId>, GitError> {
        if of.contains(commit) || of.is_empty() {
            return Ok(of.iter().find(|one| *one == commit).cloned());
        }
        if !self.has_commit(commit).await? {
            let depth = format!("--depth={COMMITS_MAX}");
            match self.fetch_refs(&depth, &[commit.as_str()]).await {
                Ok(()) => {}
                Err(error) if error.is_commit_refused_by_remote() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let count = format!("--max-count={COMMITS_MAX}");
        let listed = self.git.run_for_text(GitCommand::new(&["rev-list", &count, commit.as_str()])).await?;
        let all: HashSet<&str> = listed.lines().collect();
        Ok(of.iter().find(|one| all.contains(one.as_str())).cloned())
    }

    /// The first of these commits of ours that a person moved or amended on a branch, by the second in which it was written.
    pub async fn find_moved_commit<'c>(
        &self,
        history: &CommitsAheadOfBase,
        of: impl Iterator<Item = &'c CommitId>,
    ) -> Result<Option<&'c CommitId>, GitError> {
        let moved: Vec<i64> = history.commits.iter().filter_map(|commit| commit.written_by_us_at).collect();
        for commit in of.filter(|_| !moved.is_empty()) {
            if !self.has_commit(commit).await? {
                continue;
            }
            let args = ["log", "--max-count=1", "--format=%at", commit.as_str()];
            let written = self.git.run_for_text(GitCommand::new(&args)).await?;
            if written.trim().parse().is_ok_and(|written| moved.contains(&written)) {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }

    /// Where a commit that was on a branch parts from what the branch has now; none if they have nothing in common. Of a commit
    /// that is known here no longer nothing can be said, so that it counts as still there.
    pub async fn find_merge_base_with_branch(
        &mut self,
        branch: &BranchHead,
        commit: &CommitId,
    ) -> Result<Option<CommitId>, GitError> {
        if self.has_commit(commit).await? {
            self.fetch_merge_base(branch, commit, None).await
        } else {
            Ok(None)
        }
    }

    /// Where a commit, of a branch or of none that is left, parts from the base.
    pub(super) async fn fetch_merge_base(
        &mut self,
        base: &BranchHead,
        commit: &CommitId,
        branch: Option<&Branch>,
    ) -> Result<Option<CommitId>, GitError> {
        let branches: Vec<&Branch> = std::iter::once(&base.branch).chain(branch).collect();
        for deeper in DEEPER {
            if let Some(found) = self.merge_base(&base.commit, commit).await? {
                return Ok(Some(found));
            }
            let shallow =
                self.git.run_for_text(GitCommand::new(&["rev-parse", "--is-shallow-repository"])).await?;
            if shallow.trim() == "false" {
                return Ok(None);
            }
            self.fetch_branches(deeper, &branches).await?;
        }
        self.merge_base(&base.commit, commit).await
    }

    async fn merge_base(&self, one: &CommitId, other: &CommitId) -> Result<Option<CommitId>, GitError> {
        let found = self.run_merge_base(&["merge-base", one.as_str(), other.as_str()]).await?;
        found.as_deref().map(parse_commit_id).transpose()
    }

    /// Whether a commit is in the history of another, as far as that has been fetched.
    pub(super) async fn is_ancestor(&self, commit: &CommitId, head: &CommitId) -> Result<bool, GitError> {
        let args = ["merge-base", "--is-ancestor", commit.as_str(), head.as_str()];
        Ok(self.run_merge_base(&args).await?.is_some())
    }

    /// What `git merge-base` says; none if the answer is no, which it gives by ending with 1.
    async fn run_merge_base(&self, args: &[&str]) -> Result<Option<String>, GitError> {
        let call = GitCommand::new(args);
        let ran = self.git.run_git_command(call).await?;
        match ran.status.code() {
            Some(0) => Ok(Some(String::from_utf8_lossy(&ran.out).into_owned())),
            Some(1) => Ok(None),
            _ => Err(call.git_command_error(&ran)),
        }
    }
}

fn parse_git_log(listed: &str) -> Result<Vec<Commit>, GitError> {
    let listed = listed.strip_suffix('\0').unwrap_or(listed);
    let parts: Vec<&str> = listed.split('\0').collect();
    parts.chunks_exact(PARTS).map(parse_commit).collect()
}

fn parse_commit(parts: &[&str]) -> Result<Commit, GitError> {
    let [id, parents, author, author_address, written, committer, committer_address] = parts else {
        return Err(GitError::Other("git log: a commit that cannot be read".to_owned()));
    };
    let [is_written_by_us, is_committed_by_us] =
        [(*author, *author_address), (*committer, *committer_address)].map(|who| who == (NAME, ADDRESS));
    Ok(Commit {
        id: parse_commit_id(id)?,
        parents: parents.split_whitespace().map(parse_commit_id).collect::<Result<_, _>>()?,
        author: (*author).to_owned(),
        is_ours: is_written_by_us && is_committed_by_us,
        written_by_us_at: written.parse().ok().filter(|_| is_written_by_us && !is_committed_by_us),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit_id_of_digit(digit: char) -> CommitId {
        digit.to_string().repeat(40).parse().unwrap()
    }

    #[test]
    fn a_person_is_found_under_commits_of_ours() {
        for (commits, has_persons) in
            [(&[][..], false), (&[true], false), (&[false, true], true), (&[true, false, true], true)]
        {
            let commit = |is_ours: &bool| Commit {
                id: commit_id_of_digit('1'),
                parents: vec![commit_id_of_digit('b')],
                author: String::new(),
                is_ours: *is_ours,
                written_by_us_at: None,
            };
            let history = CommitsAheadOfBase {
                merge_base: Some(commit_id_of_digit('b')),
                commits: commits.iter().map(commit).collect(),
            };
            assert_eq!(history.has_commits_by_people(), has_persons, "{commits:?}");
        }
    }

    #[test]
    fn a_commit_that_a_person_moved_is_theirs() {
        let line = |committer: &str| {
            format!(
                "{}\0{}\0{NAME}\0{ADDRESS}\01742990000\0{committer}\0",
                commit_id_of_digit('1'),
                commit_id_of_digit('b')
            )
        };
        let ours = parse_git_log(&line(&format!("{NAME}\0{ADDRESS}"))).unwrap();
        let moved = parse_git_log(&line("GitHub\0noreply@github.com")).unwrap();
        assert!(ours[0].is_ours && !moved[0].is_ours);
        assert_eq!((ours[0].written_by_us_at, moved[0].written_by_us_at), (None, Some(1_742_990_000)));
        assert_eq!(parse_git_log("").unwrap(), []);
    }
}
