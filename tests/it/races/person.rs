//! What a person does at a list's repository and its forge, at any moment and from any thread.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::support::fake_forge::ForgeMemory;
use crate::support::repository_env::RepositoryEnv;

const LIST: &str = "README.md";

/// How a person merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeMethod {
    Commit,
    Squash,
    Rebase,
}

/// Somebody with a clone of their own.
#[derive(Debug, Clone)]
pub(super) struct Person {
    clone: PathBuf,
    memory: Arc<Mutex<ForgeMemory>>,
}

impl Person {
    pub(super) fn with_clone(env: &RepositoryEnv) -> Self {
        Self { clone: env.bare.persons_clone(), memory: env.forge.shared_memory() }
    }

    /// The open pull request and its branch; where there is none, our latest branch.
    pub(super) fn open_pull_request(&self, branch: &str) -> (Option<usize>, String) {
        let pulls = &self.memory.lock().unwrap().pulls;
        let open = pulls.iter().position(|pull| !pull.is_closed);
        let latest = open.or(pulls.len().checked_sub(1));
        let branch = latest.map_or(branch.to_owned(), |at| pulls[at].head.clone());
        (open.map(|at| at + 1), branch)
    }

    /// The pull request that was closed last.
    pub(super) fn last_closed(&self) -> Option<usize> {
        let pulls = &self.memory.lock().unwrap().pulls;
        pulls.iter().rposition(|pull| pull.is_closed && !pull.is_merged).map(|at| at + 1)
    }

    /// Merges a pull request by the forge; whether it could be merged.
    pub(super) fn merge_pull_request(&self, number: usize, merging: MergeMethod) -> bool {
        let head = self.memory.lock().unwrap().pulls[number - 1].head.clone();
        let Some(tip) = self.branch_head(&head) else { return false };
        if !self.merges_by_hand(&head, merging) {
            return false;
        }
        let mut memory = self.memory.lock().unwrap();
        let pull = &mut memory.pulls[number - 1];
        (pull.is_closed, pull.is_merged, pull.merged_head) = (true, true, Some(tip));
        true
    }

    /// Merges a branch in a clone, of which no forge knows; whether it could be merged.
    pub(super) fn merges_by_hand(&self, branch: &str, merging: MergeMethod) -> bool {
        if self.branch_head(branch).is_none() {
            return false;
        }
        self.check_out("main");
        let from = format!("origin/{branch}");
        let is_merged = match merging {
            MergeMethod::Commit => {
                self.try_git(&["merge", "--quiet", "--no-ff", "-m", "Merge", &from]).is_some()
            }
            MergeMethod::Squash => {
                self.try_git(&["merge", "--quiet", "--squash", &from]).is_some()
                    && self.try_git(&["commit", "--quiet", "--allow-empty", "-m", "Squash"]).is_some()
            }
            MergeMethod::Rebase => {
                let is_rebased = self.try_git(&["checkout", "--quiet", "-B", "rebased", &from]).is_some()
                    && self.try_git(&["rebase", "--quiet", "origin/main"]).is_some();
                if !is_rebased {
                    self.try_git(&["rebase", "--abort"]);
                }
                is_rebased && self.try_git(&["checkout", "--quiet", "-B", "main", "rebased"]).is_some()
            }
        };
        if !is_merged {
            self.try_git(&["reset", "--quiet", "--hard", "origin/main"]);
        }
        is_merged && self.push_branch("main")
    }

    /// The list as the person has it before them.
    pub(super) fn list_text(&self) -> String {
        fs::read_to_string(self.clone.join(LIST)).unwrap()
    }

    /// Changes the list on a branch; whether there was something to change.
    pub(super) fn edit_list(&self, branch: &str, change: impl FnOnce(&str) -> Option<String>) -> bool {
        if self.branch_head(branch).is_none() {
            return false;
        }
        self.check_out(branch);
        let standing = fs::read_to_string(self.clone.join(LIST)).unwrap();
        let Some(changed) = change(&standing) else { return false };
        self.write_file(LIST, &changed);
        self.push_branch(branch)
    }

    /// Adds a file on a branch that is there.
    pub(super) fn add_file(&self, branch: &str, file: &str) -> bool {
        if self.branch_head(branch).is_none() {
            return false;
        }
        self.check_out(branch);
        self.write_file(file, "by hand\n");
        self.push_branch(branch)
    }

    /// Sets a branch back to where the base is.
    pub(super) fn reset_branch(&self, branch: &str) -> bool {
        self.branch_head(branch).is_some()
            && self
                .try_git(&["push", "--quiet", "--force", "origin", &format!("origin/main:{branch}")])
                .is_some()
    }

