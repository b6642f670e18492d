//! Composing the digests that are due: what goes in, rendered whole, queued in one transaction.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::style::Style;
use crate::domain::{Digest, Empty, Piece, Subscription, lateness, sections, worth_telling};
use crate::store::{Composed, Message, NewsRecord, Store, SubscriptionRecord};

/// What composing one subscription came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Composition {
    /// It was not due.
    NotDue,
    /// It was due, and there is nothing to tell.
    Nothing,
    /// A digest was queued.
    Queued {
        /// Papers in it.
        papers: usize,
        /// Messages that it was split into, over all recipients.
        messages: usize,
    },
}

/// Begins a subscription that is new, so that it is told what comes after this moment.
pub fn begin(store: &mut Store, subscription: &Subscription, now: Timestamp) -> Result<()> {
    record(store, subscription, now).map(|_| ())
}

/// Composes and queues the digest of a subscription, if it is due.
pub fn compose(
    store: &mut Store,
    subscription: &Subscription,
    style: &Style,
    code_hosts: &[String],
    now: Timestamp,
) -> Result<Composition> {
    let record = record(store, subscription, now)?;
    let first = first(store, subscription, &record)?;
    let undigested = store.undigested(&record, &subscription.topics)?;
    let told: Vec<NewsRecord> = undigested
        .iter()
        .chain(&first)
        .filter_map(|news| {
            let why = worth_telling(news.news, news.paper.version, news.told)?;
            subscription.include.takes(why).then(|| news.told_as(why))
        })
        .collect();
    let is_due = subscription.cadence.is_due(since(&record, now), now, !told.is_empty());
    if !is_due && first.is_empty() {
        return Ok(Composition::NotDue);
    }
    let late = late(store, subscription, &record, now)?;
    let digest = Digest { late, ..digest(subscription, &record, &told, code_hosts, now) };
    let is_silent = digest.papers() == 0 && subscription.empty == Empty::Skip;
    let messages = if is_silent { Vec::new() } else { rendered(store, &digest, style)? };
    let composed = Composed {
        now,
        sink: &subscription.sink,
        topics: &subscription.topics,
        told: &told,
        passed: &undigested,
        messages: &messages,
        has_first: !first.is_empty(),
        kind: style.word(),
    };
    store.queue(&record, &composed)?;
    Ok(match messages.len() {
        0 => Composition::Nothing,
        messages => Composition::Queued { papers: digest.papers(), messages },
    })
}

/// Since when a digest may be due. A time from the future says nothing: the clock was wrong then.
fn since(record: &SubscriptionRecord, now: Timestamp) -> Timestamp {
    let past = |moment: &Timestamp| *moment <= now;
    record
        .due_last
        .filter(past)
        .or(Some(record.begun).filter(past))
        .unwrap_or(now - SignedDuration::from_hours(24))
}

fn record(store: &mut Store, subscription: &Subscription, now: Timestamp) -> Result<SubscriptionRecord> {
    let wants_first = subscription.first > 0 && subscription.include.new;
    store.subscription(&subscription.name, &subscription.topics, wants_first, now)
}

/// The latest papers, for a subscription that wants to begin with some; none before there are any.
fn first(store: &Store, subscription: &Subscription, record: &SubscriptionRecord) -> Result<Vec<NewsRecord>> {
    if record.waits_for_first {
        store.latest(&subscription.topics, subscription.first)
    } else {
        Ok(Vec::new())
    }
}

/// Why this digest comes late, if it does.
fn late(
    store: &Store,
    subscription: &Subscription,
    record: &SubscriptionRecord,
    now: Timestamp,
) -> Result<Option<String>> {
    let since = record.due_last.unwrap_or(record.begun);
    let topics = subscription.topics.iter();
    let polls = topics.map(|topic| store.polls_since(topic, since)).collect::<Result<Vec<_>>>()?;
    Ok(lateness(subscription.cadence.next_after(since), &polls, subscription.cadence.zone(), now))
}

fn digest(
    subscription: &Subscription,
    record: &SubscriptionRecord,
    told: &[NewsRecord],
    code_hosts: &[String],
    now: Timestamp,
) -> Digest {
    let pieces: Vec<Piece<'_>> =
        told.iter().map(|news| Piece { topic: &news.topic, news: news.news, paper: &news.paper }).collect();
    Digest {
        subscription: subscription.name.clone(),
        number: record.digests + 1,
        composed: now,
        zone: subscription.cadence.zone().clone(),
        late: None,
        sections: sections(&subscription.topics, &pieces, code_hosts),
    }
}

fn rendered(store: &Store, digest: &Digest, style: &Style) -> Result<Vec<Message>> {
    let id = store.id()?;
    style
        .render(digest, &id)
        .with_context(|| format!("subscription \"{}\": cannot render its digest", digest.subscription))
}
