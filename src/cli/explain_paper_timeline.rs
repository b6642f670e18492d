//! `explain ID`: the life of one paper here: when it was seen, by which topics and why, which lists have it, and to whom
//! it was announced, or why not.

use std::fmt::Write;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::paper_identity_report::IdentityReport;
use super::search::open_searchable_history;
use crate::clock::Clock;
use crate::config::{Config, ListConfig};
use crate::daemon::health_report::format_utc_to_minute;
use crate::domain::{News, Paper, PaperId, Subscription, Topic, Version, count_of};
use crate::render::SingleLine;
use crate::store::{
    ACCEPTED, DigestMessage, Dismissal, NewsEvent, NewsStatus, PaperTimeline, PaperTopicTimeline, StoreReader,
};

/// How many papers are named if the words fit several.
const NAMED_MAX: u32 = 10;

pub(super) fn explain_paper(
    config: &Config,
    words: &[String],
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    let reader = StoreReader::open_existing(&config.state)?;
    match find_paper(config, &reader, words)? {
        PaperMatches::One(life) => {
            let answer = ExplainReport::from_timeline(config, &reader, &life, clock.now())?;
            output::print_answer(json, &answer, || answer.to_plain_text())?;
            Ok(CommandOutcome::Complete)
        }
        PaperMatches::Several(papers) => {
            let named = papers.iter().map(|(id, title)| MatchingPaperJson { id, title });
            print_paper_candidates(
                &named.collect::<Vec<_>>(),
                "several papers have these words: name one of them",
                json,
            )
        }
        PaperMatches::None => {
            let asked = words.join(" ");
            print_paper_candidates(
                &[],
                &format!("no topic has seen {asked}: none found it, or its archives left it out"),
                json,
            )
        }
    }
}

/// What the words on the command line name.
enum PaperMatches {
    One(Box<PaperTimeline>),
    Several(Vec<(String, String)>),
    None,
}

/// An identity, an address, or words of title, abstract and authors.
fn find_paper(config: &Config, reader: &StoreReader, words: &[String]) -> Result<PaperMatches> {
    let text = words.join(" ");
    let id = PaperId::from_link(&text);
    if let Some(life) = id.as_ref().map(|id| reader.paper_timeline(id)).transpose()?.flatten() {
        return Ok(PaperMatches::One(Box::new(life)));
    }
    if id.is_some_and(|id| id.is_surely_paper()) || text.trim().is_empty() {
        return Ok(PaperMatches::None);
    }
    let found = open_searchable_history(config)?.search_papers_by_words(words, NAMED_MAX)?;
    Ok(match found.as_slice() {
        [] => PaperMatches::None,
        [only] => reader
            .paper_timeline(&only.paper.id)?
            .map_or(PaperMatches::None, |life| PaperMatches::One(Box::new(life))),
        several => PaperMatches::Several(
            several.iter().map(|found| (found.paper.id.to_string(), found.paper.title.clone())).collect(),
        ),
    })
}

#[derive(Serialize)]
struct MatchingPaperJson<'a> {
    id: &'a str,
    title: &'a str,
}

fn print_paper_candidates(
    papers: &[MatchingPaperJson<'_>],
    words: &str,
    json: bool,
) -> Result<CommandOutcome> {
    output::print_answer(json, &serde_json::json!({ "reason": words, "papers": papers }), || {
        let mut text = format!("{}\n", SingleLine::new(words));
        for MatchingPaperJson { id, title } in papers {
            let _ = writeln!(text, "{}  {}", SingleLine::new(id), SingleLine::new(title));
        }
        text
    })?;
    Ok(CommandOutcome::WithFailures)
}

#[derive(Serialize)]
struct ExplainReport<'a> {
    id: &'a str,
    version: Option<u32>,
    title: &'a str,
    categories: Vec<&'a str>,
    /// Where its article is, of a preprint that appeared.
    article: Option<String>,
    #[serde(flatten)]
    identity: IdentityReport,
    versions: Vec<ExplainedVersion>,
    topics: Vec<ExplainedTopic<'a>>,
    lists: Vec<ExplainedList<'a>>,
    subscriptions: Vec<ExplainedNewsOutcome<'a>>,
}

#[derive(Serialize)]
struct ExplainedVersion {
    version: Option<u32>,
    updated: Timestamp,
    seen: Timestamp,
}

#[derive(Serialize)]
struct ExplainedTopic<'a> {
    topic: &'a str,
    seen: Option<Timestamp>,
    why: String,
}

#[derive(Serialize)]
struct ExplainedList<'a> {
    list: &'a str,
    topic: &'a str,
    row: Option<u64>,
    why: String,
}

#[derive(Serialize)]
struct ExplainedNewsOutcome<'a> {
    subscription: &'a str,
    topic: &'a str,
    outcome: &'static str,
    why: String,
}

