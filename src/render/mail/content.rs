//! One part of a digest as a reader sees it, in both of its forms.

use jiff::Zoned;

use super::error::MailError;
use super::frame::{MailFrame, PREVIEW_CHARS_MAX};
use super::sanitize::truncate;
use super::section::MailSection;
use super::settings::MailSettings;
use super::wording::NAME_CHARS_MAX;
use super::{html, text};
use crate::domain::{DigestPart, OperatorAlert};
use crate::render::operator_alert;

/// One message without its envelope.
#[derive(Debug, Clone)]
pub(super) struct MailContent {
    pub(super) part: DigestPart,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

impl MailContent {
    /// The whole page, with its papers in both forms.
    pub(super) fn fill(
        frame: MailFrame,
        part: DigestPart,
        texts: &[MailSection],
        htmls: &[MailSection],
    ) -> Result<Self, MailError> {
        let html = html::render_html(&frame, htmls)?;
        Ok(Self { part, text: text::render_text(&frame, texts), html, subject: frame.subject })
    }
}

/// The page of a test message.
pub(super) fn test_content(
    sink: &str,
    composed: &Zoned,
    settings: &MailSettings,
) -> Result<MailContent, MailError> {
    let sink = truncate(sink, NAME_CHARS_MAX);
    let line = "This is a test. Mail from Paperwire arrives here; there is nothing to do.".to_owned();
    let frame = MailFrame {
        subject: format!("A test message from Paperwire ({sink})"),
        preview: line.clone(),
        date: composed.strftime("%A, %-d %B %Y, %H:%M").to_string(),
        counts: None,
        lines: vec![line],
        place: None,
        next: None,
        contents: vec![],
        why: format!(
            "You get this because someone ran “paperwire test {sink}”, whose messages go to your address."
        ),
        list: settings.list.clone(),
        unsubscribe: settings.unsubscribe.as_ref().map(|way| way.address_for_people().to_owned()),
    };
    MailContent::fill(frame, DigestPart { number: 1, of: 1 }, &[], &[])
}

/// The page of a notice to the operator.
pub(super) fn alert_content(
    told: &OperatorAlert,
    sink: &str,
    composed: &Zoned,
    settings: &MailSettings,
) -> Result<MailContent, MailError> {
    let lines = operator_alert::sentences(told);
    let frame = MailFrame {
        subject: truncate(&format!("Paperwire: {}", operator_alert::headline(told)), PREVIEW_CHARS_MAX),
        preview: truncate(&lines.join(" "), PREVIEW_CHARS_MAX),
        date: composed.strftime("%A, %-d %B %Y, %H:%M").to_string(),
        counts: None,
        lines,
        place: None,
        next: None,
        contents: vec![],
        why: format!(
            "You get this because the operator of this Paperwire is told at “{}” what is wrong with it.",
            truncate(sink, NAME_CHARS_MAX)
        ),
        list: settings.list.clone(),
        unsubscribe: None,
    };
    MailContent::fill(frame, DigestPart { number: 1, of: 1 }, &[], &[])
}
