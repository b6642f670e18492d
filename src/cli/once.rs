//! `once`: one whole run and what it did.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::composed_digest_report::ComposeReport;
use super::runtime::build_runtime;
use super::{output, progress};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::once::{RunReport, SinkDeliveryReport, TopicPollReport, run_all_steps_once as run_all};
use crate::domain::{ARXIV_SOURCE, count_of};
use crate::pipeline::compose_digest::ComposeOutcome;
use crate::pipeline::document::list_settings_and_report::{CellConflictReport, ListReport};
use crate::pipeline::poll::{PollReport, PollStatus};

pub(super) fn run_once_command(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let run = run_once(config, clock)?;
    warn_failures(&run);
    output::print_answer(json, &OnceReport::from_run_report(&run, &ListReport::default()), || {
        format_report(&run)
    })?;
    Ok(if run.has_every_step_succeeded() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// Does the run on a runtime of its own. A name look-up that hangs must not hold up the end.
fn run_once(config: &Config, clock: Clock) -> Result<RunReport> {
    let runtime = build_runtime()?;
    let mut progress = progress::ProgressDisplay::new();
    let run = runtime
        .block_on(run_all(config, clock.now(), &mut |topic, step| progress.show_progress(topic, &step)));
    runtime.shutdown_background();
    progress.finish();
    run
}

/// Failures go to standard error too: a crontab that throws the answer away still mails these.
fn warn_failures(run: &RunReport) {
    for TopicPollReport { topic, source, poll } in &run.topics {
        match poll.status {
            PollStatus::Ok | PollStatus::Quiet | PollStatus::Skipped => {}
            PollStatus::Incomplete | PollStatus::Failed => {
                let error = poll.reason.as_deref().unwrap_or("no reason known");
                tracing::warn!(topic, source, %error, "the poll was {}", poll_status_name(poll.status));
            }
        }
    }
    for (list, result) in &run.lists {
        match result {
            Ok(report) => {
                if let Some(error) = report.topics_blocked_reason() {
                    tracing::warn!(list, %error, "topics of the list wait for a person");
                }
                if let Some(error) = &report.stuck_reason {
                    tracing::warn!(list, %error, "the list waits for a person");
                }
            }
            Err(error) => {
                tracing::warn!(list, error = %format_args!("{error:#}"), "the list was not written");
            }
        }
    }
    for (subscription, result) in &run.digests {
        if let Err(error) = result {
            tracing::warn!(subscription, error = %format_args!("{error:#}"), "the digest was not composed");
        }
    }
    for (sink, result) in &run.sinks {
        if let Err(error) = result {
            tracing::warn!(sink, error = %format_args!("{error:#}"), "the sink cannot be used, its messages wait");
        }
    }
}

#[derive(Serialize)]
struct OnceReport<'a> {
    topics: Vec<OnceTopicReport<'a>>,
    lists: Vec<OnceListReport<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    digests: Vec<ComposeReport<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sinks: Vec<OnceSinkReport<'a>>,
}

#[derive(Serialize)]
struct OnceSinkReport<'a> {
    sink: &'a str,
    #[serde(flatten)]
    report: SinkDeliveryReport,
}

#[derive(Serialize)]
struct OnceTopicReport<'a> {
    topic: &'a str,
    source: &'a str,
    #[serde(flatten)]
    report: &'a PollReport,
}

#[derive(Serialize)]
struct OnceListReport<'a> {
    file: &'a str,
    rows: usize,
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    archives: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dismissed: Vec<OnceDismissalReport<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    conflicts: &'a [CellConflictReport],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
struct OnceDismissalReport<'a> {
    topic: &'a str,
    paper: &'a str,
}

impl<'a> OnceReport<'a> {
    /// `unwritten` is what is said of a list that could not be written.
    fn from_run_report(run: &'a RunReport, unwritten: &'a ListReport) -> Self {
        Self {
            topics: run.topics.iter().map(OnceTopicReport::from_report).collect(),
            lists: run
                .lists
                .iter()
                .map(|(file, list)| OnceListReport::from_list_result(file, list, unwritten))
                .collect(),
            digests: run.digests.iter().map(ComposeReport::from_outcome).collect(),
            sinks: run.sinks.iter().map(|(sink, report)| OnceSinkReport::from_report(sink, report)).collect(),
        }
    }
}

