//! The feeds of a configuration: asked side by side, one request at a time for a host, and recorded one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::config::{Config, FeedConfig, FeedLocation};
use crate::domain::{FetchError, FetchErrorKind, Retry, Topic, WAIT_MAX};
use crate::pipeline::effective_feed_url::{EffectiveFeedUrl, apply_configured_feed_url};
use crate::pipeline::feed_fetch::{FeedAnswer, FeedFetchRequest, PolledFeed};
use crate::pipeline::poll::PollReport;
use crate::pipeline::poll_feed::{
    FeedPollSettings, FeedPollStart, SkippedFeed, begin_or_skip_feed_poll, record_feed_poll, skip_feed_poll,
};
use crate::source::feed::{AddressPolicy, FeedAddress, FeedClient};
use crate::store::Store;

/// The longest that one feed is waited for; the client's own limit is the same.
const REQUEST_MAX: Duration = Duration::from_mins(1);

/// How soon it is looked at again whether a host that is being asked is free for its next feed.
const HOST_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// How many feeds may be asked at once, or have brought a document that waits to be recorded: that is in memory.
const REQUESTS_MAX: usize = 4;

/// Feeds that bring no document are recorded together: so many, or as many as answer within this time of the first. Each
/// change of the history waits for the disk, and costs as much as the request.
const QUIET_FEEDS_MAX: usize = 50;
const QUIET_WAIT: Duration = Duration::from_millis(200);

/// The feeds of a configuration, and the requests that are under way.
#[derive(Debug)]
pub(super) struct ConcurrentFeedPolls<'c> {
    config: &'c Config,
    client: Arc<FeedClient>,
    slots: Arc<Semaphore>,
    running: JoinSet<FetchedFeed>,
    /// Those that have answered, and are not handed over yet.
    answered: Vec<FetchedFeed>,
    /// The hosts that are being asked, each with the feeds of it by their place in the configuration.
    hosts: BTreeMap<String, Vec<usize>>,
}

/// What the request for one feed came to.
#[derive(Debug)]
pub(super) struct FetchedFeed {
    /// The feed's place in the configuration.
    place: usize,
    outcome: FetchOutcome,
    /// The slot of one that brings a document, until that is recorded.
    _slot: Option<OwnedSemaphorePermit>,
}

/// How the poll of a feed that is due begins.
enum PreparedFeedPoll {
    /// The host, and what it is asked.
    Fetch(String, Box<FeedFetchRequest>),
    /// Nobody is asked, and this is how the poll ended.
    Unasked(FetchOutcome),
}

/// What the poll of a feed came to.
#[derive(Debug)]
enum FetchOutcome {
    /// The feed was asked, or nobody was, since its address could not be read.
    Asked(Option<PolledFeed>, Box<Result<FeedAnswer, FetchError>>),
    /// The feed was not asked.
    Skipped(SkippedFeed),
}

/// How the poll of a feed went for one of its topics.
#[derive(Debug)]
pub(super) struct FeedPollReport<'c> {
    pub(super) topic: &'c str,
    pub(super) source: &'c str,
    pub(super) poll: PollReport,
}

impl<'c> ConcurrentFeedPolls<'c> {
    /// Prepares the client and asks nobody. What is remembered of a feed that has another address now is forgotten,
    /// unless it has moved there.
    pub(super) fn new(config: &'c Config, store: &mut Store) -> Result<Self> {
        store.in_one_transaction(|store| {
            for feed in &config.feeds {
                if let Ok(address) = read_feed_address(feed) {
                    apply_configured_feed_url(
                        store,
                        &feed.name,
                        &address,
                        to_feed_poll_settings(feed).is_secret,
                    )?;
                }
            }
            Ok(())
        })?;
        let client = Arc::new(FeedClient::new(&config.arxiv.contact, None)?);
        let slots = Arc::new(Semaphore::new(REQUESTS_MAX));
        let (running, answered) = (JoinSet::new(), Vec::new());
        Ok(Self { config, client, slots, running, answered, hosts: BTreeMap::new() })
    }

