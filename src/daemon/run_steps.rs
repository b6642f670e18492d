//! The steps that `once` and `run` share: poll every topic, bring every list up to date, compose
//! what is due.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::configured_paged_sources;
use super::health_report::HealthReport;
use super::list_fetch_outcome::{ListFetchOutcome, ListFetchOutcomes};
use super::list_repositories::fetch_repositories;
use super::pipeline_list_from_config::config_list_to_pipeline_list;
use crate::config::{Config, ListConfig};
use crate::domain::Topic;
use crate::pipeline::compose_digest::{ComposeOutcome, begin_digest_subscription, queue_digest_if_due};
use crate::pipeline::document::adopt_papers_added_by_hand::adopt_papers_added_by_hand;
use crate::pipeline::document::list_settings_and_report::ListReport;
use crate::pipeline::document::merged_list::ListFilesBeforeAndAfter;
use crate::pipeline::document::sync_list_files::{preview_list_in_files, sync_list_files};
use crate::pipeline::document::write_files::finish_interrupted_rewrites;
use crate::pipeline::operator_alert::queue_alert_if_due;
use crate::pipeline::poll::{PollReport, poll_topic_from_source};
use crate::pipeline::poll_progress_event::PollProgress;
use crate::source::Source;
use crate::store::{Outbox, Store};

/// Begins every subscription that is new, so that it gets what comes after this moment.
pub(super) fn start_new_subscriptions(config: &Config, store: &mut Store, now: Timestamp) -> Result<()> {
    config
        .subscriptions
        .iter()
        .try_for_each(|subscription| begin_digest_subscription(store, subscription, now))
}

/// Polls one source for one topic.
pub(super) async fn poll_source_for_topic(
    config: &Config,
    source: &dyn Source,
    store: &mut Store,
    topic: &Topic,
    unreachable_max: Duration,
    now: Timestamp,
    watch: &mut dyn FnMut(&str, PollProgress<'_>),
) -> Result<PollReport> {
    let settings = configured_paged_sources::poll_request_limits(config, unreachable_max);
    let mut watch = |step: PollProgress<'_>| watch(&topic.name, step);
    poll_topic_from_source(
        source,
        store,
        topic,
        &settings,
        backfill_paper_count(config, topic),
        now,
        &mut watch,
    )
    .await
}

/// Writes what an earlier run could not finish; what is in its way is reported when the list is written.
pub(super) fn finish_interrupted_writes(config: &Config, store: &mut Store) {
    let files = config.lists.iter().filter(|list| list.repository.is_none());
    for list in files.map(config_list_to_pipeline_list) {
        if let Err(error) = finish_interrupted_rewrites(store, &list) {
            let error = format_args!("{error:#}");
            tracing::debug!(list = list.name, %error, "an interrupted write cannot be finished yet");
        }
    }
}

/// Takes the papers that people put into the lists for known, before anything is polled; gives the repositories that
/// were fetched for that, each into a place below the folder.
pub(super) async fn observe_lists<'c>(
    config: &'c Config,
    store: &mut Store,
    repositories: &Path,
    now: Timestamp,
) -> Result<ListFetchOutcomes<'c>> {
    observe_file_lists(config, store, now)?;
    Ok(fetch_repositories(config, store, repositories, now).await)
}

/// The lists that are files of this machine, without a look at any repository.
pub(super) fn observe_file_lists<'c>(
    config: &'c Config,
    store: &mut Store,
    now: Timestamp,
) -> Result<ListFetchOutcomes<'c>> {
    let files = config.lists.iter().filter(|list| list.repository.is_none());
    files
        .map(config_list_to_pipeline_list)
        .try_for_each(|list| adopt_papers_added_by_hand(store, &list, now))?;
    let visit = |list: &ListConfig| {
        if list.repository.is_some() { ListFetchOutcome::NotFetched } else { ListFetchOutcome::File }
    };
    Ok(config.lists.iter().map(visit).collect())
}

