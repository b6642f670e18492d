//! What the operator wants: the TOML file, its defaults, and what is wrong with it, reported with file, line,
//! key and what would be right. Knows the sections, their keys and defaults; must never know how a thing
//! is polled, stored, written or sent, and reads no file but the config and, when asked for it, a secret.

mod all_environment_variables;
mod arxiv;
mod edit;
mod explanation;
mod http_listener;
mod list;
mod operator_alerts;
mod output_conflicts;
mod query_categories;
mod repository;
mod resolved_list_config;
mod sink;
mod source;
mod store_url;
mod subscription;
mod suggest_source_name;
mod topic;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

pub use all_environment_variables::all_environment_variables;
pub use arxiv::ArxivConfig;
pub use edit::{ConfigEdit, ConfigEditError, NewFeedSource};
pub use explanation::{ConfigExplanation, ExplanationContext, ListFileReadiness};
pub use http_listener::HttpListenerConfig;
pub use operator_alerts::OperatorConfig;
pub use repository::{CredentialConfig, ForgeConfig, PublishConfig, RepositoryConfig};
pub use resolved_list_config::ListConfig;
pub use sink::SinkConfig;
pub use source::{FeedConfig, FeedLocation};
pub use suggest_source_name::UniqueSourceNameGenerator;

pub use crate::config_table::diagnostic::ConfigError;
pub use crate::config_table::secret_location::{SecretAvailability, SecretError, SecretLocation};

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::excerpt::ConfigText;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::{config_file_paths, value_parsers};
use crate::domain::{DatabaseUrl, Subscription, Topic};
use crate::sink::SinkConfigContext;
use store_url::parse_store_url;

/// The config that is read if none is named.
const FILE: &str = "paperwire.toml";

/// How errors name what is read if there is no file at all.
const BUILT_IN: &str = "the built-in default";

/// The config for who has none: one topic and its list, and a daily digest as mail, in the current folder.
const DEFAULT: &str =
    concat!("[arxiv]\ncontact = \"", env!("CARGO_PKG_REPOSITORY"), "\"\n\n", include_str!("default.toml"));

/// A larger file is not a config.
const BYTES_MAX: u64 = 1024 * 1024;

/// How many of a file's breaks are looked at.
const BROKEN_MAX: usize = 100;

/// The file of the history, if the config does not say.
const STATE: &str = "papers/paperwire.db";

/// How long a delivered message keeps its body, if the config does not say.
const KEEP: &str = "90d";

/// Who wants to keep a message for longer has it in the sink.
const KEEP_MAX: Duration = Duration::from_hours(3650 * 24);

/// The keys at the top of the file.
const ROOT: ConfigSectionSchema = ConfigSectionSchema {
    title: "",
    keys: &["state", "keep", "arxiv", "http", "source", "topic", "list", "sink", "subscription", "operator"],
    secrets: &[],
};

/// Every kind of section that a config may have.
fn config_sections_and_keys() -> [&'static ConfigSectionSchema; 9] {
    [
        &ROOT,
        &arxiv::SCHEMA,
        &http_listener::SCHEMA,
        &source::SCHEMA,
        &topic::SCHEMA,
        &list::SCHEMA,
        &sink::SCHEMA,
        &subscription::SCHEMA,
        &operator_alerts::SCHEMA,
    ]
}

/// A whole config, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that it was read from; none for the built-in default.
    pub file: Option<PathBuf>,
    /// Where the history is kept.
    pub state: DatabaseUrl,
    /// How long a delivered message keeps its body.
    pub keep: Duration,
    /// How arXiv is asked.
    pub arxiv: ArxivConfig,
    /// What is served over HTTP; nothing if there is no such section.
    pub http: Option<HttpListenerConfig>,
    /// The feeds that topics may name, in the file's order.
    pub feeds: Vec<FeedConfig>,
    /// What is watched, in the file's order; at least one.
    pub topics: Vec<Topic>,
    /// The Markdown files, in the file's order.
    pub lists: Vec<ListConfig>,
    /// Where messages go, in the file's order.
    pub sinks: Vec<SinkConfig>,
    /// Who gets what and when, in the file's order.
    pub subscriptions: Vec<Subscription>,
    /// The sink at which the operator hears what is wrong; none if nobody is to hear it.
    pub operator: Option<OperatorConfig>,
}

