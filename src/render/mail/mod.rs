//! A digest as mail: complete RFC 5322 messages, text and HTML, for a server's DATA or a Maildir. It knows
//! the headers, MIME, and what a mail may weigh; it must never know how a message is sent, to which server,
//! or what time it is. The same arguments always give the same bytes, Message-ID and boundary included.

mod content;
mod error;
mod frame;
mod headers;
mod html;
mod mail_preview;
mod message_packing;
mod paper_card;
mod rendered_mail;
mod section;
mod sender_and_links;
mod text;
mod truncation;
mod wording;

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::domain::{Digest, OperatorAlert};
use content::MailContent;
pub use error::MailRenderError;
use headers::{MailHeaders, NamedMailAddress};
pub use mail_preview::{MailPreview, parse_mail};
pub use rendered_mail::MailMessage;
pub use sender_and_links::{MailRenderSettings, UnsubscribeLink};

/// The messages of a digest: for each recipient, in their order, each part.
///
/// A digest that one message cannot hold becomes several of about the same size; a long abstract is cut,
/// with a link to the rest, but no paper is left out.
pub fn render_digest_mails(
    digest: &Digest,
    settings: &MailRenderSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailRenderError> {
    // A history that was put back from a copy counts its digests from there again; their times make the difference.
    let moment = digest.composed.as_microsecond().to_string();
    let identity = [digest.subscription.as_str(), &digest.number.to_string(), &moment];
    let composed = digest.composed.to_zoned(digest.zone.clone());
    let head = MailHeaders::new(settings, &digest.subscription, &identity, &composed)?;
    let recipients = parse_recipients(recipients)?;
    let pages = message_packing::pack_digest(digest, settings)?;
    Ok(mails_for_each_recipient(&head, &recipients, &pages))
}

/// One harmless message for each recipient, which says that it is a test of the sink.
pub fn render_test_message(
    sink: &str,
    composed: &Zoned,
    settings: &MailRenderSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailRenderError> {
    let identity = ["test of", sink, &composed.timestamp().to_string()];
    let head = MailHeaders::new(settings, sink, &identity, composed)?;
    let recipients = parse_recipients(recipients)?;
    Ok(mails_for_each_recipient(&head, &recipients, &[content::test_mail_content(sink, composed, settings)?]))
}

/// An alert to the operator, for each recipient.
pub fn render_alert(
    notice: &OperatorAlert,
    sink: &str,
    settings: &MailRenderSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailRenderError> {
    let identity = ["notice", &notice.number.to_string()];
    let composed = notice.composed.to_zoned(TimeZone::UTC);
    let head = MailHeaders::new(settings, sink, &identity, &composed)?;
    let recipients = parse_recipients(recipients)?;
    Ok(mails_for_each_recipient(
        &head,
        &recipients,
        &[content::alert_mail_content(notice, sink, &composed, settings)?],
    ))
}

fn parse_recipients(recipients: &[String]) -> Result<Vec<NamedMailAddress>, MailRenderError> {
    let of = recipients.len();
    let numbered = recipients.iter().zip(1..);
    numbered
        .map(|(text, number)| NamedMailAddress::parse(text).ok_or(MailRenderError::Recipient { number, of }))
        .collect()
}

fn mails_for_each_recipient(
    head: &MailHeaders,
    recipients: &[NamedMailAddress],
    pages: &[MailContent],
) -> Vec<MailMessage> {
    let contents: Vec<_> = pages.iter().map(|page| head.encode_mime_content(page)).collect();
    let for_one = |to: &NamedMailAddress| {
        let letter = |(page, content): (&MailContent, &Vec<u8>)| head.build_mail_message(to, page, content);
        pages.iter().zip(&contents).map(letter).collect::<Vec<_>>()
    };
    recipients.iter().flat_map(for_one).collect()
}
