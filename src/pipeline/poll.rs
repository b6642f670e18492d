//! Asking a source for one topic, page by page, and recording what it shows in one transaction.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::asking::Asking;
use crate::clock;
use crate::domain::{
    Answer, AtKnown, Contact, Course, Entry, Fault, FaultKind, LOOK_BACK, Next, Origin, Paging, Paper,
    PaperId, PollNote, PollOutcome, Topic, Version, judge,
};
use crate::source::arxiv::Arxiv;
use crate::store::{Filled, Known, PollRecord, Reached, Shown, Store, TopicRecord};

/// A poll pages through the whole look-back once a day, so that a paper which was held back and then
/// appears deep in the answer is found.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(20);

/// Faults and gaps that are told one by one; of more only the number is told.
const TOLD_MAX: usize = 3;

/// How a poll is made.
#[derive(Debug, Clone)]
pub struct Manner {
    /// The host whose gate the requests pass.
    pub host: String,
    /// Time between two requests.
    pub pace: Duration,
    /// Bounds the poll whole: waits, retries and the request in flight.
    pub patience: Duration,
    /// For how long a host that cannot be reached at all is tried again.
    pub unreachable_max: Duration,
    /// Results asked for in one request.
    pub page: u32,
}

/// How a poll went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// In one word.
    pub status: Status,
    /// In words, where there is something to say.
    pub reason: Option<String>,
    /// Papers told as new.
    pub new: u64,
    /// Versions told as replacements.
    pub replaced: u64,
    /// Papers filled in silently, on first contact.
    pub seeded: u64,
    /// Papers that the topic has seen in all.
    pub known: u64,
    /// Requests made, tries among them.
    pub requests: u32,
    /// The kind of fault that ended it, if one did.
    pub fault: Option<FaultKind>,
}

impl Polled {
    /// Whether the source could not be reached at all.
    pub fn is_unreachable(&self) -> bool {
        self.fault == Some(FaultKind::Unreachable)
    }
}

/// How a poll went, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Complete, and it brought something.
    Ok,
    /// Complete, with nothing new.
    Quiet,
    /// Something was kept, but there may be more.
    Incomplete,
    /// Nothing could be trusted; all is as it was.
    Failed,
}

/// What a poll is doing, for whoever watches.
#[derive(Debug, Clone)]
pub enum Step<'a> {
    /// It asks for a page.
    Asking {
        /// The first result's place.
        start: u64,
        /// Results in all, once a page has told.
        total: u64,
    },
    /// It waits before it asks (again).
    Waiting {
        /// How long.
        wait: Duration,
        /// The fault that it waits after, if there was one.
        after: Option<&'a Fault>,
    },
}

/// Polls one topic. An error is one of the store; what goes wrong at the source is told in [`Polled`].
pub async fn poll(
    source: &Arxiv,
    store: &mut Store,
    topic: &Topic,
    manner: &Manner,
    papers_min: u32,
    now: Timestamp,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Polled> {
    let record = store.topic(&topic.name)?;
    let course = course(&record, manner, papers_min, now);
    let mut asking = Asking::new(source, topic.query.to_arxiv(), manner, watch);
    let mut gathered = Gathered { topic, record, paging: Paging::new(course), known: HashMap::new() };
    let fault = gathered.page_through(&mut asking, store).await?;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let polled = match fault {
        Some(fault) if gathered.paging.papers.is_empty() => gathered.failed(&fault, asking.requests),
        Some(fault) => {
            gathered.paging.gaps.insert(0, fault.words);
            gathered.settle(store, &course, asking.requests)?
        }
        None => gathered.settle(store, &course, asking.requests)?,
    };
    let polled = Polled { fault: kind, ..polled };
    note(store, topic, &polled, now)?;
    Ok(polled)
}

/// Notes in the history how a poll went, for whoever judges the topic later.
pub fn note(store: &mut Store, topic: &Topic, polled: &Polled, now: Timestamp) -> Result<()> {
    let Polled { status, reason, new, replaced, seeded, known, requests, fault } = polled;
    let outcome = match status {
        Status::Ok | Status::Quiet => PollOutcome::Complete,
        Status::Incomplete => PollOutcome::Incomplete,
        Status::Failed => PollOutcome::Failed,
    };
    let fault = fault.map(|fault| fault.name().to_owned());
    let poll = PollNote { at: now, outcome, fault, words: reason.clone() };
    let filled = Filled { new: *new, replaced: *replaced, seeded: *seeded, known: *known };
    let record = store.topic(&topic.name)?;
    store.note_poll(&record, &poll, &filled, *requests)
}

/// The pages of one poll, with what the history has of their papers.
struct Gathered<'a> {
    topic: &'a Topic,
    record: TopicRecord,
    paging: Paging,
    known: HashMap<PaperId, Known>,
}

