//! Composing the digests that are due: what goes in, rendered whole, queued in one transaction.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::outbox_rows_of_messages::outbox_rows_of_messages;
use crate::domain::{
    Digest, EmptyDigestPolicy, NewsItem, Subscription, digest_sections, lateness_note,
    news_after_past_announcement,
};
use crate::sink::{MessageKeys, SinkAdapter};
use crate::store::{ComposedDigest, NewsRecord, OutboxMessage, Store, SubscriptionRecord};

/// What composing one subscription came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposeOutcome {
    /// The digest was not due.
    NotDue,
    /// The digest was due, and there is nothing to report.
    Nothing,
    /// A digest was queued.
    Queued {
        /// The number of papers in it.
        papers: usize,
        /// Messages that it was split into, over all recipients.
        messages: usize,
    },
}

/// Begins a subscription that is new, so that it gets what comes after this moment.
pub fn begin_digest_subscription(
    store: &mut Store,
    subscription: &Subscription,
    now: Timestamp,
) -> Result<()> {
    find_or_begin_subscription(store, subscription, now).map(|_| ())
}

/// Composes and queues the digest of a subscription, if it is due.
pub fn queue_digest_if_due(
    store: &mut Store,
    subscription: &Subscription,
    sink: &dyn SinkAdapter,
    code_hosts: &[String],
    now: Timestamp,
) -> Result<ComposeOutcome> {
    let record = find_or_begin_subscription(store, subscription, now)?;
    let first = initial_digest_papers(store, subscription, &record)?;
    let undigested = store.pending_news(&record, &subscription.topics)?;
    let news_to_announce: Vec<NewsRecord> = undigested
        .iter()
        .chain(&first)
        .filter_map(|news| {
            let why = news_after_past_announcement(news.news, news.paper.revision, news.past_announcement)?;
            subscription.include.includes(why).then(|| news.with_news_reason(why))
        })
        .collect();
    let is_due =
        subscription.cadence.is_due(digest_due_since(&record, now), now, !news_to_announce.is_empty());
    if !is_due && first.is_empty() {
        return Ok(ComposeOutcome::NotDue);
    }
    let late = digest_lateness_reason(store, subscription, &record, now)?;
    let digest = Digest { late, ..build_digest(subscription, &record, &news_to_announce, code_hosts, now) };
    let is_silent = digest.paper_count() == 0 && subscription.empty_digest == EmptyDigestPolicy::Skip;
    let messages = if is_silent { Vec::new() } else { render_messages(store, &digest, sink)? };
    let composed = ComposedDigest {
        now,
        sink: &subscription.sink,
        topics: &subscription.topics,
        announced_news: &news_to_announce,
        consumed_news: &undigested,
        messages: &messages,
        has_first: !first.is_empty(),
        kind: sink.message_format_name(),
    };
    store.queue_digest(&record, &composed)?;
    Ok(match messages.len() {
        0 => ComposeOutcome::Nothing,
        messages => ComposeOutcome::Queued { papers: digest.paper_count(), messages },
    })
}

/// Since when a digest may be due. A time from the future says nothing: the clock was wrong then.
fn digest_due_since(record: &SubscriptionRecord, now: Timestamp) -> Timestamp {
    let past = |moment: &Timestamp| *moment <= now;
    record
        .due_last
        .filter(past)
        .or(Some(record.started_at).filter(past))
        .unwrap_or(now - SignedDuration::from_hours(24))
}

fn find_or_begin_subscription(
    store: &mut Store,
    subscription: &Subscription,
    now: Timestamp,
) -> Result<SubscriptionRecord> {
    let wants_first = subscription.first_papers > 0 && subscription.include.new;
    store.find_or_begin_subscription(&subscription.name, &subscription.topics, wants_first, now)
}

/// The latest papers, for a subscription that wants to begin with some; none before there are any.
fn initial_digest_papers(
    store: &Store,
    subscription: &Subscription,
    record: &SubscriptionRecord,
) -> Result<Vec<NewsRecord>> {
    if record.waits_for_first {
        store.latest_papers_as_news(&subscription.topics, subscription.first_papers)
    } else {
        Ok(Vec::new())
    }
}

/// Why this digest comes late, if it does.
fn digest_lateness_reason(
    store: &Store,
    subscription: &Subscription,
    record: &SubscriptionRecord,
    now: Timestamp,
) -> Result<Option<String>> {
    let since = record.due_last.unwrap_or(record.started_at);
    let topics = subscription.topics.iter();
    let polls = topics.map(|topic| store.polls_since(topic, since)).collect::<Result<Vec<_>>>()?;
    Ok(lateness_note(
        subscription.cadence.next_after(since),
        &polls.concat(),
        subscription.cadence.display_time_zone(),
        now,
    ))
}

fn build_digest(
    subscription: &Subscription,
    record: &SubscriptionRecord,
    news_to_announce: &[NewsRecord],
    code_hosts: &[String],
    now: Timestamp,
) -> Digest {
    let pieces: Vec<NewsItem<'_>> = news_to_announce
        .iter()
        .map(|news| NewsItem { topic: &news.topic, news: news.news, paper: &news.paper })
        .collect();
    Digest {
        subscription: subscription.name.clone(),
        number: record.digests + 1,
        composed: now,
        zone: subscription.cadence.display_time_zone().clone(),
        late: None,
        sections: digest_sections(&subscription.topics, &pieces, code_hosts),
    }
}

fn render_messages(store: &Store, digest: &Digest, sink: &dyn SinkAdapter) -> Result<Vec<OutboxMessage>> {
    let id = store.store_id()?;
    let messages = sink
        .render_digest(digest, MessageKeys::new(&id))
        .with_context(|| format!("subscription \"{}\": cannot render its digest", digest.subscription))?;
    Ok(outbox_rows_of_messages(messages))
}
