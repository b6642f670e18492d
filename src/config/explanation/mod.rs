//! A config in plain words: what would be polled, when, where it would be written, and who would get messages.

mod explanation_line;
mod repository;
mod secret;
mod sinks_and_subscriptions;
mod topics_and_sources;

use std::collections::BTreeMap;
use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{BUILT_IN, Config, HttpListenerConfig, ListConfig, OperatorConfig};
use crate::config_table::value_parsers;
use crate::domain::ArchivePattern;
use explanation_line::write_explanation_line;
use repository::RepositoryExplanation;
use sinks_and_subscriptions::{SinkExplanation, SubscriptionExplanation};
use topics_and_sources::{SourceExplanation, TopicExplanation};

/// What the explanation needs to know of the world, found out by who asks for it.
#[derive(Debug, Clone, Copy)]
pub struct ExplanationContext<'a> {
    /// Who asks, as arXiv sees it.
    pub user_agent: &'a str,
    /// Whether the history is there.
    pub state_exists: bool,
    /// Each list's file, in the config's order.
    pub lists: &'a [ListFileReadiness],
}

/// What is in the place where a list is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListFileReadiness {
    /// Nothing yet; the file is made with its markers.
    Absent,
    /// A file with the markers of all its topics.
    Ready,
    /// A file that cannot be written as it is; why, and on which line.
    Broken(String),
    /// A file in which some topics cannot be written, while the others are; why for each, and on which line.
    Waiting(Vec<String>),
    /// A file in a repository, and a git that can work with it; `check` asks no remote.
    Remote {
        /// Which git that is.
        git: String,
    },
}

/// A config in plain words for a person ([`fmt::Display`]), or as one JSON object.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigExplanation {
    config: Option<String>,
    state: StateExplanation,
    arxiv: ArxivSettingsExplanation,
    http: Option<HttpListenerConfig>,
    sources: Vec<SourceExplanation>,
    topics: Vec<TopicExplanation>,
    lists: Vec<ListConfigExplanation>,
    sinks: Vec<SinkExplanation>,
    subscriptions: Vec<SubscriptionExplanation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<OperatorConfig>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct StateExplanation {
    file: String,
    exists: bool,
    keep: String,
}

#[derive(Debug, Clone, Serialize)]
struct ArxivSettingsExplanation {
    url: String,
    contact: String,
    user_agent: String,
    pace: String,
    patience: String,
    page: u32,
    poll: String,
    next_poll: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize)]
struct ListConfigExplanation {
    name: String,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<RepositoryExplanation>,
    topics: Vec<String>,
    rows: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    code_hosts: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    beside: BTreeMap<&'static str, String>,
    standing: Option<ListFileReadiness>,
}

impl ConfigExplanation {
    /// Explains a config as of `now`. Looks whether its secrets can be read.
    pub fn explain_config(config: &Config, now: Timestamp, facts: ExplanationContext) -> Self {
        Self {
            config: config.file.as_ref().map(|file| file.display().to_string()),
            state: StateExplanation {
                file: config.state.to_string(),
                exists: facts.state_exists,
                keep: value_parsers::format_days(config.keep),
            },
            arxiv: explain_arxiv_settings(config, now, facts.user_agent),
            http: config.http.clone(),
            sources: SourceExplanation::explain_all_feeds(config),
            topics: config.topics.iter().map(TopicExplanation::from_topic).collect(),
            lists: config
                .lists
                .iter()
                .enumerate()
                .map(|(n, list)| explain_list_config(list, facts.lists.get(n)))
                .collect(),
            sinks: config.sinks.iter().map(SinkExplanation::from_config).collect(),
            subscriptions: config
                .subscriptions
                .iter()
                .map(|subscription| SubscriptionExplanation::explain_subscription(subscription, now))
                .collect(),
            operator: config.operator.clone(),
            notes: topics_and_sources::topic_config_warnings(config)
                .chain(topics_and_sources::source_config_warnings(config))
                .chain(sinks_and_subscriptions::sink_config_warnings(config))
                .collect(),
        }
    }

    /// The same with what else there is to say of it.
    #[must_use]
    pub fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// Whether a sink with a subscription, a list's repository or a source with a topic cannot be reached now,
    /// for want of a secret.
    pub fn lacks_a_secret(&self) -> bool {
        !self.secret_faults().is_empty()
    }

    /// Each of these that cannot be reached, in words.
    pub fn secret_faults(&self) -> Vec<String> {
        let lists = self
            .lists
            .iter()
            .filter(|list| list.repository.as_ref().is_some_and(RepositoryExplanation::lacks_a_secret));
        let is_used = |sink: &&SinkExplanation| {
            self.subscriptions.iter().any(|subscription| subscription.delivers_to_sink(sink))
                || self.operator.iter().any(|operator| operator.sink == sink.name)
        };
        let sinks = self.sinks.iter().filter(|sink| sink.lacks_a_secret()).filter(is_used);
        let sources = self.sources.iter().filter(|source| source.lacks_a_secret());
        let names = lists
            .map(|list| ("list", &list.name))
            .chain(sources.map(|source| ("source", &source.name)))
            .chain(sinks.map(|sink| ("sink", &sink.name)));
        names.map(|(kind, name)| format!("the {kind} \"{name}\": a secret of it cannot be read")).collect()
    }
}

