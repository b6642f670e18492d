//! One message without its envelope, as a reader sees it in both of its forms.

use jiff::Zoned;

use super::error::MailRenderError;
use super::frame::{MailFrame, PREVIEW_CHARS_MAX};
use super::section::MailSection;
use super::sender_and_links::{MailRenderSettings, UnsubscribeLink};
use super::truncation::truncate_at_word;
use super::wording::NAME_CHARS_MAX;
use super::{html, text};
use crate::domain::{DigestPartNumber, OperatorAlert};
use crate::render::operator_alert;

/// One message without its envelope.
#[derive(Debug, Clone)]
pub(super) struct MailContent {
    pub(super) part: DigestPartNumber,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

impl MailContent {
    /// One part: the sections with their papers in their frame.
    pub(super) fn from_sections(
        frame: MailFrame,
        part: DigestPartNumber,
        sections: &[MailSection],
    ) -> Result<Self, MailRenderError> {
        let html = html::render_mail_html(&frame, sections)?;
        Ok(Self { part, text: text::render_mail_text(&frame, sections), html, subject: frame.subject })
    }

    /// A message that is a few lines and no digest.
    fn from_lines(
        subject: String,
        lines: Vec<String>,
        why: String,
        unsubscribe: Option<&UnsubscribeLink>,
        composed: &Zoned,
        settings: &MailRenderSettings,
    ) -> Result<Self, MailRenderError> {
        let frame = MailFrame {
            subject,
            preview: truncate_at_word(&lines.join(" "), PREVIEW_CHARS_MAX),
            date: composed.strftime("%A, %-d %B %Y, %H:%M").to_string(),
            lines,
            why,
            list: settings.list.clone(),
            unsubscribe: unsubscribe.map(|link| link.unsubscribe_uri().to_owned()),
            ..MailFrame::default()
        };
        Self::from_sections(frame, DigestPartNumber { number: 1, of: 1 }, &[])
    }
}

/// A test message.
pub(super) fn test_mail_content(
    sink: &str,
    composed: &Zoned,
    settings: &MailRenderSettings,
) -> Result<MailContent, MailRenderError> {
    let sink = truncate_at_word(sink, NAME_CHARS_MAX);
    let line = "This is a test. Mail from Paperwire arrives here; there is nothing to do.".to_owned();
    let subject = format!("A test message from Paperwire ({sink})");
    let why = format!(
        "You get this because someone ran “paperwire test {sink}”, whose messages go to your address."
    );
    MailContent::from_lines(subject, vec![line], why, settings.unsubscribe.as_ref(), composed, settings)
}

/// An alert to the operator.
pub(super) fn alert_mail_content(
    alert: &OperatorAlert,
    sink: &str,
    composed: &Zoned,
    settings: &MailRenderSettings,
) -> Result<MailContent, MailRenderError> {
    let subject =
        truncate_at_word(&format!("Paperwire: {}", operator_alert::alert_headline(alert)), PREVIEW_CHARS_MAX);
    let why = format!(
        "You get this because the operator of this Paperwire is told at “{}” what is wrong with it.",
        truncate_at_word(sink, NAME_CHARS_MAX)
    );
    MailContent::from_lines(subject, operator_alert::alert_sentences(alert), why, None, composed, settings)
}
