//! The section of a sink with `kind = "ntfy"`.

use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::secret_location::{self, SecretConfigKeys, SecretLocation};
use crate::config_table::toml_table::ConfigTable;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::endpoint_config::EndpointConfig;
use crate::sink::https_link_parser::parse_https_url;

/// The keys of `kind = "ntfy"`.
pub(crate) const SCHEMA: SinkConfigKeys = SinkConfigKeys {
    kind: "ntfy",
    keys: &["url_file", "url_env", "token_file", "token_env", "list", "allow_private", "ca_file"],
    secrets: &[("url", "url"), ("topic", "url"), ("token", "token"), ("password", "token")],
};

/// The topic's address.
const URL: SecretConfigKeys = SecretConfigKeys {
    file: "url_file",
    variable: "url_env",
    hint: "a file with the topic's address in it (https://ntfy.sh/mytopic), as in url_file = \
           \"/etc/paperwire/ntfy-url\", or a variable, as in url_env = \"NTFY_URL\"",
};

/// What opens a topic that not everybody may write to.
const TOKEN: SecretConfigKeys = SecretConfigKeys {
    file: "token_file",
    variable: "token_env",
    hint: "a file with the access token in it (tk_…), as in token_file = \"/etc/paperwire/ntfy-token\", or a \
           variable, as in token_env = \"NTFY_TOKEN\"",
};

/// A topic of an ntfy server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NtfyConfig {
    /// How it is reached: the topic's address, `https://ntfy.sh/mytopic`. Who has it can read and write there.
    pub endpoint: EndpointConfig,
    /// Where the access token is; none if everybody may write to the topic.
    pub token: Option<SecretLocation>,
    /// The https address of the Markdown list, which a tap opens.
    pub list: Option<String>,
}

impl NtfyConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        let token = secret_location::optional_secret_location(section, TOKEN, context.folder, mistakes);
        let list = section.optional_value("list", parse_https_url, mistakes);
        let endpoint = EndpointConfig::read(section, URL, context, mistakes)?;
        Some(Self { endpoint, token, list })
    }
}
