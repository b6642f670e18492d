//! The phrases that chat messages share: counts, dates, shortened names, cut texts.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::tex_unicode::tex_to_unicode;
pub(crate) use crate::domain::sanitize_to_visible_line;
use crate::domain::{Author, Digest, DigestPaper, DigestPartNumber, News, Paper};

/// How many authors a chat message names before it counts the others.
const AUTHORS_MAX: usize = 3;

/// The longest name of one author, in UTF-16 units; collaborations write whole sentences.
const AUTHOR_UNITS_MAX: usize = 60;

/// The longest line of `authors`.
pub(crate) const AUTHORS_UNITS_MAX: usize = AUTHORS_MAX * (AUTHOR_UNITS_MAX + ", ".len()) + 32;

/// The longest name of a journal, in UTF-16 units.
const JOURNAL_UNITS_MAX: usize = 120;

const PUBLISHED_IN: &str = "Published in ";

/// The longest phrase of where a paper appeared.
pub(crate) const PUBLICATION_UNITS_MAX: usize = PUBLISHED_IN.len() + JOURNAL_UNITS_MAX;

/// How many units of UTF-16 a text has. Vendors that count characters never count more than these, so a text
/// within its limit here is within it however they count.
pub(crate) fn utf16_units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text as `written` writes it, within a number of UTF-16 units; cut after a word if it is too long.
/// `written` must write each character for itself, so that more text never becomes shorter.
pub(crate) fn truncate_to_utf16_units(
    text: &str,
    units_max: usize,
    written: impl Fn(&str) -> String,
) -> String {
    let kept = fitting_prefix(text, units_max, &written);
    if kept.len() == text.len() { written(text) } else { written(kept) + "…" }
}

/// The longest beginning of a text that fits; if it is not the whole, it leaves a unit for the ellipsis.
fn fitting_prefix(text: &str, units_max: usize, written: impl Fn(&str) -> String) -> &str {
    let ends: Vec<usize> = text.char_indices().map(|(end, _)| end).take(units_max + 1).collect();
    if ends.len() <= units_max && utf16_units(&written(text)) <= units_max {
        return text;
    }
    let fitting = ends.partition_point(|end| utf16_units(&written(&text[..*end])) < units_max);
    let kept = &text[..fitting.checked_sub(1).map_or(0, |last| ends[last])];
    let words = kept.rfind(' ').filter(|space| *space > kept.len() / 2).map_or(kept, |space| &kept[..space]);
    words.trim_end_matches([' ', ',', ';', ':', '.'])
}

/// What a message of this digest is headed: the topic, or the subscription if there are several or none.
pub(crate) fn digest_headline(digest: &Digest) -> String {
    match digest.sections.as_slice() {
        [only] => sanitize_to_visible_line(&only.topic),
        _ => sanitize_to_visible_line(&digest.subscription),
    }
}

/// The text with a capital.
pub(super) fn capitalize_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `part 2 of 3`; nothing if there is only one.
pub(crate) fn part_number_phrase(part: DigestPartNumber) -> Option<String> {
    (part.of > 1).then(|| format!("part {} of {}", part.number, part.of))
}

/// `26 March 2025`.
pub(crate) fn long_date(instant: Timestamp, zone: &TimeZone) -> String {
    instant.to_zoned(zone.clone()).strftime("%-d %B %Y").to_string()
}

/// `26 March 2025, 08:00 UTC`.
pub(super) fn format_utc_date_time(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// The title as it is read; the identity if it is empty.
pub(super) fn readable_title(paper: &Paper) -> Cow<'_, str> {
    let title = tex_to_unicode(&paper.title);
    if title.trim().is_empty() { paper.id.as_str().into() } else { title }
}

/// The title as one line; the identity if it is empty.
pub(crate) fn paper_title(paper: &Paper) -> String {
    Some(sanitize_to_visible_line(&tex_to_unicode(&paper.title)))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| sanitize_to_visible_line(paper.id.as_str()))
}

