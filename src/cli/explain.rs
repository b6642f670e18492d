//! `explain ID`: the life of one paper here: when it was seen, by which topics and why, where it stands, and
//! whom it was told to, or why not.

use std::fmt::Write;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::Serialize;

use super::search::catch_up;
use super::{Done, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::standing::moment;
use crate::domain::{News, PaperId, Subscription, Topic};
use crate::render::Line;
use crate::store::{ACCEPTED, Fate, Life, NewsLife, Reader, Sent, TopicLife};

/// Papers that are named where words fit several.
const NAMED_MAX: u32 = 10;

pub(super) fn explain(config: &Config, words: &[String], clock: Clock, json: bool) -> Result<Done> {
    let reader = Reader::open(&config.state)?.with_context(|| {
        format!("there is no history yet at {}: run `paperwire once` first", config.state.display())
    })?;
    match find(config, &reader, words)? {
        Found::One(life) => {
            let answer = Answer::of(config, &reader, &life, clock.now())?;
            if json {
                answer::print_json(&answer)?;
            } else {
                answer::print(&answer.in_words())?;
            }
            Ok(Done::Whole)
        }
        Found::Several(papers) => {
            let named = papers.iter().map(|(id, title)| Named { id, title });
            say(&named.collect::<Vec<_>>(), "several papers have these words: name one of them", json)
        }
        Found::None => {
            let asked = words.join(" ");
            say(&[], &format!("no topic has seen {asked}: none found it, or its archives left it out"), json)
        }
    }
}

/// What the words on the command line name.
enum Found {
    One(Box<Life>),
    Several(Vec<(String, String)>),
    None,
}

/// An identity, an address, or words of title, abstract and authors.
fn find(config: &Config, reader: &Reader, words: &[String]) -> Result<Found> {
    let text = words.join(" ");
    let id = PaperId::from_text(&text);
    if let Some(life) = reader.life(&id)? {
        return Ok(Found::One(Box::new(life)));
    }
    if id.as_arxiv().is_some() || text.trim().is_empty() {
        return Ok(Found::None);
    }
    catch_up(config, reader)?;
    let found = reader.search(words, NAMED_MAX)?;
    Ok(match found.as_slice() {
        [] => Found::None,
        [only] => reader.life(&only.paper.id)?.map_or(Found::None, |life| Found::One(Box::new(life))),
        several => Found::Several(
            several.iter().map(|found| (found.paper.id.to_string(), found.paper.title.clone())).collect(),
        ),
    })
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    title: &'a str,
}

fn say(papers: &[Named<'_>], words: &str, json: bool) -> Result<Done> {
    if json {
        answer::print_json(&serde_json::json!({ "reason": words, "papers": papers }))?;
    } else {
        let mut text = format!("{}\n", Line::new(words));
        for Named { id, title } in papers {
            let _ = writeln!(text, "{}  {}", Line::new(id), Line::new(title));
        }
        answer::print(&text)?;
    }
    Ok(Done::WithFailures)
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    categories: Vec<&'a str>,
    versions: Vec<VersionAnswer>,
    topics: Vec<TopicAnswer<'a>>,
    lists: Vec<ListAnswer<'a>>,
    subscriptions: Vec<SubscriptionAnswer<'a>>,
}

#[derive(Serialize)]
struct VersionAnswer {
    version: u32,
    updated: Timestamp,
    seen: Timestamp,
}

#[derive(Serialize)]
struct TopicAnswer<'a> {
    topic: &'a str,
    seen: Option<Timestamp>,
    why: String,
}

#[derive(Serialize)]
struct ListAnswer<'a> {
    list: &'a str,
    topic: &'a str,
    row: Option<u64>,
    why: String,
}

#[derive(Serialize)]
struct SubscriptionAnswer<'a> {
    subscription: &'a str,
    topic: &'a str,
    outcome: &'static str,
    why: String,
}

impl<'a> Answer<'a> {
    fn of(config: &'a Config, reader: &Reader, life: &'a Life, now: Timestamp) -> Result<Self> {
        let versions = life.versions.iter().map(|(version, updated, seen)| VersionAnswer {
            version: version.number(),
            updated: *updated,
            seen: *seen,
        });
        Ok(Self {
            id: life.paper.id.as_str(),
            version: life.paper.version.number(),
            title: &life.paper.title,
            categories: life.paper.categories.iter().map(|category| category.0.as_str()).collect(),
            versions: versions.collect(),
            topics: topics(config, life),
            lists: lists(config, life),
            subscriptions: subscriptions(config, reader, life, now)?,
        })
    }

    fn in_words(&self) -> String {
        let mut text = format!("{}\n{} v{}", Line::new(self.title), Line::new(self.id), self.version);
        if !self.categories.is_empty() {
            let _ = write!(text, ", {}", Line::new(&self.categories.join(", ")));
        }
        text.push_str("\n\n");
        let mut put = |kind: &str, name: &str, words: &str| {
            let _ = writeln!(text, "{kind:<11} {}: {}", Line::new(name), Line::new(words));
        };
        for VersionAnswer { version, updated, seen } in &self.versions {
            let words = format!("of {}, seen {}", moment(*updated), moment(*seen));
            put("version", &format!("v{version}"), &words);
        }
        self.topics.iter().for_each(|topic| put("topic", topic.topic, &topic.why));
        for list in &self.lists {
            put("list", list.list, &format!("{} of {}", list.why, list.topic));
        }
        for told in &self.subscriptions {
            put("subscribed", told.subscription, &format!("{}: {}", told.topic, told.why));
        }
        text
    }
}

