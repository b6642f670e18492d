//! Names for sources that are added.

use super::Config;
use super::source::parse_name;
use crate::domain::{ARXIV_SOURCE, site_label};

/// The names that the sources of a configuration have, whatever their capitals.
#[derive(Debug)]
pub struct SourceNames(Vec<String>);

impl SourceNames {
    /// Those of a configuration.
    pub fn new(config: &Config) -> Self {
        let names = config.feeds.iter().map(|feed| feed.name.to_lowercase());
        Self(names.chain([ARXIV_SOURCE.to_owned()]).collect())
    }

    /// A name for a feed that no other source has: its title, if that may be a name, else what its site is called. From now on
    /// it is taken.
    pub fn suggest(&mut self, title: &str, host: &str) -> String {
        let title = Some(title.trim()).filter(|title| parse_name(title).is_ok());
        let label = title.map_or_else(|| site_label(host), str::to_owned);
        let mut name = label.clone();
        for number in 2_u64.. {
            if !self.0.contains(&name.to_lowercase()) {
                break;
            }
            name = format!("{label}-{number}");
        }
        self.0.push(name.to_lowercase());
        name
    }
}
