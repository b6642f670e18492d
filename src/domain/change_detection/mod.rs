//! Whether a paper that a source shows is worth reporting, and what it changes in the history.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use jiff::{Timestamp, tz::TimeZone};

use super::paper_addenda::{PaperAddenda, merge_addenda};
use super::{ArticleOfPreprint, Paper, Revision, Version, is_estimated, mark_estimated};

/// Why a paper is worth reporting, the reason that says the most of it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// The topic has not seen the paper before.
    New,
    /// The topic has seen the preprint, which has appeared in a journal since.
    Published,
    /// The topic has seen an earlier version of it.
    Replacement,
}

/// How far a topic has come with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicBackfillPhase {
    /// No poll has been complete yet, and nothing was imported: what is found is filled in silently.
    Backfill,
    /// The topic has a history, so what is not in it is news.
    Established,
}

/// Where the metadata of a paper in the history came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataOrigin {
    /// A source gave all of it.
    Source,
    /// The paper was read from an existing list: no authors, no categories, and a day for its date.
    List,
}

/// What the history has of a paper, as far as that decides what one that is shown adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPaperState {
    /// The state that is there.
    pub revision: Revision,
    /// When the recorded state was submitted.
    pub updated: Timestamp,
    /// What may have been added to it since.
    pub addenda: PaperAddenda,
    /// Where all that came from.
    pub origin: MetadataOrigin,
}

/// What a shown paper changes in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedPaperChange {
    /// The recorded paper becomes as it is shown, but for its date and for what was not said of it: that stays.
    Replace {
        /// When its version was submitted.
        updated: Timestamp,
        /// What is known of an article that came later.
        later_article: Option<ArticleOfPreprint>,
    },
    /// The recorded paper gets what was not known of it and is shown now; all else stays.
    FillGaps,
    /// The recorded version gets these; all else of it stays.
    Amend(PaperAddenda),
}

impl RecordedPaperChange {
    /// What it says of an article that came later.
    pub fn later_article(&self) -> Option<&ArticleOfPreprint> {
        match self {
            Self::Amend(addenda) => addenda.later_article.as_ref(),
            Self::Replace { later_article, .. } => later_article.as_ref(),
            Self::FillGaps => None,
        }
    }
}

/// What a topic has seen of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The highest version that it was shown; none if none had a number.
    pub version: Option<Version>,
    /// Whether a complete poll has been through since. Only then may it end the paging of a later one.
    pub is_settled: bool,
    /// Whether an article of the paper is known that the topic has not been shown: another one's first contact brought it.
    pub lacks_article: bool,
}

/// What is to be done about one paper that was shown to one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectedChange {
    /// What it changes in the history; none if the history has it so already.
    pub change: Option<RecordedPaperChange>,
    /// Whether the topic sees it, or this version of it, for the first time.
    pub is_first_sighting: bool,
    /// Why the paper is news, if it is.
    pub news: Option<News>,
    /// Whether it has appeared in a journal since it was known. That is to be announced wherever it was.
    pub is_published: bool,
}

/// Judges one shown paper against what the history has of it and what the topic has seen of it.
///
/// A paper that a person put into a list counts as known in the version that the source shows first: rows often name
/// none. The version decides, never a date: the same version has been seen with two `updated` times, and
/// there the first one stays. An older version that shows up late changes nothing. Of a source without numbers the
/// content decides: if it differs, it takes the place of what is known in silence, for a corrected title is no
/// replacement, and the date stays.
pub fn detect_change(
    shown: &Paper,
    recorded: Option<&StoredPaperState>,
    sighting: Option<Sighting>,
    contact: TopicBackfillPhase,
) -> DetectedChange {
    let news = news_of_paper_for_topic(shown, sighting);
    let is_by_hand = recorded.is_some_and(|recorded| recorded.origin == MetadataOrigin::List)
        && sighting.is_some_and(|seen| !seen.is_settled);
    // That a source with numbers shows it as well is no replacement.
    let is_renumbered = sighting.is_some_and(|seen| seen.version.is_none());
    let is_established = contact == TopicBackfillPhase::Established;
    let change = match recorded {
        Some(recorded) => change_from_source(shown, recorded),
        None => Some(change_adding_new_paper(shown)),
    };
    let is_published = sighting.is_some_and(|seen| seen.lacks_article)
        || recorded.is_some_and(|recorded| is_newly_published_by_change(change.as_ref(), recorded));
    DetectedChange {
        change,
        is_first_sighting: news.is_some(),
        news: news.filter(|_| is_established && !is_by_hand && !is_renumbered),
        is_published: is_established && is_published,
    }
}

