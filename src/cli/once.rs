//! `once`: one whole turn and what it did.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;

use super::{Done, answer, progress, runtime};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::once::{SinkTurn, Turn, once as turn};
use crate::pipeline::compose::Composition;
use crate::pipeline::curate::ConflictTold;
use crate::pipeline::poll::{Polled, Status};
use crate::pipeline::project::Projected;

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
    let runtime = runtime()?;
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
    let lists = turn.lists.iter().filter_map(|(_, list)| list.as_ref().err());
    let digests = turn.digests.iter().filter_map(|(_, digest)| digest.as_ref().err());
    lists.chain(digests).for_each(|error| tracing::warn!("{error:#}"));
    let waits = turn.lists.iter().filter_map(|(_, list)| list.as_ref().ok()?.waits());
    waits.for_each(|words| tracing::warn!("{words}"));
    for (sink, result) in &turn.sinks {
        if let Err(error) = result {
            tracing::warn!("sink \"{sink}\": {error:#}; its messages wait");
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    topics: Vec<TopicAnswer<'a>>,
    lists: Vec<ListAnswer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    digests: Vec<DigestAnswer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sinks: Vec<SinkAnswer<'a>>,
}

#[derive(Serialize)]
struct DigestAnswer<'a> {
    subscription: &'a str,
    papers: usize,
    messages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct SinkAnswer<'a> {
    sink: &'a str,
    delivered: u64,
    deferred: u64,
    failed: u64,
    paused: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dismissed: Vec<DismissedAnswer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<ConflictAnswer<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct DismissedAnswer<'a> {
    topic: &'a str,
    paper: &'a str,
}

#[derive(Serialize)]
struct ConflictAnswer<'a> {
    topic: &'a str,
    paper: &'a str,
    column: &'a str,
    stands: &'a str,
    would_be: &'a str,
}

impl<'a> Answer<'a> {
    fn of(turn: &'a Turn) -> Self {
        let topics = turn.topics.iter().map(|(topic, polled)| TopicAnswer::of(topic, polled)).collect();
        let lists = turn.lists.iter().map(|(file, list)| ListAnswer::of(file, list));
        let digests =
            turn.digests.iter().map(|(subscription, digest)| DigestAnswer::of(subscription, digest));
        let sinks = turn.sinks.iter().map(|(sink, turn)| SinkAnswer::of(sink, turn));
        Self { topics, lists: lists.collect(), digests: digests.collect(), sinks: sinks.collect() }
    }
}

impl<'a> ListAnswer<'a> {
    fn of(file: &'a str, list: &'a Result<Projected>) -> Self {
        let nothing = Self {
            file,
            rows: 0,
            changed: false,
            reason: None,
            pull_request: None,
            archives: Vec::new(),
            dismissed: Vec::new(),
            conflicts: Vec::new(),
            notes: Vec::new(),
        };
        let list = match list {
            Ok(list) => list,
            Err(error) => return Self { reason: Some(format!("{error:#}")), ..nothing },
        };
        let told = &list.told;
        Self {
            rows: list.rows,
            changed: list.changed,
            reason: list.waits(),
            pull_request: list.pull.as_deref(),
            archives: list.archives.iter().map(String::as_str).collect(),
            dismissed: told.dismissed.iter().map(|(topic, paper)| DismissedAnswer { topic, paper }).collect(),
            conflicts: told.conflicts.iter().map(ConflictAnswer::of).collect(),
            notes: told.notes.iter().map(String::as_str).collect(),
            ..nothing
        }
    }
}

impl<'a> ConflictAnswer<'a> {
    fn of(conflict: &'a ConflictTold) -> Self {
        let ConflictTold { topic, paper, column, theirs, wanted } = conflict;
        Self { topic, paper, column, stands: theirs, would_be: wanted }
    }
}

impl<'a> DigestAnswer<'a> {
    fn of(subscription: &'a str, digest: &Result<Composition>) -> Self {
        let (papers, messages, reason) = match digest {
            Ok(Composition::Queued { papers, messages }) => (*papers, *messages, None),
            Ok(Composition::NotDue | Composition::Nothing) => (0, 0, None),
            Err(error) => (0, 0, Some(format!("{error:#}"))),
        };
        Self { subscription, papers, messages, reason }
    }
}

impl<'a> SinkAnswer<'a> {
    fn of(sink: &'a str, turn: &Result<SinkTurn>) -> Self {
        match turn {
            Ok(SinkTurn { delivered, deferred, failed, is_paused, reason }) => Self {
                sink,
                delivered: *delivered,
                deferred: *deferred,
                failed: *failed,
                paused: *is_paused,
                reason: reason.clone(),
            },
            Err(error) => {
                let reason = Some(format!("{error:#}"));
                Self { sink, delivered: 0, deferred: 0, failed: 0, paused: false, reason }
            }
        }
    }
}

impl<'a> TopicAnswer<'a> {
    fn of(topic: &'a str, polled: &'a Polled) -> Self {
        let Polled { status, reason, new, replaced, seeded, known, requests, fault: _ } = polled;
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
        for page in list.iter().filter_map(|list| list.pull.as_ref()) {
            let _ = writeln!(text, "{file}: pull request {page}");
        }
        for words in list.iter().flat_map(|list| list.told.in_words()) {
            let _ = writeln!(text, "{file}: {words}");
        }
    }
    for (subscription, digest) in &turn.digests {
        if let Ok(Composition::Queued { papers, messages }) = digest {
            let _ = writeln!(text, "subscription {subscription}: {papers} papers in {messages} messages");
        }
    }
    for (sink, turn) in &turn.sinks {
        text.push_str(&sink_in_words(sink, turn));
    }
    text
}

fn sink_in_words(sink: &str, turn: &Result<SinkTurn>) -> String {
    let Ok(turn) = turn else { return format!("sink {sink}: could not be tried\n") };
    if *turn == SinkTurn::default() {
        return String::new();
    }
    let SinkTurn { delivered, deferred, failed, is_paused, reason } = turn;
    let mut words = format!("sink {sink}: {delivered} delivered");
    if *deferred > 0 {
        let _ = write!(words, ", {deferred} tried again later");
    }
    if *failed > 0 {
        let _ = write!(words, ", {failed} failed");
    }
    if *is_paused {
        words.push_str(", paused");
    }
    if let Some(reason) = reason {
        let _ = write!(words, ": {reason}");
    }
    words.push('\n');
    words
}

fn polled_in_words(polled: &Polled) -> String {
    let Polled { status, reason, new, replaced, seeded, known, requests, fault: _ } = polled;
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
