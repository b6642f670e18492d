//! Whether a preprint has appeared in a journal, and where.

use super::work_identity::{DoiKind, parse_dois_in_field};
use super::{ArticleOfPreprint, Doi, Paper, PaperId};

/// How a reference begins that names no journal: a server of preprints, or that there is none yet.
const NO_JOURNALS: [&str; 20] = [
    "arxiv",
    "authorea",
    "biorxiv",
    "chemrxiv",
    "corr",
    "eartharxiv",
    "ecoevorxiv",
    "edarxiv",
    "in preparation",
    "medrxiv",
    "osf preprints",
    "preprint",
    "preprints",
    "psyarxiv",
    "research square",
    "socarxiv",
    "ssrn",
    "submitted",
    "techrxiv",
    "under review",
];

/// What is known of where a work appeared.
#[derive(Debug, Clone, Copy)]
pub struct JournalPublication<'a> {
    /// The DOIs that its own source names, in one field.
    pub doi: Option<&'a str>,
    /// The reference that its own source gives.
    pub journal_ref: Option<&'a str>,
    /// What others say of an article that came later.
    pub later: Option<&'a ArticleOfPreprint>,
}

impl<'a> JournalPublication<'a> {
    /// The DOI of its article, which is not that of a preprint. Its own source knows best.
    pub fn article_doi(self) -> Option<Doi> {
        let later = || self.later.and_then(|later| later.doi.as_deref()).and_then(article_doi);
        self.doi.and_then(article_doi).or_else(later)
    }

    /// The journal, and where in it, as somebody wrote it.
    pub fn journal_citation(self) -> Option<&'a str> {
        let is_journal = |reference: &&str| reference_names_venue(reference);
        let later = || self.later.and_then(|later| later.journal_ref.as_deref());
        self.journal_ref.filter(is_journal).or_else(|| later().filter(is_journal))
    }

    /// Whether it is known to have appeared.
    pub fn is_known_to_have_appeared(self) -> bool {
        self.later.is_some() || self.journal_citation().is_some() || self.article_doi().is_some()
    }
}

impl<'a> From<&'a Paper> for JournalPublication<'a> {
    fn from(paper: &'a Paper) -> Self {
        Self {
            doi: paper.doi.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            later: paper.later_article.as_ref(),
        }
    }
}

/// Whether a work that was known as `before` has appeared in a journal by what is known of it `after`. Only a preprint can:
/// an article whose journal or DOI comes late was one all along. A preprint appears once, whatever is learnt of it then.
pub fn is_newly_published<'a>(
    id: &PaperId,
    before: impl Into<JournalPublication<'a>>,
    after: impl Into<JournalPublication<'a>>,
) -> bool {
    id.is_preprint() && !before.into().is_known_to_have_appeared() && after.into().is_known_to_have_appeared()
}

/// A preprint with what another source's description of the same work says of its article, if that has a journal's DOI and
/// the preprint's own source names neither a DOI nor a journal. What was said of the article first stays.
#[must_use]
pub fn add_article_to_preprint(preprint: Paper, described: &Paper) -> Paper {
    let described_doi = described.doi.as_deref().and_then(article_doi);
    let described_doi = described_doi.or_else(|| described.id.as_doi().filter(is_article_doi));
    let own = JournalPublication { later: None, ..JournalPublication::from(&preprint) };
    let has_own = own.is_known_to_have_appeared();
    let Some(doi) = described_doi.filter(|_| preprint.id.is_preprint() && !has_own) else { return preprint };
    let journal = described.journal_ref.as_deref().filter(|reference| reference_names_venue(reference));
    let known = preprint.later_article.clone().unwrap_or_default();
    let later_article = Some(ArticleOfPreprint {
        doi: known.doi.or_else(|| Some(doi.as_str().to_owned())),
        journal_ref: known.journal_ref.or_else(|| journal.map(str::to_owned)),
    });
    Paper { later_article, ..preprint }
}

impl Paper {
    /// The DOI of the article that this preprint became, if that is known.
    pub fn article_doi(&self) -> Option<Doi> {
        self.id.is_preprint().then(|| JournalPublication::from(self).article_doi()).flatten()
    }

    /// Where the article is that this preprint became, if its DOI is known.
    pub fn article_url(&self) -> Option<String> {
        self.article_doi().map(|doi| doi.resolver_url())
    }

    /// The journal that this preprint appeared in, and where in it, as somebody wrote it.
    pub fn article_journal(&self) -> Option<&str> {
        self.id.is_preprint().then(|| JournalPublication::from(self).journal_citation()).flatten()
    }
}

impl PaperId {
    /// Whether it is arXiv's or another server's of preprints.
    pub fn is_preprint(&self) -> bool {
        self.as_arxiv_id().is_some()
            || self.as_doi().is_some_and(|doi| doi.kind_by_prefix() == DoiKind::Preprint)
    }
}

