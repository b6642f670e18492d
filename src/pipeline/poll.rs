//! Asking a source for one topic, page by page, and recording what it shows in one transaction.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::fetch_page::PageFetcher;
use super::identify_works::assign_ids_to_versioned_papers;
use super::poll_limits::PollLimits;
use super::poll_progress_event::PollProgress;
use crate::clock;
use crate::domain::{
    FetchError, FetchErrorKind, KnownPagePolicy, MetadataOrigin, NextPage, Pagination, Paging, PagingPlan,
    Paper, PaperId, PastPoll, PollOutcome, PolledEntries, ResultEntry, ResultPage, Revision,
    SourcePollingPolicy, Topic, TopicBackfillPhase, UnreadableEntry, Version, detect_change,
    lasting_unreadable_entries, update_unreadable_entries,
};
use crate::source::Source;
use crate::store::{
    KnownPaper, PaperWithDetectedChange, PollRecord, RecordedPaperCounts, SourceProgress, Store, TopicRecord,
    WatermarkUpdate,
};

/// A poll pages through the whole look-back once a day, so that a paper which was held back and then
/// appears deep in the answer is found.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_hours(20);

/// How many faults and gaps are reported one by one; of more only the number is.
const REASONS_MAX: usize = 3;

/// How a poll went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PollReport {
    /// How the poll went, in one word.
    pub status: PollStatus,
    /// In words, where there is something to say.
    pub reason: Option<String>,
    /// Papers announced as new.
    pub new: u64,
    /// Versions announced as replacements.
    pub replaced: u64,
    /// Preprints announced as published.
    pub published: u64,
    /// Papers filled in silently, on first contact.
    pub seeded: u64,
    /// Papers that the topic has seen in all.
    pub known: u64,
    /// Requests made, tries among them.
    pub requests: u32,
    /// The kind of fault that ended it, if one did.
    #[serde(skip)]
    pub error_kind: Option<FetchErrorKind>,
}

impl PollReport {
    /// The report of a poll that recorded what it was shown; `is_complete` says whether there can be no more.
    pub(super) fn from_counts(
        counts: &RecordedPaperCounts,
        is_complete: bool,
        reason: Option<String>,
        requests: u32,
    ) -> Self {
        let status = match (is_complete, counts.brought_anything()) {
            (false, _) => PollStatus::Incomplete,
            (true, false) => PollStatus::Quiet,
            (true, true) => PollStatus::Ok,
        };
        Self {
            new: counts.new,
            replaced: counts.replaced,
            published: counts.published,
            seeded: counts.seeded,
            requests,
            ..Self::with_zero_counts(status, reason, counts.paper_count)
        }
    }

    /// The report of a poll that brought no papers to a topic that has seen so many in all.
    pub(crate) fn with_zero_counts(status: PollStatus, reason: Option<String>, known: u64) -> Self {
        Self {
            status,
            reason,
            new: 0,
            replaced: 0,
            published: 0,
            seeded: 0,
            known,
            requests: 0,
            error_kind: None,
        }
    }

    /// Whether the source could not be reached at all.
    pub fn is_unreachable(&self) -> bool {
        self.error_kind == Some(FetchErrorKind::Unreachable)
    }
}

/// How a poll went, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PollStatus {
    /// Complete, and it brought something.
    Ok,
    /// Complete, with nothing new.
    Quiet,
    /// Something was kept, but there may be more.
    Incomplete,
    /// Nothing could be trusted; all is as it was.
    Failed,
    /// The source was left alone, as it wished: that is no poll.
    Skipped,
}

