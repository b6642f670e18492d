//! The feeds of a configuration as a list for other readers of feeds, and theirs as sources.

use anyhow::Result;
use jiff::Timestamp;

use crate::config::{Config, ConfigEdit, NewFeedSource, SourceNames};
use crate::source::feed::{FeedAddress, OpmlFeed, read_opml, write_opml};

/// What became of the feeds of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FeedListImport {
    /// Those that are new, in the list's order.
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
    let mut sources: Vec<NewFeedSource> =
        config.feeds.iter().filter_map(NewFeedSource::from_config).collect();
    let mut names = SourceNames::new(config);
    let mut import = FeedListImport::default();
    for feed in read_opml(opml)? {
        if let Some(known) = sources.iter().find(|known| is_same_address(&known.url, &feed.address)) {
            import.known.push(known.name.clone());
            continue;
        }
        let title = if feed.title.is_empty() { host_of(&feed.address) } else { feed.title.clone() };
        let mut source = NewFeedSource {
            name: title.clone(),
            url: feed.address.trim().to_owned(),
            keep: feed.keep,
            every: feed.every,
            allow_private: false,
        };
        source.name = names.suggest(&feed.title, &host_of(&source.url));
        if let Err(error) = source.check() {
            import.refused.push((title, error.to_string()));
            continue;
        }
        edit.add_source(&source)?;
        topics.iter().try_for_each(|topic| edit.add_topic_source(topic, &source.name))?;
        sources.push(source.clone());
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

/// `http` or `https` makes no difference, nor does a slash at the end.
fn is_same_address(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let address = FeedAddress::parse(text).ok()?;
        let url = address.url().as_str();
        Some(url.split_once("://")?.1.trim_end_matches('/').to_owned())
    };
    one == other || bare(one).is_some_and(|one| bare(other) == Some(one))
}

fn host_of(url: &str) -> String {
    FeedAddress::parse(url).map(|address| address.host().to_owned()).unwrap_or_default()
}