/// Brings every list to what the history says; an error says why one was left as it was.
pub(super) async fn update_lists(
    config: &Config,
    store: &mut Store,
    visits: ListFetchOutcomes<'_>,
    now: Timestamp,
) -> Result<Vec<(String, Result<ListReport>)>> {
    let mut projected = Vec::with_capacity(config.lists.len());
    for (list, visit) in config.lists.iter().zip(visits) {
        let done = match visit {
            ListFetchOutcome::File => sync_list_files(store, &config_list_to_pipeline_list(list), now),
            ListFetchOutcome::Repository(Ok(visited)) => visited.sync_list_from_history(store, now).await,
            ListFetchOutcome::Repository(Err(error)) => Err(error),
            ListFetchOutcome::NotFetched => continue,
        };
        let fault = match &done {
            Ok(projected) => projected.topics_blocked_reason(),
            Err(error) => Some(format!("{error:#}")),
        };
        store.note_list_failure(&list.name, fault.as_deref(), now)?;
        projected.push((list.display_name.clone(), done));
    }
    Ok(projected)
}

/// Queues a notice to the operator if it is time for one; whether one was queued.
pub(super) fn alert_operator(config: &Config, store: &mut Store, health: &HealthReport) -> Result<bool> {
    let Some(operator) = &config.operator else { return Ok(false) };
    let Some(sink) = config.sinks.iter().find(|sink| sink.name == operator.sink) else { return Ok(false) };
    let after = SignedDuration::try_from(operator.after).unwrap_or(SignedDuration::MAX);
    queue_alert_if_due(store, &health.incidents(), &sink.name, sink.kind.sink_adapter(), after, health.now)
}

/// What every list would be by the history, writing none.
pub(super) async fn preview_lists(
    config: &Config,
    store: &Store,
    visits: ListFetchOutcomes<'_>,
    now: Timestamp,
) -> Vec<(String, Result<Option<ListFilesBeforeAndAfter>>)> {
    let mut previews = Vec::with_capacity(config.lists.len());
    for (list, visit) in config.lists.iter().zip(visits) {
        let changes = match visit {
            ListFetchOutcome::File => preview_list_in_files(store, &config_list_to_pipeline_list(list), now),
            ListFetchOutcome::Repository(Ok(visited)) => visited.preview_changes_to_list(store, now).await,
            ListFetchOutcome::Repository(Err(error)) => Err(error),
            ListFetchOutcome::NotFetched => continue,
        };
        previews.push((list.display_name.clone(), changes));
    }
    previews
}

/// Composes every subscription that is due; an error says why one was not.
pub(super) fn compose_digests(
    config: &Config,
    store: &mut Store,
    now: Timestamp,
) -> Vec<(String, Result<ComposeOutcome>)> {
    let code_hosts = config.code_hosts();
    let composed = config.subscriptions.iter().filter_map(|subscription| {
        let sink = config.sinks.iter().find(|sink| sink.name == subscription.sink)?;
        let composed = queue_digest_if_due(store, subscription, sink.kind.sink_adapter(), &code_hosts, now);
        Some((subscription.name.clone(), composed))
    });
    composed.collect()
}

/// Lets go of the bodies of what was delivered longer ago than the configuration keeps them.
pub(super) fn forget_settled_message_bodies(config: &Config, now: Timestamp) -> Result<()> {
    let keep = SignedDuration::try_from(config.keep).unwrap_or(SignedDuration::MAX);
    if let (Ok(before), false) = (now.checked_sub(keep), config.sinks.is_empty()) {
        Outbox::open(&config.state)?.forget_settled_message_bodies(before)?;
    }
    Ok(())
}

/// The rows that first contact has to fill: those of the longest list that carries the topic.
fn backfill_paper_count(config: &Config, topic: &Topic) -> u32 {
    let lists = config.lists.iter().filter(|list| list.topics.contains(&topic.name));
    lists.map(|list| list.rows).max().unwrap_or(0)
}
