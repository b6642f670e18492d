//! The sections `[[sink]]`: where messages go.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::email::{self, EmailConfig, MaildirConfig};
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::parse_choice;
use crate::config_table::excerpt::printable;
use crate::config_table::secret::{self, SecretKeyNames, SecretLocation};
use crate::config_table::table::{ConfigTable, TableSchema};
use crate::config_table::{path, value};

/// The keys of `[[sink]]`, whatever its kind.
pub(super) const SCHEMA: TableSchema = TableSchema {
    title: "[[sink]]",
    keys: &[
        "name",
        "kind",
        "url_file",
        "url_env",
        "secret_file",
        "secret_env",
        "allow_private",
        "server",
        "user",
        "password_file",
        "password_env",
        "from",
        "to",
        "list",
        "unsubscribe",
        "path",
        "ca_file",
    ],
    secrets: &[
        ("url", "url"),
        ("webhook", "url"),
        ("webhook_url", "url"),
        ("password", "password"),
        ("pass", "password"),
        ("secret", "secret"),
        ("token", "secret"),
    ],
};

/// The address of a webhook.
const URL: SecretKeyNames = SecretKeyNames {
    file: "url_file",
    variable: "url_env",
    hint: "a file with the webhook's address in it, as in url_file = \"/etc/paperwire/slack-url\", or a variable, \
            as in url_env = \"SLACK_URL\"",
};

/// What a webhook's messages are signed with.
const SIGNING: SecretKeyNames = SecretKeyNames {
    file: "secret_file",
    variable: "secret_env",
    hint: "a file with the `whsec_…` in it, as in secret_file = \"/etc/paperwire/signing\", or a variable, as in \
            secret_env = \"WEBHOOK_SECRET\"",
};

/// Each kind of sink, as it is written.
const WORDS: [(&str, SinkKindName); 5] = [
    ("email", SinkKindName::Email),
    ("maildir", SinkKindName::Maildir),
    ("slack", SinkKindName::Slack),
    ("discord", SinkKindName::Discord),
    ("webhook", SinkKindName::Webhook),
];

/// One configured destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkConfig {
    /// Its identity.
    pub name: String,
    /// What it is, and how it is reached.
    pub kind: SinkKind,
}

/// What a sink is, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKind {
    /// A mail server.
    Email(EmailConfig),
    /// A folder of mail.
    Maildir(MaildirConfig),
    /// An incoming webhook of Slack.
    Slack(EndpointConfig),
    /// A webhook of a Discord channel.
    Discord(EndpointConfig),
    /// Anybody's receiver, by Standard Webhooks.
    Webhook(WebhookConfig),
}

/// A receiver that messages are posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointConfig {
    /// Where its address is: who has it can write there.
    pub url: SecretLocation,
    /// Whether it may be on the loopback or in a private network.
    pub allow_private: bool,
    /// Certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// A receiver that can tell our messages from others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookConfig {
    /// How it is reached.
    pub endpoint: EndpointConfig,
    /// Where the `whsec_…` is that messages are signed with; none where they are not.
    pub secret: Option<SecretLocation>,
}

/// The sinks of a file, and their names: also of a sink with another mistake, so that who speaks of it is
/// not blamed for that.
#[derive(Debug)]
pub(super) struct ParsedSinks {
    pub(super) sinks: Vec<SinkConfig>,
    pub(super) names: Vec<String>,
}

/// What the sinks of a file are checked against.
#[derive(Debug)]
pub(super) struct SinkConstraints<'a> {
    /// The config's folder.
    pub(super) folder: &'a Path,
    /// The identities of the files that no mail may be put into, each with what it is.
    pub(super) reserved_files: Vec<(&'static str, PathBuf)>,
}

/// A kind of sink, before its keys are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SinkKindName {
    Email,
    Maildir,
    Slack,
    Discord,
    Webhook,
}

impl SinkKind {
    /// As the config writes it: `email`, `slack`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Maildir(_) => "maildir",
            Self::Slack(_) => "slack",
            Self::Discord(_) => "discord",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Each secret that it needs: what it is, and where.
    pub fn secrets(&self) -> Vec<(&'static str, &SecretLocation)> {
        match self {
            Self::Email(email) => email.login.iter().map(|login| ("password", &login.password)).collect(),
            Self::Maildir(_) => Vec::new(),
            Self::Slack(hook) | Self::Discord(hook) => vec![("url", &hook.url)],
            Self::Webhook(webhook) => std::iter::once(("url", &webhook.endpoint.url))
                .chain(webhook.secret.iter().map(|secret| ("secret", secret)))
                .collect(),
        }
    }
}

