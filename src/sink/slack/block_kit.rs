//! The few blocks of Slack's Block Kit that a digest is made of, as Slack spells them.

use serde::Serialize;

use crate::render::chat_phrases;

/// What an incoming webhook takes.
#[derive(Debug, Serialize)]
pub(super) struct SlackMessage {
    /// For notifications and screen readers, which do not read the blocks.
    text: String,
    blocks: Vec<SlackBlock>,
    unfurl_links: bool,
    unfurl_media: bool,
}

/// A block of a message.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum SlackBlock {
    /// A line in large, bold letters.
    Header { text: SlackText },
    /// Small, grey text.
    Context { elements: Vec<SlackText> },
    /// Text whose styles and links are structure, so that nothing in it is parsed.
    RichText { elements: Vec<RichTextParagraph> },
}

/// A text object.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum SlackText {
    /// Shown as it is.
    PlainText { text: String, emoji: bool },
}

/// A paragraph of rich text.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum RichTextParagraph {
    /// A plain one.
    RichTextSection { elements: Vec<RichTextRun> },
    /// One with a bar before it.
    RichTextQuote { elements: Vec<RichTextRun> },
}

/// A run of letters of one style.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum RichTextRun {
    /// Text.
    Text {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<RichTextStyle>,
    },
    /// A link.
    Link {
        url: String,
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<RichTextStyle>,
    },
}

/// How a run looks.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct RichTextStyle {
    bold: bool,
}

const BOLD: RichTextStyle = RichTextStyle { bold: true };

impl SlackMessage {
    /// A message whose links bring no previews with them.
    pub(super) fn new(text: String, blocks: Vec<SlackBlock>) -> Self {
        Self { text, blocks, unfurl_links: false, unfurl_media: false }
    }
}

impl SlackText {
    /// The words as they are, cut if they are too long.
    pub(super) fn plain_text_object(words: &str, units_max: usize) -> Self {
        Self::PlainText {
            text: chat_phrases::truncate_to_utf16_units(words, units_max, escape_mrkdwn),
            emoji: false,
        }
    }
}

impl RichTextRun {
    /// Text in the usual style.
    pub(super) fn plain_run(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: None }
    }

    /// Bold text, a link where there is an address.
    pub(super) fn bold_run(text: String, address: Option<&str>) -> Self {
        match address {
            Some(url) => Self::Link { url: url.to_owned(), text, style: Some(BOLD) },
            None => Self::Text { text, style: Some(BOLD) },
        }
    }

    /// A link.
    pub(super) fn rich_text_link(address: &str, label: &str) -> Self {
        Self::Link { url: address.to_owned(), text: label.to_owned(), style: None }
    }
}

/// The three characters that Slack reads in every text object, and no others.
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
pub(super) fn escape_mrkdwn(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
