//! The section of a sink with `kind = "webhook"`.

use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::secret_location::{self, SecretConfigKeys, SecretLocation};
use crate::config_table::toml_table::ConfigTable;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::endpoint_config::{self, EndpointConfig};

/// The keys of `kind = "webhook"`.
pub(crate) const SCHEMA: SinkConfigKeys = SinkConfigKeys {
    kind: "webhook",
    keys: &["url_file", "url_env", "secret_file", "secret_env", "allow_private", "ca_file"],
    secrets: &[
        ("url", "url"),
        ("webhook", "url"),
        ("webhook_url", "url"),
        ("secret", "secret"),
        ("token", "secret"),
    ],
};

/// What its messages are signed with.
const SIGNING: SecretConfigKeys = SecretConfigKeys {
    file: "secret_file",
    variable: "secret_env",
    hint: "a file with the `whsec_…` in it, as in secret_file = \"/etc/paperwire/signing\", or a variable, as in \
            secret_env = \"WEBHOOK_SECRET\"",
};

/// A receiver that may check that a message is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookConfig {
    /// How the receiver is reached.
    pub endpoint: EndpointConfig,
    /// Where the `whsec_…` is that messages are signed with; none if they are not signed.
    pub secret: Option<SecretLocation>,
}

impl WebhookConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        let secret = secret_location::optional_secret_location(section, SIGNING, context.folder, mistakes);
        let endpoint = EndpointConfig::read(section, endpoint::WEBHOOK_URL, context, mistakes)?;
        Some(Self { endpoint, secret })
    }
}
