//! What git calls a commit by.

use std::fmt;
use std::str::FromStr;

/// Length of an id in hexadecimal, with SHA-1 and with SHA-256.
/// Source: <https://git-scm.com/docs/hash-function-transition>.
const LENGTHS: [usize; 2] = [40, 64];

/// A commit's id, whole and in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);

/// A text that is no commit's whole id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the whole id of a commit, which has 40 or 64 digits from 0 to f")]
pub struct CommitIdError;

impl CommitId {
    /// The id as git writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommitId {
    type Err = CommitIdError;

    fn from_str(text: &str) -> Result<Self, CommitIdError> {
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let is_id = LENGTHS.contains(&text.len()) && text.bytes().all(is_digit);
        if is_id { Ok(Self(text.to_owned())) } else { Err(CommitIdError) }
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_id_is_one() {
        for text in ["0123456789abcdef0123456789abcdef01234567", &"a".repeat(64)] {
            assert_eq!(text.parse::<CommitId>().unwrap().as_str(), text);
        }
        for text in ["", "abc", "HEAD", &"A".repeat(40), &"g".repeat(40), &"a".repeat(41), "--force"] {
            assert_eq!(text.parse::<CommitId>(), Err(CommitIdError), "{text}");
        }
    }
}