    /// When the next feed is due that is not being asked; none if there is none. One that waits for its host is looked at
    /// again in a while.
    pub(super) fn next_feed_poll_time(&self, store: &Store, now: Timestamp) -> Result<Option<Timestamp>> {
        let earliest = if self.has_running_polls() { now + HOST_WAIT } else { Timestamp::MIN };
        let mut next = None;
        for (place, feed) in self.used_feeds() {
            if self.hosts.values().flatten().all(|running| *running != place) {
                let due = store.feed_record(&feed.name)?.next_poll.unwrap_or(Timestamp::MIN);
                let due = due.max(earliest);
                next = Some(next.map_or(due, |next: Timestamp| next.min(due)));
            }
        }
        Ok(next)
    }

    /// The feeds that a topic takes papers from, each with its place in the configuration. Nobody else asks a feed.
    fn used_feeds(&self) -> impl Iterator<Item = (usize, &'c FeedConfig)> {
        let feeds = self.config.feeds.iter().enumerate();
        feeds.filter(|(_, feed)| !topics_using_source(self.config, &feed.name).is_empty())
    }

    /// Begins the polls of all feeds that are due and whose hosts are not being asked; of every feed if `are_all_due`. Gives
    /// those that are not asked.
    pub(super) fn begin_due_feed_polls(
        &mut self,
        store: &mut Store,
        are_all_due: bool,
        now: Timestamp,
    ) -> Result<Vec<FetchedFeed>> {
        let mut unasked = Vec::new();
        let mut by_host: BTreeMap<String, Vec<(usize, FeedFetchRequest)>> = BTreeMap::new();
        store.in_one_transaction(|store| {
            for (place, config) in self.used_feeds() {
                let is_due =
                    are_all_due || store.feed_record(&config.name)?.next_poll.is_none_or(|due| due <= now);
                if !is_due || self.hosts.values().flatten().any(|running| *running == place) {
                    continue;
                }
                match self.prepare_feed_poll(store, config, now)? {
                    None => {}
                    Some(PreparedFeedPoll::Fetch(host, fetch)) => {
                        by_host.entry(host).or_default().push((place, *fetch));
                    }
                    Some(PreparedFeedPoll::Unasked(outcome)) => {
                        unasked.push(FetchedFeed::outcome_without_request(place, outcome));
                    }
                }
            }
            Ok(())
        })?;
        for (host, fetches) in by_host {
            self.hosts.insert(host, fetches.iter().map(|(place, ..)| *place).collect());
            let host_rest = Arc::new(Mutex::new(None));
            for fetch in fetches {
                let (client, slots) = (Arc::clone(&self.client), Arc::clone(&self.slots));
                let host_rest = Arc::clone(&host_rest);
                self.running.spawn(async move {
                    fetch_when_host_is_free(&client, slots, &host_rest, fetch, now).await
                });
            }
        }
        Ok(unasked)
    }

    /// Prepares the poll of a feed that is due; none if its host is being asked.
    fn prepare_feed_poll(
        &self,
        store: &mut Store,
        config: &FeedConfig,
        now: Timestamp,
    ) -> Result<Option<PreparedFeedPoll>> {
        let address = match read_feed_address(config) {
            Ok(address) => address,
            Err(error) => {
                return Ok(Some(PreparedFeedPoll::Unasked(FetchOutcome::Asked(None, Box::new(Err(error))))));
            }
        };
        let feed = to_feed_poll_settings(config);
        // A secret may have changed since the configuration was read.
        apply_configured_feed_url(store, &feed.name, &address, feed.is_secret)?;
        let history = store.feed_history(&feed.name)?;
        let asked = EffectiveFeedUrl::choose_configured_or_moved_url(address, history.as_ref());
        let host = asked.effective_address().host().to_owned();
        if self.hosts.contains_key(&host) {
            return Ok(None);
        }
        let policy = if config.allow_private { AddressPolicy::AnyAddress } else { AddressPolicy::PublicOnly };
        let topics = topics_using_source(self.config, &feed.name);
        Ok(Some(
            match begin_or_skip_feed_poll(store, &feed, (asked, policy), history.as_ref(), &topics, now)? {
                FeedPollStart::Fetch(fetch) => PreparedFeedPoll::Fetch(host, fetch),
                FeedPollStart::Skip(skipped) => PreparedFeedPoll::Unasked(FetchOutcome::Skipped(skipped)),
            },
        ))
    }

