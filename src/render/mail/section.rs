//! The papers of one topic in one part of a mail.

use serde::Serialize;

use crate::domain::News;

/// The papers of one topic in one part, each already in the form of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct MailSection {
    pub(super) topic: String,
    /// Whether the part before has its beginning.
    pub(super) continued: bool,
    pub(super) groups: Vec<NewsGroup>,
}

/// New papers, or replaced ones.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct NewsGroup {
    pub(super) label: &'static str,
    pub(super) papers: Vec<String>,
}

/// The label above papers of that kind.
pub(super) fn news_label(news: News) -> &'static str {
    match news {
        News::New => "New",
        News::Replacement => "Replaced",
    }
}
