//! The sentences of a mail that are not its papers': subject, counts, dates.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::truncation::truncate_at_word;
use crate::domain::{Digest, DigestPartNumber, DigestSection};
use crate::render::chat_phrases;
use crate::render::news_counts::NewsCounts;

/// How much of a topic's or a subscription's name is shown.
pub(super) const NAME_CHARS_MAX: usize = 60;

/// `Image Classification: 4 new papers, 1 replaced (26 March 2025, 2 of 3)`.
pub(super) fn subject_line(digest: &Digest, part: DigestPartNumber) -> String {
    let date = chat_phrases::long_date(digest.composed, &digest.zone);
    let place = if part.of > 1 { format!(", {} of {}", part.number, part.of) } else { String::new() };
    let what =
        topics_phrase(digest).unwrap_or_else(|| truncate_at_word(&digest.subscription, NAME_CHARS_MAX));
    format!("{what}: {} ({date}{place})", NewsCounts::count_digest_news(digest).news_count_sentence())
}

/// The one good line of a digest that has no papers.
pub(super) fn no_news_sentence(digest: &Digest) -> String {
    let what = topics_phrase(digest).unwrap_or_else(|| "your topics".to_owned());
    format!("Nothing new on {what} since the last digest.")
}

/// `Image Classification`, `Graphs and Image Classification`, `Graphs and 4 more topics`; none if the
/// digest names none.
fn topics_phrase(digest: &Digest) -> Option<String> {
    let with_papers: Vec<&DigestSection> = sections_with_papers(digest).collect();
    let named = if with_papers.is_empty() { digest.sections.iter().collect() } else { with_papers };
    let name = |section: &DigestSection| truncate_at_word(&section.topic, NAME_CHARS_MAX);
    match named.as_slice() {
        [] => None,
        [only] => Some(name(only)),
        [first, second] => Some(format!("{} and {}", name(first), name(second))),
        [first, rest @ ..] => Some(format!("{} and {} more topics", name(first), rest.len())),
    }
}

/// The sections that have papers.
pub(super) fn sections_with_papers(digest: &Digest) -> impl Iterator<Item = &DigestSection> {
    digest.sections.iter().filter(|section| !section.papers.is_empty())
}

/// `26 Mar 2025`.
pub(super) fn short_date(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%-d %b %Y").to_string()
}
