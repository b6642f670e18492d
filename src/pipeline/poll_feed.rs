//! Asking one feed for all topics that take it: one request that is made anywhere, and what it brought recorded topic by
//! topic.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::effective_feed_url::EffectiveFeedUrl;
use super::feed_fetch::{FeedAnswer, FeedFetchRequest, PolledFeed};
use super::feed_first_contact::{
    feed_answer_completeness, first_contact_phase_of_paper, split_off_older_items,
    watermark_after_feed_answer,
};
use super::identify_feed_items::{IdentifiedFeedItems, identify_feed_items};
use super::poll::{PollReport, PollStatus, note_poll_outcome, summarize_notes};
use super::update_feed_history::{
    FeedAnswerSummary, feed_history_after_answer, feed_history_after_failure, item_keys_and_dates,
};
use crate::clock;
use crate::domain::{
    AnswerExtent, FeedFailure, FeedHistory, FeedItemKindsToKeep, FeedTiming, FetchError, FetchErrorKind,
    Fingerprint, MetadataOrigin, NextRequestHints, Paper, PaperId, PollOutcome, Retry, SearchablePaperFields,
    Topic, TopicBackfillPhase, WAIT_MAX, detect_change, next_feed_poll,
};
use crate::source::feed::{AddressPolicy, papers_from_items};
use crate::store::{
    FeedRecord, PaperWithDetectedChange, PollRecord, RecordedPaperCounts, SourceProgress, Store, TopicRecord,
};

/// A feed as the configuration has it.
#[derive(Debug, Clone)]
pub struct FeedPollSettings {
    /// Its name.
    pub name: String,
    /// Whether its address is a secret as a whole.
    pub is_secret: bool,
    /// Which of its items are kept.
    pub keep: FeedItemKindsToKeep,
    /// How often it is polled, by the operator's word.
    pub every: Option<Duration>,
}

/// How the poll of a feed begins.
#[derive(Debug)]
pub enum FeedPollStart {
    /// It is asked.
    Fetch(Box<FeedFetchRequest>),
    /// It is left alone for now.
    Skip(SkippedFeed),
}

/// A feed that is left alone for now. That is no poll.
#[derive(Debug)]
pub struct SkippedFeed {
    /// When it is due again.
    pub until: Timestamp,
    /// Why, in words.
    pub reason: String,
}

/// Prepares the poll of a feed at this address, which and whose redirects may lead as far as the policy says: with what it
/// is asked, once the request is noted for its host. A host that wants to be left alone is not asked, nor a feed that was given
/// up until it is due again. `history` is what is remembered of the feed.
pub fn begin_or_skip_feed_poll(
    store: &Store,
    feed: &FeedPollSettings,
    (asked, policy): (EffectiveFeedUrl, AddressPolicy),
    history: Option<&FeedHistory>,
    topics: &[&Topic],
    now: Timestamp,
) -> Result<FeedPollStart> {
    let record = store.feed_record(&feed.name)?;
    if let Some(skipped) = reason_to_skip(store, &asked, history, &record, now)? {
        return Ok(FeedPollStart::Skip(skipped));
    }
    // A feed of which nothing is remembered must come whole.
    let mut validators = record.validators.filter(|_| history.is_some());
    for topic in topics {
        let progress = store.ensure_topic_source(&store.ensure_topic(&topic.name)?, &feed.name)?;
        // A topic that has not had the feed since must get it whole.
        validators = validators.filter(|validators| {
            progress.contact == TopicBackfillPhase::Established
                && progress.watermark.is_some_and(|watermark| watermark >= validators.received_at)
        });
    }
    store.note_request(asked.effective_address().host(), clock::real_now())?;
    Ok(FeedPollStart::Fetch(Box::new(FeedFetchRequest {
        asked,
        policy,
        is_secret: feed.is_secret,
        validators,
        now,
    })))
}

