//! `outbox`: the messages on their way, and what a person can do about them.

use std::fmt::Write;

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::{BadCommand, Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Listed, Outbox, Paused};

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists what is queued or failed
    List {
        /// Also what was delivered or dropped
        #[arg(long)]
        all: bool,
    },
    /// Sends a message again, now
    Retry {
        /// The message's number
        id: i64,
    },
    /// Gives a message up
    Drop {
        /// The message's number
        id: i64,
    },
    /// Holds a sink's messages back
    Pause {
        /// The sink's name
        sink: String,
    },
    /// Lets a sink's messages go again
    Resume {
        /// The sink's name
        sink: String,
    },
}

pub(super) fn outbox(config: &Config, verb: Option<&Verb>, clock: Clock, json: bool) -> Result<Done> {
    let open = || Outbox::open(&config.state);
    let now = clock.now();
    match verb {
        None => list(&Outbox::open_to_read(&config.state)?, false, json),
        Some(Verb::List { all }) => list(&Outbox::open_to_read(&config.state)?, *all, json),
        Some(Verb::Retry { id }) => done(open()?.retry(*id, now)?, *id, "is queued again", json),
        Some(Verb::Drop { id }) => done(open()?.drop_message(*id, now)?, *id, "is dropped", json),
        Some(Verb::Pause { sink }) => {
            is_a_sink(config, sink)?;
            open()?.pause(sink, "paused by hand", now)?;
            say(&format!("sink \"{sink}\" is paused; its messages wait"), json)
        }
        Some(Verb::Resume { sink }) => {
            is_a_sink(config, sink)?;
            let words = if open()?.resume(sink, now)? { "goes on" } else { "was not paused" };
            say(&format!("sink \"{sink}\" {words}"), json)
        }
    }
}

fn is_a_sink(config: &Config, sink: &str) -> Result<()> {
    if config.sinks.iter().any(|known| known.name == sink) {
        return Ok(());
    }
    let names: Vec<_> = config.sinks.iter().map(|known| format!("\"{}\"", known.name)).collect();
    Err(BadCommand(format!("there is no sink \"{sink}\"; there is {}", names.join(", "))).into())
}

fn done(is_done: bool, id: i64, words: &str, json: bool) -> Result<Done> {
    if is_done {
        return say(&format!("message {id} {words}"), json);
    }
    Err(BadCommand(format!(
        "there is no message {id} of which that can be done: see `paperwire outbox list --all`"
    ))
    .into())
}

fn say(words: &str, json: bool) -> Result<Done> {
    if json {
        answer::print_json(&serde_json::json!({ "done": words }))?;
    } else {
        answer::print(&format!("{words}\n"))?;
    }
    Ok(Done::Whole)
}

#[derive(Serialize)]
struct MessageAnswer<'a> {
    id: i64,
    sink: &'a str,
    digest: &'a str,
    part: &'a str,
    state: &'a str,
    attempts: u32,
    due: Option<String>,
    words: Option<&'a str>,
}

#[derive(Serialize)]
struct PausedAnswer<'a> {
    sink: &'a str,
    since: String,
    words: &'a str,
}

fn list(outbox: &Outbox, all: bool, json: bool) -> Result<Done> {
    let states: &[&str] =
        if all { &["queued", "failed", "delivered", "dropped"] } else { &["queued", "failed"] };
    let (messages, paused) = (outbox.list(states)?, outbox.paused()?);
    if json {
        let messages: Vec<_> = messages.iter().map(MessageAnswer::of).collect();
        let paused: Vec<_> = paused.iter().map(PausedAnswer::of).collect();
        answer::print_json(&serde_json::json!({ "messages": messages, "paused": paused }))?;
    } else {
        answer::print(&in_words(&messages, &paused))?;
    }
    Ok(Done::Whole)
}

impl<'a> MessageAnswer<'a> {
    fn of(listed: &'a Listed) -> Self {
        let Listed { id, sink, digest, part, state, attempts, due, words } = listed;
        let due = due.map(|due| format!("{due:.0}"));
        Self { id: *id, sink, digest, part, state, attempts: *attempts, due, words: words.as_deref() }
    }
}

impl<'a> PausedAnswer<'a> {
    fn of(paused: &'a Paused) -> Self {
        Self { sink: &paused.sink, since: format!("{:.0}", paused.since), words: &paused.words }
    }
}

fn in_words(messages: &[Listed], paused: &[Paused]) -> String {
    let mut text = String::new();
    for Paused { sink, since, words } in paused {
        let _ = writeln!(text, "sink \"{sink}\" is paused since {since:.0}: {words}");
    }
    for Listed { id, sink, digest, part, state, attempts, due, words } in messages {
        let due = due.map_or(String::new(), |due| format!(", due {due:.0}"));
        let words = words.as_ref().map_or(String::new(), |words| format!(": {words}"));
        let _ =
            writeln!(text, "{id}  {sink}  {digest}  part {part}  {state}, {attempts} attempts{due}{words}");
    }
    if text.is_empty() {
        text.push_str("nothing is on its way\n");
    }
    text
}
