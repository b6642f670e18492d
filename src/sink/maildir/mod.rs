//! A folder of mail: mail without a server.

mod config;
pub(super) mod folder;

use anyhow::Result;
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::mail_renderer::{MESSAGE_KIND, MailRenderer};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub use config::MaildirConfig;
pub(super) use config::SCHEMA;
pub use folder::Maildir;

impl SinkAdapter for MaildirConfig {
    fn schema(&self) -> &'static SinkConfigKeys {
        &SCHEMA
    }

    fn message_format_name(&self) -> &'static str {
        MESSAGE_KIND
    }

    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)> {
        Vec::new()
    }

    fn sink_summary(&self) -> SinkDestinationSummary {
        SinkDestinationSummary {
            path: SinkDestinationSummary::path_text(Some(&self.path)),
            recipients: Some(self.to.len()),
            ..SinkDestinationSummary::default()
        }
    }

    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        mail_renderer(self).render_digest(digest, keys)
    }

    fn render_alert(&self, alert: &OperatorAlert, sink: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        mail_renderer(self).render_alert(alert, sink, keys)
    }

    fn render_test_message(&self, sink: &str, key: &str, now: &Zoned) -> Result<Vec<SinkMessage>> {
        mail_renderer(self).render_test_message(sink, key, now)
    }

    fn open_sink_transport(&self) -> Result<Transport> {
        Ok(Transport::Maildir(Maildir::new(&self.path)))
    }
}

fn mail_renderer(maildir: &MaildirConfig) -> MailRenderer<'_> {
    MailRenderer { from: &maildir.from, to: &maildir.to, list: None, unsubscribe: None }
}
