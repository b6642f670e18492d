//! `outbox`: the messages on their way, and what a person can do about them.

use std::fmt::Write;

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::clock::Clock;
use crate::config::{Config, SinkConfig};
use crate::store::{Outbox, OutboxEntry, SinkPause};

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Lists what is queued or failed
    List {
        /// Also what was delivered or dropped
        #[arg(long)]
        all: bool,
    },
    /// Sends a message again, now
    Retry {
        /// The message's number
        #[arg(value_parser = parse_message_id)]
        id: i64,
    },
    /// Drops a message: it is never sent, unless you retry it
    Drop {
        /// The message's number
        #[arg(value_parser = parse_message_id)]
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

fn parse_message_id(text: &str) -> Result<i64, &'static str> {
    text.parse().map_err(|_| "it is no message's number; `paperwire outbox` shows them")
}

pub(super) fn run_outbox_command(
    config: &Config,
    verb: Option<&OutboxCommand>,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    let open = || Outbox::open(&config.state);
    let now = clock.now();
    match verb {
        None => list_messages(&Outbox::open_store_for_reading(&config.state)?, false, json),
        Some(OutboxCommand::List { all }) => {
            list_messages(&Outbox::open_store_for_reading(&config.state)?, *all, json)
        }
        Some(OutboxCommand::Retry { id }) => {
            report_outbox_change(open()?.requeue_message(*id, now)?, *id, "is queued again", json)
        }
        Some(OutboxCommand::Drop { id }) => {
            report_outbox_change(open()?.drop_message(*id, now)?, *id, "is dropped", json)
        }
        Some(OutboxCommand::Pause { sink }) => {
            find_sink(config, sink)?;
            open()?.pause_sink(sink, "paused by hand", now)?;
            print_outbox_change(&format!("sink \"{sink}\" is paused; its messages wait"), json)
        }
        Some(OutboxCommand::Resume { sink }) => {
            find_sink(config, sink)?;
            let words = if open()?.resume_sink(sink, now)? { "goes on" } else { "was not paused" };
            print_outbox_change(&format!("sink \"{sink}\" {words}"), json)
        }
    }
}

/// The sink of this name.
fn find_sink<'c>(config: &'c Config, name: &str) -> Result<&'c SinkConfig, UsageError> {
    let known = || config.sinks.iter().map(|sink| sink.name.as_str());
    let sink = config.sinks.iter().find(|sink| sink.name == name);
    sink.ok_or_else(|| UsageError::unknown_name_error("sink", name, known()))
}

fn report_outbox_change(is_done: bool, id: i64, words: &str, json: bool) -> Result<CommandOutcome> {
    if is_done {
        return print_outbox_change(&format!("message {id} {words}"), json);
    }
    Err(UsageError(format!(
        "there is no message {id} of which that can be done: see `paperwire outbox list --all`"
    ))
    .into())
}

fn print_outbox_change(words: &str, json: bool) -> Result<CommandOutcome> {
    output::print_answer(json, &serde_json::json!({ "done": words }), || format!("{words}\n"))?;
    Ok(CommandOutcome::Complete)
}

/// The messages that were asked for, and the sinks that are paused.
#[derive(Serialize)]
struct OutboxReport<'a> {
    messages: Vec<OutboxReportMessage<'a>>,
    paused: Vec<OutboxReportPausedSink<'a>>,
}

#[derive(Serialize)]
struct OutboxReportMessage<'a> {
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
struct OutboxReportPausedSink<'a> {
    sink: &'a str,
    since: String,
    words: &'a str,
}

fn list_messages(outbox: &Outbox, all: bool, json: bool) -> Result<CommandOutcome> {
    let states: &[&str] =
        if all { &["queued", "failed", "delivered", "dropped"] } else { &["queued", "failed"] };
    let (messages, paused) = (outbox.list_outbox_entries(states)?, outbox.sink_pauses()?);
    let report = OutboxReport {
        messages: messages.iter().map(OutboxReportMessage::from_outbox_entry).collect(),
        paused: paused.iter().map(OutboxReportPausedSink::from_sink_pause).collect(),
    };
    output::print_answer(json, &serde_json::json!(report), || report.to_plain_text())?;
    Ok(CommandOutcome::Complete)
}

impl<'a> OutboxReportMessage<'a> {
    fn from_outbox_entry(message: &'a OutboxEntry) -> Self {
        let OutboxEntry { id, sink, digest, part, state, attempts, due, last_response } = message;
        let due = due.map(|due| format!("{due:.0}"));
        Self { id: *id, sink, digest, part, state, attempts: *attempts, due, words: last_response.as_deref() }
    }
}

impl<'a> OutboxReportPausedSink<'a> {
    fn from_sink_pause(pause: &'a SinkPause) -> Self {
        Self { sink: &pause.sink, since: format!("{:.0}", pause.since), words: &pause.reason }
    }
}

impl OutboxReport<'_> {
    fn to_plain_text(&self) -> String {
        let mut text = String::new();
        for OutboxReportPausedSink { sink, since, words } in &self.paused {
            let _ = writeln!(text, "sink \"{sink}\" is paused since {since}: {words}");
        }
        for message in &self.messages {
            let OutboxReportMessage { id, sink, digest, part, state, attempts, due, words } = message;
            let due = due.as_ref().map_or(String::new(), |due| format!(", due {due}"));
            let words = words.map_or(String::new(), |words| format!(": {words}"));
            let _ = writeln!(
                text,
                "{id}  {sink}  {digest}  part {part}  {state}, {attempts} attempts{due}{words}"
            );
        }
        if text.is_empty() {
            text.push_str("nothing is on its way\n");
        }
        text
    }
}
