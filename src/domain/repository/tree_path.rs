//! A file's path inside a repository.

use std::fmt;
use std::str::FromStr;

/// Longest path in bytes. Source: the limit of the file systems that a clone is checked out on.
const BYTES_MAX: usize = 1000;

/// Where GitHub, Gitea and Forgejo find what they run: a list is never written there, and a token for lists
/// has no right to.
const WORKFLOWS: [&str; 3] = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"];

/// A file's path inside a repository, with `/`, from its top.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

/// A path that no file of a list may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreePathError {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// Longer than a checkout can be.
    #[error("is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// From the root of a machine.
    #[error("begins with `/`, and a path in a repository starts at its top")]
    Absolute,
    /// A folder.
    #[error("is a folder")]
    Folder,
    /// `.` or `..`, an empty part, a backslash or a control character.
    #[error("has a part that no path in a repository has")]
    InvalidComponent,
    /// Git's own folder, as any file system would take it.
    #[error("leads into git's own folder")]
    DotGit,
    /// Where a forge finds what it runs.
    #[error("leads to the workflows that the forge runs")]
    Workflow,
}

impl TreePath {
    /// The path as git writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that it is in, the outermost first: `a` and `a/b` of `a/b/c.md`.
    pub fn parent_folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl FromStr for TreePath {
    type Err = TreePathError;

    fn from_str(text: &str) -> Result<Self, TreePathError> {
        if text.is_empty() {
            return Err(TreePathError::Empty);
        }
        if text.len() > BYTES_MAX {
            return Err(TreePathError::TooLong);
        }
        if text.starts_with('/') {
            return Err(TreePathError::Absolute);
        }
        if text.ends_with('/') {
            return Err(TreePathError::Folder);
        }
        let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
        if text.contains(|c: char| c.is_control() || c == '\\') || text.split('/').any(is_odd) {
            return Err(TreePathError::InvalidComponent);
        }
        if text.split('/').any(is_dot_git) {
            return Err(TreePathError::DotGit);
        }
        let folded = text.to_lowercase();
        let leads_to = |folder: &str| folded.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if WORKFLOWS.into_iter().any(leads_to) {
            Err(TreePathError::Workflow)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// Whether some file system would take the name for `.git`: without regard to capitals, to dots and spaces at
/// the end, to what follows a colon, or to characters that are not seen.
/// Source: `verify_path` in git's read-cache.c, `is_ntfs_dotgit` and `is_hfs_dotgit`.
fn is_dot_git(part: &str) -> bool {
    let seen: String = part.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    let head = seen.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    head.eq_ignore_ascii_case(".git") || head.eq_ignore_ascii_case("git~1")
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_its_repository_and_off_what_is_run() {
        for text in ["README.md", "archive/2025-03.md", "docs/größe .md", ".github/README.md", "a/.gitignore"]
        {
            assert_eq!(text.parse::<TreePath>().unwrap().as_str(), text);
        }
        let folders = "a/b/c.md".parse::<TreePath>().unwrap();
        assert_eq!(folders.parent_folders().collect::<Vec<_>>(), ["a", "a/b"]);
        for (text, bad) in [
            ("", TreePathError::Empty),
            ("/etc/passwd", TreePathError::Absolute),
            ("docs/", TreePathError::Folder),
            ("../a.md", TreePathError::InvalidComponent),
            ("a/../../b", TreePathError::InvalidComponent),
            ("./a", TreePathError::InvalidComponent),
            ("a//b", TreePathError::InvalidComponent),
            ("a\\b", TreePathError::InvalidComponent),
            ("a\nb", TreePathError::InvalidComponent),
            ("a\0", TreePathError::InvalidComponent),
            (".git/config", TreePathError::DotGit),
            ("a/.GIT/hooks/x", TreePathError::DotGit),
            (".git", TreePathError::DotGit),
            (".git. /x", TreePathError::DotGit),
            (".git::$INDEX_ALLOCATION/x", TreePathError::DotGit),
            ("git~1/x", TreePathError::DotGit),
            (".g\u{200c}it/x", TreePathError::DotGit),
            (".github/workflows/list.yml", TreePathError::Workflow),
            (".GitHub/Workflows/list.yml", TreePathError::Workflow),
            (".forgejo/workflows/list.yml", TreePathError::Workflow),
            (&"p".repeat(1001), TreePathError::TooLong),
        ] {
            assert_eq!(text.parse::<TreePath>(), Err(bad), "{text:?}");
        }
    }
}