fn explain_arxiv_settings(config: &Config, now: Timestamp, user_agent: &str) -> ArxivSettingsExplanation {
    let arxiv = &config.arxiv;
    ArxivSettingsExplanation {
        url: arxiv.url.to_string(),
        contact: arxiv.contact.clone(),
        user_agent: user_agent.to_owned(),
        pace: value_parsers::format_duration(arxiv.pace),
        patience: value_parsers::format_duration(arxiv.patience),
        page: arxiv.page,
        poll: arxiv.poll.to_string(),
        next_poll: arxiv.poll.next_after(now, &TimeZone::UTC),
    }
}

fn explain_list_config(list: &ListConfig, state: Option<&ListFileReadiness>) -> ListConfigExplanation {
    let place = |archive: &ArchivePattern| list.file.with_file_name(archive.as_str());
    ListConfigExplanation {
        name: list.name.clone(),
        file: list.file.display().to_string(),
        repository: list.repository.as_ref().map(RepositoryExplanation::from_config),
        topics: list.topics.clone(),
        rows: list.rows,
        archive: list.archive.as_ref().map(|archive| place(archive).display().to_string()),
        code_hosts: list.code_hosts.clone(),
        beside: list.exports.iter().map(|(form, file)| (form.name(), file.display().to_string())).collect(),
        standing: state.cloned(),
    }
}

impl fmt::Display for ConfigExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.state.exists { "" } else { " (not there yet; the first poll makes it)" };
        write_explanation_line(f, "config", self.config.as_deref().unwrap_or(BUILT_IN))?;
        write_explanation_line(f, "state", format_args!("{}{state}", self.state.file))?;
        write_explanation_line(
            f,
            "  keeps",
            format_args!("the bodies of delivered messages for {}", self.state.keep),
        )?;
        write!(f, "{}", self.arxiv)?;
        self.http.iter().try_for_each(|http| write_http_server_explanation(f, http))?;
        self.sources.iter().try_for_each(|source| write!(f, "\n{source}"))?;
        self.topics.iter().try_for_each(|topic| write!(f, "\n{topic}"))?;
        self.lists.iter().try_for_each(|list| write!(f, "\n{list}"))?;
        self.sinks.iter().try_for_each(|sink| write!(f, "\n{sink}"))?;
        self.subscriptions.iter().try_for_each(|one| write!(f, "\n{one}"))?;
        self.operator.iter().try_for_each(|operator| write_operator_explanation(f, operator))?;
        if !self.notes.is_empty() {
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| write_explanation_line(f, "note", note))
    }
}

impl fmt::Display for ArxivSettingsExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_explanation_line(f, "asks", &self.url)?;
        write_explanation_line(f, "  as", &self.user_agent)?;
        write_explanation_line(f, "  contact", &self.contact)?;
        write_explanation_line(
            f,
            "  pace",
            format_args!("{} between requests, {} results in each", self.pace, self.page),
        )?;
        write_explanation_line(f, "  patience", format_args!("{} for one poll", self.patience))?;
        let next = self.next_poll.map_or_else(
            || "never again".to_owned(),
            |next| format!("next {}", next.strftime("%Y-%m-%d %H:%M UTC")),
        );
        write_explanation_line(
            f,
            "  polls",
            format_args!("{} in UTC, {next} (`run` only; `once` asks at once)", self.poll),
        )
    }
}

fn write_http_server_explanation(
    f: &mut fmt::Formatter<'_>,
    HttpListenerConfig { listen, hosts }: &HttpListenerConfig,
) -> fmt::Result {
    write_explanation_line(f, "serves", format_args!("http://{listen} (`run` only)"))?;
    hosts.iter().try_for_each(|host| write_explanation_line(f, "  as", host))
}

fn write_operator_explanation(f: &mut fmt::Formatter<'_>, operator: &OperatorConfig) -> fmt::Result {
    let OperatorConfig { sink, after } = operator;
    let after = value_parsers::format_days(*after);
    writeln!(f)?;
    write_explanation_line(
        f,
        "operator",
        format_args!("told at the sink \"{sink}\" of what has been wrong for {after}"),
    )
}