    /// The next feeds that have answered, or were waited for long enough: at once if one of them brings a document. Never returns
    /// while none is asked. Nothing is lost if it is not waited for.
    pub(super) async fn next_fetched_feeds(&mut self) -> Vec<FetchedFeed> {
        if self.answered.is_empty() {
            match self.running.join_next().await {
                // A task that broke off gives nothing, and its feed stays due.
                Some(joined) => self.answered.extend(joined),
                None => return std::future::pending().await,
            }
        }
        // Past its time, what has come is handed over.
        let _ = tokio::time::timeout(QUIET_WAIT, self.collect_feeds_without_document()).await;
        while let Some(joined) = self.running.try_join_next() {
            self.answered.extend(joined);
        }
        let fetched = std::mem::take(&mut self.answered);
        for running in self.hosts.values_mut() {
            running.retain(|place| fetched.iter().all(|feed| feed.place != *place));
        }
        self.hosts.retain(|_, running| !running.is_empty());
        if self.running.is_empty() {
            self.hosts.clear();
        }
        fetched
    }

    /// Waits for more feeds while all that have answered can wait.
    async fn collect_feeds_without_document(&mut self) {
        while self.answered.len() < QUIET_FEEDS_MAX
            && !self.answered.iter().any(FetchedFeed::has_parsed_feed)
            && let Some(joined) = self.running.join_next().await
        {
            self.answered.extend(joined);
        }
    }

    /// Whether a feed is being asked, or has answered and is not handed over yet.
    pub(super) fn has_running_polls(&self) -> bool {
        !self.running.is_empty() || !self.answered.is_empty()
    }

    /// Records what came of feeds.
    pub(super) fn record_fetched_feeds(
        &self,
        store: &mut Store,
        mut fetched: Vec<FetchedFeed>,
        now: Timestamp,
    ) -> Result<Vec<FeedPollReport<'c>>> {
        fetched.sort_by_key(|fetched| fetched.place);
        // One change, however many they are: what a killed program had not recorded whole is asked again.
        store.in_one_transaction(|store| {
            let mut all = Vec::new();
            for fetched in fetched {
                all.extend(self.end_poll(store, fetched, now)?);
            }
            Ok(all)
        })
    }

    /// Records what came of one feed.
    fn end_poll(
        &self,
        store: &mut Store,
        FetchedFeed { place, outcome, _slot }: FetchedFeed,
        now: Timestamp,
    ) -> Result<impl Iterator<Item = FeedPollReport<'c>>> {
        let config = &self.config.feeds[place];
        let topics = topics_using_source(self.config, &config.name);
        let feed = to_feed_poll_settings(config);
        let reports = match outcome {
            FetchOutcome::Asked(asked, answer) => {
                record_feed_poll(store, &feed, asked.as_ref(), &topics, *answer, now)?
            }
            FetchOutcome::Skipped(skipped) => skip_feed_poll(store, &feed, &topics, &skipped)?,
        };
        let each = topics.into_iter().zip(reports);
        Ok(each.map(|(topic, poll)| FeedPollReport { topic: &topic.name, source: &config.name, poll }))
    }
}

impl FetchedFeed {
    fn outcome_without_request(place: usize, outcome: FetchOutcome) -> Self {
        Self { place, outcome, _slot: None }
    }

