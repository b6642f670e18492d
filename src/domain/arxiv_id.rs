//! arXiv's identifiers.

use std::fmt;
use std::str::FromStr;

use super::arxiv_link::{arxiv_abs_page_url, parse_arxiv_identifier, pdf_url};
use super::{Version, WebScheme};

/// arXiv's identifier of a work, without version: `2503.20246`, or the form of before April 2007,
/// `hep-ex/0307015`. Source: <https://info.arxiv.org/help/arxiv_identifier.html>.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArxivId(String);

/// A text that was to be an arXiv identifier and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an arXiv identifier such as 2503.20246v1 or hep-ex/0307015v2")]
pub struct ArxivIdError(pub String);

impl ArxivId {
    /// Parts `2503.20246v2`, or anything else that names a paper of arXiv's (an address there or at a service that shows
    /// its papers, a DOI, a citation, a link in Markdown), into the work and, if one is given, its version.
    pub fn parse_with_version(text: &str) -> Result<(Self, Option<Version>), ArxivIdError> {
        let bad = || ArxivIdError(text.to_owned());
        let (id, digits) = parse_arxiv_identifier(text).ok_or_else(bad)?;
        let version = digits.map(|digits| digits.parse().ok().and_then(Version::new).ok_or_else(bad));
        Ok((Self(id), version.transpose()?))
    }

    /// arXiv's page of the work, of its latest version if none is given.
    pub fn arxiv_abs_page_url(&self, version: Option<Version>, scheme: WebScheme) -> String {
        arxiv_abs_page_url(scheme, &self.0, version)
    }

    /// The address of the paper's PDF.
    pub fn pdf_url(&self, version: Option<Version>, scheme: WebScheme) -> String {
        pdf_url(scheme, &self.0, version)
    }

    /// An identifier that [`Self::as_str`] gave out before.
    pub(super) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The identifier as arXiv writes it.
    pub fn as_str(&self) -> &str {
        &self.0
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
            assert_eq!((found.as_str(), v.map(Version::version_number)), (id, version), "{text}");
        }
    }
}
