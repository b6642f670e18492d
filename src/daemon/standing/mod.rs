//! How things stand: every topic judged, every sink, every list, the source. Read beside whoever writes, and
//! the same for `status`, systemd and the operator.

mod words;

use std::fmt::Write as _;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::domain::{Gate, Judgement, Observed, Trouble, judge_topics};
use crate::pipeline::operator::what;
use crate::store::{Awaited, AwaitedState, Fault, Queue, Reader, Watched, has_room, incident};
pub use words::{Line, moment};

/// A message that waits for longer than this waits for something: the second try comes after five minutes.
const WAITING_MAX: SignedDuration = SignedDuration::from_hours(1);

/// A poll that is due and has not begun for so long will not: the daemon looks at the clock twice a minute.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

/// How things stand at a moment.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The moment.
    pub now: Timestamp,
    /// The history itself.
    pub history: HistoryStanding,
    /// Each topic of the configuration, in its order.
    pub topics: Vec<TopicStanding>,
    /// The source.
    pub source: SourceStanding,
    /// Each sink, in its order.
    pub sinks: Vec<SinkStanding>,
    /// Each list, in its order.
    pub lists: Vec<ListStanding>,
}

/// How the history stands.
#[derive(Debug, Clone)]
pub struct HistoryStanding {
    /// Its file.
    pub file: String,
    /// Since when the daemon cannot write it, and why; none if it can, or if there is no daemon.
    pub fault: Option<Fault>,
    /// Whether its disk has room.
    pub has_room: bool,
}

/// How a topic stands.
#[derive(Debug, Clone)]
pub struct TopicStanding {
    /// Its name.
    pub name: String,
    /// What it is.
    pub judgement: Judgement,
    /// The papers that it has seen.
    pub known: u64,
    /// The date of the newest of them.
    pub newest: Option<Timestamp>,
    /// When it was polled last, well or not.
    pub polled: Option<Timestamp>,
    /// When a poll of it was complete last.
    pub polled_well: Option<Timestamp>,
}

/// How the source stands.
#[derive(Debug, Clone)]
pub struct SourceStanding {
    /// Its host.
    pub host: String,
    /// When it was last asked, and how long it wants to be left alone.
    pub gate: Gate,
    /// When the daemon polls next, by its own word.
    pub poll_next: Option<Timestamp>,
}

/// How a sink stands.
#[derive(Debug, Clone)]
pub struct SinkStanding {
    /// Its name.
    pub name: String,
    /// Its messages.
    pub queue: Queue,
    /// Why it gets nothing, where it is paused.
    pub pause: Option<Fault>,
}

/// How a list stands.
#[derive(Debug, Clone)]
pub struct ListStanding {
    /// Its name.
    pub name: String,
    /// Its file, as the configuration writes it.
    pub file: String,
    /// Why it was left as it is, if it was.
    pub fault: Option<Fault>,
    /// What of it waits for a person in its repository, and since when.
    pub awaited: Option<(Awaited, Timestamp)>,
}

impl Standing {
    /// Looks at the history of a configuration. Where there is none, nothing was ever asked.
    pub fn of(config: &Config, now: Timestamp) -> Result<Self> {
        Self::read(config, Reader::open(&config.state)?.as_ref(), incident(&config.state), now)
    }

    /// The same with a reader that is open already; `fault` is since when the daemon cannot write the history.
    pub fn read(
        config: &Config,
        reader: Option<&Reader>,
        fault: Option<Fault>,
        now: Timestamp,
    ) -> Result<Self> {
        let poll_next = reader.map(Reader::poll_next).transpose()?.flatten();
        let host = config.arxiv.url.host_str().unwrap_or_default().to_owned();
        let gate = reader.map(|reader| reader.gate(&host)).transpose()?.unwrap_or_default();
        Ok(Self {
            now,
            history: HistoryStanding {
                file: config.state.display().to_string(),
                fault,
                has_room: has_room(&config.state),
            },
            topics: topics(config, reader, poll_next, now)?,
            source: SourceStanding { host, gate, poll_next },
            sinks: each(&config.sinks, |sink| {
                let (queue, pause) = match reader {
                    Some(reader) => (reader.queue(&sink.name)?, reader.pause(&sink.name)?),
                    None => (Queue::default(), None),
                };
                Ok(SinkStanding { name: sink.name.clone(), queue, pause })
            })?,
            lists: each(&config.lists, |list| {
                let fault = reader.map(|reader| reader.list_fault(&list.name)).transpose()?;
                let awaited = match (reader, &list.repository) {
                    (Some(reader), Some(_)) => reader.awaited(&list.name)?,
                    (_, None) | (None, _) => None,
                };
                let (name, file) = (list.name.clone(), list.shown.clone());
                Ok(ListStanding { name, file, fault: fault.flatten(), awaited })
            })?,
        })
    }

    /// All that is wrong, in the order of the configuration.
    pub fn troubles(&self) -> Vec<Trouble> {
        let history = self.history.trouble(self.now);
        let topics = self.topics.iter().filter_map(TopicStanding::trouble);
        let source = self.source.trouble(self.now);
        let sinks = self.sinks.iter().filter_map(|sink| sink.trouble(self.now));
        let lists = self.lists.iter().filter_map(ListStanding::trouble);
        history.into_iter().chain(topics).chain(source).chain(sinks).chain(lists).collect()
    }

