//! The part of a section that every receiver of POSTs has: its address, and how far that may lead.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::config_schema::SinkConfigContext;
use super::http::{self, AddressPolicy, HttpSink, ReceiverApi};
use super::sink_summary::SinkDestinationSummary;
use super::transport::Transport;
use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::secret_location::{self, SecretConfigKeys, SecretLocation};
use crate::config_table::toml_table::ConfigTable;
use crate::domain::Secret;

/// The address of a webhook.
pub(super) const WEBHOOK_URL: SecretConfigKeys = SecretConfigKeys {
    file: "url_file",
    variable: "url_env",
    hint: "a file with the webhook's address in it, as in url_file = \"/etc/paperwire/slack-url\", or a variable, \
            as in url_env = \"SLACK_URL\"",
};

/// The keys of a receiver that has no others.
pub(super) const KEYS: &[&str] = &["url_file", "url_env", "allow_private", "ca_file"];

/// Keys whose value would be a webhook's address.
pub(super) const SECRETS: &[(&str, &str)] = &[("url", "url"), ("webhook", "url"), ("webhook_url", "url")];

/// A receiver that messages are posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointConfig {
    /// Where its address is: who has it can write there.
    pub url: SecretLocation,
    /// Whether it may be on the loopback or in a private network.
    pub allow_private: bool,
    /// Certificate authorities to trust as well as the system's.
    pub ca_file: Option<PathBuf>,
}

impl EndpointConfig {
    pub(super) fn read(
        section: &ConfigTable,
        url: SecretConfigKeys,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        let url = secret_location::required_secret_location(section, url, context.folder, mistakes);
        let allow_private = section.boolean_value("allow_private", mistakes);
        let ca_file = context.read_ca_file_path(section, mistakes);
        Some(Self { url: url?, allow_private: allow_private?, ca_file })
    }

    pub(super) fn sink_summary(&self) -> SinkDestinationSummary {
        SinkDestinationSummary {
            allow_private: Some(self.allow_private),
            ca_file: SinkDestinationSummary::path_text(self.ca_file.as_ref()),
            ..SinkDestinationSummary::default()
        }
    }

    /// The endpoint's address, read now. An error says which file it is in.
    pub(super) fn read_secret_url(&self) -> Result<Secret> {
        let url = self.url.read().context("url")?;
        http::parse_receiver_url(&url).with_context(|| self.url_error_context())?;
        Ok(url)
    }

    /// What an error about the address begins with, as one about its file does.
    pub(super) fn url_error_context(&self) -> String {
        format!("url: {}", self.url)
    }

    /// The way to a receiver at this address.
    pub(super) fn open_sink_transport(
        &self,
        receiver: Box<dyn ReceiverApi>,
        url: &Secret,
    ) -> Result<Transport> {
        let policy = if self.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
        Ok(Transport::Http(HttpSink::new(receiver, url, policy, self.ca_file.as_deref())?))
    }
}
