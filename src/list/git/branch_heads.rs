//! Where the remote's branches are, and what of them is fetched.

use std::fmt::Write as _;

use super::BRANCHES_MAX;
use super::clone_folder::Repository;
use super::error::GitError;
use super::git_command::{GitCommand, REMOTE};
use crate::domain::{Branch, CommitId, is_invisible};

/// How many branches an error names.
const BRANCHES_NAMED_MAX: usize = 5;

/// Where the branches were when we looked; their latest commits have been fetched, each whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchHeads {
    /// The branch that the list is on.
    pub base: BranchHead,
    /// Our branches that are there, by number: the name itself, `-2` and so on.
    pub ours: Vec<BranchHead>,
}

/// A branch and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchHead {
    /// The branch.
    pub branch: Branch,
    /// The branch's latest commit.
    pub commit: CommitId,
}

impl Repository {
    /// Looks where the branches are, and fetches what is new of them. Without a base, the branch that the
    /// remote calls its default. A branch may be deleted between the two, so that it is tried again; a folder that git
    /// cannot work in is made again, once.
    pub async fn fetch_branch_heads(
        &mut self,
        base: Option<&Branch>,
        ours: &Branch,
    ) -> Result<BranchHeads, GitError> {
        for _ in 0..2 {
            match self.fetch_branch_heads_once(base, ours).await {
                Err(GitError::Other(_)) => {}
                looked => return looked,
            }
        }
        self.recreate_folder().await?;
        self.fetch_branch_heads_once(base, ours).await
    }

    async fn fetch_branch_heads_once(
        &mut self,
        base: Option<&Branch>,
        ours: &Branch,
    ) -> Result<BranchHeads, GitError> {
        let (base_ref, numbered) = (base.map(Branch::full_ref), format!("{}-*", ours.full_ref()));
        let base_ref = base_ref.as_deref().unwrap_or("HEAD");
        let ours_ref = ours.full_ref();
        let args = ["ls-remote", "--quiet", "--symref", REMOTE, "HEAD", base_ref, &ours_ref, &numbered];
        let listed = self.git.run_for_text(GitCommand::remote_command(&args)).await?;
        let Some(mut heads) = parse_ls_remote(&listed, base, ours)? else {
            return Err(GitError::NoBaseBranch(self.missing_base_text(base).await?));
        };
        self.fetch_unknown_commits(&mut heads).await?;
        Ok(heads)
    }

    /// What the repository has instead of a base branch. Names that are too many to be listed are not.
    async fn missing_base_text(&self, base: Option<&Branch>) -> Result<String, GitError> {
        let args = ["ls-remote", "--quiet", "--heads", REMOTE];
        let listed = match self.git.run_for_text(GitCommand::remote_command(&args)).await {
            Err(GitError::TooMuchOutput { .. }) => return Ok(missing_base_text(base, &[], true)),
            listed => listed?,
        };
        let names = listed.lines().filter_map(|line| line.split_once("\trefs/heads/"));
        let names: Vec<&str> =
            names.map(|(_, name)| name).filter(|name| !name.chars().any(is_invisible)).collect();
        Ok(missing_base_text(base, &names, false))
    }

