//! The section of a sink with `kind = "discord"`.

use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::toml_table::ConfigTable;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::endpoint_config::{self, EndpointConfig};

/// The keys of `kind = "discord"`.
pub(crate) const SCHEMA: SinkConfigKeys =
    SinkConfigKeys { kind: "discord", keys: endpoint::KEYS, secrets: endpoint::SECRETS };

/// A webhook of a Discord channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscordConfig {
    /// How the webhook is reached.
    pub endpoint: EndpointConfig,
}

impl DiscordConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        Some(Self { endpoint: EndpointConfig::read(section, endpoint::WEBHOOK_URL, context, mistakes)? })
    }
}
