//! The health of each topic.

use anyhow::Result;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::arxiv_health_report::ArxivHealthReport;
use super::feed_health_report::FeedHealthReport;
use crate::config::Config;
use crate::daemon::configured_paged_sources::choose_announcement_calendar;
use crate::domain::{
    CompletePolls, Incident, SourceFeedCoverage, SourceObservation, Topic, TopicHealth, TopicHealthInputs,
    assess_health_of_topics,
};
use crate::pipeline::operator_alert::incident_kind_and_name;
use crate::store::{StoreReader, TopicActivity, TopicPollsAtSource};

/// The health of a topic.
#[derive(Debug, Clone, Serialize)]
pub struct TopicHealthReport {
    /// The topic's name.
    #[serde(rename = "topic")]
    pub name: String,
    /// Whether it is well, and if not why.
    #[serde(flatten, serialize_with = "serialize_topic_health")]
    pub health: TopicHealth,
    /// The papers that it has seen.
    pub known: u64,
    /// The date of the newest of them.
    pub newest: Option<Timestamp>,
    /// When it was polled last, well or not.
    #[serde(rename = "polled")]
    pub last_poll: Option<Timestamp>,
    /// When a poll of it was complete last.
    #[serde(rename = "polled_well")]
    pub last_complete_poll: Option<Timestamp>,
    /// What cannot be read of what its sources show, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

/// What a topic's health is called in JSON.
#[derive(Serialize)]
struct TopicHealthJson {
    judgement: &'static str,
    words: String,
}

/// Writes the health of a topic by name and in words.
fn serialize_topic_health<S: Serializer>(health: &TopicHealth, to: S) -> Result<S::Ok, S::Error> {
    TopicHealthJson { judgement: health.name(), words: health.to_string() }.serialize(to)
}

/// Judges every topic, in the order of the configuration.
pub(super) fn topic_health_reports(
    config: &Config,
    reader: Option<&StoreReader>,
    feeds: &[FeedHealthReport],
    source: &ArxivHealthReport,
    now: Timestamp,
) -> Result<Vec<TopicHealthReport>> {
    let activity = |topic: &Topic| match reader {
        Some(reader) => reader.topic_activity(&topic.name),
        None => Ok(TopicActivity::default()),
    };
    let activities = config.topics.iter().map(activity).collect::<Result<Vec<_>>>()?;
    let sources: Vec<_> = config
        .topics
        .iter()
        .zip(&activities)
        .map(|(topic, activity)| ObservedTopicSources::observe_topic_sources(topic, activity, feeds))
        .collect();
    let observations: Vec<_> = config
        .topics
        .iter()
        .zip(&activities)
        .zip(&sources)
        .map(|((topic, activity), sources)| TopicHealthInputs {
            calendar: choose_announcement_calendar(topic),
            sources: &sources.queried,
            feeds: &sources.feeds,
            complete_polls: complete_polls_of_topic(topic, activity),
            dates: &activity.paper_dates,
            last_news: activity.last_news,
            next_poll: source.next_poll,
        })
        .collect();
    let assessed = config.topics.iter().zip(assess_health_of_topics(&observations, now)).zip(&activities);
    let topics = assessed.map(|((topic, health), activity)| {
        let of_topic = || topic.sources.iter().map(|source| source_poll_observation(activity, source));
        let last_polls = of_topic().filter_map(|source| source.polls.last().map(|poll| poll.at));
        let last_complete_poll = of_topic().filter_map(|source| source.last_complete_poll).max();
        TopicHealthReport {
            name: topic.name.clone(),
            health: source.health_while_asked_in_vain(topic, health, now),
            known: activity.paper_count,
            newest: activity.paper_dates.first().copied(),
            last_poll: last_polls.max().max(last_complete_poll),
            last_complete_poll,
            unreadable: unreadable_entries_of_topic(topic, activity),
        }
    });
    Ok(topics.collect())
}

fn complete_polls_of_topic(topic: &Topic, activity: &TopicActivity) -> CompletePolls {
    let polls = sources_of_topic(topic, activity).map(|known| known.complete_polls);
    polls.fold(CompletePolls::default(), CompletePolls::and)
}

fn unreadable_entries_of_topic(topic: &Topic, activity: &TopicActivity) -> Vec<String> {
    let entries = sources_of_topic(topic, activity).flat_map(|known| &known.unreadable);
    entries.map(|unreadable| unreadable.entry.description.clone()).collect()
}

/// What is known of those of its sources that have been polled.
fn sources_of_topic<'a>(
    topic: &'a Topic,
    activity: &'a TopicActivity,
) -> impl Iterator<Item = &'a TopicPollsAtSource> {
    activity.sources.iter().filter(|known| topic.sources.contains(&known.source))
}

/// What is known of a topic's sources: of those that are asked for it alone, and of its feeds.
struct ObservedTopicSources<'a> {
    queried: Vec<SourceObservation<'a>>,
    feeds: Vec<SourceFeedCoverage<'a>>,
}

impl<'a> ObservedTopicSources<'a> {
    fn observe_topic_sources(
        topic: &'a Topic,
        activity: &'a TopicActivity,
        feeds: &[FeedHealthReport],
    ) -> Self {
        let mut sources = Self { queried: Vec::new(), feeds: Vec::new() };
        for name in &topic.sources {
            let source = source_poll_observation(activity, name);
            match feeds.iter().find(|feed| feed.name == *name) {
                None => sources.queried.push(source),
                Some(feed) => sources.feeds.push(SourceFeedCoverage {
                    name,
                    // A feed that is never read completely does not say up to when all is known.
                    last_complete_poll: source
                        .last_complete_poll
                        .filter(|_| !feed.health.is_last_answer_incomplete()),
                    brings_all_items: feed.health.brings_all_items(),
                }),
            }
        }
        sources
    }
}

/// What is known of a topic's polls at a source; of one that was never polled nothing.
fn source_poll_observation<'a>(activity: &'a TopicActivity, source: &str) -> SourceObservation<'a> {
    let known = activity.sources.iter().find(|known| known.source == source);
    SourceObservation {
        polls: known.map_or(&[][..], |known| &known.polls),
        last_complete_poll: known.and_then(|known| known.last_complete_poll),
    }
}

impl TopicHealthReport {
    /// What is wrong with it, if anything is.
    pub(super) fn topic_incident(&self) -> Option<Incident> {
        let since = self.health.wrong_since()?;
        Some(Incident {
            subject: incident_kind_and_name("topic", &self.name),
            since,
            description: self.health.to_string(),
            advice: self.health.advice().unwrap_or_default().to_owned(),
        })
    }
}
