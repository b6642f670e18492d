//! How a digest becomes the messages of its sink.

use anyhow::Result;
use jiff::Zoned;
use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, DigestPart, OperatorAlert};
use crate::render::{MessageBody, mail};
use crate::sink::{discord, slack, webhook};
use crate::store::OutboxMessage;

/// What a sink's messages look like.
#[derive(Debug)]
pub enum Renderer {
    /// A mail for each recipient.
    Mail {
        /// What is the same in all of them.
        settings: mail::MailSettings,
        /// Their addresses.
        recipients: Vec<String>,
    },
    /// Slack's Block Kit.
    Slack,
    /// Discord's embeds.
    Discord,
    /// Standard Webhooks' JSON.
    Webhook,
}

impl Renderer {
    /// What sort of message it makes; a sink of another sort would not understand it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Webhook => "webhook",
        }
    }

    /// Renders every message of a digest. `store_id` makes their identities this store's own.
    pub fn render(&self, digest: &Digest, store_id: &str) -> Result<Vec<OutboxMessage>> {
        let key = |part: DigestPart| message_key(store_id, digest, part);
        let posts = |rendered: Vec<MessageBody>| {
            rendered.into_iter().map(|post| OutboxMessage {
                key: key(post.part),
                recipient: String::new(),
                part: post.part,
                body: post.body,
            })
        };
        Ok(match self {
            Self::Mail { settings, recipients } => render_mails(digest, settings, recipients, store_id)?,
            Self::Slack => posts(slack::render(digest)).collect(),
            Self::Discord => posts(discord::render(digest)).collect(),
            Self::Webhook => posts(webhook::render(digest, &key)).collect(),
        })
    }
}

impl Renderer {
    /// Renders a notice to the operator at a sink, for each recipient.
    pub fn render_alert(
        &self,
        notice: &OperatorAlert,
        sink: &str,
        store_id: &str,
    ) -> Result<Vec<OutboxMessage>> {
        let key = hash_key(&format!("{store_id}\noperator\n{}", notice.number));
        let post = |body: Vec<u8>| {
            vec![OutboxMessage {
                key: key.clone(),
                recipient: String::new(),
                part: DigestPart { number: 1, of: 1 },
                body,
            }]
        };
        Ok(match self {
            Self::Mail { settings, recipients } => {
                let settings = mail::MailSettings { store_id: store_id.to_owned(), ..settings.clone() };
                as_messages(mail::render_alert(notice, sink, &settings, recipients)?)
            }
            Self::Slack => post(slack::render_alert(notice)),
            Self::Discord => post(discord::render_alert(notice)),
            Self::Webhook => post(webhook::render_alert(notice, &key)),
        })
    }
}

impl Renderer {
    /// One harmless message for each recipient, with the recipient's address.
    pub fn render_test(&self, sink: &str, key: &str, now: &Zoned) -> Result<Vec<(String, Vec<u8>)>> {
        let post = |body: Vec<u8>| vec![(String::new(), body)];
        Ok(match self {
            Self::Mail { settings, recipients } => {
                let settings = mail::MailSettings { store_id: key.to_owned(), ..settings.clone() };
                let mails = mail::render_test(sink, now, &settings, recipients)?;
                mails.into_iter().map(|mail| (mail.recipient, mail.bytes)).collect()
            }
            Self::Slack => post(slack::render_test(sink)),
            Self::Discord => post(discord::render_test(sink)),
            Self::Webhook => post(webhook::render_test(sink, key, now.timestamp())),
        })
    }
}

fn render_mails(
    digest: &Digest,
    settings: &mail::MailSettings,
    recipients: &[String],
    store_id: &str,
) -> Result<Vec<OutboxMessage>> {
    let settings = mail::MailSettings { store_id: store_id.to_owned(), ..settings.clone() };
    Ok(as_messages(mail::render(digest, &settings, recipients)?))
}

fn as_messages(mails: Vec<mail::MailMessage>) -> Vec<OutboxMessage> {
    let messages = mails.into_iter().map(|mail| OutboxMessage {
        key: mail.message_id,
        recipient: mail.recipient,
        part: mail.part,
        body: mail.bytes,
    });
    messages.collect()
}

/// A message's identity at its receiver: the same on every attempt, and nobody else's.
fn message_key(store_id: &str, digest: &Digest, part: DigestPart) -> String {
    // A history that was put back from a copy counts its digests anew; their times tell them apart.
    let composed = digest.composed.as_microsecond();
    hash_key(&format!("{store_id}\n{}\n{}\n{composed}\n{}", digest.subscription, digest.number, part.number))
}

fn hash_key(named: &str) -> String {
    let hash = Sha256::digest(named.as_bytes());
    let number = hash.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("msg_{number:032x}")
}