/// `A, B, C and 5 more`; nothing if no author is known.
pub(crate) fn author_phrase(authors: &[Author]) -> Option<String> {
    let name = |author: &Author| {
        truncate_to_utf16_units(&sanitize_to_visible_line(&author.name), AUTHOR_UNITS_MAX, str::to_owned)
    };
    let named: Vec<_> = authors.iter().take(AUTHORS_MAX).map(name).filter(|name| !name.is_empty()).collect();
    let more = authors.len().saturating_sub(AUTHORS_MAX);
    match (named.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named.join(", ")),
        (false, more) => Some(format!("{} and {more} more", named.join(", "))),
    }
}

/// `2,895`.
pub(crate) fn group_digits(number: impl ToString + Copy) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What is known of a paper in one line: `26 March 2025 · cs.CV, cs.LG · 12 pages · also in Robotics`.
pub(crate) fn paper_facts(entry: &DigestPaper, zone: &TimeZone) -> String {
    let paper = &entry.paper;
    let listed = |words: Vec<String>| Some(words.join(", ")).filter(|words| !words.is_empty());
    let also = listed(entry.also_in.iter().map(|topic| sanitize_to_visible_line(topic)).collect());
    let facts = [
        Some(long_date(paper.updated, zone)),
        listed(paper.categories.iter().map(|category| sanitize_to_visible_line(&category.0)).collect()),
        paper
            .comment
            .as_deref()
            .map(|comment| sanitize_to_visible_line(&tex_to_unicode(comment)))
            .filter(|comment| !comment.is_empty()),
        also.map(|topics| format!("also in {topics}")),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `Replaced by v3`, `Published in Nature 392`; nothing for a new paper.
pub(crate) fn news_phrase_of_paper(entry: &DigestPaper) -> Option<String> {
    match entry.news {
        News::New => None,
        News::Published => Some(publication_phrase(&entry.paper)),
        News::Replacement => Some(format!("Replaced by {}", entry.paper.revision).trim_end().to_owned()),
    }
}

/// `Published in Nature 392`, of at most [`PUBLICATION_UNITS_MAX`].
pub(crate) fn publication_phrase(paper: &Paper) -> String {
    let journal = paper.article_journal().map(|journal| sanitize_to_visible_line(&tex_to_unicode(journal)));
    let journal = journal.map(|journal| truncate_to_utf16_units(&journal, JOURNAL_UNITS_MAX, str::to_owned));
    match journal.filter(|journal| !journal.is_empty()) {
        Some(journal) => format!("{PUBLISHED_IN}{journal}"),
        None => "Published in a journal".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::digest_fixtures;

    #[test]
    fn a_text_is_cut_after_a_word_and_only_where_it_is_too_long() {
        let same = |text: &str| text.to_owned();
        for (text, units_max, cut) in [
            ("short", 5, "short"),
            ("one two, three", 14, "one two, three"),
            ("one two, three", 13, "one two…"),
            ("onetwothree", 6, "onetw…"),
            ("𝔸𝔸𝔸", 6, "𝔸𝔸𝔸"),
            ("𝔸𝔸𝔸", 5, "𝔸𝔸…"),
            ("", 0, ""),
        ] {
            assert_eq!(truncate_to_utf16_units(text, units_max, same), cut, "{text} within {units_max}");
        }
        assert_eq!(
            truncate_to_utf16_units("a<b", 5, |text| text.replace('<', "&lt;")),
            "a…",
            "an escape is whole or not there"
        );
    }

    #[test]
    fn three_thousand_authors_are_three_and_a_number() {
        let many = sample_digest::authors_of_names(&vec!["Ada Lovelace"; 3_000]);
        assert_eq!(author_phrase(&many).unwrap(), "Ada Lovelace, Ada Lovelace, Ada Lovelace and 2997 more");
        assert_eq!(author_phrase(&many[..3]).unwrap(), "Ada Lovelace, Ada Lovelace, Ada Lovelace");
        assert_eq!(author_phrase(&[]), None);
    }

    #[test]
    fn a_date_is_the_readers_own() {
        let digest = sample_digest::empty_digest();
        assert_eq!(long_date(digest.composed, &digest.zone), "27 March 2025");
    }
}
