//! What a config means, and what is reported of a wrong one, through the module's own reader.

mod broken_arxiv;
mod broken_keys;
mod broken_lists;
mod broken_mail;
mod broken_operator;
mod broken_repositories;
mod broken_secrets;
mod broken_sinks;
mod broken_sources;
mod broken_subscriptions;
mod broken_topics;
pub(super) mod explain_with_secret;
mod http;
mod mutations;
mod repositories;
mod sources;
mod unreadable_files;
mod valid_configs;

use std::path::Path;

use super::{Config, ConfigError, ConfigText, parse_config_text};

/// A config of which only one thing is to be looked at.
const REST: &str = "[arxiv]\ncontact = \"you@example.org\"\n[[topic]]\nname = \"Image Classification\"\nquery = \"cat:cs.CV\"\n";

fn load_config(body: &str) -> Result<Config, ConfigError> {
    parse_config_text(
        &ConfigText::new("paperwire.toml".to_owned(), body.to_owned()),
        Some(Path::new("conf/paperwire.toml")),
    )
}

/// What is reported of a wrong config; its first line may be left empty, to be below the quotes.
fn error_message(body: &str) -> String {
    load_config(body.strip_prefix('\n').unwrap_or(body)).expect_err("this config is wrong").to_string()
}
