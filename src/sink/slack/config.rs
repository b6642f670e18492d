//! The section of a sink with `kind = "slack"`.

use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::toml_table::ConfigTable;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::endpoint_config::{self, EndpointConfig};

/// The keys of `kind = "slack"`.
pub(crate) const SCHEMA: SinkConfigKeys =
    SinkConfigKeys { kind: "slack", keys: endpoint::KEYS, secrets: endpoint::SECRETS };

/// An incoming webhook of Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackConfig {
    /// How the webhook is reached.
    pub endpoint: EndpointConfig,
}

impl SlackConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        Some(Self { endpoint: EndpointConfig::read(section, endpoint::WEBHOOK_URL, context, mistakes)? })
    }
}
