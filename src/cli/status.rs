//! `status`: whether all is in order, and what to do where it is not. Ends with 0 or 1, as cron and Nagios
//! want it.

use std::fmt::Write;
use std::io::IsTerminal;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::{CommandOutcome, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::health_report::{
    HealthLine as StandingLine, HealthReport, ListHealthReport, SinkHealthReport, SourceHealthReport,
    TopicHealthReport, format_utc,
};
use crate::domain::Incident;
use crate::render::SingleLine;
use crate::store::{SinkQueue, Stoppage};

pub(super) fn status(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let standing = HealthReport::of(config, clock.now())?;
    let troubles = standing.incidents();
    if json {
        output::print_json(&StatusReport::of(&standing, &troubles))?;
    } else {
        output::print(&StatusText::new(&standing, &troubles).text)?;
    }
    Ok(if troubles.is_empty() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

#[derive(Serialize)]
struct StatusReport<'a> {
    now: Timestamp,
    in_order: bool,
    summary: String,
    wrong: Vec<StatusIncident<'a>>,
    topics: Vec<StatusTopic<'a>>,
    source: StatusSource<'a>,
    sinks: Vec<StatusSink<'a>>,
    lists: Vec<StatusList<'a>>,
}

#[derive(Serialize)]
struct StatusIncident<'a> {
    what: &'a str,
    since: Timestamp,
    words: &'a str,
    advice: &'a str,
}

#[derive(Serialize)]
struct StatusTopic<'a> {
    topic: &'a str,
    judgement: &'static str,
    words: String,
    known: u64,
    newest: Option<Timestamp>,
    polled: Option<Timestamp>,
    polled_well: Option<Timestamp>,
}

#[derive(Serialize)]
struct StatusSource<'a> {
    host: &'a str,
    asked: Option<Timestamp>,
    shut_until: Option<Timestamp>,
    poll_next: Option<Timestamp>,
}

#[derive(Serialize)]
struct StatusSink<'a> {
    sink: &'a str,
    waiting: u64,
    oldest: Option<Timestamp>,
    due: Option<Timestamp>,
    failed: u64,
    delivered_last: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    paused: Option<StatusReason<'a>>,
}

#[derive(Serialize)]
struct StatusList<'a> {
    list: &'a str,
    file: &'a str,
    fault: Option<StatusReason<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<StatusProposal<'a>>,
}

#[derive(Serialize)]
struct StatusProposal<'a> {
    state: &'static str,
    branch: &'a str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<StatusPullRequest<'a>>,
}

#[derive(Serialize)]
struct StatusPullRequest<'a> {
    number: u64,
    address: &'a str,
}

#[derive(Serialize)]
struct StatusReason<'a> {
    since: Timestamp,
    words: &'a str,
}

impl<'a> StatusReport<'a> {
    fn of(standing: &'a HealthReport, troubles: &'a [Incident]) -> Self {
        let wrong = troubles.iter().map(|Incident { subject: what, since, description: words, advice }| {
            StatusIncident { what, since: *since, words, advice }
        });
        let SourceHealthReport { host, gate, next_poll: poll_next } = &standing.source;
        Self {
            now: standing.now,
            in_order: troubles.is_empty(),
            summary: standing.summary(),
            wrong: wrong.collect(),
            topics: standing.topics.iter().map(StatusTopic::of).collect(),
            source: StatusSource {
                host,
                asked: gate.last_request,
                shut_until: gate.blocked_until(standing.now),
                poll_next: *poll_next,
            },
            sinks: standing.sinks.iter().map(StatusSink::of).collect(),
            lists: standing.lists.iter().map(StatusList::of).collect(),
        }
    }
}

impl<'a> StatusTopic<'a> {
    fn of(standing: &'a TopicHealthReport) -> Self {
        let TopicHealthReport {
            name,
            health: judgement,
            known,
            newest,
            last_poll: polled,
            last_complete_poll: polled_well,
        } = standing;
        Self {
            topic: name,
            judgement: judgement.name(),
            words: judgement.to_string(),
            known: *known,
            newest: *newest,
            polled: *polled,
            polled_well: *polled_well,
        }
    }
}

impl<'a> StatusSink<'a> {
    fn of(standing: &'a SinkHealthReport) -> Self {
        let SinkQueue { waiting, oldest, next_due: due, failed, last_delivered: delivered_last, .. } =
            standing.queue;
        let remark = standing.queue.remark.as_deref();
        let paused = standing.pause.as_ref().map(StatusReason::of);
        Self { sink: &standing.name, waiting, oldest, due, failed, delivered_last, remark, paused }
    }
}

impl<'a> StatusList<'a> {
    fn of(standing: &'a ListHealthReport) -> Self {
        let fault = standing.failure.as_ref().map(StatusReason::of);
        let proposed = standing.pending_review.as_ref().map(|(awaited, since)| StatusProposal {
            state: awaited.state.as_str(),
            branch: &awaited.branch,
            since: *since,
            pull: awaited
                .pull_request
                .as_ref()
                .map(|pull| StatusPullRequest { number: pull.number, address: &pull.address }),
        });
        Self { list: &standing.name, file: &standing.file, fault, proposed }
    }
}

impl<'a> StatusReason<'a> {
    fn of(fault: &'a Stoppage) -> Self {
        Self { since: fault.since, words: &fault.reason }
    }
}

/// The answer for a person: one thing a line, and below what is wrong what to do.
struct StatusText {
    text: String,
    colours: Colours,
}

/// Whether words are coloured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    On,
    Off,
}

impl StatusText {
    fn new(standing: &HealthReport, troubles: &[Incident]) -> Self {
        let mut screen = Self { text: String::new(), colours: detect_colours() };
        let head = match troubles.len() {
            0 => screen.paint("in order", GREEN),
            1 => screen.paint("wrong: 1 thing", RED),
            things => screen.paint(&format!("wrong: {things} things"), RED),
        };
        let _ = writeln!(screen.text, "{head} at {}\n", format_utc(standing.now));
        for line in standing.lines(troubles) {
            screen.push_line(&line);
        }
        screen
    }

    /// One thing: how it stands, or what is wrong with it and what to do.
    fn push_line(&mut self, line: &StandingLine<'_>) {
        let StandingLine { kind, name, text: words, incident: trouble, pull_request: link } = line;
        let name = SingleLine::new(name);
        let words = SingleLine::new(trouble.map_or(words.as_str(), |trouble| &trouble.description));
        let mark = if trouble.is_some() { self.paint("!", RED) } else { " ".to_owned() };
        let _ = writeln!(self.text, "{mark} {kind:<7} {name}: {words}");
        if let Some(pull) = link {
            let _ = writeln!(self.text, "          {}", SingleLine::new(&pull.address));
        }
        if let Some(advice) = trouble.map(|trouble| &trouble.advice).filter(|advice| !advice.is_empty()) {
            let _ = writeln!(self.text, "          what to do: {}", SingleLine::new(advice));
        }
    }

    fn paint(&self, words: &str, colour: &str) -> String {
        match self.colours {
            Colours::On => format!("\u{1b}[{colour}m{words}\u{1b}[0m"),
            Colours::Off => words.to_owned(),
        }
    }
}

/// Bold, in the terminal's own green and red: ECMA-48, 8.3.117.
const GREEN: &str = "1;32";
const RED: &str = "1;31";

/// <https://no-color.org>
fn detect_colours() -> Colours {
    let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty());
    if is_wanted && std::io::stdout().is_terminal() { Colours::On } else { Colours::Off }
}
