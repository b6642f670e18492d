//! Papers for other programs: feed readers and bibliographies. It knows Atom, JSON Feed and BibTeX; it must never
//! know where a feed stands or who reads it.

mod atom;
mod bibtex;
mod json_feed;
mod tex;

pub use atom::atom;
pub use bibtex::bibtex;
pub use json_feed::json_feed;

use crate::domain::{Paper, PaperId};

/// The papers of a feed, newest first.
#[derive(Debug, Clone, Copy)]
pub struct Feed<'a> {
    /// What it is about.
    pub title: &'a str,
    /// Its papers.
    pub papers: &'a [Paper],
}

/// What a paper is called in every feed, for ever, whatever its version.
fn identity(id: &PaperId) -> String {
    match id.as_arxiv() {
        Some(id) => format!("https://arxiv.org/abs/{id}"),
        None => format!("urn:paperwire:{}", percent_encoded(id.as_str())),
    }
}

/// A text within RFC 8141's names.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;

    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