impl SinkKindName {
    /// The keys that such a sink has beside its name and kind.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Email => &[
                "server",
                "user",
                "password_file",
                "password_env",
                "from",
                "to",
                "list",
                "unsubscribe",
                "ca_file",
            ],
            Self::Maildir => &["path", "from", "to"],
            Self::Slack | Self::Discord => &["url_file", "url_env", "allow_private", "ca_file"],
            Self::Webhook => {
                &["url_file", "url_env", "secret_file", "secret_env", "allow_private", "ca_file"]
            }
        }
    }
}

pub(super) fn read(
    sections: &[ConfigTable],
    around: &SinkConstraints,
    mistakes: &mut Diagnostics,
) -> ParsedSinks {
    let mut names = Vec::new();
    let mut seen = HashMap::new();
    let sinks = sections
        .iter()
        .filter_map(|section| {
            let name = read_name(section, &mut seen, mistakes);
            names.extend(name.clone());
            let kind = read_kind(section, around, mistakes);
            Some(SinkConfig { name: name?, kind: kind? })
        })
        .collect();
    ParsedSinks { sinks, names }
}

fn read_name(
    section: &ConfigTable,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Diagnostics,
) -> Option<String> {
    let right = "what its subscriptions and commands call it, as in name = \"lab\"";
    let name = section.required("name", right, value::parse_command_name, mistakes)?;
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another sink is named \"{}\" already", printable(&earlier));
        let wrong =
            InvalidValue::new(words, "a name of its own, not only in capitals: it is the sink's identity");
        mistakes.add(section.span("name"), &section.qualified_key("name"), wrong);
    }
    Some(name)
}

fn read_kind(
    section: &ConfigTable,
    around: &SinkConstraints,
    mistakes: &mut Diagnostics,
) -> Option<SinkKind> {
    let right = "one of \"email\", \"maildir\", \"slack\", \"discord\", \"webhook\"";
    let word = section.required("kind", right, |text| parse_choice(text, &WORDS), mistakes)?;
    report_inapplicable_keys(section, word, mistakes);
    let folder = around.folder;
    Some(match word {
        SinkKindName::Email => SinkKind::Email(email::read_email(section, folder, mistakes)?),
        SinkKindName::Maildir => SinkKind::Maildir(read_maildir(section, around, mistakes)?),
        SinkKindName::Slack => SinkKind::Slack(read_endpoint(section, folder, mistakes)?),
        SinkKindName::Discord => SinkKind::Discord(read_endpoint(section, folder, mistakes)?),
        SinkKindName::Webhook => {
            let secret = secret::optional(section, SIGNING, folder, mistakes);
            SinkKind::Webhook(WebhookConfig { endpoint: read_endpoint(section, folder, mistakes)?, secret })
        }
    })
}

/// A key of another kind of sink would do nothing here.
fn report_inapplicable_keys(section: &ConfigTable, word: SinkKindName, mistakes: &mut Diagnostics) {
    let shown =
        |word: SinkKindName| WORDS.iter().find(|(_, known)| *known == word).map_or("", |(shown, _)| shown);
    let fit: Vec<&str> = ["name", "kind"].into_iter().chain(word.keys().iter().copied()).collect();
    let wrong = |key: &str| {
        let homes: Vec<String> = WORDS
            .iter()
            .filter(|(_, word)| word.keys().contains(&key))
            .map(|(shown, _)| format!("\"{shown}\""))
            .collect();
        let words = format!("`{key}` means nothing for a sink of kind \"{}\"", shown(word));
        InvalidValue::new(
            words,
            format!("it belongs to a sink of kind {}; here stand {}", homes.join(" or "), fit.join(", ")),
        )
    };
    section.report_inapplicable_keys(&fit, wrong, mistakes);
}

fn read_endpoint(section: &ConfigTable, folder: &Path, mistakes: &mut Diagnostics) -> Option<EndpointConfig> {
    let url = secret::required(section, URL, folder, mistakes);
    let allow_private = section.flag("allow_private", mistakes);
    let ca_file = email::read_ca_file(section, folder, mistakes);
    Some(EndpointConfig { url: url?, allow_private: allow_private?, ca_file })
}

fn read_maildir(
    section: &ConfigTable,
    around: &SinkConstraints,
    mistakes: &mut Diagnostics,
) -> Option<MaildirConfig> {
    let maildir = email::read_maildir(section, around.folder, mistakes)?;
    let folder = path::identity(&maildir.path);
    if let Some((what, _)) = around.reserved_files.iter().find(|(_, taken)| *taken == folder) {
        let wrong = InvalidValue::new(format!("is {what}"), "a folder of its own");
        mistakes.add(section.span("path"), &section.qualified_key("path"), wrong);
    }
    Some(maildir)
}
