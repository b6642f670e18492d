//! The fields that arXiv searches.

use std::fmt;

use strsim::osa_distance;

/// A field of arXiv's search, but for the dates.
/// Source: <https://info.arxiv.org/help/api/user-manual.html#query_details>; `doi` and the longer
/// name `title` stand in arXiv's code only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field(&'static str);

/// The dates' field; its value is a span and not a text.
pub(super) const SUBMITTED: &str = "submittedDate";

/// The name that arXiv quietly reads as [`SUBMITTED`], which is not what it says.
pub(super) const LAST_UPDATED: &str = "lastUpdatedDate";

/// The names that arXiv takes, as they are listed to a reader.
pub(super) const LISTED: &str = "ti, au, abs, co, jr, cat, rn, id, doi, all, submittedDate";

/// Every name that arXiv takes for a text field, with the one that is sent.
const NAMES: [(&str, &str); 11] = [
    ("ti", "ti"),
    ("title", "ti"),
    ("au", "au"),
    ("abs", "abs"),
    ("co", "co"),
    ("jr", "jr"),
    ("cat", "cat"),
    ("rn", "rn"),
    ("id", "id"),
    ("doi", "doi"),
    ("all", "all"),
];

/// What arXiv calls a field, and the names that people try for it.
const TRIED: [(&str, &str); 8] = [
    ("abs", "abstract summary"),
    ("au", "author authors name"),
    ("cat", "category categories primary"),
    ("co", "comment comments"),
    ("jr", "journal journal_ref"),
    ("rn", "report"),
    ("all", "any"),
    (SUBMITTED, "date submitted"),
];

impl Field {
    /// Every field but the dates.
    pub(super) const ALL: Self = Self("all");

    /// The authors' names.
    pub(super) const AUTHOR: Self = Self("au");

    /// The field of that name, in arXiv's own case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, sent)| Self(sent))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether arXiv would read the beginning of this word as a field's name and its colon.
pub(super) fn begins_with_field(word: &str) -> bool {
    word.split_once(':').is_some_and(|(name, _)| {
        Field::from_name(name).is_some() || name == SUBMITTED || name == LAST_UPDATED
    })
}

/// The field's name that was most likely meant.
pub(super) fn did_you_mean(name: &str) -> Option<&'static str> {
    const CHARS_MAX: usize = 20;
    if name.chars().count() > CHARS_MAX {
        return None;
    }
    let name = name.to_lowercase();
    if let Some((meant, _)) = TRIED.iter().find(|(_, tried)| tried.split(' ').any(|tried| tried == name)) {
        return Some(meant);
    }
    let close = if name.chars().count() <= 2 { 1 } else { 2 };
    let known = NAMES.into_iter().chain([(SUBMITTED, SUBMITTED)]);
    known
        .map(|(known, meant)| (osa_distance(&name, &known.to_lowercase()), meant))
        .filter(|(far, _)| *far <= close)
        .min_by_key(|(far, _)| *far)
        .map(|(_, meant)| meant)
}
