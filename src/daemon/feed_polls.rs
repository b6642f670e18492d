//! The feeds of a configuration: asked side by side, one request at a time for a host, and recorded one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::config::{Config, FeedConfig, FeedLocation};
use crate::domain::{FetchError, FetchErrorKind, Topic};
use crate::pipeline::poll::PollReport;
use crate::pipeline::poll_feed::{FeedAnswer, FeedFetch, FeedSource, begin_feed_poll, end_feed_poll};
use crate::source::feed::{AddressPolicy, FeedAddress, FeedClient};
use crate::store::Store;

/// The longest that one feed is waited for; the client's own limit is the same.
const REQUEST_MAX: Duration = Duration::from_mins(1);

/// How soon it is looked at again whether a host that is being asked is free for its next feed.
const HOST_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// So many feeds are asked at once, or have answered and are not recorded yet: what they said is in memory.
const REQUESTS_MAX: usize = 4;

/// The feeds of a configuration, and the requests that are under way.
#[derive(Debug)]
pub(super) struct FeedPolls<'c> {
    config: &'c Config,
    client: Arc<FeedClient>,
    slots: Arc<Semaphore>,
    running: JoinSet<FetchedFeed>,
    /// The hosts that are being asked, each with the feeds of it by their place in the configuration.
    hosts: BTreeMap<String, Vec<usize>>,
}

/// What the request for one feed came to.
#[derive(Debug)]
pub(super) struct FetchedFeed {
    /// Its place in the configuration.
    place: usize,
    host: String,
    answer: Result<FeedAnswer, FetchError>,
    /// Given back once it is recorded.
    _slot: Option<OwnedSemaphorePermit>,
}

/// How the poll of a feed went for one of its topics.
#[derive(Debug)]
pub(super) struct FeedReport<'c> {
    pub(super) topic: &'c str,
    pub(super) source: &'c str,
    pub(super) poll: PollReport,
}

impl<'c> FeedPolls<'c> {
    /// Prepares the client and asks nobody.
    pub(super) fn new(config: &'c Config) -> Result<Self> {
        let client = Arc::new(FeedClient::new(&config.arxiv.contact, None)?);
        let slots = Arc::new(Semaphore::new(REQUESTS_MAX));
        Ok(Self { config, client, slots, running: JoinSet::new(), hosts: BTreeMap::new() })
    }

    /// When the next feed is due that is not being asked; none if there is none. One that waits for its host is looked at
    /// again in a while.
    pub(super) fn next_poll(&self, store: &Store, now: Timestamp) -> Result<Option<Timestamp>> {
        let earliest = if self.is_running() { now + HOST_WAIT } else { Timestamp::MIN };
        let mut next = None;
        for (place, feed) in self.config.feeds.iter().enumerate() {
            if self.hosts.values().flatten().all(|running| *running != place) {
                let due = store.feed(&feed.name)?.next_poll.unwrap_or(Timestamp::MIN);
                let due = due.max(earliest);
                next = Some(next.map_or(due, |next: Timestamp| next.min(due)));
            }
        }
        Ok(next)
    }

    /// Begins the polls of all feeds that are due and whose hosts are not being asked; of every feed if `are_all_due`. Gives
    /// those that could not be asked at all.
    pub(super) fn begin_due(
        &mut self,
        store: &Store,
        are_all_due: bool,
        now: Timestamp,
    ) -> Result<Vec<FetchedFeed>> {
        let mut failed = Vec::new();
        let mut by_host: BTreeMap<String, Vec<(usize, FeedFetch)>> = BTreeMap::new();
        for (place, config) in self.config.feeds.iter().enumerate() {
            let is_due = are_all_due || store.feed(&config.name)?.next_poll.is_none_or(|due| due <= now);
            if !is_due || self.hosts.values().flatten().any(|running| *running == place) {
                continue;
            }
            let address = match read_address(config) {
                Ok(address) => address,
                Err(error) => {
                    failed.push(FetchedFeed::unasked(place, String::new(), error));
                    continue;
                }
            };
            let host = address.host().to_owned();
            if self.hosts.contains_key(&host) {
                continue;
            }
            let policy =
                if config.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
            let topics = topics_of(self.config, &config.name);
            match begin_feed_poll(store, &feed_source(config), (address, policy), &topics, now)? {
                Ok(fetch) => by_host.entry(host).or_default().push((place, fetch)),
                Err(error) => failed.push(FetchedFeed::unasked(place, host, error)),
            }
        }
        for (host, fetches) in by_host {
            self.hosts.insert(host, fetches.iter().map(|(place, ..)| *place).collect());
            let host_lock = Arc::new(Mutex::new(()));
            for (place, fetch) in fetches {
                let (client, slots) = (Arc::clone(&self.client), Arc::clone(&self.slots));
                let host_lock = Arc::clone(&host_lock);
                self.running
                    .spawn(async move { fetch_alone(&client, slots, &host_lock, place, fetch).await });
            }
        }
        Ok(failed)
    }

