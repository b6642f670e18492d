//! Which git is there, and whether it is new enough.

use std::ffi::OsStr;
use std::fmt;

use super::environment::Environment;
use super::run::{Call, Git};
use super::trouble::Trouble;

/// The first git whose `merge-tree` merges without a work tree.
/// Source: <https://github.com/git/git/blob/master/Documentation/RelNotes/2.38.0.txt>.
pub const NEEDED: Version = Version { major: 2, minor: 38 };

/// A version of git, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `2` of 2.47.3.
    pub major: u32,
    /// `47` of 2.47.3.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The version of the git that this program finds; an error where there is none or it is too old.
pub async fn version(program: &OsStr, environment: &Environment) -> Result<Version, Trouble> {
    let git = Git::anywhere(program, environment);
    let said = git.text(Call::new(&["version"])).await?;
    match parse(&said) {
        Some(found) if found >= NEEDED => Ok(found),
        Some(found) => Err(Trouble::TooOld(found)),
        None => Err(Trouble::Git(format!("`git version` says `{}`, which is no version", said.trim()))),
    }
}

/// `git version 2.47.3`, `git version 2.39.5 (Apple Git-154)`, `git version 2.43.0.windows.1`.
fn parse(said: &str) -> Option<Version> {
    let number = said.trim().strip_prefix("git version ")?;
    let mut parts = number.split(['.', ' ', '-']);
    Some(Version { major: parts.next()?.parse().ok()?, minor: parts.next()?.parse().ok()? })
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
            assert_eq!(parse(said), Some(Version { major, minor }), "{said}");
        }
        for said in ["", "git", "git version", "git version two", "hub version 2.14.2"] {
            assert_eq!(parse(said), None, "{said}");
        }
        assert!(Version { major: 2, minor: 9 } < NEEDED && NEEDED < Version { major: 3, minor: 0 });
    }
}
