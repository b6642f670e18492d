//! Where a work appeared, as far as its feed says.

use std::fmt;

use super::feed_field::FeedField;
use super::raw_feed::RawItem;

/// A journal, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalIssue {
    /// `The Journal of Pediatrics`, or the whole reference where the source has it in one piece.
    pub name: String,
    /// `203`
    pub volume: Option<String>,
    /// The number of the issue: `12`
    pub number: Option<String>,
    /// `68-75.e2`
    pub pages: Option<String>,
}

impl JournalIssue {
    /// What PRISM, or arXiv's reference, says.
    pub(super) fn from_item(item: &RawItem) -> Option<Self> {
        let name = item
            .first_field_text_as_line(FeedField::JournalName)
            .or_else(|| item.first_field_text_as_line(FeedField::JournalReference))?;
        let pages = item.first_field_text_as_line(FeedField::PageRange).or_else(|| {
            let first = item.first_field_text_as_line(FeedField::FirstPage)?;
            Some(match item.first_field_text_as_line(FeedField::LastPage) {
                Some(last) => format!("{first}-{last}"),
                None => first,
            })
        });
        Some(Self {
            name,
            volume: item.first_field_text_as_line(FeedField::Volume),
            number: item.first_field_text_as_line(FeedField::Number),
            pages,
        })
    }

    /// `Science, Volume 392, Issue 6790, Page 123-125, April 2026.`
    pub(super) fn parse_journal_citation(text: &str) -> Option<Self> {
        let (name, rest) = text.trim().trim_end_matches('.').split_once(", Volume ")?;
        let mut journal = Self { name: name.trim().to_owned(), ..Self::default() };
        for (at, part) in rest.split(", ").map(str::trim).enumerate() {
            let behind = |word: &str| part.strip_prefix(word).map(|value| value.trim().to_owned());
            if at == 0 {
                journal.volume = Some(part.to_owned());
            } else if let Some(number) = behind("Issue ").or_else(|| behind("Number ")) {
                journal.number = Some(number);
            } else if let Some(pages) = behind("Pages ").or_else(|| behind("Page ")) {
                journal.pages = Some(pages);
            }
        }
        Some(journal)
    }
}

impl fmt::Display for JournalIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(volume) = &self.volume {
            write!(f, " {volume}")?;
        }
        if let Some(number) = &self.number {
            write!(f, " ({number})")?;
        }
        if let Some(pages) = &self.pages {
            write!(f, ", {pages}")?;
        }
        Ok(())
    }
}
