//! A webhook of a Discord channel. All that is Discord's own: its limits and pace, and what its answers mean.

mod config;
mod receiver_api;
mod render;

use std::time::Duration;

use anyhow::Result;
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub use config::DiscordConfig;
pub(super) use config::SCHEMA;
pub use receiver_api::DiscordApi;
pub use render::{render_alert, render_digest_parts, render_test_message};

/// Discord lets thirty messages a minute into a channel, which its headers do not say:
/// <https://github.com/discord/discord-api-docs/issues/1454>.
const PACE: Duration = Duration::from_secs(2);

impl SinkAdapter for DiscordConfig {
    fn schema(&self) -> &'static SinkConfigKeys {
        &SCHEMA
    }

    fn min_message_interval(&self) -> Duration {
        PACE
    }

    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)> {
        vec![("url", &self.endpoint.url)]
    }

    fn sink_summary(&self) -> SinkDestinationSummary {
        self.endpoint.sink_summary()
    }

    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(keys.into_sink_messages(digest, render_digest_parts(digest)))
    }

    fn render_alert(&self, alert: &OperatorAlert, _: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::single_part_message(keys.alert_key(alert), render_alert(alert))])
    }

    fn render_test_message(&self, sink: &str, key: &str, _now: &Zoned) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::single_part_message(key.to_owned(), render_test_message(sink))])
    }

    fn open_sink_transport(&self) -> Result<Transport> {
        self.endpoint.open_sink_transport(Box::new(DiscordApi), &self.endpoint.read_secret_url()?)
    }
}