/// Polls one source for one topic. An error is one of the store; what goes wrong at the source is in [`PollReport`].
pub async fn poll_topic_from_source(
    source: &dyn Source,
    store: &mut Store,
    topic: &Topic,
    limits: &PollLimits,
    backfill_paper_count: u32,
    now: Timestamp,
    watch: &mut dyn FnMut(PollProgress<'_>),
) -> Result<PollReport> {
    let record = store.ensure_topic(&topic.name)?;
    let progress = store.ensure_topic_source(&record, source.name())?;
    let plan = plan_poll((store, &record), &progress, source.policy(), limits, backfill_paper_count, now)?;
    let mut asking = PageFetcher::new(source, topic, limits, watch);
    let unreadable = store.unreadable_entries(&progress)?;
    let paging = Pagination::without_waiting_for(plan, lasting_unreadable_entries(&unreadable, now));
    let mut gathered = TopicPoll {
        topic,
        source: source.name(),
        record,
        progress,
        paging,
        known: HashMap::new(),
        unreadable,
    };
    let fault = gathered.page_through(&mut asking, store).await?;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let polled = match fault {
        Some(fault) if gathered.paging.papers.is_empty() => {
            gathered.failed_poll_report(&fault, asking.requests)
        }
        Some(fault) => {
            gathered.paging.gaps.insert(0, fault.message);
            gathered.record_poll(store, &plan, asking.requests)?
        }
        None => gathered.record_poll(store, &plan, asking.requests)?,
    };
    let polled = PollReport { error_kind: kind, ..polled };
    note_poll_outcome(store, topic, source.name(), &polled, now)?;
    Ok(polled)
}

/// Notes in the history how a poll of a source went, for whoever judges the topic later.
pub fn note_poll_outcome(
    store: &mut Store,
    topic: &Topic,
    source: &str,
    polled: &PollReport,
    now: Timestamp,
) -> Result<()> {
    let PollReport { status, reason, new, replaced, published, seeded, known, requests, error_kind: fault } =
        polled;
    let outcome = match status {
        PollStatus::Ok | PollStatus::Quiet => PollOutcome::Complete,
        PollStatus::Incomplete => PollOutcome::Incomplete,
        PollStatus::Failed => PollOutcome::Failed,
        PollStatus::Skipped => return Ok(()),
    };
    let fault = fault.map(|fault| fault.name().to_owned());
    let poll = PastPoll { at: now, outcome, error_kind: fault, message: reason.clone() };
    let filled = RecordedPaperCounts {
        new: *new,
        replaced: *replaced,
        published: *published,
        seeded: *seeded,
        paper_count: *known,
    };
    let progress = store.ensure_topic_source(&store.ensure_topic(&topic.name)?, source)?;
    store.note_poll_outcome(&progress, &poll, &filled, *requests)
}

/// The pages of one poll, with what the history has of their papers.
struct TopicPoll<'a> {
    topic: &'a Topic,
    source: &'a str,
    record: TopicRecord,
    progress: SourceProgress,
    paging: Pagination,
    known: HashMap<PaperId, KnownPaper>,
    /// The entries that earlier polls could not take.
    unreadable: Vec<UnreadableEntry>,
}

impl TopicPoll<'_> {
    /// Asks for page after page until enough was seen; the fault that ended it, if one did.
    async fn page_through(
        &mut self,
        asking: &mut PageFetcher<'_>,
        store: &Store,
    ) -> Result<Option<FetchError>> {
        let mut next = NextPage::Fetch { start: 0 };
        while let NextPage::Fetch { start } = next {
            let answer = match asking.fetch_page(store, &self.paging, start).await? {
                Ok(answer) => answer,
                Err(fault) => return Ok(Some(fault)),
            };
            let left_out = self.look_up_papers_of_page(store, &answer)?;
            let known = &self.known;
            next = self.paging.add_page(start, answer, |id, revision| {
                left_out.contains(id)
                    || known.get(id).is_some_and(|known| is_known_from_complete_poll(known, revision))
            });
        }
        Ok(None)
    }

    /// Looks up the papers of a page in the history. Gives those that the topic's archives leave out:
    /// they are never recorded, so they must not keep a poll paging.
    fn look_up_papers_of_page(&mut self, store: &Store, answer: &ResultPage) -> Result<HashSet<PaperId>> {
        let (mut left_out, mut asked) = (HashSet::new(), Vec::new());
        for entry in &answer.entries {
            match entry {
                ResultEntry::Complete(paper) if !paper.is_in_arxiv_archives(&self.topic.archives) => {
                    left_out.insert(paper.id.clone());
                }
                ResultEntry::Complete(paper) => asked.push(paper.id.clone()),
                ResultEntry::Flawed { id: Some((id, _)), .. } => asked.push(id.clone()),
                ResultEntry::Flawed { id: None, .. } => {}
            }
        }
        let known = store.known_papers(&self.record, Some(&self.progress), &asked)?;
        self.known.extend(asked.into_iter().zip(known));
        Ok(left_out)
    }

    /// Records what was gathered and reports it.
    fn record_poll(self, store: &mut Store, plan: &PagingPlan, requests: u32) -> Result<PollReport> {
        let unreadable = self.unreadable_entries_now(plan);
        if unreadable != self.unreadable {
            store.note_unreadable_entries(&self.progress, &unreadable)?;
        }
        let Self { topic, source, progress, paging, .. } = self;
        let Pagination { papers, stamp, notes, gaps, .. } = paging;
        let papers = papers.into_iter().filter(|paper| paper.is_in_arxiv_archives(&topic.archives));
        let papers =
            assign_ids_to_versioned_papers(store, source, latest_versions(papers.collect()), plan.now)?;
        // Papers that became one may have been two of the topic's.
        let papers = latest_versions(papers);
        let record = store.ensure_topic(&topic.name)?;
        let ids: Vec<PaperId> = papers.iter().map(|paper| paper.id.clone()).collect();
        let known = ids.iter().cloned().zip(store.known_papers(&record, Some(&progress), &ids)?).collect();
        let shown = assess_polled_papers(papers, known, progress.contact);
        let reached = gaps.is_empty().then_some(WatermarkUpdate {
            watermark: plan.now,
            source_time: stamp,
            is_full_sweep: plan.known_page_policy == KnownPagePolicy::Continue,
        });
        let poll = PollRecord {
            now: plan.now,
            origin: MetadataOrigin::Source,
            papers: shown,
            sources: vec![progress],
            is_paged: plan.policy.paging != Paging::Whole,
            watermark_update: reached,
        };
        let filled = store.record_papers(&record, &poll)?;
        let reason = summarize_notes(gaps.iter().chain(&notes));
        Ok(PollReport::from_counts(&filled, gaps.is_empty(), reason, requests))
    }

    /// The entries that cannot be taken, after this poll.
    fn unreadable_entries_now(&self, plan: &PagingPlan) -> Vec<UnreadableEntry> {
        let polled = PolledEntries {
            flawed: &self.paging.flawed,
            readable: &self.paging.names_of_papers(),
            is_full_sweep: self.paging.gaps.is_empty() && plan.known_page_policy == KnownPagePolicy::Continue,
        };
        update_unreadable_entries(&self.unreadable, polled, plan.policy.look_back, plan.now)
    }

    fn failed_poll_report(&self, fault: &FetchError, requests: u32) -> PollReport {
        let words = std::iter::once(&fault.message).chain(&self.paging.gaps).chain(&self.paging.notes);
        let (reason, known) = (summarize_notes(words), self.record.paper_count);
        PollReport { requests, ..PollReport::with_zero_counts(PollStatus::Failed, reason, known) }
    }
}

