//! One paper as a mail shows it, in words that are ready for either of its two forms.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::truncation::{truncate_at_sentence, truncate_at_word};
use super::wording::{NAME_CHARS_MAX, short_date};
use crate::domain::{Abstract, Author, DigestPaper, News, Paper, sanitize_to_visible_line};
use crate::render::chat_phrases::{self, group_digits};
use crate::render::safe_url::{article_url, safe_external_paper_url, safe_url};
use crate::render::tex_unicode::tex_to_unicode;

/// arXiv's titles have 200 characters and a little more; this is for what is no title.
const TITLE_CHARS_MAX: usize = 300;

/// arXiv's comments are mostly under 200 characters.
const COMMENT_CHARS_MAX: usize = 300;

/// From more authors than this the first are named and the others counted: collaborations have thousands.
const AUTHORS_MAX: usize = 6;

/// How many are named where others are counted.
const AUTHORS_NAMED: usize = 5;

/// How many categories, and how many other topics, are named.
const TERMS_MAX: usize = 6;

/// How many paragraphs an abstract keeps; further ones run on in the last.
const PARAGRAPHS_MAX: usize = 4;

/// One paper as a mail shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MailPaperCard {
    pub(super) title: String,
    /// The paper's page, if there is one.
    pub(super) link: Option<String>,
    /// One line; empty if nobody is named.
    pub(super) authors: String,
    /// `Now version 3` of a replaced paper, `Version 3` of a new one that is past its first, `Published in Nature 392`.
    pub(super) news: Option<String>,
    /// What else is known of it in few words, in order: date, categories, comment.
    pub(super) facts: Vec<String>,
    /// The line that says in which other topics it is news too.
    pub(super) also_in: Option<String>,
    pub(super) paragraphs: Vec<String>,
    /// Whether the abstract goes on behind the last paragraph.
    pub(super) goes_on: bool,
    /// The article that it appeared as, where that is elsewhere.
    pub(super) article: Option<String>,
    pub(super) pdf: Option<String>,
    pub(super) code: Option<String>,
}

impl MailPaperCard {
    /// The paper with so much of its abstract, its dates in that zone.
    pub(super) fn from_digest_paper(entry: &DigestPaper, abstract_chars: usize, zone: &TimeZone) -> Self {
        let paper = &entry.paper;
        let (paragraphs, goes_on) = abstract_paragraphs(&paper.abstract_, abstract_chars);
        Self {
            title: truncate_at_word(&tex_to_unicode(&paper.title), TITLE_CHARS_MAX),
            link: safe_external_paper_url(paper),
            authors: author_line(&paper.authors),
            news: news_phrase_of_paper(entry),
            facts: paper_facts(paper, zone),
            also_in: also_in_topics_line(&entry.also_in),
            paragraphs,
            goes_on,
            article: article_url(paper),
            pdf: pdf_url(paper),
            code: entry.code_link.as_deref().and_then(safe_url),
        }
    }
}

fn pdf_url(paper: &Paper) -> Option<String> {
    let is_pdf = |link: &&crate::domain::Link| {
        link.title.as_deref() == Some("pdf") || link.media_type.as_deref() == Some("application/pdf")
    };
    let named = paper.links.iter().find(is_pdf).and_then(|link| safe_url(&link.href));
    named.or_else(|| safe_url(&paper.pdf_url()?))
}

/// `A, B and C`; `A, B, C, D, E and 2,895 more`.
fn author_line(authors: &[Author]) -> String {
    let shown = if authors.len() > AUTHORS_MAX { AUTHORS_NAMED } else { authors.len() };
    let names: Vec<_> =
        authors[..shown].iter().map(|author| truncate_at_word(&author.name, NAME_CHARS_MAX)).collect();
    match (names.as_slice(), authors.len() - shown) {
        (_, more @ 1..) => format!("{} and {} more", names.join(", "), group_digits(more)),
        ([most @ .., last], 0) if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        (_, 0) => names.join(", "),
    }
}

