//! The sources of a configuration, by their names.

use std::time::Duration;

use anyhow::Result;

use crate::config::Config;
use crate::domain::{ARXIV_POLICY, ARXIV_SOURCE, AnnouncementCalendar, Topic};
use crate::pipeline::poll_limits::PollLimits;
use crate::source::Source;
use crate::source::arxiv::{Arxiv, ArxivEndpoint};

/// All sources that the topics of a configuration may name.
#[derive(Debug)]
pub(super) struct ConfiguredSources(Vec<Box<dyn Source>>);

impl ConfiguredSources {
    /// Prepares those that are named and opens no connection.
    pub(super) fn from_config(config: &Config) -> Result<Self> {
        // To read the authorities that it trusts costs as much as a hundred feeds.
        if !config.topics.iter().any(has_arxiv_source) {
            return Ok(Self(Vec::new()));
        }
        let settings = ArxivEndpoint { url: config.arxiv.url.clone(), contact: config.arxiv.contact.clone() };
        Ok(Self(vec![Box::new(Arxiv::new(&settings)?)]))
    }

    /// Each topic, in the order of the configuration, with each of its sources.
    pub(super) fn topic_source_pairs<'s>(
        &'s self,
        topics: &'s [Topic],
    ) -> impl Iterator<Item = (&'s Topic, &'s dyn Source)> {
        topics.iter().flat_map(|topic| {
            let all = self.0.iter().map(|source| &**source);
            let named = all.filter(|source| topic.sources.iter().any(|name| name == source.name()));
            named.map(move |source| (topic, source))
        })
    }
}

/// How a source is polled. arXiv is the only one, so its settings hold for it.
pub(super) fn poll_request_limits(config: &Config, unreachable_max: Duration) -> PollLimits {
    PollLimits {
        pace: config.arxiv.pace,
        patience: config.arxiv.patience,
        unreachable_max,
        page_size: config.arxiv.page,
    }
}

/// The calendar by which a topic is judged: arXiv's if arXiv is among its sources.
pub(super) fn choose_announcement_calendar(topic: &Topic) -> AnnouncementCalendar {
    if has_arxiv_source(topic) { ARXIV_POLICY.calendar } else { AnnouncementCalendar::EveryDay }
}

fn has_arxiv_source(topic: &Topic) -> bool {
    topic.sources.iter().any(|name| name == ARXIV_SOURCE)
}
