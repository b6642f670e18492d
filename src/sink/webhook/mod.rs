//! Anybody's receiver, by Standard Webhooks: the shape of its messages, their signature, and what its answers mean.

mod config;
mod receiver_api;
mod render;
mod signature;

use anyhow::{Context as _, Result};
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub(super) use config::SCHEMA;
pub use config::WebhookConfig;
pub use receiver_api::WebhookReceiverApi;
pub use render::{render_alert, render_digest_parts, render_test_message};

impl SinkAdapter for WebhookConfig {
    fn schema(&self) -> &'static SinkConfigKeys {
        &SCHEMA
    }

    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)> {
        let secret = self.secret.iter().map(|secret| ("secret", secret));
        std::iter::once(("url", &self.endpoint.url)).chain(secret).collect()
    }

    fn sink_summary(&self) -> SinkDestinationSummary {
        self.endpoint.sink_summary()
    }

    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(keys.into_sink_messages(
            digest,
            render_digest_parts(digest, &|part| keys.digest_part_key(digest, part)),
        ))
    }

    fn render_alert(&self, alert: &OperatorAlert, _: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        let key = keys.alert_key(alert);
        let body = render_alert(alert, &key);
        Ok(vec![SinkMessage::single_part_message(key, body)])
    }

    fn render_test_message(&self, sink: &str, key: &str, now: &Zoned) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::single_part_message(
            key.to_owned(),
            render_test_message(sink, key, now.timestamp()),
        )])
    }

    fn open_sink_transport(&self) -> Result<Transport> {
        let receiver = match &self.secret {
            Some(location) => {
                let secret = location.read().context("secret")?;
                WebhookReceiverApi::new(Some(&secret)).with_context(|| format!("secret: {location}"))?
            }
            None => WebhookReceiverApi::new(None)?,
        };
        self.endpoint.open_sink_transport(Box::new(receiver), &self.endpoint.read_secret_url()?)
    }
}