    /// Pushes a commit over a branch, whatever it has now.
    pub(super) fn force_push(&self, commit: &str, branch: &str) -> bool {
        self.try_git(&["push", "--quiet", "--force", "origin", &format!("{commit}:refs/heads/{branch}")])
            .is_some()
    }

    /// Sets a branch back to where it was before the person saw it move.
    pub(super) fn restore_earlier_head(&self, branch: &str) -> bool {
        let before = format!("refs/remotes/origin/{branch}@{{1}}:refs/heads/{branch}");
        self.branch_head(branch).is_some()
            && self.try_git(&["push", "--quiet", "--force", "origin", &before]).is_some()
    }

    /// Changes the list in the latest commit of a branch itself, whosever it is, and takes it over; whether there was something
    /// to change.
    pub(super) fn amend_list(&self, branch: &str, change: impl FnOnce(&str) -> Option<String>) -> bool {
        self.amend_list_with(&["--reset-author", "-m", "Rewritten"], branch, change)
    }

    /// Changes the list in the latest commit of a branch itself, as `git commit --amend` does.
    pub(super) fn amend_list_with(
        &self,
        args: &[&str],
        branch: &str,
        change: impl FnOnce(&str) -> Option<String>,
    ) -> bool {
        if self.branch_head(branch).is_none() {
            return false;
        }
        self.check_out(branch);
        let standing = fs::read_to_string(self.clone.join(LIST)).unwrap();
        let Some(changed) = change(&standing) else { return false };
        fs::write(self.clone.join(LIST), changed).unwrap();
        self.try_git(&[&["commit", "--quiet", "--amend", "--all"], args].concat()).is_some()
            && self.try_git(&["push", "--quiet", "--force", "origin", branch]).is_some()
    }

    pub(super) fn close_pull_request(&self, number: usize) {
        self.memory.lock().unwrap().pulls[number - 1].is_closed = true;
    }

    /// Opens a closed pull request again, as a forge does while its branch is there; whether it did.
    pub(super) fn reopen_pull_request(&self, number: usize) -> bool {
        let head = self.memory.lock().unwrap().pulls[number - 1].head.clone();
        let is_there = self.branch_head(&head).is_some();
        let pulls = &mut self.memory.lock().unwrap().pulls;
        let is_free = pulls.iter().all(|pull| pull.is_closed || pull.head != head);
        let pull = &mut pulls[number - 1];
        let is_done = is_there && is_free && pull.is_closed && !pull.is_merged;
        pull.is_closed &= !is_done;
        is_done
    }

    /// Deletes a branch, with which its open pull request is closed.
    pub(super) fn delete_branch(&self, branch: &str) -> bool {
        let is_deleted = self.branch_head(branch).is_some()
            && self.try_git(&["push", "--quiet", "origin", "--delete", branch]).is_some();
        if is_deleted {
            let pulls = &mut self.memory.lock().unwrap().pulls;
            pulls.iter_mut().filter(|pull| pull.head == branch).for_each(|pull| pull.is_closed = true);
        }
        is_deleted
    }

    /// Where a branch is, as the remote has it now.
    pub(super) fn branch_head(&self, branch: &str) -> Option<String> {
        self.try_git(&["fetch", "--quiet", "--prune", "origin"]).unwrap();
        self.try_git(&["rev-parse", "--verify", "--quiet", &format!("origin/{branch}")])
    }

    fn check_out(&self, branch: &str) {
        self.try_git(&["checkout", "--quiet", "--force", "-B", branch, &format!("origin/{branch}")]).unwrap();
    }

    fn write_file(&self, file: &str, text: &str) {
        fs::write(self.clone.join(file), text).unwrap();
        self.try_git(&["add", "."]).unwrap();
        self.try_git(&["commit", "--quiet", "--allow-empty", "-m", "By hand"]).unwrap();
    }

    fn push_branch(&self, branch: &str) -> bool {
        self.try_git(&["push", "--quiet", "origin", branch]).is_some()
    }

    fn try_git(&self, args: &[&str]) -> Option<String> {
        git_output(&self.clone, args)
    }
}

/// What git says to a person; none if it fails.
pub(super) fn git_output(folder: &Path, args: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.args(args).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")]);
    git.envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")]);
    let run = git.env_remove("GIT_DIR").output().unwrap();
    run.status.success().then(|| String::from_utf8(run.stdout).unwrap().trim().to_owned())
}
