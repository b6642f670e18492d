//! Names for sources that are added.

use std::collections::{HashMap, HashSet};

use super::Config;
use super::source::parse_source_name;
use crate::domain::{ARXIV_SOURCE, site_label};

/// The names that the sources of a configuration have, whatever their capitals.
#[derive(Debug)]
pub struct UniqueSourceNameGenerator {
    taken: HashSet<String>,
    /// The number that comes next behind a name.
    numbers: HashMap<String, u64>,
}

impl UniqueSourceNameGenerator {
    /// The names of a configuration's sources.
    pub fn new(config: &Config) -> Self {
        let names = config.feeds.iter().map(|feed| feed.name.to_lowercase());
        Self { taken: names.chain([ARXIV_SOURCE.to_owned()]).collect(), numbers: HashMap::new() }
    }

    /// A name for a feed that no other source has: its title, if that may be a name, else what its site is called. From now on
    /// it is taken.
    pub fn suggest_unused_source_name(&mut self, title: &str, host: &str) -> String {
        let title = Some(title.trim()).filter(|title| parse_source_name(title).is_ok());
        let label = title.map_or_else(|| site_label(host), str::to_owned);
        let number = self.numbers.entry(label.to_lowercase()).or_insert(2);
        let mut name = label.clone();
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{label}-{number}");
            *number += 1;
        }
        name
    }
}