    /// Only the latest commit of each branch that has one we do not know; a branch may have moved on meanwhile,
    /// and what came counts.
    async fn fetch_unknown_commits(&mut self, heads: &mut BranchHeads) -> Result<(), GitError> {
        let mut unknown: Vec<&mut BranchHead> = Vec::new();
        for head in std::iter::once(&mut heads.base).chain(&mut heads.ours) {
            if self.pinned.get(&head.branch) == Some(&head.commit) {
                continue;
            }
            if self.has_commit(&head.commit).await? {
                self.keep_commit_from_gc(head).await?;
            } else {
                unknown.push(head);
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let branches: Vec<&Branch> = unknown.iter().map(|head| &head.branch).collect();
        self.fetch_branches("--depth=1", &branches).await?;
        for head in unknown {
            let name = local_ref(&head.branch);
            let id =
                self.git.run_for_text(GitCommand::new(&["rev-parse", "--verify", "--quiet", &name])).await?;
            head.commit = parse_commit_id(&id)?;
        }
        Ok(())
    }

    pub(super) async fn fetch_branches(&mut self, depth: &str, branches: &[&Branch]) -> Result<(), GitError> {
        let spec = |branch: &&Branch| format!("+{}:{}", branch.full_ref(), local_ref(branch));
        let specs: Vec<String> = branches.iter().map(spec).collect();
        self.fetch_refs(depth, &specs.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// Fetches these to such a depth, and nothing that goes with them.
    pub(super) async fn fetch_refs(&mut self, depth: &str, specs: &[&str]) -> Result<(), GitError> {
        self.pinned.clear();
        let fixed = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let args = [&fixed, &[depth, REMOTE][..], specs].concat();
        self.git.run_for_bytes(GitCommand::remote_command(&args)).await.map(drop)
    }

    pub(super) async fn has_commit(&self, commit: &CommitId) -> Result<bool, GitError> {
        let tree = format!("{commit}^{{tree}}");
        Ok(self.git.run_git_command(GitCommand::new(&["cat-file", "-e", &tree])).await?.status.success())
    }

    /// Names a commit here, so that a clean-up does not take it.
    pub(super) async fn keep_commit_from_gc(&mut self, head: &BranchHead) -> Result<(), GitError> {
        let args = ["update-ref", &local_ref(&head.branch), head.commit.as_str()];
        self.git.run_for_bytes(GitCommand::new(&args)).await?;
        self.pinned.insert(head.branch.clone(), head.commit.clone());
        Ok(())
    }
}

/// Where a remote's branch is kept here. Without folders: a branch `a` may follow a branch `a/b`.
fn local_ref(branch: &Branch) -> String {
    format!("refs/paperwire/{}", branch.as_str().replace('%', "%25").replace('/', "%2F"))
}

pub(super) fn parse_commit_id(text: &str) -> Result<CommitId, GitError> {
    text.trim().parse().map_err(|_| GitError::Other("git named a commit by what is no id".to_owned()))
}

/// What is said of a repository without a base branch: the branches that there are, or that there are none.
fn missing_base_text(base: Option<&Branch>, there: &[&str], are_too_many: bool) -> String {
    let wanted = match base {
        Some(base) => format!("no branch {base}"),
        None => "no default branch that exists".to_owned(),
    };
    let more = there.len().saturating_sub(BRANCHES_NAMED_MAX);
    let mut named = there[..there.len() - more].join(", ");
    if more > 0 {
        let _ = write!(named, " and {more} more");
    }
    match (there, are_too_many) {
        (_, true) => format!("{wanted}: set `base` to one of those that it has"),
        ([], false) => format!(
            "{wanted}, nor any other: it needs a first commit, or something else answered in its place (a proxy, a sign-in \
             page)"
        ),
        (_, false) => format!("{wanted}; it has {named}: set `base` to one of these"),
    }
}

/// What `ls-remote --symref` lists: `ref: refs/heads/main<tab>HEAD`, then `<id><tab><ref>`; none if no base branch is there.
fn parse_ls_remote(
    listed: &str,
    base: Option<&Branch>,
    ours: &Branch,
) -> Result<Option<BranchHeads>, GitError> {
    let lines = || listed.lines().filter_map(|line| line.split_once('\t'));
    let default = || {
        let (target, _) = lines().find(|(target, name)| *name == "HEAD" && target.starts_with("ref: "))?;
        target.strip_prefix("ref: refs/heads/")?.parse::<Branch>().ok()
    };
    let Some(base) = base.cloned().or_else(default) else { return Ok(None) };
    let is_default = default().is_some_and(|default| default == base);
    let commit_at = |name: &str| {
        let found = lines().find(|(id, listed)| *listed == name && !id.starts_with("ref: "));
        found.map(|(id, _)| parse_commit_id(id)).transpose()
    };
    let commit = match commit_at(&base.full_ref())? {
        None if is_default => commit_at("HEAD")?,
        found => found,
    };
    let Some(commit) = commit else { return Ok(None) };
    let mut numbered = Vec::new();
    for (id, name) in lines() {
        let branch = name.strip_prefix("refs/heads/").and_then(|name| name.parse::<Branch>().ok());
        if let Some((number, branch)) =
            branch.and_then(|branch| Some((ours.branch_number_of(&branch)?, branch)))
        {
            numbered.push((number, BranchHead { branch, commit: parse_commit_id(id)? }));
        }
    }
    if numbered.len() > BRANCHES_MAX {
        return Err(GitError::TooManyBranches(format!("{ours}-…")));
    }
    numbered.sort_by_key(|(number, _)| *number);
    let ours = numbered.into_iter().map(|(_, head)| head).collect();
    Ok(Some(BranchHeads { base: BranchHead { branch: base, commit }, ours }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_branches_are_told_from_others_of_a_like_name() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let listed = format!(
            "ref: refs/heads/trunk\tHEAD\n{a}\tHEAD\n{b}\trefs/heads/p/list\n{b}\trefs/heads/p/list-10\n\
             {b}\trefs/heads/p/list-2\n{b}\trefs/heads/p/list-old\n{b}\trefs/remotes/refs/heads/p/list\n"
        );
        let heads = parse_ls_remote(&listed, None, &"p/list".parse().unwrap()).unwrap().unwrap();
        assert_eq!((heads.base.branch.as_str(), heads.base.commit.as_str()), ("trunk", a.as_str()));
        let names: Vec<_> = heads.ours.iter().map(|head| head.branch.as_str()).collect();
        assert_eq!(names, ["p/list", "p/list-2", "p/list-10"]);
        let missing = parse_ls_remote(&listed, Some(&"main".parse().unwrap()), &"p".parse().unwrap());
        assert_eq!(missing, Ok(None));
        assert_eq!(parse_ls_remote("", None, &"p".parse().unwrap()), Ok(None));
    }

    #[test]
    fn a_repository_without_the_base_branch_names_those_that_it_has() {
        let main: Branch = "main".parse().unwrap();
        let many: Vec<String> = (1..=8).map(|number| format!("b{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (base, there, expected) in [
            (
                Some(&main),
                &["trunk", "dev"][..],
                "no branch main; it has trunk, dev: set `base` to one of these",
            ),
            (None, &["dev"], "no default branch that exists; it has dev: set `base` to one of these"),
            (
                Some(&main),
                &many,
                "no branch main; it has b1, b2, b3, b4, b5 and 3 more: set `base` to one of these",
            ),
            (
                None,
                &[],
                "no default branch that exists, nor any other: it needs a first commit, or something else answered in its \
                 place (a proxy, a sign-in page)",
            ),
        ] {
            assert_eq!(missing_base_text(base, there, false), expected);
        }
    }
}