impl<'a> ExplainReport<'a> {
    fn from_timeline(
        config: &'a Config,
        reader: &StoreReader,
        life: &'a PaperTimeline,
        now: Timestamp,
    ) -> Result<Self> {
        let versions = life.versions.iter().map(|(version, updated, seen)| ExplainedVersion {
            version: version.map(Version::version_number),
            updated: *updated,
            seen: *seen,
        });
        Ok(Self {
            id: life.paper.id.as_str(),
            version: life.paper.revision.version_number(),
            title: &life.paper.title,
            categories: life.paper.categories.iter().map(|category| category.0.as_str()).collect(),
            article: format_article_reference(&life.paper),
            identity: IdentityReport::of_paper(reader, &life.paper.id)?,
            versions: versions.collect(),
            topics: explain_paper_per_topic(config, life),
            lists: explain_paper_in_lists(config, reader, life)?,
            subscriptions: explain_subscriptions(config, reader, life, now)?,
        })
    }

    fn to_plain_text(&self) -> String {
        let mut text = format!("{}\n{}", SingleLine::new(self.title), SingleLine::new(self.id));
        if let Some(version) = self.version {
            let _ = write!(text, " v{version}");
        }
        if !self.categories.is_empty() {
            let _ = write!(text, ", {}", SingleLine::new(&self.categories.join(", ")));
        }
        text.push_str("\n\n");
        let mut put = |kind: &str, name: &str, words: &str| {
            let _ = writeln!(text, "{kind:<11} {}: {}", SingleLine::new(name), SingleLine::new(words));
        };
        for (kind, name, words) in self.identity.to_lines() {
            put(kind, name, &words);
        }
        for ExplainedVersion { version, updated, seen } in &self.versions {
            let words =
                format!("of {}, seen {}", format_utc_to_minute(*updated), format_utc_to_minute(*seen));
            match version {
                Some(version) => put("version", &format!("v{version}"), &words),
                None => put("entry", "without a number", &words),
            }
        }
        self.article.iter().for_each(|article| put("article", "appeared", article));
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

/// `Nature 392, https://doi.org/10.1000/1`.
fn format_article_reference(paper: &Paper) -> Option<String> {
    let parts = [paper.article_journal().map(str::to_owned), paper.article_url()];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(words).filter(|words| !words.is_empty())
}

/// Each topic of the configuration, and those of the history that are no longer in it.
fn explain_paper_per_topic<'a>(config: &'a Config, life: &'a PaperTimeline) -> Vec<ExplainedTopic<'a>> {
    let configured = config.topics.iter().map(|topic| {
        let seen = life.topics.iter().find(|seen| seen.topic == topic.name);
        ExplainedTopic {
            topic: &topic.name,
            seen: seen.map(|seen| seen.first_seen),
            why: explain_topic(topic, seen, life),
        }
    });
    let is_gone = |seen: &&PaperTopicTimeline| !config.topics.iter().any(|topic| topic.name == seen.topic);
    let gone = life.topics.iter().filter(is_gone).map(|seen| ExplainedTopic {
        topic: &seen.topic,
        seen: Some(seen.first_seen),
        why: format!(
            "seen {}; the topic is no longer in the configuration",
            format_utc_to_minute(seen.first_seen)
        ),
    });
    configured.chain(gone).collect()
}

fn explain_topic(topic: &Topic, seen: Option<&PaperTopicTimeline>, life: &PaperTimeline) -> String {
    let Some(seen) = seen else {
        let is_narrowed = life.paper.id.as_arxiv_id().is_some() && !life.paper.categories.is_empty();
        return if is_narrowed && !life.paper.is_in_arxiv_archives(&topic.archives) {
            format!("left out, for it has no category in {}", topic.archives.join(", "))
        } else {
            match &topic.query {
                Some(query) => format!("its query has not found it: {}", query.to_arxiv_query()),
                None => format!("it has not been in what its sources have: {}", topic.sources.join(", ")),
            }
        };
    };
    let news = match seen.news.as_slice() {
        [] => "filled in silently, as part of first contact or an import".to_owned(),
        news => news.iter().map(describe_news_event).collect::<Vec<_>>().join(", "),
    };
    let found = match &topic.query {
        Some(query) => format!("found by {}", query.to_arxiv_query()),
        None => format!("taken with everything that its sources have ({})", topic.sources.join(", ")),
    };
    format!(
        "{found}; seen {}{}; {news}",
        format_utc_to_minute(seen.first_seen),
        seen.version.map(|version| format!(", now in {version}")).unwrap_or_default()
    )
}

fn describe_news_event(news: &NewsEvent) -> String {
    let kind = match news.news {
        News::New => "new",
        News::Replacement => "a replacement",
        News::Published => "published",
    };
    let version = news.version.map(|version| format!(" in {version}")).unwrap_or_default();
    format!("{kind}{version} on {}", format_utc_to_minute(news.found_at))
}

fn explain_paper_in_lists<'a>(
    config: &'a Config,
    reader: &StoreReader,
    life: &'a PaperTimeline,
) -> Result<Vec<ExplainedList<'a>>> {
    let mut rows = Vec::new();
    for list in &config.lists {
        let dismissals = reader.dismissals(&list.name)?;
        for topic in &list.topics {
            let Some(seen) = life.topics.iter().find(|seen| seen.topic == *topic) else { continue };
            let of_topic: Vec<_> = dismissals.iter().filter(|gone| gone.topic == *topic).collect();
            let (row, why) = match of_topic.iter().find(|gone| gone.paper == life.paper.id) {
                Some(gone) => (None, describe_dismissal(gone, &life.paper.id)),
                None => explain_row(list, seen.position - count_papers_above(reader, &of_topic, seen)?),
            };
            rows.push(ExplainedList { list: &list.name, topic, row, why });
        }
    }
    Ok(rows)
}

