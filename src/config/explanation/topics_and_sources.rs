//! What a config says about topics and the feeds that they take from, in plain words.

use std::fmt;

use serde::Serialize;

use super::explanation_line::write_explanation_line;
use super::secret::{SecretExplanation, world_readable_secret_note};
use crate::config::{Config, FeedConfig, FeedLocation, query_categories};
use crate::config_table::value_parsers;
use crate::domain::{ARXIV_SOURCE, FeedItemKindsToKeep, Query, Topic, arxiv_archives};

/// One topic: what is watched.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TopicExplanation {
    name: String,
    /// None if it takes everything.
    query: Option<String>,
    archives: Vec<String>,
    sources: Vec<String>,
}

/// One feed: where it is, how often it is asked, and which topics use it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SourceExplanation {
    pub(super) name: String,
    kind: &'static str,
    /// None if it is a secret.
    url: Option<String>,
    secrets: Vec<SecretExplanation>,
    every: Option<String>,
    keep: &'static str,
    allow_private: bool,
    topics: Vec<String>,
}

impl TopicExplanation {
    pub(super) fn from_topic(topic: &Topic) -> Self {
        Self {
            name: topic.name.clone(),
            query: topic.query.as_ref().map(Query::to_arxiv_query),
            archives: topic.archives.clone(),
            sources: topic.sources.clone(),
        }
    }
}

impl SourceExplanation {
    /// All feeds of a config.
    pub(super) fn explain_all_feeds(config: &Config) -> Vec<Self> {
        config.feeds.iter().map(|feed| Self::from_feed_config(feed, config)).collect()
    }

    fn from_feed_config(feed: &FeedConfig, config: &Config) -> Self {
        let (url, secret) = match &feed.location {
            FeedLocation::Plain(url) => (Some(url.to_string()), None),
            FeedLocation::Secret(from) => {
                (None, Some(SecretExplanation::from_secret_location("url", from, from.secret_availability())))
            }
        };
        Self {
            name: feed.name.clone(),
            kind: "feed",
            url,
            secrets: secret.into_iter().collect(),
            every: feed.every.map(value_parsers::format_days),
            keep: match feed.keep {
                FeedItemKindsToKeep::Papers => "papers",
                FeedItemKindsToKeep::All => "all",
            },
            allow_private: feed.allow_private,
            topics: topics_using_source(config, &feed.name).map(str::to_owned).collect(),
        }
    }

    /// Whether a topic wants it and it cannot be asked now, for want of its address.
    pub(super) fn lacks_a_secret(&self) -> bool {
        !self.topics.is_empty() && self.secrets.iter().any(SecretExplanation::is_secret_unreadable)
    }
}

/// The topics that take from a source.
fn topics_using_source<'c>(config: &'c Config, source: &str) -> impl Iterator<Item = &'c str> {
    let topics = config.topics.iter().filter(move |topic| topic.sources.iter().any(|name| name == source));
    topics.map(|topic| topic.name.as_str())
}

/// What is allowed about topics and yet may not be meant.
pub(super) fn topic_config_warnings(config: &Config) -> impl Iterator<Item = String> {
    let is_shown = |topic: &Topic| {
        config.lists.iter().any(|list| list.topics.contains(&topic.name))
            || config.subscriptions.iter().any(|told| told.topics.contains(&topic.name))
    };
    let unshown = config.topics.iter().filter(move |topic| !is_shown(topic));
    let unshown =
        unshown.map(|topic| format!("the topic \"{}\" is in no list and no subscription", topic.name));
    let archives =
        config.topics.iter().flat_map(|topic| topic.archives.iter().map(move |archive| (topic, archive)));
    let unknown = archives
        .filter(|(_, archive)| !arxiv_archives().any(|known| known == archive.as_str()))
        .map(|(topic, archive)| {
            format!("arXiv had no archive `{archive}` when this version was made (topic \"{}\")", topic.name)
        });
    let of_arxiv = config.topics.iter().filter(|topic| topic.sources.iter().any(|name| name == ARXIV_SOURCE));
    let queries = of_arxiv.filter_map(|topic| Some((topic, topic.query.as_ref()?)));
    let categories = queries.flat_map(|(topic, query)| {
        query_categories::unheard_categories(query).map(move |category| {
            format!(
                "arXiv had no category `{category}` when this version was made (topic \"{}\")",
                topic.name
            )
        })
    });
    unshown.chain(unknown).chain(categories)
}

/// What is allowed about sources and yet may not be meant.
pub(super) fn source_config_warnings(config: &Config) -> Vec<String> {
    let is_unused = |source: &str| topics_using_source(config, source).next().is_none();
    let arxiv = is_unused(ARXIV_SOURCE)
        .then(|| "no topic has arXiv among its sources, so it is not asked".to_owned());
    let unused = config.feeds.iter().filter(|feed| is_unused(&feed.name));
    let unused = unused.map(|feed| format!("the source \"{}\" has no topic", feed.name));
    let open = config.feeds.iter().filter_map(|feed| match &feed.location {
        FeedLocation::Plain(_) => None,
        FeedLocation::Secret(from) => {
            world_readable_secret_note(from, format_args!("url of the source \"{}\"", feed.name))
        }
    });
    arxiv.into_iter().chain(unused).chain(open).collect()
}

