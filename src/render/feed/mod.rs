//! Papers for other programs: feed readers and bibliographies. It knows Atom, JSON Feed and BibTeX; it must never
//! know where a feed is or who reads it.

mod atom;
mod bibtex;
mod bibtex_character;
mod bibtex_escape;
mod bibtex_formula;
mod json_feed;

pub use atom::render_atom_feed;
pub use bibtex::render_bibtex_entries;
pub use json_feed::json_feed;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::chat_phrases;
use super::safe_url::article_url;
use super::tex_unicode::tex_to_unicode;
use crate::domain::{self, Paper, PaperId, PublishedFeedEntry, Revision, WebScheme, is_estimated};

/// The papers of a feed, those that came last first.
#[derive(Debug, Clone, Copy)]
pub struct PublishedFeed<'a> {
    /// The feed's title.
    pub title: &'a str,
    /// The feed's papers.
    pub entries: &'a [PublishedFeedEntry],
}

/// What a paper is about, and its own dates, for an entry's date is when the paper came into the history.
fn feed_summary_of_paper(paper: &Paper) -> String {
    let about = tex_to_unicode(&paper.abstract_.0);
    let parts = [about.into_owned(), dates_sentence(paper), publication_sentence(paper)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// `Published in Nature 392: https://doi.org/10.1000/1`; empty if nothing is known of an article.
fn publication_sentence(paper: &Paper) -> String {
    match (paper.article_journal(), article_url(paper)) {
        (None, None) => String::new(),
        (_, None) => format!("{}.", chat_phrases::publication_phrase(paper)),
        (_, Some(address)) => format!("{}: {address}", chat_phrases::publication_phrase(paper)),
    }
}

/// `Submitted 2025-03-16; version 2 of 2025-03-28.`
fn dates_sentence(paper: &Paper) -> String {
    let day = |moment: Timestamp| Offset::UTC.to_datetime(moment).date();
    match (paper.published, paper.revision) {
        _ if is_estimated(paper.updated) => String::new(),
        (Some(published), Revision::FIRST) if day(published) == day(paper.updated) => {
            format!("Submitted {}.", day(published))
        }
        (Some(published), Revision::Numbered(version)) => {
            format!(
                "Submitted {}; version {} of {}.",
                day(published),
                version.version_number(),
                day(paper.updated)
            )
        }
        (Some(_), Revision::Content(_)) | (None, _) => format!("Dated {}.", day(paper.updated)),
    }
}

/// What a paper is called in every feed, forever, whatever its version.
fn feed_entry_id(id: &PaperId) -> String {
    match id.as_arxiv_id() {
        Some(id) => id.arxiv_abs_page_url(None, WebScheme::Https),
        None => format!("urn:paperwire:{}", percent_encode(id.as_str())),
    }
}

/// A text within RFC 8141's names.
fn percent_encode(text: &str) -> String {
    domain::percent_encode(text, |byte| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte))
}