/// What is said of a row that a person deleted.
fn describe_dismissal(gone: &Dismissal, paper: &PaperId) -> String {
    let seen = format_utc_to_minute(gone.noticed_at);
    format!(
        "not in the table, because a person deleted its row (seen {seen}; `paperwire list restore {paper}` undoes that),"
    )
}

fn explain_row(list: &ListConfig, place: u64) -> (Option<u64>, String) {
    if place <= u64::from(list.rows) {
        return (Some(place), format!("row {place}"));
    }
    let rows = count_of(list.rows, "row");
    (None, format!("not in the table, which has {rows} and this would be row {place},"))
}

/// How many of the papers whose rows a person deleted would be above this one.
fn count_papers_above(
    reader: &StoreReader,
    dismissed: &[&Dismissal],
    seen: &PaperTopicTimeline,
) -> Result<u64> {
    let mut above = 0;
    for gone in dismissed {
        let life = reader.paper_timeline(&gone.paper)?;
        let topics = life.iter().flat_map(|life| &life.topics);
        above += topics.filter(|one| one.topic == seen.topic && one.position < seen.position).count() as u64;
    }
    Ok(above)
}

fn explain_subscriptions<'a>(
    config: &'a Config,
    reader: &StoreReader,
    life: &'a PaperTimeline,
    now: Timestamp,
) -> Result<Vec<ExplainedNewsOutcome<'a>>> {
    let mut answers = Vec::new();
    for subscription in &config.subscriptions {
        for topic in &subscription.topics {
            let Some(seen) = life.topics.iter().find(|seen| seen.topic == *topic) else { continue };
            let mut answer = |outcome, why| {
                answers.push(ExplainedNewsOutcome { subscription: &subscription.name, topic, outcome, why });
            };
            if seen.news.is_empty() {
                answer("silent", reason_for_silent_backfill(subscription));
            }
            for news in &seen.news {
                let fate = reader.news_status(&subscription.name, topic, news)?;
                let (outcome, why) = explain_news_status(&fate, subscription, *news, now);
                answer(outcome, format!("{}: {why}", describe_news_event(news)));
            }
        }
    }
    Ok(answers)
}

fn reason_for_silent_backfill(subscription: &Subscription) -> String {
    match subscription.first_papers {
        0 => "told to nobody, for it was filled in silently".to_owned(),
        first => format!("filled in silently; told only if it was among the latest {first} when this began"),
    }
}

fn explain_news_status(
    fate: &NewsStatus,
    subscription: &Subscription,
    news: NewsEvent,
    now: Timestamp,
) -> (&'static str, String) {
    let is_included = subscription.include.includes(news.news);
    match fate {
        NewsStatus::NotStarted => {
            ("not-begun", "the subscription begins with the next turn, after this".to_owned())
        }
        _ if !is_included && !matches!(fate, NewsStatus::Announced { .. }) => {
            ("not-included", "not told, for `include` leaves it out".to_owned())
        }
        NewsStatus::Pending => {
            let next = subscription.cadence.next_after(now);
            let next = next.map_or("the next turn".to_owned(), format_utc_to_minute);
            ("waits", format!("waits for the next digest, at {next}"))
        }
        NewsStatus::Skipped => {
            ("before", "not told, for the subscription, or this topic in it, began later".to_owned())
        }
        NewsStatus::Announced { number, composed, messages } => {
            let sent: Vec<_> = messages.iter().map(describe_message_delivery).collect();
            (
                "told",
                format!("in digest {number} of {}: {}", format_utc_to_minute(*composed), sent.join("; ")),
            )
        }
    }
}

fn describe_message_delivery(sent: &DigestMessage) -> String {
    let DigestMessage { id, sink, state, attempts, due, settled, last_response: words } = sent;
    let words = words.as_deref().filter(|words| *words != ACCEPTED).map(|words| format!(": {words}"));
    let at = match (due, settled) {
        (Some(due), _) => format!(", next try {}", format_utc_to_minute(*due)),
        (None, Some(settled)) => format!(" {}", format_utc_to_minute(*settled)),
        (None, None) => String::new(),
    };
    let tries = if *attempts > 1 { format!(" after {attempts} tries") } else { String::new() };
    format!("message {id} to {sink} {state}{at}{tries}{}", words.unwrap_or_default())
}
