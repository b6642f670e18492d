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
pub enum BadTreePath {
    /// Nothing stands there.
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
    Odd,
    /// Git's own folder, as any file system would take it.
    #[error("leads into git's own folder")]
    Git,
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
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl FromStr for TreePath {
    type Err = BadTreePath;

    fn from_str(text: &str) -> Result<Self, BadTreePath> {
        if text.is_empty() {
            return Err(BadTreePath::Empty);
        }
        if text.len() > BYTES_MAX {
            return Err(BadTreePath::TooLong);
        }
        if text.starts_with('/') {
            return Err(BadTreePath::Absolute);
        }
        if text.ends_with('/') {
            return Err(BadTreePath::Folder);
        }
        let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
        if text.contains(|c: char| c.is_control() || c == '\\') || text.split('/').any(is_odd) {
            return Err(BadTreePath::Odd);
        }
        if text.split('/').any(is_gits_own) {
            return Err(BadTreePath::Git);
        }
        let folded = text.to_lowercase();
        let leads_to = |folder: &str| folded.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if WORKFLOWS.into_iter().any(leads_to) {
            Err(BadTreePath::Workflow)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

/// Whether some file system would take the name for `.git`: without regard to capitals, to dots and spaces at
/// the end, to what follows a colon, or to characters that are not seen.
/// Source: `verify_path` in git's read-cache.c, `is_ntfs_dotgit` and `is_hfs_dotgit`.
fn is_gits_own(part: &str) -> bool {
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
        assert_eq!(folders.folders().collect::<Vec<_>>(), ["a", "a/b"]);
        for (text, bad) in [
            ("", BadTreePath::Empty),
            ("/etc/passwd", BadTreePath::Absolute),
            ("docs/", BadTreePath::Folder),
            ("../a.md", BadTreePath::Odd),
            ("a/../../b", BadTreePath::Odd),
            ("./a", BadTreePath::Odd),
            ("a//b", BadTreePath::Odd),
            ("a\\b", BadTreePath::Odd),
            ("a\nb", BadTreePath::Odd),
            ("a\0", BadTreePath::Odd),
            (".git/config", BadTreePath::Git),
            ("a/.GIT/hooks/x", BadTreePath::Git),
            (".git", BadTreePath::Git),
            (".git. /x", BadTreePath::Git),
            (".git::$INDEX_ALLOCATION/x", BadTreePath::Git),
            ("git~1/x", BadTreePath::Git),
            (".g\u{200c}it/x", BadTreePath::Git),
            (".github/workflows/list.yml", BadTreePath::Workflow),
            (".GitHub/Workflows/list.yml", BadTreePath::Workflow),
            (".forgejo/workflows/list.yml", BadTreePath::Workflow),
            (&"p".repeat(1001), BadTreePath::TooLong),
        ] {
            assert_eq!(text.parse::<TreePath>(), Err(bad), "{text:?}");
        }
    }
}
