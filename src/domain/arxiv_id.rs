//! arXiv's identifiers, and the identity of a paper over all sources.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// arXiv's identifier of a work, without version: `2503.20246`, or the form of before April 2007,
/// `hep-ex/0307015`, `math.GT/0309136`. Source: <https://info.arxiv.org/help/arxiv_identifier.html>.
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
pub struct BadArxivId(pub String);

impl ArxivId {
    /// Parts `2503.20246v2`, or an address that ends so (`http://arxiv.org/abs/…`, `https://…/pdf/….pdf`),
    /// into the work and, where one is given, its version.
    pub fn split(text: &str) -> Result<(Self, Option<Version>), BadArxivId> {
        let bad = || BadArxivId(text.to_owned());
        let bare = strip_address(text.trim());
        let (id, version) = match bare.rsplit_once('v') {
            Some((id, digits)) if is_digits(digits) && !id.is_empty() => {
                (id, Some(digits.parse().ok().and_then(Version::new).ok_or_else(bad)?))
            }
            _ => (bare, None),
        };
        if is_new_form(id) || is_old_form(id) { Ok((Self(id.to_owned()), version)) } else { Err(bad()) }
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

/// What stands behind `/abs/` or `/pdf/` of an arXiv address, or the text itself.
fn strip_address(text: &str) -> &str {
    let rest = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let Some(rest) = rest else { return text };
    let Some((host, path)) = rest.split_once('/') else { return text };
    if !(host == "arxiv.org" || host.ends_with(".arxiv.org")) {
        return text;
    }
    let id = path.strip_prefix("abs/").or_else(|| path.strip_prefix("pdf/")).unwrap_or(text);
    id.strip_suffix(".pdf").unwrap_or(id)
}

/// `0704.0001` to `1412.9999` and `1501.00001` on: year and month, a point, four or five digits.
fn is_new_form(id: &str) -> bool {
    matches!(id.split_once('.'), Some((month, number))
        if month.len() == 4 && is_digits(month) && matches!(number.len(), 4 | 5) && is_digits(number))
}

/// `hep-ex/0307015`, `math.GT/0309136`: an archive, perhaps a subject class, and seven digits.
fn is_old_form(id: &str) -> bool {
    let Some((archive, number)) = id.split_once('/') else { return false };
    let (archive, class) = archive.split_once('.').unwrap_or((archive, "XX"));
    number.len() == 7
        && is_digits(number)
        && archive.starts_with(|c: char| c.is_ascii_lowercase())
        && archive.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        && !class.is_empty()
        && class.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl FromStr for ArxivId {
    type Err = BadArxivId;

    fn from_str(text: &str) -> Result<Self, BadArxivId> {
        match Self::split(text)? {
            (id, None) => Ok(id),
            (_, Some(_)) => Err(BadArxivId(text.to_owned())),
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
            ("math.GT/0309136", "math.GT/0309136", None),
            ("astro-ph/0601001v1", "astro-ph/0601001", Some(1)),
        ] {
            let (found, v) = ArxivId::split(text).unwrap();
            assert_eq!((found.as_str(), v.map(Version::number)), (id, version), "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in [
            "",
            "v1",
            "2503.20246v0",
            "2503.2024612",
            "25031.2024",
            "hep-ex/030701",
            "HEP/0307015",
            "https://arxiv.org/api/errors#x",
            "https://evil.example/abs/2503.20246v1",
            "2503.20246v99999999999",
        ] {
            assert!(ArxivId::split(text).is_err(), "{text}");
        }
    }
}
