//! `once`: one whole turn and what it did.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde::Serialize;

use super::{Done, answer, progress};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::once::{Turn, once as turn};
use crate::pipeline::poll::{Polled, Status};

pub(super) fn once(config: &Config, clock: Clock, json: bool) -> Result<Done> {
    let turn = run(config, clock)?;
    tell_failures(&turn);
    if json {
        answer::print_json(&Answer::of(&turn))?;
    } else {
        answer::print(&in_words(&turn))?;
    }
    Ok(if turn.is_done() { Done::Whole } else { Done::WithFailures })
}

/// Does the turn on a runtime of its own. A name look-up that hangs must not hold up the end.
fn run(config: &Config, clock: Clock) -> Result<Turn> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let mut progress = progress::Progress::new();
    let turn = runtime.block_on(turn(config, clock.now(), &mut |topic, step| progress.show(topic, &step)));
    runtime.shutdown_background();
    progress.end();
    turn
}

/// Failures go to standard error too: a crontab that throws the answer away still mails these.
fn tell_failures(turn: &Turn) {
    for (topic, polled) in &turn.topics {
        match polled.status {
            Status::Ok | Status::Quiet => {}
            Status::Incomplete | Status::Failed => {
                tracing::warn!(
                    "{topic}: {}: {}",
                    name(polled.status),
                    polled.reason.as_deref().unwrap_or("no reason known")
                );
            }
        }
    }
    for (_, list) in &turn.lists {
        if let Err(error) = list {
            tracing::warn!("{error:#}");
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    topics: Vec<TopicAnswer<'a>>,
    lists: Vec<ListAnswer<'a>>,
}

#[derive(Serialize)]
struct TopicAnswer<'a> {
    topic: &'a str,
    status: &'static str,
    reason: Option<&'a str>,
    new: u64,
    replaced: u64,
    seeded: u64,
    known: u64,
    requests: u32,
}

#[derive(Serialize)]
struct ListAnswer<'a> {
    file: &'a str,
    rows: usize,
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'a> Answer<'a> {
    fn of(turn: &'a Turn) -> Self {
        let topics = turn.topics.iter().map(|(topic, polled)| TopicAnswer::of(topic, polled)).collect();
        let lists = turn.lists.iter().map(|(file, list)| match list {
            Ok(list) => ListAnswer { file, rows: list.rows, changed: list.changed, reason: None },
            Err(error) => ListAnswer { file, rows: 0, changed: false, reason: Some(format!("{error:#}")) },
        });
        Self { topics, lists: lists.collect() }
    }
}

impl<'a> TopicAnswer<'a> {
    fn of(topic: &'a str, polled: &'a Polled) -> Self {
        let Polled { status, reason, new, replaced, seeded, known, requests, is_unreachable: _ } = polled;
        let (new, replaced, seeded, known, requests) = (*new, *replaced, *seeded, *known, *requests);
        let reason = reason.as_deref();
        Self { topic, status: name(*status), reason, new, replaced, seeded, known, requests }
    }
}

fn in_words(turn: &Turn) -> String {
    let mut text = String::new();
    for (topic, polled) in &turn.topics {
        let _ = writeln!(text, "{topic}: {}", polled_in_words(polled));
    }
    for (file, list) in &turn.lists {
        let _ = match list {
            Ok(list) if list.changed => writeln!(text, "{file}: {} rows, written", list.rows),
            Ok(list) => writeln!(text, "{file}: {} rows, unchanged", list.rows),
            Err(_) => writeln!(text, "{file}: left as it is"),
        };
    }
    text
}

fn polled_in_words(polled: &Polled) -> String {
    let Polled { status, reason, new, replaced, seeded, known, requests, is_unreachable: _ } = polled;
    let mut words = name(*status).to_owned();
    if *seeded > 0 {
        let _ = write!(words, ", {seeded} filled in silently");
    }
    if *new + *replaced > 0 {
        let _ = write!(words, ", {new} new, {replaced} replaced");
    }
    let plural = if *requests == 1 { "" } else { "s" };
    let _ = write!(words, ", {known} known ({requests} request{plural})");
    if let Some(reason) = reason {
        let _ = write!(words, ": {reason}");
    }
    words
}

fn name(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Quiet => "quiet",
        Status::Incomplete => "incomplete",
        Status::Failed => "failed",
    }
}
