//! One page that is a file of its own: nothing is loaded, from a disk or from GitHub Pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::card::Card;
use super::{Pages, STYLE};
use crate::domain::Paper;

/// What searches in the file; without it every paper is shown.
const SCRIPT: &str = include_str!("file.js");

/// One topic of the file.
#[derive(Debug)]
pub struct FileTopic<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its papers, in their order.
    pub papers: &'a [Paper],
}

#[derive(Serialize)]
struct Section<'a> {
    name: &'a str,
    papers: Vec<Card>,
}

/// The whole file. The same papers always make the same bytes.
pub fn file(pages: &Pages, title: &str, topics: &[FileTopic<'_>]) -> Result<String, minijinja::Error> {
    let topics: Vec<_> = topics
        .iter()
        .map(|topic| Section {
            name: topic.name,
            papers: topic.papers.iter().map(|paper| Card::of(paper, &[])).collect(),
        })
        .collect();
    pages.render(
        "file.html",
        context! {
            title, topics => Value::from(Serde(topics)), style => STYLE, script => SCRIPT,
            style_hash => hash(STYLE), script_hash => hash(SCRIPT),
        },
    )
}

/// What the page's own policy lets pass: <https://www.w3.org/TR/CSP3/#external-hash>.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}