impl fmt::Display for TopicExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let archives = if self.archives.is_empty() { "all".to_owned() } else { self.archives.join(", ") };
        write_explanation_line(f, "topic", &self.name)?;
        write_explanation_line(f, "  sources", self.sources.join(", "))?;
        write_explanation_line(
            f,
            "  query",
            self.query.as_deref().unwrap_or("everything that its sources have"),
        )?;
        write_explanation_line(f, "  archives", archives)
    }
}

impl fmt::Display for SourceExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_explanation_line(f, "source", &self.name)?;
        write_explanation_line(f, "  kind", self.kind)?;
        self.url.iter().try_for_each(|url| write_explanation_line(f, "  url", url))?;
        self.secrets.iter().try_for_each(|secret| write!(f, "{secret}"))?;
        let every = self.every.as_deref().unwrap_or("as the feed asks, between 15 minutes and a day");
        write_explanation_line(f, "  every", every)?;
        write_explanation_line(f, "  keep", self.keep)?;
        if self.allow_private {
            write_explanation_line(f, "  reaches", "loopback and private addresses too")?;
        }
        self.topics.iter().try_for_each(|topic| write_explanation_line(f, "  topic", topic))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::explain_with_secret::explain_with_secret;

    const FEEDS: &str = r#"
[arxiv]
contact = "you@example.org"
[[source]]
name = "biorxiv"
kind = "feed"
url = "https://connect.example.org/xml.php?subject=neuroscience"
[[source]]
name = "lab"
kind = "feed"
url_file = "feed-url"
every = "36h"
keep = "all"
allow_private = true
[[source]]
name = "unused"
kind = "feed"
url_env = "PAPERWIRE_NO_SUCH_VARIABLE"
[[topic]]
name = "Neurons"
sources = ["biorxiv", "lab"]
[[topic]]
name = "Robots"
query = "all:robot"
sources = ["lab"]
[[list]]
file = "README.md"
"#;

    #[test]
    fn feeds_and_their_topics_are_explained_and_a_secret_address_is_not_shown() {
        let (explanation, shown) = explain_with_secret("feed-url", "https://www.example.org/canary", FEEDS);
        let telling = &shown[shown.find("source ").unwrap()..];
        insta::assert_snapshot!(telling, @r#"
source      biorxiv
  kind      feed
  url       https://connect.example.org/xml.php?subject=neuroscience
  every     as the feed asks, between 15 minutes and a day
  keep      papers
  topic     Neurons

source      lab
  kind      feed
  url       in the file conf/feed-url (can be read)
  every     36h
  keep      all
  reaches   loopback and private addresses too
  topic     Neurons
  topic     Robots

source      unused
  kind      feed
  url       in the variable PAPERWIRE_NO_SUCH_VARIABLE (cannot be read: it is not set)
  every     as the feed asks, between 15 minutes and a day
  keep      papers

topic       Neurons
  sources   biorxiv, lab
  query     everything that its sources have
  archives  all

topic       Robots
  sources   lab
  query     all:robot
  archives  all

list        README.md
  file      conf/README.md
  table     Neurons
  table     Robots
  rows      200 in each table
  code on   github.com

note        no topic has arXiv among its sources, so it is not asked
note        the source "unused" has no topic
note        the file conf/feed-url can be read by every user of this machine, and the url of the source "lab" is in it; chmod 600 keeps it
"#);
        assert!(!format!("{shown}{}", serde_json::to_string(&explanation).unwrap()).contains("canary"));
        assert!(!explanation.lacks_a_secret(), "nobody wants what cannot be read");
    }

    #[test]
    fn a_program_is_told_the_same_of_feeds() {
        let json =
            serde_json::to_value(explain_with_secret("feed-url", "https://www.example.org/canary", FEEDS).0)
                .unwrap();
        assert_eq!(json["sources"][0]["url"], "https://connect.example.org/xml.php?subject=neuroscience");
        assert_eq!(json["sources"][0]["every"], serde_json::Value::Null);
        assert_eq!(json["sources"][1]["url"], serde_json::Value::Null);
        assert_eq!(json["sources"][1]["secrets"][0]["standing"], "readable");
        assert_eq!(json["sources"][1]["every"], "36h");
        assert_eq!(json["sources"][1]["keep"], "all");
        assert_eq!(json["sources"][1]["topics"], serde_json::json!(["Neurons", "Robots"]));
        assert_eq!(json["topics"][0]["query"], serde_json::Value::Null);
        assert_eq!(json["topics"][1]["sources"], serde_json::json!(["lab"]));
    }

    #[test]
    fn a_feed_that_a_topic_wants_may_not_lack_its_address() {
        let wanted = FEEDS.replace("[\"lab\"]", "[\"lab\", \"unused\"]");
        assert!(
            explain_with_secret("feed-url", "https://www.example.org/canary", &wanted).0.lacks_a_secret()
        );
    }
}
