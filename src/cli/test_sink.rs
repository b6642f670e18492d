//! `test SINK`: does a message arrive?

use anyhow::{Context, Result};
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::SinkConfig;
use crate::daemon::test_message::send_test_message;
use crate::domain::{Attempt, RefusalScope};

#[derive(Serialize)]
struct SinkTestAttempt<'a> {
    sink: &'a str,
    outcome: &'static str,
    words: &'a str,
}

pub(super) fn run_sink_test(sink: &SinkConfig, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let name = sink.name.as_str();
    let runtime = build_runtime()?;
    let attempts =
        runtime.block_on(send_test_message(sink, clock.now())).with_context(|| format!("sink \"{name}\""))?;
    runtime.shutdown_background();
    let tried: Vec<_> = attempts.iter().map(|attempt| describe_test_attempt(name, attempt)).collect();
    output::print_answer(json, &serde_json::json!({ "attempts": tried }), || format_attempts(&tried))?;
    let is_well = attempts.iter().all(|attempt| match attempt {
        Attempt::Accepted | Attempt::AcceptedWithWarning { .. } => true,
        Attempt::Deferred { .. } | Attempt::Refused { .. } => false,
    });
    Ok(if is_well { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// One line for all recipients with whom it went the same way.
fn format_attempts(tried: &[SinkTestAttempt<'_>]) -> String {
    let same = tried.chunk_by(|one, next| (one.outcome, one.words) == (next.outcome, next.words));
    let line = |same: &[SinkTestAttempt<'_>]| {
        let SinkTestAttempt { sink, outcome, words } = &same[0];
        let whom = if same.len() > 1 { format!(" ({} recipients)", same.len()) } else { String::new() };
        format!("{sink}: {outcome}: {words}{whom}\n")
    };
    same.map(line).collect()
}

fn describe_test_attempt<'a>(sink: &'a str, attempt: &'a Attempt) -> SinkTestAttempt<'a> {
    let (outcome, words) = match attempt {
        Attempt::Accepted => ("accepted", "the receiver has it"),
        Attempt::AcceptedWithWarning { words } => ("accepted, but oddly", words.as_str()),
        Attempt::Deferred { wait: _, words } => ("not now", words.as_str()),
        Attempt::Refused { what: RefusalScope::Message, words } => {
            ("the message was refused", words.as_str())
        }
        Attempt::Refused { what: RefusalScope::Sink, words } => ("the sink cannot be used", words.as_str()),
    };
    SinkTestAttempt { sink, outcome, words }
}
