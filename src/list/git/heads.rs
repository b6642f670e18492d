//! Where the remote's branches are, and what of them is fetched.

use super::BRANCHES_MAX;
use super::repository::Repository;
use super::run::{Call, REMOTE};
use super::trouble::Trouble;
use crate::domain::{Branch, CommitId};

/// Where the branches were when we looked; their latest commits have been fetched, each whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The branch that the list is on.
    pub base: Head,
    /// Our branches that are there, by number: the name itself, `-2` and so on.
    pub ours: Vec<Head>,
}

/// A branch and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The branch.
    pub branch: Branch,
    /// Its latest commit.
    pub commit: CommitId,
}

impl Heads {
    /// Where a branch of ours is; none where it is not there.
    pub fn of(&self, branch: &Branch) -> Option<&Head> {
        self.ours.iter().find(|head| head.branch == *branch)
    }
}

impl Repository {
    /// Looks where the branches are, and fetches what is new of them. Without a base, the branch that the
    /// remote calls its default. A branch may be deleted between the two, so that it is tried again; a folder that git
    /// cannot work in is made anew, once.
    pub async fn look(&mut self, base: Option<&Branch>, ours: &Branch) -> Result<Heads, Trouble> {
        for _ in 0..2 {
            match self.look_once(base, ours).await {
                Err(Trouble::Git(_)) => {}
                looked => return looked,
            }
        }
        self.make_anew().await?;
        self.look_once(base, ours).await
    }

    async fn look_once(&self, base: Option<&Branch>, ours: &Branch) -> Result<Heads, Trouble> {
        let (wanted, numbered) = (base.map(Branch::whole_ref), format!("{}-*", ours.whole_ref()));
        let wanted = wanted.as_deref().unwrap_or("HEAD");
        let ours_ref = ours.whole_ref();
        let args = ["ls-remote", "--quiet", "--symref", REMOTE, "HEAD", wanted, &ours_ref, &numbered];
        let listed = self.git.text(Call::to_remote(&args)).await?;
        let mut heads = read(&listed, base, ours)?;
        self.fetch(&mut heads).await?;
        Ok(heads)
    }

    /// Only the latest commit of each branch that has one we do not know; a branch may have moved on meanwhile,
    /// and what came counts.
    async fn fetch(&self, heads: &mut Heads) -> Result<(), Trouble> {
        let mut unknown: Vec<&mut Head> = Vec::new();
        for head in std::iter::once(&mut heads.base).chain(&mut heads.ours) {
            if self.knows(&head.commit).await? {
                self.keep(head).await?;
            } else {
                unknown.push(head);
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let branches: Vec<&Branch> = unknown.iter().map(|head| &head.branch).collect();
        self.fetch_branches(&["--depth=1"], &branches).await?;
        for head in unknown {
            let name = local_ref(&head.branch);
            let id = self.git.text(Call::new(&["rev-parse", "--verify", "--quiet", &name])).await?;
            head.commit = commit_id(&id)?;
        }
        Ok(())
    }

    pub(super) async fn fetch_branches(&self, how: &[&str], branches: &[&Branch]) -> Result<(), Trouble> {
        let each = branches.iter().map(|branch| format!("+{}:{}", branch.whole_ref(), local_ref(branch)));
        let specs: Vec<String> = each.collect();
        let fixed = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let args: Vec<&str> = fixed
            .into_iter()
            .chain(how.iter().copied())
            .chain([REMOTE])
            .chain(specs.iter().map(String::as_str))
            .collect();
        self.git.bytes(Call::to_remote(&args)).await.map(drop)
    }

    pub(super) async fn knows(&self, commit: &CommitId) -> Result<bool, Trouble> {
        let tree = format!("{commit}^{{tree}}");
        Ok(self.git.run(Call::new(&["cat-file", "-e", &tree])).await?.status.success())
    }

    /// Names a commit here, so that a clean-up does not take it.
    pub(super) async fn keep(&self, head: &Head) -> Result<(), Trouble> {
        let args = ["update-ref", &local_ref(&head.branch), head.commit.as_str()];
        self.git.bytes(Call::new(&args)).await.map(drop)
    }
}

/// Where a remote's branch is kept here. Without folders: a branch `a` may follow a branch `a/b`.
fn local_ref(branch: &Branch) -> String {
    format!("refs/paperwire/{}", branch.as_str().replace('%', "%25").replace('/', "%2F"))
}

pub(super) fn commit_id(text: &str) -> Result<CommitId, Trouble> {
    text.trim().parse().map_err(|_| Trouble::Git("git named a commit by what is no id".to_owned()))
}

/// What `ls-remote --symref` lists: `ref: refs/heads/main<tab>HEAD`, then `<id><tab><ref>`.
fn read(listed: &str, base: Option<&Branch>, ours: &Branch) -> Result<Heads, Trouble> {
    let lines = || listed.lines().filter_map(|line| line.split_once('\t'));
    let default = || {
        let (target, _) = lines().find(|(target, name)| *name == "HEAD" && target.starts_with("ref: "))?;
        target.strip_prefix("ref: refs/heads/")?.parse::<Branch>().ok()
    };
    let nothing = || Trouble::NoBase("of its own yet; it needs a first commit".to_owned());
    let base = base.cloned().or_else(default).ok_or_else(nothing)?;
    let is_default = default().is_some_and(|default| default == base);
    let at = |wanted: &str| {
        let found = lines().find(|(id, name)| *name == wanted && !id.starts_with("ref: "));
        found.map(|(id, _)| commit_id(id)).transpose()
    };
    let commit = match at(&base.whole_ref())? {
        None if is_default => at("HEAD")?,
        found => found,
    };
    let missing = || Trouble::NoBase(base.to_string());
    let commit = commit.ok_or_else(missing)?;
    let mut numbered = Vec::new();
    for (id, name) in lines() {
        let branch = name.strip_prefix("refs/heads/").and_then(|name| name.parse::<Branch>().ok());
        if let Some((number, branch)) = branch.and_then(|branch| Some((ours.number_of(&branch)?, branch))) {
            numbered.push((number, Head { branch, commit: commit_id(id)? }));
        }
    }
    if numbered.len() > BRANCHES_MAX {
        return Err(Trouble::TooManyBranches(format!("{ours}-…")));
    }
    numbered.sort_by_key(|(number, _)| *number);
    let ours = numbered.into_iter().map(|(_, head)| head).collect();
    Ok(Heads { base: Head { branch: base, commit }, ours })
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
        let heads = read(&listed, None, &"p/list".parse().unwrap()).unwrap();
        assert_eq!((heads.base.branch.as_str(), heads.base.commit.as_str()), ("trunk", a.as_str()));
        let names: Vec<_> = heads.ours.iter().map(|head| head.branch.as_str()).collect();
        assert_eq!(names, ["p/list", "p/list-2", "p/list-10"]);
        let missing = read(&listed, Some(&"main".parse().unwrap()), &"p".parse().unwrap()).unwrap_err();
        assert_eq!(missing.to_string(), "the repository has no branch main");
        let empty = read("", None, &"p".parse().unwrap()).unwrap_err();
        assert!(empty.to_string().contains("it needs a first commit"), "{empty}");
    }
}