impl<'a> OnceTopicReport<'a> {
    fn from_report(report: &'a TopicPollReport) -> Self {
        Self { topic: &report.topic, source: &report.source, report: &report.poll }
    }
}

impl<'a> OnceListReport<'a> {
    fn from_list_result(file: &'a str, list: &'a Result<ListReport>, unwritten: &'a ListReport) -> Self {
        let report = list.as_ref().unwrap_or(unwritten);
        let dismissal = |(topic, paper): &'a (String, String)| OnceDismissalReport { topic, paper };
        Self {
            file,
            rows: report.rows,
            changed: report.changed,
            reason: match list {
                Ok(report) => report.failure_reason(),
                Err(error) => Some(format!("{error:#}")),
            },
            pull_request: report.pull_request_url.as_deref(),
            archives: &report.archives,
            dismissed: report.remarks.dismissed.iter().map(dismissal).collect(),
            conflicts: &report.remarks.conflicts,
            notes: &report.remarks.notes,
        }
    }
}

impl<'a> OnceSinkReport<'a> {
    fn from_report(sink: &'a str, report: &Result<SinkDeliveryReport>) -> Self {
        let report = match report {
            Ok(report) => report.clone(),
            Err(error) => {
                SinkDeliveryReport { reason: Some(format!("{error:#}")), ..SinkDeliveryReport::default() }
            }
        };
        Self { sink, report }
    }
}

fn format_report(run: &RunReport) -> String {
    let mut text = String::new();
    for TopicPollReport { topic, source, poll } in &run.topics {
        let source = if source == ARXIV_SOURCE { String::new() } else { format!(" from {source}") };
        let _ = writeln!(text, "{topic}{source}: {}", format_poll(poll));
    }
    for (file, list) in &run.lists {
        let _ = match list {
            Ok(list) if list.changed => writeln!(text, "{file}: {}, written", count_of(list.rows, "row")),
            Ok(list) => writeln!(text, "{file}: {}, unchanged", count_of(list.rows, "row")),
            Err(_) => writeln!(text, "{file}: left as it is"),
        };
        for page in list.iter().filter_map(|list| list.pull_request_url.as_ref()) {
            let _ = writeln!(text, "{file}: pull request {page}");
        }
        for words in list.iter().flat_map(|list| list.remarks.list_remark_sentences()) {
            let _ = writeln!(text, "{file}: {words}");
        }
    }
    for (subscription, digest) in &run.digests {
        if let Ok(ComposeOutcome::Queued { papers, messages }) = digest {
            let (papers, messages) = (count_of(*papers, "paper"), count_of(*messages, "message"));
            let _ = writeln!(text, "subscription {subscription}: {papers} in {messages}");
        }
    }
    for (sink, report) in &run.sinks {
        text.push_str(&format_sink_delivery_report(sink, report));
    }
    text
}

fn format_sink_delivery_report(sink: &str, report: &Result<SinkDeliveryReport>) -> String {
    let Ok(report) = report else { return format!("sink {sink}: could not be tried\n") };
    if *report == SinkDeliveryReport::default() {
        return String::new();
    }
    let SinkDeliveryReport { delivered, deferred, failed, is_paused, reason } = report;
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

fn format_poll(poll: &PollReport) -> String {
    let PollReport { status, reason, new, replaced, published, seeded, known, requests, error_kind: _ } =
        poll;
    let mut words = poll_status_name(*status).to_owned();
    if *seeded > 0 {
        let _ = write!(words, ", {seeded} filled in silently");
    }
    if *new + *replaced > 0 {
        let _ = write!(words, ", {new} new, {replaced} replaced");
    }
    if *published > 0 {
        let _ = write!(words, ", {published} published");
    }
    let _ = write!(words, ", {known} known ({})", count_of(*requests, "request"));
    if let Some(reason) = reason {
        let _ = write!(words, ": {reason}");
    }
    words
}

fn poll_status_name(status: PollStatus) -> &'static str {
    match status {
        PollStatus::Ok => "ok",
        PollStatus::Quiet => "quiet",
        PollStatus::Incomplete => "incomplete",
        PollStatus::Failed => "failed",
        PollStatus::Skipped => "skipped",
    }
}
