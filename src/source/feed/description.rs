//! What an item says of itself: the richest of its texts, without what its publisher puts around it.

use jiff::Timestamp;

use super::date::parse_date;
use super::journal_issue::JournalIssue;

/// A long abstract has 4,000 characters; a blog's whole post is no abstract.
const TEXT_CHARS_MAX: usize = 20_000;

/// A publisher's line about an issue is no longer.
const CITATION_CHARS_MAX: usize = 250;

/// A text, and what was read out of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ItemDescription {
    /// In paragraphs.
    pub(super) text: String,
    pub(super) authors: Option<String>,
    pub(super) journal: Option<JournalIssue>,
    pub(super) published: Option<Timestamp>,
}

impl ItemDescription {
    /// Reads the texts of one item, each in paragraphs.
    pub(super) fn from_texts(texts: impl Iterator<Item = String>) -> Self {
        texts.map(|text| Self::parse(&text)).fold(Self::default(), Self::merge_descriptions)
    }

    /// Reads one text.
    fn parse(text: &str) -> Self {
        if text == "null" {
            return Self::default();
        }
        if let Some(found) = Self::from_sciencedirect(text) {
            return found;
        }
        if text.len() <= CITATION_CHARS_MAX && !text.contains('\n') {
            let journal = JournalIssue::parse_journal_citation(text);
            if journal.is_some() {
                return Self { journal, ..Self::default() };
            }
        }
        let mut found = Self::default();
        let mut rest = strip_arxiv_announcement(text);
        rest = strip_nature_citation(rest);
        rest = found.strip_byline(rest);
        rest = strip_abstract_heading(rest);
        rest = strip_wordpress_footer(rest);
        found.text = cut_description_at_word(rest.trim());
        found
    }

    fn merge_descriptions(self, other: Self) -> Self {
        Self {
            text: if other.text.len() > self.text.len() { other.text } else { self.text },
            authors: self.authors.or(other.authors),
            journal: self.journal.or(other.journal),
            published: self.published.or(other.published),
        }
    }

    /// `Publication date: October 2026 Source: A Journal, Volume 139 Author(s): Ada Lovelace, Bob Brown`
    fn from_sciencedirect(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("Publication date:")?;
        let (date, rest) = rest.split_once("Source:")?;
        let (source, authors) = match rest.split_once("Author(s):") {
            Some((source, authors)) => (source, Some(authors.trim().to_owned())),
            None => (rest, None),
        };
        let date = date.trim().trim_start_matches("Available online").trim();
        let name = source.trim().replace('\n', " ");
        let journal = JournalIssue::parse_journal_citation(&name)
            .unwrap_or_else(|| JournalIssue { name, ..JournalIssue::default() });
        Some(Self { text: String::new(), authors, journal: Some(journal), published: parse_date(date) })
    }

    /// PLOS: the first paragraph is `by Ada Lovelace, Bob Brown`.
    fn strip_byline<'t>(&mut self, text: &'t str) -> &'t str {
        match text.strip_prefix("by ").and_then(|line| line.split_once('\n')) {
            Some((names, rest)) if !names.contains(". ") || names.len() < CITATION_CHARS_MAX => {
                self.authors = Some(names.to_owned());
                rest
            }
            Some(_) | None => text,
        }
    }
}

/// arXiv: `arXiv:2609.26811v1 Announce Type: new Abstract: …`
fn strip_arxiv_announcement(text: &str) -> &str {
    if !text.starts_with("arXiv:") {
        return text;
    }
    match text.find("Abstract:") {
        Some(at) if at < CITATION_CHARS_MAX => text[at + "Abstract:".len()..].trim_start(),
        Some(_) | None => text,
    }
}

/// Nature: `Nature, Published online: 04 September 2024; doi:10.1038/s41586-024-07956-2` is the first paragraph.
fn strip_nature_citation(text: &str) -> &str {
    let first = memchr::memchr(b'\n', text.as_bytes()).map_or(text, |at| &text[..at]);
    let is_line =
        first.len() < CITATION_CHARS_MAX && first.contains("Published online:") && first.contains("doi:");
    if is_line { text[first.len()..].trim_start() } else { text }
}

fn strip_abstract_heading(text: &str) -> &str {
    for heading in ["Abstract", "ABSTRACT", "Summary"] {
        let Some(rest) = text.strip_prefix(heading) else { continue };
        if rest.starts_with(['\n', ':']) {
            return rest[1..].trim_start();
        }
    }
    text
}

/// WordPress: `The post A Title appeared first on A Blog.` is the last paragraph.
fn strip_wordpress_footer(text: &str) -> &str {
    let end = memchr::memrchr(b'\n', text.as_bytes());
    let (rest, last) = end.map_or(("", text), |at| (&text[..at], &text[at + 1..]));
    let is_line = last.starts_with("The post ") && last.contains(" appeared first on ");
    if is_line { rest } else { text }
}

fn cut_description_at_word(text: &str) -> String {
    // It has at least as many bytes as characters, and those need not be counted.
    let is_long = text.len() > TEXT_CHARS_MAX;
    match is_long.then(|| text.char_indices().nth(TEXT_CHARS_MAX)).flatten() {
        Some((end, _)) => {
            let text = &text[..end];
            text[..text.rfind(char::is_whitespace).unwrap_or(end)].to_owned()
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_description(text: &str) -> ItemDescription {
        ItemDescription::from_texts(std::iter::once(text.to_owned()))
    }

    #[test]
    fn what_a_publisher_puts_around_a_text_is_no_part_of_it() {
        for (text, expected) in [
            ("arXiv:2609.26811v1 Announce Type: new Abstract: Local learning", "Local learning"),
            ("Nature, Published online: 04 September 2024; doi:10.1038/s41586-024-07956-2\nLead.", "Lead."),
            ("Abstract\nWe show.", "We show."),
            ("ABSTRACT: We show.", "We show."),
            ("Abstractly speaking.", "Abstractly speaking."),
            ("A post.\nThe post A appeared first on B.", "A post."),
            ("null", ""),
            ("by Ada Lovelace, Bob Brown\nWe show.", "We show."),
            ("Science, Volume 392, Issue 6790, Page 123-125, April 2026.", ""),
            ("In volume 3 we go on.", "In volume 3 we go on."),
        ] {
            assert_eq!(read_description(text).text, expected, "{text}");
        }
    }

    #[test]
    fn what_stands_in_a_publishers_line_is_read() {
        let found = read_description(
            "Publication date: October 2026 Source: Int. J., Volume 139 Author(s): Ada Lovelace, Bob",
        );
        assert_eq!(found.authors.as_deref(), Some("Ada Lovelace, Bob"));
        assert_eq!(found.journal.unwrap().to_string(), "Int. J. 139");
        assert_eq!(found.published.unwrap().to_string(), "2026-10-01T00:00:00Z");
        let found = read_description("Science, Volume 392, Issue 6790, Page 123-125, April 2026.");
        assert_eq!(found.journal.unwrap().to_string(), "Science 392 (6790), 123-125");
    }

    #[test]
    fn the_richest_text_is_taken() {
        let texts = ["Short.", "Much longer than that.", "Medium."].map(str::to_owned);
        assert_eq!(ItemDescription::from_texts(texts.into_iter()).text, "Much longer than that.");
    }
}