/// Each topic of the configuration, and those of the history that are no longer in it.
fn topics<'a>(config: &'a Config, life: &'a Life) -> Vec<TopicAnswer<'a>> {
    let configured = config.topics.iter().map(|topic| {
        let seen = life.topics.iter().find(|seen| seen.topic == topic.name);
        TopicAnswer { topic: &topic.name, seen: seen.map(|seen| seen.seen), why: why(topic, seen, life) }
    });
    let is_gone = |seen: &&TopicLife| !config.topics.iter().any(|topic| topic.name == seen.topic);
    let gone = life.topics.iter().filter(is_gone).map(|seen| TopicAnswer {
        topic: &seen.topic,
        seen: Some(seen.seen),
        why: format!("seen {}; the topic is no longer in the configuration", moment(seen.seen)),
    });
    configured.chain(gone).collect()
}

fn why(topic: &Topic, seen: Option<&TopicLife>, life: &Life) -> String {
    let Some(seen) = seen else {
        let has_categories = !life.paper.categories.is_empty();
        return if has_categories && !life.paper.is_in_archives(&topic.archives) {
            format!("left out, for it has no category in {}", topic.archives.join(", "))
        } else {
            format!("its query has not found it: {}", topic.query.to_arxiv())
        };
    };
    let news = match seen.news.as_slice() {
        [] => "filled in silently, as part of first contact or an import".to_owned(),
        news => news.iter().map(news_words).collect::<Vec<_>>().join(", "),
    };
    format!(
        "found by {}; seen {}, now in v{}; {news}",
        topic.query.to_arxiv(),
        moment(seen.seen),
        seen.version.number()
    )
}

fn news_words(news: &NewsLife) -> String {
    let kind = match news.news {
        News::New => "new",
        News::Replacement => "a replacement",
    };
    format!("{kind} in {} on {}", news.version, moment(news.seen))
}

fn lists<'a>(config: &'a Config, life: &'a Life) -> Vec<ListAnswer<'a>> {
    let tables = config.lists.iter().flat_map(|list| list.topics.iter().map(move |topic| (list, topic)));
    let rows = tables.filter_map(|(list, topic)| {
        let place = life.topics.iter().find(|seen| seen.topic == *topic)?.place;
        let (row, why) = if place <= u64::from(list.rows) {
            (Some(place), format!("row {place}"))
        } else {
            (None, format!("not in the table, which has {} rows and this would be row {place},", list.rows))
        };
        Some(ListAnswer { list: &list.name, topic, row, why })
    });
    rows.collect()
}

fn subscriptions<'a>(
    config: &'a Config,
    reader: &Reader,
    life: &'a Life,
    now: Timestamp,
) -> Result<Vec<SubscriptionAnswer<'a>>> {
    let mut answers = Vec::new();
    for subscription in &config.subscriptions {
        for topic in &subscription.topics {
            let Some(seen) = life.topics.iter().find(|seen| seen.topic == *topic) else { continue };
            let mut answer = |outcome, why| {
                answers.push(SubscriptionAnswer { subscription: &subscription.name, topic, outcome, why });
            };
            if seen.news.is_empty() {
                answer("silent", silent(subscription));
            }
            for news in &seen.news {
                let fate = reader.fate(&subscription.name, topic, news)?;
                let (outcome, why) = fate_words(&fate, subscription, *news, now);
                answer(outcome, format!("{}: {why}", news_words(news)));
            }
        }
    }
    Ok(answers)
}

fn silent(subscription: &Subscription) -> String {
    match subscription.first {
        0 => "told to nobody, for it was filled in silently".to_owned(),
        first => format!("filled in silently; told only if it was among the latest {first} when this began"),
    }
}

fn fate_words(
    fate: &Fate,
    subscription: &Subscription,
    news: NewsLife,
    now: Timestamp,
) -> (&'static str, String) {
    let is_included = subscription.include.takes(news.news);
    match fate {
        Fate::NotBegun => ("not-begun", "the subscription begins with the next turn, after this".to_owned()),
        _ if !is_included && !matches!(fate, Fate::Told { .. }) => {
            ("not-included", "not told, for `include` leaves it out".to_owned())
        }
        Fate::Waits => {
            let next = subscription.cadence.next_after(now);
            let next = next.map_or("the next turn".to_owned(), moment);
            ("waits", format!("waits for the next digest, at {next}"))
        }
        Fate::Passed => {
            ("before", "not told, for the subscription, or this topic in it, began later".to_owned())
        }
        Fate::Told { number, composed, messages } => {
            let sent: Vec<_> = messages.iter().map(sent_words).collect();
            ("told", format!("in digest {number} of {}: {}", moment(*composed), sent.join("; ")))
        }
    }
}

fn sent_words(sent: &Sent) -> String {
    let Sent { id, sink, state, attempts, due, settled, words } = sent;
    let words = words.as_deref().filter(|words| *words != ACCEPTED).map(|words| format!(": {words}"));
    let at = match (due, settled) {
        (Some(due), _) => format!(", next try {}", moment(*due)),
        (None, Some(settled)) => format!(" {}", moment(*settled)),
        (None, None) => String::new(),
    };
    let tries = if *attempts > 1 { format!(" after {attempts} tries") } else { String::new() };
    format!("message {id} to {sink} {state}{at}{tries}{}", words.unwrap_or_default())
}
