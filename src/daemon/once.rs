//! One whole run: polls every topic, brings every list to what the history says, composes what is due and
//! delivers it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use tokio::task::LocalSet;

use super::configured_paged_sources::ConfiguredSources;
use super::feed_polls::{ConcurrentFeedPolls, FeedPollReport};
use super::health_report::HealthReport;
use super::list_repositories::repositories_folder;
pub use super::sink_delivery::SinkDeliveryReport;
use super::{run_steps, sink_delivery};
use crate::config::Config;
use crate::domain::{FetchErrorKind, Topic};
use crate::pipeline::compose_digest::ComposeOutcome;
use crate::pipeline::document::list_settings_and_report::ListReport;
use crate::pipeline::poll::{self, PollReport, PollStatus};
use crate::pipeline::poll_progress_event::PollProgress;
use crate::source::Source;
use crate::store::Store;

/// A person waits for `once`: that there is no network is reported within ten seconds, one request's connect
/// limit among them.
const UNREACHABLE_MAX: Duration = Duration::from_secs(4);

/// What one run did.
#[derive(Debug)]
pub struct RunReport {
    /// Each topic of the configuration, in its order, at each of its sources: those that are asked for each topic first, then
    /// the feeds.
    pub topics: Vec<TopicPollReport>,
    /// Each list, in its order; an error says why it was left as it was.
    pub lists: Vec<(String, Result<ListReport>)>,
    /// Each subscription, in its order; an error says why it was not composed.
    pub digests: Vec<(String, Result<ComposeOutcome>)>,
    /// Each sink, in its order; an error says why it could not be tried.
    pub sinks: Vec<(String, Result<SinkDeliveryReport>)>,
}

/// How the poll of a topic at one of its sources went.
#[derive(Debug)]
pub struct TopicPollReport {
    /// The topic.
    pub topic: String,
    /// The source.
    pub source: String,
    /// How the poll went.
    pub poll: PollReport,
}

impl RunReport {
    /// Whether every poll was complete, every list is current and all that was due is delivered.
    pub fn has_every_step_succeeded(&self) -> bool {
        let polled = self.topics.iter().all(|topic| match topic.poll.status {
            // A feed that wants to be left alone is left alone: nothing went wrong in this run.
            PollStatus::Ok | PollStatus::Quiet | PollStatus::Skipped => true,
            PollStatus::Incomplete | PollStatus::Failed => false,
        });
        polled
            && self
                .lists
                .iter()
                .all(|(_, list)| list.as_ref().is_ok_and(|list| list.failure_reason().is_none()))
            && self.digests.iter().all(|(_, digest)| digest.is_ok())
            && self
                .sinks
                .iter()
                .all(|(_, sink)| sink.as_ref().is_ok_and(SinkDeliveryReport::is_everything_delivered))
    }
}

