//! The feeds of a configuration as a list for other readers of feeds, and theirs as sources.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;

use crate::config::{Config, ConfigEdit, NewFeedSource, UniqueSourceNameGenerator};
use crate::source::feed::{FeedAddress, OpmlFeed, read_opml, write_opml};

/// What became of the feeds of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FeedListImport {
    /// The sources that are new, in the list's order.
    pub added: Vec<NewFeedSource>,
    /// The names of those that the configuration has already.
    pub known: Vec<String>,
    /// The titles of those that cannot be sources, each with the reason.
    pub refused: Vec<(String, String)>,
}

/// Adds the feeds of a list in OPML to a configuration that is being changed, and lets these topics take papers from them.
pub fn import_feed_list(
    config: &Config,
    edit: &mut ConfigEdit,
    opml: &[u8],
    topics: &[String],
) -> Result<FeedListImport> {
    let plain = config.feeds.iter().filter_map(NewFeedSource::from_config);
    let mut known: HashMap<String, String> =
        plain.map(|source| (url_without_scheme(&source.url), source.name)).collect();
    let mut names = UniqueSourceNameGenerator::new(config);
    let mut import = FeedListImport::default();
    for feed in read_opml(opml)? {
        let url = feed.address.trim().to_owned();
        let bare = url_without_scheme(&url);
        if let Some(name) = known.get(&bare) {
            import.known.push(name.clone());
            continue;
        }
        let name = names.suggest_unused_source_name(&feed.title, &host_of(&url));
        let source = NewFeedSource { name, url, keep: feed.keep, every: feed.every, allow_private: false };
        if let Err(error) = source.validate_feed_source() {
            let title = if feed.title.is_empty() { source.name } else { feed.title };
            import.refused.push((title, error.to_string()));
            continue;
        }
        edit.add_source(&source)?;
        topics.iter().try_for_each(|topic| edit.add_topic_source(topic, &source.name))?;
        known.insert(bare, source.name.clone());
        import.added.push(source);
    }
    Ok(import)
}

/// The feeds of a configuration in OPML, and the names of those that are left out because their addresses are secrets.
pub fn export_feed_list(config: &Config, now: Timestamp) -> (String, Vec<String>) {
    let mut feeds = Vec::new();
    let mut secret = Vec::new();
    for feed in &config.feeds {
        match NewFeedSource::from_config(feed) {
            Some(source) => feeds.push(OpmlFeed {
                title: source.name,
                address: source.url,
                keep: source.keep,
                every: source.every,
            }),
            None => secret.push(feed.name.clone()),
        }
    }
    (write_opml(&feeds, now), secret)
}

/// An address as it is compared: `http` or `https` makes no difference, nor does a slash at the end.
fn url_without_scheme(text: &str) -> String {
    let Ok(address) = FeedAddress::parse(text) else { return text.to_owned() };
    let url = address.full_feed_url().as_str();
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_owned()
}

fn host_of(url: &str) -> String {
    FeedAddress::parse(url).map(|address| address.host().to_owned()).unwrap_or_default()
}
