//! What each kind of sink owes to the rest of the program.

use std::time::Duration;

use anyhow::Result;
use jiff::Zoned;

use super::config_schema::SinkConfigKeys;
use super::keyed_sink_message::{MessageKeys, SinkMessage};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::secret_location::SecretLocation;
use crate::domain::{Digest, OperatorAlert};

/// A sink as it is configured. All that is a vendor's own is behind this.
pub trait SinkAdapter {
    /// The sink's kind, and the keys of its section.
    fn schema(&self) -> &'static SinkConfigKeys;

    /// What sort of messages it takes. A sink of another sort would not understand them.
    fn message_format_name(&self) -> &'static str {
        self.schema().kind
    }

    /// The least time between two messages.
    fn min_message_interval(&self) -> Duration {
        Duration::ZERO
    }

    /// Each secret that it needs: what it is, and where.
    fn secret_locations(&self) -> Vec<(&'static str, &SecretLocation)>;

    /// What `check` says of it.
    fn sink_summary(&self) -> SinkDestinationSummary;

    /// What is allowed in its section and yet may not be meant.
    fn suspicious_config_warning(&self) -> Option<&'static str> {
        None
    }

    /// Renders every message of a digest.
    fn render_digest(&self, digest: &Digest, keys: MessageKeys) -> Result<Vec<SinkMessage>>;

    /// Renders an alert to the operator at the sink of this name, for each recipient.
    fn render_alert(&self, alert: &OperatorAlert, sink: &str, keys: MessageKeys) -> Result<Vec<SinkMessage>>;

    /// Renders one harmless message for each recipient, which says that it is a test of the sink of this name.
    fn render_test_message(&self, sink: &str, key: &str, now: &Zoned) -> Result<Vec<SinkMessage>>;

    /// Prepares the way to it; its secrets are read now. An error says which one cannot be had, never what it is.
    fn open_sink_transport(&self) -> Result<Transport>;
}