    /// The next feed that has answered, or was waited for long enough, and all others that have. Never returns while none is
    /// asked.
    pub(super) async fn next_fetched(&mut self) -> Vec<FetchedFeed> {
        let Some(joined) = self.running.join_next().await else { return std::future::pending().await };
        // A task that broke off gives nothing, and its feed stays due.
        let mut fetched: Vec<FetchedFeed> = joined.into_iter().collect();
        while let Some(joined) = self.running.try_join_next() {
            fetched.extend(joined);
        }
        for running in self.hosts.values_mut() {
            running.retain(|place| fetched.iter().all(|feed| feed.place != *place));
        }
        self.hosts.retain(|_, running| !running.is_empty());
        if self.running.is_empty() {
            self.hosts.clear();
        }
        fetched
    }

    /// Whether a feed is being asked.
    pub(super) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// Records what came of feeds.
    pub(super) fn end(
        &self,
        store: &mut Store,
        mut fetched: Vec<FetchedFeed>,
        now: Timestamp,
    ) -> Result<Vec<FeedReport<'c>>> {
        fetched.sort_by_key(|fetched| fetched.place);
        let mut all = Vec::new();
        for FetchedFeed { place, host, answer, _slot } in fetched {
            let config = &self.config.feeds[place];
            let source = &config.name;
            let topics = topics_of(self.config, source);
            let reports = end_feed_poll(store, &feed_source(config), &host, &topics, answer, now)?;
            all.extend(topics.iter().zip(reports).map(|(topic, poll)| FeedReport {
                topic: &topic.name,
                source,
                poll,
            }));
        }
        Ok(all)
    }
}

impl FetchedFeed {
    fn unasked(place: usize, host: String, error: FetchError) -> Self {
        Self { place, host, answer: Err(error), _slot: None }
    }

    /// Whether it may bring papers.
    pub(super) fn has_document(&self) -> bool {
        self.answer.as_ref().is_ok_and(FeedAnswer::has_document)
    }
}

/// Asks a feed, once no other of its host is asked and there is a slot for it.
async fn fetch_alone(
    client: &FeedClient,
    slots: Arc<Semaphore>,
    host_lock: &Mutex<()>,
    place: usize,
    fetch: FeedFetch,
) -> FetchedFeed {
    let host = fetch.host().to_owned();
    let _alone = host_lock.lock().await;
    // Nobody closes them.
    let slot = slots.acquire_owned().await.ok();
    let answer = fetch.fetch(client, REQUEST_MAX).await;
    FetchedFeed { place, host, answer, _slot: slot }
}

fn feed_source(config: &FeedConfig) -> FeedSource {
    let is_secret = matches!(config.location, FeedLocation::Secret(_));
    FeedSource { name: config.name.clone(), is_secret, keep: config.keep, every: config.every }
}

/// Reads the address, which may be a secret in a file that has changed since.
fn read_address(config: &FeedConfig) -> Result<FeedAddress, FetchError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let words = format!("the address of source \"{}\" cannot be read: {error}", config.name);
        FetchError::transient(FetchErrorKind::Unreachable, words)
    };
    let text = config.location.read().map_err(|error| unreadable(&error))?;
    FeedAddress::parse(text.reveal()).map_err(|error| unreadable(&error))
}

fn topics_of<'c>(config: &'c Config, source: &str) -> Vec<&'c Topic> {
    config.topics.iter().filter(|topic| topic.sources.iter().any(|name| name == source)).collect()
}
