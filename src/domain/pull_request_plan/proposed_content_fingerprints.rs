//! What a proposal brings, so that it can be seen later whether another one brings more.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::domain::Fingerprint;

/// How many things are known one by one; of more only whether they are the same.
const THINGS_MAX: usize = 1500;

/// How many hexadecimal digits distinguish one of them from another.
const DIGITS: usize = 6;

/// The things that a proposal brings, such as lines of a list's tables, each by its fingerprint. Its text is within 11 kB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedContentFingerprints(BTreeSet<String>);

impl ProposedContentFingerprints {
    /// The fingerprints of these things, in any order.
    pub fn from_texts(things: impl Iterator<Item = impl AsRef<[u8]>>) -> Self {
        let fingerprints: BTreeSet<String> =
            things.map(|thing| hex_prefix(Fingerprint::of_text(thing), DIGITS)).collect();
        if fingerprints.len() <= THINGS_MAX {
            return Self(fingerprints);
        }
        let all: String = fingerprints.into_iter().collect();
        Self(BTreeSet::from([hex_prefix(Fingerprint::of_text(all), 5 * DIGITS)]))
    }

    /// Whether all that another one brings is among this.
    pub fn has_all_fingerprints_of(&self, other: &Self) -> bool {
        other.0.is_subset(&self.0)
    }
}

fn hex_prefix(fingerprint: Fingerprint, count: usize) -> String {
    let mut digits = format!("{:032x}", u128::from_be_bytes(fingerprint.to_stored_bytes()));
    digits.truncate(count);
    digits
}

impl fmt::Display for ProposedContentFingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let things: Vec<&str> = self.0.iter().map(String::as_str).collect();
        f.write_str(&things.join(" "))
    }
}

/// Any text is one; of a text that was never written by this nothing else is a part.
impl FromStr for ProposedContentFingerprints {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.split_whitespace().map(str::to_owned).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprints_of_lines(lines: &[String]) -> ProposedContentFingerprints {
        ProposedContentFingerprints::from_texts(lines.iter().map(String::as_str))
    }

    #[test]
    fn a_content_has_all_of_another_that_brings_nothing_else() {
        let lines: Vec<String> = (0..=THINGS_MAX).map(|number| number.to_string()).collect();
        for (one, other, expected) in [
            (&lines[..3], &lines[..3], true),
            (&lines[..3], &lines[1..2], true),
            (&lines[..3], &lines[..0], true),
            (&lines[..3], &lines[2..4], false),
            (&lines[..0], &lines[..1], false),
            (&lines[..], &lines[..], true),
            (&lines[..], &lines[1..], false),
            (&lines[1..], &lines[..], false),
        ] {
            let (one, other) = (fingerprints_of_lines(one), fingerprints_of_lines(other));
            assert_eq!(one.has_all_fingerprints_of(&other), expected, "{one} {other}");
            let text = one.to_string();
            assert!(text.len() < 11_000 && text.parse() == Ok(one), "{text}");
        }
    }
}
