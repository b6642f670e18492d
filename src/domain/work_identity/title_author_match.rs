//! Why two descriptions without an identifier in common were taken for one work: to be stored, shown and undone.

use crate::domain::count_of;
use std::fmt;

/// Strong evidence that two descriptions are of one work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TitleAndAuthorMatch {
    /// What their authors have in common.
    pub authors: AuthorEvidence,
    /// How many days after the preprint the article appeared, which may be before it. If both are preprints or neither
    /// is, how many days after the earlier one the later one did.
    pub days: i64,
    /// The title that both have or had, in the form in which titles are compared.
    pub title: String,
}

/// What two lists of authors have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthorEvidence {
    /// The first author, by surname and first letter; the longer writing of the name.
    FirstAuthor(String),
    /// How many of the authors of the shorter list are on the other one.
    SharedAuthors {
        /// At least half of `of`.
        shared: usize,
        /// How many the shorter list has.
        of: usize,
    },
}

/// What parts the fields where evidence is stored. No field has one in it.
const SEPARATOR: char = '\t';

/// Days in a month and in a year, for words.
const MONTH_DAYS: f64 = 30.44;
const YEAR_DAYS: f64 = 365.25;

/// From here on a time is said in months, and in years.
const IN_MONTHS: u64 = 61;
const IN_YEARS: u64 = 700;

impl TitleAndAuthorMatch {
    /// The evidence as one line from which [`Self::from_stored`] reads it.
    pub fn to_stored(&self) -> String {
        let authors = match &self.authors {
            AuthorEvidence::FirstAuthor(name) => format!("first{SEPARATOR}{name}"),
            AuthorEvidence::SharedAuthors { shared, of } => format!("shared{SEPARATOR}{shared}/{of}"),
        };
        format!("{authors}{SEPARATOR}{}{SEPARATOR}{}", self.days, self.title)
    }

    /// Evidence that [`Self::to_stored`] gave out before; none for any other text.
    pub fn from_stored(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(SEPARATOR).collect();
        let [kind, authors, days, title] = fields.as_slice() else { return None };
        let authors = match *kind {
            "first" => AuthorEvidence::FirstAuthor((*authors).to_owned()),
            "shared" => {
                let (shared, of) = authors.split_once('/')?;
                AuthorEvidence::SharedAuthors { shared: shared.parse().ok()?, of: of.parse().ok()? }
            }
            _ => return None,
        };
        Some(Self { authors, days: days.parse().ok()?, title: (*title).to_owned() })
    }
}

/// One sentence without its end: `same title, first author Ada Lovelace, 7 months later`.
impl fmt::Display for TitleAndAuthorMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("same title, ")?;
        match &self.authors {
            AuthorEvidence::FirstAuthor(name) => write!(f, "first author {name}, ")?,
            AuthorEvidence::SharedAuthors { shared, of } if shared == of && *of > 1 => {
                write!(f, "all {of} authors of the shorter list on the other, ")?;
            }
            AuthorEvidence::SharedAuthors { of: 1, .. } => {
                f.write_str("the only author of one among the other's, ")?;
            }
            AuthorEvidence::SharedAuthors { shared, of } => write!(f, "{shared} of {of} authors shared, ")?,
        }
        match self.days {
            0 => f.write_str("on the same day"),
            days if days > 0 => write!(f, "{} later", days_in_words(days.unsigned_abs())),
            days => write!(f, "{} earlier", days_in_words(days.unsigned_abs())),
        }
    }
}

fn days_in_words(days: u64) -> String {
    let count = |unit: f64| {
        #[expect(clippy::cast_precision_loss, reason = "far fewer days than that")]
        let days = days as f64;
        (days / unit).round()
    };
    match days {
        days if days < IN_MONTHS => count_of(days, "day"),
        days if days < IN_YEARS => format!("{} months", count(MONTH_DAYS)),
        _ => format!("{} years", count(YEAR_DAYS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_first_author_evidence(days: i64) -> TitleAndAuthorMatch {
        let authors = AuthorEvidence::FirstAuthor("Ada Lovelace".to_owned());
        TitleAndAuthorMatch { authors, days, title: "notes on the analytical engine".to_owned() }
    }

    fn shared(shared: usize, of: usize) -> TitleAndAuthorMatch {
        TitleAndAuthorMatch {
            authors: AuthorEvidence::SharedAuthors { shared, of },
            ..sample_first_author_evidence(3)
        }
    }

    #[test]
    fn evidence_is_said_in_one_sentence() {
        for (evidence, sentence) in [
            (sample_first_author_evidence(213), "same title, first author Ada Lovelace, 7 months later"),
            (sample_first_author_evidence(0), "same title, first author Ada Lovelace, on the same day"),
            (sample_first_author_evidence(1), "same title, first author Ada Lovelace, 1 day later"),
            (sample_first_author_evidence(60), "same title, first author Ada Lovelace, 60 days later"),
            (sample_first_author_evidence(61), "same title, first author Ada Lovelace, 2 months later"),
            (sample_first_author_evidence(-45), "same title, first author Ada Lovelace, 45 days earlier"),
            (sample_first_author_evidence(1_100), "same title, first author Ada Lovelace, 3 years later"),
            (shared(3, 5), "same title, 3 of 5 authors shared, 3 days later"),
            (shared(2, 2), "same title, all 2 authors of the shorter list on the other, 3 days later"),
            (shared(1, 1), "same title, the only author of one among the other's, 3 days later"),
        ] {
            assert_eq!(evidence.to_string(), sentence);
        }
    }

    #[test]
    fn evidence_is_read_back_as_it_was_stored_and_nothing_else_is_read() {
        for evidence in [sample_first_author_evidence(-45), sample_first_author_evidence(0), shared(3, 5)] {
            assert_eq!(TitleAndAuthorMatch::from_stored(&evidence.to_stored()), Some(evidence));
        }
        assert_eq!(
            sample_first_author_evidence(7).to_stored(),
            "first\tAda Lovelace\t7\tnotes on the analytical engine",
            "what is stored stays readable"
        );
        for text in [
            "",
            "first\tAda\t7",
            "first\tAda\tx\tt",
            "shared\t3\t7\tt",
            "last\tAda\t7\tt",
            "first\ta\t1\tb\tc",
        ] {
            assert_eq!(TitleAndAuthorMatch::from_stored(text), None, "{text:?}");
        }
    }
}