/// Does one run. An error is one of the store or of the set-up; what goes wrong with a topic, a list or a
/// sink is reported in the [`RunReport`].
pub async fn run_all_steps_once(
    config: &Config,
    now: Timestamp,
    watch: &mut dyn FnMut(&str, PollProgress<'_>),
) -> Result<RunReport> {
    let mut store = Store::open(&config.state)?;
    let sources = ConfiguredSources::from_config(config)?;
    run_steps::start_new_subscriptions(config, &mut store, now)?;
    run_steps::finish_interrupted_writes(config, &mut store);
    let fetched = run_steps::observe_lists(config, &mut store, &repositories_folder(config)?, now).await?;
    // They are asked while arXiv is, and delay nobody.
    let mut feeds = ConcurrentFeedPolls::new(config, &mut store)?;
    let unasked_feeds = feeds.begin_due_feed_polls(&mut store, true, now)?;
    let mut topics: Vec<TopicPollReport> = Vec::new();
    let mut unreachable = None;
    for (topic, source) in sources.topic_source_pairs(&config.topics) {
        let polled = if unreachable == Some(source.host()) {
            skip_unreachable_source(&mut store, topic, source, now)?
        } else {
            run_steps::poll_source_for_topic(config, source, &mut store, topic, UNREACHABLE_MAX, now, watch)
                .await?
        };
        unreachable = polled.is_unreachable().then(|| source.host());
        let (topic, source) = (topic.name.clone(), source.name().to_owned());
        topics.push(TopicPollReport { topic, source, poll: with_offline_advice(polled) });
    }
    let mut feed_reports = feeds.record_fetched_feeds(&mut store, unasked_feeds, now)?;
    while feeds.has_running_polls() {
        let fetched = feeds.next_fetched_feeds().await;
        feed_reports.extend(feeds.record_fetched_feeds(&mut store, fetched, now)?);
    }
    let place = |report: &FeedPollReport<'_>| config.feeds.iter().position(|feed| feed.name == report.source);
    feed_reports.sort_by_cached_key(place);
    for FeedPollReport { topic, source, poll } in feed_reports {
        topics.push(TopicPollReport { topic: topic.to_owned(), source: source.to_owned(), poll });
    }
    store.note_next_poll_time(None)?;
    store.note_daemon_stop(None)?;
    let digests = run_steps::compose_digests(config, &mut store, now);
    // Side by side: a slow repository keeps no message waiting.
    let updating = run_steps::update_lists(config, &mut store, fetched, now);
    let (lists, mut sinks) = tokio::join!(updating, deliver_all(config, now));
    let lists = lists?;
    if alert_operator(config, &mut store, now)? {
        for (sink, (_, delivered)) in config.sinks.iter().zip(&mut sinks) {
            let more = sink_delivery::deliver_due(&config.state, sink, now).await;
            *delivered = sink_delivery::add_up_delivery_rounds(
                std::mem::replace(delivered, Ok(SinkDeliveryReport::default())),
                more,
            );
        }
    }
    for (sink, messages) in sink_delivery::orphaned_messages(config, &store)? {
        sinks.push((sink, Err(anyhow!(sink_delivery::orphaned_messages_text(messages)))));
    }
    run_steps::forget_settled_message_bodies(config, now)?;
    Ok(RunReport { topics, lists, digests, sinks })
}

fn alert_operator(config: &Config, store: &mut Store, now: Timestamp) -> Result<bool> {
    if config.operator.is_none() {
        return Ok(false);
    }
    run_steps::alert_operator(config, store, &HealthReport::read_from_store(config, now)?)
}

/// Delivers at all sinks side by side.
async fn deliver_all(config: &Config, now: Timestamp) -> Vec<(String, Result<SinkDeliveryReport>)> {
    let tasks = LocalSet::new();
    let deliveries: Vec<_> = config
        .sinks
        .iter()
        .map(|sink| {
            let (state, sink) = (config.state.clone(), sink.clone());
            tasks.spawn_local(async move { sink_delivery::deliver_due(&state, &sink, now).await })
        })
        .collect();
    let mut reports = Vec::with_capacity(deliveries.len());
    tasks
        .run_until(async {
            for (sink, report) in config.sinks.iter().zip(deliveries) {
                let report = report.await.context("its delivery broke off").and_then(|report| report);
                reports.push((sink.name.clone(), report));
            }
        })
        .await;
    reports
}

/// Nothing could be reached a moment ago, so a person is not made to wait for that again.
fn skip_unreachable_source(
    store: &mut Store,
    topic: &Topic,
    source: &dyn Source,
    now: Timestamp,
) -> Result<PollReport> {
    let known = store.ensure_topic(&topic.name)?.paper_count;
    let reason = "not asked: the source could not be reached a moment ago".to_owned();
    let failed = PollReport::with_zero_counts(PollStatus::Failed, Some(reason), known);
    let polled = PollReport { error_kind: Some(FetchErrorKind::Unreachable), ..failed };
    poll::note_poll_outcome(store, topic, source.name(), &polled, now)?;
    Ok(polled)
}

fn with_offline_advice(polled: PollReport) -> PollReport {
    let is_unreachable = polled.is_unreachable();
    let reason = polled.reason.map(|reason| match (is_unreachable, polled.requests) {
        (true, 1..) => format!("{reason} `paperwire demo` shows the whole job without one"),
        (true, 0) | (false, _) => reason,
    });
    PollReport { reason, ..polled }
}
