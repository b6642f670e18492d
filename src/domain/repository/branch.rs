//! A branch's name.

use std::fmt;
use std::str::FromStr;

/// Longest name in bytes; a file system takes no longer file name, and git keeps a ref as a file.
const BYTES_MAX: usize = 200;

/// What a branch's name must not contain anywhere.
/// Source: <https://git-scm.com/docs/git-check-ref-format>.
const FORBIDDEN: [&str; 3] = ["..", "@{", "//"];

/// A branch's name without `refs/heads/`: `main`, `paperwire/image-classification`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(String);

/// A text that names no branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchNameError {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// Longer than a ref may be.
    #[error("is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// Written with the folder that every branch is in.
    #[error("begins with refs/heads/, which is understood")]
    FullRef,
    /// What git takes for no branch.
    #[error("is no name that git takes for a branch")]
    Malformed,
}

impl Branch {
    /// The name alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full ref: `refs/heads/main`.
    pub fn full_ref(&self) -> String {
        format!("refs/heads/{}", self.0)
    }

    /// The n-th branch of this name: the first is called so itself, the second has `-2` behind it.
    #[must_use]
    pub fn nth_branch(&self, n: u32) -> Self {
        if n < 2 { self.clone() } else { Self(format!("{}-{n}", self.0)) }
    }

    /// Which of this name's branches another is: 1 for the name itself, 2 for `-2`; none for a stranger.
    pub fn branch_number_of(&self, other: &Self) -> Option<u32> {
        if other == self {
            return Some(1);
        }
        let digits = other.0.strip_prefix(&self.0)?.strip_prefix('-')?;
        let number = digits.parse().ok().filter(|number| *number >= 2)?;
        (*other == self.nth_branch(number)).then_some(number)
    }
}

impl FromStr for Branch {
    type Err = BranchNameError;

    fn from_str(text: &str) -> Result<Self, BranchNameError> {
        if text.is_empty() {
            return Err(BranchNameError::Empty);
        }
        if text.len() > BYTES_MAX {
            return Err(BranchNameError::TooLong);
        }
        if text.starts_with("refs/heads/") {
            return Err(BranchNameError::FullRef);
        }
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
        let is_part = |part: &str| {
            let is_lock = part.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("lock"));
            !part.is_empty() && !part.starts_with('.') && !is_lock
        };
        let is_name = !text.contains(is_odd)
            && !FORBIDDEN.iter().any(|forbidden| text.contains(forbidden))
            && !text.starts_with('-')
            && !text.ends_with('.')
            && text != "@"
            && text != "HEAD"
            && text.split('/').all(is_part);
        if is_name { Ok(Self(text.to_owned())) } else { Err(BranchNameError::Malformed) }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_git_takes_for_a_branch() {
        for text in ["main", "paperwire/image-classification", "release-1.0", "a@b", "größe"] {
            assert_eq!(text.parse::<Branch>().unwrap().full_ref(), format!("refs/heads/{text}"));
        }
        for text in [
            "",
            "-f",
            "a b",
            "a\nb",
            "a..b",
            "a@{1}",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.",
            "@",
            "HEAD",
            "a:b",
            "a^",
            "a~1",
            "a?",
            "a*",
            "a[",
            "a\\b",
            "refs/heads/main",
            &"b".repeat(201),
        ] {
            assert!(text.parse::<Branch>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_next_branch_of_a_name_has_a_number() {
        let name: Branch = "paperwire/list".parse().unwrap();
        assert_eq!(name.nth_branch(1), name);
        assert_eq!(name.nth_branch(2).as_str(), "paperwire/list-2");
        for (other, number) in [
            ("paperwire/list", Some(1)),
            ("paperwire/list-2", Some(2)),
            ("paperwire/list-12", Some(12)),
            ("paperwire/list-1", None),
            ("paperwire/list-02", None),
            ("paperwire/list-x", None),
            ("paperwire/lists", None),
            ("main", None),
        ] {
            assert_eq!(name.branch_number_of(&other.parse().unwrap()), number, "{other}");
        }
    }
}