    /// Whether the feed's answer may bring papers.
    pub(super) fn has_parsed_feed(&self) -> bool {
        match &self.outcome {
            FetchOutcome::Asked(_, answer) => answer.as_ref().as_ref().is_ok_and(FeedAnswer::has_parsed_feed),
            FetchOutcome::Skipped(_) => false,
        }
    }
}

/// Asks a feed, once no other of its host is asked and there is a slot for it; not if another one was answered meanwhile that
/// the host wants to be left alone.
async fn fetch_when_host_is_free(
    client: &FeedClient,
    slots: Arc<Semaphore>,
    host_rest: &Mutex<Option<Duration>>,
    (place, fetch): (usize, FeedFetchRequest),
    now: Timestamp,
) -> FetchedFeed {
    let asked = fetch.polled_feed();
    let mut rest = host_rest.lock().await;
    if let Some(wait) = *rest {
        let reason = format!("{} just asked to be left alone: not asked", asked.host);
        let wait = SignedDuration::try_from(wait).unwrap_or(WAIT_MAX).min(WAIT_MAX);
        return FetchedFeed::outcome_without_request(
            place,
            FetchOutcome::Skipped(SkippedFeed { until: now + wait, reason }),
        );
    }
    // Nobody closes them.
    let slot = slots.acquire_owned().await.ok();
    let answer = fetch.fetch_feed_answer(client, REQUEST_MAX).await;
    if let Err(FetchError { retry: Retry::After(wait), .. }) = &answer {
        *rest = Some(*wait);
    }
    let slot = slot.filter(|_| answer.as_ref().is_ok_and(FeedAnswer::has_parsed_feed));
    FetchedFeed { place, outcome: FetchOutcome::Asked(Some(asked), Box::new(answer)), _slot: slot }
}

pub(super) fn to_feed_poll_settings(config: &FeedConfig) -> FeedPollSettings {
    let is_secret = matches!(config.location, FeedLocation::Secret(_));
    FeedPollSettings { name: config.name.clone(), is_secret, keep: config.keep, every: config.every }
}

/// Reads the address, which may be a secret in a file that has changed since.
pub(super) fn read_feed_address(config: &FeedConfig) -> Result<FeedAddress, FetchError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let words = format!("the address of source \"{}\" cannot be read: {error}", config.name);
        FetchError::transient(FetchErrorKind::Unreachable, words)
    };
    let text = config.location.read().map_err(|error| unreadable(&error))?;
    FeedAddress::parse(text.reveal()).map_err(|error| unreadable(&error))
}

pub(super) fn topics_using_source<'c>(config: &'c Config, source: &str) -> Vec<&'c Topic> {
    config.topics.iter().filter(|topic| topic.sources.iter().any(|name| name == source)).collect()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_has_answered_is_kept_if_nobody_waits_for_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.toml");
        let text =
            "[arxiv]\ncontact = \"you@example.org\"\n[[topic]]\nname = \"Birds\"\nquery = \"ti:birds\"\n";
        std::fs::write(&file, text).unwrap();
        let config = Config::load_or_default(Some(&file)).unwrap();
        let mut store = Store::open(&config.state).unwrap();
        let mut polls = ConcurrentFeedPolls::new(&config, &mut store).unwrap();
        let answer = |place| {
            let skipped = SkippedFeed { until: Timestamp::MIN, reason: String::new() };
            FetchedFeed::outcome_without_request(place, FetchOutcome::Skipped(skipped))
        };
        let (release, held) = oneshot::channel::<()>();
        polls.running.spawn(async move { answer(0) });
        polls.running.spawn(async move {
            let _ = held.await;
            answer(1)
        });
        let some_steps = async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        };
        let mut fetched = tokio::select! {
            fetched = polls.next_fetched_feeds() => fetched,
            () = some_steps => Vec::new(),
        };
        drop(release);
        while polls.has_running_polls() {
            fetched.extend(polls.next_fetched_feeds().await);
        }
        let places: Vec<_> = fetched.iter().map(|fetched| fetched.place).collect();
        assert_eq!(places, [0, 1]);
    }
}