fn reason_to_skip(
    store: &Store,
    asked: &EffectiveFeedUrl,
    history: Option<&FeedHistory>,
    record: &FeedRecord,
    now: Timestamp,
) -> Result<Option<SkippedFeed>> {
    let host = asked.effective_address().host();
    let real_now = clock::real_now();
    if let Some(until) = store.recorded_request_gate(host)?.blocked_until(real_now) {
        let wait = until.duration_since(real_now).min(WAIT_MAX);
        let reason = format!("{host} asked to be left alone until {until:.0}: not asked");
        return Ok(Some(SkippedFeed { until: now + wait, reason }));
    }
    let given_up = history.filter(|history| history.last_poll.fault == Some(FetchErrorKind::Gone));
    let next_poll = record.next_poll.filter(|next| *next > now);
    Ok(given_up.zip(next_poll).map(|(history, until)| SkippedFeed {
        until,
        reason: format!(
            "not asked: it was given up, as its server says since {:.0}; asked again {until:.0}",
            history.last_poll.since
        ),
    }))
}

/// What is said of a feed that was left alone, for each of these topics, and when it is due again. Nothing is noted of a poll.
pub fn skip_feed_poll(
    store: &Store,
    feed: &FeedPollSettings,
    topics: &[&Topic],
    skipped: &SkippedFeed,
) -> Result<Vec<PollReport>> {
    let record = store.feed_record(&feed.name)?;
    store.save_feed_poll_record(&feed.name, &FeedRecord { next_poll: Some(skipped.until), ..record })?;
    let report = |topic: &&Topic| {
        let known = store.ensure_topic(&topic.name)?.paper_count;
        Ok(PollReport::with_zero_counts(PollStatus::Skipped, Some(skipped.reason.clone()), known))
    };
    topics.iter().map(report).collect()
}

/// Records what the poll of a feed came to, for each of these topics; their reports, in their order. `asked` is what was asked,
/// if anybody could be. An error is one of the store: then the feed is asked again as if it had not been.
pub fn record_feed_poll(
    store: &mut Store,
    feed: &FeedPollSettings,
    asked: Option<&PolledFeed>,
    topics: &[&Topic],
    answer: Result<FeedAnswer, FetchError>,
    now: Timestamp,
) -> Result<Vec<PollReport>> {
    let earlier = store.feed_record(&feed.name)?;
    let mut earlier_history = store.feed_history(&feed.name)?;
    if let (Some(history), Ok(FeedAnswer { parsed: Some(parsed), .. })) = (&earlier_history, &answer)
        && !history.belongs_to_feed_with_items(&item_keys_and_dates(&parsed.items))
    {
        store.forget_feed_progress(&feed.name)?;
        earlier_history = None;
    }
    // An address that cannot be read is as it was.
    let known = || earlier_history.as_ref().map(|history| history.address);
    let configured =
        asked.map(|asked| asked.configured).or_else(known).unwrap_or_else(|| Fingerprint::of_text(""));
    let (reports, record, history) = match answer {
        Ok(answer) => {
            let known = (&earlier, earlier_history.as_ref());
            let (reports, record, summary) = record_feed_answer(store, feed, topics, answer, known, now)?;
            (reports, record, feed_history_after_answer(earlier_history.clone(), configured, summary, now))
        }
        Err(error) => {
            if let Some(asked) = asked {
                note_host_retry_after(store, &asked.host, &error)?;
            }
            let error = match asked {
                Some(PolledFeed { is_moved: true, .. }) => failure_at_moved_feed_url(error),
                Some(_) | None => error,
            };
            let requests = u32::from(asked.is_some());
            let (reports, record) =
                record_feed_failure(store, feed, topics, (&error, requests), &earlier, now)?;
            (reports, record, feed_history_after_failure(earlier_history.clone(), configured, &error, now))
        }
    };
    store.note_feed_history(&feed.name, earlier_history.as_ref(), &history)?;
    for (topic, report) in topics.iter().zip(&reports) {
        note_poll_outcome(store, topic, &feed.name, report, now)?;
    }
    // Last: a program that is killed before this asks for the whole feed again.
    store.save_feed_poll_record(&feed.name, &record)?;
    Ok(reports)
}

