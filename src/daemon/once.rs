//! One whole turn: polls every topic, brings every list to what the history says, composes what is due and
//! delivers it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use tokio::task::LocalSet;

pub use super::delivering::SinkTurn;
use super::repositories::folder_of;
use super::standing::Standing;
use super::{delivering, turn};
use crate::config::Config;
use crate::domain::{FaultKind, Topic};
use crate::pipeline::compose::Composition;
use crate::pipeline::poll::{self, Polled, Status, Step};
use crate::pipeline::project::Projected;
use crate::store::Store;

/// A person waits for `once`: that there is no network is told within ten seconds, one request's connect
/// limit among them.
const UNREACHABLE_MAX: Duration = Duration::from_secs(4);

/// What one turn did.
#[derive(Debug)]
pub struct Turn {
    /// Each topic of the configuration, in its order.
    pub topics: Vec<(String, Polled)>,
    /// Each list, in its order; an error says why it was left as it was.
    pub lists: Vec<(String, Result<Projected>)>,
    /// Each subscription, in its order; an error says why it was not composed.
    pub digests: Vec<(String, Result<Composition>)>,
    /// Each sink, in its order; an error says why it could not be tried.
    pub sinks: Vec<(String, Result<SinkTurn>)>,
}

impl Turn {
    /// Whether every poll was complete, every list is current and all that was due is delivered.
    pub fn is_done(&self) -> bool {
        let polled = self.topics.iter().all(|(_, polled)| match polled.status {
            Status::Ok | Status::Quiet => true,
            Status::Incomplete | Status::Failed => false,
        });
        polled
            && self.lists.iter().all(|(_, list)| list.as_ref().is_ok_and(|list| list.waits().is_none()))
            && self.digests.iter().all(|(_, digest)| digest.is_ok())
            && self.sinks.iter().all(|(_, sink)| sink.as_ref().is_ok_and(SinkTurn::is_done))
    }
}

/// Does one turn. An error is one of the store or of the set-up; what goes wrong with a topic, a list or a
/// sink is told in the [`Turn`].
pub async fn once(config: &Config, now: Timestamp, watch: &mut dyn FnMut(&str, Step<'_>)) -> Result<Turn> {
    let mut store = Store::open(&config.state)?;
    let source = turn::source(config)?;
    turn::begin_all(config, &mut store, now)?;
    turn::finish_all(config, &mut store);
    let visits = turn::observe_all(config, &mut store, &folder_of(config)?, now).await?;
    let mut topics: Vec<(String, Polled)> = Vec::new();
    for topic in &config.topics {
        let polled = if topics.last().is_some_and(|(_, before)| before.is_unreachable()) {
            not_asked(&mut store, topic, now)?
        } else {
            turn::poll_topic(config, &source, &mut store, topic, UNREACHABLE_MAX, now, watch).await?
        };
        topics.push((topic.name.clone(), with_advice(polled)));
    }
    store.note_poll_next(None)?;
    let digests = turn::compose_all(config, &mut store, now);
    // Side by side: a slow repository keeps no message waiting.
    let projecting = turn::project_all(config, &mut store, visits, now);
    let (lists, mut sinks) = tokio::join!(projecting, deliver_all(config, now));
    let lists = lists?;
    if tell_operator(config, &mut store, now)? {
        for (sink, (_, delivered)) in config.sinks.iter().zip(&mut sinks) {
            let more = delivering::deliver_due(&config.state, sink, now).await;
            *delivered = delivering::both(std::mem::replace(delivered, Ok(SinkTurn::default())), more);
        }
    }
    for (sink, messages) in delivering::stranded(config, &store)? {
        sinks.push((sink, Err(anyhow!(delivering::stranded_words(messages)))));
    }
    turn::forget_bodies(config, now)?;
    Ok(Turn { topics, lists, digests, sinks })
}

fn tell_operator(config: &Config, store: &mut Store, now: Timestamp) -> Result<bool> {
    if config.operator.is_none() {
        return Ok(false);
    }
    turn::tell_operator(config, store, &Standing::of(config, now)?)
}

/// Delivers at all sinks side by side.
async fn deliver_all(config: &Config, now: Timestamp) -> Vec<(String, Result<SinkTurn>)> {
    let together = LocalSet::new();
    let running: Vec<_> = config
        .sinks
        .iter()
        .map(|sink| {
            let (state, sink) = (config.state.clone(), sink.clone());
            together.spawn_local(async move { delivering::deliver_due(&state, &sink, now).await })
        })
        .collect();
    let mut turns = Vec::with_capacity(running.len());
    together
        .run_until(async {
            for (sink, turn) in config.sinks.iter().zip(running) {
                let turn = turn.await.context("its delivery broke off").and_then(|turn| turn);
                turns.push((sink.name.clone(), turn));
            }
        })
        .await;
    turns
}

/// Nothing could be reached a moment ago, so a person is not made to wait for that again.
fn not_asked(store: &mut Store, topic: &Topic, now: Timestamp) -> Result<Polled> {
    let polled = Polled {
        status: Status::Failed,
        reason: Some("not asked: the source could not be reached a moment ago".to_owned()),
        new: 0,
        replaced: 0,
        seeded: 0,
        known: store.topic(&topic.name)?.known,
        requests: 0,
        fault: Some(FaultKind::Unreachable),
    };
    poll::note(store, topic, &polled, now)?;
    Ok(polled)
}

fn with_advice(polled: Polled) -> Polled {
    let is_unreachable = polled.is_unreachable();
    let reason = polled.reason.map(|reason| match (is_unreachable, polled.requests) {
        (true, 1..) => format!("{reason} `paperwire demo` shows the whole job without one"),
        (true, 0) | (false, _) => reason,
    });
    Polled { reason, ..polled }
}