    /// In one line: `in order`, or the first thing that is wrong and how many more are; and what comes next.
    pub fn summary(&self) -> String {
        let troubles = self.troubles();
        let mut summary = match troubles.as_slice() {
            [] => "in order".to_owned(),
            [only] => format!("wrong: {}: {}", only.what, only.words),
            [first, more @ ..] => {
                format!("wrong: {}: {} (and {} more)", first.what, first.words, more.len())
            }
        };
        if let Some(next) = self.source.poll_next.filter(|next| *next > self.now) {
            let _ = write!(summary, "; next poll {next:.0}");
        }
        summary
    }
}

fn topics(
    config: &Config,
    reader: Option<&Reader>,
    poll_next: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<TopicStanding>> {
    let watched = each(&config.topics, |topic| match reader {
        Some(reader) => reader.watched(&topic.name),
        None => Ok(Watched::default()),
    })?;
    let observed: Vec<_> = watched
        .iter()
        .map(|watched| Observed {
            polls: &watched.polls,
            polled_well: watched.polled_well,
            dates: &watched.dates,
            news_last: watched.news_last,
            poll_next,
        })
        .collect();
    let judged = config.topics.iter().zip(judge_topics(&observed, now)).zip(&watched);
    let topics = judged.map(|((topic, judgement), watched)| TopicStanding {
        name: topic.name.clone(),
        judgement,
        known: watched.known,
        newest: watched.dates.first().copied(),
        polled: watched.polls.last().map(|poll| poll.at).max(watched.polled_well),
        polled_well: watched.polled_well,
    });
    Ok(topics.collect())
}

fn each<T, S>(things: &[T], stands: impl Fn(&T) -> Result<S>) -> Result<Vec<S>> {
    things.iter().map(stands).collect()
}

impl HistoryStanding {
    /// What it is called, and what its trouble is of.
    const WHAT: &str = "the history";

    fn trouble(&self, now: Timestamp) -> Option<Trouble> {
        let (since, words) = match &self.fault {
            Some(Fault { since, words }) => (*since, format!("cannot be written since {since:.0}: {words}")),
            None if self.has_room => return None,
            None => (now, "its disk is full".to_owned()),
        };
        let advice = "make room on its disk, or mend what the words say: paperwire goes on by itself, and nothing is lost";
        Some(Trouble { what: Self::WHAT.to_owned(), since, words, advice: advice.to_owned() })
    }
}

impl TopicStanding {
    fn trouble(&self) -> Option<Trouble> {
        Some(Trouble {
            what: what("topic", &self.name),
            since: self.judgement.wrong_since()?,
            words: self.judgement.to_string(),
            advice: self.judgement.advice().unwrap_or_default().to_owned(),
        })
    }
}

impl SourceStanding {
    /// What its trouble is of: it is asked by the daemon.
    const WHAT: &str = "the daemon";

    /// The daemon said when it polls next, and has not.
    fn trouble(&self, now: Timestamp) -> Option<Trouble> {
        let due = self.poll_next.filter(|next| now.duration_since(*next) > OVERDUE)?;
        Some(Trouble {
            what: Self::WHAT.to_owned(),
            since: due,
            words: format!("the poll that was due {due:.0} has not come to an end"),
            advice: "is it running? `systemctl status paperwire`, or start `paperwire run`".to_owned(),
        })
    }
}

impl SinkStanding {
    /// How many of its messages wait, in words.
    pub fn waits(&self) -> String {
        match self.queue.waiting {
            0 => "nothing waits".to_owned(),
            1 => "1 message waits".to_owned(),
            waiting => format!("{waiting} messages wait"),
        }
    }

    fn trouble(&self, now: Timestamp) -> Option<Trouble> {
        let Queue { oldest, words, failed, failed_last, .. } = &self.queue;
        let waits = self.waits();
        let what = what("sink", &self.name);
        if let Some(Fault { since, words }) = &self.pause {
            let words = format!("paused since {since:.0}, {waits}: {words}");
            let advice = format!("mend it, then `paperwire outbox resume {}`", self.name);
            return Some(Trouble { what, since: *since, words, advice });
        }
        if let Some(oldest) = oldest.filter(|oldest| now.duration_since(*oldest) > WAITING_MAX) {
            let why = words.as_ref().map_or_else(String::new, |words| format!(": {words}"));
            let words = format!("{waits}, the oldest since {oldest:.0}{why}");
            let advice =
                format!("it is tried again by itself; `paperwire test {}` says what it answers", self.name);
            return Some(Trouble { what, since: oldest, words, advice });
        }
        let since = failed_last.filter(|_| *failed > 0)?;
        let words = format!("messages that failed: {failed}, the last {since:.0}");
        let advice =
            "see `paperwire outbox`; then `outbox retry` or `outbox drop`, with its number".to_owned();
        Some(Trouble { what, since, words, advice })
    }
}

impl ListStanding {
    fn trouble(&self) -> Option<Trouble> {
        if let Some(Fault { since, words }) = &self.fault {
            return Some(Trouble {
                what: what("list", &self.name),
                since: *since,
                words: format!("left as it is since {since:.0}: {words}"),
                advice: "`paperwire check` says what would be right".to_owned(),
            });
        }
        let (awaited, since) = self.awaited.as_ref().filter(|(one, _)| one.state == AwaitedState::Stuck)?;
        let branch = &awaited.branch;
        Some(Trouble {
            what: what("list", &self.name),
            since: *since,
            words: format!("stuck since {since:.0}: somebody's commits on {branch} change the same lines"),
            advice: "merge them, or take them off the branch; then it goes on".to_owned(),
        })
    }
}
