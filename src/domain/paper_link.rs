//! Where a paper is linked, and which paper a link is of.

use super::doi::doi_url;
use super::normalized_url::normalize_url;
use super::{ArxivId, Doi, Paper, PaperId, Version, WebScheme};

/// The link of a row of a list. The paper's identity can be read back from its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLink {
    /// The paper.
    pub paper: PaperId,
    /// The version that the address names, if it names one.
    pub version: Option<Version>,
    /// The address that the link leads to: http or https.
    pub address: String,
}

impl PaperLink {
    /// Reads an address as a person or a program wrote it; none if it leads to no page and names no paper of arXiv's.
    pub fn parse_row_link_url(address: &str) -> Option<Self> {
        if let Some(link) = Self::parse_arxiv_link(address) {
            return Some(link);
        }
        normalize_url(address)?;
        let paper = PaperId::from_link(address)?;
        Some(Self { paper, version: None, address: address.to_owned() })
    }

    /// Reads what names a paper of arXiv's, whatever that is; none if it is of another paper.
    pub fn parse_arxiv_link(text: &str) -> Option<Self> {
        let (id, version) = ArxivId::parse_with_version(text).ok()?;
        let address = id.arxiv_abs_page_url(version, WebScheme::Http);
        Some(Self { paper: PaperId::from_arxiv_id(&id), version, address })
    }

    /// The link of a paper's row; none if there is no page to lead to.
    pub fn from_paper(paper: &Paper) -> Option<Self> {
        let id = paper.id.clone();
        if let Some(arxiv) = id.as_arxiv_id() {
            let (version, scheme) = (paper.revision.version_if_numbered(), WebScheme::Http);
            return Some(Self { address: arxiv.arxiv_abs_page_url(version, scheme), paper: id, version });
        }
        let own = || paper.links.iter().map(|link| &link.href);
        let address = match id.as_doi() {
            Some(doi) => doi_as_written(paper, doi).resolver_url(),
            None => own()
                .find(|href| PaperId::from_link(href).as_ref() == Some(&id))
                .cloned()
                .or_else(|| id.as_identifying_page_url().map(str::to_owned))?,
        };
        Some(Self { paper: id, version: None, address })
    }

    /// The PDF of the paper, if its address is known from its identity.
    pub fn pdf_url(&self) -> Option<String> {
        Some(self.paper.as_arxiv_id()?.pdf_url(self.version, WebScheme::Http))
    }
}

/// The paper's DOI as its source writes it, with the version of a preprint: some servers register no DOI without one.
fn doi_as_written(paper: &Paper, doi: Doi) -> Doi {
    let written = paper.doi.as_deref().and_then(Doi::parse);
    written.filter(|written| *written == doi).unwrap_or(doi)
}

impl Paper {
    /// Where a person reads it, the best first: arXiv's page of this version, or else the source's own page, what its DOI
    /// leads to, or the page that it is known by.
    pub fn paper_page_urls(&self) -> Vec<String> {
        if let Some(id) = self.id.as_arxiv_id() {
            return vec![id.arxiv_abs_page_url(self.revision.version_if_numbered(), WebScheme::Https)];
        }
        let pages = self.links.iter().filter(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
        let doi = self.doi.as_deref().map(doi_url);
        let doi = doi.or_else(|| self.id.as_doi().map(|doi| doi.resolver_url()));
        let pages = pages.map(|link| link.href.clone()).chain(doi);
        pages.chain(self.id.as_identifying_page_url().map(str::to_owned)).collect()
    }

    /// Where its PDF is, if that is known from its identity.
    pub fn pdf_url(&self) -> Option<String> {
        Some(self.id.as_arxiv_id()?.pdf_url(self.revision.version_if_numbered(), WebScheme::Https))
    }
}
