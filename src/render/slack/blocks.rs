//! The few blocks of Slack's Block Kit that a digest is made of, as Slack spells them.

use serde::Serialize;

use crate::render::address::ADDRESS_BYTES_MAX;
use crate::render::phrase;

/// What an incoming webhook takes.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    /// For notifications and screen readers, which do not read the blocks.
    text: String,
    blocks: Vec<Block>,
    unfurl_links: bool,
    unfurl_media: bool,
}

/// A block of a message.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    /// A line in large, bold letters.
    Header { text: Text },
    /// Small, grey text.
    Context { elements: Vec<Text> },
    /// Text whose styles and links are structure, so that nothing in it is parsed.
    RichText { elements: Vec<Rich> },
}

/// A text object.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Text {
    /// Shown as it is.
    PlainText { text: String, emoji: bool },
    /// Text in Slack's markup. Nothing but a link of ours is ever written so.
    Mrkdwn { text: String, verbatim: bool },
}

/// A paragraph of rich text.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Rich {
    /// A plain one.
    RichTextSection { elements: Vec<Run> },
    /// One with a bar before it.
    RichTextQuote { elements: Vec<Run> },
}

/// A run of letters of one style.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Run {
    /// Text.
    Text {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<Style>,
    },
    /// A link.
    Link {
        url: String,
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<Style>,
    },
}

/// How a run looks.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Style {
    bold: bool,
}

const BOLD: Style = Style { bold: true };

impl Message {
    /// A message whose links bring no previews with them.
    pub(super) fn new(text: String, blocks: Vec<Block>) -> Self {
        Self { text, blocks, unfurl_links: false, unfurl_media: false }
    }
}

impl Text {
    /// The words as they are, cut where they are too long.
    pub(super) fn plain(words: &str, units_max: usize) -> Self {
        Self::PlainText { text: phrase::fit(words, units_max, escaped), emoji: false }
    }

    /// A link to an address that `web_address` let through, under a label of our own; none where it is longer
    /// in Slack's spelling than a link may be.
    pub(super) fn link(address: &str, label: &str) -> Option<Self> {
        let address = Some(escaped(address)).filter(|address| address.len() <= ADDRESS_BYTES_MAX)?;
        Some(Self::Mrkdwn { text: format!("<{address}|{label}>"), verbatim: true })
    }
}

impl Run {
    /// Text in the usual style.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: None }
    }

    /// Bold text, a link where there is an address.
    pub(super) fn bold(text: String, address: Option<&str>) -> Self {
        match address {
            Some(url) => Self::Link { url: url.to_owned(), text, style: Some(BOLD) },
            None => Self::Text { text, style: Some(BOLD) },
        }
    }

    /// A link.
    pub(super) fn link(address: &str, label: &str) -> Self {
        Self::Link { url: address.to_owned(), text: label.to_owned(), style: None }
    }
}

/// The three characters that Slack reads in every text object, and no others.
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
