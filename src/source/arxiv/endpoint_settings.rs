//! What an operator may set of the arXiv API.

use reqwest::Url;

/// What an operator may set of it.
#[derive(Debug, Clone)]
pub struct ArxivEndpoint {
    /// Where the API is, without a query: `https://export.arxiv.org/api/query`.
    pub url: Url,
    /// Whom arXiv can write to, in the User-Agent: a mail address or a web page.
    pub contact: String,
}