impl fmt::Display for ListConfigExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_explanation_line(f, "list", &self.name)?;
        write_explanation_line(
            f,
            "  file",
            format_args!("{}{}", self.file, format_list_file_state(self.standing.as_ref())),
        )?;
        self.repository.iter().try_for_each(|repository| write!(f, "{repository}"))?;
        self.topics.iter().try_for_each(|topic| write_explanation_line(f, "  table", topic))?;
        write_explanation_line(f, "  rows", format_args!("{} in each table", self.rows))?;
        self.archive.iter().try_for_each(|archive| write_explanation_line(f, "  archive", archive))?;
        let hosts: Vec<&str> =
            std::iter::once("github.com").chain(self.code_hosts.iter().map(String::as_str)).collect();
        write_explanation_line(f, "  code on", hosts.join(", "))?;
        self.beside.iter().try_for_each(|(form, file)| write_explanation_line(f, &format!("  {form}"), file))
    }
}

fn format_list_file_state(state: Option<&ListFileReadiness>) -> String {
    match state {
        None => String::new(),
        Some(ListFileReadiness::Absent) => " (not there yet; it is made with its markers)".to_owned(),
        Some(ListFileReadiness::Ready) => " (there, with its markers)".to_owned(),
        Some(ListFileReadiness::Remote { git }) => format!(" (kept by git {git})"),
        Some(ListFileReadiness::Broken(words)) => format!(" (cannot be written: {words})"),
        Some(ListFileReadiness::Waiting(words)) => {
            format!(" (written but for what waits: {})", words.join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
state = "wire.db"
[arxiv]
contact = "ada@example.org"
poll = "0 8 * * *"
[[topic]]
name = "Image Classification"
query = "ti:images OR abs:images AND cat:cs.CV"
archives = ["cs", "stat"]
[[topic]]
name = "Robots"
query = "all:robot"
archives = ["newfield"]
[[list]]
file = "README.md"
topics = ["Image Classification"]
code_hosts = ["gitlab.com"]
[[list]]
name = "second"
file = "two.md"
topics = ["Image Classification"]
rows = 20
archive = "archive/{year}-{month}.md"
"#;

    fn config_explanation_with_lists(lists: &[ListFileReadiness]) -> ConfigExplanation {
        let text = super::super::ConfigText::new("conf/paperwire.toml".into(), FULL.into());
        let config =
            super::super::parse_config_text(&text, Some(std::path::Path::new("conf/paperwire.toml")))
                .unwrap();
        let now = "2025-03-26T09:30:00Z".parse().unwrap();
        let standing = ExplanationContext {
            user_agent: "paperwire/0.1.0 (ada@example.org)",
            state_exists: false,
            lists,
        };
        ConfigExplanation::explain_config(&config, now, standing)
    }

    #[test]
    fn a_config_is_explained_from_what_is_read_to_what_is_written() {
        let broken = ListFileReadiness::Broken("line 7: the end marker is missing".into());
        insta::assert_snapshot!(config_explanation_with_lists(&[ListFileReadiness::Ready, broken]), @r#"
config      conf/paperwire.toml
state       conf/wire.db (not there yet; the first poll makes it)
  keeps     the bodies of delivered messages for 90d
asks        https://export.arxiv.org/api/query
  as        paperwire/0.1.0 (ada@example.org)
  contact   ada@example.org
  pace      3s between requests, 200 results in each
  patience  10m for one poll
  polls     0 8 * * * in UTC, next 2025-03-27 08:00 UTC (`run` only; `once` asks at once)

topic       Image Classification
  sources   arxiv
  query     (ti:images OR (abs:images AND cat:cs.CV))
  archives  cs, stat

topic       Robots
  sources   arxiv
  query     all:robot
  archives  newfield

list        README.md
  file      conf/README.md (there, with its markers)
  table     Image Classification
  rows      200 in each table
  code on   github.com, gitlab.com

list        second
  file      conf/two.md (cannot be written: line 7: the end marker is missing)
  table     Image Classification
  rows      20 in each table
  archive   conf/archive/{year}-{month}.md
  code on   github.com

note        the topic "Robots" is in no list and no subscription
note        arXiv had no archive `newfield` when this version was made (topic "Robots")
"#);
    }

    #[test]
    fn the_same_is_told_to_a_program() {
        let json = serde_json::to_value(config_explanation_with_lists(&[ListFileReadiness::Absent])).unwrap();
        assert_eq!(json["config"], "conf/paperwire.toml");
        assert_eq!(
            json["state"],
            serde_json::json!({"file": "conf/wire.db", "exists": false, "keep": "90d"})
        );
        assert_eq!(json["arxiv"]["next_poll"], "2025-03-27T08:00:00Z");
        assert_eq!(json["arxiv"]["pace"], "3s");
        assert_eq!(json["topics"][0]["archives"], serde_json::json!(["cs", "stat"]));
        assert_eq!(json["lists"][0]["standing"], "absent");
        assert_eq!(json["lists"][1]["standing"], serde_json::Value::Null);
        assert_eq!(json["lists"][1]["rows"], 20);
        assert_eq!(json["lists"][0].get("archive"), None);
        assert_eq!(json["lists"][1]["archive"], "conf/archive/{year}-{month}.md");
    }
}
