//! A description ready to be compared, and the comparison.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::author_names::{AuthorName, count_shared_authors};
use super::normalized_title::NormalizedTitle;
use super::title_author_match::{AuthorEvidence, TitleAndAuthorMatch};
use super::work_comparison_result::WorkComparison;
use super::work_identifier::{WorkIdentifier, WorkIdentifierNamespace};
use super::work_metadata::WorkDescription;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The longest time between a preprint and its article: four years.
const APART_SECONDS_MAX: i64 = (4 * 365 + 1) * DAY_SECONDS;

/// How much older than its preprint an article may be: 60 days.
const ARTICLE_BEFORE_SECONDS_MAX: i64 = 60 * DAY_SECONDS;

/// How much older it may be if both have the same authors in the same order: nine months. Of 1,006 preprints whose
/// articles their own records name, 140 came more than 60 days after the article; the first two works that are taken
/// for one by this came 300 days apart.
const ARTICLE_BEFORE_SECONDS_MAX_IF_SAME_AUTHORS: i64 = 270 * DAY_SECONDS;

/// From here on titles are worth a hint, in percent.
const SIMILAR_PERCENT_MIN: u8 = 90;

/// No title is compared further than this: the longest have some 400 characters.
const COMPARED_CHARS_MAX: usize = 500;

/// A description with its titles and names in the forms in which they are compared.
#[derive(Debug)]
pub(super) struct PreparedWork {
    identifiers: BTreeSet<WorkIdentifier>,
    namespaces: BTreeSet<WorkIdentifierNamespace>,
    titles: BTreeSet<NormalizedTitle>,
    authors: Vec<AuthorName>,
    appeared: Option<Timestamp>,
}

impl PreparedWork {
    pub(super) fn new(work: &WorkDescription) -> Self {
        let identifiers: BTreeSet<WorkIdentifier> = work.identifiers.iter().cloned().collect();
        Self {
            namespaces: identifiers.iter().filter_map(WorkIdentifier::namespace).collect(),
            identifiers,
            titles: work.titles.iter().map(|title| NormalizedTitle::new(title)).collect(),
            authors: work.authors.iter().filter_map(|name| AuthorName::new(name)).collect(),
            appeared: work.appeared,
        }
    }

    pub(super) fn compare_to_other_work(&self, other: &Self) -> WorkComparison {
        if let Some(identifier) = self.shared_identifier(other) {
            return WorkComparison::SameByIdentifier(identifier.clone());
        }
        match self.strong_evidence(other) {
            Some(evidence) => WorkComparison::SameByEvidence(evidence),
            None => self.title_similarity_hint(other),
        }
    }

    /// The first of the identifiers that both have.
    pub(super) fn shared_identifier<'k>(&'k self, other: &'k Self) -> Option<&'k WorkIdentifier> {
        if self.has_different_arxiv_id(other) {
            None
        } else {
            self.identifiers.intersection(&other.identifiers).next()
        }
    }

