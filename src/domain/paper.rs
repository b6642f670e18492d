//! One work as metadata.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{ArticleOfPreprint, PaperId, Revision};

/// One work as metadata, in one state of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The paper's identity over all sources.
    pub id: PaperId,
    /// The state that all else here describes.
    pub revision: Revision,
    /// One line; white space runs are one space; TeX as the author wrote it.
    pub title: String,
    /// The abstract, which says what the paper is about.
    pub abstract_: Abstract,
    /// In the order of the title page; empty if the source does not name them.
    pub authors: Vec<Author>,
    /// The category that its authors filed it under, if the source names it.
    pub primary: Option<Category>,
    /// All its categories in the source's order, the primary one among them.
    pub categories: Vec<Category>,
    /// When version 1 was submitted, if the source says so.
    pub published: Option<Timestamp>,
    /// When this version was submitted.
    pub updated: Timestamp,
    /// The authors' comment: pages, figures, where accepted. One line.
    pub comment: Option<String>,
    /// Where the paper appeared. One line.
    pub journal_ref: Option<String>,
    /// The paper's DOI, without a resolver before it.
    pub doi: Option<String>,
    /// The article as which it appeared after it was known; none of an article, and none if it came with its article.
    pub later_article: Option<ArticleOfPreprint>,
    /// The links that the source gave, in its order.
    pub links: Vec<Link>,
}

/// The text that says what a paper is about: paragraphs parted by one `\n`, each one line whose
/// white space runs are one space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Abstract(pub String);

/// One author as the source names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The whole name: `Wei Zhang`.
    pub name: String,
    /// Where the author works, as far as the source says; most often nothing.
    pub affiliations: Vec<String>,
}

/// arXiv's `cs.CV` or `hep-ex`; other schemes' terms (ACM, MSC) are here as they came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(pub String);

/// An Atom link of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address that the link leads to.
    pub href: String,
    /// What it is to the entry: `alternate`, `related`.
    pub rel: Option<String>,
    /// `text/html`, `application/pdf`.
    pub media_type: Option<String>,
    /// `pdf`, `doi`.
    pub title: Option<String>,
}

impl Abstract {
    /// The whole text as one line.
    pub fn one_line(&self) -> Cow<'_, str> {
        // Most have one paragraph and need no copy.
        if self.0.contains('\n') { Cow::Owned(self.0.replace('\n', " ")) } else { Cow::Borrowed(&self.0) }
    }

    /// The whole text as one line, without a copy if it already is one.
    pub fn into_one_line(self) -> String {
        if self.0.contains('\n') { self.0.replace('\n', " ") } else { self.0 }
    }
}

impl Category {
    /// The archive that it is a part of: `cs` of `cs.CV`, `hep-ex` of `hep-ex`.
    pub fn arxiv_archive(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl Paper {
    /// Whether it has a category in one of these archives; none asked for means all.
    pub fn is_in_arxiv_archives(&self, archives: &[String]) -> bool {
        archives.is_empty() || self.categories.iter().any(|c| archives.iter().any(|a| a == c.arxiv_archive()))
    }

    /// What its text comes to, in bytes.
    pub fn paper_text_bytes(&self) -> usize {
        let author =
            |author: &Author| author.name.len() + author.affiliations.iter().map(String::len).sum::<usize>();
        let link = |link: &Link| {
            link.href.len()
                + [&link.rel, &link.media_type, &link.title]
                    .into_iter()
                    .flatten()
                    .map(String::len)
                    .sum::<usize>()
        };
        let (article_doi, article_journal) = self
            .later_article
            .as_ref()
            .map_or((&None, &None), |article| (&article.doi, &article.journal_ref));
        let optional = [&self.comment, &self.journal_ref, &self.doi, article_doi, article_journal];
        self.title.len()
            + self.abstract_.0.len()
            + self.authors.iter().map(author).sum::<usize>()
            + self.categories.iter().map(|category| category.0.len()).sum::<usize>()
            + optional.into_iter().flatten().map(String::len).sum::<usize>()
            + self.links.iter().map(link).sum::<usize>()
    }
}