fn news_phrase_of_paper(entry: &DigestPaper) -> Option<String> {
    match (entry.news, entry.paper.revision.version_number()) {
        (News::Published, _) => Some(chat_phrases::publication_phrase(&entry.paper)),
        (News::Replacement, Some(number)) => Some(format!("Now version {number}")),
        (News::New, Some(number @ 2..)) => Some(format!("Version {number}")),
        (News::New | News::Replacement, _) => None,
    }
}

fn paper_facts(paper: &Paper, zone: &TimeZone) -> Vec<String> {
    let first = paper.published.filter(|first| *first < paper.updated);
    let updated = short_date(paper.updated, zone);
    let date = match first.map(|first| short_date(first, zone)).filter(|first| *first != updated) {
        Some(first) => format!("{updated} (first {first})"),
        None => updated,
    };
    let comment =
        paper.comment.as_deref().map(|comment| truncate_at_word(&tex_to_unicode(comment), COMMENT_CHARS_MAX));
    let all = [Some(date), category_line(paper), comment];
    all.into_iter().flatten().filter(|fact| !fact.is_empty()).collect()
}

/// `cs.CV, cs.LG`, the primary one first. Terms of other schemes say nothing to most readers.
fn category_line(paper: &Paper) -> Option<String> {
    let mut terms: Vec<&str> = paper.primary.iter().chain(&paper.categories).map(|c| c.0.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    terms.retain(|term| is_arxiv_category(term) && seen.insert(*term));
    let more = terms.len().saturating_sub(TERMS_MAX);
    terms.truncate(TERMS_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!terms.is_empty()).then(|| terms.join(", ") + &more)
}

/// `cs.CV`, `hep-ex`, `cond-mat.mes-hall`.
fn is_arxiv_category(term: &str) -> bool {
    term.len() <= NAME_CHARS_MAX
        && term.starts_with(|c: char| c.is_ascii_lowercase())
        && term.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == '.')
}

fn also_in_topics_line(topics: &[String]) -> Option<String> {
    let named = topics.iter().take(TERMS_MAX).map(|topic| truncate_at_word(topic, NAME_CHARS_MAX));
    let named = named.filter(|topic| !topic.is_empty()).collect::<Vec<_>>().join(", ");
    let more = topics.len().saturating_sub(TERMS_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!named.is_empty()).then(|| format!("Also in {named}{more}"))
}

