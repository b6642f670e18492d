//! arXiv's identifiers, and the identity of a paper over all sources.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use super::arxiv_link::parse_identifier;

/// arXiv's identifier of a work, without version: `2503.20246`, or the form of before April 2007,
/// `hep-ex/0307015`. Source: <https://info.arxiv.org/help/arxiv_identifier.html>.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArxivId(String);

/// Which revision of a work: `v1`, `v2`, … Never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(NonZeroU32);

/// A paper's identity over all sources: `arxiv:2503.20246`, `doi:10.1000/1`, or a feed's own id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperId(String);

/// A text that was to be an arXiv identifier and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an arXiv identifier such as 2503.20246v1 or hep-ex/0307015v2")]
pub struct ArxivIdError(pub String);

impl ArxivId {
    /// Parts `2503.20246v2`, or anything else that names a paper of arXiv's (an address there or at a service that shows
    /// its papers, a DOI, a citation, a link in Markdown), into the work and, if one is given, its version.
    pub fn parse_with_version(text: &str) -> Result<(Self, Option<Version>), ArxivIdError> {
        let bad = || ArxivIdError(text.to_owned());
        let (id, digits) = parse_identifier(text).ok_or_else(bad)?;
        let version = digits.map(|digits| digits.parse().ok().and_then(Version::new).ok_or_else(bad));
        Ok((Self(id), version.transpose()?))
    }

    /// The identifier as arXiv writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Version {
    /// The first revision.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The version of that number; `None` for zero, which arXiv does not give.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number behind the `v`.
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

impl PaperId {
    /// The identity of an arXiv work.
    pub fn arxiv(id: &ArxivId) -> Self {
        Self(format!("arxiv:{id}"))
    }

    /// The paper that a text names: one of arXiv's in whatever form [`ArxivId::parse_with_version`] reads, else by its own identity.
    pub fn from_text(text: &str) -> Self {
        ArxivId::parse_with_version(text).map_or_else(|_| Self(text.to_owned()), |(id, _)| Self::arxiv(&id))
    }

    /// The arXiv work that this is, if it is one.
    pub fn as_arxiv(&self) -> Option<ArxivId> {
        self.0.strip_prefix("arxiv:").map(|id| ArxivId(id.to_owned()))
    }

    /// The identity as it is stored and shown: `arxiv:2503.20246`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An identity that [`Self::as_str`] gave out before.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for ArxivId {
    type Err = ArxivIdError;

    fn from_str(text: &str) -> Result<Self, ArxivIdError> {
        match Self::parse_with_version(text)? {
            (id, None) => Ok(id),
            (_, Some(_)) => Err(ArxivIdError(text.to_owned())),
        }
    }
}

impl fmt::Display for ArxivId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_of_either_form_is_parted_from_its_version() {
        for (text, id, version) in [
            ("2503.20246v1", "2503.20246", Some(1)),
            ("0704.0001", "0704.0001", None),
            ("http://arxiv.org/abs/2503.20246v12", "2503.20246", Some(12)),
            ("https://arxiv.org/abs/hep-ex/0307015v2", "hep-ex/0307015", Some(2)),
            ("http://arxiv.org/pdf/2503.20246v1.pdf", "2503.20246", Some(1)),
            ("https://export.arxiv.org/abs/solv-int/9901001v3", "solv-int/9901001", Some(3)),
            ("math.GT/0309136", "math/0309136", None),
            ("astro-ph/0601001v1", "astro-ph/0601001", Some(1)),
        ] {
            let (found, v) = ArxivId::parse_with_version(text).unwrap();
            assert_eq!((found.as_str(), v.map(Version::number)), (id, version), "{text}");
        }
    }
}
