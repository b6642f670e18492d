//! Moving a branch of the remote, and only from where we saw it.

use super::branch_heads::BranchHead;
use super::clone_folder::Repository;
use super::error::{GitError, one_line};
use super::git_command::{GitCommand, REMOTE};
use crate::domain::{Branch, CommitId};

/// What the remote did with a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The branch is where we want it; also where it was there already.
    Accepted,
    /// The branch was not where we took it to be, and stays where it is: look again.
    Stale,
    /// A hook or a protection of the branch refused it; its words, one line.
    Refused(String),
}

/// What a remote says when the branch moved under our push.
/// Source: git's builtin/receive-pack.c and refs/files-backend.c.
const RACES: [&str; 6] = [
    "stale info",
    "cannot lock ref",
    "failed to update ref",
    "failed to lock",
    "reference already exists",
    "incorrect old value",
];

impl Repository {
    /// Moves a branch to a commit, if it is still where we saw it; with `seen` none, makes a branch that is not
    /// there.
    pub async fn push_commit(
        &mut self,
        branch: &Branch,
        commit: &CommitId,
        seen: Option<&CommitId>,
    ) -> Result<PushOutcome, GitError> {
        let pushed = self.push_by_lease(commit.as_str(), branch, seen).await?;
        if pushed == PushOutcome::Accepted {
            self.keep_commit_from_gc(&BranchHead { branch: branch.clone(), commit: commit.clone() }).await?;
        }
        Ok(pushed)
    }

    /// Deletes a branch, if it is still where we saw it. One that is gone already is well.
    pub async fn delete_branch(&mut self, branch: &Branch, seen: &CommitId) -> Result<PushOutcome, GitError> {
        let deleted = self.push_by_lease("", branch, Some(seen)).await?;
        if deleted != PushOutcome::Stale {
            return Ok(deleted);
        }
        let listed = self
            .git
            .run_for_text(GitCommand::remote_command(&["ls-remote", "--quiet", REMOTE, &branch.full_ref()]))
            .await?;
        Ok(if listed.trim().is_empty() { PushOutcome::Accepted } else { PushOutcome::Stale })
    }

    async fn push_by_lease(
        &self,
        from: &str,
        branch: &Branch,
        seen: Option<&CommitId>,
    ) -> Result<PushOutcome, GitError> {
        let name = branch.full_ref();
        let lease = format!("--force-with-lease={name}:{}", seen.map_or("", CommitId::as_str));
        let spec = format!("{from}:{name}");
        let args = ["push", "--porcelain", "--no-verify", &lease, REMOTE, &spec];
        let call = GitCommand::remote_command(&args);
        let ran = self.git.run_git_command(call).await?;
        if ran.status.success() {
            return Ok(PushOutcome::Accepted);
        }
        parse_push_report(&self.git.sanitize_and_redact_git_output(&ran.out), &ran.err)
            .ok_or_else(|| call.git_command_error(&ran))
    }
}

/// What a push that failed says of the branch, by its report and its complaints; none if it did not come to
/// that. A line of the report is `! <from>:<to> [rejected] (why)`.
fn parse_push_report(report: &str, complaints: &str) -> Option<PushOutcome> {
    if complaints.contains("remote ref does not exist") {
        return Some(PushOutcome::Accepted);
    }
    let (_, summary) = report.lines().find_map(|line| line.strip_prefix("! "))?.split_once(' ')?;
    if let Some(other) = branch_in_the_way(summary).or_else(|| branch_in_the_way(complaints)) {
        return Some(PushOutcome::Refused(format!(
            "a branch {other} is in the way, and git keeps no other one above or below it: delete or rename that one, or set \
             `branch`"
        )));
    }
    if RACES.iter().any(|race| summary.contains(race)) {
        return Some(PushOutcome::Stale);
    }
    let remote: Vec<&str> = complaints.lines().filter(|line| line.starts_with("remote:")).collect();
    Some(PushOutcome::Refused(one_line(&format!("{summary}\n{}", remote.join("\n")))))
}

/// The branch because of which another cannot be made: `'refs/heads/a' exists; cannot create 'refs/heads/a/b'`.
/// Source: git's refs.c.
fn branch_in_the_way(said: &str) -> Option<Branch> {
    let (before, _) = said.split_once("' exists; cannot create '")?;
    before.rsplit_once("'refs/heads/")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_that_failed_says_why() {
        let line = |why: &str| format!("To list\n! 1234:refs/heads/p/list {why}\nDone\n");
        for why in
            ["[rejected] (stale info)", "[remote rejected] (cannot lock ref 'refs/heads/p/list': is at a)"]
        {
            assert_eq!(parse_push_report(&line(why), ""), Some(PushOutcome::Stale), "{why}");
        }
        let said = "remote: error: GH006: Protected branch update failed.  \nerror: failed to push some refs";
        let refused = parse_push_report(&line("[remote rejected] (protected branch hook declined)"), said);
        let words = "[remote rejected] (protected branch hook declined); error: GH006: Protected branch update failed.";
        assert_eq!(refused, Some(PushOutcome::Refused(words.to_owned())));
        let taken =
            "cannot lock ref 'refs/heads/p/list': 'refs/heads/p' exists; cannot create 'refs/heads/p/list'";
        let by_report = parse_push_report(&line(&format!("[remote rejected] ({taken})")), "");
        let by_complaint = line("[remote rejected] (failed to update ref)");
        let by_complaint = parse_push_report(&by_complaint, &format!("remote: error: {taken}        \n"));
        for outcome in [by_report, by_complaint] {
            let Some(PushOutcome::Refused(words)) = outcome else { panic!("{outcome:?}") };
            assert!(words.starts_with("a branch p is in the way"), "{words}");
        }
        let gone = "error: unable to delete 'p/list': remote ref does not exist";
        assert_eq!(parse_push_report("", gone), Some(PushOutcome::Accepted));
        assert_eq!(
            parse_push_report("", "fatal: unable to access 'https://h/': Could not resolve host: h"),
            None
        );
    }
}