/// The abstract up to about so many characters, and whether there is more of it.
fn abstract_paragraphs(text: &Abstract, chars_max: usize) -> (Vec<String>, bool) {
    let all: Vec<String> = text
        .0
        .split('\n')
        .map(|line| sanitize_to_visible_line(&tex_to_unicode(line)))
        .filter(|line| !line.is_empty())
        .collect();
    let whole = if all.len() > PARAGRAPHS_MAX { vec![all.join(" ")] } else { all };
    let mut kept: Vec<String> = Vec::new();
    let mut left = chars_max;
    for paragraph in whole {
        if left == 0 {
            return (kept, true);
        }
        if let Some(beginning) = truncate_at_sentence(&paragraph, left) {
            kept.push(beginning);
            return (kept, true);
        }
        left = left.saturating_sub(paragraph.chars().count());
        kept.push(paragraph);
    }
    (kept, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper_fixture::paper_with_only_id;
    use crate::domain::{ArxivId, Category, Link, PaperId, Revision, Version};

    fn sample_digest_paper() -> DigestPaper {
        let paper = Paper {
            title: "VESTA".into(),
            abstract_: Abstract("Spikes.".into()),
            primary: Some(Category("cs.CV".into())),
            categories: ["cs.AR", "cs.CV", "68T07; 46N10"].map(|c| Category(c.into())).to_vec(),
            published: Some("2025-03-01T23:30:00Z".parse().unwrap()),
            updated: "2025-03-26T05:51:52Z".parse().unwrap(),
            comment: Some("5 pages".into()),
            ..paper_with_only_id(PaperId::from_arxiv_id(&"2503.20246".parse::<ArxivId>().unwrap()))
        };
        DigestPaper { paper, news: News::New, also_in: vec![], code_link: None }
    }

    fn sample_authors(count: usize) -> Vec<Author> {
        (1..=count).map(|n| Author { name: format!("A{n}"), affiliations: vec![] }).collect()
    }

    #[test]
    fn authors_are_named_up_to_six_and_counted_from_there() {
        for (count, line) in [
            (0, ""),
            (1, "A1"),
            (2, "A1 and A2"),
            (6, "A1, A2, A3, A4, A5 and A6"),
            (7, "A1, A2, A3, A4, A5 and 2 more"),
            (2900, "A1, A2, A3, A4, A5 and 2,895 more"),
        ] {
            assert_eq!(author_line(&sample_authors(count)), line);
        }
    }

    #[test]
    fn a_replacement_shows_its_version_and_both_dates_in_the_readers_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut replaced = sample_digest_paper();
        let first = Paper { published: Some(replaced.paper.updated), ..replaced.paper.clone() };
        assert_eq!(paper_facts(&first, &zone), ["26 Mar 2025", "cs.CV, cs.AR", "5 pages"]);
        assert_eq!(news_phrase_of_paper(&replaced), None);
        replaced.news = News::Replacement;
        replaced.paper.revision = Revision::Numbered(Version::new(3).unwrap());
        assert_eq!(news_phrase_of_paper(&replaced).unwrap(), "Now version 3");
        assert_eq!(paper_facts(&replaced.paper, &zone)[0], "26 Mar 2025 (first 2 Mar 2025)");
        replaced.news = News::New;
        assert_eq!(news_phrase_of_paper(&replaced).unwrap(), "Version 3");
    }

    #[test]
    fn a_paper_links_to_arxiv_or_to_where_its_source_says() {
        let mut entry = sample_digest_paper();
        let card = MailPaperCard::from_digest_paper(&entry, 100, &TimeZone::UTC);
        assert_eq!(card.link.unwrap(), "https://arxiv.org/abs/2503.20246v1");
        assert_eq!(card.pdf.unwrap(), "https://arxiv.org/pdf/2503.20246v1");
        entry.paper.id = PaperId::from_stored("tag:x".into());
        assert_eq!(MailPaperCard::from_digest_paper(&entry, 100, &TimeZone::UTC).link, None);
        entry.paper.doi = Some("10.1000/1 \"x".into());
        assert_eq!(
            MailPaperCard::from_digest_paper(&entry, 100, &TimeZone::UTC).link.unwrap(),
            "https://doi.org/10.1000/1%20%22x"
        );
        let page = |href: &str| Link { href: href.into(), rel: None, media_type: None, title: None };
        entry.paper.links = vec![page("javascript:alert(1)"), page("https://x.org/1")];
        entry.code_link = Some("javascript:alert(1)".into());
        let card = MailPaperCard::from_digest_paper(&entry, 100, &TimeZone::UTC);
        assert_eq!((card.link.unwrap().as_str(), card.pdf, card.code), ("https://x.org/1", None, None));
    }

    #[test]
    fn an_abstract_keeps_its_paragraphs_up_to_the_limit() {
        let text = |text: &str| Abstract(text.into());
        assert_eq!(
            abstract_paragraphs(&text("One.\nTwo."), 100),
            (vec!["One.".into(), "Two.".into()], false)
        );
        assert_eq!(
            abstract_paragraphs(&text("One two.\nThree four five."), 8),
            (vec!["One two.".into()], true)
        );
        assert_eq!(abstract_paragraphs(&text("1\n2\n3\n4\n5"), 100), (vec!["1 2 3 4 5".into()], false));
        let (kept, goes_on) = abstract_paragraphs(&text(&"Many words here. ".repeat(300)), 400);
        assert!(goes_on && kept[0].ends_with("here.") && kept[0].len() > 240);
    }
}
