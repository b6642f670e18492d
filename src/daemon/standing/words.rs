//! How each thing stands in words, the same wherever it is told.

use jiff::Timestamp;

use super::{HistoryStanding, ListStanding, SinkStanding, SourceStanding, Standing, TopicStanding};
use crate::domain::Trouble;
use crate::pipeline::operator::what;
use crate::store::{Awaited, AwaitedState, Pull, Queue};

/// One thing that stands somehow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// What sort of thing it is, in one word.
    pub kind: &'static str,
    /// Its name.
    pub name: &'a str,
    /// How it stands where nothing is wrong with it.
    pub words: String,
    /// What is wrong with it, if anything is.
    pub trouble: Option<&'a Trouble>,
    /// The pull request that it is proposed by, or was.
    pub link: Option<&'a Pull>,
}

impl Standing {
    /// Every thing in the order of the configuration, the history before them if it is wrong, with what is wrong with it of these troubles.
    pub fn lines<'a>(&'a self, troubles: &'a [Trouble]) -> Vec<Line<'a>> {
        let line = |kind: &'static str, name: &'a str, words: String| {
            let called = what(kind, name);
            let trouble = troubles.iter().find(|trouble| trouble.what == called);
            Line { kind, name, words, trouble, link: None }
        };
        let wrong = troubles.iter().find(|trouble| trouble.what == HistoryStanding::WHAT);
        let history = wrong.map(|trouble| Line {
            kind: "history",
            name: &self.history.file,
            words: trouble.words.clone(),
            trouble: Some(trouble),
            link: None,
        });
        let topics = self.topics.iter().map(|topic| line("topic", &topic.name, topic_words(topic)));
        let source = Line {
            kind: "source",
            name: &self.source.host,
            words: source_words(&self.source, self.now),
            trouble: troubles.iter().find(|trouble| trouble.what == SourceStanding::WHAT),
            link: None,
        };
        let sinks = self.sinks.iter().map(|sink| line("sink", &sink.name, sink_words(sink)));
        let lists = self.lists.iter().map(|list| Line {
            link: list.awaited.as_ref().and_then(|(awaited, _)| awaited.pull.as_ref()),
            ..line("list", &list.name, list_words(list))
        });
        history.into_iter().chain(topics).chain([source]).chain(sinks).chain(lists).collect()
    }
}

fn topic_words(topic: &TopicStanding) -> String {
    let newest = topic.newest.map_or(String::new(), |newest| format!(", the newest of {}", moment(newest)));
    let polled = topic.polled.map_or(String::new(), |polled| format!("; polled {}", moment(polled)));
    format!("{}; {} papers{newest}{polled}", topic.judgement, topic.known)
}

fn source_words(source: &SourceStanding, now: Timestamp) -> String {
    let asked = source.gate.asked.map(|asked| format!("last asked {}", moment(asked)));
    let shut = source.gate.is_shut_until(now);
    let shut = shut.map(|until| format!("asks to be left alone until {}", moment(until)));
    let next = source.poll_next.map(|next| format!("next poll {}", moment(next)));
    let words: Vec<_> = [asked, shut, next].into_iter().flatten().collect();
    if words.is_empty() { "never asked".to_owned() } else { words.join(", ") }
}

fn sink_words(sink: &SinkStanding) -> String {
    let Queue { due, delivered_last, remark, .. } = &sink.queue;
    let waits = sink.waits();
    let due = due.map_or(String::new(), |due| format!(", next try {}", moment(due)));
    let last = delivered_last.map_or(String::new(), |last| format!(", last delivered {}", moment(last)));
    let remark = remark.as_ref().map_or(String::new(), |remark| format!("; {remark}"));
    format!("{waits}{due}{last}{remark}")
}

fn list_words(list: &ListStanding) -> String {
    let Some((Awaited { state, branch, pull }, since)) = &list.awaited else { return "in order".to_owned() };
    let since = moment(*since);
    match (state, pull) {
        (AwaitedState::Closed, Some(Pull { number, .. })) => format!(
            "in order; somebody closed pull request {number}, seen {since}: it stays so until there is something else to propose"
        ),
        (_, Some(Pull { number, .. })) => format!("in order; pull request {number} is open since {since}"),
        (_, None) => format!("in order; waits on the branch {branch} since {since} to be merged"),
    }
}

/// `2025-03-26 08:00 UTC`.
pub fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
