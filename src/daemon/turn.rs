//! The parts of a turn that `once` and `run` share: poll every topic, bring every list up to date, compose
//! what is due.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::repositories::{Visited, visit_all};
use super::sinks;
use super::standing::Standing;
use crate::config::{Config, List};
use crate::domain::Topic;
use crate::pipeline::compose::{Composition, begin, compose};
use crate::pipeline::observe::observe;
use crate::pipeline::operator::tell;
use crate::pipeline::poll::{Manner, Polled, Step, poll};
use crate::pipeline::project::{self, Projected, Proposal, project, propose};
use crate::pipeline::rewriting::finish;
use crate::source::arxiv::{Arxiv, Settings};
use crate::store::{Outbox, Store};

/// What was looked at for a list before the polls.
pub(super) enum Visit<'c> {
    /// Nothing: it is a file of this machine.
    File,
    /// Its repository, or why that could not be.
    Repository(Result<Box<Visited<'c>>>),
    /// Its repository has its turn later.
    Later,
}

/// One for each list of the configuration.
pub(super) type Visits<'c> = Vec<Visit<'c>>;

/// Begins every subscription that is new, so that it is told what comes after this moment.
pub(super) fn begin_all(config: &Config, store: &mut Store, now: Timestamp) -> Result<()> {
    config.subscriptions.iter().try_for_each(|subscription| begin(store, subscription, now))
}

/// The door to arXiv.
pub(super) fn source(config: &Config) -> Result<Arxiv> {
    Arxiv::new(&Settings { url: config.arxiv.url.clone(), contact: config.arxiv.contact.clone() })
}

/// Polls one topic.
pub(super) async fn poll_topic(
    config: &Config,
    source: &Arxiv,
    store: &mut Store,
    topic: &Topic,
    unreachable_max: Duration,
    now: Timestamp,
    watch: &mut dyn FnMut(&str, Step<'_>),
) -> Result<Polled> {
    let manner = Manner {
        host: config.arxiv.url.host_str().unwrap_or_default().to_owned(),
        pace: config.arxiv.pace,
        patience: config.arxiv.patience,
        unreachable_max,
        page: config.arxiv.page,
    };
    let mut watch = |step: Step<'_>| watch(&topic.name, step);
    poll(source, store, topic, &manner, papers_min(config, topic), now, &mut watch).await
}

/// Writes what an earlier turn could not finish; what stands in its way is told when the list is written.
pub(super) fn finish_all(config: &Config, store: &mut Store) {
    let files = config.lists.iter().filter(|list| list.repository.is_none());
    for list in files.map(as_project) {
        if let Err(error) = finish(store, &list) {
            tracing::debug!("{error:#}");
        }
    }
}

/// Takes the papers that people put into the lists for known, before anything is polled; gives the repositories that
/// were fetched for that, each into a place below the folder.
pub(super) async fn observe_all<'c>(
    config: &'c Config,
    store: &mut Store,
    repositories: &Path,
    now: Timestamp,
) -> Result<Visits<'c>> {
    observe_files(config, store, now)?;
    Ok(visit_all(config, store, repositories, now).await)
}

/// The lists that are files of this machine, without a look at any repository.
pub(super) fn observe_files<'c>(config: &'c Config, store: &mut Store, now: Timestamp) -> Result<Visits<'c>> {
    let files = config.lists.iter().filter(|list| list.repository.is_none());
    files.map(as_project).try_for_each(|list| observe(store, &list, now))?;
    let visit = |list: &List| if list.repository.is_some() { Visit::Later } else { Visit::File };
    Ok(config.lists.iter().map(visit).collect())
}

/// Brings every list to what the history says; an error says why one was left as it was.
pub(super) async fn project_all(
    config: &Config,
    store: &mut Store,
    visits: Visits<'_>,
    now: Timestamp,
) -> Result<Vec<(String, Result<Projected>)>> {
    let mut projected = Vec::with_capacity(config.lists.len());
    for (list, visit) in config.lists.iter().zip(visits) {
        let done = match visit {
            Visit::File => project(store, &as_project(list), now),
            Visit::Repository(Ok(visited)) => visited.keep(store, now).await,
            Visit::Repository(Err(error)) => Err(error),
            Visit::Later => continue,
        };
        let fault = match &done {
            Ok(projected) => projected.waits(),
            Err(error) => Some(format!("{error:#}")),
        };
        store.note_list(&list.name, fault.as_deref(), now)?;
        projected.push((list.shown.clone(), done));
    }
    Ok(projected)
}

/// Queues a notice to the operator where it is time for one; whether one was queued.
pub(super) fn tell_operator(config: &Config, store: &mut Store, standing: &Standing) -> Result<bool> {
    let Some(operator) = &config.operator else { return Ok(false) };
    let Some(sink) = config.sinks.iter().find(|sink| sink.name == operator.sink) else { return Ok(false) };
    let after = SignedDuration::try_from(operator.after).unwrap_or(SignedDuration::MAX);
    tell(store, &standing.troubles(), &sink.name, &sinks::style(&sink.kind), after, standing.now)
}

/// What every list would be by the history, writing none.
pub(super) async fn propose_all(
    config: &Config,
    store: &Store,
    visits: Visits<'_>,
    now: Timestamp,
) -> Vec<(String, Result<Option<Proposal>>)> {
    let mut proposed = Vec::with_capacity(config.lists.len());
    for (list, visit) in config.lists.iter().zip(visits) {
        let proposal = match visit {
            Visit::File => propose(store, &as_project(list), now),
            Visit::Repository(Ok(visited)) => visited.propose(store, now).await,
            Visit::Repository(Err(error)) => Err(error),
            Visit::Later => continue,
        };
        proposed.push((list.shown.clone(), proposal));
    }
    proposed
}

/// Composes every subscription that is due; an error says why one was not.
pub(super) fn compose_all(
    config: &Config,
    store: &mut Store,
    now: Timestamp,
) -> Vec<(String, Result<Composition>)> {
    let code_hosts = sinks::code_hosts(config);
    let composed = config.subscriptions.iter().filter_map(|subscription| {
        let sink = config.sinks.iter().find(|sink| sink.name == subscription.sink)?;
        let style = sinks::style(&sink.kind);
        Some((subscription.name.clone(), compose(store, subscription, &style, &code_hosts, now)))
    });
    composed.collect()
}

/// Lets go of the bodies of what was delivered longer ago than the configuration keeps them.
pub(super) fn forget_bodies(config: &Config, now: Timestamp) -> Result<()> {
    let keep = SignedDuration::try_from(config.keep).unwrap_or(SignedDuration::MAX);
    if let (Ok(before), false) = (now.checked_sub(keep), config.sinks.is_empty()) {
        Outbox::open(&config.state)?.forget_bodies(before)?;
    }
    Ok(())
}

/// The rows that first contact has to fill: those of the longest list that carries the topic.
fn papers_min(config: &Config, topic: &Topic) -> u32 {
    let lists = config.lists.iter().filter(|list| list.topics.contains(&topic.name));
    lists.map(|list| list.rows).max().unwrap_or(0)
}

/// The list as the pipeline takes it.
pub(super) fn as_project(list: &List) -> project::List<'_> {
    project::List {
        name: &list.name,
        file: &list.file,
        topics: &list.topics,
        rows_max: list.rows,
        columns: &list.columns,
        archive: list.archive.as_ref(),
        code_hosts: &list.code_hosts,
        beside: &list.beside,
    }
}
