//! The identity of a paper over all sources, and the one reader of it from whatever link names a paper.

use std::fmt;

use super::normalized_url::normalize_url;
use super::{ArxivId, Doi};

/// A paper's identity over all sources: `arxiv:2503.20246`; `doi:10.1000/182`, in lower case and without the version of a
/// preprint; or, of a paper that has neither, its page: `url:https://example.org/1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperId(String);

const ARXIV: &str = "arxiv:";
const DOI: &str = "doi:";
const PAGE: &str = "url:";

impl PaperId {
    /// The identity of an arXiv work.
    pub fn from_arxiv_id(id: &ArxivId) -> Self {
        Self([ARXIV, id.as_str()].concat())
    }

    /// The paper that a link leads to, or that another text names: one of arXiv's in whatever form
    /// [`ArxivId::parse_with_version`] reads, a DOI in whatever form [`Doi::parse`] does, an http or https address, or an
    /// identity as it is shown.
    pub fn from_link(text: &str) -> Option<Self> {
        if let Ok((id, _)) = ArxivId::parse_with_version(text) {
            return Some(Self::from_arxiv_id(&id));
        }
        if let Some(doi) = Doi::parse(text) {
            // The end of a sentence may have been behind one of arXiv's.
            let arxiv = ArxivId::parse_with_version(&doi.to_string()).ok();
            let doi = || Self(format!("{DOI}{}", doi.lower_case_doi_without_version()));
            return Some(arxiv.map_or_else(doi, |(id, _)| Self::from_arxiv_id(&id)));
        }
        let page = normalize_url(text.trim_start().strip_prefix(PAGE).unwrap_or(text))?;
        Some(Self(format!("{PAGE}{page}")))
    }

    /// The arXiv work that this is, if it is one.
    pub fn as_arxiv_id(&self) -> Option<ArxivId> {
        self.0.strip_prefix(ARXIV).map(|id| ArxivId::from_stored(id.to_owned()))
    }

    /// The DOI that it is known by, if it is.
    pub fn as_doi(&self) -> Option<Doi> {
        self.0.strip_prefix(DOI).and_then(Doi::parse)
    }

    /// The address of the page that it is known by, if it is.
    pub fn as_identifying_page_url(&self) -> Option<&str> {
        self.0.strip_prefix(PAGE)
    }

    /// Whether a row that links it is enough to take it for a paper. A DOI may be of a book or of data, and a page of
    /// anything: those are papers once a source has shown them.
    pub fn is_surely_paper(&self) -> bool {
        self.0.starts_with(ARXIV)
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

impl fmt::Display for PaperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::paper_fixture::paper_with_only_id;
    use crate::domain::{Link, Paper, PaperLink};

    #[test]
    fn whatever_names_a_paper_is_its_identity() {
        for (text, id) in [
            ("2503.20246v2", "arxiv:2503.20246"),
            ("https://doi.org/10.48550/arXiv.2503.20246", "arxiv:2503.20246"),
            ("doi:10.48550/arXiv.2503.20246.", "arxiv:2503.20246"),
            ("https://doi.org/10.1109/5.771073", "doi:10.1109/5.771073"),
            ("10.1016/S0140-6736(20)30183-5", "doi:10.1016/s0140-6736(20)30183-5"),
            ("https://dx.doi.org/10.1016%2FS0140-6736%2820%2930183-5", "doi:10.1016/s0140-6736(20)30183-5"),
            ("https://doi.org/10.1101/743294v2", "doi:10.1101/743294"),
            ("10.21203/rs.3.rs-123456/V1v2", "doi:10.21203/rs.3.rs-123456/v1v2"),
            ("10.1101/743294v1v2", "doi:10.1101/743294"),
            ("http://Example.org/A?b=1", "url:https://example.org/A?b=1"),
            ("url:https://example.org/A?b=1", "url:https://example.org/A?b=1"),
            ("https://doi.org/", "url:https://doi.org/"),
            ("some words", ""),
            ("mailto:ada@example.org", ""),
            ("", ""),
        ] {
            assert_eq!(PaperId::from_link(text).map(|id| id.to_string()).unwrap_or_default(), id, "{text}");
        }
    }

    fn paper_with_link(id: &PaperId, link: &str) -> Paper {
        Paper {
            title: "T".to_owned(),
            doi: PaperId::from_link(link)
                .and_then(|id| id.as_doi())
                .map(|doi| doi.to_string().to_uppercase()),
            links: vec![Link { href: link.to_owned(), rel: None, media_type: None, title: None }],
            ..paper_with_only_id(id.clone())
        }
    }

    proptest! {
        #![proptest_config(crate::seeds::proptest_config(256))]

        #[test]
        fn an_identity_is_read_back_from_its_papers_row_and_from_itself(
            link in "(https://doi\\.org/|doi:|)10\\.[0-9]{4}/[ -~é]{1,20}|https?://[a-zA-Z.]{1,9}(:80|:81)?[/?#][ -~é]{0,20}",
        ) {
            let Some(id) = PaperId::from_link(&link) else { return Ok(()) };
            prop_assert_eq!(PaperId::from_link(id.as_str()), Some(id.clone()), "{}", link);
            let row = PaperLink::from_paper(&paper_with_link(&id, &link)).unwrap();
            prop_assert_eq!(&row.paper, &id, "{}", link);
            prop_assert_eq!(PaperLink::parse_row_link_url(&row.address).map(|row| row.paper), Some(id), "{:?}", row);
        }
    }
}
