//! `status`: whether all is in order, and what to do where it is not. Ends with 0 or 1, as cron and Nagios
//! want it.

use std::fmt::Write;
use std::io::IsTerminal;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::{Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::standing::{
    Line as StandingLine, ListStanding, SinkStanding, SourceStanding, Standing, TopicStanding, moment,
};
use crate::domain::Trouble;
use crate::render::Line;
use crate::store::{Fault, Queue};

pub(super) fn status(config: &Config, clock: Clock, json: bool) -> Result<Done> {
    let standing = Standing::of(config, clock.now())?;
    let troubles = standing.troubles();
    if json {
        answer::print_json(&Answer::of(&standing, &troubles))?;
    } else {
        answer::print(&Screen::new(&standing, &troubles).text)?;
    }
    Ok(if troubles.is_empty() { Done::Whole } else { Done::WithFailures })
}

#[derive(Serialize)]
struct Answer<'a> {
    now: Timestamp,
    in_order: bool,
    summary: String,
    wrong: Vec<WrongAnswer<'a>>,
    topics: Vec<TopicAnswer<'a>>,
    source: SourceAnswer<'a>,
    sinks: Vec<SinkAnswer<'a>>,
    lists: Vec<ListAnswer<'a>>,
}

#[derive(Serialize)]
struct WrongAnswer<'a> {
    what: &'a str,
    since: Timestamp,
    words: &'a str,
    advice: &'a str,
}

#[derive(Serialize)]
struct TopicAnswer<'a> {
    topic: &'a str,
    judgement: &'static str,
    words: String,
    known: u64,
    newest: Option<Timestamp>,
    polled: Option<Timestamp>,
    polled_well: Option<Timestamp>,
}

#[derive(Serialize)]
struct SourceAnswer<'a> {
    host: &'a str,
    asked: Option<Timestamp>,
    shut_until: Option<Timestamp>,
    poll_next: Option<Timestamp>,
}

#[derive(Serialize)]
struct SinkAnswer<'a> {
    sink: &'a str,
    waiting: u64,
    oldest: Option<Timestamp>,
    due: Option<Timestamp>,
    failed: u64,
    delivered_last: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    paused: Option<FaultAnswer<'a>>,
}

#[derive(Serialize)]
struct ListAnswer<'a> {
    list: &'a str,
    file: &'a str,
    fault: Option<FaultAnswer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<ProposedAnswer<'a>>,
}

#[derive(Serialize)]
struct ProposedAnswer<'a> {
    state: &'static str,
    branch: &'a str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<PullAnswer<'a>>,
}

#[derive(Serialize)]
struct PullAnswer<'a> {
    number: u64,
    address: &'a str,
}

#[derive(Serialize)]
struct FaultAnswer<'a> {
    since: Timestamp,
    words: &'a str,
}

impl<'a> Answer<'a> {
    fn of(standing: &'a Standing, troubles: &'a [Trouble]) -> Self {
        let wrong = troubles.iter().map(|Trouble { what, since, words, advice }| WrongAnswer {
            what,
            since: *since,
            words,
            advice,
        });
        let SourceStanding { host, gate, poll_next } = &standing.source;
        Self {
            now: standing.now,
            in_order: troubles.is_empty(),
            summary: standing.summary(),
            wrong: wrong.collect(),
            topics: standing.topics.iter().map(TopicAnswer::of).collect(),
            source: SourceAnswer {
                host,
                asked: gate.asked,
                shut_until: gate.is_shut_until(standing.now),
                poll_next: *poll_next,
            },
            sinks: standing.sinks.iter().map(SinkAnswer::of).collect(),
            lists: standing.lists.iter().map(ListAnswer::of).collect(),
        }
    }
}

impl<'a> TopicAnswer<'a> {
    fn of(standing: &'a TopicStanding) -> Self {
        let TopicStanding { name, judgement, known, newest, polled, polled_well } = standing;
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

impl<'a> SinkAnswer<'a> {
    fn of(standing: &'a SinkStanding) -> Self {
        let Queue { waiting, oldest, due, failed, delivered_last, .. } = standing.queue;
        let remark = standing.queue.remark.as_deref();
        let paused = standing.pause.as_ref().map(FaultAnswer::of);
        Self { sink: &standing.name, waiting, oldest, due, failed, delivered_last, remark, paused }
    }
}

impl<'a> ListAnswer<'a> {
    fn of(standing: &'a ListStanding) -> Self {
        let fault = standing.fault.as_ref().map(FaultAnswer::of);
        let proposed = standing.awaited.as_ref().map(|(awaited, since)| ProposedAnswer {
            state: awaited.state.word(),
            branch: &awaited.branch,
            since: *since,
            pull: awaited
                .pull
                .as_ref()
                .map(|pull| PullAnswer { number: pull.number, address: &pull.address }),
        });
        Self { list: &standing.name, file: &standing.file, fault, proposed }
    }
}

impl<'a> FaultAnswer<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self { since: fault.since, words: &fault.words }
    }
}

/// The answer for a person: one thing a line, and below what is wrong what to do.
struct Screen {
    text: String,
    colours: Colours,
}

/// Whether words are coloured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    Shown,
    Hidden,
}

impl Screen {
    fn new(standing: &Standing, troubles: &[Trouble]) -> Self {
        let mut screen = Self { text: String::new(), colours: colours() };
        let head = match troubles.len() {
            0 => screen.painted("in order", GREEN),
            1 => screen.painted("wrong: 1 thing", RED),
            things => screen.painted(&format!("wrong: {things} things"), RED),
        };
        let _ = writeln!(screen.text, "{head} at {}\n", moment(standing.now));
        for line in standing.lines(troubles) {
            screen.put(&line);
        }
        screen
    }

    /// One thing: how it stands, or what is wrong with it and what to do.
    fn put(&mut self, line: &StandingLine<'_>) {
        let StandingLine { kind, name, words, trouble, link } = line;
        let name = Line::new(name);
        let words = Line::new(trouble.map_or(words.as_str(), |trouble| &trouble.words));
        let mark = if trouble.is_some() { self.painted("!", RED) } else { " ".to_owned() };
        let _ = writeln!(self.text, "{mark} {kind:<7} {name}: {words}");
        if let Some(pull) = link {
            let _ = writeln!(self.text, "          {}", Line::new(&pull.address));
        }
        if let Some(advice) = trouble.map(|trouble| &trouble.advice).filter(|advice| !advice.is_empty()) {
            let _ = writeln!(self.text, "          what to do: {}", Line::new(advice));
        }
    }

    fn painted(&self, words: &str, colour: &str) -> String {
        match self.colours {
            Colours::Shown => format!("\u{1b}[{colour}m{words}\u{1b}[0m"),
            Colours::Hidden => words.to_owned(),
        }
    }
}

/// Bold, in the terminal's own green and red: ECMA-48, 8.3.117.
const GREEN: &str = "1;32";
const RED: &str = "1;31";

/// <https://no-color.org>
fn colours() -> Colours {
    let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty());
    if is_wanted && std::io::stdout().is_terminal() { Colours::Shown } else { Colours::Hidden }
}