/// A failure where the feed has moved to, which says nothing of the address in the configuration: that is asked next, and soon.
fn failure_at_moved_feed_url(error: FetchError) -> FetchError {
    if error.kind == FetchErrorKind::Throttled {
        return error;
    }
    let message = format!("{}; it had moved there, and the old address is asked next", error.message);
    let retry = if error.retry == Retry::Never { Retry::Later } else { error.retry };
    FetchError { kind: FetchErrorKind::Redirected, message, retry }
}

/// Notes for how long the host wants to be left alone, for all of its feeds.
fn note_host_retry_after(store: &Store, host: &str, error: &FetchError) -> Result<()> {
    let Retry::After(wait) = error.retry else { return Ok(()) };
    let wait = SignedDuration::try_from(wait).unwrap_or(WAIT_MAX).min(WAIT_MAX);
    store.note_retry_after(host, clock::real_now() + wait)
}

fn record_feed_failure(
    store: &Store,
    feed: &FeedPollSettings,
    topics: &[&Topic],
    (error, requests): (&FetchError, u32),
    earlier: &FeedRecord,
    now: Timestamp,
) -> Result<(Vec<PollReport>, FeedRecord)> {
    let failures = earlier.failures.saturating_add(1);
    let timing = FeedTiming {
        every: feed.every,
        ttl: earlier.ttl,
        freshness: NextRequestHints::NONE,
        failure: Some(FeedFailure { in_a_row: failures, kind: error.kind, retry: error.retry }),
    };
    let reports = topics.iter().map(|topic| {
        let known = store.ensure_topic(&topic.name)?.paper_count;
        let failed = PollReport::with_zero_counts(PollStatus::Failed, Some(error.message.clone()), known);
        Ok(PollReport { requests, error_kind: Some(error.kind), ..failed })
    });
    let next_poll = Some(next_feed_poll(&timing, now));
    let record = FeedRecord { validators: None, next_poll, failures, ..earlier.clone() };
    Ok((reports.collect::<Result<_>>()?, record))
}

fn record_feed_answer(
    store: &mut Store,
    feed: &FeedPollSettings,
    topics: &[&Topic],
    answer: FeedAnswer,
    (earlier, history): (&FeedRecord, Option<&FeedHistory>),
    now: Timestamp,
) -> Result<(Vec<PollReport>, FeedRecord, FeedAnswerSummary)> {
    let FeedAnswer { parsed, validators, freshness, redirection, mut notes, permit: _permit } = answer;
    let ttl = parsed.as_ref().map_or(earlier.ttl, |parsed| parsed.ttl);
    let shown = parsed.as_ref().map(|parsed| item_keys_and_dates(&parsed.items));
    let extent = parsed.as_ref().map_or(AnswerExtent::Whole, feed_answer_completeness);
    let (mut items, mut gaps, mut in_view) = (Vec::new(), Vec::new(), 0);
    if let Some(mut parsed) = parsed {
        let behind = split_off_older_items(store, &feed.name, topics, &mut parsed.items, history)?;
        items = papers_from_items(parsed.items, feed.keep, now).papers;
        in_view = items.len();
        items.extend(papers_from_items(behind, feed.keep, now).papers);
        notes.extend(parsed.notes);
        gaps = parsed.gaps;
    }
    let mut identified = identify_feed_items(store, &feed.name, items, in_view, now)?;
    let message = summarize_notes(gaps.iter().chain(&notes));
    let mut reports = Vec::with_capacity(topics.len());
    for topic in topics {
        let counts = record_papers(store, feed, topic, &mut identified, extent, now)?;
        let reason = with_backfill_continues_note(store, feed, topic, message.clone(), extent)?;
        reports.push(PollReport::from_counts(&counts, gaps.is_empty(), reason, 1));
    }
    let IdentifiedFeedItems { known, new, .. } = identified;
    store.note_paper_keys(&feed.name, &known)?;
    new.note_keys_of_recorded_works(store, &feed.name, now)?;
    let timing = FeedTiming { every: feed.every, ttl, freshness, failure: None };
    let record = FeedRecord {
        validators: validators.filter(|_| gaps.is_empty()),
        ttl,
        next_poll: Some(next_feed_poll(&timing, now)),
        failures: 0,
    };
    let outcome = if gaps.is_empty() { PollOutcome::Complete } else { PollOutcome::Incomplete };
    Ok((reports, record, FeedAnswerSummary { items: shown, outcome, message, redirection }))
}