/// What a paper of an existing list changes: it is never news, and no list overrules what its source said of the
/// same version.
pub fn detect_change_from_list(
    listed: &Paper,
    recorded: Option<&StoredPaperState>,
    sighting: Option<Sighting>,
) -> DetectedChange {
    let change = match recorded {
        Some(recorded) => change_from_list(listed, recorded),
        None => Some(change_adding_new_paper(listed)),
    };
    let is_first_sighting = news_of_paper_for_topic(listed, sighting).is_some();
    DetectedChange { change, is_first_sighting, news: None, is_published: false }
}

/// The change that a paper is which the history does not have.
fn change_adding_new_paper(paper: &Paper) -> RecordedPaperChange {
    RecordedPaperChange::Replace { updated: paper.updated, later_article: paper.later_article.clone() }
}

/// Whether a preprint has appeared in a journal since it was recorded. What is shown of one from a list may have been
/// known for long.
fn is_newly_published_by_change(change: Option<&RecordedPaperChange>, recorded: &StoredPaperState) -> bool {
    recorded.origin == MetadataOrigin::Source
        && recorded.addenda.later_article.is_none()
        && change.is_some_and(|change| change.later_article().is_some())
}

/// What a topic has not seen of a paper before.
fn news_of_paper_for_topic(shown: &Paper, sighting: Option<Sighting>) -> Option<News> {
    match sighting {
        None => Some(News::New),
        Some(seen) if shown.revision.version_if_numbered() > seen.version => Some(News::Replacement),
        Some(_) => None,
    }
}

/// How one state of a paper is to another: a later version is greater. A source with numbers knows better than one
/// without, and of two without numbers neither is the later one.
fn compare_revision_age(shown: Revision, recorded: Revision) -> Ordering {
    shown.version_if_numbered().cmp(&recorded.version_if_numbered())
}

/// What a paper that a source shows adds to the recorded one; none if that is nothing.
fn change_from_source(shown: &Paper, recorded: &StoredPaperState) -> Option<RecordedPaperChange> {
    let replaced_at = |updated| RecordedPaperChange::Replace {
        updated,
        later_article: match recorded.origin {
            MetadataOrigin::Source => merge_addenda(shown, &recorded.addenda).later_article,
            MetadataOrigin::List => recorded.addenda.later_article.clone(),
        },
    };
    match (compare_revision_age(shown.revision, recorded.revision), recorded.origin) {
        (Ordering::Greater, _) => Some(replaced_at(shown.updated)),
        // A paper from a list gains all that the source says of it. When a version was submitted is known to whom
        // numbers them; without numbers a date may be of any state, and gains no more than the time of its day.
        (Ordering::Equal, MetadataOrigin::List) => {
            let is_open = shown.revision.version_if_numbered().is_some()
                || is_estimated(recorded.updated)
                || utc_date(shown.updated) == utc_date(recorded.updated);
            Some(replaced_at(if is_open { shown.updated } else { recorded.updated }))
        }
        (Ordering::Equal, MetadataOrigin::Source) if shown.revision != recorded.revision => {
            Some(replaced_at(recorded.updated))
        }
        (Ordering::Equal, MetadataOrigin::Source) => {
            let latest = merge_addenda(shown, &recorded.addenda);
            (latest != recorded.addenda).then_some(RecordedPaperChange::Amend(latest))
        }
        // Without categories no source has spoken of it yet.
        (Ordering::Less, MetadataOrigin::List) if recorded.addenda.categories.is_empty() => {
            Some(RecordedPaperChange::FillGaps)
        }
        (Ordering::Less, MetadataOrigin::List | MetadataOrigin::Source) => None,
    }
}

/// What a paper of a list adds to the recorded one; none if that is nothing.
fn change_from_list(listed: &Paper, recorded: &StoredPaperState) -> Option<RecordedPaperChange> {
    let replaced_at = |updated| {
        let later_article = recorded.addenda.later_article.clone().or_else(|| listed.later_article.clone());
        Some(RecordedPaperChange::Replace { updated, later_article })
    };
    match (compare_revision_age(listed.revision, recorded.revision), recorded.origin) {
        (Ordering::Greater, origin) => {
            // No version is older than the one before it.
            let is_impossible =
                origin == MetadataOrigin::Source && utc_date(listed.updated) < utc_date(recorded.updated);
            let is_open = is_impossible || is_estimated(listed.updated);
            replaced_at(if is_open { mark_estimated(recorded.updated) } else { listed.updated })
        }
        (Ordering::Equal, MetadataOrigin::List) => {
            let is_open = is_estimated(recorded.updated);
            replaced_at(if is_open { listed.updated } else { recorded.updated })
        }
        (Ordering::Less, MetadataOrigin::List) => Some(RecordedPaperChange::FillGaps),
        // arXiv says of each version whether it has a comment, so one without has none.
        (Ordering::Less | Ordering::Equal, MetadataOrigin::Source) => None,
    }
}

fn utc_date(moment: Timestamp) -> jiff::civil::Date {
    moment.to_zoned(TimeZone::UTC).date()
}
