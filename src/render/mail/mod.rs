//! A digest as mail: complete RFC 5322 messages, text and HTML, for a server's DATA or a Maildir. It knows
//! the headers, MIME, and what a mail may weigh; it must never know how a message is sent, to which server,
//! or what time it is. The same arguments always give the same bytes, Message-ID and boundary included.

mod content;
mod headers;
mod html;
mod packing;
mod paper_card;
mod preview;
mod sanitize;
mod text;
mod wording;

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::domain::{Digest, DigestPart, OperatorAlert};
use content::MailContent;
use headers::{MailHeaders, NamedAddress};
pub use preview::{MailPreview, parse_mail};

/// How the mails of one sink are signed and what they point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// The sender: `Paperwire <papers@example.org>`, or the bare address.
    pub from: String,
    /// The https address of the Markdown list, if there is one to look at.
    pub list: Option<String>,
    /// Where a reader leaves the list.
    pub unsubscribe: Option<UnsubscribeLink>,
    /// The store's own random id; with the digest it makes the Message-ID.
    pub store_id: String,
}

/// Where a reader leaves the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsubscribeLink {
    /// An `https:` address that answers RFC 8058's one-click POST.
    Https(String),
    /// A `mailto:` address.
    Mailto(String),
    /// Both; programs take the first that they can.
    Both {
        /// As in [`UnsubscribeLink::Https`].
        https: String,
        /// As in [`UnsubscribeLink::Mailto`].
        mailto: String,
    },
}

/// One message, ready to be sent or stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// The bare address that it goes to, as the envelope wants it.
    pub recipient: String,
    /// Which part of its digest it is.
    pub part: DigestPart,
    /// Its Message-ID with the angle brackets; the same on every rendering.
    pub message_id: String,
    /// The whole message, each line ended by CRLF; not dot-stuffed.
    pub bytes: Vec<u8>,
}

/// Why there is no mail. No variant says an address.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A recipient that no server would take.
    #[error(
        "recipient {number} of {of} is not a mail address: write it like ada@example.org, in ASCII letters"
    )]
    Recipient {
        /// Which one, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// A sender that no server would take.
    #[error(
        "`from` is not a mail address: write it like `Paperwire <papers@example.org>`, the address in ASCII letters"
    )]
    Sender,
    /// A setting that is no address to link to.
    #[error("`{key}` is no address to link to: write {wanted}, in ASCII, of at most {bytes_max} bytes")]
    Link {
        /// The setting.
        key: &'static str,
        /// What would be right.
        wanted: &'static str,
        /// How long it may be.
        bytes_max: usize,
    },
    /// A date outside what a mail can say.
    #[error("the digest's date cannot be written in a mail: {0}")]
    Date(jiff::Error),
    /// A paper that alone is more than a mail may weigh.
    #[error("one paper alone needs {needed} bytes of a mail that may have {bytes_max}")]
    TooLarge {
        /// What it needs, with the mail around it.
        needed: usize,
        /// What there is.
        bytes_max: usize,
    },
    /// A mistake in the shipped templates.
    #[error("the mail's own template cannot be filled in: {0}")]
    Template(#[from] minijinja::Error),
}

/// The messages of a digest: for each recipient, in their order, each part.
///
/// A digest that one message cannot hold becomes several of about the same size; a long abstract is cut,
/// with a link to the rest, but no paper is left out.
pub fn render(
    digest: &Digest,
    settings: &MailSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailError> {
    // A history that was put back from a copy counts its digests anew; their times tell them apart.
    let moment = digest.composed.as_microsecond().to_string();
    let identity = [digest.subscription.as_str(), &digest.number.to_string(), &moment];
    let composed = digest.composed.to_zoned(digest.zone.clone());
    let head = MailHeaders::new(settings, &digest.subscription, &identity, &composed)?;
    let recipients = parse_recipients(recipients)?;
    let pages = packing::pack_digest(digest, settings)?;
    Ok(build_messages(&head, &recipients, &pages))
}

/// One harmless message for each recipient, which says that it is a test of the sink.
pub fn render_test(
    sink: &str,
    composed: &Zoned,
    settings: &MailSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailError> {
    let identity = ["test of", sink, &composed.timestamp().to_string()];
    let head = MailHeaders::new(settings, sink, &identity, composed)?;
    let recipients = parse_recipients(recipients)?;
    Ok(build_messages(&head, &recipients, &[content::test_content(sink, composed, settings)?]))
}

/// What the operator is told, for each recipient.
pub fn render_alert(
    notice: &OperatorAlert,
    sink: &str,
    settings: &MailSettings,
    recipients: &[String],
) -> Result<Vec<MailMessage>, MailError> {
    let identity = ["notice", &notice.number.to_string()];
    let composed = notice.composed.to_zoned(TimeZone::UTC);
    let head = MailHeaders::new(settings, sink, &identity, &composed)?;
    let recipients = parse_recipients(recipients)?;
    Ok(build_messages(&head, &recipients, &[content::alert_content(notice, sink, &composed, settings)?]))
}

/// Finds what [`render`] would refuse in the settings of a sink, before there is a digest.
pub fn check_settings(settings: &MailSettings, recipients: &[String]) -> Result<(), MailError> {
    MailHeaders::new(settings, "", &[], &Zoned::default())?;
    parse_recipients(recipients)?;
    Ok(())
}

fn parse_recipients(recipients: &[String]) -> Result<Vec<NamedAddress>, MailError> {
    let of = recipients.len();
    let numbered = recipients.iter().zip(1..);
    numbered
        .map(|(text, number)| NamedAddress::parse(text).ok_or(MailError::Recipient { number, of }))
        .collect()
}

fn build_messages(
    head: &MailHeaders,
    recipients: &[NamedAddress],
    pages: &[MailContent],
) -> Vec<MailMessage> {
    let contents: Vec<_> = pages.iter().map(|page| head.encode_content(page)).collect();
    let for_one = |to: &NamedAddress| {
        let letter = |(page, content): (&MailContent, &Vec<u8>)| head.build_message(to, page, content);
        pages.iter().zip(&contents).map(letter).collect::<Vec<_>>()
    };
    recipients.iter().flat_map(for_one).collect()
}
