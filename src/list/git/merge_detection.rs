//! Whether a branch took over what a commit changes: by a merge, or by a commit of its own with the same changes, as a
//! squash makes one, also on a base that was edited before.

use std::collections::BTreeMap;

use super::branch_heads::{BranchHead, parse_commit_id};
use super::clone_folder::Repository;
use super::error::GitError;
use super::git_command::GitCommand;
use crate::domain::CommitId;

/// Most commits of a branch that are looked at.
const COMMITS_MAX: usize = 1000;

/// Most of them that are compared with what a merge would have come to. Each takes a merge, and a list has few edits
/// between two looks.
const MERGES_MAX: usize = 32;

/// How changes are listed: each path whole, with the names of what was there and is there.
const RAW: [&str; 4] = ["--raw", "-z", "--no-abbrev", "--no-renames"];

/// What a commit puts into places: each path with the name of what is there then.
type BlobChanges = BTreeMap<String, String>;

impl Repository {
    /// Whether the base has taken over all that another branch has: by commits with the same changes, as a rebase makes
    /// them, or by one with all of its changes. Both must have been fetched as far back as where they part.
    pub async fn has_changes_of_branch(
        &mut self,
        base: &BranchHead,
        branch: &BranchHead,
    ) -> Result<bool, GitError> {
        // A merge is the same as nothing else, so that it counts as a commit that the base has not.
        let is_rebased = self.has_equivalent_commits_in_base(base, &branch.commit, &[]).await?;
        Ok(is_rebased || self.has_changes_of_commit(base, &branch.commit).await?)
    }

    /// Whether the base has a commit with the same changes for each that leads to this one. Git's own arguments may leave some
    /// of them out.
    async fn has_equivalent_commits_in_base(
        &self,
        base: &BranchHead,
        commit: &CommitId,
        without: &[&str],
    ) -> Result<bool, GitError> {
        let range = format!("{}...{commit}", base.commit);
        let fixed = ["rev-list", "--cherry-pick", "--right-only", "--max-count=1"];
        let args = [&fixed, without, &[&range]].concat();
        Ok(self.git.run_for_text(GitCommand::new(&args)).await?.trim().is_empty())
    }

    /// Whether a branch has taken over a commit of ours, whatever else was changed in it since. Fetches as much as it takes to know.
    pub async fn has_changes_of_commit(
        &mut self,
        base: &BranchHead,
        commit: &CommitId,
    ) -> Result<bool, GitError> {
        if !self.has_commit(commit).await? {
            return Ok(false);
        }
        let Some(merge_base) = self.fetch_merge_base(base, commit, None).await? else { return Ok(false) };
        if merge_base == *commit || merge_base == base.commit {
            return Ok(merge_base == *commit);
        }
        let sought = self.diff_tree(&[merge_base.as_str(), commit.as_str()]).await?;
        let Some((_, sought)) = sought.first() else { return Ok(false) };
        let (count, since) = (format!("--max-count={COMMITS_MAX}"), format!("{merge_base}..{}", base.commit));
        // Of these paths alone: a commit that changes a whole large repository has no end of others.
        let fixed = ["log", "--no-merges", "--full-history", "--format=%H", &count];
        let paths: Vec<&str> = sought.keys().map(String::as_str).collect();
        let args = [&fixed, &RAW[..], &[&since, "--"], &paths].concat();
        let commits = parse_raw_diff(&self.git.run_for_text(GitCommand::new(&args)).await?)?;
        let is_same =
            |changes: &BlobChanges| sought.iter().all(|(path, blob)| changes.get(path) == Some(blob));
        if commits.iter().any(|(_, changes)| is_same(changes)) {
            return Ok(true);
        }
        // A rebase leaves merges out, with what came from the base with them.
        if self.has_equivalent_commits_in_base(base, commit, &["--no-merges", "--first-parent"]).await? {
            return Ok(true);
        }
        for (id, changes) in commits.iter().take(MERGES_MAX) {
            // What a commit of its own has nothing of may be there before it.
            let all = self.diff_tree(&[&[merge_base.as_str(), id, "--"], &paths[..]].concat()).await?;
            if all.first().is_some_and(|(_, all)| all == sought) {
                return Ok(true);
            }
            if self.has_same_changes_as_merge(id, commit, sought, changes).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a commit changes these paths to what a merge of our commit into the commit before it comes to. After a rebase
    /// that is so of the last of its commits, which may change some of the paths alone: what the others have is there before.
    async fn has_same_changes_as_merge(
        &self,
        id: &str,
        commit: &CommitId,
        sought: &BlobChanges,
        changes: &BlobChanges,
    ) -> Result<bool, GitError> {
        let Some(before) = self.parent_of(id).await? else { return Ok(false) };
        let Ok(tree) = self.merge_tree(&before, commit).await? else { return Ok(false) };
        let paths: Vec<&str> = sought.keys().map(String::as_str).collect();
        let merged = self.diff_tree(&[&[before.as_str(), &tree, "--"], &paths[..]].concat()).await?;
        Ok(merged.first().is_some_and(|(_, merged)| {
            let is_equal = |path: &String| merged.get(path) == changes.get(path);
            sought.keys().all(is_equal) && sought.keys().any(|path| merged.contains_key(path))
        }))
    }

    async fn diff_tree(&self, of: &[&str]) -> Result<Vec<(String, BlobChanges)>, GitError> {
        let args = [&["diff-tree", "-r"], &RAW[..], of].concat();
        parse_raw_diff(&self.git.run_for_text(GitCommand::new(&args)).await?)
    }
}

/// Each commit that is listed, with its changes; of a single one that is not named as well.
fn parse_raw_diff(listed: &str) -> Result<Vec<(String, BlobChanges)>, GitError> {
    let mut all: Vec<(String, BlobChanges)> = Vec::new();
    let mut parts =
        listed.split('\0').map(|part| part.trim_start_matches('\n')).filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        let Some(entry) = part.strip_prefix(':') else {
            all.push((parse_commit_id(part)?.to_string(), BlobChanges::new()));
            continue;
        };
        let unread = || GitError::Other("git log: a change that cannot be read".to_owned());
        // The modes before and after, the names before and after, and the sort of change.
        let after = entry.split(' ').nth(3).ok_or_else(unread)?;
        let path = parts.next().ok_or_else(unread)?;
        if all.is_empty() {
            all.push((String::new(), BlobChanges::new()));
        }
        if let Some((_, changes)) = all.last_mut() {
            changes.insert(path.to_owned(), after.to_owned());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changes_of_commits_are_read_with_paths_of_any_sort() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let entry = |path: &str| format!(":100644 100644 {a} {b} M\0{path}\0");
        let change = |path: &str| (path.to_owned(), b.clone());
        let one = entry("a b.md") + &entry("ä\n.md");
        let both = BlobChanges::from([change("a b.md"), change("ä\n.md")]);
        assert_eq!(parse_raw_diff(&one).unwrap(), [(String::new(), both)]);
        let listed = format!("{a}\0\n{}{b}\0{a}\0\n{}", entry("x"), entry("y"));
        let expected = [
            (a.clone(), BlobChanges::from([change("x")])),
            (b.clone(), BlobChanges::new()),
            (a.clone(), BlobChanges::from([change("y")])),
        ];
        assert_eq!(parse_raw_diff(&listed).unwrap(), expected);
        assert!(parse_raw_diff("").unwrap().is_empty());
        assert!(parse_raw_diff("fatal\0").is_err() && parse_raw_diff(":100644\0x\0").is_err());
    }
}
