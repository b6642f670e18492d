//! One whole turn: polls every topic, then brings every list to what the history says.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use crate::config::{Config, List};
use crate::domain::Topic;
use crate::pipeline::poll::{Manner, Polled, Status, Step, poll};
use crate::pipeline::project::{self, Projected, project};
use crate::source::arxiv::{Arxiv, Settings};
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
}

impl Turn {
    /// Whether every poll was complete and every list is current.
    pub fn is_done(&self) -> bool {
        let polled = self.topics.iter().all(|(_, polled)| match polled.status {
            Status::Ok | Status::Quiet => true,
            Status::Incomplete | Status::Failed => false,
        });
        polled && self.lists.iter().all(|(_, list)| list.is_ok())
    }
}

/// Does one turn. An error is one of the store or of the set-up; what goes wrong with a topic or a list
/// is told in the [`Turn`].
pub async fn once(config: &Config, now: Timestamp, watch: &mut dyn FnMut(&str, Step<'_>)) -> Result<Turn> {
    let mut store = Store::open(&config.state)?;
    let source =
        Arxiv::new(&Settings { url: config.arxiv.url.clone(), contact: config.arxiv.contact.clone() })?;
    let mut turn = Turn { topics: Vec::new(), lists: Vec::new() };
    for topic in &config.topics {
        let polled = if turn.topics.last().is_some_and(|(_, before)| before.is_unreachable) {
            not_asked(&store, topic)?
        } else {
            let mut watch = |step: Step<'_>| watch(&topic.name, step);
            poll(&source, &mut store, topic, &manner(config), papers_min(config, topic), now, &mut watch)
                .await?
        };
        turn.topics.push((topic.name.clone(), with_advice(polled)));
    }
    for list in &config.lists {
        turn.lists.push((list.shown.clone(), project(&mut store, as_project(list))));
    }
    Ok(turn)
}

fn manner(config: &Config) -> Manner {
    Manner {
        host: config.arxiv.url.host_str().unwrap_or_default().to_owned(),
        pace: config.arxiv.pace,
        patience: config.arxiv.patience,
        unreachable_max: UNREACHABLE_MAX,
        page: config.arxiv.page,
    }
}

/// The rows that first contact has to fill: those of the longest list that carries the topic.
fn papers_min(config: &Config, topic: &Topic) -> u32 {
    let lists = config.lists.iter().filter(|list| list.topics.contains(&topic.name));
    lists.map(|list| list.rows).max().unwrap_or(0)
}

/// Nothing could be reached a moment ago, so a person is not made to wait for that again.
fn not_asked(store: &Store, topic: &Topic) -> Result<Polled> {
    Ok(Polled {
        status: Status::Failed,
        reason: Some("not asked: the source could not be reached a moment ago".to_owned()),
        new: 0,
        replaced: 0,
        seeded: 0,
        known: store.topic(&topic.name)?.known,
        requests: 0,
        is_unreachable: true,
    })
}

fn with_advice(polled: Polled) -> Polled {
    let reason = polled.reason.map(|reason| match (polled.is_unreachable, polled.requests) {
        (true, 1..) => {
            format!("{reason} `paperwire demo` shows the whole job without one")
        }
        (true, 0) | (false, _) => reason,
    });
    Polled { reason, ..polled }
}

fn as_project(list: &List) -> project::List<'_> {
    project::List {
        name: &list.name,
        file: &list.file,
        topics: &list.topics,
        rows_max: list.rows,
        code_hosts: &list.code_hosts,
    }
}
