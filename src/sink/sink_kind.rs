//! The kinds of sinks, each registered once: its keys, how its section is read, and what does the rest.

use super::adapter::SinkAdapter;
use super::config_schema::{SinkConfigContext, SinkConfigKeys};
use super::discord::{self, DiscordConfig};
use super::email::{self, EmailConfig};
use super::maildir::{self, MaildirConfig};
use super::ntfy::{self, NtfyConfig};
use super::slack::{self, SlackConfig};
use super::webhook::{self, WebhookConfig};
use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::toml_table::ConfigTable;

/// What a sink is, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKindConfig {
    /// A mail server.
    Email(EmailConfig),
    /// A folder of mail.
    Maildir(MaildirConfig),
    /// An incoming webhook of Slack.
    Slack(SlackConfig),
    /// A webhook of a Discord channel.
    Discord(DiscordConfig),
    /// Anybody's receiver, by Standard Webhooks.
    Webhook(WebhookConfig),
    /// A topic of an ntfy server.
    Ntfy(NtfyConfig),
}

/// One kind of sink, before its section is read.
#[derive(Debug)]
pub(crate) struct SinkKindDefinition {
    /// The kind's name and keys.
    pub(crate) schema: &'static SinkConfigKeys,
    /// Reads its section; nothing if there is a mistake in it.
    pub(crate) read: fn(&ConfigTable, &SinkConfigContext, &mut Diagnostics) -> Option<SinkKindConfig>,
}

/// All kinds, in the order in which messages list them.
pub(crate) static SINK_KIND_DEFINITIONS: [SinkKindDefinition; 6] = [
    SinkKindDefinition {
        schema: &email::SCHEMA,
        read: |s, c, m| EmailConfig::read(s, c, m).map(SinkKindConfig::Email),
    },
    SinkKindDefinition {
        schema: &maildir::SCHEMA,
        read: |s, c, m| MaildirConfig::read(s, c, m).map(SinkKindConfig::Maildir),
    },
    SinkKindDefinition {
        schema: &slack::SCHEMA,
        read: |s, c, m| SlackConfig::read(s, c, m).map(SinkKindConfig::Slack),
    },
    SinkKindDefinition {
        schema: &discord::SCHEMA,
        read: |s, c, m| DiscordConfig::read(s, c, m).map(SinkKindConfig::Discord),
    },
    SinkKindDefinition {
        schema: &webhook::SCHEMA,
        read: |s, c, m| WebhookConfig::read(s, c, m).map(SinkKindConfig::Webhook),
    },
    SinkKindDefinition {
        schema: &ntfy::SCHEMA,
        read: |s, c, m| NtfyConfig::read(s, c, m).map(SinkKindConfig::Ntfy),
    },
];

impl SinkKindConfig {
    /// What the rest of the program knows of it.
    pub fn sink_adapter(&self) -> &dyn SinkAdapter {
        match self {
            Self::Email(email) => email,
            Self::Maildir(maildir) => maildir,
            Self::Slack(slack) => slack,
            Self::Discord(discord) => discord,
            Self::Webhook(webhook) => webhook,
            Self::Ntfy(ntfy) => ntfy,
        }
    }
}