impl Gathered<'_> {
    /// Asks for page after page until enough was seen; the fault that ended it, if one did.
    async fn page_through(&mut self, asking: &mut Asking<'_>, store: &Store) -> Result<Option<Fault>> {
        let mut next = Next::Ask { start: 0 };
        while let Next::Ask { start } = next {
            let answer = match asking.ask(store, &self.paging, start).await? {
                Ok(answer) => answer,
                Err(fault) => return Ok(Some(fault)),
            };
            let left_out = self.look_up(store, &answer)?;
            let known = &self.known;
            next = self.paging.take(start, answer, |id, version| {
                left_out.contains(id) || known.get(id).is_some_and(|known| ends_paging(known, version))
            });
        }
        Ok(None)
    }

    /// Looks up the papers of a page in the history. Gives those that the topic's archives leave out:
    /// they are never recorded, so they must not keep a poll paging.
    fn look_up(&mut self, store: &Store, answer: &Answer) -> Result<HashSet<PaperId>> {
        let (mut left_out, mut asked) = (HashSet::new(), Vec::new());
        for entry in &answer.entries {
            match entry {
                Entry::Whole(paper) if !paper.is_in_archives(&self.topic.archives) => {
                    left_out.insert(paper.id.clone());
                }
                Entry::Whole(paper) => asked.push(paper.id.clone()),
                Entry::Flawed { id: Some((id, _)), .. } => asked.push(PaperId::arxiv(id)),
                Entry::Flawed { id: None, .. } => {}
            }
        }
        let known = store.known_each(&self.record, &asked)?;
        self.known.extend(asked.into_iter().zip(known));
        Ok(left_out)
    }

    /// Records what was gathered and tells what that was.
    fn settle(self, store: &mut Store, course: &Course, requests: u32) -> Result<Polled> {
        let Self { topic, record, paging, known } = self;
        let Paging { papers, stamp, notes, gaps, .. } = paging;
        let papers = papers.into_iter().filter(|paper| paper.is_in_archives(&topic.archives));
        let shown = judged(latest(papers.collect()), known, record.contact);
        let reached = gaps.is_empty().then_some(Reached {
            watermark: course.now,
            stamp,
            swept: course.at_known == AtKnown::GoOn,
        });
        let filled =
            store.record(&record, &PollRecord { now: course.now, origin: Origin::Source, shown, reached })?;
        let status = match (gaps.is_empty(), filled.new + filled.replaced + filled.seeded) {
            (false, _) => Status::Incomplete,
            (true, 0) => Status::Quiet,
            (true, _) => Status::Ok,
        };
        Ok(Polled {
            status,
            reason: told(gaps.iter().chain(&notes)),
            new: filled.new,
            replaced: filled.replaced,
            seeded: filled.seeded,
            known: filled.known,
            requests,
            fault: None,
        })
    }

    fn failed(&self, fault: &Fault, requests: u32) -> Polled {
        let words = std::iter::once(&fault.words).chain(&self.paging.gaps).chain(&self.paging.notes);
        Polled {
            status: Status::Failed,
            reason: told(words),
            new: 0,
            replaced: 0,
            seeded: 0,
            known: self.record.known,
            requests,
            fault: None,
        }
    }
}

/// Whether a complete poll has been through with this version of a paper.
fn ends_paging(known: &Known, version: Version) -> bool {
    known.sighting.is_some_and(|seen| seen.settled && seen.version >= version)
}

/// Each paper once, in its latest version: two pages may show two versions of one that is just replaced,
/// and a list may repeat itself.
pub(super) fn latest(papers: Vec<Paper>) -> Vec<Paper> {
    let mut versions: HashMap<PaperId, Version> = HashMap::new();
    for paper in &papers {
        let version = versions.entry(paper.id.clone()).or_insert(paper.version);
        *version = paper.version.max(*version);
    }
    let mut taken = HashSet::new();
    papers
        .into_iter()
        .filter(|paper| versions.get(&paper.id) == Some(&paper.version) && taken.insert(paper.id.clone()))
        .collect()
}

/// Each shown paper with what was known of it and what that means.
fn judged(papers: Vec<Paper>, mut known: HashMap<PaperId, Known>, contact: Contact) -> Vec<Shown> {
    let judged = papers.into_iter().map(|paper| {
        let known = known.remove(&paper.id).unwrap_or_default();
        let finding = judge(&paper, known.recorded.as_ref(), known.sighting, contact);
        Shown { paper, known, finding }
    });
    judged.collect()
}

fn course(record: &TopicRecord, manner: &Manner, papers_min: u32, now: Timestamp) -> Course {
    // A stamp from the future says nothing of the answers to come: a clock upstream was wrong.
    let plausible = now.max(clock::real_now()) + SignedDuration::from_hours(24);
    let sweep_is_due = record.swept.is_none_or(|swept| now.duration_since(swept) >= SWEEP_EVERY);
    Course {
        now,
        page: manner.page,
        horizon: record.watermark.map_or(now, |watermark| watermark.min(now)) - LOOK_BACK,
        papers_min: match record.contact {
            Contact::First => papers_min as usize,
            Contact::Established => 0,
        },
        at_known: if sweep_is_due { AtKnown::GoOn } else { AtKnown::Stop },
        stamp_last: record.stamp.filter(|stamp| *stamp <= plausible),
        has_papers: record.known > 0,
    }
}

fn told<'a>(words: impl Iterator<Item = &'a String>) -> Option<String> {
    let words: Vec<&str> = words.map(String::as_str).collect();
    match words.len() {
        0 => None,
        all if all <= TOLD_MAX => Some(words.join("; ")),
        all => Some(format!("{}; and {} more", words[..TOLD_MAX].join("; "), all - TOLD_MAX)),
    }
}
