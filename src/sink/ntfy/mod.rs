//! A topic of an ntfy server, which shows notifications on phones and in browsers. All that is ntfy's own: its limits
//! and pace, and what its answers mean.

mod config;
mod receiver_api;
mod render;

use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub use config::NtfyConfig;
pub(super) use config::SCHEMA;
pub use receiver_api::NtfyApi;
pub use render::{render_alert, render_digest_body, render_test_message};

/// ntfy.sh takes sixty requests at once and then one in five seconds; at this pace the sixty are never needed.
/// Source: <https://docs.ntfy.sh/publish/#limitations>.
const PACE: Duration = Duration::from_secs(5);

impl SinkAdapter for NtfyConfig {
    fn schema(&self) -> &'static SinkConfigKeys {
        &SCHEMA
    }

    fn min_message_interval(&self) -> Duration {
        PACE
    }

    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)> {
        let token = self.token.iter().map(|token| ("token", token));
        std::iter::once(("url", &self.endpoint.url)).chain(token).collect()
    }

    fn sink_summary(&self) -> SinkDestinationSummary {
        self.endpoint.sink_summary()
    }

    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(keys.into_sink_messages(digest, vec![render_digest_body(digest, self.list.as_deref())]))
    }

    fn render_alert(&self, alert: &OperatorAlert, _: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::single_part_message(keys.alert_key(alert), render_alert(alert))])
    }

    fn render_test_message(&self, sink: &str, key: &str, _now: &Zoned) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::single_part_message(key.to_owned(), render_test_message(sink))])
    }

    fn open_sink_transport(&self) -> Result<Transport> {
        let url = self.endpoint.read_secret_url()?;
        let mut receiver = NtfyApi::new(&url).with_context(|| self.endpoint.url_error_context())?;
        if let Some(location) = &self.token {
            let token = location.read().context("token")?;
            receiver = receiver.with_token(&token).with_context(|| format!("token: {location}"))?;
        }
        self.endpoint.open_sink_transport(Box::new(receiver), &url)
    }
}
