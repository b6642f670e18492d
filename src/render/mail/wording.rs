//! The sentences of a mail that are not its papers': subject, counts, dates.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::sanitize::truncate_words;
use crate::domain::{Digest, DigestPaper, DigestPart, News, Section};
use crate::render::chat_phrases::{self, group_digits};

/// How much of a topic's or a subscription's name is shown.
pub(super) const NAME_CHARS_MAX: usize = 60;

/// How many papers are new and how many replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewsCounts {
    new: usize,
    replaced: usize,
}

impl NewsCounts {
    pub(super) fn count_news<'a>(papers: impl IntoIterator<Item = &'a DigestPaper>) -> Self {
        papers.into_iter().fold(Self { new: 0, replaced: 0 }, |counts, paper| match paper.news {
            News::New => Self { new: counts.new + 1, ..counts },
            News::Replacement => Self { replaced: counts.replaced + 1, ..counts },
        })
    }

    pub(super) fn of_digest(digest: &Digest) -> Self {
        Self::count_news(digest.sections.iter().flat_map(|section| &section.papers))
    }

    /// `4 new papers, 1 replaced`; `2 replaced papers`; `no new papers`.
    pub(super) fn count_sentence(self) -> String {
        match (self.new, self.replaced) {
            (0, 0) => "no new papers".to_owned(),
            (0, 1) => "1 replaced paper".to_owned(),
            (0, replaced) => format!("{} replaced papers", group_digits(replaced)),
            (new, replaced) => {
                let noun = if new == 1 { "paper" } else { "papers" };
                let also = if replaced == 0 {
                    String::new()
                } else {
                    format!(", {} replaced", group_digits(replaced))
                };
                format!("{} new {noun}{also}", group_digits(new))
            }
        }
    }

    /// `4 new, 1 replaced`, for a line among others of its kind.
    pub(super) fn count_phrase(self) -> String {
        let counts = [(self.new, "new"), (self.replaced, "replaced")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, word)| format!("{} {word}", group_digits(*count))).collect::<Vec<_>>().join(", ")
    }
}

/// `Image Classification: 4 new papers, 1 replaced (26 March 2025, 2 of 3)`.
pub(super) fn subject_line(digest: &Digest, part: DigestPart) -> String {
    let date = chat_phrases::long_date(digest.composed, &digest.zone);
    let place = if part.of > 1 { format!(", {} of {}", part.number, part.of) } else { String::new() };
    let what = topics_phrase(digest).unwrap_or_else(|| truncate_words(&digest.subscription, NAME_CHARS_MAX));
    format!("{what}: {} ({date}{place})", NewsCounts::of_digest(digest).count_sentence())
}

/// The one good line of a digest that has no papers.
pub(super) fn no_news_sentence(digest: &Digest) -> String {
    let what = topics_phrase(digest).unwrap_or_else(|| "your topics".to_owned());
    format!("Nothing new on {what} since the last digest.")
}

/// `Image Classification`, `Graphs and Image Classification`, `Graphs and 4 more topics`; none if the
/// digest names none.
fn topics_phrase(digest: &Digest) -> Option<String> {
    let with_papers: Vec<&Section> = sections_with_papers(digest).collect();
    let named = if with_papers.is_empty() { digest.sections.iter().collect() } else { with_papers };
    let name = |section: &Section| truncate_words(&section.topic, NAME_CHARS_MAX);
    match named.as_slice() {
        [] => None,
        [only] => Some(name(only)),
        [first, second] => Some(format!("{} and {}", name(first), name(second))),
        [first, rest @ ..] => Some(format!("{} and {} more topics", name(first), rest.len())),
    }
}

/// The sections that have papers.
pub(super) fn sections_with_papers(digest: &Digest) -> impl Iterator<Item = &Section> {
    digest.sections.iter().filter(|section| !section.papers.is_empty())
}

/// `26 Mar 2025`.
pub(super) fn short_date(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string()
}