/// The message, and that first contact goes on because of a gap, if it does.
fn with_backfill_continues_note(
    store: &Store,
    feed: &FeedPollSettings,
    topic: &Topic,
    message: Option<String>,
    extent: AnswerExtent,
) -> Result<Option<String>> {
    if extent == AnswerExtent::Whole {
        return Ok(message);
    }
    let progress = store.ensure_topic_source(&store.ensure_topic(&topic.name)?, &feed.name)?;
    if progress.contact == TopicBackfillPhase::Established {
        return Ok(message);
    }
    let note =
        "its papers are filled in silently until it comes whole, or three polls on two days have found a gap";
    Ok(Some(message.map_or_else(|| note.to_owned(), |message| format!("{message}; {note}"))))
}

/// Whether a topic takes a paper of a feed.
fn topic_takes_paper(topic: &Topic, paper: &Paper) -> bool {
    let is_in_arxiv_archives =
        paper.id.as_arxiv_id().is_none() || paper.is_in_arxiv_archives(&topic.archives);
    is_in_arxiv_archives
        && topic.query.as_ref().is_none_or(|query| query.matches(&SearchablePaperFields::from(paper)))
}

/// Records those of the papers that the topic takes. They are lent for it, and all are there again behind it.
fn record_papers(
    store: &mut Store,
    feed: &FeedPollSettings,
    topic: &Topic,
    items: &mut IdentifiedFeedItems,
    extent: AnswerExtent,
    now: Timestamp,
) -> Result<RecordedPaperCounts> {
    let record: TopicRecord = store.ensure_topic(&topic.name)?;
    let progress: SourceProgress = store.ensure_topic_source(&record, &feed.name)?;
    // Two items may turn out to be of one work.
    let mut seen = HashSet::new();
    let mut is_taken = |paper: &Option<Paper>| {
        paper.as_ref().is_some_and(|paper| topic_takes_paper(topic, paper) && seen.insert(paper.id.clone()))
    };
    let mut lent: Vec<&mut Option<Paper>> = items.papers.iter_mut().filter(|paper| is_taken(paper)).collect();
    let ids: Vec<PaperId> =
        lent.iter().flat_map(|paper| paper.iter()).map(|paper| paper.id.clone()).collect();
    let known = store.known_papers(&record, Some(&progress), &ids)?;
    let mut received = Vec::with_capacity(known.len());
    // Each is lent as it is assessed, so that there is no list of them in between.
    received.extend(lent.iter_mut().filter_map(|paper| paper.take()).zip(known).map(|(paper, known)| {
        let phase = first_contact_phase_of_paper(&paper, &known, &progress, &items.came_into_view);
        let finding = detect_change(&paper, known.recorded.as_ref(), known.sighting, phase);
        PaperWithDetectedChange { paper, known, finding }
    }));
    let poll = PollRecord {
        now,
        origin: MetadataOrigin::Source,
        papers: received,
        sources: vec![progress.clone()],
        is_paged: false,
        watermark_update: watermark_after_feed_answer(store, &progress, extent, now)?,
    };
    let counts = store.record_papers(&record, &poll)?;
    for (place, received) in lent.into_iter().zip(poll.papers) {
        *place = Some(received.paper);
    }
    Ok(counts)
}