/// Whether a complete poll has been through with this state of a paper.
fn is_known_from_complete_poll(known: &KnownPaper, revision: Revision) -> bool {
    let is_recorded = || known.recorded.as_ref().is_some_and(|recorded| recorded.revision == revision);
    known.sighting.is_some_and(|seen| {
        seen.is_settled
            && match revision {
                Revision::Numbered(version) => seen.version >= Some(version),
                Revision::Content(_) => is_recorded(),
            }
    })
}

/// Each paper once, in its latest version: two pages may show two versions of one that is just replaced,
/// and a list may repeat itself.
pub(super) fn latest_versions(papers: Vec<Paper>) -> Vec<Paper> {
    let mut versions: HashMap<PaperId, Option<Version>> = HashMap::new();
    for paper in &papers {
        let version = versions.entry(paper.id.clone()).or_default();
        *version = paper.revision.version_if_numbered().max(*version);
    }
    let mut taken = HashSet::new();
    papers
        .into_iter()
        .filter(|paper| {
            versions.get(&paper.id) == Some(&paper.revision.version_if_numbered())
                && taken.insert(paper.id.clone())
        })
        .collect()
}

/// Each shown paper with what was known of it and what that means.
fn assess_polled_papers(
    papers: Vec<Paper>,
    mut known: HashMap<PaperId, KnownPaper>,
    contact: TopicBackfillPhase,
) -> Vec<PaperWithDetectedChange> {
    let judged = papers.into_iter().map(|paper| {
        let known = known.remove(&paper.id).unwrap_or_default();
        let finding = detect_change(&paper, known.recorded.as_ref(), known.sighting, contact);
        PaperWithDetectedChange { paper, known, finding }
    });
    judged.collect()
}

fn plan_poll(
    (store, record): (&Store, &TopicRecord),
    progress: &SourceProgress,
    policy: SourcePollingPolicy,
    limits: &PollLimits,
    backfill_paper_count: u32,
    now: Timestamp,
) -> Result<PagingPlan> {
    // A stamp from the future says nothing of the answers to come: a clock upstream was wrong.
    let plausible = now.max(clock::real_now()) + SignedDuration::from_hours(24);
    let sweep_is_due = progress.last_full_sweep.is_none_or(|swept| now.duration_since(swept) >= SWEEP_EVERY);
    Ok(PagingPlan {
        policy,
        now,
        page_size: limits.page_size,
        horizon: progress.watermark.map_or(now, |watermark| watermark.min(now)) - policy.look_back,
        backfill_paper_count: match progress.contact {
            TopicBackfillPhase::Backfill => backfill_paper_count as usize,
            TopicBackfillPhase::Established => 0,
        },
        known_page_policy: if sweep_is_due { KnownPagePolicy::Continue } else { KnownPagePolicy::Stop },
        stamp_last: progress.source_time.filter(|stamp| *stamp <= plausible),
        // What shows all at once shows only its latest, and that may be nothing. What feeds alone have shown is no paper of a
        // source that is asked page by page: such sources number versions.
        has_papers: policy.paging != Paging::Whole && store.has_versioned_papers_in_topic(record)?,
    })
}

pub(super) fn summarize_notes<'a>(words: impl Iterator<Item = &'a String>) -> Option<String> {
    let words: Vec<&str> = words.map(String::as_str).collect();
    match words.len() {
        0 => None,
        all if all <= REASONS_MAX => Some(words.join("; ")),
        all => Some(format!("{}; and {} more", words[..REASONS_MAX].join("; "), all - REASONS_MAX)),
    }
}