/// The first DOI of an article in a field that may name several.
fn article_doi(field: &str) -> Option<Doi> {
    parse_dois_in_field(field).into_iter().find(is_article_doi)
}

fn is_article_doi(doi: &Doi) -> bool {
    doi.kind_by_prefix() == DoiKind::Article
}

/// Whether a reference names a journal, a conference or a book.
fn reference_names_venue(reference: &str) -> bool {
    let lower = reference.trim().to_lowercase();
    let begins_with =
        |name: &str| lower.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    !lower.is_empty() && !NO_JOURNALS.iter().any(|name| begins_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper_fixture::paper_with_only_id;

    const PREPRINT: &str = "arxiv:2503.20246";
    const JOURNAL: &str = "10.1038/s41586-024-07956-2";

    fn sample_journal_publication<'a>(doi: &'a str, journal_ref: &'a str) -> JournalPublication<'a> {
        let said = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        JournalPublication { doi: said(doi), journal_ref: said(journal_ref), later: None }
    }

    #[test]
    fn a_preprint_appears_once_and_in_a_journal() {
        for (id, before, after, is_published) in [
            (PREPRINT, ("", ""), (JOURNAL, ""), true),
            (PREPRINT, ("", ""), ("", "Nature 1, 2"), true),
            (PREPRINT, ("10.48550/arXiv.2503.20246", "arXiv:2503.20246"), (JOURNAL, ""), true),
            (PREPRINT, ("10.5281/zenodo.1", ""), ("10.5281/zenodo.1 10.1000/1", ""), true),
            ("doi:10.1101/743294", ("10.1101/743294v1", "bioRxiv"), ("10.1101/743294", "Cell 3"), true),
            (PREPRINT, ("", ""), ("10.48550/arXiv.2503.20246", ""), false),
            (PREPRINT, ("", ""), ("10.21203/rs.3.rs-123456/v1", ""), false),
            (PREPRINT, ("", ""), ("", "CoRR abs/2503.20246"), false),
            (PREPRINT, ("", ""), ("", "Submitted to Nature"), false),
            (PREPRINT, ("", ""), ("none yet", " "), false),
            (PREPRINT, ("", "Nature 1, 2"), (JOURNAL, "Nature 1, 2"), false),
            (PREPRINT, (JOURNAL, ""), ("10.1000/2", "Nature 1, 2"), false),
            ("doi:10.1000/1", ("", ""), ("10.1000/1", "A Journal"), false),
            ("url:https://example.org/1", ("", ""), ("10.1000/1", "A Journal"), false),
        ] {
            let id = PaperId::from_stored(id.to_owned());
            let (before, after) = (
                sample_journal_publication(before.0, before.1),
                sample_journal_publication(after.0, after.1),
            );
            assert_eq!(is_newly_published(&id, before, after), is_published, "{id} {before:?} {after:?}");
        }
        let later = ArticleOfPreprint::default();
        let known = JournalPublication { later: Some(&later), ..sample_journal_publication("", "") };
        let id = PaperId::from_stored(PREPRINT.to_owned());
        assert!(
            !is_newly_published(&id, known, sample_journal_publication(JOURNAL, "")),
            "what others said of it counts"
        );
    }

    #[test]
    fn what_another_source_says_first_of_an_article_stays_and_its_own_source_knows_best() {
        let preprint = paper_with_only_id(PaperId::from_stored(PREPRINT.to_owned()));
        let of = |doi: &str, journal_ref: Option<&str>| Paper {
            id: PaperId::from_link(doi).unwrap(),
            doi: Some(doi.to_owned()),
            journal_ref: journal_ref.map(str::to_owned),
            ..preprint.clone()
        };
        let first = add_article_to_preprint(preprint.clone(), &of("10.1000/A", None));
        assert_eq!(first.article_url().as_deref(), Some("https://doi.org/10.1000/A"));
        assert_eq!(first.article_journal(), None);
        let both = add_article_to_preprint(first, &of("10.1000/B", Some("A Journal")));
        assert_eq!(both.article_url().as_deref(), Some("https://doi.org/10.1000/A"));
        assert_eq!(both.article_journal(), Some("A Journal"));
        let own = Paper { doi: Some("10.1000/c".to_owned()), ..both.clone() };
        assert_eq!(own.article_url().as_deref(), Some("https://doi.org/10.1000/c"));
        for described in [of("10.1101/743294", Some("bioRxiv")), of("10.48550/arXiv.2503.20246", None)] {
            assert_eq!(add_article_to_preprint(preprint.clone(), &described), preprint);
        }
        let article = of("10.1000/a", None);
        assert_eq!(
            add_article_to_preprint(article.clone(), &of("10.1000/b", None)),
            article,
            "it is no preprint"
        );
    }
}
