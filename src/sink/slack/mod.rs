//! An incoming webhook of Slack. All that is Slack's own: its limits and pace, and what its answers mean.

mod blocks;
mod config;
mod receiver_api;
mod render;

use std::time::Duration;

use anyhow::Result;
use jiff::Zoned;

use super::adapter::SinkAdapter;
use super::config_schema::SinkSchema;
use super::message::{MessageKeys, SinkMessage};
use super::sink_summary::SinkSummary;
use super::transport::Transport;
use crate::config_table::secret::SecretLocation;
use crate::domain::{Digest, OperatorAlert};
pub(super) use config::SCHEMA;
pub use config::SlackConfig;
pub use receiver_api::SlackApi;
pub use render::{render, render_alert, render_test};

/// Slack takes one message a second from a webhook: <https://api.slack.com/docs/rate-limits>.
const PACE: Duration = Duration::from_secs(1);

impl SinkAdapter for SlackConfig {
    fn schema(&self) -> &'static SinkSchema {
        &SCHEMA
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn secrets(&self) -> Vec<(&'static str, &SecretLocation)> {
        vec![("url", &self.endpoint.url)]
    }

    fn sink_summary(&self) -> SinkSummary {
        self.endpoint.sink_summary()
    }

    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(keys.into_messages(digest, render(digest)))
    }

    fn render_alert(&self, alert: &OperatorAlert, _: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::message_in_one_part(keys.of_alert(alert), render_alert(alert))])
    }

    fn render_test(&self, sink: &str, key: &str, _now: &Zoned) -> Result<Vec<SinkMessage>> {
        Ok(vec![SinkMessage::message_in_one_part(key.to_owned(), render_test(sink))])
    }

    fn open_transport(&self) -> Result<Transport> {
        self.endpoint.open_transport(Box::new(SlackApi), &self.endpoint.read_url()?)
    }
}