    /// Whether both are on arXiv under different identifiers.
    pub(super) fn has_different_arxiv_id(&self, other: &Self) -> bool {
        let on_arxiv = |work: &Self| {
            work.identifiers
                .iter()
                .filter(|identifier| identifier.is_arxiv())
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        let (own, others) = (on_arxiv(self), on_arxiv(other));
        !own.is_empty() && !others.is_empty() && own.is_disjoint(&others)
    }

    /// What speaks for one work without an identifier in common; none if it is not enough.
    pub(super) fn strong_evidence(&self, other: &Self) -> Option<TitleAndAuthorMatch> {
        let is_notice_about_other_work =
            |work: &Self| work.titles.iter().any(NormalizedTitle::is_notice_about_other_work);
        if is_notice_about_other_work(self)
            || is_notice_about_other_work(other)
            || !self.namespaces.is_disjoint(&other.namespaces)
        {
            return None;
        }
        let title = self.titles.intersection(&other.titles).find(|title| title.is_specific())?;
        let authors = self.author_evidence(other)?;
        let days = self.plausible_days_apart(other)?;
        Some(TitleAndAuthorMatch { authors, days, title: title.as_str().to_owned() })
    }

    /// Whether neither a title nor an author speaks for one work.
    pub(super) fn has_nothing_in_common(&self, other: &Self) -> bool {
        let name_authors = !self.authors.is_empty() && !other.authors.is_empty();
        name_authors
            && count_shared_authors(&self.authors, &other.authors) == 0
            && self.titles.is_disjoint(&other.titles)
            && self.title_similarity_hint(other) == WorkComparison::Different
    }

    fn author_evidence(&self, other: &Self) -> Option<AuthorEvidence> {
        let (first, other_first) = (self.authors.first()?, other.authors.first()?);
        if first.may_be_same_person(other_first) {
            let longer = [&first.shown, &other_first.shown]
                .into_iter()
                .max_by_key(|name| (name.chars().count(), *name));
            return longer.cloned().map(AuthorEvidence::FirstAuthor);
        }
        let of = self.authors.len().min(other.authors.len());
        let shared = count_shared_authors(&self.authors, &other.authors);
        (shared * 2 >= of).then_some(AuthorEvidence::SharedAuthors { shared, of })
    }

    /// How many days after the preprint the article appeared, or one of two of a kind after the other; none if that
    /// does not fit one work.
    fn plausible_days_apart(&self, other: &Self) -> Option<i64> {
        let seconds = other.appeared?.as_second() - self.appeared?.as_second();
        let seconds = match (self.is_preprint(), other.is_preprint()) {
            (true, false) => seconds,
            (false, true) => -seconds,
            (true, true) | (false, false) => seconds.abs(),
        };
        let before_max = if self.has_same_authors(other) {
            ARTICLE_BEFORE_SECONDS_MAX_IF_SAME_AUTHORS
        } else {
            ARTICLE_BEFORE_SECONDS_MAX
        };
        let fits = (-before_max..=APART_SECONDS_MAX).contains(&seconds);
        fits.then_some(seconds / DAY_SECONDS)
    }

    /// Whether both name the same authors, all of them and in the same order.
    fn has_same_authors(&self, other: &Self) -> bool {
        let (own, others) = (&self.authors, &other.authors);
        own.len() == others.len() && own.iter().zip(others).all(|(own, other)| own.may_be_same_person(other))
    }

    fn is_preprint(&self) -> bool {
        self.namespaces.iter().any(|namespace| match namespace {
            WorkIdentifierNamespace::Arxiv | WorkIdentifierNamespace::PreprintServer(_) => true,
            WorkIdentifierNamespace::Journal | WorkIdentifierNamespace::Site(_) => false,
        })
    }

    /// How similar the most similar of their titles are, if that is worth a hint.
    fn title_similarity_hint(&self, other: &Self) -> WorkComparison {
        let pairs = self.titles.iter().flat_map(|one| other.titles.iter().map(move |other| (one, other)));
        let specific = pairs.filter(|(one, other)| one.is_specific() && other.is_specific());
        let percent =
            specific.filter_map(|(one, other)| similarity_percent(one.as_str(), other.as_str())).max();
        percent.map_or(WorkComparison::Different, |percent| WorkComparison::Similar { percent })
    }
}

/// How similar two titles are, in percent of the letters of the longer one that need no change; none if that is not
/// much.
pub(super) fn similarity_percent(one: &str, other: &str) -> Option<u8> {
    let cut = |text: &str| text.chars().take(COMPARED_CHARS_MAX).collect::<Vec<char>>();
    let (one, other) = (cut(one), cut(other));
    let length = one.len().max(other.len());
    let unlike = |changes: usize| changes * 100 > length * usize::from(100 - SIMILAR_PERCENT_MIN);
    if length == 0 || unlike(one.len().abs_diff(other.len())) {
        return None;
    }
    let changes = strsim::generic_levenshtein(&one, &other);
    if unlike(changes) { None } else { u8::try_from(100 - (changes * 100).div_ceil(length)).ok() }
}
