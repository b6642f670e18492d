//! One paper as a page shows it.

use serde::Serialize;

use super::time_format::long_date;
use crate::domain::{self, ArxivId, Author, Paper, PaperId, find_code_url, is_estimated};
use crate::render::chat_phrases::readable_title;
use crate::render::safe_url::{article_url, safe_external_paper_url, safe_url};
use crate::render::tex_unicode::tex_to_unicode;

/// From more authors than this the first are named and the others counted: collaborations have thousands.
const AUTHORS_MAX: usize = 12;

/// A word and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct InternalLink {
    pub(super) name: String,
    pub(super) path: String,
}

impl InternalLink {
    /// A topic and its page.
    pub(super) fn link_to_topic(name: &str) -> Self {
        Self { name: name.to_owned(), path: format!("/topic/{}", percent_encode(name)) }
    }

    fn link_to_category_search(name: &str) -> Self {
        Self { name: name.to_owned(), path: format!("/search?category={}", percent_encode(name)) }
    }
}

/// One paper as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct WebPaperCard {
    pub(super) id: String,
    path: String,
    title: String,
    /// The first of them, and how many more there are.
    authors: String,
    authors_more: Option<String>,
    /// Empty if nobody has said it.
    date: String,
    /// `v2`; empty for a paper whose source has no numbers.
    version: String,
    categories: Vec<InternalLink>,
    topics: Vec<InternalLink>,
    comment: Option<String>,
    paragraphs: Vec<String>,
    link: Option<String>,
    /// The article that it appeared as, where that is elsewhere.
    article: Option<String>,
    pdf: Option<String>,
    code: Option<String>,
}

impl WebPaperCard {
    pub(super) fn from_paper(paper: &Paper, topics: &[String]) -> Self {
        let (authors, authors_more) = author_line(&paper.authors);
        let arxiv = paper.id.as_arxiv_id();
        Self {
            id: arxiv.as_ref().map_or_else(|| paper.id.to_string(), ArxivId::to_string),
            path: paper_page_path(&paper.id),
            title: readable_title(paper).into_owned(),
            authors,
            authors_more,
            date: if is_estimated(paper.updated) { String::new() } else { long_date(paper.updated) },
            version: paper.revision.to_string(),
            categories: paper
                .categories
                .iter()
                .map(|category| InternalLink::link_to_category_search(&category.0))
                .collect(),
            topics: topics.iter().map(|topic| InternalLink::link_to_topic(topic)).collect(),
            comment: paper.comment.as_deref().map(|comment| tex_to_unicode(comment).into_owned()),
            paragraphs: paper.abstract_.0.split('\n').map(|text| tex_to_unicode(text).into_owned()).collect(),
            link: safe_external_paper_url(paper),
            article: article_url(paper),
            pdf: paper.pdf_url().and_then(|address| safe_url(&address)),
            code: find_code_url(&paper.abstract_.0, paper.comment.as_deref(), &[])
                .and_then(|link| safe_url(&link)),
        }
    }
}

/// `A, B, C`, and `2,895 more` where they are too many.
fn author_line(authors: &[Author]) -> (String, Option<String>) {
    let named: Vec<&str> = authors.iter().take(AUTHORS_MAX).map(|author| author.name.as_str()).collect();
    let more = authors.len().saturating_sub(AUTHORS_MAX);
    (named.join(", "), (more > 0).then(|| format!("{more} more")))
}

/// Where a paper's page is: `/paper/2503.20246`, `/paper/hep-ex/0307015`; others by their whole identity.
pub fn paper_page_path(id: &PaperId) -> String {
    match id.as_arxiv_id() {
        Some(id) => format!("/paper/{}", percent_encode(&id.to_string()).replace("%2F", "/")),
        None => format!("/paper/{}", percent_encode(id.as_str())),
    }
}

/// A text as one part of an address's path or query. <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
pub fn percent_encode(text: &str) -> String {
    domain::percent_encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}
