//! A version of git, and the first that is new enough.

use std::fmt;

/// The first git whose `merge-tree` merges without a work tree.
/// Source: <https://github.com/git/git/blob/master/Documentation/RelNotes/2.38.0.txt>.
pub const NEEDED: GitVersion = GitVersion { major: 2, minor: 38 };

/// A version of git, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitVersion {
    /// `2` of 2.47.3.
    pub major: u32,
    /// `47` of 2.47.3.
    pub minor: u32,
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// `git version 2.47.3`, `git version 2.39.5 (Apple Git-154)`, `git version 2.43.0.windows.1`.
pub(super) fn parse_git_version(said: &str) -> Option<GitVersion> {
    let number = said.trim().strip_prefix("git version ")?;
    let mut parts = number.split(['.', ' ', '-']);
    Some(GitVersion { major: parts.next()?.parse().ok()?, minor: parts.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendors_version_is_read() {
        for (said, major, minor) in [
            ("git version 2.47.3\n", 2, 47),
            ("git version 2.39.5 (Apple Git-154)", 2, 39),
            ("git version 2.43.0.windows.1", 2, 43),
            ("git version 3.0-rc1", 3, 0),
        ] {
            assert_eq!(parse_git_version(said), Some(GitVersion { major, minor }), "{said}");
        }
        for said in ["", "git", "git version", "git version two", "hub version 2.14.2"] {
            assert_eq!(parse_git_version(said), None, "{said}");
        }
        assert!(GitVersion { major: 2, minor: 9 } < NEEDED && NEEDED < GitVersion { major: 3, minor: 0 });
    }
}
