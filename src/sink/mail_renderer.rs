//! The messages of the sinks that send mail: one mail for each recipient.

use anyhow::Result;
use jiff::Zoned;

use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::mail_address::MailAddress;
use crate::domain::{Digest, OperatorAlert};
use crate::render::mail::{self, MailMessage, MailRenderSettings, UnsubscribeLink};

/// What sort of messages these are.
pub(super) const MESSAGE_KIND: &str = "mail";

/// How a sink's mails are signed, what they point to, and who gets them.
#[derive(Debug)]
pub(super) struct MailRenderer<'a> {
    pub(super) from: &'a MailAddress,
    pub(super) to: &'a [MailAddress],
    pub(super) list: Option<&'a String>,
    pub(super) unsubscribe: Option<&'a UnsubscribeLink>,
}

impl MailRenderer<'_> {
    pub(super) fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        let mails = mail::render_digest_mails(
            digest,
            &self.mail_render_settings(keys.store_id()),
            &self.recipients(),
        )?;
        Ok(mails.into_iter().map(sink_message_from_mail).collect())
    }

    pub(super) fn render_alert(
        &self,
        alert: &OperatorAlert,
        sink: &str,
        keys: MessageKeys,
    ) -> Result<Vec<SinkMessage>> {
        let mails =
            mail::render_alert(alert, sink, &self.mail_render_settings(keys.store_id()), &self.recipients())?;
        Ok(mails.into_iter().map(sink_message_from_mail).collect())
    }

    pub(super) fn render_test_message(&self, sink: &str, key: &str, now: &Zoned) -> Result<Vec<SinkMessage>> {
        let mails =
            mail::render_test_message(sink, now, &self.mail_render_settings(key), &self.recipients())?;
        let message = |mail| SinkMessage { key: key.to_owned(), ..sink_message_from_mail(mail) };
        Ok(mails.into_iter().map(message).collect())
    }

    fn mail_render_settings(&self, store_id: &str) -> MailRenderSettings {
        MailRenderSettings {
            from: self.from.to_string(),
            list: self.list.cloned(),
            unsubscribe: self.unsubscribe.cloned(),
            store_id: store_id.to_owned(),
        }
    }

    fn recipients(&self) -> Vec<String> {
        self.to.iter().map(ToString::to_string).collect()
    }
}

fn sink_message_from_mail(mail: MailMessage) -> SinkMessage {
    SinkMessage { key: mail.message_id, recipient: mail.recipient, part: mail.part, body: mail.bytes }
}
