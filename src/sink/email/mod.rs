//! Mail by a server: its section, and the way to it.

mod config;

use anyhow::{Context as _, Result};
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::mail_renderer::{MESSAGE_KIND, MailRenderer};
use super::sink_summary::SinkDestinationSummary;
use super::smtp::SmtpSink;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub(super) use config::SCHEMA;
pub use config::{EmailConfig, SmtpLoginConfig};

impl SinkAdapter for EmailConfig {
    fn schema(&self) -> &'static SinkConfigKeys {
        &SCHEMA
    }

    fn message_format_name(&self) -> &'static str {
        MESSAGE_KIND
    }

    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)> {
        self.login.iter().map(|login| ("password", &login.password)).collect()
    }

    fn sink_summary(&self) -> SinkDestinationSummary {
        SinkDestinationSummary {
            server: Some(self.server.clone()),
            recipients: Some(self.to.len()),
            ca_file: SinkDestinationSummary::path_text(self.ca_file.as_ref()),
            ..SinkDestinationSummary::default()
        }
    }

    fn suspicious_config_warning(&self) -> Option<&'static str> {
        unusual_port_note(&self.server)
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
        let password =
            self.login.as_ref().map(|login| login.password.read().context("password")).transpose()?;
        let user = self.login.as_ref().map(|login| login.user.as_str());
        let server = SmtpSink::new(&self.server, user, password.as_ref(), self.ca_file.as_deref())?;
        let server = match &self.hello {
            Some(name) => server.with_client_name(name),
            None => server,
        };
        Ok(Transport::Smtp { server: Box::new(server), from: self.from.address.clone() })
    }
}

fn mail_renderer(email: &EmailConfig) -> MailRenderer<'_> {
    let EmailConfig { from, to, list, unsubscribe, .. } = email;
    MailRenderer { from, to, list: list.as_ref(), unsubscribe: unsubscribe.as_ref() }
}

/// A server that is asked for TLS in the way of the other port never answers.
/// Source: RFC 8314, section 3.
fn unusual_port_note(server: &str) -> Option<&'static str> {
    let server = server.trim_end_matches('/');
    if server.starts_with("smtp://") && server.ends_with(":465") {
        return Some("port 465 is mostly for TLS from the first byte, which is smtps://");
    }
    let is_unusual = server.starts_with("smtps://") && (server.ends_with(":587") || server.ends_with(":25"));
    is_unusual.then_some("that port is mostly for STARTTLS, which is smtp://")
}
