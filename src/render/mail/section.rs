//! The papers of one topic in one part of a mail.

use serde::Serialize;

use crate::domain::News;

/// The papers of one topic in one part.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct MailSection {
    pub(super) topic: String,
    /// Whether the part before has its beginning.
    pub(super) continued: bool,
    pub(super) groups: Vec<NewsKindGroup>,
}

/// New papers, published ones, or replaced ones.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct NewsKindGroup {
    pub(super) label: &'static str,
    pub(super) papers: Vec<PaperTextAndHtml>,
}

/// One paper as it is in the text and in the HTML.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PaperTextAndHtml {
    pub(super) text: String,
    pub(super) html: String,
}

/// The label above papers of that kind.
pub(super) fn news_label(news: News) -> &'static str {
    match news {
        News::New => "New",
        News::Published => "Published",
        News::Replacement => "Replaced",
    }
}
