//! One page that is a file of its own: nothing is loaded, from a disk or from GitHub Pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::context;
use minijinja::value::{Serde, Value};
use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::paper_card::WebPaperCard;
use super::{PageTemplates, STYLE};
use crate::domain::Paper;

/// What searches in the file; without it every paper is shown.
const SCRIPT: &str = include_str!("file.js");

/// One topic of the file.
#[derive(Debug)]
pub struct HtmlExportTopic<'a> {
    /// The topic's name.
    pub name: &'a str,
    /// The topic's papers, in their order.
    pub papers: &'a [Paper],
}

#[derive(Serialize)]
struct HtmlExportSection<'a> {
    name: &'a str,
    papers: Vec<WebPaperCard>,
}

/// The whole file. The same papers always make the same bytes.
pub fn html_export(
    pages: &PageTemplates,
    title: &str,
    topics: &[HtmlExportTopic<'_>],
) -> Result<String, minijinja::Error> {
    let topics: Vec<_> = topics
        .iter()
        .map(|topic| HtmlExportSection {
            name: topic.name,
            papers: topic.papers.iter().map(|paper| WebPaperCard::from_paper(paper, &[])).collect(),
        })
        .collect();
    pages.render_template(
        "file.html",
        context! {
            title, topics => Value::from(Serde(topics)), style => STYLE, script => SCRIPT,
            style_hash => csp_hash(STYLE), script_hash => csp_hash(SCRIPT),
        },
    )
}

/// What the page's own policy lets pass: <https://www.w3.org/TR/CSP3/#external-hash>.
fn csp_hash(text: &str) -> String {
    STANDARD.encode(digest(&SHA256, text.as_bytes()))
}