impl Config {
    /// Reads and checks a config. Without a path: `paperwire.toml` of the current folder, or the
    /// built-in default if there is none. Relative paths in it start at its own folder. Touches nothing.
    pub fn load_or_default(path: Option<&Path>) -> Result<Self, ConfigError> {
        let file = match path {
            Some(path) => path,
            None if may_exist(Path::new(FILE)) => Path::new(FILE),
            None => {
                return parse_config_text(&ConfigText::new(BUILT_IN.to_owned(), DEFAULT.to_owned()), None);
            }
        };
        let body = read_config_file(file)
            .map_err(|words| ConfigError::unreadable_config_error(format!("{}: {words}", file.display())))?;
        parse_config_text(&ConfigText::new(file.display().to_string(), body), Some(file))
    }

    /// Whether anything is sent to the sink of this name.
    pub fn uses_sink(&self, name: &str) -> bool {
        self.subscriptions.iter().any(|subscription| subscription.sink == name)
            || self.operator.iter().any(|operator| operator.sink == name)
    }

    /// Hosts whose repositories count as code in any list.
    pub fn code_hosts(&self) -> Vec<String> {
        self.lists.iter().flat_map(|list| list.code_hosts.iter().cloned()).collect()
    }
}

/// Anything but a clear "not there" counts as there, so that its error is reported.
fn may_exist(path: &Path) -> bool {
    !matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// The file's text, without the mark that some editors put before it.
fn read_config_file(path: &Path) -> Result<String, String> {
    let unread = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("the config cannot be read: {error}"),
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(unread)?.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("is over {BYTES_MAX} bytes, too large for a config"));
    }
    let text = String::from_utf8(bytes).map_err(|bad| {
        let line = bad.as_bytes()[..bad.utf8_error().valid_up_to()].split(|b| *b == b'\n').count();
        format!("line {line} is not UTF-8 text; save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// Reads a whole text, section by section, and collects what is wrong in any of them.
fn parse_config_text(text: &ConfigText, file: Option<&Path>) -> Result<Config, ConfigError> {
    let mut mistakes = Diagnostics::new(text);
    let (tree, broken) = DeTable::parse_recoverable(text.whole_file_text());
    if !broken.is_empty() {
        report_syntax_errors(&broken, &mut mistakes);
        return mistakes.into_result(None);
    }
    let root = ConfigTable::root_table(&ROOT, tree.get_ref());
    let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
    let config = read_config_sections(&root, folder, file, &mut mistakes);
    mistakes.into_result(config)
}

fn read_config_sections(
    root: &ConfigTable,
    folder: &Path,
    file: Option<&Path>,
    mistakes: &mut Diagnostics,
) -> Option<Config> {
    let arxiv_section = root.subtable("arxiv", &arxiv::SCHEMA, mistakes);
    let http_section = root.subtable("http", &http_listener::SCHEMA, mistakes);
    let source_sections = root.array_of_tables("source", &source::SCHEMA, &["name"], mistakes);
    let topic_sections = root.array_of_tables("topic", &topic::SCHEMA, &["name"], mistakes);
    let list_sections = root.array_of_tables("list", &list::SCHEMA, &["name", "file"], mistakes);
    let sink_sections = sink::read_sink_sections(root, mistakes);
    let subscription_sections =
        root.array_of_tables("subscription", &subscription::SCHEMA, &["name", "sink"], mistakes);
    let operator_section = root.subtable("operator", &operator_alerts::SCHEMA, mistakes);
    let each = [&source_sections, &topic_sections, &list_sections, &sink_sections, &subscription_sections];
    let one_each = [root, &arxiv_section, &http_section, &operator_section];
    let sections = one_each.into_iter().chain(each.into_iter().flatten());
    sections.for_each(|section| section.report_unknown_keys(&config_sections_and_keys(), mistakes));

    let state = read_store_url_from_config(root, folder, file, mistakes);
    let keep = root.value_or_default("keep", KEEP, parse_message_body_retention, mistakes);
    let arxiv = arxiv::read_arxiv_section(&arxiv_section, mistakes);
    let http = http_listener::read_http_section(&http_section, root.has_config_key("http"), mistakes);
    let sources = source::read_source_sections(&source_sections, folder, mistakes);
    let topics = topic::read_topic_sections(&topic_sections, &sources.names, mistakes);
    if !root.has_config_key("topic") || root.is_empty_toml_array("topic") {
        mistakes.add(None, "", InvalidValue::new("has no [[topic]]", topic::EXAMPLE));
    }
    let taken = reserved_files(file, state.as_ref());
    let constraints = list::ListCheckContext { folder, reserved_files: taken.clone(), topics: &topics.names };
    let lists = list::read_list_sections(&list_sections, &constraints, mistakes);
    let on_this_machine = lists.iter().filter(|list| list.repository.is_none());
    let listed =
        on_this_machine.map(|list| ("a list's file", config_file_paths::canonical_file_path(&list.file)));
    let context = SinkConfigContext { folder, reserved_files: taken.into_iter().chain(listed).collect() };
    let sinks = sink::read_sink_configs(&sink_sections, &context, mistakes);
    let constraints = subscription::SubscriptionConstraints { topics: &topics.names, sinks: &sinks.names };
    let subscriptions =
        subscription::read_subscription_sections(&subscription_sections, &constraints, mistakes);
    let operator = if root.has_config_key("operator") {
        Some(operator_alerts::read_operator_alert_config(&operator_section, &sinks.names, mistakes)?)
    } else {
        None
    };
    Some(Config {
        file: file.map(Path::to_owned),
        state: state?,
        keep: keep?,
        arxiv: arxiv?,
        http,
        feeds: sources.feeds,
        topics: topics.topics,
        lists,
        sinks: sinks.sinks,
        subscriptions,
        operator,
    })
}

/// The identities of the files that nothing else may be written to, each with what it is.
fn reserved_files(file: Option<&Path>, state: Option<&DatabaseUrl>) -> Vec<(&'static str, PathBuf)> {
    let state = state.map(|DatabaseUrl::Sqlite(file)| file.as_path());
    let named = [("this config itself", file), ("the state file", state)];
    named
        .into_iter()
        .filter_map(|(what, path)| Some((what, config_file_paths::canonical_file_path(path?))))
        .collect()
}

fn parse_message_body_retention(text: &str) -> Result<Duration, InvalidValue> {
    let keep = value_parsers::parse_duration_in_days(text)?;
    if keep <= KEEP_MAX {
        return Ok(keep);
    }
    Err(InvalidValue::new("is too long", format!("at most {}", value_parsers::format_days(KEEP_MAX))))
}

fn read_store_url_from_config(
    root: &ConfigTable,
    folder: &Path,
    file: Option<&Path>,
    mistakes: &mut Diagnostics,
) -> Option<DatabaseUrl> {
    let state = root.value_or_default("state", STATE, |text| parse_store_url(text, folder), mistakes)?;
    let DatabaseUrl::Sqlite(state_file) = &state;
    if file.is_some_and(|file| {
        config_file_paths::canonical_file_path(file) == config_file_paths::canonical_file_path(state_file)
    }) {
        let wrong = InvalidValue::new("is this config itself", "a file of its own, for the history");
        root.report_invalid("state", wrong, mistakes);
    }
    Some(state)
}

/// What TOML itself does not take; the first mistake of a line causes the others.
/// Past [`BROKEN_MAX`] the file is not one for a person to mend line by line.
fn report_syntax_errors(broken: &[toml::de::Error], mistakes: &mut Diagnostics) {
    let mut last_line = None;
    for error in broken.iter().take(BROKEN_MAX) {
        let place = error.span();
        let line = place.as_ref().map(|place| mistakes.line_number(place.start));
        if line.is_none() || line != last_line {
            let words = format!("not TOML: {}", error.message().replace('\n', "; "));
            mistakes.add(place, "", InvalidValue::new(words, ""));
        }
        last_line = line;
    }
}

#[cfg(test)]
mod tests;
