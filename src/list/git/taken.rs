//! Whether a branch took over what a commit changes: by a merge, or by a commit of its own with the same changes, as a
//! squash makes one.

use std::collections::BTreeSet;

use super::heads::{Head, commit_id};
use super::repository::Repository;
use super::run::Call;
use super::trouble::Trouble;
use crate::domain::CommitId;

/// Most commits of a branch that are looked at.
const COMMITS_MAX: usize = 1000;

/// What a commit puts into places: each path with the name of what stands there then.
type Changes = BTreeSet<(String, String)>;

impl Repository {
    /// Whether a branch has taken over a commit of ours, whatever else was changed in it since. Fetches as much as it takes to know.
    pub async fn has_taken(&mut self, base: &Head, commit: &CommitId) -> Result<bool, Trouble> {
        if !self.knows(commit).await? {
            return Ok(false);
        }
        let Some(parting) = self.meet(base, commit, None).await? else { return Ok(false) };
        if parting == *commit || parting == base.commit {
            return Ok(parting == *commit);
        }
        let raw = ["--raw", "-z", "--no-abbrev", "--no-renames"];
        let (from, to) = (parting.as_str(), commit.as_str());
        let args: Vec<&str> = ["diff-tree", "-r"].into_iter().chain(raw).chain([from, to]).collect();
        let ours = changes(&self.git.text(Call::new(&args)).await?)?;
        let Some(ours) = ours.first() else { return Ok(false) };
        let (count, since) = (format!("--max-count={COMMITS_MAX}"), format!("{from}..{}", base.commit));
        let fixed = ["log", "--no-merges", "--format=%H", &count];
        let args: Vec<&str> = fixed.into_iter().chain(raw).chain([&*since]).collect();
        let theirs = changes(&self.git.text(Call::new(&args)).await?)?;
        Ok(theirs.iter().any(|theirs| ours.is_subset(theirs)))
    }
}

/// The changes of each commit that is listed; of a single one that is not named as well.
fn changes(listed: &str) -> Result<Vec<Changes>, Trouble> {
    let mut all: Vec<Changes> = Vec::new();
    let mut parts =
        listed.split('\0').map(|part| part.trim_start_matches('\n')).filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        let Some(entry) = part.strip_prefix(':') else {
            commit_id(part)?;
            all.push(Changes::new());
            continue;
        };
        let unread = || Trouble::Git("git log: a change that cannot be read".to_owned());
        // The modes before and after, the names before and after, and the sort of change.
        let after = entry.split(' ').nth(3).ok_or_else(unread)?;
        let path = parts.next().ok_or_else(unread)?;
        if all.is_empty() {
            all.push(Changes::new());
        }
        if let Some(changes) = all.last_mut() {
            changes.insert((path.to_owned(), after.to_owned()));
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
        assert_eq!(changes(&one).unwrap(), [Changes::from([change("a b.md"), change("ä\n.md")])]);
        let listed = format!("{a}\0\n{}{b}\0{a}\0\n{}", entry("x"), entry("y"));
        let expected = [Changes::from([change("x")]), Changes::new(), Changes::from([change("y")])];
        assert_eq!(changes(&listed).unwrap(), expected);
        assert_eq!(changes("").unwrap(), Vec::<Changes>::new());
        assert!(changes("fatal\0").is_err() && changes(":100644\0x\0").is_err());
    }
}
