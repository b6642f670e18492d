//! One entry while it is read, and the verdict on it at its end.

use jiff::Timestamp;

use super::clean_text::sanitize_line;
use crate::domain::{
    Abstract, ArxivId, Author, Category, EntryFlaw, FetchError, FetchErrorKind, Link, Paper, PaperId,
    ResultEntry, Revision, Version,
};

/// arXiv's own longest reason has some 160 characters; a sentence more is not needed to act.
const REASON_CHARS: usize = 300;

/// Where an error entry's id and link point, in both dialects.
const ERRORS_PATH: &str = "/api/errors";

/// What an entry has said so far, each text in its final form and never empty. Where a thing is said twice,
/// the first counts.
#[derive(Debug, Default)]
pub(super) struct EntryBuilder {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary: Option<Abstract>,
    pub(super) updated: Option<Timestamp>,
    pub(super) published: Option<Timestamp>,
    pub(super) comment: Option<String>,
    pub(super) journal_ref: Option<String>,
    pub(super) doi: Option<String>,
    pub(super) primary: Option<Category>,
    pub(super) categories: Vec<Category>,
    pub(super) authors: Vec<Author>,
    pub(super) links: Vec<Link>,
}

impl EntryBuilder {
    /// The entry that it came to, or a fault if it is arXiv's way to say that the request was wrong.
    pub(super) fn finish(self) -> Result<ResultEntry, FetchError> {
        let id = self.arxiv_id();
        if self.is_error_entry(id.is_some()) {
            return Err(self.arxiv_refusal_error());
        }
        Ok(match id {
            None => ResultEntry::Flawed { id: None, flaw: EntryFlaw::NoId },
            Some((id, version)) => match self.into_paper(&id, version) {
                Ok(paper) => ResultEntry::Complete(Box::new(paper)),
                Err(flaw) => ResultEntry::Flawed {
                    id: Some((PaperId::from_arxiv_id(&id), Revision::Numbered(version))),
                    flaw,
                },
            },
        })
    }

    /// Work and version, from the entry's id and from nothing else.
    fn arxiv_id(&self) -> Option<(ArxivId, Version)> {
        let (id, version) = ArxivId::parse_with_version(self.id.as_deref()?).ok()?;
        Some((id, version?))
    }

    /// A paper may be titled "Error"; an error entry has no paper's id, or points to arXiv's page of errors.
    fn is_error_entry(&self, has_work: bool) -> bool {
        let names_errors = |text: &str| text.contains(ERRORS_PATH);
        let is_titled_so = self.title.as_deref() == Some("Error");
        self.id.as_deref().is_some_and(names_errors)
            || is_titled_so && (!has_work || self.links.iter().any(|link| names_errors(&link.href)))
    }

    fn arxiv_refusal_error(&self) -> FetchError {
        let reason = match &self.summary {
            Some(summary) => sanitize_line(&summary.0, REASON_CHARS),
            None => "no reason given".to_owned(),
        };
        FetchError::permanent(FetchErrorKind::Refused, format!("arXiv refuses the request: {reason}"))
    }

    fn into_paper(self, id: &ArxivId, version: Version) -> Result<Paper, EntryFlaw> {
        Ok(Paper {
            id: PaperId::from_arxiv_id(id),
            revision: Revision::Numbered(version),
            title: self.title.ok_or(EntryFlaw::NoTitle)?,
            abstract_: self.summary.ok_or(EntryFlaw::NoAbstract)?,
            authors: self.authors,
            categories: categories_with_primary(self.categories, self.primary.as_ref()),
            primary: self.primary,
            published: self.published,
            updated: self.updated.ok_or(EntryFlaw::NoDate)?,
            comment: self.comment,
            journal_ref: self.journal_ref,
            doi: self.doi.map(doi_without_resolver),
            later_article: None,
            links: self.links,
        })
    }
}

/// A reader may rely on the primary category being among all; arXiv always lists it, a mirror may not.
fn categories_with_primary(mut categories: Vec<Category>, primary: Option<&Category>) -> Vec<Category> {
    if let Some(primary) = primary.filter(|primary| !categories.contains(primary)) {
        categories.insert(0, primary.clone());
    }
    categories
}

fn doi_without_resolver(doi: String) -> String {
    let resolvers = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/"];
    match resolvers.iter().find_map(|resolver| doi.strip_prefix(resolver)) {
        Some(bare) => bare.to_owned(),
        None => doi,
    }
}
