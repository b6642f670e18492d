//! The fields that arXiv searches.

use std::fmt;

use strsim::osa_distance;

/// A field of arXiv's search, but for the dates.
/// Source: <https://info.arxiv.org/help/api/user-manual.html#query_details>; `doi` and the longer
/// name `title` are in arXiv's code only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain) enum QueryField {
    Title,
    Author,
    Abstract,
    Comment,
    JournalRef,
    Category,
    ReportNumber,
    Id,
    Doi,
    All,
}

/// The dates' field; its value is a span and not a text.
pub(super) const SUBMITTED: &str = "submittedDate";

/// The name that arXiv quietly reads as [`SUBMITTED`], which is not what it says.
pub(super) const LAST_UPDATED: &str = "lastUpdatedDate";

/// The names that arXiv takes, as they are listed to a reader.
pub(super) const LISTED: &str = "ti, au, abs, co, jr, cat, rn, id, doi, all, submittedDate";

/// Every name that arXiv takes for a text field.
const NAMES: [(&str, QueryField); 11] = [
    ("ti", QueryField::Title),
    ("title", QueryField::Title),
    ("au", QueryField::Author),
    ("abs", QueryField::Abstract),
    ("co", QueryField::Comment),
    ("jr", QueryField::JournalRef),
    ("cat", QueryField::Category),
    ("rn", QueryField::ReportNumber),
    ("id", QueryField::Id),
    ("doi", QueryField::Doi),
    ("all", QueryField::All),
];

/// Names that people try, and what arXiv calls them.
const TRIED: [(&str, &str); 16] = [
    ("abstract", "abs"),
    ("summary", "abs"),
    ("author", "au"),
    ("authors", "au"),
    ("name", "au"),
    ("category", "cat"),
    ("categories", "cat"),
    ("primary", "cat"),
    ("comment", "co"),
    ("comments", "co"),
    ("journal", "jr"),
    ("journal_ref", "jr"),
    ("report", "rn"),
    ("any", "all"),
    ("date", SUBMITTED),
    ("submitted", SUBMITTED),
];

impl QueryField {
    /// The field of that name, in arXiv's own case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }

    /// The name that is sent.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Title => "ti",
            Self::Author => "au",
            Self::Abstract => "abs",
            Self::Comment => "co",
            Self::JournalRef => "jr",
            Self::Category => "cat",
            Self::ReportNumber => "rn",
            Self::Id => "id",
            Self::Doi => "doi",
            Self::All => "all",
        }
    }
}

impl fmt::Display for QueryField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether arXiv would read the beginning of this word as a field's name and its colon.
pub(super) fn begins_with_field_name(word: &str) -> bool {
    word.split_once(':').is_some_and(|(name, _)| {
        QueryField::from_name(name).is_some() || name == SUBMITTED || name == LAST_UPDATED
    })
}

/// The field's name that was most likely meant.
pub(super) fn suggest_query_field(name: &str) -> Option<&'static str> {
    const CHARS_MAX: usize = 20;
    if name.chars().count() > CHARS_MAX {
        return None;
    }
    let name = name.to_lowercase();
    if let Some((_, meant)) = TRIED.iter().find(|(tried, _)| *tried == name) {
        return Some(meant);
    }
    let close = if name.chars().count() <= 2 { 1 } else { 2 };
    let known = NAMES.iter().map(|(known, field)| (*known, field.name())).chain([(SUBMITTED, SUBMITTED)]);
    known
        .map(|(known, meant)| (osa_distance(&name, &known.to_lowercase()), meant))
        .filter(|(far, _)| *far <= close)
        .min_by_key(|(far, _)| *far)
        .map(|(_, meant)| meant)
}
